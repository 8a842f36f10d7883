"""A person's pages, the settings and the shelves, as they are used in a browser."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from accounts import services as account_services
from accounts.models import FavouriteFilm, User
from catalog import services
from catalog.models import LikedFilm, Rating, Tag, WatchlistEntry
from tests.browser.faults import faults
from tests.factories import ReviewFactory, UserFactory, WatchFactory

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
    member = UserFactory(username="anouk", bio="Projectionist.\n\nWesterns, mostly.")
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


def pages_with_faults(page, paths):
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = faults(page)
    return {path: what for path, what in found.items() if what}


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(member_page, theme, width):
    assert pages_with_faults(member_page("/ping/", theme=theme, width=width), PAGES) == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_where_there_is_nothing_yet(open_page, anouk, width):
    page = open_page("/ping/", member=UserFactory(username="bela2"), width=width)
    paths = [path.replace("anouk", "bela2") for path in PAGES if "/diary/2026/" not in path]
    assert pages_with_faults(page, paths) == {}


@pytest.mark.parametrize("javascript", [True, False])
def test_favourites_are_chosen_and_ordered(member_page, anouk, javascript):
    page = member_page("/settings/favourites/", javascript=javascript)
    page.get_by_label("Find a film to put there").fill("Film 20")
    page.get_by_role("button", name="Find", exact=True).click()
    for name, places in {
        "Choose Film 20": ["Film 1", "Film 3", "Film 20"],
        "Move Film 20 forward": ["Film 1", "Film 20", "Film 3"],
        "Take Film 1 away": ["Film 20", "Film 3"],
    }.items():
        page.get_by_role("button", name=name).click()
        # One after the other: what is pressed while the page is being renewed is not there any more.
        expect(page.locator(".place-title")).to_have_text(places)
    chosen = FavouriteFilm.objects.filter(user=anouk).values_list("movie__title", flat=True)
    assert list(chosen) == ["Film 20", "Film 3"]


def test_a_diary_is_filtered_without_leaving_the_page(member_page):
    page = member_page("/people/anouk/diary/")
    page.get_by_label("Viewings").select_option("again")
    page.wait_for_url("**/diary/?*seen=again*")
    expect(page.locator(".diary tbody tr")).to_have_count(1)


def test_a_film_of_the_queue_is_rated_in_place(member_page, anouk, films):
    page = member_page("/films/queue/", width=390)
    page.get_by_label("four stars", exact=True).first.check()
    page.get_by_role("button", name="Take back").wait_for()
    assert Rating.objects.get(user=anouk, movie__in=[films[20], films[21]]).stars == 4
    expect(page.locator(".ballot > li")).to_have_count(2)


@pytest.mark.parametrize("javascript", [True, False])
def test_one_is_picked_for_tonight_and_taken_back(member_page, javascript):
    page = member_page("/films/watchlist/", javascript=javascript)
    page.get_by_role("button", name="Pick one for tonight").click()
    expect(page.locator(".tonight")).to_contain_text("Drawn by lot from 3 films.")
    page.locator(".tonight").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Pick one for tonight").wait_for()


def test_a_film_leaves_the_watchlist_in_place_and_comes_back(member_page, films):
    page = member_page("/films/watchlist/")
    page.get_by_role("button", name="Take Film 32 off the watchlist").click()
    page.get_by_text("is off your watchlist").wait_for()
    assert not WatchlistEntry.objects.filter(movie=films[32]).exists()
    page.locator(".hidden-card").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take Film 32 off the watchlist").wait_for()
    assert WatchlistEntry.objects.filter(movie=films[32]).exists()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_profile_is_closed_from_the_settings_and_a_person_blocked_from_theirs(
    member_page, anouk, javascript
):
    rosa = UserFactory(username="rosa")
    page = member_page("/people/rosa/", javascript=javascript)
    page.get_by_label("More about rosa").click()
    page.get_by_role("button", name="Block rosa").click()
    page.get_by_role("button", name="Unblock rosa").wait_for()
    page.get_by_role("group", name="Your profile").get_by_text("Only me").click()
    page.locator("#privacy").get_by_role("button", name="Keep").click()
    page.get_by_text("Kept.").wait_for()
    assert User.objects.get(username="anouk").profile_visibility == "private"
    assert rosa.blocked_by.get().blocker == anouk
