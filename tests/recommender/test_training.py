import hashlib
import json
import shutil

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Rating
from recommender import live, tasks, training
from recommender.ml.contract import Cancelled
from recommender.models import ModelVersion, TrainingRun
from recommender.tasks import train_nightly
from tests.factories import ImportedUserFactory, RatingFactory, WatchFactory
from tests.panel import site_owner
from tests.small_site import N_PEOPLE, two_tastes


@pytest.fixture
def rated_films(films, settings, tmp_path):
    settings.MODELS_DIR = tmp_path / "models"
    live.forget()
    # Under numbers of their own, for these are part of what names a version.
    people = {
        user: ImportedUserFactory(pk=1_000_000 + user, source_key=f"two-tastes:{user}")
        for user in range(1, N_PEOPLE + 1)
    }
    Rating.objects.bulk_create(
        Rating(
            user=people[user], movie=films[film], half_stars=int(stars * 2), source="import", rated_at=None
        )
        for user, film, stars in two_tastes()
    )
    yield films
    live.forget()


@pytest.fixture(scope="module")
def kept_training(tmp_path_factory):
    """Files, row and progress of what the first test trained: the same ratings would make the same again."""
    return tmp_path_factory.mktemp("kept"), [], []


@pytest.fixture
def train_first(rated_films, settings, kept_training):
    """Trains, or puts back what that once made."""
    files, rows, shares = kept_training

    def train_first():
        if rows:
            shutil.copytree(files, settings.MODELS_DIR, dirs_exist_ok=True)
            ModelVersion.objects.bulk_create(rows)
        else:
            rows.append(training.run(progress=lambda share, what: shares.append(share)))
            shutil.copytree(settings.MODELS_DIR, files, dirs_exist_ok=True)
        return ModelVersion.objects.get()

    return train_first


def test_a_first_training_passes_the_gate_and_goes_live(train_first):
    version = train_first()
    assert version.verdict == ModelVersion.Verdict.PASSED, version.reason
    assert version.is_live
    assert live.live_models().version == version.name
    assert version.metrics["hybrid"]["rmse"] < version.metrics["bias"]["rmse"]


def test_the_same_ratings_are_not_trained_twice(train_first):
    first = train_first()
    trained_at = (first.folder / "manifest.json").stat().st_mtime_ns
    assert train_nightly() == first.name
    assert (first.folder / "manifest.json").stat().st_mtime_ns == trained_at
    assert ModelVersion.objects.count() == 1


def test_a_version_whose_files_were_damaged_is_trained_again(train_first):
    version = train_first()
    (version.folder / "manifest.json").write_text("{}")
    assert training.run().name == version.name
    training.artefact.open_bundle(version.folder)


def test_a_new_rating_makes_another_version_and_the_former_can_come_back(rated_films, train_first):
    first = train_first()
    RatingFactory(movie=rated_films[1], half_stars=9)
    second = training.run(force=True)
    assert second.name != first.name
    assert ModelVersion.objects.get(is_live=True) == second

    training.promote(version=first, reason="Rolled back.")
    assert ModelVersion.objects.get(is_live=True) == first
    assert live.live_models().version == first.name
    assert "Rolled back." in ModelVersion.objects.get(pk=first.pk).reason


def test_two_trainings_never_run_at_once(rated_films):
    TrainingRun.objects.create()
    with pytest.raises(training.TrainingRefused, match="Another training is running"):
        training.run()


def test_a_training_that_died_silently_does_not_block_the_next(rated_films):
    dead = TrainingRun.objects.create()
    TrainingRun.objects.filter(pk=dead.pk).update(seen_at=timezone.now() - 2 * training.STALE_AFTER)
    training.run()
    dead.refresh_from_db()
    assert dead.state == TrainingRun.State.FAILED


def test_a_training_can_be_cancelled_and_leaves_the_live_version_alone(rated_films):
    def cancel_at_once(share, what):
        TrainingRun.objects.update(cancel_requested=True)

    with pytest.raises(Cancelled):
        training.run(progress=cancel_at_once)
    assert TrainingRun.objects.get().state == TrainingRun.State.CANCELLED
    assert not ModelVersion.objects.exists()


def test_too_few_ratings_are_refused_with_a_sentence_that_helps(films, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    RatingFactory(movie=films[1])
    with pytest.raises(training.TrainingRefused, match="There are 1 ratings; the models need at least 50"):
        training.run()
    assert TrainingRun.objects.get().state == TrainingRun.State.FAILED


def test_progress_reaches_the_end_and_never_goes_back(train_first, kept_training):
    train_first()
    *_, shares = kept_training
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_viewings_without_a_rating_are_read_as_implicit_feedback(films, member):
    from recommender.interactions import read_interactions

    WatchFactory(user=member, movie=films[1])
    WatchFactory(user=member, movie=films[1], watched_on=timezone.localdate())
    WatchFactory(user=member, movie=films[2])
    RatingFactory(user=member, movie=films[2], half_stars=6)
    data = read_interactions()
    assert len(data) == 2
    assert len(data.rated) == 1
    assert data.rated.rating.tolist() == [3.0]


def of_another_make(version):
    """As code that knows one more field writes it: signed, but not to be opened here."""
    path = version.folder / "manifest.json"
    plain = json.loads(path.read_text())
    del plain["digest"]
    plain["models"]["svdpp"]["config"]["of_tomorrow"] = 1
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    path.write_text(json.dumps({**plain, "digest": hashlib.sha256(canonical.encode()).hexdigest()}))
    live.forget()


def test_a_training_is_due_once_where_an_upgrade_left_no_version_that_opens(
    train_first, monkeypatch, client, caplog
):
    asked = []
    monkeypatch.setattr(tasks.train_nightly, "delay", lambda: asked.append(tasks.train_nightly()))
    tasks.train_where_nothing_opens()
    assert asked == []  # nothing was trained yet: that is for whoever sets the site up
    version = train_first()
    tasks.train_where_nothing_opens()
    assert asked == []

    of_another_make(version)
    assert live.live_models() is None
    client.force_login(site_owner())
    versions = reverse("admin:recommender_modelversion_changelist")
    assert "a training is due" in client.get(versions).text
    live.forget()  # another process begins
    tasks.train_where_nothing_opens()
    assert asked == [version.name]
    assert "No stored version of the models can be opened by this code" in caplog.text

    tasks.train_where_nothing_opens()
    assert len(asked) == 1
    assert live.live_models() is not None
    assert "a training is due" not in client.get(versions).text


def test_no_training_is_due_while_a_former_version_opens(rated_films, train_first):
    former = train_first()
    RatingFactory(movie=rated_films[1], half_stars=9)
    of_another_make(training.run(force=True))
    assert live.live_models().version == former.name
    assert not training.is_due()
