"""Two workers at once, each on its own connection to a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from catalog.models import Movie
from catalog.plots import pace, queue
from catalog.plots.cinemagoer import CinemagoerProvider
from tests.catalog.plots.workers import in_own_connections
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db(transaction=True)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def by_two(work, folder):
    with in_own_connections(folder) as connected, ThreadPoolExecutor(2) as workers:
        return [result for mine in workers.map(connected(work), range(2)) for result in mine]


def test_two_workers_never_share_a_turn(settings, now, tmp_path):
    settings.PLOT_REQUESTS_PER_SECOND = 10
    later = now + MINUTE

    def work(_):
        return [pace.take_turn(provider="wikipedia", now=later) for _ in range(40)]

    assert sorted(by_two(work, tmp_path)) == [later + n * SECOND / 10 for n in range(80)]


def test_two_workers_never_claim_the_same_film(now, tmp_path):
    for n in range(1, 31):
        MovieFactory(imdb_id=f"tt{n:07}")
    films, together = list(Movie.objects.all()), Barrier(2)

    def work(_):
        claimed = []
        for film in films:
            together.wait(20)
            claimed.append(queue.claim(movie=film, provider=CinemagoerProvider(), now=now))
        return [fetch.movie_id for fetch in claimed if fetch]

    assert sorted(by_two(work, tmp_path)) == sorted(film.pk for film in films)
