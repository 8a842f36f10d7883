"""A small site with two tastes, its models fitted and its map drawn once a test run."""

import fcntl
import os
from functools import cache

import numpy as np
import pytest
from django.utils import timezone

from catalog.models import Movie
from recommender import live, training
from recommender.ml import artefact
from recommender.ml.contract import no_progress
from recommender.ml.interactions import Catalogue, Interactions, Vocabulary
from recommender.ml.taste_map import TABLE, draw
from recommender.models import ModelVersion
from tests.factories import GenreFactory, MovieFactory

N_FILMS = 60
N_PEOPLE = 80
VERSION = "small-site"


def genre_of(film_id):
    """Odd films are westerns, even ones musicals; people love one and dislike the other."""
    return "Western" if film_id % 2 else "Musical"


@cache
def two_tastes(seed=0):
    """Columns user, film, stars of people who love westerns or musicals; lower ids are watched more."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(1, N_PEOPLE + 1):
        watched = [film for film in range(1, N_FILMS + 1) if random.random() < 0.65 - film / 150]
        for film in watched:
            loved = (user + film) % 2 == 0
            stars = (4.5 if loved else 2.0) + random.choice([-0.5, 0.0, 0.5])
            rows.append((user, film, stars))
    return np.array(rows)


@pytest.fixture(scope="session")
def small_site_interactions():
    users, films, stars = two_tastes().T
    ids = range(1, N_FILMS + 1)
    catalogue = Catalogue(
        titles=[f"Film {film}" for film in ids],
        texts=["a duel at noon in the dust" if film % 2 else "a song on the stairs" for film in ids],
        genres=[(genre_of(film),) for film in ids],
        people=[(f"Director {film % 2}",) for film in ids],
        years=np.full(N_FILMS, 1960, np.int16),
    )
    return Interactions.of(users, films, stars, items=Vocabulary.of(list(ids)), catalogue=catalogue)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A folder that one of the processes that share the tests makes, and the others wait for."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made_once(name, make):
        folder = shared / name / VERSION
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                make(folder)
        return folder

    return made_once


@pytest.fixture(scope="session")
def small_site_bundle(small_site_interactions, made_once):
    def make(folder):
        models = training.fit_all(small_site_interactions, progress=no_progress)
        artefact.write(folder, models=models, items=small_site_interactions.items, seed=0)

    return made_once("models", make)


@pytest.fixture(scope="session")
def bundle_with_map(small_site_bundle, small_site_interactions, made_once):
    def make(folder):
        models, data = artefact.open_bundle(small_site_bundle).models, small_site_interactions
        drawn = draw(models["svdpp"], data, seed=0)
        artefact.write(folder, models=models, items=data.items, seed=0, tables={TABLE: drawn.arrays()})

    return made_once("mapped", make)


@pytest.fixture
def films(db):
    """Stored in four queries: saved one by one they take longer than many a test that wants them."""
    Movie.objects.all().delete()
    ids = range(1, N_FILMS + 1)
    films = {film: MovieFactory.build(pk=film, title=f"Film {film}", year=1960) for film in ids}
    for movie in films.values():
        movie.derive_from_title()
    Movie.objects.bulk_create(films.values())
    genres = {name: GenreFactory(name=name) for name in ("Western", "Musical")}
    described = Movie.genres.through
    described.objects.bulk_create(described(movie=films[film], genre=genres[genre_of(film)]) for film in ids)
    return films


@pytest.fixture
def live_version(db, films, small_site_bundle, settings):
    settings.MODELS_DIR = small_site_bundle.parent
    live.forget()
    version = ModelVersion.objects.create(
        name=VERSION,
        verdict=ModelVersion.Verdict.PASSED,
        is_live=True,
        promoted_at=timezone.now(),
        ratings_count=len(two_tastes()),
    )
    yield version
    live.forget()


@pytest.fixture
def mapped(live_version, bundle_with_map, settings):
    settings.MODELS_DIR = bundle_with_map.parent
    live.forget()
    yield live_version
    live.forget()
