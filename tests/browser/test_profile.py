"""A person's pages, the settings and the shelves, as they are used in a browser."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from accounts import services as account_services
from accounts.models import FavouriteFilm, User
from catalog import services
from catalog.models import LikedFilm, Rating, Tag, WatchlistEntry
from tests.browser.faults import faults
from tests.browser.log_dialog import said, undo
from tests.browser.visitors import PASSWORD, in_each_browser
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


@in_each_browser
def test_favourites_are_chosen_and_ordered(member_page, anouk, width, javascript):
    page = member_page("/settings/favourites/", width=width, javascript=javascript)
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
    page.goto("/people/anouk/")
    expect(page.get_by_role("main").get_by_role("link", name="Film 20").first).to_be_visible()


@in_each_browser
def test_a_diary_is_filtered_read_by_month_and_a_viewing_taken_out_of_it_and_back(
    member_page, anouk, width, javascript
):
    page = member_page("/people/anouk/diary/", width=width, javascript=javascript)
    rows, archive = page.locator(".diary tbody tr"), page.get_by_role("navigation", name="Years and months")
    expect(rows).to_have_count(11)
    archive.get_by_role("link", name="2026").click()
    archive.get_by_role("link", name="Apr").click()
    expect(rows).to_have_count(3)
    page.get_by_role("link", name="March 2026").click()
    page.wait_for_url("**/diary/2026/3/")
    archive.get_by_role("link", name="All").click()

    page.get_by_label("Viewings").select_option("again")
    if not javascript:
        page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/diary/?*seen=again*")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Remove Film 2, seen on").click()
    said(page, "Film 2 is out of your diary")
    assert not anouk.watches.filter(movie=2).exists()
    undo(page)
    expect(rows).to_have_count(1)
    assert anouk.watches.get(movie=2).rewatch


@in_each_browser
def test_films_of_the_queue_are_rated_and_leave_it(member_page, anouk, films, width, javascript):
    page = member_page("/films/queue/", width=width, javascript=javascript)
    page.get_by_label("four stars", exact=True).first.check(force=not javascript)
    if javascript:
        page.get_by_role("button", name="Take back").wait_for()
        expect(page.locator(".ballot > li")).to_have_count(2)
        page.reload()
    else:
        page.get_by_role("button", name="Rate", exact=True).first.click()
    expect(page.locator(".ballot > li")).to_have_count(1)
    assert Rating.objects.get(user=anouk, movie__in=[films[20], films[21]]).stars == 4


@in_each_browser
def test_a_film_goes_onto_the_watchlist_one_is_picked_for_tonight_and_one_leaves_and_comes_back(
    member_page, films, width, javascript
):
    page = member_page("/films/34/", width=width, javascript=javascript)
    page.get_by_role("main").get_by_role("button", name="Watchlist").first.click()
    said(page, "Film 34 is on your watchlist")

    page.goto("/films/watchlist/")
    page.get_by_role("button", name="Pick one for tonight").click()
    tonight = page.locator(".tonight")
    expect(tonight).to_contain_text("Drawn by lot from 4 films.")
    first = tonight.get_by_role("heading").inner_text()
    tonight.get_by_role("button", name="Another one").click()
    expect(tonight.get_by_role("heading")).not_to_have_text(first)
    tonight.get_by_role("button", name="Undo").click()
    expect(tonight.get_by_role("heading")).to_have_text(first)
    tonight.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Pick one for tonight").wait_for()

    page.get_by_role("button", name="Take Film 32 off the watchlist").click()
    page.get_by_text("is off your watchlist").wait_for()
    assert not WatchlistEntry.objects.filter(movie=films[32]).exists()
    page.locator(".hidden-card" if javascript else "#messages").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take Film 32 off the watchlist").wait_for()
    assert WatchlistEntry.objects.filter(movie=films[32]).exists()


@in_each_browser
def test_a_person_is_blocked_and_let_in_again_and_a_profile_closed_its_stars_kept_and_its_language_changed(
    member_page, anouk, width, javascript
):
    rosa = UserFactory(username="rosa")
    page = member_page("/people/rosa/", width=width, javascript=javascript)
    page.get_by_label("More about rosa").click()
    page.get_by_role("button", name="Block rosa").click()
    page.get_by_role("button", name="Unblock rosa").wait_for()
    assert rosa.blocked_by.get().blocker == anouk
    page.get_by_role("button", name="Unblock rosa").click()
    said(page, "rosa is no longer blocked")
    assert not rosa.blocked_by.exists()

    page.get_by_role("group", name="Your profile").get_by_text("Only me").click()
    page.get_by_label("Use my ratings to recommend to others").uncheck()
    page.locator("#privacy").get_by_role("button", name="Keep").click()
    said(page, "Kept.")
    region = page.locator("#region")
    region.get_by_label("Language").select_option("de")
    region.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Einstellungen")
    anouk.refresh_from_db()
    assert (anouk.profile_visibility, anouk.lends_ratings, anouk.language) == ("private", False, "de")


@in_each_browser
def test_whoever_leaves_takes_the_names_of_friends_along_and_is_gone(open_page, anouk, width, javascript):
    account_services.follow(follower=anouk, followed=UserFactory(username="rosa"))
    page = open_page("/settings/", member=anouk, width=width, javascript=javascript)
    page.get_by_role("link", name="People you follow").click()
    with page.expect_download() as file:
        page.get_by_role("link", name="Their names as a file").click()
    assert "rosa" in file.value.path().read_text()

    page.goto("/settings/")
    page.get_by_role("link", name="Delete my account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete it for good").click()
    said(page, "Your account is deleted")
    assert not User.objects.filter(username="anouk").exists()
