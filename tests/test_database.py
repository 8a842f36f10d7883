import os

import pytest
from django.db import IntegrityError, connection

from catalog.models import Movie, Rating
from tests.factories import MovieFactory, RatingFactory, UserFactory


@pytest.mark.django_db
def test_the_tests_run_on_the_database_they_were_started_for():
    assert connection.vendor == os.environ.get("EXPECTED_VENDOR", "sqlite")


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_rating_by_the_same_person():
    rating = RatingFactory()
    with pytest.raises(IntegrityError, match=r"one_rating_per_user_and_movie|UNIQUE constraint"):
        RatingFactory(user=rating.user, movie=rating.movie)


@pytest.mark.django_db
def test_the_database_itself_refuses_eleven_half_stars():
    with pytest.raises(IntegrityError, match="rating_within_half_stars"):
        RatingFactory(half_stars=11)


@pytest.mark.django_db
def test_an_imported_person_can_never_be_active():
    with pytest.raises(IntegrityError, match="imported_people_cannot_log_in"):
        UserFactory(source="import", source_key="test:1", is_active=True)


@pytest.mark.django_db
def test_the_weighted_rating_chart_puts_many_good_ratings_before_one_perfect_one():
    perfect, loved, disliked = MovieFactory(title="Once"), MovieFactory(title="Heat"), MovieFactory()
    Movie.objects.filter(pk=perfect.pk).update(ratings_count=1, half_stars_sum=10)
    Movie.objects.filter(pk=loved.pk).update(ratings_count=50, half_stars_sum=450)
    Movie.objects.filter(pk=disliked.pk).update(ratings_count=50, half_stars_sum=150)

    assert list(Movie.objects.by_weighted_rating()) == [loved, perfect, disliked]
    assert Rating.objects.count() == 0
