"""The user autoencoder: the item autoencoder of document C on the transposed matrix.

    h_u  = sigmoid(V' x_u + a)               x_u: ratings of person u less input_centre, else 0
    r_ui = max(0, c_i + w_i . h_u)

The weights belong to films, so that any history is folded in exactly, by a forward pass; a rating that is
to be predicted is not in the history and never reaches the input. Trained in item_autoencoder_training.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions
from recommender.ml.item_autoencoder import NetworkConfig
from recommender.ml.likeness import cosines

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class UserAutoencoderConfig(NetworkConfig):
    """Chosen on a validation tenth of the training part of MovieLens latest-small."""

    batch_size: int = 64
    learning_rate: float = 0.001
    penalty: float = 0.05
    noise_share: float = 0.3
    input_centre: float = 3.0


# As the item autoencoder, which document C describes in full.
DOCUMENT = UserAutoencoderConfig(
    n_epochs=100,
    batch_size=128,
    learning_rate=0.01,
    decay_epochs=10,
    penalty=0.002,
    noise_share=0.1,
    input_centre=0.0,
    default_rating=3.0,
    patience=10,
)


class UserAutoencoder(Recommender):
    """Films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "user-autoencoder"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = UserAutoencoderConfig

    V_: Floats  # (n_items, n_hidden)
    a_: Floats  # (n_hidden,)
    W_: Floats  # (n_items, n_hidden)
    c_: Floats  # (n_items,)
    rated_: NDArray[np.bool_]  # (n_items,) somebody rated it

    def __init__(self, config: UserAutoencoderConfig | None = None) -> None:
        self.config: UserAutoencoderConfig = config or UserAutoencoderConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the ratings of `data`. Raises ValueError where nothing is rated."""
        # Torch is a library of training; scoring, and with it the site, does without.
        import torch

        from recommender.ml.item_autoencoder_training import Network, initial, train

        rated = data.rated
        if not len(rated):
            raise ValueError("The user autoencoder needs at least one rating, the data have none.")
        begin = initial(rated.by_user, self.config.n_hidden, torch.Generator().manual_seed(seed))
        if start is not None and isinstance(start.model, UserAutoencoder):
            V, W, c = (start.carry(name, getattr(begin, name)) for name in ("V", "W", "c"))
            a = start.model.a_ if start.model.a_.shape == begin.a.shape else begin.a
            begin = Network(V, np.array(a), W, c)
        learned = train(rated.by_user, self.config, seed=seed, progress=progress, start=begin)
        self.rated_ = np.bincount(rated.item, minlength=data.n_items) > 0
        learned.V[~self.rated_] = learned.W[~self.rated_] = 0  # nothing but the noise of the start
        self.V_, self.a_, self.W_, self.c_ = learned
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> Floats:
        """(n_items,) stars, never below 0 and not clipped above."""
        rated, default = history.rated, self.config.default_rating
        if default is not None and not len(rated):
            return np.full(len(self.c_), default, np.float32)
        stars = np.maximum(self.W_ @ self._code(rated) + self.c_, 0)
        return stars if default is None else np.where(self.rated_, stars, np.float32(default))

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) score minus score without that film, from the inputs of the hidden units."""
        share = np.zeros(len(history), np.float32)
        mine = ~np.isnan(history.rating)
        rated, default = history.rated, self.config.default_rating
        if not len(rated) or (default is not None and not self.rated_[item]):
            return share
        inputs = (rated.rating - self.config.input_centre)[:, None] * self.V_[rated.item]
        code = _sigmoid(inputs.sum(axis=0) - np.vstack([np.zeros_like(self.a_), inputs]) + self.a_)
        whole, *lost = np.maximum(code @ self.W_[item] + self.c_[item], 0)
        if default is not None and len(rated) == 1:
            lost = [default]
        share[mine] = whole - np.array(lost)
        return share

    def _code(self, rated: History) -> Floats:
        """(n_hidden,) what the hidden units say of a history."""
        return _sigmoid((rated.rating - self.config.input_centre) @ self.V_[rated.item] + self.a_)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the read-outs w; NaN for films that nobody rated."""
        return cosines(self.W_, item)

    def state(self) -> dict[str, NDArray[Any]]:
        """V and W (n_items, n_hidden), a (n_hidden,), c (n_items,), float32; rated (n_items,) bool."""
        return {"V": self.V_, "a": self.a_, "W": self.W_, "c": self.c_, "rated": self.rated_}

    @classmethod
    def from_state(cls, config: UserAutoencoderConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.V_, model.a_, model.W_, model.c_ = (arrays[name] for name in ("V", "a", "W", "c"))
        model.rated_ = arrays["rated"]
        return model


def _sigmoid(x: NDArray[np.floating]) -> Floats:
    # The half tangent never overflows.
    return np.asarray(0.5 + 0.5 * np.tanh(x / 2), np.float32)
