"""Similar films and similar people."""

import numpy as np
import pytest

from catalog.models import Movie, Rating
from recommender.models import Preferences
from recommender.similar import Likeness, fused, nearness, similar_people, similar_to
from recommender.visitors import Visitor
from tests.factories import ImportedUserFactory, MovieFactory, UserFactory

STRANGER = Visitor.of_session({})
# What anouk gives the first ten films: she loves the odd ones.
ANOUK = {film: 9 if film % 2 else 3 for film in range(1, 11)}
OPPOSITE = {film: 12 - half_stars for film, half_stars in ANOUK.items()}


# Films


@pytest.mark.usefixtures("live_version")
def test_similar_films_share_the_genre_and_leave_the_film_itself_out(films):
    picks = similar_to(films[5], STRANGER, limit=10).picks
    assert sum(pick.movie.pk % 2 for pick in picks) >= 8
    assert films[5] not in [pick.movie for pick in picks]


@pytest.mark.usefixtures("live_version")
def test_the_row_says_what_it_goes_by(films):
    Movie.objects.filter(pk=5).update(ratings_count=40, half_stars_sum=300)
    why = similar_to(Movie.objects.get(pk=5), STRANGER).why
    assert why == "Alike in story and people, in how they are rated and in who watches both"


@pytest.mark.usefixtures("live_version")
def test_a_film_that_nobody_rated_goes_by_its_story_alone(films):
    assert films[5].ratings_count == 0
    assert similar_to(films[5], STRANGER).why == "Alike in story and people"


@pytest.mark.usefixtures("live_version")
def test_a_film_newer_than_the_models_has_no_similar_films():
    assert similar_to(MovieFactory(title="Brand new"), STRANGER).picks == []


def test_without_a_model_there_are_no_similar_films(films):
    assert similar_to(films[5], STRANGER).picks == []


def test_films_on_which_several_agree_come_before_the_first_choice_of_one():
    nothing = np.nan
    story = Likeness("story", np.float32([0.9, 0.5, nothing, nothing]), 1.0)
    taste = Likeness("taste", np.float32([nothing, 0.4, 0.8, nothing]), 1.0)
    scores = fused([story, taste])
    assert np.nanargmax(scores) == 1
    assert scores[0] == scores[2]
    assert np.isnan(scores[3])


def test_nearness_falls_with_the_square_of_the_distance_and_is_unknown_without_factors():
    factors = np.float32([[1, 0], [1, 1], [3, 0], [0, 0]])
    near = nearness(factors, 0)
    np.testing.assert_allclose(near[:3], [1, np.exp(-1), np.exp(-4)], rtol=1e-6)
    assert np.isnan(near[3])
    assert np.isnan(nearness(factors, 3)).all()


# People


@pytest.fixture
def neighbourhood(films):
    """Anouk, who agreed to be found, and a way to add others."""

    def settle(name, ratings, *, findable=True, factory=UserFactory, **fields):
        person = factory(username=name, **fields)
        Rating.objects.bulk_create(
            Rating(user=person, movie=films[film], half_stars=half_stars)
            for film, half_stars in ratings.items()
        )
        Preferences.objects.create(user=person, is_findable=findable)
        return person

    # So that what a film is usually given is no matter of anouk alone.
    Movie.objects.update(ratings_count=20, half_stars_sum=120)
    return settle


def found_by(person):
    return similar_people(person, Visitor.of_member(person))


def names(neighbours):
    return [neighbour.person.username for neighbour in neighbours]


def test_people_who_rate_alike_find_each_other(neighbourhood):
    anouk, jt = neighbourhood("anouk", ANOUK), neighbourhood("jt", ANOUK)
    assert names(found_by(anouk)) == ["jt"]
    assert names(found_by(jt)) == ["anouk"]


def test_people_who_rate_the_other_way_round_do_not(neighbourhood):
    anouk, _ = neighbourhood("anouk", ANOUK), neighbourhood("jt", OPPOSITE)
    assert found_by(anouk) == []


def test_whoever_did_not_agree_is_never_found(neighbourhood):
    anouk = neighbourhood("anouk", ANOUK)
    neighbourhood("shy", ANOUK, findable=False)
    neighbourhood("gone", ANOUK, is_active=False)
    neighbourhood("lent", ANOUK, factory=ImportedUserFactory)
    Preferences.objects.filter(user=neighbourhood("never-asked", ANOUK)).delete()
    assert found_by(anouk) == []


def test_whoever_is_not_to_be_found_finds_nobody(neighbourhood):
    shy = neighbourhood("shy", ANOUK, findable=False)
    neighbourhood("jt", ANOUK)
    assert found_by(shy) == []


def test_two_films_in_common_are_too_few(neighbourhood):
    anouk = neighbourhood("anouk", ANOUK)
    neighbourhood("jt", {film: ANOUK[film] for film in (1, 2)})
    assert found_by(anouk) == []


def test_who_shares_more_films_stands_first_of_those_who_agree_on_all(neighbourhood):
    anouk = neighbourhood("anouk", ANOUK)
    neighbourhood("few", {film: ANOUK[film] for film in range(1, 5)})
    neighbourhood("many", ANOUK)
    assert names(found_by(anouk)) == ["many", "few"]


def test_it_is_told_on_how_many_films_they_agree_and_which_both_love(neighbourhood):
    anouk = neighbourhood("anouk", ANOUK)
    neighbourhood("jt", ANOUK | {1: 10, 2: 10})
    (jt,) = found_by(anouk)
    assert (jt.alike.agreed, jt.alike.common) == (9, 10)
    assert [movie.pk for movie in jt.loved] == [1, 3, 5]


def test_finding_people_costs_the_same_queries_for_two_as_for_twenty(
    neighbourhood, django_assert_max_num_queries
):
    anouk = neighbourhood("anouk", ANOUK)
    visitor = Visitor.of_member(anouk)
    counts = []
    for several in (range(2), range(2, 20)):
        for number in several:
            neighbourhood(f"neighbour{number}", ANOUK)
        with django_assert_max_num_queries(6) as queries:
            assert len(similar_people(anouk, visitor)) == min(several.stop, 12)
        counts.append(len(queries))
    assert counts[0] == counts[1]
