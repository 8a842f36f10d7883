"""Lists of films: their order, their limits, and what a merge of films does to them."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from catalog import services
from catalog.models import FilmList, ListEntry
from catalog.services import lists
from tests.catalog.test_merging import everything
from tests.factories import MovieFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def noir(member):
    return services.create_list(user=member, title="Noir")


@pytest.fixture
def five(noir):
    """A list of films called one to five."""
    for title in ("one", "two", "three", "four", "five"):
        services.add_to_list(film_list=noir, movie=MovieFactory(title=title))
    return noir


def titles(film_list):
    return list(film_list.entries.in_order().values_list("movie__title", flat=True))


def positions(film_list):
    return list(film_list.entries.in_order().values_list("position", flat=True))


def entry(film_list, title):
    return film_list.entries.get(movie__title=title)


def test_films_come_in_the_order_in_which_they_were_added(five):
    assert titles(five) == ["one", "two", "three", "four", "five"]
    assert positions(five) == [1, 2, 3, 4, 5]


def test_a_film_is_on_a_list_once(five):
    film = entry(five, "two").movie
    again = services.add_to_list(film_list=five, movie=film, note="Again")
    assert (again.position, again.note, len(titles(five))) == (2, "", 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.create(film_list=five, movie=film, position=9)


@pytest.mark.parametrize(
    ("title", "place", "order"),
    [
        ("four", 2, "one four two three five"),
        ("two", 4, "one three four two five"),
        ("one", 99, "two three four five one"),
        ("five", 0, "five one two three four"),
        ("three", 3, "one two three four five"),
    ],
)
def test_a_film_moves_to_a_place_and_the_others_make_room(five, title, place, order):
    now = services.move_in_list(entry=entry(five, title), place=place)
    assert titles(five) == order.split()
    assert positions(five) == [1, 2, 3, 4, 5]
    assert titles(five)[now - 1] == title


def test_what_came_after_a_removed_film_moves_up(five):
    assert services.remove_from_list(film_list=five, movie=entry(five, "two").movie)
    assert titles(five) == ["one", "three", "four", "five"]
    assert positions(five) == [1, 2, 3, 4]
    assert not services.remove_from_list(film_list=five, movie=MovieFactory())


def test_gaps_and_doubles_close_with_the_next_move(five):
    for title, position in {"two": 4, "three": 4, "four": 4, "five": 9}.items():
        five.entries.filter(movie__title=title).update(position=position)
    services.move_in_list(entry=entry(five, "four"), place=2)
    assert titles(five) == ["one", "four", "two", "three", "five"]
    assert positions(five) == [1, 2, 3, 4, 5]
    assert services.place_of(entry=entry(five, "three")) == 4


def test_whatever_changes_a_list_brings_it_to_the_front(five, member):
    changes = [
        lambda: services.add_to_list(film_list=five, movie=MovieFactory()),
        lambda: services.move_in_list(entry=entry(five, "five"), place=1),
        lambda: services.change_note(entry=entry(five, "five"), note="Best of all."),
        lambda: services.remove_from_list(film_list=five, movie=entry(five, "one").movie),
        lambda: services.change_list(
            film_list=five, title="Dark", description="", is_ranked=True, visibility="public"
        ),
    ]
    for change in changes:
        other = services.create_list(user=member, title="Later")
        assert FilmList.objects.latest_first().first() == other
        change()
        assert FilmList.objects.latest_first().first() == five


def test_changing_nothing_is_no_change(five, member):
    other = services.create_list(user=member, title="Later")
    services.move_in_list(entry=entry(five, "one"), place=1)
    services.change_note(entry=entry(five, "one"), note="")
    services.add_to_list(film_list=five, movie=entry(five, "one").movie)
    assert FilmList.objects.latest_first().first() == other


def test_a_list_holds_a_limited_number_of_films(five, monkeypatch):
    monkeypatch.setattr(lists, "MOST_FILMS", 5)
    with pytest.raises(services.TooManyFilms):
        services.add_to_list(film_list=five, movie=MovieFactory())
    services.add_to_list(film_list=five, movie=entry(five, "one").movie)
    assert len(titles(five)) == 5


def test_a_person_has_a_limited_number_of_lists(noir, member, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTS", 1)
    with pytest.raises(services.TooManyLists):
        services.create_list(user=member, title="One too many")
    assert services.create_list(user=UserFactory(), title="Of another").pk


def test_the_address_has_the_words_of_the_title(noir):
    noir.title = "Ten films, for Été & Co."
    assert noir.get_absolute_url() == f"/lists/{noir.pk}/ten-films-for-ete-co/"
    noir.title = "七人の侍"
    assert noir.get_absolute_url() == f"/lists/{noir.pk}/list/"


def test_deleting_an_account_or_a_list_takes_the_entries_and_no_film(five, member):
    films = apps.get_model("catalog.Movie").objects.count()
    member.delete()
    assert (FilmList.objects.count(), ListEntry.objects.count()) == (0, 0)
    assert apps.get_model("catalog.Movie").objects.count() == films


# Taken back


def standing(film_list):
    return services.list_standing(pk=film_list.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda five: services.delete_list(film_list=five),
        lambda five: services.move_in_list(entry=entry(five, "five"), place=1),
        lambda five: services.remove_from_list(film_list=five, movie=entry(five, "two").movie),
        lambda five: services.add_to_list(film_list=five, movie=MovieFactory()),
        lambda five: services.change_note(entry=entry(five, "two"), note="Rain."),
        lambda five: services.change_list(
            film_list=five, title="Dark", description="Night.", is_ranked=True, visibility="private"
        ),
    ],
)
def test_a_change_is_put_back_to_the_last_row(five, change):
    before = standing(five)
    change(five)
    after = standing(five)
    assert after != before
    difference = services.list_difference(before=before, after=after)
    services.put_list_back(pk=five.pk, before=difference, version=services.version_of(after))
    assert standing(five) == before


def test_what_was_changed_again_is_not_put_back(five):
    before = standing(five)
    services.move_in_list(entry=entry(five, "five"), place=1)
    after = standing(five)
    services.move_in_list(entry=entry(five, "four"), place=1)
    difference = services.list_difference(before=before, after=after)
    with pytest.raises(services.ChangedSince):
        services.put_list_back(pk=five.pk, before=difference, version=services.version_of(after))
    assert titles(five)[0] == "four"


def test_one_step_is_remembered_by_two_rows_and_the_list(five):
    before = standing(five)
    services.move_in_list(entry=entry(five, "five"), place=4)
    difference = services.list_difference(before=before, after=standing(five))
    assert {kind: len(rows) for kind, rows in difference.items()} == {"lists": 1, "entries": 2}


def test_a_film_that_is_gone_by_now_stays_away_and_the_rest_comes_back(five):
    before = standing(five)
    services.delete_list(film_list=five)
    after = standing(five)
    apps.get_model("catalog.Movie").objects.get(title="two").delete()
    difference = services.list_difference(before=before, after=after)
    services.put_list_back(pk=five.pk, before=difference, version=services.version_of(after))
    assert titles(five) == ["one", "three", "four", "five"]


# Films that are merged


def test_entries_follow_a_merged_film_to_their_places(five):
    kept, removed = MovieFactory(title="Kept"), entry(five, "three").movie
    merge = services.merge_films(kept=kept, removed=removed, by=None)
    assert titles(five) == ["one", "two", "Kept", "four", "five"]
    services.undo_merge(merge=merge)
    assert titles(five) == ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(("noted", "stays"), [(None, "two"), ("two", "two"), ("four", "four")])
def test_of_two_entries_of_one_list_the_one_with_a_note_stays_else_the_higher(five, noted, stays):
    """The film "two" becomes one with "four", which stands lower."""
    entries = {title: entry(five, title) for title in ("two", "four")}
    if noted:
        services.change_note(entry=entries[noted], note="Rain.")
    before = everything()
    merge = services.merge_films(kept=entries["four"].movie, removed=entries["two"].movie, by=None)
    assert five.entries.get(movie=entries["four"].movie).pk == entries[stays].pk
    assert len(titles(five)) == 4
    services.undo_merge(merge=merge)
    assert everything() == before


def test_a_merge_is_undone_after_the_list_was_put_in_another_order(five):
    first, second = entry(five, "two"), entry(five, "four")
    merge = services.merge_films(kept=second.movie, removed=first.movie, by=None)
    services.move_in_list(entry=entry(five, "five"), place=1)
    services.undo_merge(merge=merge)
    assert sorted(titles(five)) == sorted(["one", "two", "three", "four", "five"])
    services.move_in_list(entry=entry(five, "one"), place=5)
    assert positions(five) == [1, 2, 3, 4, 5]
