"""From the film without a plot to the stored text: providers in order, and what their answers do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Plot, PlotFetch
from catalog.plots import services
from catalog.plots.contract import FilmFacts, PlotText
from catalog.tasks import fetch_plots_nightly
from tests.catalog.plots.conftest import (
    ARTICLE,
    PAGE,
    SPARQL,
    STORY,
    fetch_of,
    make_due,
    old_plot,
    wikidata,
)
from tests.catalog.plots.server import Reply, says
from tests.catalog.plots.test_cinemagoer import load
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db
TMDB_FIND = "/tmdb/find/tt0041959"


def fetch(limit=10, providers=("wikipedia",), **kwargs):
    return services.fetch_plots(limit=limit, providers=providers, **kwargs)


def tmdb_knows(server, text="TMDB's text."):
    server.on(TMDB_FIND, says({"movie_results": [{"id": 1092}]}))
    server.on(
        "/tmdb/movie/1092", says({"overview": text, "tagline": "Hunted by men!", "poster_path": "/a.jpg"})
    )


def more_films(number):
    return [MovieFactory(imdb_id=f"tt100000{n}") for n in range(number)]


def test_a_found_plot_is_stored_with_where_it_came_from(film, story):
    before = timezone.now()
    report = fetch()
    plot = Plot.objects.get(movie=film)
    assert (plot.text, plot.source, plot.source_url) == (STORY, "wikipedia", ARTICLE)
    assert plot.licence == "CC BY-SA 4.0"
    assert before <= plot.fetched_at <= timezone.now()
    assert (report.of("wikipedia").found, report.films) == (1, 1)


def test_providers_are_asked_in_the_order_of_the_settings(film, server, story, settings):
    tmdb_knows(server)
    settings.PLOT_PROVIDERS = ["tmdb", "wikipedia"]
    services.fetch_plots(limit=1)
    assert Plot.objects.get().source == "tmdb"
    assert SPARQL not in server.paths()


def test_the_next_provider_is_asked_where_the_first_knows_nothing(film, server):
    server.on(SPARQL, wikidata())
    tmdb_knows(server)
    report = fetch(providers=["wikipedia", "tmdb", "omdb"])
    assert Plot.objects.get().source == "tmdb"
    assert (report.of("wikipedia").not_found, report.of("tmdb").found) == (1, 1)
    assert "/omdb/" not in server.paths()


def test_tagline_and_poster_come_with_the_text(film, server, settings):
    tmdb_knows(server)
    fetch(providers=["tmdb"])
    film.refresh_from_db()
    assert (film.tagline, film.plot.poster_url) == ("Hunted by men!", f"{settings.TMDB_IMAGE_URL}/a.jpg")


def test_a_provider_without_key_or_database_says_so_and_is_passed_over(film, story, settings):
    settings.TMDB_KEY = ""
    report = fetch(providers=["cinemagoer", "tmdb", "wikipedia"])
    assert "load_imdb" in str(report.of("cinemagoer"))
    assert "TMDB_KEY is not set" in str(report.of("tmdb"))
    assert Plot.objects.get().source == "wikipedia"


def test_a_provider_that_does_not_exist_is_named(db):
    with pytest.raises(ValueError, match="No plot provider is called imdb"):
        fetch(providers=["imdb"])


def test_the_facts_of_the_data_set_are_kept_though_it_has_no_plot(film, story, dataset):
    load(dataset)
    fetch(providers=["cinemagoer", "wikipedia"])
    assert film.credits.count() == 4
    assert film.plot.source == "wikipedia"


def test_a_data_set_that_arrives_later_fills_in_facts_and_leaves_the_text(film, story, dataset, server):
    Plot.objects.create(movie=film, text="Ours.", source="editor")
    load(dataset)
    fetch(providers=["cinemagoer", "wikipedia"])
    assert film.credits.count() == 4
    assert Plot.objects.get().text == "Ours."
    assert server.seen == []


def test_a_second_fetch_finds_nothing_to_do(film, story, server):
    fetch()
    requests = len(server.seen)
    assert fetch().films == 0
    assert len(server.seen) == requests


def test_an_old_plot_is_fetched_again(film, story):
    old_plot(film)
    fetch()
    plot = Plot.objects.get()
    assert plot.text == STORY
    assert plot.fetched_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        (PAGE, says("")),
        (PAGE, says("<p> </p>")),
        (SPARQL, wikidata()),
        (PAGE, says("no", 404)),
        (PAGE, Reply(202)),
    ],
    ids=["nothing", "no words", "no article", "404", "challenge"],
)
def test_an_empty_answer_never_replaces_a_good_text(film, server, story, path, reply):
    old_plot(film)
    server.on(path, reply)
    fetch()
    assert Plot.objects.get().text == "An old text."


def test_a_blank_text_is_never_stored(film):
    old_plot(film)
    assert not services.store(movie=film, plot=PlotText(" \n", "omdb", "", ""))
    assert Plot.objects.get().text == "An old text."


@pytest.mark.parametrize("values", [{"locked": True}, {"source": "editor"}])
def test_a_text_that_a_person_wrote_or_locked_is_not_even_asked_about(film, server, story, values):
    old_plot(film, **values)
    fetch()
    assert Plot.objects.get().text == "An old text."
    assert server.seen == []


@pytest.mark.parametrize("values", [{"locked": True}, {"source": "editor"}])
def test_a_person_who_saves_while_the_provider_is_asked_wins(film, values):
    old_plot(film, **values)
    assert not services.store(movie=film, plot=PlotText("Theirs.", "tmdb", "", ""))
    assert Plot.objects.get().text == "An old text."


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x/" + "y" * 1000])
def test_only_addresses_that_a_page_can_link_to_are_stored(film, address):
    facts = FilmFacts(poster_url=address)
    services.store(movie=film, plot=PlotText("A text.", "cinemagoer", address, "x" * 99, facts=facts))
    assert (film.plot.source_url, film.plot.poster_url, len(film.plot.licence)) == ("", "", 60)


def test_texts_with_broken_letters_are_stored_without_them(film, server):
    tmdb_knows(server, "A \0 writer \ud800 in  Vienna.\r\n\r\n\r\nThe end.")
    fetch(providers=["tmdb"])
    assert Plot.objects.get().text == "A writer in Vienna.\n\nThe end."


def test_not_found_is_asked_again_only_after_its_days(film, server):
    server.on(SPARQL, wikidata())
    fetch()
    assert fetch_of(film).due_at > timezone.now() + timedelta(days=29)
    assert fetch().films == 0
    make_due()
    assert fetch().of("wikipedia").not_found == 1


def test_a_busy_provider_is_tried_again_later(film, server, story):
    server.on(PAGE, says("busy", 503), says(f"<p>{STORY}</p>"))
    assert fetch().of("wikipedia").again == 1
    assert (fetch_of(film).state, fetch_of(film).attempts) == (PlotFetch.State.RETRY, 1)
    assert fetch().films == 0
    make_due()
    assert fetch().of("wikipedia").found == 1
    assert fetch_of(film).attempts == 0


def test_a_challenge_pauses_the_provider_at_once_and_the_next_one_goes_on(film, server):
    more_films(2)
    server.on(SPARQL, Reply(202))
    tmdb_knows(server)
    report = fetch(providers=["wikipedia", "tmdb"])
    assert server.paths().count(SPARQL) == 1
    assert report.of("wikipedia").refused == 1
    assert "1 refused, 0 to be tried again; then paused until" in str(report.of("wikipedia"))
    assert (report.of("tmdb").found, report.of("tmdb").not_found) == (1, 2)


def test_repeated_failures_pause_the_provider(server):
    more_films(6)
    server.on(SPARQL, says("oops", 500))
    report = fetch()
    assert server.paths().count(SPARQL) == 3
    assert report.of("wikipedia").again == 3


@pytest.mark.parametrize("answers", [[wikidata(ARTICLE)], [wikidata()]], ids=["found", "not found"])
def test_failures_between_answers_pause_nobody(server, story, answers):
    more_films(6)
    oops = says("oops", 500)
    server.on(SPARQL, oops, oops, *answers, oops, oops, *answers)
    report = fetch()
    assert report.of("wikipedia").again == 4
    assert not report.of("wikipedia").passed_over


def test_films_that_were_not_asked_about_stay_due(server):
    films = more_films(6)
    server.on(SPARQL, says("oops", 500))
    fetch()
    assert PlotFetch.objects.count() == 3
    assert not PlotFetch.objects.filter(movie__in=films[3:]).exists()


def test_a_wait_that_was_asked_for_holds_for_every_film(server):
    more_films(2)
    server.on(SPARQL, says("busy", 429, Retry_After="3600"))
    fetch()
    assert fetch().films == 0
    assert len(server.seen) == 1
    assert PlotFetch.objects.get().due_at > timezone.now() + timedelta(minutes=59)


def test_an_answer_of_an_unexpected_shape_does_not_end_the_night(film, server, story):
    other = MovieFactory(imdb_id="tt0000001")
    server.on(TMDB_FIND, says({"movie_results": [{"name": "no id"}]}))
    server.on("/tmdb/find/tt0000001", says({"movie_results": [{"id": 1092}]}))
    server.on("/tmdb/movie/1092", says({"overview": "A text."}))
    report = fetch(providers=["tmdb"])
    assert (report.of("tmdb").again, report.of("tmdb").found) == (1, 1)
    assert other.plot.text == "A text."


def test_no_more_films_than_the_limit_are_asked_about(server):
    more_films(5)
    server.on(SPARQL, wikidata())
    assert fetch(limit=2).films == 2
    assert fetch(limit=10).films == 3


def test_progress_is_told_film_by_film(server):
    more_films(3)
    told = []
    fetch(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_being_stopped_in_the_middle_leaves_the_film_due(film, server, story, settings):
    def stop(done, total):
        raise KeyboardInterrupt

    other = MovieFactory(imdb_id="tt0000001")
    with pytest.raises(KeyboardInterrupt):
        fetch(progress=stop)
    assert film.plot.text == STORY
    assert fetch().films == 1
    assert fetch_of(other)


def test_the_nightly_task_asks_about_one_batch_and_can_run_twice(server, settings):
    more_films(3)
    settings.PLOT_BATCH_SIZE, settings.PLOT_PROVIDERS = 2, ["wikipedia"]
    server.on(SPARQL, wikidata())
    assert fetch_plots_nightly.name == "catalog.tasks.fetch_plots_nightly"
    assert fetch_plots_nightly() == "wikipedia: 0 found, 2 not found, 0 refused, 0 to be tried again"
    fetch_plots_nightly()
    fetch_plots_nightly()
    assert PlotFetch.objects.count() == len(server.seen) == 3
