"""Cards are drawn once for the same film, stars and reason; whatever changes one of these shows at once."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from catalog.models import Genre, Movie, PosterPicture
from recommender.cards import card_of
from recommender.intervals import Interval
from recommender.picks import Pick
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def heat():
    return MovieFactory(title="Heat", year=1995)


def card(film, **pick):
    """As the next page shows it."""
    film = Movie.objects.for_cards().get(pk=film.pk)
    told = {"stars": 4.0, "reason": "because of Ronin", "interval": Interval(3.5, 4.5)} | pick
    return card_of(Pick(film, **told), RequestFactory().get("/"))


def test_the_same_pick_is_the_same_card_without_drawing_it_again(heat, monkeypatch):
    first = card(heat)
    monkeypatch.setattr("recommender.cards.render_to_string", None)
    assert card(heat) == first


def test_stars_that_are_written_alike_share_a_card(heat):
    assert card(heat, stars=4.01) == card(heat, stars=3.99)
    assert card(heat, stars=4.06) != card(heat, stars=3.99)


@pytest.mark.parametrize(
    "other",
    [{"stars": 3.2}, {"stars": None}, {"interval": Interval(3, 4.5)}, {"interval": None}, {"reason": ""}],
)
def test_another_prediction_is_another_card(heat, other):
    assert card(heat) != card(heat, **other)


def test_a_changed_title_or_genre_shows_at_once(heat):
    first = card(heat)
    Movie.objects.filter(pk=heat.pk).update(title="Heat, the long version")
    renamed = card(heat)
    heat.genres.add(Genre.objects.create(name="Western", slug="western"))
    assert "Heat, the long version" in renamed
    assert len({first, renamed, card(heat)}) == 3


def test_a_new_average_shows_where_nothing_is_predicted(heat):
    Movie.objects.filter(pk=heat.pk).update(ratings_count=2, half_stars_sum=16)
    first = card(heat, stars=None)
    Movie.objects.filter(pk=heat.pk).update(half_stars_sum=18)
    assert "4.0" in first
    assert "4.5" in card(heat, stars=None)


def test_where_nothing_is_predicted_the_reason_stays(heat):
    assert "because of Ronin" in card(heat, stars=None, interval=None)
    assert card(heat, stars=None) != card(heat, stars=None, reason="because of Alien")


def test_the_first_picture_of_a_page_does_not_wait_and_the_next_does(heat):
    PosterPicture.objects.create(
        movie=heat, source_url="https://example.org/a.jpg", digest="ab12", width=320, height=480
    )
    request, film = RequestFactory().get("/"), Movie.objects.for_cards().get(pk=heat.pk)
    first, second = (card_of(Pick(film, 4.0), request) for _ in range(2))
    assert 'fetchpriority="high"' in first
    assert 'loading="lazy"' in second


def test_a_reader_of_another_language_gets_another_card(heat):
    with translation.override("en"):
        first = card(heat)
    with translation.override("de"):
        assert card(heat) != first


def test_a_title_cannot_write_into_the_page(heat):
    Movie.objects.filter(pk=heat.pk).update(title="<script>alert(1)</script>")
    shown = card(heat, reason="because of <b>x</b>")
    assert "<script>" not in shown
    assert "<b>x" not in shown
