from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.autoencoder import AutoencoderConfig
from recommender.ml.contract import Progress, Recommender, WarmStart
from recommender.ml.interactions import History, Interactions
from recommender.ml.like_stack import LIKED
from recommender.ml.metrics import auc
from recommender.ml.ordinal import OrdinalConfig
from recommender.ml.stacking import Weighing
from recommender.ml.star_blend import Counts, StarBlend, StarBlendConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract, measure

SMALL = StarBlendConfig(
    ordinal=OrdinalConfig(n_factors=4, n_sweeps=60, n_burn_in=10, n_samples=4, n_chains=1),
    autoencoder=AutoencoderConfig(n_hidden=20, n_axes=15, n_epochs=8, learning_rate=5e-3, by_choice=True),
    held_out=0.2,
    few=6,
)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestStarBlend(RecommenderContract):
    band = (0.82, 0.86)

    def make(self) -> StarBlend:
        return StarBlend(SMALL)

    def make_for_the_board(self) -> StarBlend:
        eager = replace(SMALL.autoencoder, n_epochs=120, batch_size=20, noise=0.05)
        return StarBlend(replace(SMALL, autoencoder=eager, held_out=0.1))


class Watched(StarBlend):
    """Notes what each round of parts is fitted on and begins at, and what they are asked."""

    def __init__(self, config: StarBlendConfig | None = None) -> None:
        super().__init__(config)
        self.rounds: list[tuple[Interactions, WarmStart | None]] = []
        self.shown: list[Interactions] = []
        self.asked: list[Interactions] = []

    def _fit_parts(
        self,
        config: StarBlendConfig,
        data: Interactions,
        seed: int,
        progress: Progress,
        start: WarmStart | None,
    ) -> tuple[Recommender, ...]:
        self.rounds.append((data, start))
        return super()._fit_parts(config, data, seed, progress, start)

    def _weigh(
        self, parts: tuple[Recommender, ...], counts: Counts, shown: Interactions, asked: Interactions
    ) -> Weighing:
        self.shown.append(shown)
        self.asked.append(asked)
        return super()._weigh(parts, counts, shown, asked)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars(150, 60)


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> Watched:
    return Watched(SMALL).fit(data, seed=0)


def pairs(data: Interactions) -> set[tuple[int, int]]:
    return set(zip(data.user.tolist(), data.item.tolist(), strict=True))


def test_no_rating_that_weighs_a_part_was_seen_by_it(fitted: Watched, data: Interactions) -> None:
    (known, _), (everything, _) = fitted.rounds
    asked, again = fitted.asked
    assert again is asked
    assert not pairs(known) & pairs(asked)
    assert pairs(known) | pairs(asked) == pairs(data) == pairs(everything)
    assert len(asked) == round(0.2 * len(data.rated))
    assert not np.isnan(asked.rating).any()


def test_the_weights_for_newcomers_come_from_histories_cut_down_to_a_few_ratings(fitted: Watched) -> None:
    (known, _), _ = fitted.rounds
    whole, cut = fitted.shown
    assert whole is known
    assert pairs(cut) < pairs(known)
    lengths = np.bincount(cut.user, minlength=cut.n_users)
    assert lengths.max() == fitted.config.few
    assert lengths[np.unique(known.rated.user)].min() == 1


def test_a_short_history_is_weighed_as_newcomers_are_and_a_long_one_as_the_others(
    fitted: Watched, data: Interactions
) -> None:
    long = next(data.history(user) for user in range(150) if len(data.history(user).rated) > SMALL.few)
    rated = long.rated
    short = History(rated.item[: SMALL.few], rated.rating[: SMALL.few], rated.time[: SMALL.few])
    assert fitted.weighing(long) is fitted.many_
    assert fitted.weighing(short) is fitted.few_
    assert fitted.weighing(History.empty()) is fitted.few_
    assert not np.allclose(fitted.few_.stack.weights, fitted.many_.stack.weights)


def test_the_parts_that_are_weighed_begin_at_no_former_model(fitted: Watched, data: Interactions) -> None:
    start = WarmStart.of(fitted, data.items, data.items)
    again = Watched(SMALL).fit(data, seed=1, start=start)
    assert [begun for _, begun in again.rounds] == [None, start]


def test_ratings_are_held_out_of_so_many_people_alone(data: Interactions) -> None:
    model = Watched(replace(SMALL, n_people=30))
    _, asked = model._hold_out(data, seed=0)
    assert len(np.unique(asked.user)) <= 30
    theirs = data.rated.take(np.isin(data.rated.user, np.random.default_rng(0).permutation(150)[:30]))
    assert pairs(asked) <= pairs(theirs)
    assert len(asked) == round(0.2 * len(theirs))


def test_films_are_counted_by_their_ratings_in_all_the_data(fitted: Watched, data: Interactions) -> None:
    rated = (data.by_user.toarray() > 0).sum(axis=0)
    np.testing.assert_array_equal(fitted.counts_, rated)


def test_the_score_is_the_stack_of_the_parts(fitted: Watched, data: Interactions) -> None:
    mine = data.history(2)
    shares, constant = fitted.weighing(mine).stack.shares(len(mine.rated), fitted.counts_, 2)
    by_hand = sum(share * part.score(mine) for share, part in zip(shares, fitted.parts_, strict=True))
    np.testing.assert_allclose(fitted.score(mine), by_hand + constant, atol=1e-5)
    assert [part.name for part in fitted.parts_] == ["ordinal-svdpp", "autoencoder"]


def test_the_blend_is_about_as_good_as_its_best_part(data: Interactions) -> None:
    train, test = samples.random90(data)
    model = StarBlend(SMALL).fit(train, seed=0)
    blend, *parts = (measure(train, test.rated, one.score, stars=True) for one in (model, *model.parts_))
    assert blend < min(parts) + 0.01


@pytest.mark.parametrize("user", [0, 7])
def test_the_interval_brackets_the_score(fitted: Watched, data: Interactions, user: int) -> None:
    for mine in (data.history(user), History.empty()):
        low, high = fitted.interval(mine)
        score = fitted.score(mine)
        assert low.dtype == high.dtype == np.float32
        assert (low < score).all()
        assert (score < high).all()


def test_about_four_of_five_new_ratings_lie_in_the_interval(data: Interactions) -> None:
    train, test = samples.random90(data)
    model = StarBlend(SMALL).fit(train, seed=0)
    inside = []
    for user in np.unique(test.rated.user).tolist():
        low, high = model.interval(train.history(user))
        held = test.history(user).rated
        inside += ((low[held.item] <= held.rating) & (held.rating <= high[held.item])).tolist()
    assert np.mean(inside) == pytest.approx(0.8, abs=0.08)


def test_the_interval_too_comes_back_from_the_state(fitted: Watched, data: Interactions) -> None:
    again = StarBlend.from_state(SMALL, fitted.state())
    mine = data.history(4)
    np.testing.assert_array_equal(again.score(mine), fitted.score(mine))
    np.testing.assert_array_equal(again.interval(mine), fitted.interval(mine))


@pytest.mark.parametrize("user", [0, 7])
def test_liking_is_the_stack_of_the_probability_of_grades_and_the_autoencoder(
    fitted: Watched, data: Interactions, user: int
) -> None:
    for mine in (data.history(user), History.empty()):
        liking, (grades, autoencoder) = fitted.liking(mine), fitted.parts_
        assert liking.dtype == np.float32
        by_hand = fitted.weighing(mine).likes.probability(
            grades.at_least(mine, LIKED),
            autoencoder.score(mine),
            fitted.usual_.habits(mine.rated.rating),
            fitted.counts_,
        )
        np.testing.assert_array_equal(liking, by_hand)
        assert ((liking > 0) & (liking < 1)).all()


def test_liking_tells_likes_apart_and_is_about_as_frequent_as_they_are(data: Interactions) -> None:
    train, test = samples.random90(data)
    model = StarBlend(SMALL).fit(train, seed=0)
    held = test.rated
    liking, stars = (
        np.array([of(train.history(u))[i] for u, i in zip(held.user, held.item, strict=True)])
        for of in (model.liking, model.score)
    )
    liked = held.rating >= LIKED
    assert auc(liking, liked) > auc(stars, liked) - 0.02
    assert liking.mean() == pytest.approx(liked.mean(), abs=0.08)


def test_liking_too_comes_back_from_the_state(fitted: Watched, data: Interactions) -> None:
    again = StarBlend.from_state(SMALL, fitted.state())
    for mine in (data.history(4), History.empty()):
        np.testing.assert_array_equal(again.liking(mine), fitted.liking(mine))


def test_contributions_are_those_of_the_parts_for_what_they_count(
    fitted: Watched, data: Interactions
) -> None:
    mine, item = data.history(6), 11
    shares, _ = fitted.weighing(mine).stack.shares(len(mine.rated), fitted.counts_[[item]], 2)
    by_hand = [
        share * part.contributions(mine, item)
        for share, part in zip(shares[:, 0], fitted.parts_, strict=True)
    ]
    np.testing.assert_allclose(fitted.contributions(mine, item), np.sum(by_hand, axis=0), atol=1e-6)


def test_films_are_as_alike_as_the_grades_have_them(fitted: Watched) -> None:
    np.testing.assert_array_equal(fitted.similar(3), fitted.parts_[0].similar(3))


def test_of_few_held_out_ratings_no_weights_are_learned() -> None:
    few = samples.made_up_stars(30, 20)
    model = StarBlend(SMALL).fit(few, seed=0)
    mine = few.history(0)
    mean = np.mean([part.score(mine) for part in model.parts_], axis=0)
    np.testing.assert_allclose(model.score(mine), mean, atol=1e-4)
    np.testing.assert_allclose(model.liking(mine), model.parts_[0].at_least(mine, LIKED), atol=1e-4)


def test_two_ratings_are_enough_and_one_is_not() -> None:
    two = Interactions.of([1, 2], [10, 20], [4.0, 2.0])
    score = StarBlend(SMALL).fit(two, seed=0).score(two.history(0))
    assert np.isfinite(score).all()
    with pytest.raises(ValueError, match="needs two ratings"):
        StarBlend(SMALL).fit(Interactions.of([1], [10], [4.0]), seed=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"held_out": 0.0},
        {"held_out": 1.0},
        {"n_people": 0},
        {"penalty": 0.0},
        {"like_penalty": 0.0},
        {"few": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        replace(StarBlendConfig(), **wrong)
