"""SVD++: biases, factors, and the set of films that someone watched, whatever they thought of them.

    r_ui = mu + b_u + b_i + q_i . (p_u + |N(u)|^-1/2 sum over j in N(u) of y_j)

Koren, "Factorization meets the neighborhood" (KDD 2008), section 4. N(u) holds the rated films and
those watched without a rating; only rated films have an error to learn from. Trained by stochastic
gradient descent over the users (svdpp_kernel.py).

A history is folded in with the film side fixed. s = |N|^-1/2 sum y_j is known, and what is left of the
rated films, r_j - mu - b_j - q_j . s, is explained by x = (b_u, p_u) in one ridge regression on
a_j = (1, q_j):

    x = (A'A + lambda I)^-1 A' (r - mu - b - Q s),    lambda = reg n + fold_in_constant

reg n is the shrinkage of the training; the constant part draws short histories to the film biases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.interactions import History, Interactions
from recommender.ml.likeness import cosines
from recommender.ml.ridge import ridge
from recommender.ml.splits import Split, random_split

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class SVDPlusPlusConfig:
    """The settings that do best on MovieLens 1M; rates are per rating, the decay per epoch.

    The epochs were chosen on a validation part, so that by default all data are learned from and all epochs
    are run; with a patience a part is held out, and the epoch that foretells it best is kept.
    """

    n_factors: int = 64
    n_epochs: int = 36
    learning_rate: float = 0.012
    learning_rate_decay: float = 0.97
    regularisation: float = 0.04  # b, p and q
    implicit_regularisation: float = 0.02  # y
    initial_sd: float = 0.01
    shuffle: bool = True  # users in another order each epoch
    fold_in_constant: float = 2.0
    patience: int = 0  # epochs without a better validation part before the end; 0: all epochs
    validation_share: float = 0.05  # of the ratings, where patience is above nought

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_epochs) < 1:
            raise ValueError("SVD++ needs at least one factor and one epoch.")
        if self.learning_rate <= 0 or self.fold_in_constant <= 0:
            raise ValueError("The learning rate and the constant part of the fold-in must be above nought.")
        if self.patience < 0 or not 0 < self.validation_share < 1:
            raise ValueError("SVD++ needs a patience from nought and a validation share between 0 and 1.")


TUNED = SVDPlusPlusConfig()
# The defaults of the Surprise library, which document B used; users in the order of the data.
DOCUMENT = SVDPlusPlusConfig(
    n_factors=20,
    n_epochs=20,
    learning_rate=0.007,
    learning_rate_decay=1.0,
    regularisation=0.02,
    implicit_regularisation=0.02,
    initial_sd=0.1,
    shuffle=False,
)


class Parameters(NamedTuple):
    """All that is learned, float32: biases (n,), factors (n, n_factors); P of users, Q and Y of films."""

    b_user: Floats
    b_item: Floats
    P: Floats
    Q: Floats
    Y: Floats


CARRIED = {"b": "b_item", "Q": "Q", "Y": "Y"}  # names in the state and in Parameters


class Solved(NamedTuple):
    """A history folded in: x = (b_u, p_u) and s, (n_factors + 1,) and (n_factors,)."""

    x: Doubles
    s: Doubles


class SVDPlusPlus(Recommender):
    """Exact SVD++; scores any history by folding it in."""

    name: ClassVar[str] = "svdpp"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = SVDPlusPlusConfig

    mean_: float
    b_: Floats  # (n_items,)
    Q_: Floats  # (n_items, n_factors)
    Y_: Floats  # (n_items, n_factors)
    trained_: Parameters  # of the fit only; scoring folds every history in

    def __init__(self, config: SVDPlusPlusConfig | None = None) -> None:
        self.config: SVDPlusPlusConfig = config or TUNED

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches. Raises ValueError where nothing is rated.

        A former SVD++ of as many factors brings b, Q and Y of the films that it knew.
        """
        if not len(data.rated):
            raise ValueError("SVD++ needs at least one rating, the data have none.")
        self.mean_ = float(np.nanmean(data.rating, dtype=np.float64))
        rng = np.random.default_rng(seed)
        learned = initial_parameters(rng, data.n_users, data.n_items, self.config)
        if start is not None and isinstance(start.model, SVDPlusPlus):
            b_item, Q, Y = (start.carry(name, getattr(learned, of)) for name, of in CARRIED.items())
            learned = learned._replace(b_item=b_item, Q=Q, Y=Y)
        learned = self._descend(*self._parts(data, seed), learned, rng, progress)
        never_rated = np.bincount(data.rated.item, minlength=data.n_items) == 0
        learned.Q[never_rated] = 0  # nothing but the noise of the start
        self.trained_ = learned
        self.b_, self.Q_, self.Y_ = learned.b_item, learned.Q, learned.Y
        progress(1.0, "fitted")
        return self

    def _parts(self, data: Interactions, seed: int) -> Split:
        if self.config.patience:
            return random_split(data, self.config.validation_share, seed)
        return Split(data, data.take(np.empty(0, np.int64)))

    def _descend(
        self,
        data: Interactions,
        held_out: Interactions,
        learned: Parameters,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Parameters:
        # Numba is a library of training; scoring, and with it the site, does without.
        from recommender.ml.svdpp_kernel import train_epoch

        config = self.config
        users, by_user, starts = _users_in_order(data)
        item, rating = data.item[by_user].astype(np.int64), data.rating[by_user]
        mean, reg, reg_y = map(
            np.float32, (self.mean_, config.regularisation, config.implicit_regularisation)
        )
        loss = loss_on(data, held_out.rated, self.mean_)
        stopping = EarlyStopping[Parameters](config.patience if len(held_out.rated) else 0)
        for epoch in range(config.n_epochs):
            progress(epoch / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
            order = rng.permutation(users) if config.shuffle else users
            lr = np.float32(config.learning_rate * config.learning_rate_decay**epoch)
            train_epoch(order, starts, item, rating, mean, *learned, lr, reg, reg_y)
            # The arrays are changed in place by the next epoch: a copy is what can be gone back to.
            if stopping.patience and stopping.stops(loss(learned), Parameters(*map(np.copy, learned))):
                break
        return stopping.best or learned

    def fold_in(self, history: History) -> Solved:
        """b_u, p_u and s of a history in O(n min(n, n_factors)^2)."""
        s = self._implicit_sum(history)
        rated = history.rated
        A = self._design(rated.item)
        left = rated.rating - self.mean_ - self.b_[rated.item] - A[:, 1:] @ s
        return Solved(ridge(A, left, self._penalty(len(rated))), s)

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; mu + b_i for an empty history."""
        (b_user, *p), s = self.fold_in(history)
        taste = (np.array(p) + s).astype(np.float32)
        return np.asarray(self.Q_ @ taste + self.b_ + np.float32(self.mean_ + b_user), dtype=np.float32)

    def score_of(self, history: History, items: NDArray[np.int64]) -> Floats:
        """(len(items),) what `score` says of these films, for less."""
        (b_user, *p), s = self.fold_in(history)
        taste = (np.array(p) + s).astype(np.float32)
        return np.asarray(
            self.Q_[items] @ taste + self.b_[items] + np.float32(self.mean_ + b_user), np.float32
        )

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares; they sum to the score minus the score without a history.

        With w = (1, q_i) (A'A + lambda I)^-1 A' the weight of every rated film, the score is

            mu + b_i + sum_j w_j (r_j - mu - b_j) + |N|^-1/2 sum_j (q_i - sum_k w_k q_k) . y_j

        a sum over the films: the first term is 0 for one watched without a rating.
        """
        explicit = ~np.isnan(history.rating)
        rated = history.rated
        A = self._design(rated.item)
        w = A @ _inverse_times(A, self._design(np.array([item]))[0], self._penalty(len(rated)))
        direction = self.Q_[item] - w @ A[:, 1:]
        share = self.Y_[history.item] @ direction / np.sqrt(max(len(history), 1))
        share[explicit] += w * (rated.rating - self.mean_ - self.b_[rated.item])
        return np.asarray(share, dtype=np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the factors q; NaN for films that nobody rated."""
        return cosines(self.Q_, item)

    def state(self) -> dict[str, NDArray[Any]]:
        """mean (1,) float64; b (n_items,), Q and Y (n_items, n_factors), float32. Users are not kept."""
        return {"mean": np.array([self.mean_]), "b": self.b_, "Q": self.Q_, "Y": self.Y_}

    @classmethod
    def from_state(cls, config: SVDPlusPlusConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.mean_ = float(arrays["mean"][0])
        model.b_, model.Q_, model.Y_ = arrays["b"], arrays["Q"], arrays["Y"]
        return model

    def _implicit_sum(self, history: History) -> Doubles:
        total = self.Y_[history.item].sum(axis=0, dtype=np.float64)
        return np.asarray(total / np.sqrt(max(len(history), 1)))

    def _design(self, rows: NDArray[np.int64]) -> Doubles:
        return np.column_stack([np.ones(len(rows)), self.Q_[rows]])

    def _penalty(self, n_rated: int) -> float:
        return self.config.regularisation * n_rated + self.config.fold_in_constant


def initial_parameters(
    rng: np.random.Generator, n_users: int, n_items: int, config: SVDPlusPlusConfig
) -> Parameters:
    """Biases of nought, factors from a normal distribution around nought."""

    def factors(n_rows: int) -> Floats:
        drawn = rng.standard_normal((n_rows, config.n_factors), dtype=np.float32)
        return drawn * np.float32(config.initial_sd)

    no_bias = np.zeros(n_users, np.float32), np.zeros(n_items, np.float32)
    return Parameters(*no_bias, factors(n_users), factors(n_items), factors(n_items))


def loss_on(data: Interactions, held_out: Interactions, mean: float) -> Callable[[Parameters], float]:
    """Mean squared error on rated `held_out` of parameters learned from `data`, as a function of them."""
    user, item = held_out.user, held_out.item
    theirs = data.take(np.isin(data.user, user))
    watched = np.bincount(theirs.user, minlength=data.n_users)
    cells = (1 / np.sqrt(watched[theirs.user])).astype(np.float32), (theirs.user, theirs.item)
    N = sparse.csr_array(sparse.coo_array(cells, shape=(data.n_users, data.n_items)))

    def loss(learned: Parameters) -> float:
        taste = learned.P + N @ learned.Y
        predicted = mean + learned.b_user[user] + learned.b_item[item]
        predicted += np.einsum("nf,nf->n", taste[user], learned.Q[item])
        return float(np.square(held_out.rating - predicted).mean())

    return loss


def _users_in_order(data: Interactions) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Users as they first appear in the data; the interactions user by user; where each user's begin."""
    present, first = np.unique(data.user, return_index=True)
    users = present[np.argsort(first)].astype(np.int64)
    by_user = np.argsort(data.user, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(data.user, minlength=data.n_users))])
    return users, by_user, starts


def _inverse_times(A: Doubles, vector: Doubles, penalty: float) -> Doubles:
    return np.asarray(np.linalg.solve(A.T @ A + penalty * np.eye(A.shape[1]), vector))
