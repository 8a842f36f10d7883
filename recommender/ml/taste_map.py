"""A map of the films: clusters of those that the same people watch and rate alike, with names, on a plane.

    z_i = (q_i - mean q, y_i - mean y), each half scaled to unit length, less what ln(1 + ratings) explains

q_i and y_i are the two factors of a film in SVD++ (svdpp.py): how it is rated, and what having watched it
says of somebody. Fame is no taste, so that what it explains is taken out. k-means in the leading principal
components of z finds the clusters. The first two are the plane, on which every film is drawn PULL of the way
to the middle of its cluster: two axes cannot keep apart what sixteen do.

A term, be it a person, a decade or a word of a plot, tells a cluster from the other films by the
log-odds ratio of having it, over its deviation, with what all films have as a prior:

    d_t = ln (a + m p_t) / (A - a + m (1 - p_t)) - ln (b + m p_t) / (B - b + m (1 - p_t))
    z_t = d_t / sqrt(1 / (a + m p_t) + 1 / (b + m p_t))

a of the A films of the cluster and b of the B others have it, p_t is its share of all films, m the films that
the prior counts for. Monroe, Colaresi and Quinn, "Fightin' Words" (2008), equations 16 and 22. A term that
few films share gets no high score by chance, as it would by a mere ratio.

A name is to be true of what people find in a cluster, so that ratings and viewings count, not films. A genre
is named that a third of them are of, and clearly more than elsewhere; a decade, that most of them are of;
people, who made several of its films, of that decade if one is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays
from recommender.ml.interactions import Catalogue, Interactions
from recommender.ml.likeness import unit_rows

if TYPE_CHECKING:
    from recommender.ml.svdpp import SVDPlusPlus

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

TABLE = "taste-map"  # what an artefact keeps the map under
ENOUGH_RATINGS = 10  # below this a film's factors are mostly the noise of their start
FEWEST_FILMS = 100  # that make the clusters; on a small site films with fewer ratings help
CLUSTERS = (8, 24)
N_COMPONENTS = 16
PULL = 0.4
DRAWN, DRAWN_EACH = 260, 8  # best known films that are on the map, of all and at least of each cluster
PRIOR_FILMS = 20.0  # m
LEAST_FILMS = 4  # of a cluster, that a term of its name must be in
# z of a term that may be part of a name: the more terms of a kind there are, the more are high by chance.
TELLING = {"decades": 3.0, "people": 2.5, "words": 4.5}
# Shares of a cluster's ratings and viewings from which a genre and a decade may be in its name, and how many
# times its share of all of them a genre's must be.
LEAST_GENRE, MOST, CLEARLY = 1 / 3, 0.5, 1.25
# A lower-case word: what stands in capitals is the name of somebody in the story.
WORD = re.compile(r"(?<![\w'’-])[a-zà-ÿ]{4,}(?![\w'’-])")
# How a genre is written in a name, where not as it is.
KINDS = {
    "Children": "children's films",
    "Documentary": "documentaries",
    "Film-Noir": "film noir",
    "Musical": "musicals",
    "Sci-Fi": "science fiction",
    "Thriller": "thrillers",
    "War": "war films",
    "Western": "westerns",
}
FORMATS = {"IMAX"}  # listed among genres, but no kind of story


@dataclass(frozen=True)
class TasteMap:
    """What a map page needs, as arrays; item rows are those of the data it was drawn from."""

    cluster: NDArray[np.int16]  # (n_items,) -1 for films that nobody rated or watched
    place: Floats  # (n_items, 2) from 0 to 1, NaN for those films
    share: Floats  # (n_clusters,) of everybody's ratings and viewings
    drawn: NDArray[np.int32]  # (n_drawn,) rows of the best known films, the best known first
    labels: NDArray[np.bytes_]  # (n_clusters,) names, UTF-8

    @property
    def names(self) -> list[str]:
        return [label.decode() for label in self.labels]

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        """The map back from `arrays()`. Raises KeyError where one is missing."""
        return cls(**{one.name: arrays[one.name] for one in fields(cls)})


def draw(model: SVDPlusPlus, data: Interactions, *, seed: int) -> TasteMap:
    """The map of a model fitted on `data`; the same model, data and seed give the same map."""
    counts = np.bincount(data.item, minlength=data.n_items)
    known = well_known(counts)
    Z = _directions(model, known, counts)
    cluster, n = _clustered(Z, known, counts, seed)
    drawn = _best_known(counts, cluster, n)
    place = _placed(Z[:, :2], cluster, known, drawn)
    of_known = cluster[known]
    names = named(data.catalogue.take(known.tolist()), of_known, counts[known])
    total = np.bincount(cluster[data.item], minlength=n).astype(np.float32)
    return TasteMap(
        cluster.astype(np.int16),
        place,
        total / max(total.sum(), 1),
        drawn.astype(np.int32),
        np.array([name.encode() for name in names]),
    )


def well_known(counts: NDArray[np.int64]) -> Rows:
    """(n_known,) rows of the films with enough ratings to be placed by them, never more than were watched."""
    enough = np.flatnonzero(counts >= ENOUGH_RATINGS)
    if len(enough) >= FEWEST_FILMS:
        return enough
    most = np.argsort(-counts, kind="stable")[:FEWEST_FILMS]
    return np.sort(most[counts[most] > 0])


def n_clusters(n_films: int) -> int:
    """A quarter of the square root of the films, within CLUSTERS, but four films to each at least."""
    least, most = CLUSTERS
    return max(1, min(int(np.clip(round(np.sqrt(n_films) / 4), least, most)), n_films // 4))


def _directions(model: SVDPlusPlus, known: Rows, counts: NDArray[np.int64]) -> Floats:
    """(n_items, N_COMPONENTS) the leading components of z, taken from the known films."""
    Z = np.hstack([unit_rows(factors - factors[known].mean(axis=0)) for factors in (model.Q_, model.Y_)])
    Z -= Z[known].mean(axis=0)
    fame = np.log1p(counts) - np.log1p(counts[known]).mean()
    slope = fame[known] @ Z[known] / max(float(fame[known] @ fame[known]), 1e-9)
    Z -= np.outer(fame, slope).astype(np.float32)
    _, axes = np.linalg.eigh(Z[known].T @ Z[known])
    axes = axes[:, ::-1][:, :N_COMPONENTS]
    # An axis has no sign of its own: the largest entry is made positive, or chance would mirror the map.
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.asarray(Z @ axes, np.float32)


def _clustered(Z: Floats, known: Rows, counts: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], int]:
    """(n_items,) the nearest centre of every film, -1 where nobody knows it, and how many centres there are.

    The cluster with the most ratings and viewings is number 0.
    """
    # scikit-learn is a library of training; the site, which reads maps, does without.
    from sklearn.cluster import KMeans

    found = KMeans(n_clusters(len(known)), n_init=10, random_state=seed).fit(Z[known])
    nearest = found.predict(Z)
    watched = np.bincount(nearest, counts, minlength=found.n_clusters)
    place = np.argsort(np.argsort(-watched, kind="stable"))
    return np.where(counts > 0, place[nearest], -1), int((watched > 0).sum())


def _placed(plane: Floats, cluster: NDArray[np.int64], known: Rows, drawn: Rows) -> Floats:
    """(n_items, 2) from 0 to 1 over the drawn films, outliers on the edge; NaN without a cluster."""
    films = np.bincount(cluster[known])
    middles = np.column_stack([np.bincount(cluster[known], axis) / films for axis in plane[known].T])
    places = plane + PULL * (middles[cluster] - plane)
    low, high = np.quantile(places[drawn], (0.01, 0.99), axis=0)
    scaled = np.clip((places - low) / np.maximum(high - low, 1e-6), 0, 1)
    return np.where(cluster[:, None] < 0, np.nan, scaled).astype(np.float32)


def _best_known(counts: NDArray[np.int64], cluster: NDArray[np.int64], n: int) -> Rows:
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    each = [order[cluster[order] == one][:DRAWN_EACH] for one in range(n)]
    chosen = np.unique(np.concatenate([order[:DRAWN], *each]))
    return chosen[np.argsort(-counts[chosen], kind="stable")]


class _Terms(NamedTuple):
    """Terms with z and weight by cluster, (n_clusters, n_terms) each; the weight is nought where z is low."""

    labels: list[str]
    z: NDArray[np.float64]
    weight: NDArray[np.float64]

    def telling(self, cluster: int) -> list[str]:
        """The terms that tell a cluster from the others, the weightiest first."""
        order = np.argsort(-self.weight[cluster], kind="stable")
        return [self.labels[term] for term in order if self.weight[cluster, term] > 0]


def named(catalogue: Catalogue, cluster: NDArray[np.int64], counts: NDArray[np.int64]) -> list[str]:
    """A name for each cluster 0..k-1 of the films of `catalogue`: none is empty and no two are equal.

    Such as "Drama and film noir of the 1950s, Alfred Hitchcock, Cary Grant, affair".
    """
    documents = _documents(catalogue)
    decades, words = (_terms(documents[kind], cluster, None, TELLING[kind]) for kind in ("decades", "words"))
    times = [
        decade if (decade := _prevailing(documents["decades"], cluster == one, counts)) in telling else ""
        for one, telling in enumerate(map(decades.telling, range(int(cluster.max()) + 1)))
    ]
    people = _terms(_of_the_times(documents, cluster, times), cluster, counts, TELLING["people"])
    names: list[str] = []
    for one, time in enumerate(times):
        genres = _frequent(documents["genres"], cluster == one, counts)
        kinds = " and ".join(KINDS.get(genre, genre.lower()) for genre in genres) or "films"
        details = [*people.telling(one)[:2], *words.telling(one)[:1]]
        best_known = catalogue.titles[int(np.argmax(np.where(cluster == one, counts, -1)))]
        more = [*people.telling(one)[2:], *words.telling(one)[1:], f"around {best_known}"]
        names.append(_name(f"{kinds} of the {time}" if time else kinds, details, more, names))
    return names


def _shares(documents: Sequence[Sequence[str]], counts: NDArray[np.int64]) -> dict[str, float]:
    """Of all ratings and viewings those of films that have a term, by term."""
    watched: Counter[str] = Counter()
    for film, terms in enumerate(documents):
        watched.update(dict.fromkeys(terms, int(counts[film])))
    return {term: n / max(int(counts.sum()), 1) for term, n in watched.items()}


def _frequent(
    genres: Sequence[Sequence[str]], inside: NDArray[np.bool_], counts: NDArray[np.int64]
) -> list[str]:
    """At most two, the ones first that people find here much more than elsewhere."""
    of_all, here = _shares(genres, counts), _shares(genres, counts * inside)
    films = Counter(genre for film in np.flatnonzero(inside).tolist() for genre in set(genres[film]))
    found = [
        genre
        for genre, share in sorted(here.items())
        if share >= max(LEAST_GENRE, CLEARLY * of_all[genre]) and films[genre] >= LEAST_FILMS
    ]
    return sorted(found, key=lambda genre: -here[genre] * np.log(here[genre] / of_all[genre]))[:2]


def _prevailing(
    decades: Sequence[Sequence[str]], inside: NDArray[np.bool_], counts: NDArray[np.int64]
) -> str:
    """The decade that most of the ratings and viewings are of, "" for none."""
    shares = _shares(decades, counts * inside)
    return next((decade for decade, share in shares.items() if share > MOST), "")


def _of_the_times(
    documents: dict[str, list[list[str]]], cluster: NDArray[np.int64], times: Sequence[str]
) -> list[list[str]]:
    """The people of each film, none for a film of another decade than the one its cluster may be named by."""
    return [
        people if times[one] in ("", *decade) else []
        for people, decade, one in zip(
            documents["people"], documents["decades"], cluster.tolist(), strict=True
        )
    ]


def _name(kinds: str, details: Sequence[str], more: Sequence[str], taken: Sequence[str]) -> str:
    """The kinds of films with their details, and as much more as tells the name from those taken."""
    known = [kinds[:1].upper() + kinds[1:], *details]
    for n in range(0 if details else 1, len(more) + 1):
        if (name := ", ".join([*known, *more[:n]])) not in taken:
            return name
    return f"{name} ({len(taken) + 1})"


def _documents(catalogue: Catalogue) -> dict[str, list[list[str]]]:
    """What may tell a film from others, by kind."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    stories = (WORD.findall(text) for text in catalogue.texts)
    return {
        "genres": [[genre for genre in film if genre not in FORMATS] for film in catalogue.genres],
        "decades": [[f"{year // 10 * 10}s"] if year else [] for year in catalogue.years.tolist()],
        "people": [list(film) for film in catalogue.people],
        "words": [[word for word in story if word not in ENGLISH_STOP_WORDS] for story in stories],
    }


def _terms(
    documents: Sequence[Sequence[str]],
    cluster: NDArray[np.int64],
    counts: NDArray[np.int64] | None,
    least: float,
) -> _Terms:
    """Terms above a z of `least`; with `counts` (n_films,) those of much watched films weigh more."""
    from sklearn.feature_extraction.text import CountVectorizer

    films = np.bincount(cluster)
    counter = CountVectorizer(analyzer=set, min_df=min(LEAST_FILMS, len(documents)))
    try:
        has = sparse.csr_array(counter.fit_transform(documents))
    except ValueError:  # all that scikit-learn says where no film has any term
        return _Terms([], *np.empty((2, len(films), 0)))
    member = sparse.csr_array((np.ones(len(cluster)), (cluster, np.arange(len(cluster)))))
    inside = (member @ has).toarray()
    z = log_odds(inside, films)
    weight = z if counts is None else z * np.log1p((member @ (has * counts[:, None])).toarray())
    telling = (z > least) & (inside >= LEAST_FILMS)
    return _Terms(list(counter.get_feature_names_out()), z, np.where(telling, weight, 0))


def log_odds(inside: NDArray[Any], films: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n_clusters, n_terms) z, from how many films of each cluster have a term, and how many it has."""
    share = inside.sum(axis=0) / films.sum()
    with_it, against = PRIOR_FILMS * share, PRIOR_FILMS * (1 - share)
    outside = inside.sum(axis=0) - inside
    missing, missing_outside = films[:, None] - inside, (films.sum() - films)[:, None] - outside
    odds = np.log((inside + with_it) / (missing + against + 1e-9))
    odds_outside = np.log((outside + with_it) / (missing_outside + against + 1e-9))
    return np.asarray((odds - odds_outside) / np.sqrt(1 / (inside + with_it) + 1 / (outside + with_it)))
