"""Matrix factorisation: a film's factors times a person's, with or without biases.

    r_ui = mu + b_u + b_i + q_i . p_u

    b_u <- b_u + lr (e - reg_b b_u)        e = r_ui - its prediction
    p_u <- p_u + lr (e q_i - reg p_u)      and alike for b_i and q_i

rating by rating (stochastic gradient descent, mf_kernel.py). Koren, Bell and Volinsky, "Matrix Factorization
Techniques for Recommender Systems" (Computer 2009). Without biases mu, b_u and b_i are 0: r_ui = q_i . p_u.

A history is folded in by ridge regression on the factors, with the trained people as its prior (read_out.py);
it does not find quite the p_u that the descent had come to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.interactions import Interactions
from recommender.ml.read_out import ReadOut
from recommender.ml.splits import random_split

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class MatrixFactorisationConfig:
    """Chosen on a validation tenth of the training part of MovieLens latest-small; rates per rating."""

    n_factors: int = 64
    n_epochs: int = 40
    learning_rate: float = 0.01
    learning_rate_decay: float = 0.97  # per epoch
    regularisation: float = 0.05  # p and q
    bias_regularisation: float = 0.05
    initial_sd: float = 0.05
    biased: bool = True
    noise: float = 0.6  # of a rating, in squared stars
    default_rating: float | None = None
    patience: int = 0  # epochs without a better validation error; 0 learns from everything
    validation_share: float = 0.1

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_epochs) < 1:
            raise ValueError("Matrix factorisation needs at least one factor and one epoch.")
        if self.learning_rate <= 0 or self.noise <= 0:
            raise ValueError("The learning rate and the noise of ratings must be above nought.")
        if self.patience < 0 or not 0 < self.validation_share < 1:
            raise ValueError(
                "Patience is a number of epochs from 0, the validation share lies between 0 and 1."
            )


# Document C prints the model without biases, its updates, the tenth for validation and the default of 3. It
# prints neither the number of factors nor the rates: those here are customary for the unbiased model.
DOCUMENT = MatrixFactorisationConfig(
    n_factors=100,
    n_epochs=100,
    learning_rate=0.01,
    learning_rate_decay=1.0,
    regularisation=0.05,
    initial_sd=0.1,
    biased=False,
    default_rating=3.0,
    patience=5,
)


class Parameters(NamedTuple):
    """All that is learned, float32: biases (n,), factors (n, n_factors); P of users, Q of films."""

    b_user: Floats
    b_item: Floats
    P: Floats
    Q: Floats

    def copy(self) -> Parameters:
        return Parameters(*(array.copy() for array in self))


class MatrixFactorisation(ReadOut):
    """Films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "mf"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = MatrixFactorisationConfig

    trained_: Parameters  # of the fit only; scoring folds every history in

    def __init__(self, config: MatrixFactorisationConfig | None = None) -> None:
        self.config: MatrixFactorisationConfig = config or MatrixFactorisationConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the ratings of `data`. Raises ValueError where nothing is rated."""
        rated = data.rated
        if not len(rated):
            raise ValueError("Matrix factorisation needs at least one rating, the data have none.")
        self.mean_ = float(rated.rating.mean(dtype=np.float64)) if self.config.biased else 0.0
        rng = np.random.default_rng(seed)
        learned = self._initial(rng, data, start)
        if self.config.patience and len(rated) > 1:
            train, validation = random_split(rated, self.config.validation_share, seed)
        else:
            train, validation = rated, None
        self.trained_ = learned = self._descend(train, validation, learned, rng, progress)
        self.b_ = learned.b_item
        counts = np.bincount(rated.item, minlength=data.n_items)
        self._learn_prior(learned.Q, learned.b_user, learned.P, counts)
        progress(1.0, "fitted")
        return self

    def _initial(self, rng: np.random.Generator, data: Interactions, start: WarmStart | None) -> Parameters:
        def factors(n_rows: int) -> Floats:
            drawn = rng.standard_normal((n_rows, self.config.n_factors), dtype=np.float32)
            return drawn * np.float32(self.config.initial_sd)

        b_user, b_item = np.zeros(data.n_users, np.float32), np.zeros(data.n_items, np.float32)
        P, Q = factors(data.n_users), factors(data.n_items)
        if start is not None and self._is_alike(start.model):
            b_item = start.carry("b", b_item)
            Q = start.carry("K", np.column_stack([np.ones(len(Q), np.float32), Q]))[:, 1:].copy()
        return Parameters(b_user, b_item, P, Q)

    def _is_alike(self, former: Recommender) -> bool:
        # The kept factors lie around their mean, which only biases make up for.
        return isinstance(former, MatrixFactorisation) and former.config.biased and self.config.biased

    def _descend(
        self,
        train: Interactions,
        validation: Interactions | None,
        learned: Parameters,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Parameters:
        # Numba is a library of training; scoring, and with it the site, does without.
        from recommender.ml.mf_kernel import train_epoch

        config = self.config
        user, item = train.user.astype(np.int64), train.item.astype(np.int64)
        mean, reg, reg_bias = map(np.float32, (self.mean_, config.regularisation, config.bias_regularisation))
        stopping = EarlyStopping[Parameters](config.patience)
        for epoch in range(config.n_epochs):
            progress(epoch / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
            lr = np.float32(config.learning_rate * config.learning_rate_decay**epoch)
            order = rng.permutation(len(train))
            train_epoch(order, user, item, train.rating, mean, *learned, lr, reg, reg_bias, config.biased)
            if validation is not None and stopping.stops(self._loss(validation, learned), learned.copy()):
                break
        return stopping.best or learned

    def _loss(self, part: Interactions, learned: Parameters) -> float:
        """Mean squared error of what was trained, in squared stars."""
        taste = np.einsum("nf,nf->n", learned.P[part.user], learned.Q[part.item])
        predicted = self.mean_ + learned.b_user[part.user] + learned.b_item[part.item] + taste
        return float(np.mean(np.square(part.rating - predicted)))
