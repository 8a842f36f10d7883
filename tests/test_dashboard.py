"""The panel's front page: how the site stands, at a glance and as figures."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Plot, PosterPicture, Rating
from moviesite.charts import DAYS, HEIGHT, WIDTH, Share, bars, per_day
from recommender.models import ModelVersion
from tests.factories import ImportedUserFactory, MovieFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def chart(page, key):
    return next(chart for chart in page.context["charts"] if chart.key == key)


def share(page, label):
    return next(share for share in page.context["shares"] if share.label == label)


def number(page, label):
    return next(count["number"] for count in page.context["counts"] if count["label"] == label)


def test_ratings_given_here_stand_on_their_days(panel):
    for days in (0, 0, 3, DAYS + 1):
        RatingFactory(rated_at=days_ago(days))
    RatingFactory(user=ImportedUserFactory(), source="import")
    drawn = chart(panel.get("/admin/"), "ratings")
    assert [bar.value for bar in drawn.bars[-4:]] == [1, 0, 0, 2]
    assert drawn.summary == "3 in the last 30 days, 2 of them today."


def test_a_day_ends_at_midnight_where_the_site_is(settings):
    settings.TIME_ZONE = "UTC"
    RatingFactory(rated_at=timezone.make_aware(timezone.datetime(2024, 5, 1, 23, 59)))
    RatingFactory(rated_at=timezone.make_aware(timezone.datetime(2024, 5, 2, 0, 0)))
    counted = per_day(Rating.objects.all(), "rated_at", today=date(2024, 5, 2))
    assert counted[-2:] == [("1 May", 1), ("2 May", 1)]


def test_sign_ups_are_members_and_not_imported_people(panel):
    UserFactory(date_joined=days_ago(1)), ImportedUserFactory(date_joined=days_ago(1))
    page = panel.get("/admin/")
    assert chart(page, "members").bars[-2].value == 1
    assert number(page, "Members") == 2


def test_what_films_lack_is_counted_and_led_to(panel):
    whole, _ = MovieFactory(language="en"), MovieFactory()
    Plot.objects.create(movie=whole, text="A plot.", source="tmdb")
    PosterPicture.objects.create(movie=whole, source_url="https://image.example/p.jpg", state="kept")
    page = panel.get("/admin/")
    for label in ("With a plot", "With a poster kept here", "With a language"):
        assert (share(page, label).part, share(page, label).missing) == (1, 1), label
    [bare] = panel.get(share(page, "With a plot").link).context["cl"].result_list
    assert bare != whole


def test_each_chart_has_a_table_behind_it(panel):
    RatingFactory()
    page = panel.get("/admin/").content.decode()
    assert page.count('<svg class="panel-chart"') == page.count('<details class="panel-details"') == 3
    assert page.count('<th scope="row">') >= 3 * DAYS


def test_model_versions_are_listed_with_their_error(panel):
    ModelVersion.objects.create(
        name="v1", verdict="passed", ratings_count=9, is_live=True, metrics={"hybrid": {"rmse": 0.8123}}
    )
    ModelVersion.objects.create(name="v0", verdict="refused", ratings_count=9, metrics={})
    page = panel.get("/admin/")
    assert {row["version"].name: row["rmse"] for row in page.context["versions"]} == {
        "v1": 0.8123,
        "v0": None,
    }
    assert "0.8123" in page.content.decode()


def test_the_page_asks_as_many_questions_of_a_large_site_as_of_an_empty_one(panel):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert panel.get("/admin/").status_code == 200
        return len(asked)

    questions()
    empty = questions()
    RatingFactory.create_batch(30)
    for film in MovieFactory.create_batch(20):
        Plot.objects.create(movie=film, text="A plot.", source="tmdb")
    assert questions() == empty


def test_staff_without_rights_see_no_history_in_the_menu(client):
    helper = UserFactory(is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="view_movie"))
    client.force_login(helper)
    page = client.get("/admin/").content.decode()
    assert "/admin/catalog/movie/" in page
    assert "/admin/admin/logentry/" not in page


def test_bars_fill_the_picture_and_never_leave_it():
    drawn = bars([("a", 0), ("b", 5), ("c", 10)])
    assert [bar.height for bar in drawn] == [0, HEIGHT / 2, HEIGHT]
    assert all(bar.y + bar.height == HEIGHT for bar in drawn)
    assert drawn[-1].x + drawn[-1].width < WIDTH


def test_nothing_to_draw_is_no_division_by_zero():
    assert [bar.height for bar in bars([("a", 0)])] == [0]
    assert bars([]) == []
    assert Share("Plots", 0, 0).percent == 0
