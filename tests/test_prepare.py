import os
import stat
import subprocess

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from catalog.models import Credit, Movie, Rating
from recommender.models import ModelVersion
from tests.factories import MovieFactory, UserFactory

ROWS = "".join(
    f"{user},{film},{1 + (user + film) % 5},96498{user:02}{film:02}\n"
    for user in range(1, 9)
    for film in (1, 6)
)


@pytest.fixture
def fresh(settings, tmp_path, monkeypatch, db):
    """A site with a var of its own, a data set too small to train on, and no package index."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    settings.VAR_DIR, settings.MODELS_DIR = tmp_path / "var", tmp_path / "var" / "models"
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    folder = tmp_path / "ml-tiny"
    folder.mkdir()
    (folder / "movies.csv").write_text(
        "movieId,title,genres\n1,Toy Story (1995),Comedy\n6,Heat (1995),Crime\n"
    )
    (folder / "ratings.csv").write_text(f"userId,movieId,rating,timestamp\n{ROWS}")
    return folder


def prepare(capsys, data):
    call_command("prepare", data=str(data))
    return capsys.readouterr()


def test_a_fresh_site_gets_static_files_films_and_an_admin(fresh, capsys):
    said = prepare(capsys, fresh)
    assert (Movie.objects.count(), Rating.objects.count()) == (2, 16)
    assert get_user_model().objects.filter(is_superuser=True).count() == 1
    assert (fresh.parent / "var" / "static" / "admin").is_dir()
    assert "No credits for now" in said.err
    assert "No recommendations for now" in said.err


def test_the_second_time_repeats_none_of_the_work(fresh, capsys):
    prepare(capsys, fresh)
    Credit.objects.create(
        movie=Movie.objects.first(),
        person=Movie.people.rel.model.objects.create(name="Al Pacino"),
        role="cast",
    )
    version = ModelVersion.objects.create(name="v1", verdict="passed", is_live=True, ratings_count=16)
    version.folder.mkdir(parents=True)
    (version.folder / "manifest.json").write_text("{}")

    said = prepare(capsys, fresh)

    assert (said.out, said.err) == ("", "")


def test_a_data_set_named_later_is_imported_beside_the_first(fresh, capsys):
    prepare(capsys, fresh)
    fresh.rename(fresh.with_name("ml-other"))
    prepare(capsys, fresh.with_name("ml-other"))
    assert Rating.objects.filter(user__source_key__startswith="ml-other:").count() == 16


def test_a_data_set_that_cannot_be_read_stops_the_start(fresh, capsys):
    with pytest.raises(CommandError, match="nowhere"):
        prepare(capsys, fresh / "nowhere.zip")
    assert not Rating.objects.exists()


@pytest.mark.django_db
def test_the_admin_account_is_made_once_and_can_log_in(capsys):
    call_command("ensure_admin")
    password = capsys.readouterr().out.partition("password: ")[2].split()[0]
    assert authenticate(None, username="admin", password=password).is_superuser
    assert EmailAddress.objects.filter(user__username="admin", verified=True, primary=True).exists()

    call_command("ensure_admin")
    assert capsys.readouterr().out == ""


@pytest.mark.django_db
def test_a_member_never_becomes_admin_by_their_name():
    member = UserFactory(username="admin")
    with pytest.raises(CommandError, match="choose another"):
        call_command("ensure_admin")
    member.refresh_from_db()
    assert not member.is_superuser


@pytest.mark.django_db
def test_films_alone_do_not_count_as_imported_ratings(fresh, capsys):
    MovieFactory()
    prepare(capsys, fresh)
    assert Rating.objects.count() == 16


def make(target, **environment):
    return subprocess.run(
        ["make", "--no-print-directory", target],
        cwd=site.BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_says_in_one_line_that_another_python_is_needed(tmp_path):
    other = tmp_path / "python3.9"
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    result = make("python-version", PYTHON=str(other))
    assert result.returncode != 0
    assert result.stdout.startswith("Marquee needs Python 3.11")
    assert len(result.stdout.splitlines()) == 1


def test_make_alone_lists_what_there_is_to_do():
    assert "make run" in make("help").stdout


def test_the_key_of_a_new_site_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "local.env"
    result = make(str(path), VAR_DIR=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text()) > 50
