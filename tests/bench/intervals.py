"""Whether "usually 3.5 to 4.5" holds four times in five on later ratings, over all and in each bucket.

python -m tests.bench.intervals DATASET

As the gate does it: everybody's newest ratings are held out, the intervals are learned from one half of the
people and held against the other. Buckets are thirds by how many ratings the person and the film had.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import django
import numpy as np

KNOWN = ("few", "some", "many")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    print(table(parser.parse_args().dataset))


def table(path: Path) -> str:
    from recommender.gate import holdout
    from recommender.intervals import learned, told_of
    from recommender.ml.hybrid import Hybrid
    from recommender.ml.movielens import open_dataset

    split = holdout(open_dataset(path).interactions())
    hybrid = Hybrid().fit(split.train, seed=0)
    found = learned(told_of(hybrid.stars, split, np.unique(split.test.user)))
    lines = [
        f"{found['coverage']:.1%} of {found['ratings'] // 2:,} later ratings.\n",
        "| ratings of the person | of the film | inside | ratings |\n| --- | --- | ---: | ---: |",
        *(
            f"| {KNOWN[one['person']]} | {KNOWN[one['film']]} | {one['coverage']:.1%} | {one['ratings']:,} |"
            for one in found["buckets"]
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
