"""The protocols of evaluation: how data are split, what a model is shown and what it is asked.

A protocol makes trials of the data. A trial is one fit and the questions put to it. A question shows
histories and asks about the rows of a test part, of which neither the fit nor the histories know anything.

Three protocols break that rule, because documents did: they are there to give such a figure its right name,
are evaluated only when asked for by name, and are not `is_honest`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import NO_TIME, Interactions
from recommender.ml.movielens_parts import left_out_file, read_folds, read_left_out
from recommender.ml.splits import (
    Split,
    as_shown,
    cold_film_split,
    cold_user_split,
    first_rows,
    newest_split,
    per_user_split,
    random_split,
    shown_first,
    time_split,
)

NEWCOMERS_SHOW = (1, 3, 5, 10, 20, 50)
N_NEGATIVES = 99
N_UNRATED = 200_000

# Both: a model of lists is asked for lists alone, a model of stars for stars and for lists in their order.
Asks = Literal["stars", "list", "both"]


@dataclass(frozen=True)
class Question:
    """`shown` holds the histories of the users of `test`; `label` tells the questions of a trial apart.

    candidates: (n_items,) the films that are ranked, None for all that the history does not have.
    negatives: (n_test, 99) item rows among which a held-out film is ranked, -1 for none.
    """

    shown: Interactions
    test: Interactions
    label: str = ""
    candidates: NDArray[np.bool_] | None = None
    negatives: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Trial:
    train: Interactions
    questions: tuple[Question, ...]
    label: str = ""

    @classmethod
    def of(cls, split: Split, label: str = "") -> Trial:
        """Fitted on the training part, shown its histories, asked about the test part."""
        return cls(split.train, (Question(split.train, split.test),), label)


class Source(NamedTuple):
    """What a protocol makes its trials of; `path` is where the data lie, None where they are made up."""

    name: str
    data: Interactions
    seed: int
    path: Path | None = None


@dataclass(frozen=True)
class Protocol:
    """`says` what the test part is; `is_seeded` where another seed gives another split.

    One that is not `is_honest` knows what it is asked, or asks what nobody can know.
    """

    name: str
    job: Asks
    says: str
    trials: Callable[[Source], tuple[Trial, ...]]
    is_seeded: bool = True
    has_cold_slices: bool = False
    is_honest: bool = True


def _random90(source: Source) -> tuple[Trial, ...]:
    return (Trial.of(random_split(source.data, 0.1, source.seed)),)


def _random80(source: Source) -> tuple[Trial, ...]:
    return (Trial.of(random_split(source.data, 0.2, source.seed)),)


def _per_user80(source: Source) -> tuple[Trial, ...]:
    return (Trial.of(per_user_split(source.data, 0.2, source.seed)),)


def _newest(source: Source) -> tuple[Trial, ...]:
    return (Trial.of(time_split(source.data)),)


def _leave_one_out(source: Source) -> tuple[Trial, ...]:
    """As published where that file lies beside 1M; else everyone's newest film, and negatives drawn here."""
    file = left_out_file(source.name, source.path)
    if file:
        split, negatives = read_left_out(source.data, file)
    else:
        split = newest_split(source.data)
        negatives = draw_negatives(source.data, split.test, source.seed)
    return (Trial(split.train, (Question(split.train, split.test, negatives=negatives),)),)


def _cold_users(source: Source) -> tuple[Trial, ...]:
    """The same ratings are asked for, the last fifth of each newcomer, however many of the first are shown.

    So the figures of one person differ by what was shown alone. Newcomers with fewer than K ratings before
    that fifth have no part in K. The order is that of time, a random one where ratings carry none.
    """
    train, newcomers = cold_user_split(source.data, 0.1, source.seed)
    past, future = shown_first(as_shown(newcomers, source.seed), 0.8)
    questions = []
    for n in NEWCOMERS_SHOW:
        shown = first_rows(past, n)
        questions.append(Question(shown, future.take(np.isin(future.user, shown.user)), f"K={n}"))
    return (Trial(train, (*questions, Question(past, future, "80 %"))),)


def _cold_films(source: Source) -> tuple[Trial, ...]:
    """Films held out whole: known by their words, genres and years, not by any rating."""
    train, test = cold_film_split(source.data, 0.1, source.seed)
    cold = np.zeros(source.data.n_items, np.bool_)
    cold[test.item] = True
    return (Trial(train, (Question(train, test, candidates=cold),)),)


def _folds(source: Source) -> tuple[Trial, ...]:
    if source.path is None:
        raise ValueError("The folds of 100K lie in the data set's own files: say where it is.")
    return tuple(Trial.of(split, fold) for fold, split in read_folds(source.data, source.path))


def _training_ratings(source: Source) -> tuple[Trial, ...]:
    return (Trial.of(Split(source.data, source.data)),)


def _random90_leaking(source: Source) -> tuple[Trial, ...]:
    """The fit is that of random90; the histories shown to it afterwards hold the test ratings."""
    train, test = random_split(source.data, 0.1, source.seed)
    return (Trial(train, (Question(source.data, test),)),)


def _unrated_pairs(source: Source) -> tuple[Trial, ...]:
    return (Trial.of(Split(source.data, draw_unrated(source.data, N_UNRATED, source.seed))),)


def published_part(protocol: str, name: str, path: Path | None) -> str:
    """The name of a published file beside the data that the split comes from, "" where there is none."""
    file = left_out_file(name, path) if protocol == "leave-one-out" else None
    return file.name if file else ""


def draw_unrated(data: Interactions, n: int, seed: int) -> Interactions:
    """n pairs that are not in `data`, drawn evenly, all if there are fewer; their rating is the mean of all.

    Users and films are those with ratings. The pairs are a sample of Surprise's `build_anti_testset`.
    """
    users, items = np.unique(data.user), np.unique(data.item)
    pairs = len(users) * len(items)
    # As many more as there are ratings: that leaves n whichever of the drawn pairs are rated.
    drawn = np.random.default_rng(seed).choice(pairs, min(n + len(data), pairs), replace=False)
    rated = np.searchsorted(users, data.user) * len(items) + np.searchsorted(items, data.item)
    user, item = np.divmod(drawn[~np.isin(drawn, rated)][:n], len(items))
    return replace(
        data,
        user=users[user],
        item=items[item],
        rating=np.full(len(user), data.rating.mean()),
        time=np.full(len(user), NO_TIME),
    )


def draw_negatives(data: Interactions, test: Interactions, seed: int) -> NDArray[np.int64]:
    """(n_test, 99) films that the user of each row never rated, drawn evenly; -1 where there are too few."""
    rng = np.random.default_rng(seed)
    negatives = np.full((len(test), N_NEGATIVES), -1)
    for row, user in enumerate(test.user.tolist()):
        unseen = np.setdiff1d(np.arange(data.n_items), data.history(user).item, assume_unique=True)
        drawn = rng.choice(unseen, min(N_NEGATIVES, len(unseen)), replace=False)
        negatives[row, : len(drawn)] = drawn
    return negatives


# fmt: off
PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("random90", "stars", "a random tenth of all ratings", _random90),
        Protocol("random80", "stars", "a random fifth of all ratings", _random80),
        Protocol("time", "stars", "the newest tenth of all ratings", _newest, False, has_cold_slices=True),
        Protocol("time-lists", "list", "the newest tenth of all ratings", _newest, False),
        Protocol("per-user80", "list", "a random fifth of each user's ratings", _per_user80),
        Protocol("leave-one-out", "list", "the newest film of each user", _leave_one_out),
        Protocol("cold-users", "both", "the last fifth of the ratings of a tenth of the users, "
                 "who have no part in training and show their first K ratings", _cold_users),
        Protocol("cold-films", "both", "all ratings of a tenth of the films, which have none in training",
                 _cold_films),
        Protocol("folds-100k", "stars", "each of the five published fifths of 100K in turn", _folds, False),
        Protocol("training-ratings", "stars", "the very ratings it was fitted on: "
                 "no prediction of anything unseen", _training_ratings, False, is_honest=False),
        Protocol("random90-leaking", "stars", "a random tenth of all ratings, shown to the model first: "
                 "no prediction of anything unseen", _random90_leaking, is_honest=False),
        Protocol("unrated-pairs", "stars", "pairs that nobody rated, taken as rated with the mean of all: "
                 "no prediction of anything unseen", _unrated_pairs, is_honest=False),
    )
}
# fmt: on
