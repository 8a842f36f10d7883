"""What cards say of why their film is in its row is true of that film, that visitor and that row."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Block
from catalog import services as catalog_services
from catalog.models import Movie, Rating, WatchlistEntry
from recommender import row_reasons
from recommender.evenings import Evening
from recommender.live import live_models
from recommender.models import Preferences
from recommender.row_plans import Sight
from recommender.row_reasons import Circle
from recommender.rows import rows_for
from recommender.scoring import scores_of
from recommender.steering import AS_IT_COMES
from recommender.visitors import Visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("live_version")
FRIDAY = datetime(2026, 5, 15, 21, tzinfo=UTC)
EVENING = Evening(shortest=80, typical=90, longest=100)
WESTERNS = {film: 10 if film % 2 else 3 for film in range(1, 13)}
FAN = Visitor.of_session(WESTERNS)


def sight(visitor=FAN, **seen):
    given = {"steering": AS_IT_COMES, "evening": None, "now": FRIDAY, "limit": 5, "elsewhere": frozenset()}
    return Sight(live_models(), visitor, **(given | seen))


def on_rows(films, *ids):
    return {int(live_models().items.rows([film])[0]): films[film] for film in ids}


def said(rows, key):
    """By film what the cards of a row say."""
    found = next(row for row in rows if row.key == key)
    return {pick.movie.pk: pick.reason for pick in found.picks}


@pytest.fixture
def western_fan(member, films):
    for film, half_stars in WESTERNS.items():
        catalog_services.rate(user=member, movie=films[film], stars=half_stars / 2)
    Movie.objects.update(runtime=90)
    return member


def rows_of(member, **asked):
    return rows_for(Visitor.of_member(member), limit=5, member=member, now=FRIDAY, **asked)


def test_every_card_of_every_row_says_why_and_rows_say_different_things(western_fan, films):
    for film in films.values():
        n = 100 - film.pk
        Movie.objects.filter(pk=film.pk).update(ratings_count=n, half_stars_sum=7 * n)
    catalog_services.add_to_watchlist(user=western_fan, movie=films[56])
    rows = rows_of(western_fan, evening=EVENING)
    keys = {row.key.partition("-")[0] for row in rows}
    assert keys >= {"top", "because", "tonight", "watchlist", "people", "gems", "new"}
    reasons = {(row.key, pick.movie.pk): pick.reason for row in rows for pick in row.picks}
    assert not {card for card, reason in reasons.items() if not reason}
    by_row = {key: {reason for (of, _), reason in reasons.items() if of == key} for key, _ in reasons}
    apart = [texts for key, texts in by_row.items() if not key.startswith(("top", "because"))]
    assert sum(map(len, apart)) == len(set().union(*apart))


def test_people_like_you_are_counted_as_they_are(small_site_interactions):
    told = said(rows_for(FAN, limit=5), "people")
    near, _ = live_models().models["user-cf"].nearest(FAN.history(live_models().items))
    data = small_site_interactions
    for film, reason in told.items():
        watchers = set(data.user[data.item == film - 1].tolist())
        assert reason == f"Seen by {len(watchers & set(near.tolist()))} of {len(near)} people like you"


def test_one_person_alone_is_never_told(films, monkeypatch):
    lonely = Circle(9, 0.5, np.ones(len(films), np.int32))
    monkeypatch.setattr(row_reasons, "circle_of", lambda _: lonely)
    monkeypatch.setattr("recommender.row_plans.circle_of", lambda _: lonely)
    told = row_reasons.of_people(sight(), on_rows(films, 41, 43, 44))
    assert len(told) == 3
    assert all(text.startswith(("because of Film ", "Rare on shelves")) for text in told.values())


def test_the_row_of_people_says_how_many_they_are_and_how_much_they_share(small_site_interactions):
    row = next(row for row in rows_for(FAN, limit=5) if row.key == "people")
    near, _ = live_models().models["user-cf"].nearest(FAN.history(live_models().items))
    data = small_site_interactions
    shared = [np.isin(np.arange(12), data.history(user).item).mean() for user in near.tolist()]
    told = f"on average they have seen {round(100 * np.mean(shared))}% of your films"
    assert row.why == f"By {len(near)} people like you: {told}"


def people_row(member):
    return next(row for row in rows_of(member) if row.key == "people").why


@pytest.fixture
def alike(western_fan, films):
    """Three with the tastes of the member, who agreed to be found."""
    Movie.objects.update(ratings_count=20, half_stars_sum=120)
    Preferences.objects.create(user=western_fan, is_findable=True)
    people = {}
    for name in ("jt", "sun", "mo"):
        people[name] = UserFactory(username=name)
        Preferences.objects.create(user=people[name], is_findable=True)
        for film, half_stars in WESTERNS.items():
            Rating.objects.create(user=people[name], movie=films[film], half_stars=half_stars)
    return people


def test_two_who_agreed_to_be_found_are_named(western_fan, alike):
    assert people_row(western_fan).endswith("Of those who can be found, jt and sun rate most like you")


@pytest.mark.parametrize(
    "withdraw",
    [
        lambda member, person: Block.objects.create(blocker=member, blocked=person),
        lambda member, person: Block.objects.create(blocker=person, blocked=member),
        lambda member, person: Preferences.objects.filter(user=person).update(is_findable=False),
        lambda member, person: type(person).objects.filter(pk=person.pk).update(ratings_visibility="private"),
        lambda member, person: type(person).objects.filter(pk=person.pk).update(is_active=False),
    ],
    ids=["blocked", "blocks", "not findable", "ratings kept to themselves", "left"],
)
def test_whoever_withdraws_is_not_named_from_the_next_page_on(western_fan, alike, withdraw):
    people_row(western_fan)
    withdraw(western_fan, alike["jt"])
    assert people_row(western_fan).endswith("Of those who can be found, sun and mo rate most like you")


def test_whoever_does_not_want_to_be_found_is_told_no_names(western_fan, alike):
    Preferences.objects.filter(user=western_fan).update(is_findable=False)
    assert "can be found" not in people_row(western_fan)
    assert "people like you" in people_row(western_fan)


def test_a_gem_names_its_ratings_and_the_film_that_its_stars_would_miss_most(films):
    Movie.objects.filter(pk=41).update(ratings_count=7, half_stars_sum=49)
    told = row_reasons.of_gems(sight(), on_rows(Movie.objects.in_bulk(), 41))
    lost = {film: stars(FAN, 41) - stars(FAN.as_before(film, None), 41) for film in WESTERNS if film % 2}
    assert told == {40: f"7 ratings here; Film {max(lost, key=lost.get)} speaks for it"}


def stars(visitor, film):
    return scores_of(live_models(), visitor, "autoencoder")[film - 1]


def test_a_gem_that_no_film_speaks_for_still_says_how_few_rated_it(films):
    Movie.objects.filter(pk=41).update(ratings_count=1, half_stars_sum=7)
    strange = sight(Visitor.of_session({2: 1}))
    assert row_reasons.of_gems(strange, on_rows(Movie.objects.in_bulk(), 41)) == {40: "1 rating here"}


def test_new_films_say_their_year_and_what_speaks_for_them(films):
    Movie.objects.filter(pk__gt=40).update(year=2020)
    told = said(rows_for(FAN, limit=5), "new")
    assert all(
        text.startswith("From 2020; Film ") and text.endswith(" speaks for it") for text in told.values()
    )
    assert set(said(rows_for(Visitor.of_session({}), limit=5), "new").values()) == {"From 2020"}


def test_the_watchlist_says_since_when_a_film_is_on_it(western_fan, films):
    for film, added in ((56, datetime(2026, 3, 9, tzinfo=UTC)), (58, datetime(2024, 11, 2, tzinfo=UTC))):
        catalog_services.add_to_watchlist(user=western_fan, movie=films[film])
        WatchlistEntry.objects.filter(movie=film).update(added_at=added)
    other = UserFactory()
    catalog_services.add_to_watchlist(user=other, movie=films[56])
    WatchlistEntry.objects.filter(user=other).update(added_at=datetime(2020, 1, 1, tzinfo=UTC))
    since = {56: "On your list since March", 58: "On your list since November 2024"}
    assert said(rows_of(western_fan), "watchlist") == since


def test_tonight_gives_the_minutes_where_the_evening_asks_for_them(films):
    Movie.objects.update(runtime=90)
    told = said(rows_for(FAN, limit=5, evening=EVENING, now=FRIDAY), "tonight")
    assert set(told.values()) == {"Fits your Fridays: 90 minutes"}


def test_tonight_names_the_weekday_only_for_films_that_it_lifts(films):
    lift = np.zeros(len(films), np.float32)
    lift[40] = 2
    chosen = on_rows(films, 41, 43)
    told = row_reasons.of_evening(sight(), lift, chosen)
    assert told[40] == "Goes down better on a Friday"
    assert told[42].startswith("because of Film ")
    Movie.objects.update(runtime=95)
    told = row_reasons.of_evening(sight(evening=EVENING), lift, chosen)
    assert told == {40: "95 minutes, and better on a Friday", 42: "Fits your Fridays: 95 minutes"}


def test_something_else_names_the_genre_that_is_new_or_rare_to_the_visitor(films):
    only_westerns = dict.fromkeys(range(1, 31, 2), 9)
    musical = on_rows(films, 42)
    assert row_reasons.of_departure(sight(Visitor.of_session(only_westerns)), musical) == {
        41: "New among your films: Musical"
    }
    one_musical = Visitor.of_session(only_westerns | {2: 9})
    assert row_reasons.of_departure(sight(one_musical), musical) == {41: "Rare among your films: Musical"}
    assert row_reasons.of_departure(sight(FAN), musical) == {41: "Far from all that you liked"}


def test_only_from_the_plot_says_which_words_a_film_shares_with_which(films):
    told = row_reasons.of_plot(sight(), on_rows(films, 41))[40]
    words, _, liked = told.rpartition(", as in Film ")
    assert set(words.split(", ")) & {
        "Western",
        "Director 1",
        "duel",
        "noon",
        "dust",
        "duel noon",
        "noon dust",
    }
    assert int(liked) % 2
    nobody = sight(Visitor.of_session({2: 1}))
    assert row_reasons.of_plot(nobody, on_rows(films, 41)) == {40: "Chosen by story, genre and people"}


def test_whoever_switched_predictions_off_reads_the_same_reasons(western_fan):
    seen = rows_of(western_fan)
    blind = replace(Visitor.of_member(western_fan), sees_predictions=False)
    off = rows_for(blind, limit=5, member=western_fan, now=FRIDAY)
    assert {pick.stars for row in off for pick in row.picks} == {None}
    assert [[pick.reason for pick in row.picks] for row in seen] == [
        [pick.reason for pick in row.picks] for row in off
    ]


def test_reasons_cost_the_same_queries_for_two_films_a_row_as_for_six(western_fan, films, alike):
    for film in range(40, 47):
        catalog_services.add_to_watchlist(user=western_fan, movie=films[film])
    visitor, counts = Visitor.of_member(western_fan), []
    for limit in (4, 4, 6):
        with CaptureQueriesContext(connection) as queries:
            rows_for(visitor, limit=limit, member=western_fan, evening=EVENING, now=FRIDAY)
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_the_months_of_a_watchlist_are_in_the_language_of_the_reader(western_fan, films):
    catalog_services.add_to_watchlist(user=western_fan, movie=films[56])
    WatchlistEntry.objects.update(added_at=datetime(2026, 3, 9, tzinfo=UTC))
    with translation.override("de"):
        assert "März" in said(rows_of(western_fan), "watchlist")[56]
