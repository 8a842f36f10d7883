"""Who opens which page for docs/pictures, and the invented people whose pages they are."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import zip_longest

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts import services as account_services  # noqa: E402
from accounts.models import FavouriteFilm, User  # noqa: E402
from catalog import services  # noqa: E402
from catalog.models import Credit, FilmList, Movie, ReviewReport  # noqa: E402
from recommender import together  # noqa: E402
from recommender.models import Preferences  # noqa: E402

LOVED = (
    "Heat",
    "Fargo",
    "Spirited Away",
    "In the Mood for Love",
    "Alien",
    "Amelie",
    "Chinatown",
    "Rear Window",
)
WORDS = (
    "The quiet scenes are the ones that stay. Two people at a table, *nothing* decided yet.\n\n"
    "I had forgotten how patient it is, and how funny.\n\n||And then the last shot takes it all back.||",
    "Seen on a rainy Sunday with my sister. We argued about the ending until the tea was cold.",
    "> Not a moment is wasted.\n\nSo it says on the box, and for once the box is right.",
)
NOTES = ("Everybody is good at what they do, and it ruins them.", "", "Cold light, warm hearts.")
Cookies = dict[str, str]
Scene = tuple[Cookies, str]


def scenes() -> dict[str, Scene]:
    rosa, empty, staff, stranger = people()
    listed(users()["anton"], 14, title="Best seen with the window open")
    return (
        _doors(rosa, stranger)
        | _films(rosa, stranger)
        | _members(rosa, empty, stranger)
        | _suggestions(rosa, stranger)
        | _staff(staff)
    )


def _doors(rosa: Cookies, stranger: Cookies) -> dict[str, Scene]:
    return {
        "welcome": (stranger, "/"),
        "login": (stranger, reverse("account_login")),
        "signup": (stranger, reverse("account_signup")),
        "not-found": (stranger, "/films/999999999/"),
        "german": (rosa | {settings.LANGUAGE_COOKIE_NAME: "de"}, "/"),
    }


def _films(rosa: Cookies, stranger: Cookies) -> dict[str, Scene]:
    film, person, review = famous(), director(), written()
    films = listed(users()["rosa"], 10, title="The ten I would keep", notes=NOTES)
    return {
        "home": (rosa, "/"),
        "browse": (rosa, "/films/"),
        "browse-filtered": (rosa, "/films/?genre=drama&decade=1990&sort=best"),
        "film": (rosa, film.get_absolute_url()),
        "film-stranger": (stranger, film.get_absolute_url()),
        "person": (rosa, person.get_absolute_url()),
        "charts": (rosa, reverse("catalog:charts")),
        "search": (rosa, "/search/?q=godfather+2"),
        "search-nearest": (rosa, "/search/?q=matrx"),
        "log": (rosa, f"/log/{film.pk}/"),
        "keys": (rosa, reverse("catalog:keys")),
        "review": (rosa, review.get_absolute_url()),
        "lists": (rosa, reverse("catalog:lists")),
        "list": (rosa, films.get_absolute_url()),
        "list-edit": (rosa, reverse("catalog:list-edit", args=[films.pk])),
        "list-new": (rosa, reverse("catalog:list-new")),
    }


def _members(rosa: Cookies, empty: Cookies, stranger: Cookies) -> dict[str, Scene]:
    return {
        "profile": (stranger, "/people/rosa/"),
        "profile-empty": (empty, "/people/newcomer/"),
        "diary": (rosa, "/people/rosa/diary/"),
        "ratings": (rosa, "/people/rosa/ratings/"),
        "reviews": (rosa, "/people/rosa/reviews/"),
        "friend": (rosa, "/people/anton/"),
        "following": (rosa, "/people/rosa/following/"),
        "person-lists": (rosa, "/people/rosa/lists/"),
        "watchlist": (rosa, reverse("catalog:watchlist")),
        "queue": (rosa, reverse("catalog:queue")),
        "hidden": (rosa, reverse("catalog:hidden")),
        "settings": (rosa, reverse("accounts:settings")),
        "favourites": (rosa, reverse("accounts:favourites")),
    }


def _suggestions(rosa: Cookies, stranger: Cookies) -> dict[str, Scene]:
    group = together.start(owner=users()["rosa"], name="Friday films")
    together.seat_member(group=group, user=users()["anton"])
    return {
        "for-you": (rosa, reverse("recommender:for-you")),
        "for-you-settings": (rosa, reverse("recommender:settings")),
        "how": (rosa, reverse("recommender:how")),
        "start": (stranger, reverse("recommender:start")),
        "taste": (rosa, reverse("recommender:taste")),
        "together": (rosa, reverse("recommender:together")),
        "together-group": (rosa, group.get_absolute_url()),
    }


def _staff(staff: Cookies) -> dict[str, Scene]:
    film = famous()
    return {
        "design": (staff, reverse("catalog:design")),
        "admin": (staff, "/admin/"),
        "admin-films": (staff, "/admin/catalog/movie/"),
        "admin-film": (staff, f"/admin/catalog/movie/{film.pk}/change/"),
        "admin-moderation": (staff, "/admin/catalog/reviewreport/"),
    }


def users() -> dict[str, User]:
    return {user.username: user for user in User.objects.filter(source=User.Source.SITE)}


def people() -> list[dict[str, str]]:
    """Cookies of a busy member, one without anything, staff, and nobody."""
    for name in ("rosa", "anton", "newcomer"):
        user = User.objects.create_user(
            name, f"{name}@example.org", bio="Mostly Sundays, mostly the back row."
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    staff = User.objects.create_superuser("warden", "warden@example.org")
    live(users()["rosa"], 60, seed=1)
    live(users()["anton"], 25, seed=2)
    account_services.follow(follower=users()["rosa"], followed=users()["anton"])
    account_services.follow(follower=users()["anton"], followed=users()["rosa"])
    return [_cookies(users()["rosa"]), _cookies(users()["newcomer"]), _cookies(staff), {}]


def _cookies(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def live(user: User, n_films: int, *, seed: int) -> None:
    """Months of somebody's evenings."""
    rng, today = random.Random(seed), timezone.localdate()
    loved = [Movie.objects.filter(title__startswith=title).first() for title in LOVED]
    known = list(Movie.objects.exclude(pk__in=[film.pk for film in loved if film])[: 6 * n_films])
    films = [film for film in loved if film] + rng.sample(known, n_films)
    for place, film in enumerate(films):
        liked = place < len(LOVED)
        services.rate(user=user, movie=film, stars=5 if liked else rng.randint(4, 10) / 2)
        services.log_watch(
            user=user,
            movie=film,
            watched_on=today - timedelta(days=3 * place),
            rewatch=liked and place % 3 == 0,
        )
    for film in rng.sample(known, 12):
        services.add_to_watchlist(user=user, movie=film)
    for film in rng.sample(known, 4):
        services.hide(user=user, movie=film)
    for film in rng.sample(known, 5):
        services.log_watch(user=user, movie=film, watched_on=None)
    for place, film in enumerate(films[:4], start=1):
        FavouriteFilm.objects.create(user=user, movie=film, position=place)
    for film, text in zip(films, WORDS, strict=False):
        services.write_review(user=user, movie=film, text=text)
    Preferences.objects.update_or_create(user=user, defaults={"is_findable": True})


def listed(user: User, n_films: int, *, title: str, notes: tuple[str, ...] = ()) -> FilmList:
    """The best rated by somebody, the first of them with a note each."""
    found = services.create_list(
        user=user,
        title=title,
        description="Told *by the soundtrack* where two are equal.",
        is_ranked=bool(notes),
    )
    best = user.ratings.highest_first().select_related("movie")[:n_films]
    for rating, note in zip_longest(best, notes, fillvalue=""):
        services.add_to_list(film_list=found, movie=rating.movie, note=note)
    return found


def famous() -> Movie:
    return Movie.objects.filter(title="Heat").order_by("-ratings_count").first() or Movie.objects.first()


def director():
    of = Credit.objects.filter(role=Credit.Role.DIRECTOR, movie__ratings_count__gt=0)
    return of.filter(movie=famous()).first().person if of.filter(movie=famous()) else of.first().person


def written():
    review = users()["rosa"].reviews.first()
    ReviewReport.objects.create(
        review=review, reporter=users()["anton"], reason="spoiler", note="The last line."
    )
    return review
