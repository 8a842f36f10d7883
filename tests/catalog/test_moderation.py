"""Reviews are reported once, with a reason; staff decides, and what was decided can be read."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog import services
from catalog.models import Review, ReviewReport
from catalog.services.moderation import REPORTS_AN_HOUR
from tests.catalog.hostile import HOSTILE
from tests.factories import ReviewFactory, UserFactory
from tests.panel import site_owner

pytestmark = pytest.mark.django_db
QUEUE = "admin:catalog_reviewreport_queue"


@pytest.fixture
def anouk(client):
    member = UserFactory(username="anouk")
    client.force_login(member)
    return member


@pytest.fixture
def owner(db):
    return site_owner()


def report(client, review, **fields):
    address = reverse("catalog:review-report", args=[review.pk])
    return client.post(address, {"reason": "spam", "note": "", **fields}, follow=True)


def reported(*, text="Buy shoes.", **fields):
    review = ReviewFactory(text=text, **fields)
    services.report(reporter=UserFactory(), reported=review, reason="spam", note="Shoes again.")
    return review


def decide(client, review, decision, note=""):
    address = reverse("admin:catalog_reviewreport_decide", args=[review.pk])
    return client.post(address, {"decision": decision, "note": note}, follow=True)


# Reporting


def test_a_report_is_thanked_for_and_kept_with_its_reason(client, anouk):
    review = ReviewFactory()
    page = report(client, review, reason="hate", note="The second paragraph.")
    assert "Thank you" in page.text
    kept = ReviewReport.objects.get()
    assert (kept.reporter, kept.reason, kept.note, kept.state) == (
        anouk, "hate", "The second paragraph.", "open",
    )  # fmt: skip


def test_one_person_reports_a_review_once(client, anouk):
    review = ReviewFactory()
    report(client, review)
    report(client, review, reason="hate")
    assert ReviewReport.objects.get().reason == "spam"
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewReport.objects.create(review=review, reporter=anouk, reason="spam")


def test_nobody_reports_what_they_wrote_themselves(client, anouk):
    review = ReviewFactory(user=anouk)
    assert report(client, review).status_code == 404
    with pytest.raises(services.OwnReview):
        services.report(reporter=anouk, reported=review, reason="spam")


def test_a_stranger_is_asked_to_log_in_first(client):
    review = ReviewFactory()
    answer = client.post(reverse("catalog:review-report", args=[review.pk]), {"reason": "spam"})
    assert answer["Location"].startswith("/accounts/login/")
    assert not ReviewReport.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Choose what is wrong with it."),
        ({"reason": "dull"}, "Choose one of the reasons."),
        ({"reason": "other"}, "Say in a few words what is wrong."),
        ({"note": "a" * 1001}, "Please shorten it"),
    ],
)
def test_a_report_that_says_too_little_or_too_much_comes_back(client, anouk, fields, sentence):
    answer = report(client, ReviewFactory(), **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ReviewReport.objects.exists()


def test_who_reports_too_much_within_an_hour_is_asked_to_wait(client, anouk):
    for review in ReviewFactory.create_batch(REPORTS_AN_HOUR):
        services.report(reporter=anouk, reported=review, reason="spam")
    one_more = ReviewFactory()
    assert "within an hour" in report(client, one_more).text
    assert not one_more.reports.exists()
    ReviewReport.objects.update(reported_at=timezone.now() - timedelta(hours=2))
    assert "Thank you" in report(client, one_more).text


def test_the_writer_does_not_learn_who_reported(client, anouk):
    review = ReviewFactory()
    report(client, review)
    services.take_down(reported=review, by=site_owner())
    client.force_login(review.user)
    assert "anouk" not in client.get(review.get_absolute_url()).text


# Deciding


def test_taken_down_it_is_seen_by_its_writer_and_by_staff_who_learn_why(client, owner):
    review = reported()
    client.force_login(owner)
    decide(client, review, "upheld", "No shops here.")
    film = review.movie.get_absolute_url()
    assert review.text in client.get(film).text
    client.logout()
    assert review.text not in client.get(film).text
    client.force_login(UserFactory())
    assert review.text not in client.get(film).text
    client.force_login(review.user)
    assert "Taken down by the people" in client.get(film).text
    page = client.get(review.get_absolute_url()).text
    assert "Your review was taken down" in page
    assert "advertising or spam: No shops here." in page


def test_a_decision_says_who_made_it_and_when_and_is_in_the_log(client, owner):
    review = reported()
    client.force_login(owner)
    decide(client, review, "upheld", "No shops here.")
    kept = ReviewReport.objects.get()
    assert (kept.state, kept.decided_by, kept.decision_note) == ("upheld", owner, "No shops here.")
    assert timezone.now() - kept.decided_at < timedelta(minutes=1)
    entry = LogEntry.objects.get(user=owner)
    assert (entry.get_edited_object(), entry.change_message) == (review, "Taken down. No shops here.")
    assert "Taken down. No shops here." in client.get(reverse(QUEUE)).text


def test_dismissed_it_stays_and_leaves_the_queue(client, owner):
    review = reported()
    client.force_login(owner)
    assert "Shoes again." in client.get(reverse(QUEUE)).text
    page = decide(client, review, "dismissed", "It is about the film.")
    assert "Nothing is reported." in page.text
    assert not Review.objects.get().is_taken_down
    assert ReviewReport.objects.get().state == "dismissed"


def test_a_decision_holds_for_every_open_report_of_a_review(owner):
    review = reported()
    services.report(reporter=UserFactory(), reported=review, reason="abuse")
    services.take_down(reported=review, by=owner)
    assert set(ReviewReport.objects.values_list("state", flat=True)) == {"upheld"}


def test_the_second_of_two_deciders_is_told(client, owner):
    review = reported()
    services.dismiss_reports(reported=review, by=owner)
    client.force_login(owner)
    assert "Somebody else decided" in decide(client, review, "upheld").text
    assert not Review.objects.get().is_taken_down


@pytest.mark.parametrize("decision", ["", "delete"])
def test_nothing_is_decided_without_a_decision(client, owner, decision):
    review = reported()
    client.force_login(owner)
    decide(client, review, decision)
    assert ReviewReport.objects.get().state == "open"


def test_an_edit_does_not_put_a_review_up_again_but_staff_does(client, owner):
    review = reported()
    services.take_down(reported=review, by=owner)
    services.write_review(user=review.user, movie=review.movie, text="About the film now.")
    assert Review.objects.get().is_taken_down
    client.force_login(owner)
    chosen = {"action": "put_up_again", "_selected_action": [ReviewReport.objects.get().pk]}
    client.post(reverse("admin:catalog_reviewreport_changelist"), chosen)
    assert not Review.objects.get().is_taken_down
    assert LogEntry.objects.filter(change_message="Put up again.").exists()


def test_of_two_who_put_a_review_up_again_at_once_the_second_is_told(client, owner):
    reviews = [reported(), reported()]
    for review in reviews:
        services.take_down(reported=review, by=owner)
    chosen = {"action": "put_up_again", "_selected_action": [kept.pk for kept in ReviewReport.objects.all()]}

    def put_up_by_another(**_moment):
        post_init.disconnect(put_up_by_another, sender=Review)
        services.put_up_again(reported=reviews[0], by=UserFactory())

    client.force_login(owner)
    # Read by one while it is put up by another.
    post_init.connect(put_up_by_another, sender=Review)
    page = client.post(reverse("admin:catalog_reviewreport_changelist"), chosen, follow=True).text
    assert "Somebody else decided that one meanwhile." in page
    assert "Put up again: 1." in page
    assert not Review.objects.filter(is_taken_down=True).exists()
    assert LogEntry.objects.filter(change_message="Put up again.").count() == 2


def test_the_queue_tells_the_writers_history_and_earlier_wordings(client, owner):
    writer = UserFactory(username="paul")
    ReviewFactory(user=writer, is_taken_down=True)
    services.dismiss_reports(reported=reported(user=writer), by=owner)
    review = reported(user=writer, text="First words.")
    services.write_review(user=writer, movie=review.movie, text="Later words.")
    client.force_login(owner)
    page = " ".join(client.get(reverse(QUEUE)).text.split())
    assert "3 reviews written · 1 taken down · 1 report dismissed" in page
    assert "First words." in page
    assert "Later words." in page


def test_the_longest_waiting_review_comes_first_and_each_once(client, owner):
    first, second = reported(), reported()
    services.report(reporter=UserFactory(), reported=first, reason="abuse")
    client.force_login(owner)
    assert list(client.get(reverse(QUEUE)).context["page"]) == [first, second]


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        (1, "Removed by its writer, with 1 report."),
        (2, "Removed by its writer, with 2 reports."),
    ],
)
def test_that_a_reported_review_was_removed_stays_in_the_log(reports, message):
    review = ReviewFactory()
    for reporter in UserFactory.create_batch(reports):
        services.report(reporter=reporter, reported=review, reason="spam")
    services.remove_review(review=review)
    assert LogEntry.objects.get().change_message == message


def test_that_a_review_without_reports_was_removed_is_nobodys_business():
    services.remove_review(review=ReviewFactory())
    assert not LogEntry.objects.exists()


# Who may


@pytest.mark.parametrize("rights", [[], ["view_reviewreport"]])
def test_only_staff_with_the_right_decides(client, rights):
    review = reported()
    moderator = UserFactory(is_staff=True)
    moderator.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(moderator)
    page = client.get(reverse(QUEUE))
    assert page.status_code == (200 if rights else 403)
    assert "Take down" not in page.text
    assert decide(client, review, "upheld").status_code == 403
    assert not Review.objects.get().is_taken_down


def test_members_do_not_get_to_the_queue(client, anouk):
    review = reported()
    client.get(reverse(QUEUE))
    decide(client, review, "upheld")
    assert client.get(reverse(QUEUE)).status_code in {302, 403}
    assert not Review.objects.get().is_taken_down


def test_a_decision_only_happens_when_it_is_sent(client, owner):
    client.force_login(owner)
    address = reverse("admin:catalog_reviewreport_decide", args=[reported().pk])
    answer = client.get(address)
    assert answer.status_code == 405
    assert answer.context["address"] == reverse(QUEUE)
    assert f'href="{reverse(QUEUE)}"' in answer.text
    assert "Nothing was changed." in answer.text
    assert ReviewReport.objects.get().state == "open"


def test_reports_are_listed_and_not_edited(client, owner):
    reported()
    client.force_login(owner)
    page = client.get(reverse("admin:catalog_reviewreport_changelist"))
    assert "advertising or spam" in page.text
    assert reverse("admin:catalog_reviewreport_to_queue") in page.text
    kept = ReviewReport.objects.get()
    assert client.get(reverse("admin:catalog_reviewreport_change", args=[kept.pk])).status_code == 200
    assert client.post(reverse("admin:catalog_reviewreport_delete", args=[kept.pk])).status_code == 403


# Nothing runs, and it costs the same


def test_the_queue_runs_nothing_of_what_was_written_or_noted(client, owner):
    for number, text in enumerate(HOSTILE[::8]):
        words = text.encode("utf-8", "replace").decode().replace("\x00", "")
        review = ReviewFactory(text=words)
        services.report(reporter=UserFactory(), reported=review, reason="spam", note=words)
        if number % 2:
            services.take_down(reported=review, by=owner, note="<script>alert(1)</script>")
    client.force_login(owner)
    page = client.get(reverse(QUEUE)).text
    for sign in ("<script>alert", "<svg><", "<img src=x", 'href="javascript'):
        assert sign not in page


def test_ten_reported_reviews_cost_as_many_questions_as_one(client, owner):
    client.force_login(owner)

    def questions():
        client.get(reverse(QUEUE))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(QUEUE))
        return len(asked)

    services.dismiss_reports(reported=reported(), by=owner)
    reported()
    few = questions()
    for _ in range(9):
        services.write_review(**written(reported()), text="Other words.")
        services.dismiss_reports(reported=reported(), by=owner)
    assert questions() == few


def written(review):
    return {"user": review.user, "movie": review.movie}
