"""Who is measured beside whom, and what their answers are worth."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from scipy import sparse

from recommender.ml import metrics
from recommender.ml.interactions import Interactions
from recommender.ml.splits import Split, per_user_split, random_split
from tests.bench import handover, ours, processes
from tests.bench.contender import SEED, TOP, Job
from tests.bench.handover import Handed, Ratings
from tests.bench.results import Figures

OUR_STARS = ("bias", "svdpp", "svdpp-document", "svdpp-trained", "autorec", "bayesian-svdpp", "hybrid")
OUR_LISTS = ("popularity", "ease", "ials", "user-cf", "item-cf", "hybrid", "list-blend")
OUR_BLENDS = ("star-blend", "list-ranker")
THEIR_STARS = (
    *(("peers.surprise", method) for method in ("baseline", "svd", "svdpp", "item-knn")),
    ("peers.cornac", "mf"),
    ("peers.lenskit", "biased-mf"),
    ("peers.myfm", "svdpp-flipped"),
)
THEIR_LISTS = (
    *(("peers.implicit", method) for method in ("als", "bpr", "cosine", "bm25")),
    *(("peers.lenskit", method) for method in ("implicit-mf", "ease")),
)


@dataclass(frozen=True)
class Entry:
    job: Job
    library: str
    method: str

    @property
    def name(self) -> str:
        """Ours go by their own name, others with that of their library before it."""
        return (
            self.method if self.library == "ours" else f"{self.library.removeprefix('peers.')}-{self.method}"
        )

    @property
    def step(self) -> str:
        return f"{self.job}-{self.name}"


def entries() -> list[Entry]:
    """Stars, lists, and the fits of all our other models; only of those that exist."""
    stars = [*OUR_STARS, OUR_BLENDS[0]]
    lists = [*OUR_LISTS, OUR_BLENDS[1]]
    others = [name for name in ours.registered() if name not in {*stars, *lists}]
    return [
        *(Entry("stars", "ours", name) for name in stars if name in ours.METHODS),
        *(Entry("stars", *peer) for peer in THEIR_STARS),
        *(Entry("list", "ours", name) for name in lists if name in ours.METHODS),
        *(Entry("list", *peer) for peer in THEIR_LISTS),
        *(Entry("fit", "ours", name) for name in others),
    ]


def missing() -> list[str]:
    """Models that belong beside the others and do not exist yet."""
    return [name for name in (*OUR_STARS, *OUR_LISTS, *OUR_BLENDS) if name not in ours.METHODS]


def hand_over(data: Interactions, folder: Path) -> dict[str, Handed]:
    """The splits of all jobs, written into `folder` with the catalogue."""
    stars, lists = random_split(data, 0.1, SEED), per_user_split(data, 0.2, SEED)
    parts = {"stars": stars, "list": lists, "fit": Split(data, data)}
    handed = {job: _handed(split, folder) for job, split in parts.items()}
    for job, split in handed.items():
        handover.write(f"{job}.npz", split)
    (folder / ours.CATALOGUE).write_bytes(pickle.dumps(data.catalogue))
    return handed


def _handed(split: Split, folder: Path) -> Handed:
    train, test = (Ratings(part.user, part.item, part.rating, part.time) for part in split)
    return Handed(train, test, split.train.n_users, np.arange(split.train.n_items), folder)


def measure(entry: Entry, data: Handed, folder: Path) -> Figures:
    """Fit and answer in a process of its own, then judge the answers."""
    made = import_module(f"tests.bench.{entry.library}").METHODS[entry.method]()
    about = {"library": entry.library, "title": made.title, "settings": made.settings}
    result = processes.folder_for(folder / "answers") / entry.step
    split = str(folder / f"{entry.job}.npz")
    note = processes.run(
        "contender", entry.library, entry.method, entry.job, split, str(result), library=entry.library
    )
    if note:
        return about | {"note": note}
    taken: Figures = json.loads(Path(f"{result}.json").read_text())
    with np.load(f"{result}.npz") as answers:
        return about | taken | judge(entry.job, dict(answers), data, taken["answer_seconds"])


def judge(job: Job, answers: dict[str, np.ndarray], data: Handed, seconds: float) -> Figures:
    if job == "stars":
        return judge_stars(answers["stars"], data) | {"per_second": len(data.test.user) / seconds}
    if job == "list":
        lists = judge_lists(answers["users"], answers["items"], data)
        return lists | {"ms_per_user": 1000 * seconds / len(answers["users"])}
    return {}


def judge_stars(stars: np.ndarray, data: Handed) -> Figures:
    """What is not predicted (NaN) counts as the training mean; all are clipped to the training's range."""
    rating = data.train.rating
    unknown = np.isnan(stars)
    clipped = np.clip(np.where(unknown, rating.mean(), stars), rating.min(), rating.max())
    actual = data.test.rating
    found = {"rmse": metrics.rmse(clipped, actual), "mae": metrics.mae(clipped, actual)}
    return found | {"replaced": int(unknown.sum())}


def judge_lists(users: np.ndarray, items: np.ndarray, data: Handed) -> Figures:
    """All held-out films are relevant, whatever their rating; means over the users with one."""
    shape, test = (data.n_users, data.n_items), data.test
    held_out = sparse.csr_array((np.ones(len(test.user), np.bool_), (test.user, test.item)), shape=shape)
    relevant = sparse.csr_array(held_out[users])
    hit, counts = metrics.hits(items, relevant), np.diff(relevant.indptr)
    return {
        "ndcg": metrics.mean(metrics.ndcg(hit, counts)),
        "recall": metrics.mean(metrics.recall(hit, counts)),
        "coverage": metrics.coverage(items, data.n_items),
        "top": TOP,
    }
