"""What goes with a film or an account that staff delete, and who may do that."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Movie, Rating, ReviewReport
from tests.factories import RatingFactory, ReviewFactory, UserFactory
from tests.panel import address, site_owner, staff_with

pytestmark = pytest.mark.django_db
FILMS_ALONE = ["view_movie", "delete_movie"]


@pytest.mark.parametrize("page", ["one", "many"])
def test_who_may_not_delete_ratings_cannot_delete_them_with_their_film(client, movie, page):
    report = ReviewReport.objects.create(
        review=ReviewFactory(movie=movie), reporter=UserFactory(), reason="spam"
    )
    RatingFactory(movie=movie)
    client.force_login(staff_with(*FILMS_ALONE))
    path, chosen = address(Movie, "delete", movie.pk), {}
    if page == "many":
        path, chosen = address(Movie, "changelist"), {"action": "delete_selected"}
        chosen["_selected_action"] = [movie.pk]
    asked = client.post(path, chosen) if chosen else client.get(path)
    assert set(asked.context["perms_lacking"]) == {"rating", "review", "review report"}
    assert client.post(path, chosen | {"post": "yes"}).status_code == 403
    assert (Rating.objects.count(), ReviewReport.objects.get()) == (1, report)


def test_rights_for_what_a_film_has_none_of_are_not_asked_for(client, movie):
    RatingFactory(movie=movie)
    client.force_login(staff_with(*FILMS_ALONE, "delete_rating"))
    client.post(address(Movie, "delete", movie.pk), {"post": "yes"})
    assert not Movie.objects.exists()


def test_the_question_before_a_deletion_costs_the_same_for_one_rating_and_for_many(client, movie):
    client.force_login(staff_with(*FILMS_ALONE))

    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(address(Movie, "delete", movie.pk))
        return len(asked)

    RatingFactory(movie=movie), ReviewFactory(movie=movie)
    questions()
    few = questions()
    RatingFactory.create_batch(10, movie=movie), ReviewFactory.create_batch(10, movie=movie)
    assert questions() == few


def test_staff_delete_an_account_only_with_the_right_to_delete_what_goes_with_it(client, member):
    review = ReviewFactory(user=member)
    ReviewReport.objects.create(review=review, reporter=UserFactory(), reason="spam")
    client.force_login(staff_with("view_user", "delete_user"))
    asked = client.get(address(User, "delete", member.pk))
    assert set(asked.context["perms_lacking"]) == {"review", "review report"}
    assert client.post(address(User, "delete", member.pk), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=member.pk).exists()


def test_reports_that_somebody_decided_are_not_counted_as_going_with_them(client, member):
    reports = [ReviewReport(review=ReviewFactory(), reporter=UserFactory(), reason="spam") for _ in range(2)]
    for report in reports:
        report.decided_by = member
    reports.append(ReviewReport(review=ReviewFactory(), reporter=member, reason="spam"))
    ReviewReport.objects.bulk_create(reports)
    client.force_login(site_owner())
    page = client.get(address(User, "delete", member.pk))
    assert dict(page.context["model_count"]) == {"users": 1, "review reports": 1}
    client.post(address(User, "delete", member.pk), {"post": "yes"})
    assert ReviewReport.objects.count() == 2
