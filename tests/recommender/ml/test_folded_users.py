import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.folded_users import FoldedUsers, Weighing, film_means, user_biases
from recommender.ml.interactions import History, Interactions
from recommender.ml.likeness import cosines
from recommender.ml.pair_network import PairNetwork
from tests.recommender.ml import samples

N_ITEMS, N_FACTORS = 12, 3
PLAIN = Weighing(damping=0.0, power=0.5)


def made_up(seed: int = 0, weighing: Weighing = PLAIN) -> FoldedUsers:
    rng = np.random.default_rng(seed)
    tables = (rng.normal(size=(N_ITEMS, N_FACTORS)).astype(np.float32) for _ in range(2))
    c, g = rng.normal(size=(2, N_FACTORS)).astype(np.float32)
    return FoldedUsers(c, g, *tables, rng.uniform(2, 4, N_ITEMS).astype(np.float32), weighing)


def history(items: list[int], ratings: list[float]) -> History:
    rows = np.array(items, np.int64)
    return History(rows, np.array(ratings, np.float32), np.zeros(len(rows), np.int64))


def test_a_person_is_the_weighted_sum_of_the_formula() -> None:
    folded = made_up()
    e = np.array([5.0 - folded.m[1], 2.0 - folded.m[4]])
    b = e.sum() / (2 + 5)
    liked = (e[0] - b) * folded.Z[1] + (e[1] - b) * folded.Z[4]
    expected = folded.c + b * folded.g + (folded.Y[[1, 4, 7]].sum(axis=0) + liked) / np.sqrt(3)
    np.testing.assert_allclose(
        folded.vector(history([1, 4, 7], [5, 2, np.nan])), expected, rtol=1e-4, atol=1e-5
    )


def test_a_person_without_a_history_is_the_average_one() -> None:
    folded = made_up()
    np.testing.assert_array_equal(folded.vector(History.empty()), folded.c)
    assert folded.without_each(History.empty()).shape == (0, N_FACTORS)


ratings = st.one_of(st.just(float("nan")), st.sampled_from([0.5, 2.0, 3.5, 5.0]))
histories = st.dictionaries(st.integers(0, N_ITEMS - 1), ratings, min_size=1)


@given(histories, st.sampled_from([PLAIN, Weighing(10.0, 0.5), Weighing(3.0, 1.0)]))
def test_leaving_out_each_film_equals_folding_in_the_rest(
    films: dict[int, float], weighing: Weighing
) -> None:
    folded, mine = made_up(weighing=weighing), history(list(films), list(films.values()))
    expected = [folded.vector(mine.without(int(row))) for row in mine.item]
    np.testing.assert_allclose(folded.without_each(mine), expected, atol=1e-4)


def test_reads_vectors_that_follow_the_formula_back_from_the_histories() -> None:
    data = samples.made_up_stars(n_users=400, n_items=N_ITEMS)
    truth = made_up()._replace(m=film_means(data))
    users = np.array([truth.vector(data.history(u)) for u in range(data.n_users)])
    learned = FoldedUsers.learn(data, users, PLAIN, penalty=1e-6)
    again = np.array([learned.vector(data.history(u)) for u in range(data.n_users)])
    assert np.sqrt(np.mean(np.square(again - users))) < 0.1 * users.std()


def test_a_great_penalty_folds_everybody_to_the_average_person() -> None:
    data = samples.made_up_stars(n_items=N_ITEMS)
    users = np.random.default_rng(0).normal(size=(data.n_users, 2)).astype(np.float32)
    learned = FoldedUsers.learn(data, users, PLAIN, penalty=1e9)
    np.testing.assert_allclose(learned.vector(data.history(3)), users.mean(axis=0), atol=1e-4)


def test_the_ridge_regression_solves_its_normal_equations() -> None:
    data = samples.made_up_stars(n_items=N_ITEMS)
    users = np.random.default_rng(0).normal(size=(data.n_users, 2)).astype(np.float32)
    learned = FoldedUsers.learn(data, users, PLAIN, penalty=0.5)
    W = np.vstack([learned.Y, learned.Z, learned.g[None]])
    rows = [
        np.concatenate([seen, seen * above, [b]])
        for u, b in enumerate(user_biases(data, film_means(data)))
        for seen, above in [_seen_and_above(data, u, float(b))]
    ]
    B, left = np.array(rows), users - users.mean(axis=0) - np.array(rows) @ W
    np.testing.assert_allclose(B.T @ left, 0.5 * W, atol=1e-3)


def _seen_and_above(data: Interactions, user: int, b: float) -> tuple[np.ndarray, np.ndarray]:
    mine, m = data.history(user), film_means(data)
    seen, above = np.zeros((2, data.n_items))
    seen[mine.item] = len(mine) ** -0.5
    above[mine.item] = np.nan_to_num(mine.rating - m[mine.item] - b)
    return seen, above


def test_the_mean_of_a_film_is_damped_by_five_ratings_of_the_overall_mean() -> None:
    data = Interactions.of([1, 2, 3], [10, 10, 20], [5.0, 4.0, 1.0])
    overall = 10 / 3
    np.testing.assert_allclose(film_means(data), [(9 + 5 * overall) / 7, (1 + 5 * overall) / 6], rtol=1e-6)


def network(seed: int = 0, *, direct: bool = True) -> PairNetwork:
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    layers = ((drawn(6, 4), drawn(4)), (drawn(4, 1), drawn(1)))
    return PairNetwork(drawn(3000, 6), drawn(N_FACTORS, 6), layers, drawn(3000), drawn(3000, 3 * direct))


@pytest.mark.parametrize("direct", [True, False])
def test_the_network_gives_one_film_what_it_gives_it_among_all(direct: bool) -> None:
    net, u = network(direct=direct), np.array([0.3, -1.0, 2.0], np.float32)
    every = net.every_film(u)
    assert every.shape == (3000,)
    for item in (0, 1023, 1024, 2999):
        assert net.one_film(item, u[None])[0] == pytest.approx(every[item], rel=1e-4, abs=1e-4)


def test_the_network_is_the_layers_of_the_formula() -> None:
    net, u = network(), np.array([0.3, -1.0, 2.0], np.float32)
    hidden = np.maximum(net.A[7] + u @ net.W_u, 0)
    (W_2, b_2), (w, b) = net.layers
    z = np.maximum(hidden @ W_2 + b_2, 0) @ w + b + net.d[7] + net.P[7] @ u
    assert net.every_film(u)[7] == pytest.approx(float(z[0]), rel=1e-4)


@pytest.mark.parametrize("direct", [True, False])
def test_the_network_is_the_same_from_its_arrays(direct: bool) -> None:
    net, u = network(direct=direct), np.ones(N_FACTORS, np.float32)
    np.testing.assert_array_equal(PairNetwork.of(net.arrays()).every_film(u), net.every_film(u))


def test_the_cosine_of_a_vector_of_nought_is_unknown() -> None:
    vectors = np.array([[1, 0], [1, 1], [0, 0]], np.float32)
    np.testing.assert_allclose(cosines(vectors, 0), [1, 0.5**0.5, np.nan], rtol=1e-6)
