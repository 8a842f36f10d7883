"""The hybrid: content neighbours of what a person liked, ordered by the stars this person would give.

    score(i) =   popularity_weight  z_i
               + stars_weight       stars(i) / sd_stars
               + nearness_weight    near(i) / sd_near
               + companions_weight  with(i) / sd_with
               - outside_penalty    where near(i) = 0, unless it is 0 everywhere

    stars(i) = autoencoder_share AE(i) + (1 - autoencoder_share) SVD++(i)
    near(i)  = mean over liked j of w_j cos(i, j) [i is one of the 30 films nearest to j by content]
    with(i)  = mean over watched j of the cosine of the SVD++ factors q_i and q_j, their lengths damped
    z_i      = log(1 + people who watched i), standardised over the films that anybody watched

w_j are the weights of content.py, liked are those above nought. Ordering the neighbours of one film by
the SVD++ estimate is the hybrid of the original document; over a whole history its order by stars alone
lies below popularity, because films with few ratings float up, so that popularity and the company
that films keep carry the list. The deviations sd are taken over people of the training data at the fit;
they keep the score additive in the history. Burke, "Hybrid Recommender Systems" (2002): weighted, cascade.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.autoencoder import AutoencoderConfig, RatingAutoencoder
from recommender.ml.content import DOCUMENT as CONTENT_DOCUMENT
from recommender.ml.content import Content, ContentConfig
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions
from recommender.ml.parts import prefixed, starts_of, under, within
from recommender.ml.svdpp import DOCUMENT as SVDPP_DOCUMENT
from recommender.ml.svdpp import SVDPlusPlus, SVDPlusPlusConfig

Floats = NDArray[np.float32]
PARTS = attrgetter("content_", "svdpp_", "autoencoder_")
BLOCK = 256  # films compared with all others at once
SCALING_USERS = 200  # people over whom the deviations are taken
# Short factors are mostly the noise of their start: without this their cosines would be as loud as others.
LENGTH_DAMPING = 0.1


@dataclass(frozen=True)
class HybridConfig:
    """Weights chosen by NDCG@10 on validation parts of MovieLens 1M and latest-small, in deviations."""

    content: ContentConfig = field(default_factory=ContentConfig)
    svdpp: SVDPlusPlusConfig = field(default_factory=SVDPlusPlusConfig)
    autoencoder: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    n_neighbours: int = 30
    autoencoder_share: float = 0.6
    popularity_weight: float = 1.0
    stars_weight: float = 0.25
    nearness_weight: float = 0.1
    companions_weight: float = 0.6
    outside_penalty: float = 0.5
    likeness_by_content: float = 0.5  # the rest of a likeness is shared by SVD++ and the autoencoder

    def __post_init__(self) -> None:
        if not 0 <= self.autoencoder_share <= 1 or not 0 <= self.likeness_by_content <= 1:
            raise ValueError("Shares of the hybrid lie between 0 and 1.")
        if self.n_neighbours < 1 or self.outside_penalty < 0:
            raise ValueError("The hybrid needs a neighbour, and a penalty that is not below nought.")


# Document B: the 30 nearest by words, in the order of SVD++'s estimate alone. The autoencoder is no part of
# it: it has no weight, and is as small as can be.
DOCUMENT = HybridConfig(
    content=replace(CONTENT_DOCUMENT, n_reranked=0),
    svdpp=SVDPP_DOCUMENT,
    autoencoder=AutoencoderConfig(n_hidden=1, n_epochs=1, n_axes=1),
    n_neighbours=30,
    autoencoder_share=0.0,
    popularity_weight=0.0,
    stars_weight=1.0,
    nearness_weight=0.0,
    companions_weight=0.0,
    outside_penalty=1000.0,
    likeness_by_content=1.0,
)


class Deviations(NamedTuple):
    """Typical deviation over the films, within one person's scores, of each part."""

    stars: float
    near: float
    companions: float


# Below these a part has learned nothing yet, and its noise must not be scaled up to full weight.
LEAST_DEVIATIONS = Deviations(0.1, 1e-4, 0.03)


class Hybrid(Recommender):
    """A list model that holds its three fitted parts."""

    name: ClassVar[str] = "hybrid"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = HybridConfig

    content_: Content
    svdpp_: SVDPlusPlus
    autoencoder_: RatingAutoencoder
    neighbours_: NDArray[np.int32]  # (n_items, n_neighbours)
    likeness_: Floats  # (n_items, n_neighbours) their cosines
    popularity_: Floats  # (n_items,) z
    inverse_length_: Floats  # (n_items,) 1 / (|q| + LENGTH_DAMPING)
    deviations_: Deviations

    def __init__(self, config: HybridConfig | None = None) -> None:
        self.config: HybridConfig = config or HybridConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Fit the parts, each beginning at its former self, then what joins them.

        Raises ValueError where nothing is rated.
        """
        content, svdpp = Content(self.config.content), SVDPlusPlus(self.config.svdpp)
        autoencoder = RatingAutoencoder(self.config.autoencoder)
        shares = ((0.0, 0.05, "content"), (0.05, 0.2, "SVD++"), (0.2, 0.9, "autoencoder"))
        formers = starts_of(start, Hybrid, PARTS, 3)
        for part, share, former in zip((content, svdpp, autoencoder), shares, formers, strict=True):
            part.fit(data, seed=seed, progress=within(progress, *share), start=former)
        self._join(content, svdpp, autoencoder, data, within(progress, 0.9, 1.0, "neighbours"))
        return self

    @classmethod
    def of(
        cls,
        content: Content,
        svdpp: SVDPlusPlus,
        autoencoder: RatingAutoencoder,
        data: Interactions,
        config: HybridConfig | None = None,
        progress: Progress = no_progress,
    ) -> Self:
        """From parts fitted on `data`; their configs take the place of those in `config`."""
        chosen = vars(config or HybridConfig())
        parts = {"content": content.config, "svdpp": svdpp.config, "autoencoder": autoencoder.config}
        model = cls(HybridConfig(**{**chosen, **parts}))
        model._join(content, svdpp, autoencoder, data, progress)
        return model

    def _join(
        self,
        content: Content,
        svdpp: SVDPlusPlus,
        autoencoder: RatingAutoencoder,
        data: Interactions,
        progress: Progress,
    ) -> None:
        self.content_, self.svdpp_, self.autoencoder_ = content, svdpp, autoencoder
        self.neighbours_, self.likeness_ = nearest(content, self.config.n_neighbours, progress)
        self.popularity_ = _standardised_log(np.bincount(data.item, minlength=data.n_items))
        length = np.linalg.norm(svdpp.Q_, axis=1)
        self.inverse_length_ = (1 / (length + LENGTH_DAMPING)).astype(np.float32)
        self.deviations_ = self._measured_deviations(data)
        progress(1.0, "fitted")

    def _measured_deviations(self, data: Interactions) -> Deviations:
        some = np.linspace(0, data.n_users - 1, min(data.n_users, SCALING_USERS)).astype(int)
        histories = [data.history(user) for user in some.tolist()]
        parts = (self.stars, self._near, self._companions)
        found = [float(np.mean([part(history).std() for history in histories])) for part in parts]
        return Deviations(*map(max, found, LEAST_DEVIATIONS))

    def stars(self, history: History) -> Floats:
        """(n_items,) the rating this person would give each film, in stars, not clipped."""
        share = self.config.autoencoder_share
        stars = share * self.autoencoder_.score(history) + (1 - share) * self.svdpp_.score(history)
        return np.asarray(stars, np.float32)

    def stars_of(self, history: History, items: NDArray[np.int64]) -> Floats:
        """(len(items),) what `stars` says of these films, for less."""
        share, parts = self.config.autoencoder_share, (self.autoencoder_, self.svdpp_)
        learned, factors = (part.score_of(history, items) for part in parts)
        return np.asarray(share * learned + (1 - share) * factors, np.float32)

    def star_contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares, in stars; they sum to `stars` minus that of an empty history."""
        share = np.float32(self.config.autoencoder_share)
        learned = share * self.autoencoder_.shares(history, item)
        return np.asarray(learned + (1 - share) * self.svdpp_.contributions(history, item), np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) in deviations; popularity and mean stars for an empty history, never NaN."""
        config, sd = self.config, self.deviations_
        near = self._near(history)
        score = (
            config.popularity_weight * self.popularity_
            + config.stars_weight / sd.stars * self.stars(history)
            + config.nearness_weight / sd.near * near
            + config.companions_weight / sd.companions * self._companions(history)
        )
        if near.any():
            score -= config.outside_penalty * (near == 0)
        return np.asarray(score, np.float32)

    def _near(self, history: History) -> Floats:
        liked, weight = self._liked(history)
        share = self.likeness_[liked] * weight[:, None]
        total = np.bincount(self.neighbours_[liked].ravel(), share.ravel(), minlength=len(self.neighbours_))
        return np.asarray(total, np.float32)

    def _liked(self, history: History) -> tuple[NDArray[np.int64], Floats]:
        weight = self.content_.weights(history)
        liked = weight > 0
        return history.item[liked], weight[liked] / np.float32(max(int(liked.sum()), 1))

    def _companions(self, history: History) -> Floats:
        Q, scale = self.svdpp_.Q_, self.inverse_length_
        direction = scale[history.item] @ Q[history.item] / np.float32(max(len(history), 1))
        return np.asarray(Q @ direction * scale, np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) shares of stars, nearness and companions.

        They sum to the score minus the score without a history, but for the outside penalty.
        """
        config, sd = self.config, self.deviations_
        total = config.stars_weight / sd.stars * self.star_contributions(history, item)
        total += config.nearness_weight / sd.near * self._near_shares(history, item)
        total += config.companions_weight / sd.companions * self._companion_shares(history, item)
        return np.asarray(total, np.float32)

    def _near_shares(self, history: History, item: int) -> Floats:
        weight = np.maximum(self.content_.weights(history), 0)
        cosine = np.where(self.neighbours_[history.item] == item, self.likeness_[history.item], 0).sum(axis=1)
        return np.asarray(weight * cosine / max(int((weight > 0).sum()), 1), np.float32)

    def _companion_shares(self, history: History, item: int) -> Floats:
        Q, scale = self.svdpp_.Q_, self.inverse_length_
        cosine = scale[history.item] * (Q[history.item] @ Q[item]) * scale[item]
        return np.asarray(cosine / max(len(history), 1), np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) mean of the cosines of the parts; what a part does not know counts as 0."""
        content = np.nan_to_num(self.content_.similar(item))
        learned = np.nan_to_num([self.svdpp_.similar(item), self.autoencoder_.similar(item)]).mean(axis=0)
        share = self.config.likeness_by_content
        return np.asarray(share * content + (1 - share) * learned, np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """The parts' arrays under "content.", "svdpp." and "autoencoder.", and those that join them."""
        return {
            **prefixed("content.", self.content_.state()),
            **prefixed("svdpp.", self.svdpp_.state()),
            **prefixed("autoencoder.", self.autoencoder_.state()),
            "neighbours": self.neighbours_,
            "likeness": self.likeness_,
            "popularity": self.popularity_,
            "inverse_length": self.inverse_length_,
            "deviations": np.array(self.deviations_),
        }

    @classmethod
    def from_state(cls, config: HybridConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.content_ = Content.from_state(config.content, under("content.", arrays))
        model.svdpp_ = SVDPlusPlus.from_state(config.svdpp, under("svdpp.", arrays))
        model.autoencoder_ = RatingAutoencoder.from_state(config.autoencoder, under("autoencoder.", arrays))
        model.neighbours_, model.likeness_ = arrays["neighbours"], arrays["likeness"]
        model.popularity_, model.inverse_length_ = arrays["popularity"], arrays["inverse_length"]
        model.deviations_ = Deviations(*(float(deviation) for deviation in arrays["deviations"]))
        return model


def nearest(content: Content, k: int, progress: Progress = no_progress) -> tuple[NDArray[np.int32], Floats]:
    """The k films nearest to each by content, and their cosines: (n_items, k) each, in no order.

    k is cut to the number of other films. Films are compared BLOCK at a time: BLOCK * n_items * 4 bytes.
    """
    n_items = content.X_.shape[0]
    found = list(_nearest_in_blocks(content, min(k, n_items - 1), progress))
    return np.concatenate([rows for rows, _ in found]), np.concatenate([cosines for _, cosines in found])


def _nearest_in_blocks(
    content: Content, k: int, progress: Progress
) -> Iterator[tuple[NDArray[np.int32], Floats]]:
    X = content.X_
    n_items = X.shape[0]
    for start in range(0, n_items, BLOCK):
        progress(start / n_items, f"film {start:,} of {n_items:,}")
        cosine = (X[start : start + BLOCK] @ X.T).toarray()
        itself = np.arange(len(cosine))
        cosine[itself, start + itself] = -1
        rows = np.argpartition(-cosine, k - 1, axis=1)[:, :k] if k else np.empty((len(cosine), 0), np.intp)
        yield rows.astype(np.int32), np.take_along_axis(cosine, rows, axis=1)


def _standardised_log(counts: NDArray[np.int64]) -> Floats:
    watched = np.log1p(counts[counts > 0])
    deviation = watched.std() if len(watched) else 0.0
    return np.asarray((np.log1p(counts) - watched.mean()) / (deviation or 1.0), np.float32)
