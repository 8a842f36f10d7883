"""Implicit ALS: factors that explain who watched what, and that most people did not watch most films.

    L = sum over watched (u, i) of w_ui (1 - p_u . q_i)^2  +  alpha sum over all (u, i) of (p_u . q_i)^2
        + sum over u of l_u |p_u|^2  +  sum over i of l_i |q_i|^2

    l_u = lambda (|N(u)| + alpha |I|)^nu,   l_i = lambda (|N(i)| + alpha |U|)^nu

Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (ICDM 2008), in the form
and with the frequency-scaled regularisation of Rendle et al., "Revisiting the Performance of iALS on Item
Recommendation Benchmarks" (RecSys 2022). With one side fixed each row of the other is a ridge regression

    p_u = W_u^-1 sum over N(u) of w_ui q_i,   W_u = sum over N(u) of w_ui q_i q_i' + alpha Q'Q + l_u I

which is also how a history is folded in: alpha Q'Q is the same for everyone and is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.ease import Weighting, check_weighting, watch_weights
from recommender.ml.interactions import History, Interactions
from recommender.ml.likeness import cosines
from recommender.ml.splits import Split, per_user_split

Floats = NDArray[np.float32]
WATCHED_USERS = 500  # people whose held-out films say when to stop


@dataclass(frozen=True)
class ImplicitALSConfig:
    """Best mean of NDCG@10 over all held-out films and over those of 4 stars or more.

    Measured on a validation part, a fifth of each user's training ratings of MovieLens 1M. The epochs are of
    that choice too: by default all data are learned from and all epochs are run. With a patience a part is
    held out, and the epoch that ranks it best is kept.
    """

    n_factors: int = 96
    n_epochs: int = 16
    unobserved_weight: float = 0.2  # alpha
    regularisation: float = 0.009  # lambda
    frequency_exponent: float = 1.0  # nu
    weighting: Weighting = "stars"  # w, as in ease.py
    unrated_weight: float = 0.6  # of a film watched without a rating, whatever the weighting
    initial_sd: float = 0.1  # of the length of a film's first factors
    patience: int = 0  # epochs without a better validation part before the end; 0: all epochs
    validation_share: float = 0.1  # of each person's films, where patience is above nought

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_epochs) < 1:
            raise ValueError("Implicit ALS needs at least one factor and one epoch.")
        if min(self.unobserved_weight, self.regularisation) <= 0:
            raise ValueError("The unobserved weight and the regularisation must be above nought.")
        if self.patience < 0 or not 0 < self.validation_share < 1:
            raise ValueError("Implicit ALS needs a patience from nought and a share between 0 and 1.")
        check_weighting(self.weighting)


# Hu et al. with alpha = 40 and ten sweeps: what was watched weighs 40 times what was not, here 1 to 1 / 40.
# They find lambda by cross-validation and do not print it; .01 is the default of the implicit library.
DOCUMENT = ImplicitALSConfig(
    n_factors=100,
    n_epochs=10,
    unobserved_weight=1 / 40,
    regularisation=0.01 / 40,
    frequency_exponent=0.0,
    weighting="ones",
    unrated_weight=1.0,
)


class ImplicitALS(Recommender):
    """A list model; scores any history by folding it in."""

    name: ClassVar[str] = "ials"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = ImplicitALSConfig

    Q_: Floats  # (n_items, n_factors), noughts for films that nobody watched with any weight
    gram_: Floats  # (n_factors, n_factors) alpha Q'Q
    known_: NDArray[np.bool_]  # (n_items,) which films have factors

    def __init__(self, config: ImplicitALSConfig | None = None) -> None:
        self.config: ImplicitALSConfig = config or ImplicitALSConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches alike. O(n k^2 + (n_users + n_items) k^3) an epoch.

        A former model of as many factors brings Q of the films that it knew.
        """
        config = self.config
        data, held_out = self._parts(data, seed)
        by_user = _matrix(data, self.weights(data.rating))
        by_item = sparse.csr_array(by_user.T)
        P = np.zeros((data.n_users, config.n_factors), np.float32)
        watched = np.diff(by_item.indptr) > 0
        Q = _initial_factors(watched, config, np.random.default_rng(seed))
        if start is not None and isinstance(start.model, ImplicitALS):
            former = start.carry("Q", Q) * watched[:, None]
            Q = np.where(former.any(axis=1, keepdims=True), former, Q)
        stopping = EarlyStopping[Floats](config.patience if len(held_out) else 0)
        for epoch in range(config.n_epochs):
            progress(epoch / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}: people")
            self._solve_all(by_user, Q, P)
            progress((epoch + 0.5) / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}: films")
            self._solve_all(by_item, P, Q)
            if stopping.patience and stopping.stops(percentile_rank(P, Q, data, held_out), Q.copy()):
                break
        if stopping.best is not None:
            Q = stopping.best
        self.Q_, self.gram_, self.known_ = Q, self._gram(Q), np.asarray(Q.any(axis=1))
        progress(1.0, "fitted")
        return self

    def _parts(self, data: Interactions, seed: int) -> Split:
        if self.config.patience:
            return per_user_split(data, self.config.validation_share, seed)
        return Split(data, data.take(np.empty(0, np.int64)))

    def _solve_all(self, rows: sparse.csr_array, fixed: Floats, solved: Floats) -> None:
        """Every row of `solved` anew, in place."""
        # Numba is a library of training; scoring, and with it the site, does without.
        from recommender.ml.ials_kernel import solve_rows

        penalties = np.asarray(self._penalty(np.diff(rows.indptr), len(fixed)), np.float32)
        solve_rows(rows.indptr, rows.indices, rows.data, fixed, self._gram(fixed), penalties, solved)

    def _gram(self, factors: Floats) -> Floats:
        return np.asarray(self.config.unobserved_weight * (factors.T @ factors), np.float32)

    def _penalty(self, n_watched: Any, n_others: int) -> Any:
        """l of a row, or of many, with so many entries out of so many."""
        config = self.config
        full = n_watched + config.unobserved_weight * n_others
        return config.regularisation * full**config.frequency_exponent

    def weights(self, rating: Floats) -> Floats:
        """(n,) w of ratings in stars, NaN for those without."""
        return watch_weights(rating, self.config.weighting, self.config.unrated_weight)

    def fold_in(self, history: History) -> Floats:
        """(n_factors,) p of a history; noughts for an empty one."""
        A, w = self.Q_[history.item], self.weights(history.rating)
        return _solve(self._ridge_matrix(A, w), w @ A)

    def _ridge_matrix(self, A: Floats, w: Floats) -> Floats:
        """W = A' diag(w) A + alpha Q'Q + l I"""
        W = (A.T * w) @ A + self.gram_
        W[np.diag_indices_from(W)] += np.float32(self._penalty(len(A), len(self.Q_)))
        return np.asarray(W, np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) p . q_i, near 1 for a film like those watched; NaN for films without factors."""
        score = self.Q_ @ self.fold_in(history)
        score[~self.known_] = np.nan
        return score

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares w_j q_i' W^-1 q_j, which sum to the score (Hu et al., section 5).

        A fold-in without a film leans more on the others: the score loses less than the share says.
        """
        A, w = self.Q_[history.item], self.weights(history.rating)
        direction = _solve(self._ridge_matrix(A, w), self.Q_[item])
        return np.asarray(w * (A @ direction), np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the factors q; NaN for films without."""
        return cosines(self.Q_, item)

    def state(self) -> dict[str, NDArray[Any]]:
        """Q (n_items, n_factors) and gram (n_factors, n_factors), float32. Users are not kept."""
        return {"Q": self.Q_, "gram": self.gram_}

    @classmethod
    def from_state(cls, config: ImplicitALSConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.Q_, model.gram_ = arrays["Q"], arrays["gram"]
        model.known_ = np.asarray(model.Q_.any(axis=1))
        return model


def percentile_rank(P: Floats, Q: Floats, data: Interactions, held_out: Interactions) -> float:
    """Mean place of held-out films among those not watched in `data`: 0 at the top of a list, 1 at its end.

    Over WATCHED_USERS people, each counting the same. Hu et al., section 6.
    """
    with_some = np.unique(held_out.user)
    users = with_some[np.linspace(0, len(with_some) - 1, min(len(with_some), WATCHED_USERS)).astype(int)]
    places = []
    for user in users.tolist():
        score = Q @ P[user]
        score[data.history(user).item] = -np.inf
        wanted = score[held_out.history(user).item]
        unseen = np.sort(score[score > -np.inf])
        places.append(1 - np.searchsorted(unseen, wanted, side="right").mean() / len(unseen))
    return float(np.mean(places))


def _matrix(data: Interactions, weights: Floats) -> sparse.csr_array:
    shape = (data.n_users, data.n_items)
    return sparse.csr_array(sparse.coo_array((weights, (data.user, data.item)), shape=shape))


def _initial_factors(
    watched: NDArray[np.bool_], config: ImplicitALSConfig, rng: np.random.Generator
) -> Floats:
    """Normal around nought, of length initial_sd whatever their number; noughts where nobody watched."""
    drawn = rng.standard_normal((len(watched), config.n_factors), dtype=np.float32)
    sd = config.initial_sd / np.sqrt(config.n_factors)
    return np.asarray(drawn * sd * watched[:, None], np.float32)


def _solve(W: Floats, target: Floats) -> Floats:
    """x = W^-1 target by Cholesky. Raises numpy.linalg.LinAlgError where W is not positive definite."""
    _, x, failed = lapack.sposv(W, target, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("The ridge regression is singular: raise the regularisation.")
    return np.asarray(x, np.float32)
