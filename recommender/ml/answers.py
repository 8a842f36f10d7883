"""What a fitted model answers to the question of a protocol: stars for test ratings, lists for people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from recommender.ml import metrics
from recommender.ml.contract import Recommender
from recommender.ml.interactions import History, Interactions, rows_by_user
from recommender.ml.like_stack import LIKED
from recommender.ml.metrics import PerUser
from recommender.ml.protocols import Question

NO_FILMS = np.empty(0, np.int64)

Stars = NDArray[np.float32]
Scorer = Callable[[History], Stars]


@dataclass(frozen=True)
class StarPredictions:
    """stars: (n_test,) float32 in the order of the test part, clipped; replaced: those that were NaN.

    low and high: (n_test,) the ends of 80 % intervals, clipped too, None where the model gives none; so is
    liking, (n_test,) how probable LIKED stars or more are.
    """

    stars: Stars
    replaced: int
    n_users: int
    seconds: float
    low: Stars | None = None
    high: Stars | None = None
    liking: Stars | None = None


@dataclass(frozen=True)
class RankedLists:
    """users: (n,) user rows; items: (n, N) item rows, best first, -1 where fewer are left; scores: (n, N).

    apart: (n,) figures a user that need the scores of other films than those listed, by name.
    """

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    scores: Stars
    seconds: float
    apart: dict[str, PerUser] = field(default_factory=dict)

    @property
    def n_users(self) -> int:
        return len(self.users)


def gives_stars(kind: type[Recommender]) -> bool:
    """A model of lists may have `stars(history)` beside its scores."""
    return kind.job == "stars" or hasattr(kind, "stars")


def predict_stars(model: Recommender, question: Question, train: Interactions) -> StarPredictions:
    """Stars for every row of the test part, clipped to the range of the training ratings.

    A rating the model cannot predict (NaN) becomes the training mean, and is counted. A model may have
    `interval(history, stars)`, which gives the two ends (n_items,) of 80 % intervals around its own stars,
    and `liking(history)`, which gives the probability (n_items,) of LIKED stars or more.
    """
    test = question.test
    scorer: Scorer = getattr(model, "stars", model.score)
    between: Callable[[History, Stars], Iterable[Stars]] | None = getattr(model, "interval", None)
    likes: Scorer | None = getattr(model, "liking", None)
    answer = np.full((3, len(test)), np.nan, np.float32)
    liking = np.full(len(test), np.nan, np.float32)
    seconds = 0.0
    n_users = 0
    for user, rows in _rows_by_user(test, model.name):
        history = question.shown.history(user)
        started = perf_counter()
        given = scorer(history)
        seconds += perf_counter() - started
        answer[0, rows] = given[test.item[rows]]
        n_users += 1
        if between:
            answer[1:, rows] = [end[test.item[rows]] for end in between(history, given)]
        if likes:
            liking[rows] = likes(history)[test.item[rows]]
    unknown = np.isnan(answer[0])
    answer[0, unknown] = train.rating.mean()
    stars, low, high = np.clip(answer, train.rating.min(), train.rating.max())
    ends: tuple[Stars | None, Stars | None] = (low, high) if between else (None, None)
    return StarPredictions(stars, int(unknown.sum()), n_users, seconds, *ends, liking if likes else None)


def rank(model: Recommender, question: Question, top: int) -> RankedLists:
    """The best `top` of the candidates for every user with something held out.

    Films the model cannot score are never listed; of equal scores the lower item row comes first.
    """
    users, items, scores = [], [], []
    apart: dict[str, list[float]] = {}
    seconds = 0.0
    closed = NO_FILMS if question.candidates is None else np.flatnonzero(~question.candidates)
    for user, rows in _rows_by_user(question.test, model.name):
        history = question.shown.history(user)
        started = perf_counter()
        score = model.score(history)
        best = top_items(score, np.concatenate([history.item, closed]), top)
        seconds += perf_counter() - started
        users.append(user)
        items.append(best)
        scores.append(np.where(best >= 0, score[best], np.nan))
        for name, value in _figures_apart(score, question, rows, top):
            apart.setdefault(name, []).append(value)
    shape = (len(users), top)
    return RankedLists(
        np.array(users, np.int64),
        np.array(items, np.int64).reshape(shape),
        np.array(scores, np.float32).reshape(shape),
        seconds,
        {name: np.array(values) for name, values in apart.items()},
    )


def top_items(score: Stars, closed: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    """(top,) item rows by falling score without those closed (seen, no candidates) or NaN, -1 where fewer."""
    candidate = np.where(np.isnan(score), -np.inf, score)
    candidate[closed] = -np.inf
    best = np.argsort(-candidate, kind="stable")[:top]
    best = np.where(candidate[best] == -np.inf, -1, best)
    return np.pad(best, (0, top - len(best)), constant_values=-1)


def batch_ms_per_user(model: Recommender, question: Question, top: int) -> float | None:
    """Milliseconds a user where many are answered at once, None for a model that has no such way.

    It has one in `recommend_all(histories, top)`, which gives (n, top) item rows without those seen.
    """
    at_once: Callable[[list[History], int], Any] | None = getattr(model, "recommend_all", None)
    users = np.unique(question.test.user).tolist()
    if at_once is None or not users:
        return None
    histories = [question.shown.history(user) for user in users]
    started = perf_counter()
    at_once(histories, top)
    return 1000 * (perf_counter() - started) / len(users)


def _figures_apart(
    score: Stars, question: Question, rows: NDArray[np.int64], top: int
) -> Iterator[tuple[str, float]]:
    held_out = question.test.item[rows]
    if question.negatives is not None:
        others = question.negatives[rows[0]]
        place = metrics.place_among(float(score[held_out[0]]), score[others[others >= 0]])
        yield f"hit@{top} sampled", float(place <= top)
        yield f"NDCG@{top} sampled", float(metrics.place_ndcg(place, top))
    if question.candidates is not None:
        among = np.flatnonzero(question.candidates)
        said = np.where(np.isnan(score), -np.inf, score)[among]
        liked = held_out[question.test.rating[rows] >= LIKED]
        yield "AUC films", metrics.auc(said, np.isin(among, held_out))
        yield "AUC films liked", metrics.auc(said, np.isin(among, liked))


def _rows_by_user(test: Interactions, model: str) -> Iterable[tuple[int, NDArray[np.int64]]]:
    found: Iterable[tuple[int, NDArray[np.int64]]] = progress_bar(
        f"{model}: score", iterable=rows_by_user(test.user)
    )
    return found


def progress_bar(what: str, total: int | None = None, iterable: list[Any] | None = None) -> Any:
    return tqdm(
        iterable, desc=what, total=total, file=sys.stderr, leave=False, disable=not sys.stderr.isatty()
    )
