"""A site of the size of MovieLens's whole catalogue, for measuring its pages.

    python -m tests.bench.large_site [--train]      into the database of DATABASE_URL, models into VAR_DIR

The 87,585 films of MovieLens 32M, the million ratings of 1M by people of its own, the credits that
`load_credits` brings, members with diaries. No set tells the length and the language of so many films, and
no poster may be taken along: these are made up, and so is what would take an hour to learn. The models have
the shapes that training gives them; those whose fit is quick are fitted, the others for one epoch, and the
autoencoder and the neighbours of films are drawn. --train trains with the site's own code instead.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from tests.recommender.ml.real_data import REPOSITORY, real_data

CATALOGUE, RATINGS = "ml-32m-catalogue.zip", "ml-1m-no-timestamps.zip"
MEMBERS = 8
RATED, DIARY, WATCHLIST, REVIEWS = 400, 300, 100, 30
LANGUAGES = ("en", "en", "en", "en", "en", "fr", "it", "ja", "de", "sv")
VERSION = "large-site"
BATCH = 2_000


def build(environment: dict[str, str], *, train: bool = False) -> None:
    """In fresh processes: each command as an operator would give it."""
    for command in (
        ["manage.py", "migrate", "-v0"],
        ["manage.py", "collectstatic", "--noinput", "-v0"],
        ["manage.py", "load_movielens", str(real_data(CATALOGUE).path)],
        ["manage.py", "load_movielens", str(real_data(RATINGS).path)],
        ["manage.py", "load_credits"],
        ["-m", "tests.bench.large_site", *(["--train"] if train else [])],
    ):
        subprocess.run(
            [sys.executable, *command], cwd=REPOSITORY, env=environment, check=True, stdout=subprocess.DEVNULL
        )


def furnish() -> None:
    """What no data set brings: lengths, languages, posters, plots, members."""
    from django.db import transaction

    with transaction.atomic():
        _complete_films()
        for number in range(MEMBERS):
            _move_in(number)


def _complete_films() -> None:
    from django.db.models import F

    from catalog.models import Movie, Plot, PosterPicture

    Movie.objects.order_by().update(runtime=70 + F("id") * 37 % 111)
    for place, language in enumerate(LANGUAGES):
        films = Movie.objects.order_by().annotate(part=F("id") % len(LANGUAGES)).filter(part=place)
        films.update(language=language)
    keys = list(Movie.objects.order_by("pk").values_list("pk", flat=True))
    kept = {"state": "kept", "width": 500, "height": 750, "blur": "data:image/webp;base64," + "A" * 160}
    _write(
        PosterPicture,
        (PosterPicture(movie_id=key, source_url="", digest=f"{key:024x}", **kept) for key in keys[::2]),
    )
    story = "Somebody comes to town, and somebody else has to leave it before the night is over. " * 8
    _write(Plot, (Plot(movie_id=key, text=story, source="editor") for key in keys[::3]))


def _write(model, rows: Iterable) -> None:
    model.objects.bulk_create(rows, batch_size=BATCH)


def _move_in(number: int) -> None:
    """A member who rated, saw, reviewed and means to see films that many know."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from catalog.models import Movie, Rating, Review, Watch, WatchlistEntry
    from catalog.services import refresh_counts

    rng = np.random.default_rng(number)
    user = get_user_model().objects.create_user(f"member{number}", f"member{number}@example.org")
    known = list(Movie.objects.order_by("-ratings_count", "pk").values_list("pk", flat=True)[:3000])
    films, now = rng.permutation(known).tolist(), timezone.now()
    rated, wanted = films[:RATED], films[RATED : RATED + WATCHLIST]
    stars = rng.integers(3, 11, RATED).tolist()
    _write(
        Rating,
        (
            Rating(user=user, movie_id=film, half_stars=value, rated_at=now - timedelta(days=2 * place))
            for place, (film, value) in enumerate(zip(rated, stars, strict=True))
        ),
    )
    days = [now.date() - timedelta(days=3 * place) for place in range(DIARY)]
    seen = zip(rated, days, strict=False)
    _write(Watch, (Watch(user=user, movie_id=film, watched_on=day) for film, day in seen))
    _write(
        Review,
        (Review(user=user, movie_id=film, text="Slow, and worth it. " * 9) for film in rated[:REVIEWS]),
    )
    _write(WatchlistEntry, (WatchlistEntry(user=user, movie_id=film) for film in wanted))
    refresh_counts(movie_ids=rated)


def publish() -> None:
    """Models of the right shapes as the live version, unless its files are there already."""
    from django.conf import settings
    from django.utils import timezone

    from recommender.interactions import read_interactions
    from recommender.ml import artefact
    from recommender.models import ModelVersion

    data, folder = read_interactions(), Path(settings.MODELS_DIR) / VERSION
    if not folder.exists():
        artefact.write(folder, models=models(data), items=data.items, seed=0)
    assert np.array_equal(artefact.open_bundle(folder).items.ids, data.items.ids)
    ModelVersion.objects.create(
        name=VERSION,
        verdict=ModelVersion.Verdict.PASSED,
        is_live=True,
        promoted_at=timezone.now(),
        ratings_count=len(data.rated),
        metrics={"intervals": {"errors": _errors()}},
    )


def _errors() -> dict[str, list]:
    from recommender.ml.stacking import learn_errors

    rng = np.random.default_rng(0)
    errors = learn_errors(rng.normal(0, 0.9, 9000), rng.integers(5, 500, 9000), rng.integers(1, 3000, 9000))
    return {name: np.asarray(value).tolist() for name, value in errors._asdict().items()}


def models(data):
    """By name, as recommender.training.fit_all gives them."""
    from recommender.ml.list_blend import ListBlend, ListBlendConfig
    from recommender.ml.registry import model_class
    from recommender.ml.twin import TwinAutoencoders, TwinConfig
    from recommender.training import EASE_FILMS, OTHERS

    once = ListBlendConfig()
    once = replace(
        once,
        ease=replace(once.ease, largest=EASE_FILMS),
        watched=replace(once.watched, n_epochs=1),
        starred=replace(once.starred, n_epochs=1),
    )
    hybrid, blend = _hybrid(data), ListBlend(once).fit(data, seed=0)
    twin = TwinAutoencoders(TwinConfig(n_rounds=1, steps_per_turn=1, n_epochs=1)).fit(data, seed=0)
    # Ratings of 1M carry no time; a site's own do.
    twin.knows_days_ = True
    others = (model_class(name)().fit(data, seed=0) for name in OTHERS if name != twin.name)
    parts = (hybrid, hybrid.content_, hybrid.svdpp_, hybrid.autoencoder_, blend, blend.ease_, twin, *others)
    return {model.name: model for model in parts}


def _hybrid(data):
    from recommender.ml.autoencoder import AutoencoderConfig, RatingAutoencoder
    from recommender.ml.content import Content
    from recommender.ml.hybrid import Hybrid, HybridConfig
    from recommender.ml.parts import prefixed
    from recommender.ml.svdpp import SVDPlusPlus, SVDPlusPlusConfig

    rng = np.random.default_rng(0)
    svdpp = SVDPlusPlus(SVDPlusPlusConfig(n_epochs=1)).fit(data, seed=0)
    config = AutoencoderConfig()
    F = rng.normal(0, 0.05, (data.n_items, config.n_axes)).astype(np.float32)
    middle = (svdpp.b_ + svdpp.mean_).astype(np.float32)
    autoencoder = RatingAutoencoder.from_state(config, {"m": middle, "F": F, "f": F[0]})
    count = np.log1p(np.bincount(data.item, minlength=data.n_items)).astype(np.float32)
    neighbours = HybridConfig().n_neighbours
    return Hybrid.from_state(
        HybridConfig(),
        {
            **prefixed("content.", Content().fit(data, seed=0).state()),
            **prefixed("svdpp.", svdpp.state()),
            **prefixed("autoencoder.", autoencoder.state()),
            "neighbours": rng.integers(0, data.n_items, (data.n_items, neighbours)).astype(np.int32),
            "likeness": rng.random((data.n_items, neighbours)).astype(np.float32),
            "popularity": (count - count.mean()) / count.std(),
            "inverse_length": (1 / (np.linalg.norm(svdpp.Q_, axis=1) + 0.1)).astype(np.float32),
            "deviations": np.ones(3),
        },
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    import django

    django.setup()
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.large_site", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--train", action="store_true", help="models by the site's own training")
    trains = parser.parse_args().train
    furnish()
    if trains:
        from recommender import training

        training.run(force=True)
    else:
        publish()


if __name__ == "__main__":
    main()
