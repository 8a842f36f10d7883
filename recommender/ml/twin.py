"""Twin autoencoders with a dense network: people and films have vectors that two encoders learn in turns.

    c_ui = encoder(x_i, film data, rating, context)      a code for each rating
    u    = sum over the ratings of u of c_ui / (n + damping)
    x_i  = the same over the ratings of film i, by the twin that reads (u, data of the person, ...)
    r_ui = mu + b_i + b_u + dense(x_i, film data, context, u, data of the person) + x_i . M u / n_units

Document A. Its own form has plain means, no biases and no product: those are of the tuned form, where the
dense network learns what biases leave and reads people by an encoder of its own, tuned to the task. Data
of a person are sex, age, occupation, place and time zone; the context is weekday, day of year and year.
What is unknown is marked as missing. How vectors come to be: twin_encoder.py, twin_training.py.

Nothing is trained for a newcomer: a person or a film gets the mean of the codes of its ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import NO_TIME, Catalogue, History, Interactions
from recommender.ml.twin_encoder import Encoder
from recommender.ml.twin_features import Words, context, days

Floats = NDArray[np.float32]
LEFT_OUT = 1e9  # a damping, in ratings, that leaves no bias


@dataclass(frozen=True)
class TwinConfig:
    """Chosen on validation parts of the training parts of MovieLens latest-small and 1M.

    Ratings are the unit of sizes and dampings. A round is one turn of each autoencoder, in which it learns
    from a sample of `steps_per_turn` * `sample_size` ratings and then reads all of them; an epoch is one
    pass of the dense network over the ratings.
    """

    n_units: int = 32
    n_rounds: int = 10
    steps_per_turn: int = 50
    sample_size: int = 1024
    moves: float = 0.5  # share of the way to the mean codes in each round
    learning_rate: float = 0.005
    damping: float = 20.0
    bias_damping: float = 5.0
    hidden: tuple[int, ...] = (64,)
    with_product: bool = True
    fine_tunes: bool = True
    n_epochs: int = 20
    batch_size: int = 4096
    dense_learning_rate: float = 0.006  # falls to nought over the epochs
    encoder_pace: float = 1.0  # of that rate, for the fine tuning
    weight_decay: float = 0.05
    hidden_ratings: float = 0.05  # share of the ratings read as films watched without one
    hidden_days: float = 0.5  # share of the ratings predicted without their day
    short_histories: float = 0.2  # share of the people in a batch of whom only a part is read
    patience: int = 0  # epochs
    validation_share: float = 0.05

    def __post_init__(self) -> None:
        counts = (self.n_units, self.n_rounds, self.steps_per_turn, self.sample_size, self.n_epochs)
        if min(*counts, self.batch_size, *self.hidden) < 1 or not self.hidden:
            raise ValueError("The twins need at least one unit, round, step, rating, epoch and hidden layer.")
        if not 0 < self.moves <= 1:
            raise ValueError(f"Vectors move by a share above 0 and up to 1, not by {self.moves}.")
        if self.damping < 0 or self.bias_damping <= 0:
            raise ValueError("Dampings are numbers of ratings, that of the biases above nought.")
        shares = (self.hidden_ratings, self.hidden_days, self.short_histories, self.validation_share)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("Shares of ratings, days, histories and validation lie between 0 and 1.")


# Document A prints the about 100 rounds and one dense network on all five inputs; it gives no sizes.
DOCUMENT = TwinConfig(
    n_units=32,
    n_rounds=100,
    n_epochs=15,
    batch_size=4096,
    dense_learning_rate=0.003,
    weight_decay=0.01,
    damping=0.0,
    bias_damping=LEFT_OUT,
    hidden=(64, 32),
    with_product=False,
    fine_tunes=False,
    hidden_ratings=0.0,
    short_histories=0.0,
)


class Near(NamedTuple):
    """A row of films, or a place in a list of people, and its Euclidean distance."""

    row: int
    distance: float


class Cluster(NamedTuple):
    """Rows of its films, nearest to the middle first, and the genres that tell it from all films."""

    films: NDArray[np.int64]
    genres: tuple[str, ...]


class TwinAutoencoders(Recommender):
    """Star model that also gives near films, people alike, clusters, and lists for a day."""

    name: ClassVar[str] = "twin-autoencoders"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = TwinConfig

    mean_: float
    bias_: Floats  # (n_items,)
    counts_: Floats  # (n_items,) how many rated or watched each film
    vectors_: Floats  # (n_items, n_units) x
    film_data_: Floats  # (n_items, n_film_data)
    words_: Words
    user_: Encoder  # the twin that reads films and gives people's vectors
    film_: Encoder  # the twin that reads people and gives films' vectors
    taste_: Encoder  # what the dense network reads people by
    dense_: dict[str, Floats]
    halves_: tuple[
        Floats, Floats, Floats
    ]  # what each film adds to user_, taste_ and the network's first layer
    knows_days_: bool  # whether the ratings it learned from were dated
    trained_user_vectors_: Floats  # of the fit only; scoring folds every history in

    def __init__(self, config: TwinConfig | None = None) -> None:
        self.config: TwinConfig = config or TwinConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches. Raises ValueError where nothing is rated."""
        # Torch is a library of training; scoring, and with it the site, does without.
        from recommender.ml.twin_training import train

        if not len(data.rated):
            raise ValueError("The twin autoencoders need at least one rating, the data have none.")
        self.words_ = Words.of(data.catalogue, data.people)
        self.film_data_ = self.words_.films(data.catalogue)
        people = self.words_.people(data.people or [None] * data.n_users)
        former = start and start.carry(
            "vectors", np.full((data.n_items, self.config.n_units), np.nan, np.float32)
        )
        learned = train(data, (self.film_data_, people), former, self.config, seed=seed, progress=progress)
        self.user_, self.film_, self.taste_, self.vectors_ = learned[:4]
        self.trained_user_vectors_ = learned.user_vectors
        self.dense_, self.mean_, self.bias_ = learned.dense, learned.bias.mean_, learned.bias.item_bias_
        self.counts_ = np.bincount(data.item, minlength=data.n_items).astype(np.float32)
        self.halves_ = self._halves(learned.films_read, self.vectors_, self.film_data_)
        self.knows_days_ = bool((data.time != NO_TIME).any())
        progress(1.0, "fitted")
        return self

    def _halves(self, read: Floats, vectors: Floats, data: Floats) -> tuple[Floats, Floats, Floats]:
        films = np.hstack([vectors, data])
        first = films @ self.dense_["W0"][: films.shape[1]] + self.dense_["b0"]
        return self.user_.halves(read, data), self.taste_.halves(read, data), first.astype(np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped, for a day that is not known."""
        return self.score_on(history)

    def score_on(self, history: History, weekday: int = -1, day_of_year: int = 0, year: int = 0) -> Floats:
        """(n_items,) stars on a day: weekday 0 to 6 from Monday, day 1 to 366; -1 and 0 are unknown."""
        taste = self.taste_.vector(*self._read(self.halves_[1], history))
        units = self.halves_[2] + self._from_person(taste[None], history, context(weekday, day_of_year, year))
        score = self._network(units) + self.bias_
        if self.config.with_product:
            score += self.vectors_ @ (self.dense_["M"] @ taste / np.float32(self.config.n_units))
        score += np.float32(self.mean_ + self._user_bias(history) + float(self.dense_["c"][0]))
        return np.asarray(score, np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact leave-one-out: the score less that of the history without each film."""
        read = self._read(self.halves_[1], history)
        tastes = np.vstack([self.taste_.vector(*read)[None], self.taste_.without_each(*read)])
        units = self.halves_[2][item] + self._from_person(tastes, history, context(-1, 0, 0))
        score = self._network(units)
        if self.config.with_product:
            score += tastes @ (self.vectors_[item] @ self.dense_["M"] / np.float32(self.config.n_units))
        of_bias = self._user_bias(history) - self._user_bias_without_each(history)
        return np.asarray(score[0] - score[1:] + of_bias, np.float32)

    def _from_person(self, tastes: Floats, history: History, day: Floats) -> Floats:
        """(n, n_hidden) what a person, read as n `tastes`, adds to the first layer on one `day`."""
        known = np.concatenate([self.words_.people([history.about])[0], day[0]])
        of_taste, of_known = np.split(self.dense_["W0"][-len(known) - tastes.shape[1] :], [tastes.shape[1]])
        return np.asarray(tastes @ of_taste + known @ of_known, np.float32)

    def _network(self, units: Floats) -> Floats:
        """(n,) stars from what comes into the first layer, which is overwritten: (n, n_hidden)."""
        for layer in range(1, len(self.config.hidden)):
            np.maximum(units, 0, out=units)
            units = units @ self.dense_[f"W{layer}"] + self.dense_[f"b{layer}"]
        np.maximum(units, 0, out=units)
        return np.asarray(units @ self.dense_["w"], np.float32)

    def vector_of(self, history: History) -> Floats:
        """(n_units,) the vector of anybody, newcomers too; nought for an empty history."""
        return self.user_.vector(*self._read(self.halves_[0], history))

    def _read(self, halves: Floats, history: History) -> tuple[Floats, Floats, Floats, Floats, float]:
        """What an encoder of people takes."""
        above = np.nan_to_num(self._residual(history))
        dates, day = days(history.time)
        return halves[history.item], history.rating, above, dates[day], self.config.damping

    def _residual(self, history: History) -> Floats:
        """(len(history),) stars above what the films usually get, NaN without a rating."""
        return np.asarray(history.rating - np.float32(self.mean_) - self.bias_[history.item], np.float32)

    def _user_bias(self, history: History) -> float:
        rated = history.rated
        return float(self._residual(rated).sum() / (self.config.bias_damping + len(rated)))

    def _user_bias_without_each(self, history: History) -> Floats:
        is_rated, residual = ~np.isnan(history.rating), np.nan_to_num(self._residual(history))
        n_others = is_rated.sum() - is_rated
        return np.asarray((residual.sum() - residual) / (self.config.bias_damping + n_others), np.float32)

    def nearest_films(self, item: int, n: int = 10) -> list[Near]:
        """The `n` films nearest to one, without itself and without those that nobody watched."""
        distance = -self.similar(item)
        distance[item] = np.nan
        return _nearest(distance, n)

    def similar(self, item: int) -> Floats:
        """(n_items,) the distance of the vectors, negative; NaN for films that nobody watched."""
        likeness = -np.linalg.norm(self.vectors_ - self.vectors_[item], axis=1)
        unknown = (self.counts_ == 0) | (self.counts_[item] == 0)
        return np.asarray(np.where(unknown, np.nan, likeness), np.float32)

    def similar_people(self, history: History, others: Sequence[History] | Floats, n: int = 10) -> list[Near]:
        """The `n` of `others`, histories or (n, n_units) vectors of people, nearest to a person."""
        vectors = [self.vector_of(one) if isinstance(one, History) else one for one in others]
        away = np.array(vectors, np.float32).reshape(-1, self.config.n_units) - self.vector_of(history)
        return _nearest(np.linalg.norm(away, axis=1), n)

    def encode_film(
        self, raters: Sequence[History], ratings: Sequence[float], times: Sequence[int] | None = None
    ) -> Floats:
        """(n_units,) the vector of a film from those who rated it, in their order, without any training."""
        people = np.array([self.vector_of(rater) for rater in raters]).reshape(-1, self.config.n_units)
        halves = self.film_.halves(people, self.words_.people([rater.about for rater in raters]))
        stars = np.asarray(ratings, np.float32)
        usual = np.array([self.mean_ + self._user_bias(rater) for rater in raters], np.float32)
        dates, day = days(np.full(len(stars), -1) if times is None else np.asarray(times, np.int64))
        return self.film_.vector(halves, stars, np.nan_to_num(stars - usual), dates[day], self.config.damping)

    def with_film(
        self,
        catalogue: Catalogue,
        raters: Sequence[History],
        ratings: Sequence[float],
        times: Sequence[int] | None = None,
    ) -> Self:
        """A model with one more film, in the last row: `catalogue` describes that film alone."""
        usual = np.array([self.mean_ + self._user_bias(rater) for rater in raters])
        above = np.nan_to_num(np.asarray(ratings, np.float64) - usual)
        n_rated = np.count_nonzero(~np.isnan(np.asarray(ratings, np.float64)))
        bias = above.sum() / (self.config.bias_damping + n_rated)
        vector, described = self.encode_film(raters, ratings, times)[None], self.words_.films(catalogue)
        longer = self.from_state(self.config, self.state())
        longer.bias_ = np.append(self.bias_, np.float32(bias))
        longer.counts_ = np.append(self.counts_, np.float32(len(raters)))
        longer.vectors_ = np.vstack([self.vectors_, vector])
        longer.film_data_ = np.vstack([self.film_data_, described])
        user, taste, first = self._halves(vector, vector, described)
        former = self.halves_
        longer.halves_ = (
            np.vstack([former[0], user]),
            np.vstack([former[1], taste]),
            np.vstack([former[2], first]),
        )
        return longer

    def clusters(self, n: int, *, seed: int = 0, n_genres: int = 3) -> list[Cluster]:
        """K-means of the film vectors, which are made of who rated a film and how; genres are no part.

        Films that nobody watched are left out. Uses scikit-learn. Genres are those whose share among the
        films of a cluster lies most above their share among all.
        """
        from sklearn.cluster import KMeans

        seen = np.flatnonzero(self.counts_)
        found = KMeans(min(n, len(seen)), n_init=4, random_state=seed).fit(self.vectors_[seen])
        distance = found.transform(self.vectors_[seen]).min(axis=1)
        order = np.argsort(distance, kind="stable")
        genres = self.film_data_[:, : len(self.words_.genres)]
        usual = genres[seen].mean(axis=0)
        parts = [seen[order[found.labels_[order] == one]] for one in range(found.n_clusters)]
        return [Cluster(part, self._telling(genres[part].mean(axis=0) - usual, n_genres)) for part in parts]

    def _telling(self, above: Floats, n: int) -> tuple[str, ...]:
        best = np.argsort(-above, kind="stable")[:n]
        return tuple(self.words_.genres[best[above[best] > 0]].tolist())

    def state(self) -> dict[str, NDArray[Any]]:
        """mean (1,); whether days are known; by film bias, counts, vectors, data, halves; networks; words."""
        arrays: dict[str, NDArray[Any]] = {
            "mean": np.array([self.mean_]),
            "knows_days": np.array(self.knows_days_),
            "bias": self.bias_,
            "counts": self.counts_,
            "vectors": self.vectors_,
            "film_data": self.film_data_,
            "genres": self.words_.genres,
            "occupations": self.words_.occupations,
        }
        for prefix, encoder in (("user", self.user_), ("film", self.film_), ("taste", self.taste_)):
            arrays |= encoder.named(prefix)
        for name, half in zip(("user", "taste", "dense"), self.halves_, strict=True):
            arrays[f"half_{name}"] = half
        return arrays | {f"dense_{name}": array for name, array in self.dense_.items()}

    @classmethod
    def from_state(cls, config: TwinConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.mean_, model.knows_days_ = float(arrays["mean"][0]), bool(arrays["knows_days"])
        model.bias_, model.counts_ = arrays["bias"], arrays["counts"]
        model.vectors_, model.film_data_ = arrays["vectors"], arrays["film_data"]
        model.words_ = Words(arrays["genres"], arrays["occupations"])
        model.user_, model.film_, model.taste_ = (
            Encoder.from_named(prefix, arrays) for prefix in ("user", "film", "taste")
        )
        model.halves_ = arrays["half_user"], arrays["half_taste"], arrays["half_dense"]
        dense = {name: array for name, array in arrays.items() if name.startswith("dense_")}
        model.dense_ = {name.removeprefix("dense_"): array for name, array in dense.items()}
        return model


def _nearest(distance: Floats, n: int) -> list[Near]:
    order = np.argsort(distance, kind="stable")[:n]
    return [Near(int(row), float(distance[row])) for row in order if not np.isnan(distance[row])]
