"""Which films are due, and when again."""

from datetime import timedelta

import pytest

from catalog.models import Plot, PlotFetch
from catalog.plots import queue
from catalog.plots.cinemagoer import CinemagoerProvider
from catalog.plots.omdb import OmdbProvider
from catalog.plots.wikipedia import WikipediaProvider
from tests.catalog.plots.conftest import fetch_of, old_plot
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db
State = PlotFetch.State
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def wikipedia():
    provider = WikipediaProvider()
    yield provider
    provider.close()


def due(now, *providers, limit=10):
    return list(queue.due_films(providers, now=now, limit=limit))


def claimed(movie, provider, now):
    return queue.claim(movie=movie, provider=provider, now=now)


def test_a_film_without_a_plot_is_due(film, wikipedia, now):
    assert due(now, wikipedia) == [film]


@pytest.mark.parametrize("imdb_id", [None, ""])
def test_a_film_without_an_imdb_id_is_not(wikipedia, now, imdb_id, db):
    MovieFactory(imdb_id=imdb_id)
    assert due(now, wikipedia) == []


def test_a_fresh_plot_is_not_due_until_it_is_old(film, wikipedia, now):
    old_plot(film, days=364)
    assert due(now, wikipedia) == []
    assert due(now + 2 * DAY, wikipedia) == [film]


@pytest.mark.parametrize("values", [{"locked": True}, {"source": "editor"}])
def test_an_old_plot_that_a_person_wrote_or_locked_is_never_due(film, wikipedia, now, values):
    old_plot(film, **values)
    assert due(now, wikipedia) == []


def test_the_most_rated_films_come_first_and_no_more_than_asked_for(wikipedia, now, db):
    little, most, some = (
        MovieFactory(imdb_id=f"tt000000{n}", ratings_count=n, half_stars_sum=n) for n in (1, 9, 5)
    )
    assert due(now, wikipedia) == [most, some, little]
    assert due(now, wikipedia, limit=2) == [most, some]


def test_a_film_is_due_as_long_as_one_provider_can_be_asked(film, wikipedia, now):
    omdb = OmdbProvider()
    queue.settle_not_found(fetch=claimed(film, wikipedia, now), now=now, answer="")
    assert due(now, wikipedia) == []
    assert due(now, wikipedia, omdb) == [film]
    omdb.close()


def test_nobody_is_asked_where_there_is_no_provider(film, now):
    assert due(now) == []


def test_facts_are_asked_for_once_whoever_told_the_story(film, wikipedia, now):
    cinemagoer = CinemagoerProvider()
    Plot.objects.create(movie=film, text="Ours.", source="editor")
    assert due(now, wikipedia) == []
    assert due(now, cinemagoer) == [film]
    queue.settle_not_found(fetch=claimed(film, cinemagoer, now), now=now, answer="")
    assert due(now + 400 * DAY, cinemagoer) == []


def test_one_worker_has_a_film_for_itself(film, wikipedia, now):
    assert claimed(film, wikipedia, now)
    assert claimed(film, wikipedia, now) is None
    assert due(now, wikipedia) == []


def test_the_film_of_a_worker_that_died_is_free_after_a_while(film, wikipedia, now):
    claimed(film, wikipedia, now)
    assert due(now + queue.CLAIM - SECOND, wikipedia) == []
    assert claimed(film, wikipedia, now + queue.CLAIM)


def test_a_film_given_back_is_due_at_once(film, wikipedia, now):
    queue.release(fetch=claimed(film, wikipedia, now), now=now)
    assert due(now, wikipedia) == [film]


def test_a_film_that_is_not_due_leaves_no_trace_in_the_queue(film, wikipedia, now):
    Plot.objects.create(movie=film, text="Ours.", source="editor")
    assert claimed(film, wikipedia, now) is None
    assert not PlotFetch.objects.exists()


def test_not_found_is_remembered_for_thirty_days(film, wikipedia, now):
    queue.settle_not_found(fetch=claimed(film, wikipedia, now), now=now, answer="no article")
    assert due(now + 30 * DAY - SECOND, wikipedia) == []
    assert due(now + 30 * DAY, wikipedia) == [film]
    assert (fetch_of(film).state, fetch_of(film).answer) == (State.NOT_FOUND, "no article")


def test_a_plot_that_was_deleted_is_fetched_anew(film, wikipedia, now):
    queue.settle_found(fetch=claimed(film, wikipedia, now), now=now)
    plot = Plot.objects.create(movie=film, text="A text.", source="wikipedia")
    assert due(now, wikipedia) == []
    plot.delete()
    assert due(now, wikipedia) == [film]


def test_each_failure_waits_longer(film, wikipedia, now):
    waits = []
    for _ in range(12):
        queue.try_again(fetch=claimed(film, wikipedia, now), now=now, answer="busy", after=None)
        waits.append(fetch_of(film).due_at - now)
        now = fetch_of(film).due_at
    assert waits[:8] == sorted(waits[:8])
    assert max(waits) <= queue.LAST_RETRY * 1.25
    assert fetch_of(film).attempts == 12


def test_the_wait_that_the_provider_asked_for_is_kept(film, wikipedia, now):
    queue.try_again(fetch=claimed(film, wikipedia, now), now=now, answer="", after=3 * DAY)
    assert fetch_of(film).due_at == now + 3 * DAY


def test_a_short_wait_does_not_shorten_the_back_off(film, wikipedia, now):
    queue.try_again(fetch=claimed(film, wikipedia, now), now=now, answer="", after=SECOND)
    assert fetch_of(film).due_at > now + timedelta(minutes=10)


def test_an_answer_starts_the_back_off_anew(film, wikipedia, now):
    queue.try_again(fetch=claimed(film, wikipedia, now), now=now, answer="busy", after=None)
    queue.settle_not_found(fetch=claimed(film, wikipedia, now + DAY), now=now, answer="")
    assert fetch_of(film).attempts == 0


@pytest.mark.parametrize(("attempts", "steps"), [(1, 1), (2, 2), (3, 4), (4, 8), (9, 100), (30_000, 100)])
def test_the_back_off_doubles_up_to_its_end_a_quarter_up_or_down(attempts, steps):
    waits = [queue.back_off(attempts, SECOND, 100 * SECOND) / SECOND for _ in range(300)]
    assert steps * 0.75 <= min(waits) < steps * 0.85
    assert steps * 1.15 < max(waits) <= steps * 1.25


def test_a_long_answer_is_shortened_to_its_column(film, wikipedia, now):
    queue.settle_not_found(fetch=claimed(film, wikipedia, now), now=now, answer="x" * 1000)
    assert len(fetch_of(film).answer) == 300
