"""Content: films are alike when their words, genres, people and times are.

    x_i = (a_w t_i, a_g g_i, a_p p_i, a_d d_i),  scaled to unit length
    t_i, g_i, p_i, d_i: TF-IDF of the words of title and texts, of genres, people and the decade, each of
                        unit length, nought where nothing is known; a: square roots of the blocks' weights

    cos(i, j) = x_i . x_j
    score(i)  = x_i . sum over j in the history of w_j x_j
    w_j       = r_j - c for a rated film, a constant for one watched without a rating
    c         = neutral + own_mean_share (mean of r - neutral)

A centre between neutral and the person's own mean keeps all weights above nought for someone who only
gives five stars, and still lets the films that a generous person liked least count against their kind.
With n_reranked above nought, the films nearest to the profile that are not in the history, and that have the
votes a chart asks for, come first in the order of their weighted rating (weighted_rating.py): what is merely
alike is often a film that hardly anybody knows.
Pazzani and Billsus, "Content-based Recommendation Systems" (2007); Salton and Buckley (1988) for TF-IDF.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.diversity import descending
from recommender.ml.interactions import Catalogue, History, Interactions
from recommender.ml.weighted_rating import WeightedRating, WeightedRatingConfig

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float32]
BLOCKS = ("words", "genres", "people", "decades")
# Longer names are cut in the stored vocabulary, where one long title would widen every entry.
NAME_BYTES = 64


@dataclass(frozen=True)
class ContentConfig:
    """Weights of the blocks in a likeness; bounds of the vocabulary; centre of the ratings in stars.

    What is ranked again was chosen by NDCG@10 on a fifth of each person's training part of latest-small.
    """

    words_weight: float = 1.0
    genres_weight: float = 0.15
    people_weight: float = 1.5
    decades_weight: float = 0.05
    max_words: int = 60_000
    max_people: int = 60_000
    min_films: int = 2  # a word, pair of words or person of fewer films likens nothing to anything
    neutral: float = 3.0
    own_mean_share: float = 0.8
    unrated_weight: float = 0.5
    sublinear_tf: bool = True  # of words: 1 + ln of how often one occurs, not how often
    n_reranked: int = 1000  # nearest films that go by their weighted rating
    votes_percentile: float = 90.0  # m of the weighted rating, and the least votes of a film that goes by it

    def __post_init__(self) -> None:
        weights = (self.words_weight, self.genres_weight, self.people_weight, self.decades_weight)
        if min(weights) < 0:
            raise ValueError("The weights of the blocks must not be below nought.")
        if not 0 <= self.own_mean_share <= 1:
            raise ValueError(f"own_mean_share lies between 0 and 1, not at {self.own_mean_share}.")
        if self.n_reranked < 0:
            raise ValueError(f"The number of films ranked again counts from nought, not {self.n_reranked}.")


# Document B: words and pairs of words of title, storyline and tagline, and the 30 nearest to one film by
# weighted rating. A history of several films is taken as one query. The list shows the first ten.
DOCUMENT = ContentConfig(
    words_weight=1.0,
    genres_weight=0.0,
    people_weight=0.0,
    decades_weight=0.0,
    max_words=1_000_000,
    min_films=1,
    neutral=0.0,
    own_mean_share=0.0,
    unrated_weight=3.0,
    sublinear_tf=False,
    n_reranked=30,
    votes_percentile=60.0,
)


class SharedTerm(NamedTuple):
    """Something two films have in common: its block, its name and its part of their cosine."""

    block: str
    name: str
    share: float


class Content(Recommender):
    """TF-IDF vectors of the catalogue; a history is a weighted sum of its films' vectors."""

    name: ClassVar[str] = "content"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = ContentConfig

    X_: sparse.csr_array  # (n_items, n_features), rows of unit length or empty
    names_: NDArray[np.bytes_]  # (n_features,) UTF-8
    starts_: NDArray[np.int64]  # (5,) first feature of each block and the end
    chart_: Floats  # (n_items,) weighted rating, NaN below the least votes; empty where nothing is reranked

    def __init__(self, config: ContentConfig | None = None) -> None:
        self.config: ContentConfig = config or ContentConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the catalogue of `data`; nothing is random, and ratings are read for the chart alone.

        Where nothing is rated there is no chart, and films go by their likeness.
        """
        blocks, names = [], []
        for done, block in enumerate(BLOCKS):
            progress(done / len(BLOCKS), f"reading {block}")
            matrix, vocabulary = self._block(block, data.catalogue)
            weight = float(getattr(self.config, f"{block}_weight"))
            blocks.append(matrix * np.float32(np.sqrt(weight)))
            names.append(vocabulary)
        self.X_ = _unit_rows(sparse.hstack(blocks, format="csr", dtype=np.float32))
        self.names_ = np.concatenate(names)
        self.starts_ = np.cumsum([0, *(len(vocabulary) for vocabulary in names)])
        self.chart_ = self._chart(data)
        progress(1.0, "fitted")
        return self

    def _block(self, block: str, catalogue: Catalogue) -> tuple[sparse.csr_array, NDArray[np.bytes_]]:
        # scikit-learn is a library of training; scoring, and with it the site, does without.
        from sklearn.feature_extraction.text import TfidfVectorizer

        config = self.config
        if block == "words":
            documents = map(" ".join, zip(catalogue.titles, catalogue.texts, strict=True))
            words = TfidfVectorizer(
                stop_words="english",
                ngram_range=(1, 2),
                max_features=config.max_words,
                min_df=min(config.min_films, max(len(catalogue), 1)),
                sublinear_tf=config.sublinear_tf,
                dtype=np.float32,
            )
            return _tfidf(words, documents, len(catalogue))
        if block == "genres":
            genres = TfidfVectorizer(analyzer=list, dtype=np.float32)
            return _tfidf(genres, catalogue.genres, len(catalogue))
        if block == "decades":
            decades = [(f"{year // 10 * 10}s",) if year else () for year in catalogue.years]
            return _tfidf(TfidfVectorizer(analyzer=list, dtype=np.float32), decades, len(catalogue))
        people = TfidfVectorizer(
            analyzer=list, max_features=config.max_people, min_df=config.min_films, dtype=np.float32
        )
        return _tfidf(people, catalogue.people, len(catalogue))

    def _chart(self, data: Interactions) -> Floats:
        if not self.config.n_reranked:
            return np.empty(0, np.float32)
        if np.isnan(data.rating).all():
            return np.full(data.n_items, np.nan, np.float32)
        rating = WeightedRating(WeightedRatingConfig(self.config.votes_percentile)).fit(data, seed=0)
        qualified = rating.votes_ >= rating.least_votes_
        return np.where(qualified, rating.weighted_rating_, np.float32(np.nan))

    def weights(self, history: History) -> Floats:
        """(len(history),) w_j, in stars; below nought for the films that were liked least."""
        config = self.config
        return taste_weights(
            history.rating, config.neutral, config.own_mean_share, unrated=config.unrated_weight
        )

    def score(self, history: History) -> Floats:
        """(n_items,) likeness to the weighted profile; NaN for films of which nothing is known.

        Films that go by their weighted rating have that, in stars, above the greatest likeness.
        """
        profile = self.X_[history.item].T @ self.weights(history)
        score = self._known(self.X_ @ profile)
        return self._reranked(score, history) if self.config.n_reranked and len(history) else score

    def _reranked(self, score: Floats, history: History) -> Floats:
        unseen = np.nan_to_num(score)
        unseen[history.item] = 0
        nearest = descending(unseen)[: self.config.n_reranked]
        lifted = nearest[(unseen[nearest] > 0) & ~np.isnan(self.chart_[nearest])]
        score[lifted] = np.nanmax(score, initial=0) + self.chart_[lifted]
        return score

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares w_j cos(i, j), which sum to the likeness to the profile."""
        return np.asarray(self.weights(history) * (self.X_[history.item] @ self._row(item)), np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine with `item`; NaN for films of which nothing is known."""
        return self._known(self.X_ @ self._row(item))

    def _row(self, item: int) -> Floats:
        return np.asarray(self.X_[[item]].toarray()[0], np.float32)

    def _known(self, score: Floats) -> Floats:
        return np.where(np.diff(self.X_.indptr) > 0, score, np.float32(np.nan))

    def shared_terms(self, first: int, second: int, k: int = 5) -> list[SharedTerm]:
        """At most k words, genres and people that two films have in common, the weightiest first.

        Their shares sum to the cosine if none is cut off: "same director" comes out as a term of
        the block "people".
        """
        (features, shares), (others, theirs) = self._terms(first), self._terms(second)
        common, here, there = np.intersect1d(features, others, assume_unique=True, return_indices=True)
        share = shares[here] * theirs[there]
        weightiest = np.argsort(-share, kind="stable")[:k]
        return [self._term(common[place], share[place]) for place in weightiest if share[place] > 0]

    def _terms(self, item: int) -> tuple[NDArray[np.int32], Floats]:
        """The features that a film has, and how much of each."""
        own = slice(*self.X_.indptr[item : item + 2])
        return self.X_.indices[own], self.X_.data[own]

    def _term(self, feature: np.int32, share: np.float32) -> SharedTerm:
        block = BLOCKS[int(np.searchsorted(self.starts_, feature, side="right")) - 1]
        return SharedTerm(block, self.names_[feature].decode(errors="ignore"), float(share))

    def state(self) -> dict[str, NDArray[Any]]:
        """X as CSR: data float32, indices int32, indptr; names (n_features,) UTF-8; starts (5,); chart."""
        X = self.X_
        return {
            "data": X.data,
            "indices": X.indices,
            "indptr": X.indptr,
            "names": self.names_,
            "starts": self.starts_,
            "chart": self.chart_,
        }

    @classmethod
    def from_state(cls, config: ContentConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.names_, model.starts_ = arrays["names"], arrays["starts"]
        model.chart_ = arrays["chart"]
        shape = (len(arrays["indptr"]) - 1, len(arrays["names"]))
        model.X_ = sparse.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
        return model


def taste_weights(rating: Floats, neutral: float, own_mean_share: float, *, unrated: float) -> Floats:
    """(n,) what each rating lies above the person's centre, in stars; `unrated` where there is none."""
    rated = ~np.isnan(rating)
    own_mean = rating[rated].mean() if rated.any() else neutral
    centre = neutral + own_mean_share * (own_mean - neutral)
    return np.where(rated, rating - centre, unrated).astype(np.float32)


def _tfidf(
    vectorizer: TfidfVectorizer, documents: Iterable[str | Sequence[str]], n_items: int
) -> tuple[sparse.csr_array, NDArray[np.bytes_]]:
    """(n_items, n_features) with rows of unit length, and the features' names; no features is no error."""
    try:
        found = vectorizer.fit_transform(documents)
    except ValueError:  # all that scikit-learn says where no document holds a term
        return sparse.csr_array(np.zeros((n_items, 0), np.float32)), np.empty(0, f"S{NAME_BYTES}")
    names = [name.encode()[:NAME_BYTES] for name in vectorizer.get_feature_names_out()]
    return sparse.csr_array(found), np.array(names, dtype=f"S{NAME_BYTES}")


def _unit_rows(X: sparse.csr_array) -> sparse.csr_array:
    length = np.sqrt(X.multiply(X).sum(axis=1))
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    X.data *= np.repeat(scale, np.diff(X.indptr)).astype(np.float32)
    X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
    return X
