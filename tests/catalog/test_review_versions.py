"""Two tabs with the review form of one film: neither writes over what the other saved."""

import pytest
from django.urls import reverse

from catalog import services
from catalog.film_log import film_log
from catalog.models import Review, ReviewRevision

pytestmark = pytest.mark.django_db


@pytest.fixture
def member_client(client, member):
    client.force_login(member)
    return client


def form_of(client, movie):
    """The hidden field of a tab in which the page of the film is opened now."""
    return {"version": client.get(movie.get_absolute_url()).context["review_version"]}


def send(client, movie, name="movie-review", **fields):
    return client.post(reverse(f"catalog:{name}", args=[movie.pk]), fields)


def stored():
    return [(review.text, review.has_spoilers) for review in Review.objects.all()]


def differences(answer):
    return {pair.name: (pair.here, pair.saved) for pair in answer.context["differences"]}


def test_a_review_saved_meanwhile_is_shown_beside_this_one_and_nothing_is_written(
    member_client, member, movie
):
    services.write_review(user=member, movie=movie, text="At first.")
    older = form_of(member_client, movie)
    send(member_client, movie, text="From the other tab.", has_spoilers="on", **form_of(member_client, movie))
    answer = send(member_client, movie, text="From this tab.", **older)
    assert answer.status_code == 409
    assert differences(answer) == {
        "Review": ("From this tab.", "From the other tab."),
        "Spoilers": ("no spoilers", "gives the story away"),
    }
    assert "From this tab.</textarea>" in answer.text
    assert stored() == [("From the other tab.", True)]


def test_the_answer_is_a_whole_page_with_a_way_to_each_of_the_two(member_client, member, movie):
    services.write_review(user=member, movie=movie, text="Theirs.")
    page = send(member_client, movie, text="Mine.").text
    assert "This changed somewhere else while you wrote" in page.partition("<main")[2]
    assert '<button class="button">Save mine</button>' in page
    assert f'href="{movie.get_absolute_url()}#your-review"' in page


def test_whoever_has_seen_both_may_save_theirs_and_staff_keeps_the_other(member_client, member, movie):
    services.write_review(user=member, movie=movie, text="Theirs.")
    asked = send(member_client, movie, text="Mine.")
    version = asked.context["review_version"]
    assert f'<input type="hidden" name="version" value="{version}">' in asked.text
    assert send(member_client, movie, text="Mine.", version=version).status_code == 302
    assert stored() == [("Mine.", False)]
    assert ReviewRevision.objects.get().text == "Theirs."


def test_having_seen_both_is_no_leave_to_write_over_a_third(member_client, member, movie):
    services.write_review(user=member, movie=movie, text="Theirs.")
    version = send(member_client, movie, text="Mine.").context["review_version"]
    services.write_review(user=member, movie=movie, text="A third.")
    assert send(member_client, movie, text="Mine.", version=version).status_code == 409
    assert stored() == [("A third.", False)]


def test_a_first_review_does_not_write_over_another_first_one(member_client, movie):
    first, second = form_of(member_client, movie), form_of(member_client, movie)
    assert send(member_client, movie, text="First.", **first).status_code == 302
    assert send(member_client, movie, text="Second.", **second).status_code == 409
    assert stored() == [("First.", False)]


def test_a_review_that_was_removed_meanwhile_is_not_written_again_unasked(member_client, member, movie):
    review = services.write_review(user=member, movie=movie, text="Rash.")
    older = form_of(member_client, movie)
    services.remove_review(review=review)
    answer = send(member_client, movie, text="Rash, a little.", **older)
    assert (answer.status_code, stored()) == (409, [])
    assert differences(answer) == {"Review": ("Rash, a little.", "no review")}


def test_what_the_log_dialog_saved_counts_as_another_tab(member_client, member, movie):
    older = form_of(member_client, movie)
    entry = services.Entry(text="In the dialog.")
    services.log_film(user=member, movie=movie, entry=entry, shown=film_log(member, movie).version)
    assert send(member_client, movie, text="On the page.", **older).status_code == 409
    assert stored() == [("In the dialog.", False)]


def test_stars_and_viewings_of_meanwhile_do_not_stand_in_the_way_of_words(member_client, member, movie):
    opened = form_of(member_client, movie)
    services.rate(user=member, movie=movie, stars=4)
    services.log_watch(user=member, movie=movie, watched_on=None)
    assert send(member_client, movie, text="Mine.", **opened).status_code == 302


@pytest.mark.parametrize("text", ["Slow.", "Slow.\r\n\r\nGood.", "  Slow.  "])
def test_a_review_whose_answer_was_lost_may_be_sent_again(member_client, movie, text):
    opened = form_of(member_client, movie)
    assert [send(member_client, movie, text=text, **opened).status_code for _ in range(2)] == [302, 302]
    assert not ReviewRevision.objects.exists()


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [("movie-review", " ", 422), ("review-preview", " ", 422), ("review-preview", "Mine.", 200)],
)
def test_a_page_that_saved_nothing_does_not_pretend_to_have_shown_the_newer_one(
    member_client, member, movie, name, text, status
):
    opened = form_of(member_client, movie)
    services.write_review(user=member, movie=movie, text="Theirs.")
    answer = send(member_client, movie, name, text=text, **opened)
    assert (answer.status_code, answer.context["review_version"]) == (status, opened["version"])


def test_a_form_that_was_made_up_breaks_nothing(member_client, member, movie):
    services.write_review(user=member, movie=movie, text="Theirs.")
    answer = send(member_client, movie, text="Mine.", version='"><script>alert(1)</script>\x00' * 99)
    assert answer.status_code == 409
    assert "<script>alert" not in answer.text
