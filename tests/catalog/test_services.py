"""What people do with films, and that a film's counts follow."""

from datetime import date

import pytest

from catalog import services
from catalog.models import Rating, Review, Watch
from tests.factories import MovieFactory, RatingFactory, UserFactory


@pytest.mark.parametrize("stars", [0.5, 1, "3.5", 5])
def test_every_half_star_from_a_half_to_five_can_be_given(member, movie, stars):
    assert services.rate(user=member, movie=movie, stars=stars).stars == float(stars)


@pytest.mark.parametrize("stars", [0, 0.25, 5.5, -1, "3.7"])
def test_stars_in_between_or_beyond_are_refused(member, movie, stars):
    with pytest.raises(ValueError, match="not a rating"):
        services.rate(user=member, movie=movie, stars=stars)
    assert not Rating.objects.exists()


def test_a_second_rating_replaces_the_first(member, movie):
    services.rate(user=member, movie=movie, stars=2)
    services.rate(user=member, movie=movie, stars=4.5)
    assert Rating.objects.get().stars == 4.5


def test_the_average_of_a_film_follows_its_ratings(member, movie):
    services.rate(user=member, movie=movie, stars=5)
    services.rate(user=UserFactory(), movie=movie, stars=2)
    movie.refresh_from_db()
    assert (movie.ratings_count, movie.average_stars) == (2, 3.5)


def test_a_rating_taken_back_leaves_the_average(member, movie):
    services.rate(user=member, movie=movie, stars=5)
    assert services.remove_rating(user=member, movie=movie)
    movie.refresh_from_db()
    assert (movie.ratings_count, movie.average_stars) == (0, None)


def test_taking_back_a_rating_that_was_never_given_is_no_error(member, movie):
    assert not services.remove_rating(user=member, movie=movie)


def test_counting_anew_touches_only_the_films_asked_for(movie):
    other = RatingFactory(movie=MovieFactory()).movie
    RatingFactory(movie=movie)
    services.refresh_counts(movie_ids=[movie.pk])
    movie.refresh_from_db()
    other.refresh_from_db()
    assert (movie.ratings_count, other.ratings_count) == (1, 0)


def test_the_same_film_on_the_same_day_stays_one_entry(member, movie):
    for rewatch in (False, True):
        services.log_watch(user=member, movie=movie, watched_on=date(2024, 3, 9), rewatch=rewatch)
    assert Watch.objects.get().rewatch


def test_seen_without_a_day_is_known_once(member, movie):
    for _ in range(2):
        services.log_watch(user=member, movie=movie, watched_on=None)
    assert Watch.objects.count() == 1


def test_a_person_has_one_review_of_a_film_and_may_rewrite_it(member, movie):
    services.write_review(user=member, movie=movie, text="Fine.")
    services.write_review(user=member, movie=movie, text="  Better than fine.  ", has_spoilers=True)
    review = Review.objects.get()
    assert (review.text, review.has_spoilers) == ("Better than fine.", True)
