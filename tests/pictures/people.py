"""The invented people whose pages are pictured: what they watched, wrote and grouped, the same every time."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import zip_longest
from types import SimpleNamespace
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import services as account_services
from accounts.models import User
from catalog import services, tonight
from catalog.models import Credit, FilmList, Movie, Person, Review
from recommender import together
from recommender.models import ModelVersion, Preferences, WatchGroup

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
    "Better than I remembered, and I remembered it well.",
    "I never believed the two of them. The streets, the lamps and the music I believed at once.",
)
REVIEWED = 3
NOTES = ("Everybody is good at what they do, and it ruins them.", "", "Cold light, warm hearts.")
TAGS = ("with Anton", "cinema", "rainy")
# Name: how many films beside the loved ones. Nobody else is told apart by more.
EVENINGS = {"rosa": 60, "anton": 25, "clara": 18, "yusuf": 12}
Cookies = dict[str, str]


@dataclass(frozen=True)
class Cast:
    """What stands in the addresses of the scenes, by its name there."""

    rosa: User
    film: Movie
    person: Person
    review: Review
    other_review: Review
    film_list: FilmList
    other_list: FilmList
    group: WatchGroup
    lonely: WatchGroup
    version: ModelVersion
    month: date
    email_key: str
    sessions: dict[str, Cookies]
    reset: SimpleNamespace

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def cookies(self, who: str) -> Cookies:
        return self.sessions[who]

    @classmethod
    def invented(cls) -> Cast:
        members = _members()
        rosa, anton = members["rosa"], members["anton"]
        film = Movie.objects.filter(title="Heat").order_by("-ratings_count").first()
        group, guest = _group(members)
        review, other_review = (one.reviews.get(movie=film) for one in (rosa, anton))
        _report(members, review)
        _merge(members["warden"])
        return cls(
            rosa=rosa,
            film=film,
            person=_director_of(film),
            review=review,
            other_review=other_review,
            film_list=_listed(rosa, 10, title="The ten I would keep", notes=NOTES),
            other_list=_listed(anton, 14, title="Best seen with the window open"),
            group=group,
            lonely=_at_the_same_address(together.start(owner=rosa)),
            version=ModelVersion.objects.order_by("-is_live", "pk").first(),
            month=timezone.localdate() - timedelta(days=45),
            email_key=_email_key(rosa),
            sessions=_sessions(members, guest.pk),
            # The last, as a log-in spoils it.
            reset=_reset_key(rosa),
        )


def _members() -> dict[str, User]:
    for name in (*EVENINGS, "newcomer", "grump"):
        _member(name)
    User.objects.create_superuser("warden", "warden@example.org", "a long enough password")
    members = {user.username: user for user in User.objects.filter(source=User.Source.SITE)}
    for seed, (name, count) in enumerate(EVENINGS.items(), start=1):
        _live(members[name], count, seed=seed)
    for name in ("anton", "clara"):
        account_services.follow(follower=members["rosa"], followed=members[name])
    for name in ("anton", "clara", "yusuf", "newcomer"):
        account_services.follow(follower=members[name], followed=members["rosa"])
    account_services.block(blocker=members["rosa"], blocked=members["grump"])
    for name in ("anton", "clara"):
        services.like_review(user=members[name], review=members["rosa"].reviews.order_by("pk").first())
    return members


def _member(name: str) -> None:
    bio = "Mostly Sundays, mostly the back row." if name in EVENINGS else ""
    # Who has no password yet sees another page than who changes one.
    password = None if name == "newcomer" else "a long enough password"
    user = User.objects.create_user(name, f"{name}@example.org", password, bio=bio)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _live(user: User, n_films: int, *, seed: int) -> None:
    """Months of somebody's evenings; no film is on two of their shelves."""
    rng, today = random.Random(seed), timezone.localdate()
    loved = [_most_rated(title__startswith=title) for title in LOVED]
    known = list(_by_fame().exclude(pk__in=[film.pk for film in loved])[: 6 * n_films + 60])
    rng.shuffle(known)
    films, wished, hidden, unrated = (*loved, *known[:n_films]), known[-12:], known[-16:-12], known[-21:-16]
    for place, film in enumerate(films):
        liked = place < len(LOVED)
        services.rate(user=user, movie=film, stars=5 if liked else rng.randint(4, 10) / 2)
        services.log_watch(
            user=user,
            movie=film,
            watched_on=today - timedelta(days=3 * place),
            rewatch=liked and place % 3 == 0,
            tags=rng.sample(TAGS, place % 3),
        )
    for film in films[:6:2]:
        services.like(user=user, movie=film)
    for film in wished:
        services.add_to_watchlist(user=user, movie=film)
    for film in hidden:
        services.hide(user=user, movie=film)
    for film in unrated:
        services.log_watch(user=user, movie=film, watched_on=None)
    account_services.choose_favourites(user=user, movies=films[:4])
    for place, film in enumerate(films[:REVIEWED]):
        services.write_review(user=user, movie=film, text=WORDS[(place + seed - 1) % len(WORDS)])
    Preferences.objects.update_or_create(user=user, defaults={"is_findable": True})


def _by_fame() -> Any:
    return Movie.objects.order_by("-ratings_count", "pk")


def _most_rated(**about: str) -> Movie:
    return _by_fame().filter(**about)[0]


def _listed(user: User, n_films: int, *, title: str, notes: tuple[str, ...] = ()) -> FilmList:
    """The best rated by somebody, the first of them with a note each."""
    description = "Told *by the soundtrack* where two are equal."
    found = services.create_list(user=user, title=title, description=description, is_ranked=bool(notes))
    best = user.ratings.order_by("-half_stars", "pk").select_related("movie")[:n_films]
    for rating, note in zip_longest(best, notes, fillvalue=""):
        services.add_to_list(film_list=found, movie=rating.movie, note=note)
    return found


def _director_of(film: Movie) -> Person:
    directed = Credit.objects.filter(role=Credit.Role.DIRECTOR)
    of_film = directed.filter(movie=film).order_by("pk").first()
    return (of_film or directed.order_by("-movie__ratings_count", "pk").first()).person


def _group(members: dict[str, User]) -> tuple[WatchGroup, Any]:
    """Two members and a guest, who answered a few cards; one film is vetoed."""
    group = _at_the_same_address(together.start(owner=members["rosa"], name="Friday films"))
    seat = together.seat_member(group=group, user=members["anton"])
    guest = together.seat_guest(group=group, name="Mia", ratings=_few_stars(6))
    together.veto(seat=seat, movie=_by_fame()[30])
    return group, guest


def _at_the_same_address(group: WatchGroup) -> WatchGroup:
    """The link that one sends to others is by lot otherwise."""
    group.link = f"{group.pk}-{'marquee' * 3}"
    group.save(update_fields=["link"])
    return group


def _few_stars(count: int) -> dict[int, int]:
    """Film id to half stars."""
    return {film.pk: 10 - place % 5 for place, film in enumerate(_by_fame()[:count])}


def _report(members: dict[str, User], review: Review) -> None:
    services.report(reporter=members["anton"], reported=review, reason="spoiler", note="The last line.")
    other = members["clara"].reviews.order_by("pk").first()
    services.report(reporter=members["yusuf"], reported=other, reason="abuse")
    services.take_down(reported=other, by=members["warden"], note="Please stay with the film.")


def _merge(staff: User) -> None:
    kept, removed = Movie.objects.filter(ratings_count=1).order_by("pk")[:2]
    services.merge_films(kept=kept, removed=removed, by=staff)


def _email_key(user: User) -> str:
    address = EmailAddress.objects.create(user=user, email="rosa@cinema.example", verified=False)
    return EmailConfirmationHMAC(address).key


def _reset_key(user: User) -> SimpleNamespace:
    return SimpleNamespace(uid=user_pk_to_url_str(user), key=default_token_generator.make_token(user))


def _sessions(members: dict[str, User], guest_seat: int) -> dict[str, Cookies]:
    """Of members, of a member who drew a film for tonight, and of visitors without an account."""
    draw = _draw(members["rosa"])
    asked = list(_few_stars(16))
    return {name: _session(user) for name, user in members.items()} | {
        "stranger": {},
        "rosa-german": _session(members["rosa"]) | {settings.LANGUAGE_COOKIE_NAME: "de"},
        "rosa-tonight": _session(members["rosa"], tonight=[asdict(draw)]),
        "mia": _session(guest_seats=[guest_seat]),
        "halfway": _session(ratings=_few_stars(4), start={"asked": asked[:6], "unseen": asked[4:6]}),
        "tried": _session(ratings=_few_stars(16), start={"asked": asked}),
    }


def _draw(user: User) -> tonight.Draw:
    """By hand, as the site's own lot falls differently every time."""
    wished = list(user.watchlist.order_by("pk").values_list("movie_id", flat=True))
    return tonight.Draw(wished[0], len(wished), 0.14, True, 0, timezone.localdate().isoformat())


def _session(user: User | None = None, **kept: Any) -> Cookies:
    client = Client()
    if user:
        client.force_login(user)
    session = client.session
    session.update(kept)
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key}
