"""The stars shown to a visitor: a blend of the strongest star models, with an interval that was measured.

    stars = the stack of stacking.py over Bayesian SVD++ of grades (ordinal.py) and the rating autoencoder
            (autoencoder.py)
    P(like) = the stack of like_stack.py over how probable the first holds a like, and the stars of the second

The autoencoder, which has no implicit feedback otherwise, also learns from the choice of films (choice.py):
newcomers' RMSE on a validation part of 1M falls by .004 with three to twenty ratings, .0005 with all.
The same with stars for numbers (bayesian.py) as a third part brings nothing: .81706 against .81703 on a
validation part of MovieLens 1M.
Some ratings of some people are held out, the models are fitted on the rest, and the stack and the errors for
the intervals are learned from what they say of the held-out ratings: once for whole histories and once for
histories cut down to a newcomer's few ratings, of which data sets hold none. Then the models are fitted on
all. So nothing that is served has been weighed on what it was fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.autoencoder import AutoencoderConfig, RatingAutoencoder
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions, rows_by_user
from recommender.ml.like_stack import LIKED, Usual, learn_likes
from recommender.ml.ordinal import OrdinalConfig, OrdinalSVDPlusPlus
from recommender.ml.parts import fit_in_turn, prefixed, starts_of, under, within
from recommender.ml.splits import shortened
from recommender.ml.stacking import Weighing, learn_weighing

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]
LEAST_HELD_OUT = 200  # ratings; with fewer the plain mean is more to be trusted than learned weights
CLOSED = 1e12  # a penalty under which nothing is learned


def _grades() -> OrdinalConfig:
    return OrdinalConfig(n_factors=64, n_chains=4)


def _autoencoder() -> AutoencoderConfig:
    return AutoencoderConfig(by_choice=True)


@dataclass(frozen=True)
class StarBlendConfig:
    """Parts and penalty chosen on validation parts of MovieLens 1M and latest-small."""

    ordinal: OrdinalConfig = field(default_factory=_grades)
    autoencoder: AutoencoderConfig = field(default_factory=_autoencoder)
    held_out: float = 0.1  # of the ratings of those people
    n_people: int = 2000  # of whom ratings are held out
    penalty: float = 1.0
    like_penalty: float = 10.0
    few: int = 20  # ratings of a history up to which a newcomer's weights hold

    def __post_init__(self) -> None:
        if not 0 < self.held_out < 1 or self.n_people < 1 or min(self.penalty, self.like_penalty) <= 0:
            raise ValueError("The blend learns from a share of the ratings of at least one person.")
        if self.few < 1:
            raise ValueError("A newcomer has at least one rating.")

    @property
    def rehearsal(self) -> StarBlendConfig:
        """For the models that are weighed: half the chains, half as long; weights need less than stars do."""
        return replace(self, ordinal=self.ordinal.half)


class StarBlend(Recommender):
    """Holds its two fitted parts, and what they weigh and err, for short and for long histories."""

    name: ClassVar[str] = "star-blend"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = StarBlendConfig

    parts_: tuple[OrdinalSVDPlusPlus, RatingAutoencoder]
    counts_: Counts  # (n_items,) ratings of each film
    usual_: Usual
    few_: Weighing
    many_: Weighing

    def __init__(self, config: StarBlendConfig | None = None) -> None:
        self.config: StarBlendConfig = config or StarBlendConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn the weights, then the parts. Raises ValueError where fewer than two ratings are given."""
        self.usual_ = Usual.of(data.rated.rating)
        self._learn_weights(data, seed, within(progress, 0.0, 0.4))
        self.parts_ = self._fit_parts(self.config, data, seed, within(progress, 0.4, 1.0), start)
        self.counts_ = np.bincount(data.rated.item, minlength=data.n_items)
        progress(1.0, "fitted")
        return self

    def _hold_out(self, data: Interactions, seed: int) -> tuple[Interactions, Interactions]:
        rng = np.random.default_rng(seed)
        people = rng.permutation(data.n_users)[: self.config.n_people]
        rated = np.flatnonzero(~np.isnan(data.rating) & np.isin(data.user, people))
        if len(rated) < 2:
            raise ValueError("The star blend needs two ratings: one to learn from and one to hold out.")
        away = rng.permutation(rated)[: max(round(len(rated) * self.config.held_out), 1)]
        held = np.zeros(len(data), np.bool_)
        held[away] = True
        return data.take(~held), data.take(held)

    def _learn_weights(self, data: Interactions, seed: int, progress: Progress) -> None:
        known, asked = self._hold_out(data, seed)
        # A former model may have been fitted on what is held out now, so that these begin at none.
        parts = self._fit_parts(self.config.rehearsal, known, seed, progress, None)
        counts = np.bincount(known.rated.item, minlength=known.n_items)
        self.many_ = self._weigh(parts, counts, known, asked)
        self.few_ = self._weigh(parts, counts, shortened(known.rated, self.config.few, seed), asked)

    def _fit_parts(
        self,
        config: StarBlendConfig,
        data: Interactions,
        seed: int,
        progress: Progress,
        start: WarmStart | None,
    ) -> tuple[OrdinalSVDPlusPlus, RatingAutoencoder]:
        parts = (OrdinalSVDPlusPlus(config.ordinal), RatingAutoencoder(config.autoencoder))
        fit_in_turn(
            parts, data, seed, progress, starts_of(start, StarBlend, attrgetter("parts_"), len(parts))
        )
        return parts

    def _weigh(
        self,
        parts: tuple[OrdinalSVDPlusPlus, RatingAutoencoder],
        counts: Counts,
        shown: Interactions,
        asked: Interactions,
    ) -> Weighing:
        """What the parts weigh where they see the histories of `shown`; `counts` are ratings by film."""
        n_user = np.bincount(shown.rated.user, minlength=shown.n_users)[asked.user]
        ordinal, autoencoder = parts
        stars, reached = np.empty((len(parts), len(asked)), np.float32), np.empty(len(asked), np.float32)
        habits = np.empty((len(asked), 4))
        for user, rows in rows_by_user(asked.user):
            history, items = shown.history(user), asked.item[rows].astype(np.int64)
            stars[0, rows], reached[rows] = ordinal.score_and_at_least(history, LIKED, items)
            stars[1, rows] = autoencoder.score(history)[items]
            habits[rows] = self.usual_.habits(history.rated.rating)
        few = len(asked) < LEAST_HELD_OUT
        penalty, like_penalty = (CLOSED, CLOSED) if few else (self.config.penalty, self.config.like_penalty)
        n_item, given = counts[asked.item], asked.rating
        likes = learn_likes(reached, stars[1], habits, n_item, given, like_penalty)
        return learn_weighing(stars, n_user, n_item, given, penalty, likes)

    def weighing(self, history: History) -> Weighing:
        """What the parts weigh and err for a history as long as this."""
        return self.few_ if len(history.rated) <= self.config.few else self.many_

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; never NaN."""
        stars = np.stack([part.score(history) for part in self.parts_])
        return self.weighing(history).stack.blend(stars, len(history.rated), self.counts_)

    def liking(self, history: History) -> Floats:
        """(n_items,) how probable a rating of LIKED stars or more is."""
        ordinal, autoencoder = self.parts_
        reached, stars = ordinal.at_least(history, LIKED), autoencoder.score(history)
        habits = self.usual_.habits(history.rated.rating)
        return self.weighing(history).likes.probability(reached, stars, habits, self.counts_)

    def interval(self, history: History, stars: Floats | None = None) -> tuple[Floats, Floats]:
        """(n_items,) each: between these lie four of five ratings that are given later.

        `stars` are the scores of this history, where they are known already.
        """
        around = self.score(history) if stars is None else stars
        return self.weighing(history).errors.around(around, len(history.rated), self.counts_)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) the parts' shares, each for as much as the part counts.

        The weights themselves depend on how long the history is; that is left aside.
        """
        counts = self.counts_[item : item + 1]
        shares, _ = self.weighing(history).stack.shares(len(history.rated), counts, len(self.parts_))
        own = np.stack([part.contributions(history, item) for part in self.parts_])
        return np.asarray(shares[:, 0] @ own, np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) as Bayesian SVD++ of grades has it."""
        return self.parts_[0].similar(item)

    def state(self) -> dict[str, NDArray[Any]]:
        """The parts' arrays under their names, those of both weighings, counts (n_items,) and usual (3,)."""
        arrays: dict[str, NDArray[Any]] = {"counts": self.counts_, "usual": np.array(self.usual_)}
        for part in self.parts_:
            arrays |= prefixed(f"{part.name}.", part.state())
        return arrays | prefixed("few.", self.few_.arrays()) | prefixed("many.", self.many_.arrays())

    @classmethod
    def from_state(cls, config: StarBlendConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.parts_ = (
            OrdinalSVDPlusPlus.from_state(config.ordinal, under("ordinal-svdpp.", arrays)),
            RatingAutoencoder.from_state(config.autoencoder, under("autoencoder.", arrays)),
        )
        model.counts_ = arrays["counts"]
        model.usual_ = Usual(*arrays["usual"].tolist())
        model.few_, model.many_ = (Weighing.of_arrays(under(name, arrays)) for name in ("few.", "many."))
        return model


# No document has it: the tuned form is the only one.
DOCUMENT = StarBlendConfig()
