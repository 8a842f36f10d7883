"""Posters from elsewhere: fetched once, from permitted hosts only, resized, kept, and served from here."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from catalog.models import Movie, Plot, PosterPicture
from catalog.pictures import queue, services, shelf
from catalog.pictures.download import is_public
from catalog.tasks import fetch_posters_nightly
from tests.catalog.plots.server import Reply, RudeServer, says
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db
State = PosterPicture.State


def picture_file(width=600, height=900, *, format="JPEG", mode="RGB", colour="#b83a0a"):
    stream = BytesIO()
    Image.new(mode, (width, height), colour).save(stream, format)
    return stream.getvalue()


@pytest.fixture
def server():
    server = RudeServer()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def own_hosts(settings, tmp_path):
    """The server that misbehaves stands in for the internet; localhost is a name for a private address."""
    settings.POSTER_HOSTS = ["127.0.0.1", "localhost"]
    settings.POSTER_PRIVATE_HOSTS = ["127.0.0.1"]
    settings.POSTER_TIMEOUT_SECONDS = 0.5
    settings.PLOT_REQUESTS_PER_SECOND = 10_000
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def film(server):
    """A film whose poster is said to be at /poster.jpg."""
    film = MovieFactory(title="The Third Man", year=1949)
    queue.offer_posters({film.pk: f"{server.url}/poster.jpg"})
    return film


def fetched(film, server=None, reply=None):
    if reply:
        server.on("/poster.jpg", reply)
    services.fetch_pictures()
    return PosterPicture.objects.get(movie=film)


def files(settings):
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*.*"))


def rendered(film, **context):
    context = {"request": RequestFactory().get("/"), **context}
    return Template("{% load films %}{% poster movie %}").render(Context({"movie": film, **context}))


def test_a_poster_is_kept_in_every_size_and_format(film, server, settings):
    picture = fetched(film, server, Reply(body=picture_file()))
    assert (picture.state, picture.width, picture.height) == (State.KEPT, 500, 750)
    assert files(settings) == sorted(picture.file_names)
    for name in picture.file_names:
        with Image.open(shelf.path_of(name)) as image:
            assert f"{image.width}.{image.format.lower()}" == name.partition("-")[2]
            assert image.width * 3 // 2 == image.height
    assert picture.blur.startswith("data:image/webp;base64,")
    assert len(picture.blur) < 400


def test_a_poster_is_fetched_once(film, server):
    fetched(film, server, Reply(body=picture_file()))
    services.fetch_pictures()
    assert server.paths() == ["/poster.jpg"]


def test_a_small_poster_is_never_blown_up(film, server):
    picture = fetched(film, server, Reply(body=picture_file(200, 300)))
    assert {name.partition("-")[2] for name in picture.file_names} == {
        "160.avif",
        "160.webp",
        "200.avif",
        "200.webp",
    }


def test_what_a_picture_is_says_its_content_not_its_header(film, server):
    claims = {"Content-Type": "text/plain"}
    assert fetched(film, server, Reply(body=picture_file(format="PNG"), headers=claims)).state == State.KEPT


def test_clear_parts_become_paper(film, server):
    picture = fetched(film, server, Reply(body=picture_file(format="PNG", mode="RGBA", colour="#0000")))
    with Image.open(shelf.path_of(picture.file_names[-1])) as image:
        assert image.convert("RGB").getpixel((250, 375)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (says("gone", 404), "There is nothing at this address (404)."),
        (
            Reply(body=b"<html>", headers={"Content-Type": "image/jpeg"}),
            "The file cannot be read as a picture.",
        ),
        (Reply(body=picture_file()[:900]), "The file cannot be read as a picture."),
        (Reply(body=b""), "The file cannot be read as a picture."),
        (Reply(body=picture_file(format="GIF")), "The file cannot be read as a picture."),
        (Reply(body=picture_file(80, 120)), "80 × 120 is too small for a poster."),
        (Reply(body=picture_file(900, 400)), "900 × 400 is not the shape of a poster."),
        (Reply(body=b"x" * 60_000), "The file is larger than 50000 bytes."),
        (Reply(body=picture_file(2000, 3000, format="PNG")), "The picture has more than 2000000 pixels."),
    ],
)
def test_what_is_no_poster_is_refused_with_a_sentence(film, server, settings, reply, sentence):
    settings.POSTER_BYTES, settings.POSTER_PIXELS = 50_000, 2_000_000
    picture = fetched(film, server, reply)
    assert (picture.state, picture.answer) == (State.REFUSED, sentence)
    assert files(settings) == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(never=True),
        Reply(body=picture_file(), drips=True),
        Reply(body=picture_file(), cut=True),
        says("busy", 503),
        says("slow down", 429),
    ],
)
def test_what_may_be_a_poster_later_is_tried_again_later(film, server, settings, reply):
    settings.POSTER_TIMEOUT_SECONDS = 0.2
    picture = fetched(film, server, reply)
    assert (picture.state, picture.attempts) == (State.DUE, 1)
    assert picture.due_at > timezone.now() + timedelta(minutes=5)


def test_nobody_is_asked_for_ever(film, server, settings):
    settings.POSTER_ATTEMPTS, settings.PLOT_REFUSALS = 3, 100
    for _ in range(5):
        fetched(film, server, says("busy", 503))
        PosterPicture.objects.filter(movie=film).update(due_at=timezone.now())
    picture = PosterPicture.objects.get(movie=film)
    assert (picture.state, picture.answer) == (State.REFUSED, "Given up: answered 503.")
    assert len(server.seen) == 3


def test_a_host_that_shuts_its_door_is_left_alone_and_no_poster_blamed(film, server):
    other = MovieFactory()
    queue.offer_posters({other.pk: f"{server.url}/other.jpg"})
    server.on("/poster.jpg", says("go away", 403))
    report = services.fetch_pictures()
    assert server.paths() == ["/poster.jpg"]
    assert report.paused == {"127.0.0.1"}
    assert PosterPicture.objects.get(movie=film).attempts == 0


def test_redirects_are_followed_to_permitted_hosts(film, server):
    server.on("/moved.jpg", Reply(body=picture_file()))
    assert fetched(film, server, Reply(302, headers={"Location": "/moved.jpg"})).state == State.KEPT


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (
            "http://evil.example/x.jpg",
            "Posters are not fetched from evil.example: POSTER_HOSTS does not name it.",
        ),
        ("https://localhost/x.jpg", "localhost leads into a private network."),
        ("https://localhost:6379/x.jpg", "Posters are fetched from the web's usual ports only."),
        ("file:///etc/passwd", "Posters are not fetched from there: POSTER_HOSTS does not name it."),
        ("/poster.jpg", "The address leads in circles."),
    ],
)
def test_a_redirect_reaches_no_host_that_an_address_could_not(film, server, target, sentence):
    picture = fetched(film, server, Reply(302, headers={"Location": target}))
    assert (picture.state, picture.answer) == (State.REFUSED, sentence)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 -- refused, not bound
        "224.0.0.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_private_addresses_are_known_in_every_disguise(address):
    assert not is_public(address)


def test_public_addresses_are_public():
    assert is_public("1.1.1.1")
    assert is_public("2606:4700:4700::1111")


def test_paths_as_tmdb_writes_them_become_addresses(settings):
    settings.TMDB_IMAGE_URL = "https://image.tmdb.org/t/p/w500"
    assert queue.full_address("/abc.jpg") == "https://image.tmdb.org/t/p/w500/abc.jpg"
    assert queue.full_address("https://m.media-amazon.com/images/M/x.jpg").endswith("x.jpg")
    assert queue.full_address("//evil.example/x.jpg") == queue.full_address("N/A") == ""


def test_a_poster_that_came_with_a_plot_is_fetched(server):
    film = MovieFactory()
    Plot.objects.create(movie=film, text="It begins.", source="tmdb", poster_url=f"{server.url}/poster.jpg")
    assert fetched(film, server, Reply(body=picture_file())).state == State.KEPT


def test_a_changed_poster_replaces_the_old_files(film, server, settings):
    old = fetched(film, server, Reply(body=picture_file()))
    server.on("/new.jpg", Reply(body=picture_file(colour="#0b6a62")))
    assert queue.offer_posters({film.pk: f"{server.url}/new.jpg"}) == 1
    assert PosterPicture.objects.get(movie=film).is_shown
    new = fetched(film)
    assert new.digest != old.digest
    assert files(settings) == sorted(new.file_names)


def test_a_poster_that_two_films_share_stays_for_the_other(film, server, settings):
    twin = MovieFactory()
    queue.offer_posters({twin.pk: f"{server.url}/poster.jpg"})
    fetched(film, server, Reply(body=picture_file()))
    queue.offer_posters({film.pk: f"{server.url}/gone.jpg"})
    assert fetched(film).state == State.REFUSED
    assert files(settings) == sorted(PosterPicture.objects.get(movie=twin).file_names)


def test_the_same_address_offered_again_changes_nothing(film, server):
    fetched(film, server, Reply(body=picture_file()))
    assert queue.offer_posters({film.pk: f"{server.url}/poster.jpg"}) == 0
    assert PosterPicture.objects.get(movie=film).state == State.KEPT


def test_a_poster_belongs_to_one_worker_at_a_time(film):
    picture, now = PosterPicture.objects.get(movie=film), timezone.now()
    assert queue.claim(picture=picture, now=now)
    assert not queue.claim(picture=picture, now=now)
    queue.release(picture=picture, now=now)
    assert queue.claim(picture=picture, now=now)


def test_an_address_that_changes_meanwhile_is_not_overwritten(film, server, settings):
    picture = PosterPicture.objects.get(movie=film)
    queue.offer_posters({film.pk: f"{server.url}/new.jpg"})
    assert not queue.settle_kept(picture=picture, now=timezone.now(), digest="a" * 24)
    assert PosterPicture.objects.get(movie=film).state == State.DUE


def test_tidying_up_removes_what_nobody_knows_and_fetches_what_was_lost(film, server, settings):
    kept = fetched(film, server, Reply(body=picture_file()))
    settings.MEDIA_ROOT.joinpath("posters").rename(settings.MEDIA_ROOT / "elsewhere")
    old, young = f"{'0' * 24}-160.webp", f"{'0' * 24}-320.webp"
    for name in (old, young):
        shelf.put(name, b"nobody's")
    os.utime(shelf.path_of(old), (0, 0))
    services.tidy_up()
    assert not shelf.path_of(old).exists()
    assert shelf.path_of(young).exists()
    assert fetched(film).digest == kept.digest


def test_tidying_up_goes_on_past_a_file_that_is_gone_by_then(settings):
    old = f"{'1' * 24}-160.webp"
    shelf.put(old, b"nobody's")
    os.utime(shelf.path_of(old), (0, 0))
    # Listed and not there: what a file is that another process removed in between.
    for name in ("0", "2"):
        shelf.path_of(old).with_name(f"{name * 24}-160.webp").symlink_to("gone")
    assert shelf.sweep(set()) == 1
    assert not shelf.path_of(old).exists()


def test_the_nightly_task_fetches_a_batch(film, server, settings):
    settings.POSTER_BATCH_SIZE = 1
    queue.offer_posters({MovieFactory().pk: f"{server.url}/poster.jpg"})
    server.on("/poster.jpg", Reply(body=picture_file()))
    assert fetch_posters_nightly() == "1 kept, 0 refused, 0 to be tried again"


def test_the_command_goes_on_where_it_was_stopped(film, server, capsys):
    queue.offer_posters({MovieFactory().pk: f"{server.url}/other.jpg"})
    for path in ("/poster.jpg", "/other.jpg"):
        server.on(path, Reply(body=picture_file()))
    call_command("fetch_posters", "--limit", "1")
    call_command("fetch_posters")
    assert capsys.readouterr().out.splitlines() == ["1 kept, 0 refused, 0 to be tried again"] * 2
    assert sorted(server.paths()) == ["/other.jpg", "/poster.jpg"]


def test_files_are_served_for_good(film, server, client):
    picture = fetched(film, server, Reply(body=picture_file()))
    for kind, addresses in picture.source_sets:
        address = addresses.split()[0]
        answer = client.get(address)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content) == shelf.path_of(Path(address).name).read_bytes()
        assert not answer.cookies


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..%2f..%2fmarquee.sqlite3",
        f"{'a' * 24}-160.webp",
        f"{'a' * 24}-160.py",
        ".",
        "",
    ],
)
def test_nothing_but_posters_is_served(client, name):
    assert client.get(f"/media/posters/{name}").status_code == 404


def test_a_kept_poster_is_a_picture_with_its_size_and_words(film, server):
    picture = fetched(film, server, Reply(body=picture_file()))
    html = rendered(Movie.objects.for_cards().get(pk=film.pk))
    assert 'alt="The Third Man (1949)"' in html
    assert html.count('width="500" height="750"') == 2
    assert html.index('type="image/avif"') < html.index('type="image/webp"')
    assert f"/media/posters/{picture.digest}-320.avif 320w" in html
    assert picture.blur in html
    assert "style=" not in html


def test_only_the_first_picture_of_a_page_is_loaded_at_once(film, server):
    fetched(film, server, Reply(body=picture_file()))
    film, request = Movie.objects.for_cards().get(pk=film.pk), RequestFactory().get("/")
    assert 'fetchpriority="high"' in rendered(film, request=request)
    assert 'loading="lazy"' in rendered(film, request=request)


def test_without_a_kept_poster_the_drawn_one_stands_in(film, server):
    fetched(film, server, says("gone", 404))
    assert "<svg" in rendered(Movie.objects.for_cards().get(pk=film.pk))


def test_cards_ask_for_their_pictures_together(film, server):
    server.on("/poster.jpg", Reply(body=picture_file()))
    queue.offer_posters({MovieFactory().pk: f"{server.url}/poster.jpg" for _ in range(6)})
    services.fetch_pictures()
    MovieFactory()
    with CaptureQueriesContext(connection) as queries:
        pictures = [rendered(movie) for movie in Movie.objects.for_cards()]
    assert len(queries) == 2
    assert sum("<picture>" in html for html in pictures) == 7


def test_the_film_page_shows_the_kept_poster(film, server, client):
    fetched(film, server, Reply(body=picture_file()))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "(max-width: 640px) 122px, 250px" in page
