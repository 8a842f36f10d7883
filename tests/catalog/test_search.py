"""Search, on the engine of whatever database the tests run on."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.imports.movielens import import_movielens
from catalog.models import Credit, Movie, OtherTitle, Person
from catalog.search import find
from catalog.search.words import Query
from recommender.ml.movielens import open_dataset
from tests.bench import search as bench
from tests.bench import search_queries
from tests.factories import MovieFactory
from tests.recommender.ml.real_data import real_data

pytestmark = pytest.mark.django_db


def known(title, year=1990, ratings=0, **fields):
    return MovieFactory(title=title, year=year, ratings_count=ratings, half_stars_sum=7 * ratings, **fields)


def titles(words):
    found = find(words, limit=20).films
    films = Movie.objects.in_bulk(found)
    return [films[key].title for key in found]


def credit(movie, name, role="director"):
    person = Person.objects.filter(name=name).first() or Person.objects.create(name=name)
    Credit.objects.create(movie=movie, person=person, role=role)
    return person


@pytest.fixture
def shelf():
    """A few films with which a wrong order would show."""
    films = {
        "matrix": known("The Matrix", 1999, 270),
        "reloaded": known("The Matrix Reloaded", 2003, 90),
        "amelie": known("Amélie", 2001, 120),
        "godfather": known("The Godfather", 1972, 190),
        "godfather 2": known("The Godfather: Part II", 1974, 120),
        "samurai": known("Seven Samurai", 1954, 48),
        "pulp": known("Pulp Fiction", 1994, 300),
        "dogs": known("Reservoir Dogs", 1992, 130),
        "tarantino": known("Tarantino", 2019, 0),
        "magnificent": known("The Magnificent Seven", 1960, 20),
        "thelma": known("Thelma & Louise", 1991, 60),
        "ocean": known("Ocean's Eleven", 2001, 100),
        "jaws": known("Jaws", 1975, 90),
        "star wars": known("Star Wars", 1977, 250),
        "1984": known("1984", 1984, 5),
        "terminator": known("The Terminator", 1984, 130),
        "dolce": known("La Dolce Vita", 1960, 6),
    }
    credit(films["samurai"], "Akira Kurosawa")
    for film in ("pulp", "dogs"):
        credit(films[film], "Quentin Tarantino")
    return films


# What was typed


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("matrx", "The Matrix"),
        ("the matrix", "The Matrix"),
        ("matrix reloded", "The Matrix Reloaded"),
        ("amelie", "Amélie"),
        ("amélie", "Amélie"),
        ("godfather 2", "The Godfather: Part II"),
        ("godfather two", "The Godfather: Part II"),
        ("god father", "The Godfather"),
        ("starwars", "Star Wars"),
        ("samurai seven", "Seven Samurai"),
        ("7 samurai", "Seven Samurai"),
        ("seven samurai kurosawa", "Seven Samurai"),
        ("kurasawa", "Seven Samurai"),
        ("tarantino 1994", "Pulp Fiction"),
        ("tarantino", "Pulp Fiction"),
        ("tarantino dogs", "Reservoir Dogs"),
        ("thelma and louise", "Thelma & Louise"),
        ("thelma + louise", "Thelma & Louise"),
        ("oceans 11", "Ocean's Eleven"),
        ("jwas", "Jaws"),
        ("1984", "1984"),
        ("terminator 1984", "The Terminator"),
        ("1960", "The Magnificent Seven"),
        ("dolce vita", "La Dolce Vita"),
        ("pul", "Pulp Fiction"),
        ("j", "Jaws"),
    ],
)
def test_what_was_typed_finds_what_was_meant(shelf, words, first):
    assert titles(words)[0] == first


def test_an_article_or_a_number_alone_brings_the_best_known_films_with_it(shelf):
    known("21", 2008, 150), known("Thesis", 1996, 5), known("Shrek 2", 2004, 92)
    assert titles("the")[:3] == ["The Matrix", "The Godfather", "The Terminator"]
    assert titles("2")[:3] == ["The Godfather: Part II", "Shrek 2", "21"]


def test_of_equal_titles_the_best_known_comes_first():
    known("Heat", 1972, 3), known("Heat", 1995, 300), known("Heat", 1986, 40)
    found = find("heat", limit=9).films
    assert [Movie.objects.get(pk=key).year for key in found] == [1995, 1986, 1972]


def test_a_year_beside_words_leaves_only_its_films():
    known("Psycho", 1960, 200), known("Psycho", 1998, 20)
    found = find("psycho 1998", limit=9)
    assert [Movie.objects.get(pk=key).year for key in found.films] == [1998]
    assert found.year == 1998


def test_a_year_that_is_in_the_title_is_no_filter():
    known("Blade Runner 2049", 2017, 40), known("Blade Runner", 1982, 120)
    found = find("blade runner 2049", limit=9)
    assert Movie.objects.get(pk=found.films[0]).year == 2017
    assert found.year is None


def test_another_title_finds_the_film_with_its_errors_too():
    OtherTitle.objects.create(movie=known("Run Lola Run", 1998), title="Lola rennt")
    assert titles("lola rent") == ["Run Lola Run"]


def test_a_title_that_somebody_played_in_stays_behind_one_that_is_called_so():
    known("Lincoln", 2012, 10)
    credit(known("Love Actually", 2003, 60), "Andrew Lincoln", role="cast")
    assert titles("lincoln") == ["Lincoln", "Love Actually"]


def test_signs_that_databases_give_a_meaning_are_letters_like_any_other(shelf):
    for words in ('"', "%", "_", "'; DROP TABLE catalog_movie; --", 'matrix" OR "a', "a*", "\\", "七人の侍"):
        find(words, limit=5)
    assert titles("100% matrix%")[0] == "The Matrix"


def test_a_title_without_latin_letters_is_found():
    known("七人の侍", 1954)
    assert titles("七人") == ["七人の侍"]


def test_numbers_are_asked_for_in_each_form():
    assert Query("rocky 2").spellings == [["rocky", "2"], ["rocky", "ii"], ["rocky", "two"]]


# The index keeps up


def test_films_that_came_in_bulk_are_found():
    film = Movie(title="Solaris", year=1972)
    film.derive_from_title()
    Movie.objects.bulk_create([film])
    assert titles("solarsi") == ["Solaris"]


def test_a_film_that_was_renamed_in_bulk_is_found_by_its_new_name_alone():
    film = known("Solaris", 1972)
    film.title = "Stalker"
    film.derive_from_title()
    Movie.objects.bulk_update([film], ["title", "search_title"])
    assert titles("stalker") == ["Stalker"]
    assert titles("solaris") == []


def test_a_film_that_was_removed_is_not_found():
    known("Solaris", 1972)
    Movie.objects.all().delete()
    assert find("solaris", limit=5).films == []
    known("Stalker", 1979)
    assert titles("solaris") == []


def test_a_person_that_came_in_bulk_is_found():
    Person.objects.bulk_create([Person.named("Agnès Jaoui")])
    assert Person.objects.get(pk__in=find("agnes jaui", limit=5).people).name == "Agnès Jaoui"


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_a_table_does_not_lose_the_index():
    film = known("Solaris", 1972)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for moment in ("added", "removed", "changed"):
                cursor.execute(f"DROP TRIGGER catalog_movie_trigrams_{moment}")
    Movie.objects.filter(pk=film.pk).update(search_title="stalker 1979")
    call_command("migrate", verbosity=0)
    assert find("stalker", limit=5).films == [film.pk]


# The page


def test_the_page_says_that_it_shows_the_nearest(client, shelf):
    page = client.get("/search/", {"q": "matrx"})
    assert "Nothing is called “matrx”: showing the nearest." in page.text


def test_the_page_says_what_it_took_a_year_and_a_name_for(client, shelf):
    heading = client.get("/search/", {"q": "tarantino 1994"}).text.split("<h1>")[1].split("</h1>")[0]
    assert heading.strip() == "Films with Quentin Tarantino of 1994"


def test_the_page_says_nothing_about_words_that_are_a_title(client, shelf):
    page = client.get("/search/", {"q": "the matrix"})
    assert "Films called <em>the matrix</em></h1>" in page.text
    assert "nearest</p>" not in page.text


def test_the_page_leads_to_people(client, shelf):
    person = Person.objects.get(name="Quentin Tarantino")
    page = client.get("/search/", {"q": "quentin"})
    assert f'href="{person.get_absolute_url()}"' in page.text
    assert "2 films" in page.text


def test_people_stand_above_films_only_where_the_words_name_them_better(client, shelf):
    credit(shelf["jaws"], "Chico Marx", "actor")
    mistyped, named = (client.get("/search/", {"q": words}).text for words in ("matrx", "marx"))
    assert mistyped.index("The Matrix") < mistyped.index("Chico Marx")
    assert named.index('id="people-found"') < named.index("Jaws")


def test_nobody_is_named_for_films_that_others_made(client, shelf):
    credit(shelf["jaws"], "Nelson Rosa", "actor")
    assert "with Nelson Rosa" in client.get("/search/", {"q": "rosa"}).text
    for film in ("pulp", "dogs", "ocean"):
        credit(shelf[film], f"Rosa{film} Rosati", "actor")
        credit(shelf[film], "Rosa Rosanova", "actor")
    page = client.get("/search/", {"q": "rosa"}).text
    assert "<h1>Films for <em>rosa</em></h1>" in page


def test_what_finds_nothing_suggests_the_nearest(client):
    known("Stalker")
    page = client.get("/search/", {"q": "stalagmite walks"})
    assert page.context["page"].object_list == []
    assert [film.title for film in page.context["nearest"]] == ["Stalker"]


def test_results_go_on_over_pages_in_their_order(client, settings):
    settings.MOVIES_PER_PAGE = 2
    for number in range(5):
        known(f"Alien {number}", ratings=9 - number)
    names = [
        film.title
        for number in (1, 2, 3)
        for film in client.get("/search/", {"q": "alien", "page": number}).context["page"]
    ]
    assert names == [f"Alien {number}" for number in range(5)]


def test_words_are_shown_and_not_run(client, movie):
    page = client.get("/search/", {"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text


# Members


# While somebody types


def test_suggestions_name_films_people_and_the_way_to_everything(client, shelf):
    page = client.get("/search/suggestions/", {"q": "taran"}).text
    assert page.index("Pulp Fiction") < page.index("Quentin Tarantino") < page.index("/search/?q=taran")


def suggested(client, words):
    page = client.get("/search/suggestions/", {"q": words}).text
    return re.findall(r'id="suggestion-film-.*?class="suggestion-name">(.*?)</span>', page, re.DOTALL)


def test_the_best_known_film_with_a_word_that_begins_so_is_suggested_first(client, shelf):
    known("City of God", 2002, 75), known("Godzilla", 1954, 3), known("God", 1990)
    assert suggested(client, "god")[:3] == ["The Godfather", "The Godfather: Part II", "City of God"]
    assert suggested(client, "star")[0] == "Star Wars"


def test_films_that_are_only_near_are_not_suggested_beside_two_that_begin_so(client, shelf):
    credit(known("The Remains of the Day", 1993, 240), "James Goff", role="cast")
    known("Goof", 1998, 200)
    assert suggested(client, "godf") == ["The Godfather", "The Godfather: Part II"]
    assert suggested(client, "godfather 2")[0] == "The Godfather: Part II"


def test_what_was_mistyped_is_still_suggested(client, shelf):
    assert suggested(client, "matrx")[0] == "The Matrix"
    assert suggested(client, "samuray") == ["Seven Samurai"]


def test_films_of_a_name_are_suggested_after_those_that_are_called_so(client, shelf):
    known("Taranto", 2004, 2)
    assert suggested(client, "taran")[0] == "Taranto"
    assert "Pulp Fiction" in suggested(client, "taran")


def test_suggestions_touch_no_session_and_may_be_kept(client, shelf):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/search/suggestions/", {"q": "matrix"})
    assert not any("session" in query["sql"] for query in queries)
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, max-age=60"
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("words", ["", "  ", "?!", "a" * 101])
def test_nothing_is_suggested_for_no_words(client, shelf, words):
    assert client.get("/search/suggestions/", {"q": words}).text == ""


@pytest.mark.parametrize("path", ["/search/", "/search/suggestions/"])
def test_a_search_costs_the_same_at_two_sizes(client, path):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(path, {"q": "film zulu"})
        return len(queries)

    def grow(numbers):
        for number in numbers:
            film = known(f"Film {number}", genres=["Drama"])
            OtherTitle.objects.create(movie=film, title=f"Filme {number}")
            credit(film, f"Zola Zulu{number % 3}", role="cast")
            credit(film, "Ann Zulu")

    grow(range(4))
    few = cost()
    grow(range(4, 40))
    assert cost() == few <= 18


def test_films_come_in_the_order_of_their_keys_and_one_that_is_gone_leaves_no_gap():
    films = {key: MovieFactory(pk=key) for key in (1, 11, 111, 2)}
    gone = 21
    assert Movie.objects.cards_in_order([111, gone, 2, 1, 11]) == [films[key] for key in (111, 2, 1, 11)]
    assert Movie.objects.cards_in_order([]) == []


# The API


def test_the_api_gives_the_nearest_first(client, shelf):
    found = client.get("/api/v1/films/", {"q": "tarantino 1994"}).json()["results"]
    assert [film["title"] for film in found] == ["Pulp Fiction"]


# How good it is


@pytest.mark.long
def test_nine_in_ten_slips_of_the_keyboard_are_understood():
    import_movielens(dataset=open_dataset(real_data("ml-latest-small.zip").path), name="real")
    asked = search_queries.mistyped(seed=7)[::4]
    assert bench._quality(asked)["mrr"] > 0.9
