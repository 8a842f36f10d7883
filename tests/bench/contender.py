"""One model of one library in a fresh process: fit, answer, and write down what it took.

    python -m tests.bench.contender LIBRARY METHOD JOB SPLIT RESULT

LIBRARY is a module of this package with METHODS, a mapping of names to contenders. It runs under the Python
that has the library, so nothing here needs more than numpy. RESULT.json gets seconds and memory, RESULT.npz
the answers, which are judged elsewhere: nobody computes their own error.
"""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tests.bench.handover import Handed, Ratings, read

Job = Literal["stars", "list", "fit"]
TOP = 10
SEED = 0


class Contender(ABC):
    """A model with its settings, built anew for each fit."""

    title: str
    settings: str

    @abstractmethod
    def fit(self, data: Handed) -> None: ...

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        """(n,) stars for pairs of rows; NaN where it cannot say."""
        raise NotImplementedError(f"{self.title} gives no stars.")

    def lists(self, users: NDArray[np.int64], top: int) -> NDArray[np.integer]:
        """(n_users, top) item rows outside the training part, best first, -1 where fewer are left."""
        raise NotImplementedError(f"{self.title} gives no lists.")


def peak_mib() -> float:
    """The most memory this process has held; Linux begins it anew for every program."""
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) / 1024


def measure(make: Any, job: Job, data: Handed) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Figures and answers. A first fit on a sample loads the libraries and compiles what is compiled."""
    started = perf_counter()
    make().fit(data.sample())
    first = perf_counter() - started
    contender, started = make(), perf_counter()
    contender.fit(data)
    figures = {"loading_seconds": first, "fit_seconds": perf_counter() - started, "fit_peak_mib": peak_mib()}
    started = perf_counter()
    answers = ANSWERS[job](contender, data)
    figures |= {"answer_seconds": perf_counter() - started, "peak_mib": peak_mib()}
    return figures, answers


def _stars(contender: Contender, data: Handed) -> dict[str, NDArray[Any]]:
    return {"stars": np.asarray(contender.stars(data.test), np.float32)}


def _lists(contender: Contender, data: Handed) -> dict[str, NDArray[Any]]:
    users = np.unique(data.test.user).astype(np.int64)
    return {"users": users, "items": np.asarray(contender.lists(users, TOP), np.int64)}


def _nothing(contender: Contender, data: Handed) -> dict[str, NDArray[Any]]:
    return {}


ANSWERS = {"stars": _stars, "list": _lists, "fit": _nothing}


def main(library: str, method: str, job: Job, split: str, result: str) -> None:
    make = import_module(f"tests.bench.{library}").METHODS[method]
    figures, answers = measure(make, job, read(Path(split)))
    np.savez(result + ".npz", **answers)
    Path(result + ".json").write_text(json.dumps(figures))


if __name__ == "__main__":
    # The class that libraries derive from is that of the imported module, not of this script.
    main(*sys.argv[1:])  # type: ignore[arg-type]
