"""The page of a film: facts, story, cast, ratings."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Credit, Keyword, OtherTitle, Person, Plot, Rating
from catalog.templatetags.films import dollars, film_language, opening
from catalog.urls import urlpatterns
from tests.factories import MovieFactory, RatingFactory

URLS = [pattern.name for pattern in urlpatterns if str(pattern.pattern).startswith("films/<int:pk>/")]
pytestmark = pytest.mark.django_db


def page_of(client, film):
    """What is written on the page itself, without its head."""
    page = client.get(film.get_absolute_url()).text.partition("<main")[2]
    return " ".join(page.split())


def credit(film, name, role, place=0, character=""):
    person = Person.objects.create(name=name)
    return Credit.objects.create(
        movie=film, person=person, role=role, position=place, character=character
    ).person


# Its address


@pytest.mark.parametrize("form", [name.removeprefix("movie-") for name in URLS if name.startswith("movie-")])
def test_a_film_called_as_one_of_its_forms_has_a_page(client, form):
    film = MovieFactory(title=form.capitalize(), year=None)
    assert f">{film.title}</h1>" in page_of(client, film)


# Facts


def test_facts_lead_to_films_that_share_them(client):
    film = MovieFactory(year=1995, language="fr", genres=["Crime"])
    film.keywords.add(Keyword.objects.create(name="bank & robbery"))
    page = page_of(client, film)
    assert '<a href="/films/?year=1995">1995</a>' in page
    assert '<a href="/films/?genre=crime">Crime</a>' in page
    assert '<a href="/films/?language=fr">French</a>' in page
    assert '<a href="/films/?keyword=bank%20%26%20robbery">bank &amp; robbery</a>' in page


def test_money_and_days_are_told_as_people_say_them(client):
    film = MovieFactory(runtime=170, released_on=date(1995, 12, 15), budget=60_000_000, revenue=950_500)
    page = page_of(client, film)
    for fact in ("2 h 50", "15 Dec 1995", "$60 million", "$950,500"):
        assert fact in page


def test_a_film_of_which_nothing_is_known_claims_nothing(client):
    film = MovieFactory(year=None)
    page = page_of(client, film).partition("<footer")[0]
    for fact in ("directed by", "Cast", "First shown", "Language", "Budget", "Earned", "About", "Genres"):
        assert fact not in page
    assert "Nobody has told its story here yet." in page


def test_other_titles_are_named(client, movie):
    OtherTitle.objects.create(movie=movie, title="Le fabuleux destin")
    assert "Le fabuleux destin" in page_of(client, movie)


@pytest.mark.parametrize(("code", "name"), [("fr", "French"), ("cn", "Cantonese"), ("qq", "QQ")])
def test_a_language_without_a_name_is_still_told_apart(code, name):
    assert film_language(code) == name


@pytest.mark.parametrize(("amount", "said"), [(950, "$950"), (1_234_567, "$1.2 million")])
def test_only_millions_are_rounded(amount, said):
    assert dollars(amount) == said


# Cast and crew


def test_everybody_who_made_a_film_is_linked_in_order(client, movie):
    joel = credit(movie, "Joel", "director")
    credit(movie, "Ethan", "director", 1)
    credit(movie, "Frances", "cast", character="Marge")
    page = page_of(client, movie)
    assert f'<a href="/cast/{joel.pk}/joel/">Joel</a> and <a href=' in page
    assert page.index("Joel") < page.index("Ethan") < page.index("Frances")
    assert "<small>Marge</small>" in page


def test_a_long_cast_is_folded_after_eight_names(client, movie):
    for place in range(11):
        credit(movie, f"Actor {place:02}", "cast", place)
    page = page_of(client, movie)
    assert page.index("Actor 07") < page.index("<summary>and 3 more</summary>") < page.index("Actor 08")


def test_eight_names_are_not_folded(client, movie):
    for place in range(8):
        credit(movie, f"Actor {place}", "cast", place)
    assert "more</summary>" not in page_of(client, movie)


# Story

SENTENCE = "The guide leads both men through the meadow and says very little on the way. "


def test_a_short_story_stands_there_whole(client, movie):
    Plot.objects.create(movie=movie, text=SENTENCE * 3, source="editor")
    assert "plot-rest" not in page_of(client, movie)


def test_a_long_story_is_folded_at_the_end_of_a_sentence_and_loses_no_word(client, movie):
    Plot.objects.create(movie=movie, text=f"{SENTENCE * 12}\n\nHe returns.", source="editor")
    page = page_of(client, movie)
    assert page.index("on the way.") < page.index('<details class="plot-rest">') < page.index("He returns.")


@pytest.mark.parametrize(
    "story",
    [
        SENTENCE * 20,
        "No stop " * 200,
        "x" * 2000,
        "Mr. Wolfe solves problems with Mrs. Mia and Dr. Evil. " * 30,
        f"{SENTENCE * 4}\n\n{SENTENCE * 9}",
    ],
)
def test_a_story_is_parted_without_loss_and_not_after_a_title(story):
    begin, rest = opening(story)
    assert begin + rest == story
    assert not begin.endswith(("Mr.", "Mrs.", "Dr."))


# Ratings


def test_the_histogram_is_a_table_for_those_who_cannot_see_it(client, movie, member):
    client.force_login(member)
    RatingFactory(movie=movie, user=member, half_stars=7)
    RatingFactory.create_batch(2, movie=movie, half_stars=10)
    movie.ratings_count, movie.half_stars_sum = 3, 27
    movie.save()
    page = page_of(client, movie)
    assert "<caption>3 ratings</caption>" in page
    assert '<th scope="row">three and a half stars, as you gave it</th><td>1</td>' in page
    assert '<th scope="row">five stars</th><td>2</td>' in page


def test_a_film_nobody_rated_asks_for_the_first_rating(client, movie):
    assert "Yours would be the first." in page_of(client, movie)
    assert Rating.objects.count() == 0


def test_a_film_page_costs_the_same_with_many_credits_keywords_and_ratings(client, movie):
    few = _cost_with(client, movie, range(3))
    many = _cost_with(client, movie, range(3, 40))
    assert many == few


def _cost_with(client, film, numbers):
    for number in numbers:
        for role in Credit.Role.values:
            credit(film, f"{role} {number}", role, number)
        film.keywords.add(Keyword.objects.create(name=f"word {number}"))
        RatingFactory(movie=film)
    client.get(film.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(film.get_absolute_url())
    return len(queries)


@pytest.mark.parametrize(
    ("code", "name"), [("fr", "French"), ("zh", "Chinese"), ("cn", "Cantonese"), ("qq", "QQ")]
)
def test_a_film_says_its_language_whatever_code_its_data_set_has_for_it(client, code, name):
    film = MovieFactory(language=code)
    assert f">{name}</a>" in client.get(film.get_absolute_url()).text
