"""A person's pages, the settings and the shelves, as they are used in a browser."""

from datetime import date, timedelta

import pytest

from accounts import services as account_services
from accounts.models import FavouriteFilm, User
from catalog import services
from catalog.models import LikedFilm, Rating, Tag, WatchlistEntry
from tests.browser.test_accessibility import violations
from tests.factories import ReviewFactory, UserFactory, WatchFactory

PASSWORD = "a long enough password"
PAGES = [
    "/people/anouk/",
    "/people/anouk/diary/",
    "/people/anouk/diary/2026/",
    "/people/anouk/diary/2026/5/",
    "/people/anouk/ratings/",
    "/people/anouk/reviews/",
    "/settings/",
    "/settings/favourites/",
    "/settings/delete/",
    "/films/watchlist/",
    "/films/queue/",
    "/films/hidden/",
]


@pytest.fixture
def anouk(transactional_db, films):
    member = UserFactory(username="anouk", password=PASSWORD, bio="Projectionist.\n\nWesterns, mostly.")
    tag = Tag.objects.create(user=member, name="cinema")
    for film in range(1, 10):
        services.rate(user=member, movie=films[film], stars=4.5 if film % 2 else 2)
        watch = WatchFactory(
            user=member,
            movie=films[film],
            watched_on=date(2026, 5, 4) - timedelta(days=9 * film),
            rewatch=film == 2,
        )
        watch.tags.add(tag)
    for film in (20, 21):
        WatchFactory(user=member, movie=films[film], watched_on=date(2026, 5, 1))
    for film in (31, 32, 33):
        services.add_to_watchlist(user=member, movie=films[film])
    LikedFilm.objects.create(user=member, movie=films[1])
    services.hide(user=member, movie=films[40])
    ReviewFactory(user=member, movie=films[5], has_spoilers=True)
    account_services.choose_favourites(user=member, movies=[films[1], films[3]])
    account_services.block(blocker=member, blocked=UserFactory(username="bela"))
    return member


@pytest.fixture
def log_in(open_page):
    def log_in(name="anouk", **options):
        page = open_page("/accounts/login/", **options)
        page.locator("input[name=login]").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_url("**/")
        return page

    return log_in


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(log_in, anouk, take_picture, theme, width):
    page, found = log_in(theme=theme, width=width), {}
    for path in PAGES:
        page.goto(path)
        take_picture(page, f"people{path.replace('/', '-')}{width}-{theme}")
        found[path] = violations(page) | ({"too wide": path} if too_wide(page) else {})
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_where_there_is_nothing_yet(log_in, anouk, width):
    UserFactory(username="bela2", password=PASSWORD)
    page, found = log_in("bela2", width=width), {}
    for path in PAGES:
        if "/diary/2026/" not in path:
            page.goto(path.replace("anouk", "bela2"))
            found[path] = violations(page) | ({"too wide": path} if too_wide(page) else {})
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("javascript", [True, False])
def test_favourites_are_chosen_and_ordered(log_in, anouk, javascript):
    page = log_in(javascript=javascript)
    page.goto("/settings/favourites/")
    page.get_by_label("Find a film to put there").fill("Film 20")
    page.get_by_role("button", name="Find", exact=True).click()
    for name in ("Choose Film 20", "Move Film 20 forward", "Take Film 1 away"):
        # One after the other: what is pressed while the page is being renewed is not there any more.
        with page.expect_response("**/settings/favourites/"):
            page.get_by_role("button", name=name).click()
        page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Take Film 1 away").wait_for(state="detached")
    chosen = FavouriteFilm.objects.filter(user=anouk).values_list("movie__title", flat=True)
    assert list(chosen) == ["Film 20", "Film 3"]


def test_a_diary_is_filtered_without_leaving_the_page(log_in, anouk):
    page = log_in()
    page.goto("/people/anouk/diary/")
    page.get_by_label("Viewings").select_option("again")
    page.wait_for_url("**/diary/?*seen=again*")
    assert page.locator(".diary tbody tr").count() == 1


def test_a_film_of_the_queue_is_rated_in_place(log_in, anouk, films):
    page = log_in(width=390)
    page.goto("/films/queue/")
    page.get_by_label("four stars", exact=True).first.check()
    page.get_by_role("button", name="Take back").wait_for()
    assert Rating.objects.get(user=anouk, movie__in=[films[20], films[21]]).stars == 4
    assert page.locator(".ballot > li").count() == 2


@pytest.mark.parametrize("javascript", [True, False])
def test_one_is_picked_for_tonight_and_taken_back(log_in, anouk, javascript):
    page = log_in(javascript=javascript)
    page.goto("/films/watchlist/")
    page.get_by_role("button", name="Pick one for tonight").click()
    assert "Drawn by lot from 3 films." in page.locator(".tonight").inner_text()
    page.locator(".tonight").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Pick one for tonight").wait_for()


def test_a_film_leaves_the_watchlist_in_place_and_comes_back(log_in, anouk, films):
    page = log_in()
    page.goto("/films/watchlist/")
    page.get_by_role("button", name="Take Film 32 off the watchlist").click()
    page.get_by_text("is off your watchlist").wait_for()
    assert not WatchlistEntry.objects.filter(movie=films[32]).exists()
    page.locator(".hidden-card").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take Film 32 off the watchlist").wait_for()
    assert WatchlistEntry.objects.filter(movie=films[32]).exists()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_profile_is_closed_from_the_settings_and_a_person_blocked_from_theirs(
    log_in, anouk, open_page, javascript
):
    rosa = UserFactory(username="rosa", password=PASSWORD)
    page = log_in(javascript=javascript)
    page.goto("/people/rosa/")
    page.get_by_label("More about rosa").click()
    page.get_by_role("button", name="Block rosa").click()
    page.get_by_role("button", name="Unblock rosa").wait_for()
    page.get_by_role("group", name="Your profile").get_by_text("Only me").click()
    page.locator("#privacy").get_by_role("button", name="Keep").click()
    page.get_by_text("Kept.").wait_for()
    assert User.objects.get(username="anouk").profile_visibility == "private"
    assert rosa.blocked_by.get().blocker == anouk
