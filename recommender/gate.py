"""Whether freshly trained models may go live: better than the baselines and no worse than what is live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from recommender.intervals import Told, learned, told_of
from recommender.live import LiveModels, live_models
from recommender.ml import metrics
from recommender.ml.answers import top_items
from recommender.ml.contract import Progress, Recommender
from recommender.ml.interactions import History, Interactions
from recommender.ml.splits import Split
from recommender.models import ModelVersion
from recommender.scoring import to_be_liked

if TYPE_CHECKING:
    from recommender.ml.hybrid import Hybrid

# People scored by the gate; more would sharpen the figures less than it would delay the night.
JUDGED_USERS = 1500
SHARE_HELD_OUT = 0.1
LEAST_HISTORY = 5
TOP = 10
# Against the live version's own record (other ratings, other noise) a little worse is not worse.
TOLERANCE = 0.02
LEAST_NEW_RATINGS = 200

Score = Callable[[History], NDArray[np.float32]]


@dataclass(frozen=True)
class Verdict:
    passed: bool
    reason: str
    metrics: dict[str, Any]  # by model
    intervals: dict[str, Any]  # of the hybrid's stars, empty where there were too few ratings to learn from


@dataclass(frozen=True)
class LiveRecord:
    """The live version as an opponent: its models, what its own gate measured, and its birth in seconds."""

    models: LiveModels
    metrics: Mapping[str, Any]
    trained_at: float


def holdout(data: Interactions) -> Split:
    """The newest tenth of each person's ratings is the test part; viewings without a rating stay in training.

    Past predicts future for each person, as on the site, and everyone who is judged has a past.
    Ratings without a time keep the order of their source.
    """
    order = np.lexsort((np.arange(len(data)), data.time, data.user))
    order = order[~np.isnan(data.rating[order])]
    counts = np.bincount(data.user[order], minlength=data.n_users)
    ends = np.cumsum(counts)
    place_from_end = ends[data.user[order]] - np.arange(len(order))
    held = np.where(counts >= LEAST_HISTORY, np.ceil(counts * SHARE_HELD_OUT), 0)
    is_test = np.zeros(len(data), dtype=bool)
    is_test[order[place_from_end <= held[data.user[order]]]] = True
    return Split(data.take(~is_test), data.take(is_test))


def live_record() -> LiveRecord | None:
    version = ModelVersion.objects.filter(is_live=True).first()
    models = live_models()
    if version is None or models is None or models.version != version.name:
        return None
    return LiveRecord(models, version.metrics, version.created_at.timestamp())


def judge(
    candidates: Mapping[str, Recommender], split: Split, *, live: LiveRecord | None, progress: Progress
) -> Verdict:
    """Measure the candidates on the held-out ratings and say whether they may go live, and why."""
    rng = np.random.default_rng(0)
    tested = np.unique(split.test.user)
    users = np.sort(rng.permutation(tested)[:JUDGED_USERS])
    figures: dict[str, dict[str, float]] = {}
    told: dict[str, Told] = {}
    jobs = _jobs(candidates)
    for place, (name, (stars, order)) in enumerate(jobs.items()):
        progress(place / len(jobs), f"judging {name}")
        figures[name] = {}
        if stars is not None:
            told[name] = told_of(stars, split, users)
            figures[name]["rmse"] = _rmse(told[name])
        if order is not None:
            figures[name][f"ndcg@{TOP}"] = _ndcg(order, split, users)
    failures = [*_against_baselines(figures), *_against_live(candidates, figures, split, users, live)]
    progress(1.0, "judged")
    reason = " ".join(failures) or _praise(figures, len(users))
    return Verdict(not failures, reason, figures, learned(told["hybrid"]))


def _jobs(models: Mapping[str, Recommender]) -> dict[str, tuple[Score | None, Score | None]]:
    """How each model predicts stars and how it orders a list, None where that is not its job."""
    jobs: dict[str, tuple[Score | None, Score | None]] = {
        name: (model.score, None) if model.job == "stars" else (None, model.score)
        for name, model in models.items()
    }
    stars, lists = cast("Hybrid", models["hybrid"]).stars, models["list-blend"].score
    jobs["hybrid"] = (stars, models["hybrid"].score)
    popular = models["popularity"].score
    jobs["list-blend"] = (
        None,
        lambda past: to_be_liked(lists(past), stars(past), popular(past), len(past)),
    )
    return jobs


def _rmse(told: Told) -> float:
    return metrics.rmse(told.predicted, told.actual)


def _ndcg(order: Score, split: Split, users: NDArray[Any]) -> float:
    pasts = (split.train.history(int(user)) for user in users)
    relevant = split.test.by_user[users]
    hits = metrics.hits(np.array([top_items(order(past), past.item, TOP) for past in pasts]), relevant)
    return metrics.mean(metrics.ndcg(hits, np.diff(relevant.indptr)))


def _against_baselines(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    failures = []
    ours, bias = figures["hybrid"]["rmse"], figures["bias"]["rmse"]
    if not ours < bias:
        failures.append(f"Its predictions err by {ours:.4f} stars, biases alone by {bias:.4f}.")
    ours, blended, popular = (figures[name][f"ndcg@{TOP}"] for name in ("hybrid", "list-blend", "popularity"))
    if not ours > popular:
        failures.append(f"Its lists reach NDCG@{TOP} {ours:.4f}, popularity {popular:.4f}.")
    if blended < popular:
        failures.append(f"Its blend of lists reaches NDCG@{TOP} {blended:.4f}, popularity {popular:.4f}.")
    return failures


def _against_live(
    candidates: Mapping[str, Recommender],
    figures: Mapping[str, Mapping[str, float]],
    split: Split,
    users: NDArray[Any],
    live: LiveRecord | None,
) -> list[str]:
    """On ratings the live version cannot know yet; with too few of them, against its own record."""
    if live is None:
        return []
    new = split.test.take(split.test.time > live.trained_at)
    if len(new) >= LEAST_NEW_RATINGS and np.array_equal(live.models.items.ids, split.train.items.ids):
        asked = Split(split.train, new)
        people = np.unique(new.user)
        ours, theirs = (
            _rmse(told_of(cast("Hybrid", models["hybrid"]).stars, asked, people))
            for models in (candidates, live.models.models)
        )
        allowed, on = theirs, f"{len(new)} ratings newer than the live version"
    elif "rmse" in live.metrics.get("hybrid", {}):
        ours, theirs = figures["hybrid"]["rmse"], live.metrics["hybrid"]["rmse"]
        allowed, on = theirs * (1 + TOLERANCE), "its own held-out ratings"
    else:
        return []
    return (
        [] if ours <= allowed else [f"It errs by {ours:.4f} stars, the live version by {theirs:.4f} on {on}."]
    )


def _praise(figures: Mapping[str, Mapping[str, float]], people: int) -> str:
    hybrid, lists, bias = figures["hybrid"], figures["list-blend"], figures["bias"]
    return (
        f"On the newest ratings of {people} people it errs by {hybrid['rmse']:.4f} stars (biases "
        f"{bias['rmse']:.4f}) and its lists reach NDCG@{TOP} {lists[f'ndcg@{TOP}']:.4f} "
        f"(popularity {figures['popularity'][f'ndcg@{TOP}']:.4f})."
    )
