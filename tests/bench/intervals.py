"""Whether "usually 3.5 to 4.5" holds four times in five on later ratings, over all and in each bucket.

python -m tests.bench.intervals DATASET [--json RESULT]

As the gate does it: everybody's newest ratings are held out, the intervals are learned from one half of the
people and held against the other. Buckets are thirds by how many ratings the person and the film had.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import django
import numpy as np

from tests.bench import results, sections
from tests.bench.results import Figures

KNOWN = ("few", "some", "many")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = measured(asked.dataset)
    print(tables({asked.dataset.stem: found}))
    results.keep(found, asked.json)


def tables(by_set: Mapping[str, Figures]) -> str:
    return "\n\n".join(f"{_whole(name, found)}\n\n{_cells(found)}" for name, found in by_set.items())


def _whole(name: str, found: Figures) -> str:
    judged = [one["ratings"] for one in found["buckets"]]
    return (
        f"{name}: {_percent(found['coverage'])} of {sum(judged):,} later ratings, "
        f"{min(judged):,} to {max(judged):,} in a cell."
    )


def _cells(found: Figures) -> str:
    inside = {(one["person"], one["film"]): _percent(one["coverage"]) for one in found["buckets"]}
    thirds = range(len(KNOWN))
    header = ["ratings of the person", f"{KNOWN[0]} of the film", *KNOWN[1:]]
    return sections.table(
        header, [[KNOWN[person], *(inside[person, film] for film in thirds)] for person in thirds]
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def measured(path: Path) -> Figures:
    from recommender.gate import holdout
    from recommender.intervals import learned, told_of
    from recommender.ml.hybrid import Hybrid
    from recommender.ml.movielens import open_dataset

    split = holdout(open_dataset(path).interactions())
    hybrid = Hybrid().fit(split.train, seed=0)
    found = learned(told_of(hybrid.stars, split, np.unique(split.test.user)))
    return {name: found[name] for name in ("coverage", "buckets", "ratings")}


if __name__ == "__main__":
    main()
