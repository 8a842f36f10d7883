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
from recommender.ml.interactions import Catalogue, History, Interactions

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float32]
BLOCKS = ("words", "genres", "people", "decades")
# Longer names are cut in the stored vocabulary, where one long title would widen every entry.
NAME_BYTES = 64


@dataclass(frozen=True)
class ContentConfig:
    """Weights of the blocks in a likeness; bounds of the vocabulary; centre of the ratings in stars."""

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

    def __post_init__(self) -> None:
        weights = (self.words_weight, self.genres_weight, self.people_weight, self.decades_weight)
        if min(weights) < 0:
            raise ValueError("The weights of the blocks must not be below nought.")
        if not 0 <= self.own_mean_share <= 1:
            raise ValueError(f"own_mean_share lies between 0 and 1, not at {self.own_mean_share}.")


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
        """Learn from the catalogue of `data` alone; nothing is random, and no rating is read."""
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
                sublinear_tf=True,
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

    def weights(self, history: History) -> Floats:
        """(len(history),) w_j, in stars; below nought for the films that were liked least."""
        rated = ~np.isnan(history.rating)
        own_mean = history.rating[rated].mean() if rated.any() else self.config.neutral
        centre = self.config.neutral + self.config.own_mean_share * (own_mean - self.config.neutral)
        return np.where(rated, history.rating - centre, self.config.unrated_weight).astype(np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) likeness to the weighted profile; NaN for films of which nothing is known."""
        profile = self.X_[history.item].T @ self.weights(history)
        return self._known(self.X_ @ profile)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares w_j cos(i, j), which sum to the score."""
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
        common = self._row(first) * self._row(second)
        weightiest = np.argsort(-common, kind="stable")[:k]
        return [self._term(feature, common[feature]) for feature in weightiest if common[feature] > 0]

    def _term(self, feature: np.int64, share: np.float32) -> SharedTerm:
        block = BLOCKS[int(np.searchsorted(self.starts_, feature, side="right")) - 1]
        return SharedTerm(block, self.names_[feature].decode(errors="ignore"), float(share))

    def state(self) -> dict[str, NDArray[Any]]:
        """X as CSR: data float32, indices int32, indptr; names (n_features,) UTF-8; starts (4,)."""
        X = self.X_
        return {
            "data": X.data,
            "indices": X.indices,
            "indptr": X.indptr,
            "names": self.names_,
            "starts": self.starts_,
        }

    @classmethod
    def from_state(cls, config: ContentConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.names_, model.starts_ = arrays["names"], arrays["starts"]
        shape = (len(arrays["indptr"]) - 1, len(arrays["names"]))
        model.X_ = sparse.csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
        return model


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
