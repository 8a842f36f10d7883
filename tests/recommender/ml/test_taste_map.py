from dataclasses import replace

import numpy as np
import pytest

from recommender.ml import taste_map
from recommender.ml.interactions import Catalogue, Interactions, Vocabulary
from recommender.ml.svdpp import TUNED, SVDPlusPlus
from recommender.ml.taste_map import TasteMap, draw, log_odds, n_clusters, named

GENRES = ("Western", "Musical", "Horror")
STARS = ("John Wayne", "Judy Garland", "Boris Karloff")
PLOTS = ("A duel at noon.", "Her song fills the stage.", "Something creeps through the castle.")
N_FILMS = 121  # the last one is rated by nobody


def kind_of(film: int) -> int:
    return film % 3


@pytest.fixture(scope="module")
def data() -> Interactions:
    """People who watch and love films of one of three kinds, and now and then another."""
    rng = np.random.default_rng(3)
    rows = [
        (user, film, 4.5 if kind_of(film) == user % 3 else 2.0)
        for user in range(150)
        for film in range(N_FILMS - 1)
        if rng.random() < (0.5 if kind_of(film) == user % 3 else 0.05)
    ]
    users, films, stars = zip(*rows, strict=True)
    kinds = [kind_of(film) for film in range(N_FILMS)]
    catalogue = Catalogue(
        titles=[f"Film {film}" for film in range(N_FILMS)],
        texts=[PLOTS[kind] for kind in kinds],
        genres=[(GENRES[kind],) for kind in kinds],
        people=[(STARS[kind],) for kind in kinds],
        years=np.array([1930 + 10 * kind for kind in kinds], np.int16),
    )
    return Interactions.of(users, films, stars, items=Vocabulary.of(range(N_FILMS)), catalogue=catalogue)


@pytest.fixture(scope="module")
def model(data: Interactions) -> SVDPlusPlus:
    return SVDPlusPlus(replace(TUNED, n_factors=8)).fit(data, seed=0)


@pytest.fixture(scope="module")
def drawn(model: SVDPlusPlus, data: Interactions) -> TasteMap:
    return draw(model, data, seed=0)


def test_films_of_one_kind_stay_together(drawn: TasteMap) -> None:
    kinds = np.array([kind_of(film) for film in range(N_FILMS - 1)])
    for cluster in range(len(drawn.names)):
        counts = np.bincount(kinds[drawn.cluster[:-1] == cluster])
        assert counts.max() >= 0.9 * counts.sum()


def test_films_of_one_kind_lie_near_each_other(drawn: TasteMap) -> None:
    places = drawn.place[:-1].reshape(-1, 3, 2)
    middles = places.mean(axis=0)
    within = np.linalg.norm(places - middles, axis=2).mean()
    between = np.linalg.norm(middles - np.roll(middles, 1, axis=0), axis=1).mean()
    assert between > 2 * within


def test_names_are_made_of_genre_person_and_plot(drawn: TasteMap) -> None:
    westerns = drawn.names[drawn.cluster[0]]
    assert westerns.startswith("Westerns of the 1930s, John Wayne")
    assert any(word in westerns for word in ("duel", "noon"))


def test_no_name_is_empty_and_none_is_given_twice(drawn: TasteMap) -> None:
    assert all(drawn.names)
    assert len(set(drawn.names)) == len(drawn.names) >= 8


def test_a_film_that_nobody_rated_has_no_place(drawn: TasteMap) -> None:
    assert drawn.cluster[-1] == -1
    assert np.isnan(drawn.place[-1]).all()
    assert N_FILMS - 1 not in drawn.drawn


def test_places_lie_on_the_paper_and_shares_make_a_whole(drawn: TasteMap) -> None:
    assert (drawn.place[:-1] >= 0).all()
    assert (drawn.place[:-1] <= 1).all()
    assert drawn.share.sum() == pytest.approx(1)


def test_the_best_known_films_are_drawn_first_and_every_cluster_has_some(
    drawn: TasteMap, data: Interactions
) -> None:
    counts = np.bincount(data.item)[drawn.drawn]
    assert (np.diff(counts) <= 0).all()
    assert set(drawn.cluster[drawn.drawn]) == set(range(len(drawn.names)))


def test_the_largest_cluster_comes_first(drawn: TasteMap) -> None:
    assert (np.diff(drawn.share) <= 0).all()


def test_the_same_model_gives_the_same_map_and_it_survives_as_arrays(
    model: SVDPlusPlus, data: Interactions, drawn: TasteMap
) -> None:
    again = TasteMap.of(draw(model, data, seed=0).arrays())
    for name, array in drawn.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)
        assert not array.dtype.hasobject


def test_a_site_of_a_handful_of_films_has_a_map_too() -> None:
    few = Interactions.of([1, 1, 2, 2, 3], [1, 2, 1, 2, 3], [5, 1, 4, 2, 3.0])
    drawn = draw(SVDPlusPlus(replace(TUNED, n_factors=2, n_epochs=2)).fit(few, seed=0), few, seed=0)
    assert len(drawn.names) == 1
    assert np.isfinite(drawn.place).all()


def test_a_film_known_for_a_word_in_all_its_plots_names_what_nothing_else_tells() -> None:
    cluster, counts = np.repeat([0, 1], 20), np.arange(40)
    blank = Catalogue.blank(40)
    titled = replace(blank, titles=[f"Film {row}" for row in range(40)])
    assert named(titled, cluster, counts) == ["Films, around Film 19", "Films, around Film 39"]


def test_people_of_the_story_are_no_words_of_it() -> None:
    cluster = np.repeat([0, 1], 20)
    texts = ["Harry has a wand" if one == 0 else "Harry has a home" for one in cluster]
    name, _ = named(replace(Catalogue.blank(40), texts=texts), cluster, np.ones(40, int))
    assert "wand" in name
    assert "arry" not in name


def test_a_format_is_no_genre() -> None:
    cluster = np.repeat([0, 1], 20)
    genres = [("IMAX", "Sci-Fi") if one == 0 else ("Drama",) for one in cluster]
    names = named(replace(Catalogue.blank(40), genres=genres), cluster, np.ones(40, int))
    assert names[0].startswith("Science fiction")
    assert "IMAX" not in names[0]


def in_two_areas(**of_the_first: object) -> Catalogue:
    """Twenty films of an area, of which something is known, and twenty of another."""
    known = {name: [*values, *[()] * 20] for name, values in of_the_first.items() if name != "years"}
    years = np.array([*of_the_first.get("years", [0] * 20), *[0] * 20], np.int16)
    titles = [f"Film {row}" for row in range(40)]
    return replace(Catalogue.blank(40), titles=titles, years=years, **known)


TWO_AREAS = np.repeat([0, 1], 20)
ALIKE_KNOWN = np.ones(40, int)


def test_a_name_claims_a_decade_only_if_its_well_known_films_are_of_it() -> None:
    films = in_two_areas(years=[1972] * 12 + [1994] * 8)
    assert named(films, TWO_AREAS, ALIKE_KNOWN)[0].startswith("Films of the 1970s")
    known_for_others = np.where((np.arange(40) >= 12) & (np.arange(40) < 20), 100, 1)
    assert "1970s" not in named(films, TWO_AREAS, known_for_others)[0]


def test_a_name_claims_a_genre_only_if_a_third_of_what_is_watched_has_it() -> None:
    noir = in_two_areas(genres=[("Film-Noir", "Drama")] * 6 + [("Drama",)] * 14)
    assert named(noir, TWO_AREAS, ALIKE_KNOWN)[0].startswith("Drama,")
    well_known_noir = np.where(np.arange(40) < 6, 10, 1)
    assert "film noir" in named(noir, TWO_AREAS, well_known_noir)[0].lower()


def test_a_genre_as_frequent_as_elsewhere_names_nothing() -> None:
    everywhere = replace(in_two_areas(), genres=[("Drama",)] * 40)
    assert named(everywhere, TWO_AREAS, ALIKE_KNOWN)[0].startswith("Films")


def test_people_are_named_who_made_several_films_of_the_decade_that_is() -> None:
    audrey, colin = ("Audrey Hepburn",), ("Colin Firth",)
    films = in_two_areas(years=[1955] * 5 + [2004] * 15, people=[audrey] * 5 + [colin] * 15)
    assert named(films, TWO_AREAS, ALIKE_KNOWN)[0] == "Films of the 2000s, Colin Firth"
    few = in_two_areas(people=[colin] * 3 + [()] * 17)
    assert "Colin Firth" not in named(few, TWO_AREAS, ALIKE_KNOWN)[0]


def test_log_odds_are_those_of_the_paper() -> None:
    inside, films = np.array([[8.0], [2.0]]), np.array([10, 30])
    prior, against = taste_map.PRIOR_FILMS * 0.25, taste_map.PRIOR_FILMS * 0.75
    difference = np.log((8 + prior) / (2 + against)) - np.log((2 + prior) / (28 + against))
    expected = difference / np.sqrt(1 / (8 + prior) + 1 / (2 + prior))
    z = log_odds(inside, films)
    assert z[0, 0] == pytest.approx(expected)
    assert z[1, 0] == pytest.approx(-expected)


def test_a_term_of_few_films_tells_less_than_one_of_many_with_the_same_share() -> None:
    inside, films = np.array([[2.0, 40.0], [0.0, 0.0]]), np.array([50, 50])
    rare, common = log_odds(inside, films)[0]
    assert 0 < rare < common


@pytest.mark.parametrize(("films", "clusters"), [(1, 1), (3, 1), (20, 5), (2_300, 12), (100_000, 24)])
def test_there_are_more_clusters_of_more_films_within_bounds(films: int, clusters: int) -> None:
    assert n_clusters(films) == clusters
