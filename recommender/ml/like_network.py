"""A network that reads a person, a film, its first two genres and its year, and says stars and liking.

    f_i  = (movie_i, genre1_i, genre2_i, year_i)         embeddings side by side
    z    = the network of pair_network.py on (u, f_i)
    r_ui = least + (most - least) sigmoid(z)             stars
    P(r_ui >= 3.5) = sigmoid(slope z + shift)            liking

After Malik, Garlapati, Gaurav & Kanawat, "Movie recommendation system based on deep learning" (2021),
whose person is an embedding, one dense layer of ten units and dropout on both. Their printed losses are
squared errors of likes (0 or 1) on the same network; here its output is stars, and liking is read from it.

With people = "history" the person u is made from the history (folded_users.py) while the network learns:
for every rating, from the history without that rating. Nothing then has to be folded in, and the ratings
of a newcomer are used as everyone's are. With people = "embedding" u is trained freely as in the document,
and a history is folded in by a ridge regression of the trained embeddings on the histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.folded_users import FoldedUsers, Weighing
from recommender.ml.interactions import History, Interactions
from recommender.ml.likeness import cosines
from recommender.ml.pair_network import PairNetwork

Floats = NDArray[np.float32]
LIKED = 3.5  # stars
LEAST, MOST = 0.5, 5.0


@dataclass(frozen=True)
class LikeNetworkConfig:
    """The defaults come of a light search on validation parts of MovieLens latest-small."""

    people: Literal["history", "embedding"] = "history"
    n_factors: int = 50
    hidden: tuple[int, ...] = (32,)
    direct: bool = True  # a film's bias and a dot product beside the layers
    input_dropout: float = 0.1
    dropout: float = 0.2  # of every layer of units
    n_epochs: int = 30  # at most, where patience is above 0
    batch_size: int = 64  # people in batches of "history", ratings in those of "embedding"
    learning_rate: float = 2e-3
    weight_decay: float = 1e-5
    like_weight: float = 0.5  # of the cross-entropy of likes, beside the squared error in stars
    patience: int = 2
    validation_share: float = 0.1
    history_damping: float = 10.0  # n0 and a of folded_users.py
    history_power: float = 0.5
    fold_in_penalty: float = 1.0  # of the regression of "embedding"

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_epochs, self.batch_size, *self.hidden) < 1 or not self.hidden:
            raise ValueError(
                "The like network needs at least one factor, hidden unit, epoch and row a batch."
            )
        if not (0 <= self.input_dropout < 1 and 0 <= self.dropout < 1 and 0 < self.validation_share < 1):
            raise ValueError("Dropout is a share from 0 to below 1, the validation part one above 0.")
        if self.people not in {"history", "embedding"}:
            raise ValueError(f"People are made of their history or of an embedding, not of {self.people!r}.")

    @property
    def weighing(self) -> Weighing:
        return Weighing(self.history_damping, self.history_power)


# Printed: the sizes, the ten epochs, batches of 64 (10,555 of 675,461 ratings). The shares of dropout and
# the step are those of the tutorial that the document follows (Wittenauer 2019).
DOCUMENT = LikeNetworkConfig(
    people="embedding",
    hidden=(10,),
    direct=False,
    input_dropout=0.05,
    dropout=0.5,
    n_epochs=10,
    batch_size=64,
    learning_rate=1e-3,
    weight_decay=0.0,
    like_weight=0.0,
    patience=0,
)


class LikeNetwork(Recommender):
    """Stars by `score`, liking by `like_probability`; genres and years come from the catalogue."""

    name: ClassVar[str] = "like-network"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = LikeNetworkConfig

    people_: FoldedUsers
    network_: PairNetwork
    films_: Floats  # (n_items, n_factors) movie embeddings; nought for films that nobody rated
    liking_: Floats  # (2,) slope and shift
    trained_users_: Floats | None  # (n_users, n_factors) of the fit only, of people = "embedding"

    def __init__(self, config: LikeNetworkConfig | None = None) -> None:
        self.config: LikeNetworkConfig = config or LikeNetworkConfig()

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
        from recommender.ml.like_network_training import train

        if not len(data.rated):
            raise ValueError("The like network needs at least one rating, the data have none.")
        trained = train(data.rated, self.config, seed=seed, progress=progress, start=start)
        self.people_, self.network_, self.films_, self.liking_, self.trained_users_ = trained
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> Floats:
        """(n_items,) stars."""
        return stars(self.network_.every_film(self._person(history)))

    def like_probability(self, history: History) -> Floats:
        """(n_items,) probability of a rating of 3.5 stars or more."""
        slope, shift = self.liking_
        return sigmoid(slope * self.network_.every_film(self._person(history)) + shift)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact leave-one-out: the score less that of the history without each film.

        A film watched without a rating has no effect on stars.
        """
        rated = history.rated
        people = np.vstack([self.people_.vector(rated)[None], self.people_.without_each(rated)])
        whole, *without = stars(self.network_.one_film(item, people))
        share = np.zeros(len(history), np.float32)
        share[~np.isnan(history.rating)] = whole - np.array(without, np.float32)
        return share

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the movie embeddings; NaN for films that nobody rated."""
        return cosines(self.films_, item)

    def state(self) -> dict[str, NDArray[Any]]:
        """Arrays of FoldedUsers and PairNetwork; films (n_items, n_factors), liking (2,). No users."""
        learned = {"films": self.films_, "liking": self.liking_}
        return learned | self.people_.arrays() | self.network_.arrays()

    @classmethod
    def from_state(cls, config: LikeNetworkConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.people_ = FoldedUsers.of(arrays, config.weighing)
        model.network_ = PairNetwork.of(arrays)
        model.films_, model.liking_ = arrays["films"], arrays["liking"]
        return model

    def _person(self, history: History) -> Floats:
        return self.people_.vector(history.rated)


def sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(z / 2), np.float32)


def stars(z: Floats) -> Floats:
    return np.asarray(LEAST + (MOST - LEAST) * sigmoid(z), np.float32)
