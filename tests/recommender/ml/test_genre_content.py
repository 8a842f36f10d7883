from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.ml.genre_content import DOCUMENT, GenreContent, GenreContentConfig, tfidf
from recommender.ml.interactions import Catalogue, History, Interactions, Vocabulary
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract, Scores

GENRES = (("War", "Action"), ("War",), ("Drama",), ("Drama",), ("Action", "War"), ())
NAMES = ("Action", "Comedy", "Drama", "Horror", "War")


class TestGenreContent(RecommenderContract):
    band = (0.17, 0.24)

    def make(self) -> GenreContent:
        return GenreContent()


class TestGenreContentAsInTheDocument(RecommenderContract):
    band = (0.02, 0.08)

    def make(self) -> GenreContent:
        return GenreContent(DOCUMENT)

    def baseline(self, train: Interactions) -> Scores:
        """An order by chance: genres alone do not reach popularity."""
        return np.random.default_rng(0).random(train.n_items, dtype=np.float32)


def films() -> Interactions:
    n = len(GENRES)
    catalogue = replace(Catalogue.blank(n), genres=GENRES)
    items = Vocabulary.of(np.arange(n))
    return Interactions.of([1, 2, 2], [3, 3, 0], [5, 4, 3], items=items, catalogue=catalogue)


@given(st.lists(st.sets(st.sampled_from(NAMES)).map(tuple), min_size=1, max_size=12))
def test_vectors_are_those_of_scikit_learn(genres: list[tuple[str, ...]]) -> None:
    if any(genres):
        expected = TfidfVectorizer(analyzer=list).fit_transform(genres).toarray()
        np.testing.assert_allclose(tfidf(genres), expected, atol=1e-6)
    else:
        assert tfidf(genres).shape == (len(genres), 0)


def test_films_of_the_same_genres_are_one_another_s_nearest() -> None:
    near = GenreContent(DOCUMENT).fit(films(), seed=0).similar(0)
    assert near[0] == pytest.approx(1.0)
    assert near[4] == pytest.approx(1.0)
    assert 0 < near[1] < 1
    assert near[2] == near[3] == 0
    assert np.isnan(near[5])


def test_one_film_as_the_history_is_a_query_by_its_genres() -> None:
    model = GenreContent(DOCUMENT).fit(films(), seed=0)
    for stars in (0.5, 5.0, np.nan):
        np.testing.assert_allclose(
            model.score(History.of(films().items, [0], [stars])), model.similar(0), atol=1e-6
        )


def test_of_films_with_equal_genres_the_one_that_more_watched_comes_first() -> None:
    score = GenreContent().fit(films(), seed=0).score(History.of(films().items, [2], [5.0]))
    assert score[3] > score[2] > score[1]
    assert np.isfinite(score).all()


def test_a_disliked_genre_sinks() -> None:
    mine = History.of(films().items, [1, 2], [0.5, 5.0])
    bare = GenreContent(replace(GenreContentConfig(), popularity_weight=0.0)).fit(films(), seed=0)
    assert bare.score(mine)[1] < 0 < bare.score(mine)[3]


def test_contributions_sum_to_what_the_history_adds() -> None:
    data = samples.made_up_stars()
    model = GenreContent().fit(data, seed=0)
    mine = data.history(2)
    added = model.score(mine)[9] - model.score(History.empty())[9]
    assert model.contributions(mine, 9).sum() == pytest.approx(added, abs=1e-5)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="Popularity weighs"):
        GenreContentConfig(popularity_weight=-1)
