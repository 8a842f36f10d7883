"""Reviews are written, tried out, edited, liked, shown to those who may read them, and never a program."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog import services
from catalog.forms import ReviewForm
from catalog.models import Review, ReviewLike, ReviewRevision
from tests.catalog.hostile import HOSTILE
from tests.factories import MovieFactory, ReviewFactory, UserFactory
from tests.panel import site_owner

pytestmark = pytest.mark.django_db
SIGNS = (
    "<script>alert",
    "onerror=alert(1)>",
    "<svg onload",
    "<svg><",
    "<iframe",
    "<base",
    'href="javascript',
)
TOGETHER = 10


@pytest.fixture
def anouk(client):
    member = UserFactory(username="anouk")
    client.force_login(member)
    return member


def write(client, movie, text, **fields):
    """Sent by the form as the film's page shows it now."""
    address = reverse("catalog:movie-review", args=[movie.pk])
    shown = client.get(movie.get_absolute_url()).context["review_version"]
    return client.post(address, {"text": text, "version": shown, **fields}, follow=True)


def preview(client, movie, text, **headers):
    return client.post(reverse("catalog:review-preview", args=[movie.pk]), {"text": text}, **headers)


def to_preview(**more):
    return {"headers": {"HX-Request": "true", "HX-Target": "review-preview"}, **more}


def like(client, review, **fields):
    return client.post(reverse("catalog:review-like", args=[review.pk]), fields)


# The limit


def test_twenty_thousand_characters_are_enough_and_one_more_is_not():
    assert ReviewForm({"text": "a" * 20_000}).is_valid()
    form = ReviewForm({"text": "a" * 20_001})
    assert "Please shorten it" in str(form.errors)


def test_a_line_break_counts_as_one_character_as_it_does_in_a_browser():
    assert ReviewForm({"text": "a\r\n" * 9_999 + "aa"}).is_valid()


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u200d", "\u2060", "> ", "- \n- ", "\u202e"])
def test_a_review_without_words_is_refused(text):
    assert "Write a few words first." in str(ReviewForm({"text": text}).errors)


@pytest.mark.parametrize("text", ["👍", "ok", "||he dies||", "№"])
def test_a_review_may_be_very_short(text):
    assert ReviewForm({"text": text}).is_valid()


def test_the_page_states_the_limit(client, anouk, movie):
    page = client.get(movie.get_absolute_url()).text
    assert 'maxlength="20000"' in page
    assert "Up to 20,000 characters." in page


# Writing


def test_paragraphs_stay_and_signs_become_what_they_mean(client, anouk, movie):
    page = write(client, movie, "One.\r\n\r\n*Two* with ||the end||.").text
    assert "<p>One.</p>" in page
    assert "<em>Two</em> with" in page
    assert "<summary>Spoiler</summary><span>the end</span>" in page


def test_an_edit_keeps_the_earlier_wording_and_says_that_it_happened(client, anouk, movie):
    write(client, movie, "Good.")
    assert "edited" not in client.get(Review.objects.get().get_absolute_url()).text
    Review.objects.update(created_at=timezone.now() - timedelta(days=9))
    write(client, movie, "Bad, on reflection.", has_spoilers="on")
    Review.objects.update(updated_at=timezone.now() - timedelta(days=3))
    kept = ReviewRevision.objects.get()
    assert (kept.text, kept.has_spoilers) == ("Good.", False)
    assert "edited 3\xa0days ago" in client.get(movie.get_absolute_url()).text


def test_saving_the_same_words_again_is_no_edit(client, anouk, movie):
    write(client, movie, "Good.")
    before = Review.objects.get().updated_at
    write(client, movie, "Good.")
    assert Review.objects.get().updated_at == before
    assert not ReviewRevision.objects.exists()


def test_taking_an_edit_back_keeps_the_words_it_takes_back(anouk, movie):
    services.write_review(user=anouk, movie=movie, text="Kind.")
    before = services.standing(user=anouk, movie=movie)
    services.write_review(user=anouk, movie=movie, text="Unkind.")
    after = services.standing(user=anouk, movie=movie)
    services.put_back(
        user=anouk, movie=movie, before={"review": before["review"]}, after={"review": after["review"]}
    )
    assert Review.objects.get().text == "Kind."
    assert {kept.text for kept in ReviewRevision.objects.all()} == {"Kind.", "Unkind."}


def test_earlier_wordings_are_for_staff_alone(client, anouk, movie):
    write(client, movie, "Something rash.")
    write(client, movie, "Something wise.")
    review = Review.objects.get()
    assert "rash" not in client.get(movie.get_absolute_url()).text
    assert "rash" not in client.get(review.get_absolute_url()).text
    client.force_login(site_owner())
    assert "rash" in client.get(reverse("admin:catalog_review_change", args=[review.pk])).text


def test_staff_who_edit_in_the_panel_leave_a_trace_too(client, movie):
    review = ReviewFactory(movie=movie, text="As it was.")
    client.force_login(site_owner())
    fields = {
        "text": "As staff wants it.",
        "revisions-TOTAL_FORMS": 0,
        "revisions-INITIAL_FORMS": 0,
    }
    client.post(reverse("admin:catalog_review_change", args=[review.pk]), fields)
    assert Review.objects.get().text == "As staff wants it."
    assert ReviewRevision.objects.get().text == "As it was."


def test_a_preview_shows_the_words_and_saves_nothing(client, anouk, movie):
    answer = preview(client, movie, "**So** good.", **to_preview())
    assert "<strong>So</strong> good." in answer.text
    assert "<html" not in answer.text
    assert not Review.objects.exists()


def test_a_preview_works_without_a_script_and_keeps_what_was_typed(client, anouk, movie):
    answer = preview(client, movie, "**So** good.")
    assert "<strong>So</strong> good." in answer.text
    assert "**So** good.</textarea>" in answer.text
    assert preview(client, movie, " ").status_code == 422


def test_a_preview_after_the_log_in_ran_out_keeps_the_words(client, movie):
    assert preview(client, movie, "An hour of work.").status_code == 302
    client.force_login(UserFactory())
    assert "An hour of work.</textarea>" in client.get(movie.get_absolute_url()).text


def test_a_review_that_was_removed_comes_back_with_undo(client, anouk, movie):
    review = ReviewFactory(user=anouk, movie=movie, text="Worth it.")
    page = client.post(reverse("catalog:review-remove", args=[review.pk]), follow=True)
    token = next(iter(client.session["undo"]))
    assert token in page.text
    client.post(reverse("catalog:undo", args=[token]))
    assert Review.objects.get().text == "Worth it."


def test_nobody_sheds_reports_by_removing_a_review_and_taking_that_back(client, anouk, movie):
    review = ReviewFactory(user=anouk, movie=movie)
    services.report(reporter=UserFactory(), reported=review, reason="abuse")
    page = client.post(reverse("catalog:review-remove", args=[review.pk]), follow=True)
    assert next(iter(client.session["undo"])) not in page.text
    assert "with 1 report." in LogEntry.objects.get(user=anouk).change_message


# Nothing runs


@pytest.mark.parametrize("first", range(0, len(HOSTILE), TOGETHER))
def test_hostile_words_come_back_as_words_wherever_they_are_shown(client, anouk, movie, first):
    texts = [storable(text) for text in HOSTILE[first : first + TOGETHER]]
    films = MovieFactory.create_batch(len(texts))
    people = UserFactory.create_batch(len(texts))
    Review.objects.bulk_create(
        Review(user=anouk, movie=film, text=text) for film, text in zip(films, texts, strict=True)
    )
    Review.objects.bulk_create(
        Review(user=person, movie=movie, text=text) for person, text in zip(people, texts, strict=True)
    )
    own = Review.objects.filter(user=anouk)
    pages = [client.get(address) for address in (movie.get_absolute_url(), "/people/anouk/reviews/")]
    pages += [client.get(review.get_absolute_url()) for review in own[:2]]
    pages += [preview(client, movie, text, **to_preview()) for text in texts]
    pages.append(preview(client, movie, "\n\n".join(texts)))
    for page in pages:
        assert page.status_code in {200, 422}
        assert not [sign for sign in SIGNS if sign in page.text]


def storable(text):
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def test_a_report_sends_nothing_hostile_back(client, anouk):
    review = ReviewFactory()
    fields = {"reason": "<script>alert(1)</script>", "note": "</textarea><script>alert(1)</script>"}
    answer = client.post(reverse("catalog:review-report", args=[review.pk]), fields)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_orders_and_pages_in_the_address_are_only_words(client, movie):
    ReviewFactory.create_batch(11, movie=movie)
    answer = client.get(movie.get_absolute_url(), {"reviews": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


# Reading


def test_the_page_of_one_review_stands_for_itself(client, settings):
    review = ReviewFactory(text="Slow.\n\nGood.")
    page = client.get(review.get_absolute_url())
    assert f'<link rel="canonical" href="{settings.SITE_URL}{review.get_absolute_url()}">' in page.text
    assert "<p>Slow.</p>" in page.text


def test_a_review_that_gives_the_story_away_is_folded_whole(client):
    review = ReviewFactory(text="He dies.", has_spoilers=True)
    for address in (review.movie.get_absolute_url(), review.get_absolute_url()):
        page = client.get(address).text
        assert (
            page.index('<details class="spoiler">')
            < page.index("He dies.")
            < page.index("</details>", page.index("He dies."))
        )


def test_a_long_review_is_cut_in_a_list_and_whole_by_itself(client):
    review = ReviewFactory(text="A sentence about light. " * 60)
    assert "Read all of it" in client.get(review.movie.get_absolute_url()).text
    assert "Read all of it" not in client.get(review.get_absolute_url()).text


def test_reviews_come_newest_first_or_most_liked_first(client, movie):
    first, second = ReviewFactory.create_batch(2, movie=movie)
    services.like_review(user=UserFactory(), review=first)
    order = [review.pk for review in client.get(movie.get_absolute_url()).context["reviews"]]
    by_likes = [
        review.pk for review in client.get(f"{movie.get_absolute_url()}?reviews=liked").context["reviews"]
    ]
    assert order == [second.pk, first.pk]
    assert by_likes == [first.pk, second.pk]


@pytest.mark.parametrize("hidden", ["private", "taken down"])
def test_what_one_may_not_read_is_not_found_not_liked_and_not_reported(client, anouk, hidden):
    review = ReviewFactory()
    if hidden == "private":
        type(review.user).objects.filter(pk=review.user_id).update(profile_visibility="private")
    else:
        Review.objects.update(is_taken_down=True)
    assert client.get(review.get_absolute_url()).status_code == 404
    assert client.get(reverse("catalog:review-report", args=[review.pk])).status_code == 404
    assert like(client, review).status_code == 404
    assert review.text not in client.get(review.movie.get_absolute_url()).text


# Likes


def test_a_like_counts_once_and_is_taken_back(client, anouk):
    review = ReviewFactory()
    like(client, review)
    like(client, review)
    assert ReviewLike.objects.get().user == anouk
    assert 'aria-pressed="true"' in client.get(review.get_absolute_url()).text
    like(client, review, undo="1")
    assert not ReviewLike.objects.exists()


def test_nobody_likes_what_they_wrote_themselves(client, anouk):
    review = ReviewFactory(user=anouk)
    assert like(client, review).status_code == 404
    with pytest.raises(services.OwnReview):
        services.like_review(user=anouk, review=review)


def test_a_stranger_is_asked_to_log_in_before_liking(client):
    review = ReviewFactory()
    assert like(client, review)["Location"].startswith("/accounts/login/")
    assert not ReviewLike.objects.exists()


def test_a_like_only_happens_when_it_is_sent(client, anouk):
    assert client.get(reverse("catalog:review-like", args=[ReviewFactory().pk])).status_code == 405


def test_after_a_like_nobody_is_sent_to_another_site(client, anouk):
    review = ReviewFactory()
    assert like(client, review, next="https://evil.example/")["Location"] == review.get_absolute_url()


# What it costs


def questions(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_ten_reviews_with_likes_cost_as_many_questions_as_one(client, anouk):
    movie = MovieFactory()
    paul = UserFactory(username="paul")
    pages = [movie.get_absolute_url(), "/people/paul/reviews/"]

    def grow(size):
        for _ in range(size):
            services.like_review(user=anouk, review=ReviewFactory(movie=movie))
            services.like_review(user=anouk, review=ReviewFactory(user=paul))

    grow(1)
    few = [questions(client, page) for page in pages]
    grow(9)
    assert [questions(client, page) for page in pages] == few
