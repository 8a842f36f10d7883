"""Neural collaborative filtering: layers over a person and a film say how probable it is that they meet.

    P(u watches i) rises with z = the network of pair_network.py on (u, q_i)

He et al., "Neural collaborative filtering" (WWW 2017). Whatever was watched counts as positive.

With people = "embedding" u is trained freely on pairs: every positive and n_negatives films drawn from
those that the person has not watched, by the cross-entropy of sigmoid(z). A history is then folded in by a
ridge regression of the trained embeddings on the histories (folded_users.py), an approximation.

With people = "history" u is made from the history while the network learns, as in the scoring of a
newcomer, and the network is trained on lists: part of a history is hidden, and the whole of it is to
be likely in softmax(z) over the films (Liang et al., "Variational autoencoders for collaborative filtering",
WWW 2018), or over n_candidates of them drawn for each batch. z has a direct term b_i + P_i . u then, and
Y and q begin at the principal axes of who watched what (Cremonesi et al., RecSys 2010): from random
numbers the network gets little beyond popularity where people are few.
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


@dataclass(frozen=True)
class NeuralCFConfig:
    """The defaults come of a light search on validation parts of MovieLens latest-small."""

    people: Literal["history", "embedding"] = "history"
    n_factors: int = 24
    hidden: tuple[int, ...] = (8,)
    n_epochs: int = 8  # at most, where patience is above 0
    batch_size: int = 20  # people in batches of "history", pairs in those of "embedding"
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    n_negatives: int = 4  # for every positive, of "embedding"
    n_candidates: int = 2000  # films of a batch, of "history"
    history_dropout: float = 0.5  # share of a history that is hidden, of "history"
    patience: int = 2
    validation_share: float = 0.1
    history_damping: float = 0.0  # n0 and a of folded_users.py
    history_power: float = 0.5
    fold_in_penalty: float = 1.0  # of the regression of "embedding"

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_epochs, self.batch_size, *self.hidden) < 1 or not self.hidden:
            raise ValueError("Neural CF needs at least one factor, hidden unit, epoch and row a batch.")
        if min(self.n_negatives, self.n_candidates) < 1:
            raise ValueError("Neural CF needs films that were not watched to learn from.")
        if not (0 <= self.history_dropout < 1 and 0 < self.validation_share < 1):
            raise ValueError("Dropout is a share from 0 to below 1, the validation part one above 0.")
        if self.people not in {"history", "embedding"}:
            raise ValueError(f"People are made of their history or of an embedding, not of {self.people!r}.")

    @property
    def weighing(self) -> Weighing:
        return Weighing(self.history_damping, self.history_power)


# As printed. The document draws its negatives once; here they are drawn anew every epoch.
DOCUMENT = NeuralCFConfig(
    people="embedding",
    n_factors=16,
    hidden=(64, 128, 64, 32),
    n_epochs=50,
    batch_size=512,
    learning_rate=0.01,
    weight_decay=0.0,
    n_negatives=4,
    patience=0,
)


class NeuralCF(Recommender):
    """Scores are z, the logit of watching; only their order means something."""

    name: ClassVar[str] = "ncf"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = NeuralCFConfig

    people_: FoldedUsers
    network_: PairNetwork
    films_: Floats  # (n_items, n_factors) q_i
    trained_users_: Floats | None  # (n_users, n_factors) of the fit only, of people = "embedding"

    def __init__(self, config: NeuralCFConfig | None = None) -> None:
        self.config: NeuralCFConfig = config or NeuralCFConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from all interactions of `data`. Raises ValueError where there are none."""
        # Torch is a library of training; scoring, and with it the site, does without.
        from recommender.ml.ncf_training import train

        if not len(data):
            raise ValueError("Neural CF needs at least one interaction, the data have none.")
        trained = train(data, self.config, seed=seed, progress=progress, start=start)
        self.people_, self.network_, self.films_, self.trained_users_ = trained
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> Floats:
        """(n_items,) logits; an empty history gets those of the average person."""
        return self.network_.every_film(self.people_.vector(history))

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact leave-one-out: the score less that of the history without each film."""
        people = np.vstack([self.people_.vector(history)[None], self.people_.without_each(history)])
        z = self.network_.one_film(item, people)
        return np.asarray(z[0] - z[1:], np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the film embeddings; NaN for films that nobody watched."""
        return cosines(self.films_, item)

    def state(self) -> dict[str, NDArray[Any]]:
        """Arrays of FoldedUsers and PairNetwork; films (n_items, n_factors). Users are not kept."""
        return {"films": self.films_} | self.people_.arrays() | self.network_.arrays()

    @classmethod
    def from_state(cls, config: NeuralCFConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.people_ = FoldedUsers.of(arrays, config.weighing)
        model.network_ = PairNetwork.of(arrays)
        model.films_ = arrays["films"]
        return model
