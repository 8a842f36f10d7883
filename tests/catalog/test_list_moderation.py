"""Lists are reported like reviews, and staff decides about both in one queue."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.services import change_settings
from catalog import services
from catalog.models import FilmList, ReviewReport
from catalog.services.moderation import REPORTS_AN_HOUR
from tests.factories import MovieFactory, ReviewFactory, UserFactory
from tests.panel import site_owner, staff_with

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:catalog_reviewreport_queue")


@pytest.fixture
def anouk(client):
    member = UserFactory(username="anouk")
    client.force_login(member)
    return member


@pytest.fixture
def owner(db):
    return site_owner()


@pytest.fixture
def shoes(db):
    """A list by paul that holds a film."""
    made = services.create_list(user=UserFactory(username="paul"), title="Shoes", description="Buy them.")
    services.add_to_list(film_list=made, movie=MovieFactory())
    return made


@pytest.fixture
def reported(shoes):
    services.report(reporter=UserFactory(), reported=shoes, reason="spam", note="A shop.")
    return shoes


@pytest.fixture
def taken_down(reported, owner):
    services.take_down(reported=reported, by=owner, note="No shops here.")
    reported.refresh_from_db()
    return reported


def report(client, film_list, **fields):
    address = reverse("catalog:list-report", args=[film_list.pk])
    return client.post(address, {"reason": "spam", "note": "", **fields}, follow=True)


def decide(client, film_list, decision, note=""):
    address = reverse("admin:catalog_reviewreport_decide_list", args=[film_list.pk])
    return client.post(address, {"decision": decision, "note": note}, follow=True)


def statuses(client, film_list):
    """Of the list's page for a stranger, another member, staff and its owner."""
    found = []
    for viewer in (None, UserFactory(), UserFactory(is_staff=True), film_list.user):
        client.logout()
        if viewer:
            client.force_login(viewer)
        found.append(client.get(film_list.get_absolute_url()).status_code)
    return found


def test_the_page_of_a_list_leads_to_a_report_that_is_thanked_for(client, anouk, shoes):
    address = reverse("catalog:list-report", args=[shoes.pk])
    assert f'href="{address}"' in client.get(shoes.get_absolute_url()).text
    assert "Report a list" in client.get(address).text
    assert "Thank you" in report(client, shoes, reason="hate", note="The title.").text
    kept = ReviewReport.objects.get()
    assert (kept.reported, kept.reporter, kept.reason, kept.note) == (shoes, anouk, "hate", "The title.")
    report(client, shoes)
    assert ReviewReport.objects.get().reason == "hate"


def test_a_report_without_a_reason_comes_back(client, anouk, shoes):
    answer = report(client, shoes, reason="")
    assert answer.status_code == 422
    assert "Choose what is wrong with it." in answer.text
    assert not ReviewReport.objects.exists()


def test_nobody_reports_a_list_of_their_own_or_one_that_they_cannot_see(client, anouk, shoes):
    own = services.create_list(user=anouk, title="Mine")
    change_settings(user=shoes.user, profile_visibility="private")
    assert report(client, own).redirect_chain == [(own.get_absolute_url(), 302)]
    assert report(client, shoes).status_code == 404
    assert not ReviewReport.objects.exists()
    assert reverse("catalog:list-report", args=[own.pk]) not in client.get(own.get_absolute_url()).text
    with pytest.raises(services.OwnReview):
        services.report(reporter=anouk, reported=own, reason="spam")


def test_a_stranger_is_asked_to_log_in_before_reporting(client, shoes):
    answer = client.post(reverse("catalog:list-report", args=[shoes.pk]), {"reason": "spam"})
    assert answer["Location"].startswith("/accounts/login/")
    assert not ReviewReport.objects.exists()


def test_reports_of_reviews_and_lists_count_together(client, anouk, shoes):
    for review in ReviewFactory.create_batch(REPORTS_AN_HOUR):
        services.report(reporter=anouk, reported=review, reason="spam")
    assert "within an hour" in report(client, shoes).text
    assert not shoes.reports.exists()


@pytest.mark.parametrize("has_both", [True, False])
def test_a_report_is_about_one_thing(anouk, shoes, has_both):
    about = {"review": ReviewFactory(), "film_list": shoes} if has_both else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewReport.objects.create(reporter=anouk, reason="spam", **about)


def test_taken_down_a_list_is_hidden_from_others_and_its_owner_learns_why(client, reported, owner):
    client.force_login(owner)
    page = client.get(QUEUE).text
    assert "A shop." in page
    assert "Buy them." in page
    told = decide(client, reported, "upheld", "No shops here.").text
    assert "Shoes is taken down." in told
    assert "Taken down. No shops here." in told
    assert statuses(client, reported) == [404, 404, 404, 200]
    page = client.get(reported.get_absolute_url()).text
    assert "Your list was taken down" in page
    assert "advertising or spam: No shops here." in page
    film = reported.entries.get().movie
    client.logout()
    for path in (reverse("catalog:lists"), reverse("catalog:lists-with", args=[film.pk]), "/sitemap.xml"):
        assert "Shoes" not in client.get(path).text
    assert "Shoes" not in client.get(film.get_absolute_url()).text


def test_dismissed_a_list_stays(client, reported, owner):
    client.force_login(owner)
    assert "Nothing is reported." in decide(client, reported, "dismissed").text
    assert statuses(client, reported) == [200] * 4
    assert ReviewReport.objects.get().state == "dismissed"


def test_staff_put_a_list_up_again(client, taken_down, owner):
    client.force_login(owner)
    chosen = {"action": "put_up_again", "_selected_action": [ReviewReport.objects.get().pk]}
    page = client.post(reverse("admin:catalog_reviewreport_changelist"), chosen, follow=True).text
    assert "Put up again: 1." in page
    assert not FilmList.objects.get().is_taken_down


def test_a_change_by_its_owner_neither_puts_a_list_up_nor_does_undoing_one(client, reported, owner):
    client.force_login(reported.user)
    client.post(reverse("catalog:list-edit", args=[reported.pk]), {"title": "Boots", "visibility": "public"})
    services.take_down(reported=reported, by=owner)
    client.post(reverse("catalog:list-edit", args=[reported.pk]), {"title": "Bags", "visibility": "public"})
    for token in reversed(client.session["undo"]):
        client.post(reverse("catalog:undo", args=[token]))
    assert FilmList.objects.get().is_taken_down


def test_a_reported_list_that_is_deleted_is_gone_and_leaves_a_trace(client, reported):
    client.force_login(reported.user)
    page = client.post(reverse("catalog:list-delete", args=[reported.pk]), follow=True).text
    assert ">Undo</button>" not in page
    assert not FilmList.objects.exists()
    assert LogEntry.objects.get().change_message == "Removed by its writer, with 1 report."


def test_only_staff_with_the_right_decides_about_a_list(client, reported):
    client.force_login(staff_with("view_reviewreport"))
    assert "Take down" not in client.get(QUEUE).text
    assert decide(client, reported, "upheld").status_code == 403
    assert not FilmList.objects.get().is_taken_down
