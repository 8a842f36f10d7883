"""The protocols: what is learned from, shown and asked for never overlap, and published parts are read."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from recommender.ml.evaluate import measure, task
from recommender.ml.interactions import Interactions
from recommender.ml.movielens import open_dataset
from recommender.ml.movielens_files import UnreadableDataset
from recommender.ml.movielens_parts import FOLDS, LEFT_OUT, left_out_file, read_folds, read_left_out
from recommender.ml.protocols import (
    NEWCOMERS_SHOW,
    PROTOCOLS,
    Source,
    Trial,
    draw_negatives,
    draw_unrated,
    published_part,
)
from tests.recommender.ml.real_data import real_data
from tests.recommender.ml.samples import made_up_stars

MADE_UP = [name for name, protocol in PROTOCOLS.items() if protocol.is_honest and name != "folds-100k"]
FLAWED = {"training-ratings", "random90-leaking", "unrated-pairs"}


@pytest.fixture(scope="module")
def data() -> Interactions:
    return made_up_stars().rated


def trials(data: Interactions, protocol: str, seed: int = 0, path: Path | None = None) -> tuple[Trial, ...]:
    return PROTOCOLS[protocol].trials(Source("made up", data, seed, path))


def cells(data: Interactions) -> set[tuple[int, int]]:
    return set(zip(data.user.tolist(), data.item.tolist(), strict=True))


@pytest.mark.parametrize("protocol", MADE_UP)
def test_nothing_asked_for_is_learned_from_or_shown(data: Interactions, protocol: str) -> None:
    for trial in trials(data, protocol):
        assert len(trial.questions[-1].test)
        for question in trial.questions:
            assert not cells(question.test) & (cells(question.shown) | cells(trial.train))
            assert cells(question.shown) | cells(question.test) | cells(trial.train) <= cells(data)


@pytest.mark.parametrize("protocol", MADE_UP)
def test_another_seed_is_another_test_part_where_the_protocol_says_so(
    data: Interactions, protocol: str
) -> None:
    def asked(seed: int) -> list[object]:
        (question,) = trials(data, protocol, seed)[0].questions[-1:]
        return [cells(question.test), None if question.negatives is None else question.negatives.tolist()]

    assert asked(3) == asked(3)
    assert (asked(0) != asked(1)) == PROTOCOLS[protocol].is_seeded


def test_what_predicts_nothing_unseen_says_so() -> None:
    assert {name for name, protocol in PROTOCOLS.items() if not protocol.is_honest} == FLAWED
    for name, protocol in PROTOCOLS.items():
        assert (name in FLAWED) == protocol.says.endswith("no prediction of anything unseen")


def test_training_ratings_are_asked_of_who_learned_from_them(data: Interactions) -> None:
    (trial,) = trials(data, "training-ratings")
    (question,) = trial.questions
    assert cells(question.test) == cells(trial.train) == cells(question.shown) == cells(data)


def test_the_leaking_split_is_that_of_random90_with_the_test_ratings_shown(data: Interactions) -> None:
    (honest,), (leaking,) = trials(data, "random90", 3), trials(data, "random90-leaking", 3)
    assert cells(leaking.train) == cells(honest.train)
    assert cells(leaking.questions[0].test) == cells(honest.questions[0].test)
    assert cells(leaking.questions[0].shown) == cells(data)


def test_unrated_pairs_count_as_rated_with_the_mean(data: Interactions) -> None:
    (trial,) = trials(data, "unrated-pairs")
    test = trial.questions[0].test
    # There are fewer pairs than would be drawn, so that all of them are asked.
    assert len(cells(test)) == len(test) == len(np.unique(data.user)) * len(np.unique(data.item)) - len(data)
    assert not cells(test) & cells(data)
    assert set(test.rating.tolist()) == {float(data.rating.mean())}


def test_of_many_unrated_pairs_some_are_drawn() -> None:
    data = Interactions.of([1, 1, 2, 3, 9], [10, 20, 30, 10, 20], [4, 3, 5, 2, 4])
    drawn = draw_unrated(data, 4, seed=0)
    assert len(cells(drawn)) == len(drawn) == 4
    assert not cells(drawn) & cells(data)
    assert cells(draw_unrated(data, 4, seed=0)) == cells(drawn)
    assert any(cells(draw_unrated(data, 4, seed=seed)) != cells(drawn) for seed in range(1, 5))


def test_saying_the_mean_is_without_error_on_unrated_pairs(data: Interactions) -> None:
    """Which shows what such a figure is worth."""
    (trial,) = trials(data, "unrated-pairs")
    figures = measure("bias", task("made up", data, "unrated-pairs", seed=0)).figures
    honest = measure("bias", task("made up", data, "random90", seed=0)).figures
    spread = float(np.std(trial.train.rating))
    assert figures["RMSE"] < honest["RMSE"] < 2 * spread


def test_ordinary_protocols_show_what_was_learned_from(data: Interactions) -> None:
    (trial,) = trials(data, "random90")
    (question,) = trial.questions
    assert question.shown is trial.train
    assert len(trial.train) + len(question.test) == len(data)


def test_newcomers_are_asked_for_the_same_however_much_they_show(data: Interactions) -> None:
    (trial,) = trials(data, "cold-users")
    *few, most = trial.questions
    assert [question.label for question in few] == [f"K={n}" for n in NEWCOMERS_SHOW]
    assert len(np.unique(most.test.user)) == round(data.n_users / 10)
    assert not set(most.test.user.tolist()) & set(trial.train.user.tolist())
    for n, question in zip(NEWCOMERS_SHOW, few, strict=True):
        shown = np.bincount(question.shown.user, minlength=data.n_users)
        assert set(shown[shown > 0].tolist()) <= {n}
        assert set(question.test.user.tolist()) <= set(np.flatnonzero(shown).tolist())
        assert cells(question.test) <= cells(most.test)
        assert cells(question.shown) <= cells(most.shown)


def test_newcomers_with_too_few_ratings_are_left_out_of_that_number(data: Interactions) -> None:
    (trial,) = trials(data, "cold-users")
    asked = [len(np.unique(question.test.user)) for question in trial.questions]
    fifty = NEWCOMERS_SHOW.index(50)
    assert asked[0] == asked[-1] == round(data.n_users / 10)
    assert asked[fifty] == 0  # there are fifty films, and nobody rated all


def test_cold_films_are_the_only_candidates(data: Interactions) -> None:
    (trial,) = trials(data, "cold-films")
    (question,) = trial.questions
    assert question.candidates is not None
    cold = np.flatnonzero(question.candidates)
    assert len(cold) == round(data.n_items / 10)
    assert set(question.test.item.tolist()) == set(cold.tolist())
    assert not np.isin(trial.train.item, cold).any()


def test_negatives_are_films_their_user_never_rated(data: Interactions) -> None:
    (trial,) = trials(data, "leave-one-out")
    (question,) = trial.questions
    assert question.negatives is not None
    for user, drawn in zip(question.test.user.tolist(), question.negatives, strict=True):
        some = drawn[drawn >= 0]
        assert len(set(some.tolist())) == len(some) == min(99, data.n_items - len(data.history(user)))
        assert not np.isin(some, data.history(user).item).any()


def test_of_many_films_ninety_nine_are_drawn() -> None:
    data = Interactions.of([1] * 3 + [2] * 300, [*range(3), *range(300)], np.full(303, 4.0))
    test = data.take(np.array([0]))
    drawn = draw_negatives(data, test, seed=0)
    assert drawn.shape == (1, 99)
    assert drawn.min() >= 3
    assert draw_negatives(data, test, seed=1).tolist() != drawn.tolist()


def left_out_lines(folder: Path, *rows: list[int]) -> Path:
    names = ["userId", "heldOutMovieId", "heldOutTimestamp", *(f"negative{n}" for n in range(1, 100))]
    with gzip.open(folder / LEFT_OUT, "wt") as file:
        file.write("\n".join(",".join(map(str, row)) for row in [names, *rows]) + "\n")
    return folder / LEFT_OUT


def test_the_published_films_left_out_are_found_beside_one_million_alone(tmp_path: Path) -> None:
    assert left_out_file("ml-1m", tmp_path / "ml-1m.zip") is None
    file = left_out_lines(tmp_path, [1, 10, 0, *range(1000, 1099)])
    assert left_out_file("ml-1m-no-timestamps", tmp_path / "ml-1m.zip") == file
    assert left_out_file("ml-latest-small", tmp_path / "ml-latest-small.zip") is None
    assert left_out_file("ml-1m", None) is None


def test_only_leaving_one_out_comes_from_a_file_beside_the_data(tmp_path: Path) -> None:
    path = tmp_path / "ml-1m.zip"
    assert published_part("leave-one-out", "ml-1m", path) == ""
    left_out_lines(tmp_path, [1, 10, 0, *range(1000, 1099)])
    assert published_part("leave-one-out", "ml-1m", path) == LEFT_OUT
    assert published_part("random90", "ml-1m", path) == ""


def test_published_films_left_out_are_tested_and_their_negatives_follow(tmp_path: Path) -> None:
    data = Interactions.of([2, 2, 1, 1, 3], [10, 30, 10, 20, 20], [4, 3, 5, 2, 4])
    # The second user's first negative is the film held out itself; others were rated by nobody.
    file = left_out_lines(
        tmp_path, [1, 20, 0, 30, *range(1000, 1098)], [2, 10, 0, 10, 20, *range(1000, 1097)], [9] * 102
    )
    split, negatives = read_left_out(data, file)
    test = split.test
    assert test.users.ids[test.user].tolist() == [2, 1]
    assert test.items.ids[test.item].tolist() == [10, 20]
    assert len(split.train) == 3
    assert [data.items.ids[row[row >= 0]].tolist() for row in negatives] == [[20], [30]]


def test_a_damaged_file_of_films_left_out_is_named(tmp_path: Path) -> None:
    (tmp_path / LEFT_OUT).write_bytes(b"no gzip")
    with pytest.raises(UnreadableDataset, match=f"{LEFT_OUT} is damaged"):
        read_left_out(made_up_stars(), tmp_path / LEFT_OUT)


@pytest.fixture
def folds(tmp_path: Path, data: Interactions) -> Path:
    """The made-up ratings in five parts, as u1.base, u1.test and so on."""
    fifth = np.arange(len(data)) % 5
    columns = (data.users.ids[data.user], data.items.ids[data.item], data.rating, data.time)
    rows = ["\t".join(f"{value:g}" for value in row) for row in zip(*columns, strict=True)]
    for at, fold in enumerate(FOLDS):
        for part, inside in (("base", fifth != at), ("test", fifth == at)):
            lines = [rows[row] for row in np.flatnonzero(inside)]
            (tmp_path / f"{fold}.{part}").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_the_five_folds_test_every_rating_once(data: Interactions, folds: Path) -> None:
    found = trials(data, "folds-100k", path=folds)
    assert [trial.label for trial in found] == list(FOLDS)
    tested = [cells(trial.questions[0].test) for trial in found]
    assert set.union(*tested) == cells(data)
    assert sum(map(len, tested)) == len(data)
    for trial in found:
        assert cells(trial.train) == cells(data) - cells(trial.questions[0].test)


def test_a_fold_with_a_rating_that_is_not_in_the_data_is_refused(data: Interactions, folds: Path) -> None:
    (folds / "u1.test").write_text("999999\t3\t5\t0\n")
    with pytest.raises(UnreadableDataset, match="film 3 by user 999999"):
        list(read_folds(data, folds))


def test_other_data_sets_have_no_folds(data: Interactions, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"There is no u1\.base here"):
        trials(data, "folds-100k", path=tmp_path)
    with pytest.raises(ValueError, match="say where it is"):
        trials(data, "folds-100k")


def test_the_folds_of_100k_are_read_from_its_zip() -> None:
    found = real_data("ml-100k.zip")
    data = open_dataset(found.path).interactions()
    source = Source(found.path.stem, data, 0, found.path)
    if found.stands_in:
        with pytest.raises(ValueError, match="only MovieLens 100K comes with its folds"):
            PROTOCOLS["folds-100k"].trials(source)
        return
    sizes = [
        (len(fold.train), len(fold.questions[0].test)) for fold in PROTOCOLS["folds-100k"].trials(source)
    ]
    assert sizes == [(80_000, 20_000)] * 5


@pytest.mark.long
def test_popularity_is_ranked_among_the_published_negatives_of_1m() -> None:
    found = real_data("ml-1m-no-timestamps.zip")
    data = open_dataset(found.path).interactions()
    work = task(found.path.stem, data, "leave-one-out", seed=0, path=found.path)
    figures = measure("popularity", work).figures
    assert len(work.split.test) == len(np.unique(work.split.test.user))
    assert figures["hit@10 sampled"] > figures["hit@10"]
    if not found.stands_in:
        assert len(work.split.test) == 6_040
        assert figures["hit@10 sampled"] == pytest.approx(0.453, abs=0.002)
        assert figures["NDCG@10 sampled"] == pytest.approx(0.254, abs=0.002)
