"""Whatever was saved can be put back exactly as it was."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog import services
from catalog.models import LikedFilm, Rating, ReviewLike
from tests.catalog.test_logging import DAY, HTMX, address_of, member_client, sent
from tests.factories import RatingFactory, ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db
__all__ = ["member_client"]


def undo_in(client, movie):
    """Press the button that the last answer offered."""
    token = next(reversed(client.session["undo"]))
    return client.post(reverse("catalog:undo", args=[token]), headers=HTMX)


def standing(member, movie):
    return services.standing(user=member, movie=movie)


def test_undoing_a_log_puts_back_exactly_what_was_there(member_client, member, movie):
    RatingFactory(user=member, movie=movie, half_stars=3, predicted="3.5")
    ReviewFactory(user=member, movie=movie, text="Before.")
    services.log_watch(user=member, movie=movie, watched_on=DAY, tags=["old"])
    services.add_to_watchlist(user=member, movie=movie)
    before = standing(member, movie)
    entry = sent(member, movie, is_liked="on", leaves_watchlist="on", text="After.", rewatch="on")
    member_client.post(address_of(movie), entry)
    assert standing(member, movie) != before
    assert "is as it was before" in undo_in(member_client, movie).text
    assert standing(member, movie) == before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("movie-rate", {"stars": "1"}),
        ("movie-rate", {"stars": ""}),
        ("movie-log", {"watched_on": "2020-02-02"}),
        ("movie-like", {}),
        ("movie-watchlist", {"undo": "1"}),
        ("movie-hide", {}),
        ("movie-use", {}),
    ],
)
def test_every_single_change_can_be_undone(member_client, member, movie, name, data):
    services.rate(user=member, movie=movie, stars=3)
    services.add_to_watchlist(user=member, movie=movie)
    before = standing(member, movie)
    member_client.post(reverse(f"catalog:{name}", args=[movie.pk]), data)
    assert standing(member, movie) != before
    undo_in(member_client, movie)
    assert standing(member, movie) == before


def test_a_removed_viewing_comes_back_with_its_tags(member_client, member, movie):
    watch = services.log_watch(user=member, movie=movie, watched_on=DAY, rewatch=True, tags=["cinema"])
    before = standing(member, movie)
    answer = member_client.post(reverse("catalog:watch-remove", args=[watch.pk]), follow=True)
    assert ">Undo</button>" in answer.text
    undo_in(member_client, movie)
    assert standing(member, movie) == before


def test_a_removed_review_comes_back_with_its_likes_and_earlier_wordings(member_client, member, movie):
    review = services.write_review(user=member, movie=movie, text="First.")
    services.write_review(user=member, movie=movie, text="Second.")
    friend, gone = UserFactory(), UserFactory()
    for liker in (friend, gone):
        services.like_review(user=liker, review=review)
    liked_at = ReviewLike.objects.get(user=friend).liked_at
    member_client.post(reverse("catalog:review-remove", args=[review.pk]))
    assert not ReviewLike.objects.exists()
    gone.delete()
    assert "is as it was before" in undo_in(member_client, movie).text
    like = ReviewLike.objects.get()
    assert (like.user, like.review, like.liked_at) == (friend, review, liked_at)
    assert review.revisions.get().text == "First."


def test_the_average_follows_an_undone_rating(member_client, member, movie):
    member_client.post(reverse("catalog:movie-rate", args=[movie.pk]), {"stars": "5"})
    undo_in(member_client, movie)
    movie.refresh_from_db()
    assert movie.ratings_count == 0


def test_what_changed_again_since_is_not_undone(member_client, member, movie):
    member_client.post(reverse("catalog:movie-rate", args=[movie.pk]), {"stars": "5"})
    services.rate(user=member, movie=movie, stars=2)
    assert "has changed again since" in undo_in(member_client, movie).text
    assert Rating.objects.get().stars == 2


def test_undoing_one_thing_leaves_what_was_done_after_it(member_client, member, movie):
    member_client.post(reverse("catalog:movie-rate", args=[movie.pk]), {"stars": "5"})
    services.like(user=member, movie=movie)
    undo_in(member_client, movie)
    assert not Rating.objects.exists()
    assert LikedFilm.objects.exists()


def test_an_undo_works_once_and_for_nobody_else(member_client, member, movie):
    member_client.post(reverse("catalog:movie-like", args=[movie.pk]))
    address = reverse("catalog:undo", args=[next(iter(member_client.session["undo"]))])
    stranger = Client()
    assert stranger.post(address).status_code == 404
    assert member_client.get(address).status_code == 405
    assert member_client.post(address).status_code == 302
    assert member_client.post(address).status_code == 404


def test_nothing_to_undo_is_offered_where_nothing_changed(member_client, member, movie):
    services.like(user=member, movie=movie)
    answer = member_client.post(reverse("catalog:movie-like", args=[movie.pk]), follow=True)
    assert ">Undo</button>" not in answer.text
