"""How long a page waits for the models: fold-in, scores, filter and the first 50, nothing from the cache.

python -m tests.bench.serving DATASET [--repeats 100] [--json RESULT]

One history of 200 ratings, one thread. First the engines of the site, fitted on DATASET; then factors of 64
for 87,585 films, made up, where the scoring pass is held against the memory bandwidth of this machine: the
bytes of the factors that it reads a second, beside those of a plain copy of an array as large.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

import django
import numpy as np

from tests.bench import results, sections
from tests.bench.results import Figures

LENGTH, TOP, REPEATS = 200, 50, 100
N_FILMS, N_FACTORS = 87_585, 64
EASE_FILMS, N_WORDS = 15_000, 20_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = measured(asked.dataset, asked.repeats)
    print(tables({asked.dataset.stem: found}))
    results.keep(found, asked.json)


def tables(by_set: Mapping[str, Figures]) -> str:
    (found,) = by_set.values()
    rows = [
        [one["what"], f"{one['films']:,}", f"{one['ms']:.2f}", f"{one['p99']:.2f}"] for one in found["lines"]
    ]
    return (
        sections.table(["what", "films", "median ms", "99th percentile ms"], rows)
        + f"\n\nThe scoring pass over {N_FILMS:,} x {N_FACTORS} factors reaches "
        f"{100 * found['bandwidth']:.0f} % of the memory bandwidth of a plain copy."
    )


def measured(path: Path, repeats: int) -> Figures:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        lines = [
            {
                "what": name,
                "films": films,
                "ms": float(np.median(taken)),
                "p99": float(np.percentile(taken, 99)),
            }
            for name, films, taken in (*engines(path, repeats), *large(repeats))
        ]
        return {"lines": lines, "bandwidth": bandwidth(repeats)}


def engines(path: Path, repeats: int):
    from django.core.cache import caches

    from recommender import training
    from recommender.live import LiveModels
    from recommender.ml.contract import no_progress
    from recommender.ml.movielens import open_dataset
    from recommender.steering import ENGINES, Steering, steered

    data = open_dataset(path).interactions()
    live = LiveModels("bench", training.fit_all(data, progress=no_progress), data.items)
    visitor = visitor_of(data.items.ids)
    for engine in ENGINES:

        def once(engine: str = engine) -> None:
            caches["scores"].clear()
            steered(live, visitor, Steering(engine=engine), TOP, visitor.unwanted)

        yield f"{engine}, list of {TOP}", data.n_items, times(once, repeats)


def visitor_of(ids):
    from recommender.visitors import Visitor

    rng = np.random.default_rng(0)
    films = rng.choice(ids[: len(ids) // 2], LENGTH, replace=False).tolist()
    return Visitor.of_session({film: int(rng.integers(1, 11)) for film in films})


def large(repeats: int):
    """Models of the size of the whole catalogue of MovieLens, with arrays of chance."""
    from recommender.ml.autoencoder import AutoencoderConfig, RatingAutoencoder
    from recommender.ml.ease import Ease, EaseConfig
    from recommender.ml.hybrid import Hybrid, HybridConfig
    from recommender.ml.interactions import NO_TIME, History
    from recommender.ml.svdpp import SVDPlusPlus, SVDPlusPlusConfig
    from recommender.scoring import best

    rng = np.random.default_rng(0)
    items = np.sort(rng.permutation(N_FILMS)[:LENGTH])
    stars = rng.integers(1, 11, LENGTH).astype(np.float32) / 2
    history = History(items, stars, np.full(LENGTH, NO_TIME))
    b, Q, Y = (
        rng.normal(0, 0.1, shape).astype(np.float32) for shape in (N_FILMS, *[(N_FILMS, N_FACTORS)] * 2)
    )
    place = np.where(np.arange(N_FILMS) < EASE_FILMS, np.arange(N_FILMS), -1)
    B = rng.normal(0, 0.01, (EASE_FILMS, EASE_FILMS)).astype(np.float32)
    models = {
        "SVD++, 64 factors": SVDPlusPlus.from_state(
            SVDPlusPlusConfig(n_factors=N_FACTORS), {"mean": np.array([3.5]), "b": b, "Q": Q, "Y": Y}
        ),
        "autoencoder, 64 axes": RatingAutoencoder.from_state(
            AutoencoderConfig(), {"m": b, "F": Q, "f": Q[0]}
        ),
        f"EASE-R, weights of {EASE_FILMS:,}": Ease.from_state(EaseConfig(), {"B": B, "place": place}),
    }
    parts = {"svdpp": models["SVD++, 64 factors"], "autoencoder": models["autoencoder, 64 axes"]}
    models["hybrid of both and content"] = Hybrid.from_state(HybridConfig(), hybrid_state(parts, rng))
    for name, model in models.items():

        def once(model=model) -> None:
            scores = model.score(history)
            scores[history.item] = np.nan
            best(scores, TOP)

        yield name, N_FILMS, times(once, repeats)


def hybrid_state(parts, rng):
    """Arrays of a hybrid over `parts`: eight words a film, thirty neighbours, no order in either."""
    from recommender.ml.parts import prefixed

    words = np.sort(rng.integers(0, N_WORDS, (N_FILMS, 8)), axis=1).astype(np.int32)
    content = {
        "data": np.full(words.size, 8**-0.5, np.float32),
        "indices": words.ravel(),
        "indptr": np.arange(0, words.size + 1, 8),
        "names": np.array([b"word"] * N_WORDS),
        "starts": np.array([0, N_WORDS, N_WORDS, N_WORDS, N_WORDS]),
        "chart": rng.normal(size=N_FILMS).astype(np.float32),
    }
    return {
        **prefixed("content.", content),
        **{f"{name}.{key}": array for name, part in parts.items() for key, array in part.state().items()},
        "neighbours": rng.integers(0, N_FILMS, (N_FILMS, 30)).astype(np.int32),
        "likeness": rng.random((N_FILMS, 30)).astype(np.float32),
        "popularity": rng.normal(size=N_FILMS).astype(np.float32),
        "inverse_length": np.ones(N_FILMS, np.float32),
        "deviations": np.ones(3),
    }


def times(once: Callable[[], None], repeats: int) -> list[float]:
    """Milliseconds of each repeat."""
    once()
    taken = []
    for _ in range(repeats):
        started = perf_counter()
        once()
        taken.append(1000 * (perf_counter() - started))
    return taken


def bandwidth(repeats: int) -> float:
    """Bytes a second of Q p over those of a copy, which reads and writes."""
    Q = np.random.default_rng(0).normal(size=(N_FILMS, N_FACTORS)).astype(np.float32)
    p, target = Q[0].copy(), np.empty_like(Q)
    scored = np.median(times(lambda: Q @ p, repeats))
    copied = np.median(times(lambda: np.copyto(target, Q), repeats))
    return float((Q.nbytes / scored) / (2 * Q.nbytes / copied))


if __name__ == "__main__":
    main()
