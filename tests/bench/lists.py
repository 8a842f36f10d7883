"""Lists of 50 for everyone: our ranking of a whole data set beside implicit's on the same factors.

    python -m tests.bench.lists ours SPLIT FOLDER       fits, ranks, leaves factors and figures in FOLDER
    python -m tests.bench.lists implicit SPLIT FOLDER   ranks with implicit what it finds there

Only the ranking is timed, the median of REPEATS; the people are folded in before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tests.bench.handover import Handed, read
from tests.bench.results import Figures

TOP = 50
REPEATS = 5
IALS_FACTORS = (64, 128)


def measure(folder: Path) -> Figures:
    """Milliseconds a user by model and library, and the share of places with the same film."""
    # Not above: the other libraries' Python, which runs this file too, has nothing of the site's.
    from tests.bench import processes

    work = processes.folder_for(folder / "lists")
    for role, library in (("ours", "ours"), ("implicit", "peers.implicit")):
        note = processes.run("lists", role, str(folder / "list.npz"), str(work), library=library)
        if note:
            return {"note": f"{role} {note}"}
    ours, theirs = (json.loads((work / f"{role}.json").read_text()) for role in ("ours", "implicit"))
    for name, figures in ours.items():
        with np.load(work / f"{name}.ours.npz") as left, np.load(work / f"{name}.implicit.npz") as right:
            figures["same"] = float((left["lists"] == right["lists"]).mean())
        figures["implicit_ms"] = theirs[name]["ms"]
    return {"top": TOP, "models": ours}


def ours(data: Handed, work: Path) -> Figures:
    from recommender.ml.batch import lists_by_factors, lists_by_weights
    from recommender.ml.ease import Ease
    from recommender.ml.ials import ImplicitALS, ImplicitALSConfig
    from tests.bench.ours import interactions

    train = interactions(data)
    seen, figures = _seen(data), {}
    for n_factors in IALS_FACTORS:
        model = ImplicitALS(ImplicitALSConfig(n_factors=n_factors)).fit(train, seed=0)
        started = perf_counter()
        U = np.array([model.fold_in(train.history(user)) for user in range(train.n_users)])
        folding = 1000 * (perf_counter() - started) / train.n_users
        name = f"ials-{n_factors}"
        np.savez(work / f"{name}.factors.npz", U=U, V=model.Q_)
        figures[name] = _timed(lambda U=U, V=model.Q_: lists_by_factors(U, V, seen, TOP), name, "ours", work)
        figures[name]["fold_in_ms"] = folding
    ease = Ease().fit(train, seed=0)
    X = sparse.csr_array(
        (ease.weights(train.rating), (train.user, train.item)), shape=(train.n_users, train.n_items)
    )
    B = _over_all_films(ease.B_, ease.place_)
    np.savez(work / "ease.factors.npz", U=X.toarray(), V=B.T)
    figures["ease"] = _timed(lambda: lists_by_weights(X, B, seen, TOP), "ease", "ours", work)
    return figures


def implicit(data: Handed, work: Path) -> Figures:
    from implicit.cpu.als import AlternatingLeastSquares

    seen, users, figures = sparse.csr_matrix(_seen(data)), np.arange(data.n_users), {}
    for path in sorted(work.glob("*.factors.npz")):
        name = path.name.removesuffix(".factors.npz")
        with np.load(path) as factors:
            U, V = factors["U"], np.ascontiguousarray(factors["V"])
        model = AlternatingLeastSquares(factors=U.shape[1])
        model.user_factors, model.item_factors = U, V
        figures[name] = _timed(
            lambda model=model: model.recommend(users, seen, N=TOP)[0], name, "implicit", work
        )
    return figures


def _timed(rank: Callable[[], NDArray[Any]], name: str, role: str, work: Path) -> Figures:
    lists = rank()
    taken = []
    for _ in range(REPEATS):
        started = perf_counter()
        rank()
        taken.append(1000 * (perf_counter() - started) / len(lists))
    np.savez(work / f"{name}.{role}.npz", lists=lists)
    return {"ms": float(np.median(taken))}


def _seen(data: Handed) -> sparse.csr_array:
    ones = np.ones(len(data.train.user), np.float32)
    shape = (data.n_users, data.n_items)
    return sparse.csr_array((ones, (data.train.user, data.train.item)), shape=shape)


def _over_all_films(B: NDArray[np.float32], place: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n_items, n_items) weights; noughts where a film was left out."""
    kept = np.flatnonzero(place >= 0)
    whole = np.zeros((len(place), len(place)), np.float32)
    whole[np.ix_(kept, kept)] = B
    return whole


if __name__ == "__main__":
    role, split, folder = sys.argv[1:]
    found = {"ours": ours, "implicit": implicit}[role](read(Path(split)), Path(folder))
    (Path(folder) / f"{role}.json").write_text(json.dumps(found))
