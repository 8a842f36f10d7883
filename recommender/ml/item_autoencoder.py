"""The item autoencoder of document C: a film's ratings by everybody, through a hundred units, and back.

    h_i  = sigmoid(V' x_i + a)               x_i: ratings of film i less input_centre, else 0
    r_ui = max(0, c_u + w_u . h_i)

Sedhain et al., "AutoRec" (WWW 2015), with ReLU, an elastic net, masked ratings and a penalty on outputs above
five stars (item_autoencoder_training.py). Its targets are the ratings themselves; autoencoder.py learns what
biases leave over.

Each person is a read-out (c_u, w_u) of the codes. Somebody's history is folded in by ridge regression on the
codes of its films, with the trained read-outs as the prior (read_out.py). That takes the output as linear:
nobody has rated a film with nought, so that ReLU is bent where there are no ratings. The sum is cut at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Job, Progress, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions
from recommender.ml.read_out import ReadOut

if TYPE_CHECKING:
    from recommender.ml.item_autoencoder_training import Network


@dataclass(frozen=True)
class NetworkConfig:
    """What the item and the user autoencoder share; penalties are per batch."""

    n_hidden: int = 100
    n_epochs: int = 16
    batch_size: int = 256
    learning_rate: float = 0.003
    decay: float = 0.9  # of the learning rate and the penalties
    decay_epochs: int = 3
    penalty: float = 0.01
    l1_share: float = 0.9
    wrong_penalty: float = 0.01
    noise_share: float = 0.6  # of the ratings, masked in the input
    input_centre: float = 2.5  # stars that say as much as no rating
    default_rating: float | None = None
    patience: int = 0  # epochs without a better validation error; 0 learns from everything
    validation_share: float = 0.1

    def __post_init__(self) -> None:
        if min(self.n_hidden, self.n_epochs, self.batch_size, self.decay_epochs) < 1:
            raise ValueError(
                "An autoencoder needs at least one hidden unit, epoch, row a batch and epoch a decay."
            )
        if self.learning_rate <= 0 or not 0 < self.decay <= 1:
            raise ValueError("The learning rate must be above nought and its decay between 0 and 1.")
        if not (0 <= self.l1_share <= 1 and 0 <= self.noise_share < 1 and 0 < self.validation_share < 1):
            raise ValueError("The shares of L1, of noise and of validation lie between 0 and 1.")
        if min(self.penalty, self.wrong_penalty, self.patience) < 0:
            raise ValueError("Penalties and patience are never below nought.")


@dataclass(frozen=True)
class ItemAutoencoderConfig(NetworkConfig):
    """Chosen on a validation tenth of the training part of MovieLens latest-small."""

    noise: float = 0.6  # of a rating around its prediction, in squared stars

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.noise <= 0:
            raise ValueError(f"The noise of ratings must be above nought, not {self.noise}.")


# Document C prints these. Batches, the share of noise and the number of epochs it leaves open: a tenth is
# masked, and training ends when the validation tenth has not become better for ten epochs.
DOCUMENT = ItemAutoencoderConfig(
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


class ItemAutoencoder(ReadOut):
    """Films watched without a rating have no effect on its scores.

    Its weights belong to people, who are not kept, so that it cannot begin at a former model.
    """

    name: ClassVar[str] = "item-autoencoder"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = ItemAutoencoderConfig

    trained_: Network  # of the fit only, as are the codes; scoring folds every history in
    codes_: NDArray[np.float32]

    def __init__(self, config: ItemAutoencoderConfig | None = None) -> None:
        self.config: ItemAutoencoderConfig = config or ItemAutoencoderConfig()

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
        from recommender.ml.item_autoencoder_training import codes, train

        rated = data.rated
        if not len(rated):
            raise ValueError("The item autoencoder needs at least one rating, the data have none.")
        X = sparse.csr_array(rated.by_user.T)
        self.trained_ = train(X, self.config, seed=seed, progress=progress)
        self.codes_ = codes(X, self.trained_, self.config)
        self.mean_, self.b_ = 0.0, np.zeros(data.n_items, np.float32)
        counts = np.bincount(rated.item, minlength=data.n_items)
        self._learn_prior(self.codes_, self.trained_.c, self.trained_.W, counts)
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,) stars, never below 0 and not clipped above."""
        return np.maximum(super().score(history), 0)
