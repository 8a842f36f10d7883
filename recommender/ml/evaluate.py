"""Measures models on a split of a data set: fitted on the training part, asked about the test part.

A model sees the histories of the training part alone. Each one runs in a fresh process, so that its peak
memory is its own: that of a process which holds the data and the libraries, fits, and scores.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tqdm import tqdm

from recommender.ml import metrics
from recommender.ml.contract import Job, Progress, Recommender
from recommender.ml.interactions import History, Interactions
from recommender.ml.registry import model_class
from recommender.ml.splits import Split, per_user_split, random_split, time_split

LIKED = 4.0  # stars from which a held-out film counts in the "liked" variant

Stars = NDArray[np.float32]
Scorer = Callable[[History], Stars]


@dataclass(frozen=True)
class Protocol:
    """How data are split and what is asked: stars for each test rating, or a list for each user."""

    name: str
    job: Job
    split: Callable[[Interactions, int], Split]
    says: str
    has_cold_slices: bool = False


def _random90(data: Interactions, seed: int) -> Split:
    return random_split(data, 0.1, seed)


def _random80(data: Interactions, seed: int) -> Split:
    return random_split(data, 0.2, seed)


def _per_user80(data: Interactions, seed: int) -> Split:
    return per_user_split(data, 0.2, seed)


def _newest(data: Interactions, seed: int) -> Split:
    return time_split(data)  # nothing is random


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("random90", "stars", _random90, "a random tenth of all ratings"),
        Protocol("random80", "stars", _random80, "a random fifth of all ratings"),
        Protocol("time", "stars", _newest, "the newest tenth of all ratings", has_cold_slices=True),
        Protocol("time-lists", "list", _newest, "the newest tenth of all ratings"),
        Protocol("per-user80", "list", _per_user80, "a random fifth of each user's ratings"),
    )
}


@dataclass(frozen=True)
class Task:
    """What every model of one table is measured on."""

    data: str
    protocol: str
    seed: int
    top: int
    split: Split = field(repr=False)


@dataclass(frozen=True)
class StarPredictions:
    """stars: (n_test,) float32 in the order of the test part, clipped; replaced: those that were NaN."""

    stars: Stars
    replaced: int
    n_users: int
    seconds: float


@dataclass(frozen=True)
class RankedLists:
    """users: (n,) user rows; items: (n, N) item rows, best first, -1 where fewer are left; scores: (n, N)."""

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    scores: Stars
    seconds: float

    @property
    def n_users(self) -> int:
        return len(self.users)


@dataclass(frozen=True)
class Measured:
    """One line of a table. `answers` is None where the model does not do the job of the protocol."""

    model: str
    config: dict[str, Any]
    figures: dict[str, float] = field(default_factory=dict)
    fit_seconds: float = float("nan")
    peak_mib: float = float("nan")
    ms_per_user: float = float("nan")
    answers: StarPredictions | RankedLists | None = field(default=None, repr=False)
    note: str = ""


def task(name: str, data: Interactions, protocol: str, *, seed: int, top: int = 10) -> Task:
    """The split of `data` by a named protocol. Raises ValueError where the data do not allow it."""
    return Task(name, protocol, seed, top, PROTOCOLS[protocol].split(data.rated, seed))


def measure_apart(name: str, task: Task) -> Measured:
    """`measure` in a fresh process. A model that fails gives a line with its error as a note."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(measure, name, task).result()
        except Exception as error:
            return Measured(name, {}, note=f"failed: {type(error).__name__}: {error}")


def measure(name: str, task: Task) -> Measured:
    """Fit and score one model, in this process."""
    kind = model_class(name)
    model = kind()
    config = asdict(model.config)
    job = PROTOCOLS[task.protocol].job
    if job == "stars" and kind.job != "stars" and not hasattr(kind, "stars"):
        return Measured(name, config, note="gives no stars")
    started = perf_counter()
    with _bar(f"{name}: fit", 100) as bar:
        model.fit(task.split.train, seed=task.seed, progress=_moving(bar))
    fit_seconds = perf_counter() - started
    answers = predict_stars(model, task.split) if job == "stars" else rank(model, task.split, task.top)
    return Measured(
        name,
        config,
        star_figures(answers, task) if isinstance(answers, StarPredictions) else list_figures(answers, task),
        fit_seconds,
        peak_mib(),
        1000 * answers.seconds / max(answers.n_users, 1),
        answers,
    )


def predict_stars(model: Recommender, split: Split) -> StarPredictions:
    """Stars for every row of the test part, clipped to the range of the training ratings.

    A rating the model cannot predict (NaN) becomes the training mean, and is counted.
    """
    scorer: Scorer = getattr(model, "stars", model.score)
    stars = np.empty(len(split.test), np.float32)
    seconds = 0.0
    n_users = 0
    for user, rows in _rows_by_user(split.test, model.name):
        started = perf_counter()
        stars[rows] = scorer(split.train.history(user))[split.test.item[rows]]
        seconds += perf_counter() - started
        n_users += 1
    unknown = np.isnan(stars)
    stars[unknown] = split.train.rating.mean()
    clipped = np.clip(stars, split.train.rating.min(), split.train.rating.max())
    return StarPredictions(clipped, int(unknown.sum()), n_users, seconds)


def rank(model: Recommender, split: Split, top: int) -> RankedLists:
    """The best `top` of all films not in the training part, for every user with something held out.

    Films the model cannot score are never listed; of equal scores the lower item row comes first.
    """
    users, items, scores = [], [], []
    seconds = 0.0
    for user, _ in _rows_by_user(split.test, model.name):
        history = split.train.history(user)
        started = perf_counter()
        score = model.score(history)
        best = top_items(score, history.item, top)
        seconds += perf_counter() - started
        users.append(user)
        items.append(best)
        scores.append(np.where(best >= 0, score[best], np.nan))
    shape = (len(users), top)
    return RankedLists(
        np.array(users, np.int64),
        np.array(items, np.int64).reshape(shape),
        np.array(scores, np.float32).reshape(shape),
        seconds,
    )


def top_items(score: Stars, seen: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    """(top,) item rows by falling score without those seen or NaN, -1 where fewer are left."""
    candidate = np.where(np.isnan(score), -np.inf, score)
    candidate[seen] = -np.inf
    best = np.argsort(-candidate, kind="stable")[:top]
    best = np.where(candidate[best] == -np.inf, -1, best)
    return np.pad(best, (0, top - len(best)), constant_values=-1)


def star_figures(predicted: StarPredictions, task: Task) -> dict[str, float]:
    """The metrics of stars; for the split by time the root mean squared error of the cold slices apart."""
    test, stars = task.split.test, predicted.stars
    figures = {
        "RMSE": metrics.rmse(stars, test.rating),
        "MAE": metrics.mae(stars, test.rating),
        "exact": metrics.exact_match(stars, test.rating),
    }
    if PROTOCOLS[task.protocol].has_cold_slices:
        for name, rows in cold_slices(task.split).items():
            figures[f"RMSE {name}"] = metrics.rmse(stars[rows], test.rating[rows])
    return figures | {"replaced": float(predicted.replaced)}


def cold_slices(split: Split) -> dict[str, NDArray[np.bool_]]:
    """Rows of the test part by what the training part knows; a row can be of a new user and a new film."""
    new_user = ~np.isin(split.test.user, split.train.user)
    new_film = ~np.isin(split.test.item, split.train.item)
    return {"warm": ~new_user & ~new_film, "new users": new_user, "new films": new_film}


def list_figures(lists: RankedLists, task: Task) -> dict[str, float]:
    """The metrics of lists: all held-out films are relevant, or ("liked") those of 4 stars or more."""
    train, n = task.split.train, task.top
    held_out = _relevant(task.split.test, lists.users)
    hit, counts = metrics.hits(lists.items, held_out), np.diff(held_out.indptr)
    liked = _relevant(task.split.test.take(task.split.test.rating >= LIKED), lists.users)
    liked_hit, liked_counts = metrics.hits(lists.items, liked), np.diff(liked.indptr)
    popularity = np.bincount(train.item, minlength=train.n_items)
    n_people = len(np.unique(train.user))
    return {
        f"P@{n}": metrics.mean(metrics.precision(hit)),
        f"R@{n}": metrics.mean(metrics.recall(hit, counts)),
        f"NDCG@{n}": metrics.mean(metrics.ndcg(hit, counts)),
        f"MAP@{n}": metrics.mean(metrics.average_precision(hit, counts)),
        f"MRR@{n}": metrics.mean(metrics.reciprocal_rank(hit)),
        f"hit@{n}": metrics.mean(metrics.hit_rate(hit)),
        f"R@{n} liked": metrics.mean(metrics.recall(liked_hit, liked_counts)),
        f"NDCG@{n} liked": metrics.mean(metrics.ndcg(liked_hit, liked_counts)),
        "coverage": metrics.coverage(lists.items, train.n_items),
        "novelty": metrics.mean(metrics.novelty(lists.items, popularity, n_people)),
    }


def peak_mib() -> float:
    """The most memory this process has held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux hands the ru_maxrss of a parent down to its children; VmHWM begins anew.
        kib = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:")).split()[1]
        return int(kib) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _relevant(test: Interactions, users: NDArray[np.int64]) -> sparse.csr_array:
    shape = (test.n_users, test.n_items)
    every = sparse.csr_array((np.ones(len(test), np.bool_), (test.user, test.item)), shape=shape)
    return sparse.csr_array(every[users])


def _rows_by_user(test: Interactions, model: str) -> Iterator[tuple[int, NDArray[np.int64]]]:
    order = np.argsort(test.user, kind="stable")
    users, starts = np.unique(test.user[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(users) else []
    yield from zip(users.tolist(), _bar(f"{model}: score", iterable=parts), strict=True)


def _bar(what: str, total: int | None = None, iterable: list[NDArray[np.int64]] | None = None) -> Any:
    return tqdm(
        iterable, desc=what, total=total, file=sys.stderr, leave=False, disable=not sys.stderr.isatty()
    )


def _moving(bar: Any) -> Progress:
    def move(share: float, what: str) -> None:
        bar.set_postfix_str(what, refresh=False)
        bar.update(100 * share - bar.n)

    return move
