"""What is pictured: a name for each picture, who opens which address, and what is done there first.

In an address the names in braces are those of tests/pictures/people.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

STRANGER, ROSA, STAFF = "stranger", "rosa", "warden"


@dataclass(frozen=True)
class Scene:
    who: str
    path: str
    status: int = 200
    then: Callable[[Page], None] | None = None
    at: str = ""  # the part at which the picture begins, the top where left out
    is_window: bool = False  # one window of it, where something lies over the page


def over(who: str, path: str, then: Callable[[Page], None]) -> Scene:
    return Scene(who, path, then=then, is_window=True)


def pressed(key: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(key)
        page.locator("#over[open] h2").wait_for()

    return press


def _search(page: Page) -> None:
    if not page.locator("header .search input").is_visible():
        return
    page.locator("header .search input").press_sequentially("godf", delay=30)
    page.locator("#suggestions:not([hidden])").wait_for()


def _open_menu(page: Page) -> None:
    page.locator("details.menu.me summary").click()


def _filter(page: Page) -> None:
    """On narrow screens the filters are a sheet."""
    opener = page.locator("[popovertarget=filters]").first
    if opener.is_visible():
        opener.click()


def _write_badly(page: Page) -> None:
    """The browser itself would refuse it, so that the site's own words would not be seen."""
    page.evaluate("() => { for (const form of document.forms) form.noValidate = true; }")
    page.locator("main form button:not([type=button])").last.click()
    page.wait_for_load_state()


def _try_out(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    page.locator("#review-preview > *").first.wait_for()


def _post_without_token(page: Page) -> None:
    page.evaluate("""() => {
      const form = Object.assign(document.createElement("form"), { method: "post", action: "/theme/" });
      document.body.append(form);
      form.submit();
    }""")
    page.get_by_role("heading", name="The form waited too long").wait_for()


def _merge(page: Page) -> None:
    page.evaluate("""() => {
      const form = document.getElementById("changelist-form");
      for (const box of [...form.querySelectorAll("[name=_selected_action]")].slice(0, 2)) box.checked = true;
      form.querySelector("select[name=action]").value = "merge";
      HTMLFormElement.prototype.submit.call(form);
    }""")
    page.locator("[name=kept]").first.wait_for()


def _import(page: Page) -> None:
    rows = b"title,year,runtime\nHeat,1995,abc\nRonin,1998,122\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "films.csv", "mimeType": "text/csv", "buffer": rows}
    )
    page.locator("select[name=format]").select_option("0")
    page.get_by_role("main").get_by_role("button", name="Submit").click()
    page.get_by_text("Line 2").first.wait_for()


DOORS = {
    "welcome": Scene(STRANGER, "/"),
    "login": Scene(STRANGER, "/accounts/login/"),
    "logout": Scene(ROSA, "/accounts/logout/"),
    "signup": Scene(STRANGER, "/accounts/signup/"),
    "inactive": Scene(STRANGER, "/accounts/inactive/"),
    "email": Scene(ROSA, "/accounts/email/"),
    "email-sent": Scene(ROSA, "/accounts/confirm-email/"),
    "email-confirm": Scene(ROSA, "/accounts/confirm-email/{email_key}/"),
    "password-ask": Scene(ROSA, "/accounts/reauthenticate/"),
    "password-change": Scene(ROSA, "/accounts/password/change/"),
    "password-first": Scene("newcomer", "/accounts/password/set/"),
    "password-reset": Scene(STRANGER, "/accounts/password/reset/"),
    "password-reset-sent": Scene(STRANGER, "/accounts/password/reset/done/"),
    "password-reset-new": Scene(STRANGER, "/accounts/password/reset/key/{reset.uid}-{reset.key}/"),
    "password-reset-done": Scene(STRANGER, "/accounts/password/reset/key/done/"),
}
WRONG = {
    "unclear": Scene(STRANGER, "/wrong/400/", status=400),
    "refused": Scene(ROSA, "/wrong/403/", status=403),
    "refused-form": Scene(ROSA, "/keys/", then=_post_without_token),
    "not-found": Scene(STRANGER, "/film/heat/", status=404),
    "not-allowed": Scene(ROSA, "/theme/", status=405),
    "too-many": Scene(STRANGER, "/wrong/429/", status=429),
    "broken": Scene(STRANGER, "/wrong/500/", status=500),
}
FILMS = {
    "home": Scene(ROSA, "/"),
    "home-empty": Scene("newcomer", "/"),
    "menu": over(ROSA, "/", _open_menu),
    "browse": Scene(ROSA, "/films/"),
    "browse-filtered": Scene(ROSA, "/films/?genre=drama&decade=1990&sort=best"),
    "browse-filters": over(ROSA, "/films/", _filter),
    "film": Scene(ROSA, "/films/{film.pk}/{film.slug}/"),
    "film-stranger": Scene(STRANGER, "/films/{film.pk}/{film.slug}/"),
    "person": Scene(ROSA, "/cast/{person.pk}/{person.slug}/"),
    "charts": Scene(ROSA, "/charts/"),
    "charts-genre": Scene(ROSA, "/charts/genre/film-noir/"),
    "charts-decade": Scene(ROSA, "/charts/decade/1970/"),
    "charts-year": Scene(STRANGER, "/charts/year/1994/"),
    "search": Scene(ROSA, "/search/?q=godfather+2"),
    "search-nearest": Scene(ROSA, "/search/?q=matrx"),
    "search-empty": Scene(ROSA, "/search/?q=xqzwv"),
    "suggestions": over(ROSA, "/charts/", _search),
}
LOGGED = {
    "log": Scene(ROSA, "/log/"),
    "log-found": Scene(ROSA, "/log/?q=god"),
    "log-film": Scene(ROSA, "/log/{film.pk}/"),
    "log-dialog": over(ROSA, "/charts/", pressed("/")),
    "log-film-dialog": over(ROSA, "/films/{film.pk}/{film.slug}/", pressed("d")),
    "keys": Scene(ROSA, "/keys/"),
    "keys-dialog": over(ROSA, "/charts/", pressed("?")),
    "watchlist": Scene(ROSA, "/films/watchlist/"),
    "watchlist-empty": Scene("newcomer", "/films/watchlist/"),
    "tonight": Scene("rosa-tonight", "/films/watchlist/"),
    "queue": Scene(ROSA, "/films/queue/"),
    "hidden": Scene(ROSA, "/films/hidden/"),
    "review": Scene("anton", "/reviews/{review.pk}/"),
    "review-own": Scene(ROSA, "/reviews/{review.pk}/"),
    "review-edit": Scene(ROSA, "/films/{film.pk}/{film.slug}/", at="#reviews"),
    "review-preview": Scene(ROSA, "/films/{film.pk}/{film.slug}/", then=_try_out, at="#reviews"),
    "report": Scene(ROSA, "/reviews/{other_review.pk}/report/"),
    "report-wrong": Scene(ROSA, "/reviews/{other_review.pk}/report/", then=_write_badly),
    "report-sent": Scene("anton", "/reviews/{review.pk}/report/"),
    "lists": Scene(ROSA, "/lists/"),
    "lists-with": Scene(ROSA, "/lists/film/{film.pk}/"),
    "list": Scene(ROSA, "/lists/{film_list.pk}/{film_list.slug}/"),
    "list-other": Scene(ROSA, "/lists/{other_list.pk}/{other_list.slug}/"),
    "list-report": Scene(ROSA, "/lists/report/{other_list.pk}/"),
    "list-edit": Scene(ROSA, "/lists/edit/{film_list.pk}/?q=god"),
    "list-delete": Scene(ROSA, "/lists/delete/{film_list.pk}/"),
    "list-new": Scene(ROSA, "/lists/new/"),
    "list-new-wrong": Scene(ROSA, "/lists/new/", then=_write_badly),
}
MEMBERS = {
    "profile": Scene(STRANGER, "/people/rosa/"),
    "profile-empty": Scene("newcomer", "/people/newcomer/"),
    "friend": Scene(ROSA, "/people/anton/"),
    "diary": Scene(ROSA, "/people/rosa/diary/"),
    "diary-year": Scene(ROSA, "/people/rosa/diary/{month.year}/"),
    "diary-month": Scene(STRANGER, "/people/rosa/diary/{month.year}/{month.month}/"),
    "diary-empty": Scene("newcomer", "/people/newcomer/diary/"),
    "ratings": Scene(ROSA, "/people/rosa/ratings/"),
    "reviews": Scene(ROSA, "/people/rosa/reviews/"),
    "person-lists": Scene(ROSA, "/people/rosa/lists/"),
    "following": Scene(ROSA, "/people/rosa/following/"),
    "followers": Scene(ROSA, "/people/rosa/followers/"),
    "settings": Scene(ROSA, "/settings/"),
    "settings-privacy": Scene(ROSA, "/settings/", at="#privacy"),
    "settings-account": Scene(ROSA, "/settings/", at="#account"),
    "favourites": Scene(ROSA, "/settings/favourites/"),
    "delete": Scene(ROSA, "/settings/delete/"),
}
SUGGESTED = {
    "for-you": Scene(ROSA, "/for-you/"),
    "for-you-stranger": Scene(STRANGER, "/for-you/"),
    "for-you-settings": Scene(ROSA, "/for-you/settings/"),
    "how": Scene(ROSA, "/for-you/how/"),
    "start": Scene(STRANGER, "/start/"),
    "start-halfway": Scene("halfway", "/start/"),
    "start-enough": Scene("tried", "/start/"),
    "taste": Scene(ROSA, "/taste/"),
    "taste-area": Scene(ROSA, "/taste/?area=1", at="#area"),
    "taste-people": Scene(ROSA, "/taste/", at="#people"),
    "taste-stranger": Scene(STRANGER, "/taste/"),
    "together": Scene(ROSA, "/together/"),
    "together-stranger": Scene(STRANGER, "/together/"),
    "together-alone": Scene(ROSA, "/together/{lonely.pk}/"),
    "together-join": Scene(STRANGER, "/together/join/{group.link}/"),
    "together-gone": Scene(STRANGER, "/together/join/none-such/", status=404),
    "together-cards": Scene("mia", "/together/{group.pk}/cards/"),
    "together-group": Scene(ROSA, "/together/{group.pk}/"),
    "together-guest": Scene("mia", "/together/{group.pk}/"),
}
PANEL = {
    "design": Scene(STAFF, "/design/"),
    "admin": Scene(STAFF, "/admin/"),
    "admin-films": Scene(STAFF, "/admin/catalog/movie/"),
    "admin-film": Scene(STAFF, "/admin/catalog/movie/{film.pk}/change/"),
    "admin-film-new": Scene(STAFF, "/admin/catalog/movie/add/"),
    "admin-film-delete": Scene(STAFF, "/admin/catalog/movie/{film.pk}/delete/"),
    "admin-film-history": Scene(STAFF, "/admin/catalog/movie/{film.pk}/history/"),
    "admin-merge": Scene(STAFF, "/admin/catalog/movie/?q=war+of+the+worlds", then=_merge),
    "admin-merges": Scene(STAFF, "/admin/catalog/filmmerge/"),
    "admin-import": Scene(STAFF, "/admin/catalog/movie/import/"),
    "admin-import-wrong": Scene(STAFF, "/admin/catalog/movie/import/", then=_import),
    "admin-export": Scene(STAFF, "/admin/catalog/movie/export/"),
    "admin-plots": Scene(STAFF, "/admin/catalog/plot/"),
    "admin-people": Scene(STAFF, "/admin/catalog/person/"),
    "admin-lists": Scene(STAFF, "/admin/catalog/filmlist/"),
    "admin-reports": Scene(STAFF, "/admin/catalog/reviewreport/"),
    "admin-moderation": Scene(STAFF, "/admin/catalog/reviewreport/queue/"),
    "admin-users": Scene(STAFF, "/admin/accounts/user/"),
    "admin-user": Scene(STAFF, "/admin/accounts/user/{rosa.pk}/change/"),
    "admin-user-password": Scene(STAFF, "/admin/accounts/user/{rosa.pk}/password/"),
    "admin-versions": Scene(STAFF, "/admin/recommender/modelversion/"),
    "admin-version": Scene(STAFF, "/admin/recommender/modelversion/{version.pk}/change/"),
    "admin-runs": Scene(STAFF, "/admin/recommender/trainingrun/"),
}
GERMAN = {
    f"german-{name}": Scene("rosa-german", path)
    for name, path in {
        "home": "/",
        "film": "/films/{film.pk}/{film.slug}/",
        "settings": "/settings/",
        "taste": "/taste/",
    }.items()
}
SCENES: dict[str, Scene] = DOORS | WRONG | FILMS | LOGGED | MEMBERS | SUGGESTED | PANEL | GERMAN
