from dataclasses import replace

import numpy as np
import pytest

from recommender.ml.content import DOCUMENT, Content, ContentConfig
from recommender.ml.interactions import Catalogue, History, Interactions, Vocabulary
from tests.recommender.ml.contract import RecommenderContract, Scores

FILMS = (
    # title, text, genres, people
    ("Alien", "The crew of a spaceship meets a deadly creature.", ("Horror", "Sci-Fi"), ("Ridley Scott",)),
    ("Aliens", "Marines fight deadly creatures far from home.", ("Action", "Sci-Fi"), ("James Cameron",)),
    ("Blade Runner", "A policeman hunts replicants in the rain.", ("Drama", "Sci-Fi"), ("Ridley Scott",)),
    ("Duel of Swans", "A dancer prepares for the night of her life.", ("Drama", "Musical"), ("Jane Swan",)),
    ("Swan Song", "A dancer says farewell to the stage.", ("Drama", "Musical"), ("Jane Swan",)),
    ("Only a Title", "", (), ()),
    ("Genres Alone", "", ("Horror", "Sci-Fi"), ()),
    ("Nothing", "", (), ()),
)
ALIEN, ALIENS, BLADE_RUNNER, DUEL, SWAN_SONG, _, GENRES_ALONE, NOTHING = range(len(FILMS))


def films() -> Interactions:
    titles, texts, genres, people = zip(*FILMS, strict=True)
    catalogue = Catalogue(titles, texts, genres, people, np.zeros(len(FILMS), np.int16))
    return Interactions.of([1], [0], [4.0], items=Vocabulary.of(np.arange(len(FILMS))), catalogue=catalogue)


def history(ratings: dict[int, float]) -> History:
    return History.of(films().items, list(ratings), list(ratings.values()))


@pytest.fixture(scope="module")
def content() -> Content:
    return Content().fit(films(), seed=0)


class TestContent(RecommenderContract):
    band = (0.12, 0.17)

    def make(self) -> Content:
        return Content()

    def baseline(self, train: Interactions) -> Scores:
        """The order of the rows: titles and genres alone do not reach popularity, nor need they."""
        return -np.arange(train.n_items, dtype=np.float32)


class TestContentAsInTheDocument(RecommenderContract):
    band = (0.05, 0.13)

    def make(self) -> Content:
        return Content(DOCUMENT)

    def baseline(self, train: Interactions) -> Scores:
        """An order by chance: the words of titles do not reach popularity, nor need they."""
        return np.random.default_rng(0).random(train.n_items, dtype=np.float32)


def test_films_of_the_same_director_are_nearer(content: Content) -> None:
    near = content.similar(ALIEN)
    assert near[BLADE_RUNNER] > near[DUEL]
    assert content.similar(DUEL)[SWAN_SONG] > content.similar(DUEL)[BLADE_RUNNER]


def test_a_film_is_nearest_to_itself_at_one(content: Content) -> None:
    near = content.similar(ALIEN)
    assert near[ALIEN] == pytest.approx(1.0)
    assert np.nanargmax(near) == ALIEN


def test_says_what_two_films_have_in_common(content: Content) -> None:
    shared = content.shared_terms(ALIEN, BLADE_RUNNER)
    assert ("people", "Ridley Scott") in [(term.block, term.name) for term in shared]
    assert ("genres", "Sci-Fi") in [(term.block, term.name) for term in shared]
    assert sum(term.share for term in shared) == pytest.approx(content.similar(ALIEN)[BLADE_RUNNER], abs=1e-5)
    assert len(content.shared_terms(ALIEN, BLADE_RUNNER, k=1)) == 1
    assert content.shared_terms(ALIEN, DUEL) == []


def test_a_film_known_by_its_genres_alone_is_found_by_them(content: Content) -> None:
    near = content.similar(GENRES_ALONE)
    assert np.nanargmax(np.where(np.arange(len(near)) == GENRES_ALONE, np.nan, near)) == ALIEN


def test_cannot_say_anything_of_a_film_of_which_nothing_is_known(content: Content) -> None:
    assert np.isnan(content.score(history({ALIEN: 5.0}))[NOTHING])


def test_a_disliked_genre_sinks(content: Content) -> None:
    score = content.score(history({ALIEN: 5.0, DUEL: 1.0}))
    assert score[SWAN_SONG] < 0 < score[BLADE_RUNNER]


def test_a_history_of_five_stars_alone_likes_what_is_near(content: Content) -> None:
    score = content.score(history({ALIEN: 5.0, ALIENS: 5.0}))
    assert score[BLADE_RUNNER] > max(score[DUEL], score[SWAN_SONG])


def test_a_film_watched_without_a_rating_counts_a_little_in_favour(content: Content) -> None:
    watched, loved = (content.score(history({ALIEN: rating}))[BLADE_RUNNER] for rating in (np.nan, 5.0))
    assert watched > 0
    assert content.weights(history({ALIEN: np.nan, DUEL: 5.0}))[0] > 0
    assert loved > 0


def test_contributions_sum_to_the_score(content: Content) -> None:
    mine = history({ALIEN: 5.0, DUEL: 1.0, ALIENS: np.nan})
    share = content.contributions(mine, BLADE_RUNNER)
    assert share.sum() == pytest.approx(content.score(mine)[BLADE_RUNNER], abs=1e-6)
    assert share[mine.item == ALIEN] > 0


def test_removing_the_named_film_lowers_the_score_by_its_contribution(content: Content) -> None:
    mine = history({ALIEN: np.nan, ALIENS: np.nan, DUEL: np.nan})
    share = content.contributions(mine, BLADE_RUNNER)
    lost = content.score(mine)[BLADE_RUNNER] - content.score(mine.without(ALIEN))[BLADE_RUNNER]
    assert share.argmax() == list(mine.item).index(ALIEN)
    assert lost == pytest.approx(share.max(), abs=1e-6)


def test_a_vocabulary_stays_within_its_bounds() -> None:
    small = Content(ContentConfig(max_words=3, max_people=1)).fit(films(), seed=0)
    words, genres, people, _decades = np.diff(small.starts_)
    assert words <= 3
    assert genres == 5
    assert people == 1


def test_names_are_stored_without_objects(content: Content) -> None:
    assert not any(array.dtype.hasobject for array in content.state().values())


def rated_films() -> Interactions:
    """Votes: Aliens 2 of 4.5, Blade Runner 1 of 3, Duel of Swans 3 of 5, Swan Song 2 of 2; m is 2."""
    votes = {ALIENS: [4, 5], BLADE_RUNNER: [3], DUEL: [5, 5, 5], SWAN_SONG: [2, 2]}
    pairs = [(user, film, stars) for film, given in votes.items() for user, stars in enumerate(given)]
    users, rated, stars = zip(*pairs, strict=True)
    whole = films()
    return Interactions.of(users, rated, stars, items=whole.items, catalogue=whole.catalogue)


def test_the_document_puts_the_nearest_of_a_film_in_the_order_of_their_weighted_rating() -> None:
    everything = Content(DOCUMENT).fit(rated_films(), seed=0)
    nearest_two = Content(replace(DOCUMENT, n_reranked=2)).fit(rated_films(), seed=0)
    query = history({DUEL: 5.0})
    assert everything.similar(DUEL)[SWAN_SONG] > 0
    assert everything.similar(DUEL)[ALIENS] == 0
    assert nearest_two.score(query)[SWAN_SONG] > 1
    assert nearest_two.score(query)[ALIENS] == 0


def test_of_two_near_films_the_one_that_is_rated_higher_comes_first_if_it_has_the_votes() -> None:
    titles = ["Space One", "Space Two", "Space Three", "Space space", "Farm"]
    catalogue = replace(Catalogue.blank(5), titles=titles)
    votes = [(1, 1, 3), (2, 1, 3), (1, 2, 5), (2, 2, 5), (1, 3, 5), (1, 4, 5), (2, 4, 5)]
    users, rated, stars = zip(*votes, strict=True)
    data = Interactions.of(users, rated, stars, items=Vocabulary.of(np.arange(5)), catalogue=catalogue)
    score = Content(DOCUMENT).fit(data, seed=0).score(History.of(data.items, [0], [1.0]))
    C, m = 31 / 7, 2
    assert score[2] - score[1] == pytest.approx((2 * 5 + m * C) / 4 - (2 * 3 + m * C) / 4, abs=1e-5)
    assert score[1] > score[3] > score[4]  # one vote is below m, and a farm is nowhere near


def test_the_tuned_form_puts_well_known_films_of_the_kind_in_front() -> None:
    ranked = Content(ContentConfig(votes_percentile=60.0)).fit(rated_films(), seed=0)
    plain = Content(ContentConfig(n_reranked=0)).fit(rated_films(), seed=0)
    mine = history({ALIEN: 5.0})
    assert plain.score(mine)[BLADE_RUNNER] > plain.score(mine)[ALIENS]
    assert ranked.score(mine)[ALIENS] > ranked.score(mine)[BLADE_RUNNER]
    np.testing.assert_array_equal(ranked.similar(ALIEN), plain.similar(ALIEN))


def test_without_any_rating_films_go_by_their_likeness() -> None:
    whole = films()
    watched = Interactions.of([1], [0], [np.nan], items=whole.items, catalogue=whole.catalogue)
    score = Content().fit(watched, seed=0).score(history({DUEL: 5.0}))
    assert np.nanargmax(np.where(np.arange(len(score)) == DUEL, np.nan, score)) == SWAN_SONG


def test_refuses_weights_below_nought() -> None:
    with pytest.raises(ValueError, match="weights"):
        ContentConfig(words_weight=-1)
    with pytest.raises(ValueError, match="own_mean_share"):
        ContentConfig(own_mean_share=2)
    with pytest.raises(ValueError, match="ranked again"):
        ContentConfig(n_reranked=-1)


def test_the_decade_breaks_a_tie_and_never_outweighs_a_genre() -> None:
    catalogue = Catalogue(
        titles=["One", "Two", "Three", "Four"],
        texts=[""] * 4,
        genres=[("Drama",), ("Drama",), ("Drama",), ("Western",)],
        people=[()] * 4,
        years=np.array([1950, 1954, 1994, 1950], np.int16),
    )
    data = Interactions.of([1], [0], [4.0], items=Vocabulary.of(np.arange(4)), catalogue=catalogue)
    near = Content().fit(data, seed=0).similar(0)
    assert near[1] > near[2] > near[3]
