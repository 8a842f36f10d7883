"""The rating autoencoder: a film's ratings squeezed into a code, from which each person's rating is read out.

    h_i  = sigmoid(V' x_i + a)                   x_i: all ratings of film i, divided by 5
    r_ui = mu + b_u + b_i + c_u + w_u . h_i

Sedhain et al., "AutoRec" (WWW 2015), item-based, with the residual of the biases as its target: the
input stays raw, because who rated a film carries signal. Trained in autoencoder_training.py.

A person is a read-out v_u = (b_u + c_u + w_u . h, w_u) on the codes k_i = (1, h_i - h), with h the mean
code of a rating's film. The trained read-outs have a mean v and a covariance S, which are the prior of
everybody else (empirical Bayes):

    m_i = mu + b_i + k_i . v                     what an unknown person gives
    F   = K S^1/2                                so that v_u = v + S^1/2 z with z ~ N(0, I)

turned to its principal axes, weighted by how often films are rated, and cut to the first n_axes. With A
the rows of F of a history's rated films and e = r - m their residuals, the posterior mean of z gives

    score = m + F A' (A A' + noise I)^-1 e

one ridge regression. This generalises better than the trained read-outs themselves. With `by_choice` the
prior mean of z is not nought but t, what the choice of the rated films tells (choice.py):

    score = m + F (t + A' (A A' + noise I)^-1 (e - A t))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.bias import LEFT_OUT, Bias, BiasConfig
from recommender.ml.choice import Choice, learn_choice
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions
from recommender.ml.likeness import cosines
from recommender.ml.parts import prefixed, under
from recommender.ml.ridge import ridge, ridge_weights
from recommender.ml.splits import Split, random_split

if TYPE_CHECKING:
    from recommender.ml.autoencoder_training import Trained

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class AutoencoderConfig:
    """Chosen on validation parts of MovieLens 1M and latest-small; noise in squared stars.

    So were the epochs: by default all ratings are learned from and all epochs are run. With a patience a part
    is held out, and the epoch that foretells it best is kept.
    """

    n_hidden: int = 500
    n_epochs: int = 32
    batch_size: int = 128  # films
    learning_rate: float = 1e-3
    learning_rate_decay: float = 0.97  # per epoch
    weight_decay: float = 0.01
    n_axes: int = 128
    noise: float = 0.4
    item_damping: float = 5.0  # of the biases, in ratings
    user_damping: float = 5.0
    patience: int = 0  # epochs without a better validation part before the end; 0: all epochs
    validation_share: float = 0.05  # of the ratings, where patience is above nought
    by_choice: bool = False  # whether a taste is guessed from which films were rated, too

    def __post_init__(self) -> None:
        if min(self.n_hidden, self.n_epochs, self.batch_size, self.n_axes) < 1:
            raise ValueError("The autoencoder needs at least one hidden unit, epoch, film a batch and axis.")
        if self.noise <= 0:
            raise ValueError(f"The noise of ratings must be above nought, not {self.noise}.")
        if self.patience < 0 or not 0 < self.validation_share < 1:
            raise ValueError("The autoencoder needs a patience from nought and a share between 0 and 1.")


# I-AutoRec of Sedhain et al.: 500 hidden units, and with the biases left out the rating itself as the target,
# less the mean of all. They choose the weight decay by validation and learn by RProp; here it is Adam. People
# are read out by the fold-in above, from all of the read-outs' axes, as in the tuned form.
DOCUMENT = AutoencoderConfig(
    n_hidden=500,
    learning_rate_decay=1.0,
    n_axes=501,
    item_damping=LEFT_OUT,
    user_damping=LEFT_OUT,
)


class RatingAutoencoder(Recommender):
    """Item autoencoder on residuals; films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "autoencoder"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = AutoencoderConfig

    m_: Floats  # (n_items,)
    F_: Floats  # (n_items, n_axes)
    f_: Floats  # (n_axes,) the typical film, which stands for those that nobody rated
    choice_: Choice | None = None  # of z
    trained_: Trained  # of the fit only, as is the next; scoring folds every history in
    trained_bias_: Bias

    def __init__(self, config: AutoencoderConfig | None = None) -> None:
        self.config: AutoencoderConfig = config or AutoencoderConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the ratings of `data`. Raises ValueError where nothing is rated.

        `start` is left aside: the weights belong to people, of whom no state keeps any, and a film's code is
        made from them.
        """
        # Torch is a library of training; scoring, and with it the site, does without.
        from recommender.ml.autoencoder_training import Targets, train

        parts = self._parts(data.rated, seed)
        dampings = BiasConfig(item_damping=self.config.item_damping, user_damping=self.config.user_damping)
        bias = self.trained_bias_ = Bias(dampings).fit(parts.train, seed=seed)
        targets, held_out = (Targets(part, bias.residuals(part)) for part in parts)
        self.trained_ = train(targets, held_out, self.config, seed=seed, progress=progress)
        self._learn_prior(bias, np.bincount(parts.train.item, minlength=data.n_items))
        self.choice_ = self._learned_choice(parts.train) if self.config.by_choice else None
        progress(1.0, "fitted")
        return self

    def _parts(self, rated: Interactions, seed: int) -> Split:
        if self.config.patience:
            return random_split(rated, self.config.validation_share, seed)
        return Split(rated, rated.take(np.empty(0, np.int64)))

    def _learn_prior(self, bias: Bias, counts: NDArray[np.int64]) -> None:
        codes, readouts, offsets = self.trained_
        typical = counts @ codes / counts.sum()
        v = np.column_stack([bias.trained_user_bias_ + offsets + readouts @ typical, readouts])
        K = np.column_stack([np.ones(len(codes)), codes - typical])
        K[counts == 0, 1:] = 0  # a film that nobody rated is taken as a typical one
        S = np.atleast_2d(np.cov(v, rowvar=False, bias=True))
        self.m_ = (bias.mean_ + bias.item_bias_ + K @ v.mean(axis=0)).astype(np.float32)
        root = _square_root(S)
        axes = _principal_axes(K @ root, counts, self.config.n_axes)
        self.F_ = (K @ root @ axes).astype(np.float32)
        self.f_ = (root[0] @ axes).astype(np.float32)

    def _learned_choice(self, data: Interactions) -> Choice:
        self.choice_ = None  # tastes to learn from are those that stars alone tell
        people = np.unique(data.user)
        chosen = data.by_user[people]
        chosen.data[:] = 1
        tastes = np.stack([self._person(data.history(user)) for user in people.tolist()])
        return learn_choice(chosen, tastes.astype(np.float64))

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; m for a history without ratings."""
        return np.asarray(self.m_ + self.F_ @ self._person(history), np.float32)

    def score_of(self, history: History, items: NDArray[np.int64]) -> Floats:
        """(len(items),) what `score` says of these films, for less."""
        return np.asarray(self.m_[items] + self.F_[items] @ self._person(history), np.float32)

    def _person(self, history: History) -> Floats:
        """(n_axes,) z of a history."""
        rated = history.rated
        A, e = self._folded(rated)
        if self.choice_ is None:
            return ridge(A, e, self.config.noise).astype(np.float32)
        t = self.choice_.taste(rated.item)
        return np.asarray(t + ridge(A, e - A @ t, self.config.noise), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exactly what the score loses without each film; their sum has no meaning."""
        return np.asarray(self.contributions_to(history, np.array([item]))[:, 0], np.float32)

    def contributions_to(self, history: History, items: NDArray[np.int64]) -> Floats:
        """(len(history), len(items)) what each film adds to several scores, for little more than one costs.

        With S = A (A'A + noise I)^-1, leaving out the equation of film j moves z by S_j times what the others
        miss of that rating, (e_j - A_j z) / (1 - A_j S_j). By choice its part in t goes first.
        """
        rated = history.rated
        A, e = self._folded(rated)
        S = A @ np.linalg.inv(A.T @ A + self.config.noise * np.eye(A.shape[1]))
        of_choice, moved = self._of_choice(rated.item, A, S)
        z, F = S.T @ e + of_choice, self.F_[items].astype(np.float64)
        missed = (e - A @ z + (A * moved).sum(axis=1)) / (1 - (A * S).sum(axis=1))
        share = np.zeros((len(history), len(items)), np.float32)
        share[~np.isnan(history.rating)] = moved @ F.T + missed[:, None] * (S @ F.T)
        return share

    def _of_choice(self, rated: NDArray[np.int64], A: Doubles, S: Doubles) -> tuple[Doubles, Doubles]:
        """(n_axes,) what the ratings leave of t in z, and (n, n_axes) each film's part of that."""
        choice, k = self.choice_, A.shape[1]
        if choice is None:
            return np.zeros(k), np.zeros((1, k))
        left, t = np.eye(k) - A.T @ S, choice.taste(rated)
        films = choice.films[rated].astype(np.float64)
        without = (films.sum(axis=0) - films) / (len(rated) - 1 + choice.doubt) @ choice.D.T
        return t @ left, (t - without) @ left

    def shares(self, history: History, item: int) -> Floats:
        """(len(history),) parts of score - m, which they sum to: what blends of additive models add up.

        With w = (A A' + noise I)^-1 A F_i they are w_j e_j, and of (F_i - A'w) . t what film j has in t.
        """
        rated = history.rated
        A, e = self._folded(rated)
        weight = ridge_weights(A, self.F_[item].astype(np.float64), self.config.noise)
        of_rated = weight * e
        if self.choice_ is not None:
            of_rated += self.choice_.shares(rated.item, self.F_[item] - A.T @ weight)
        share = np.zeros(len(history), np.float32)
        share[~np.isnan(history.rating)] = of_rated
        return share

    def _folded(self, rated: History) -> tuple[Doubles, Doubles]:
        A = self.F_[rated.item].astype(np.float64)
        return A, rated.rating.astype(np.float64) - self.m_[rated.item]

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of F without the typical film's, which is a person's general kindness.

        NaN for films that nobody rated.
        """
        return cosines(self.F_ - self.f_, item)

    def state(self) -> dict[str, NDArray[Any]]:
        """m (n_items,), F (n_items, n_axes) and f (n_axes,), float32, and Choice's. Users are not kept."""
        arrays: dict[str, NDArray[Any]] = {"m": self.m_, "F": self.F_, "f": self.f_}
        return arrays | (prefixed("choice.", self.choice_._asdict()) if self.choice_ is not None else {})

    @classmethod
    def from_state(cls, config: AutoencoderConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.m_, model.F_, model.f_ = arrays["m"], arrays["F"], arrays["f"]
        model.choice_ = Choice(**under("choice.", arrays)) if config.by_choice else None
        return model


def _square_root(S: Doubles) -> Doubles:
    """A matrix R with R R' = S, for a symmetric S without negative eigenvalues but by rounding."""
    values, vectors = np.linalg.eigh(S)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _principal_axes(F: Doubles, counts: NDArray[np.int64], n_axes: int) -> Doubles:
    """(F.shape[1], n_axes) directions in which the films differ most, each film as often as it is rated."""
    weighted = F * np.sqrt(counts)[:, None]
    _, vectors = np.linalg.eigh(weighted.T @ weighted)
    return np.asarray(vectors[:, ::-1][:, :n_axes])
