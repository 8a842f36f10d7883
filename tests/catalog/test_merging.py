"""Two rows of one film become one and, when that was wrong, two again."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db.models.signals import post_init
from django.urls import reverse

from accounts.models import FavouriteFilm
from catalog import services
from catalog.imports.films import KnownFilms
from catalog.models import (
    Credit,
    FilmList,
    FilmMerge,
    HiddenFilm,
    LikedFilm,
    ListEntry,
    Movie,
    OtherTitle,
    Person,
    Plot,
    PlotFetch,
    PosterPicture,
    Rating,
    Review,
    ReviewLike,
    ReviewReport,
    ReviewRevision,
    Tag,
    UnusedFilm,
    Watch,
    WatchlistEntry,
)
from catalog.services import CannotMerge, CannotUndo, merge_films, undo_merge
from catalog.services.merge_plan import merge_plan
from recommender.ml.movielens import Film
from recommender.models import Seat, WatchGroup
from tests.factories import (
    GenreFactory,
    MovieFactory,
    RatingFactory,
    ReviewFactory,
    UserFactory,
    WatchFactory,
)
from tests.panel import counts

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def kept(db):
    return MovieFactory(title="Heat", year=1995, movielens_id=6)


@pytest.fixture
def removed(db):
    return MovieFactory(title="Heat", year=1995, movielens_id=None, imdb_id="tt0113277")


def everything():
    """Every row of every table but the record of merges."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values()))
        for model in apps.get_models(include_auto_created=True)
        if model is not FilmMerge
    }


def test_ratings_diary_entries_and_reviews_follow(kept, removed):
    rating, watch, review = (
        factory(movie=removed) for factory in (RatingFactory, WatchFactory, ReviewFactory)
    )
    merge_films(kept=kept, removed=removed, by=None)
    for row in (rating, watch, review):
        row.refresh_from_db()
        assert row.movie == kept
    assert not Movie.objects.filter(pk=removed.pk).exists()


def test_a_data_set_that_is_imported_again_finds_the_kept_film(kept, removed):
    Movie.objects.filter(pk=removed.pk).update(movielens_id=7)
    removed.refresh_from_db()
    merge_films(kept=kept, removed=removed, by=None)
    again = Film(7, "Heat, under another title", 1995, (), "tt0113277")
    assert KnownFilms().find(again, 7) == kept
    assert KnownFilms().find(Film(8, "Heat of the night", 1967, (), ""), None) is None


def test_marks_favourites_and_vetoes_follow(kept, removed, member):
    marks = [
        model.objects.create(user=member, movie=removed)
        for model in (HiddenFilm, UnusedFilm, WatchlistEntry, LikedFilm)
    ]
    marks.append(FavouriteFilm.objects.create(user=member, movie=removed, position=1))
    seat = Seat.objects.create(group=WatchGroup.objects.create(owner=member), position=1, guest_name="Guest")
    seat.vetoed.add(removed)
    merge_films(kept=kept, removed=removed, by=None)
    for mark in marks:
        mark.refresh_from_db()
        assert mark.movie == kept
    assert list(seat.vetoed.all()) == [kept]


def test_the_counts_follow_the_ratings(kept, removed):
    RatingFactory(movie=kept, half_stars=4), RatingFactory(movie=removed, half_stars=9)
    merge_films(kept=kept, removed=removed, by=None)
    assert counts(kept) == (2, 13)


def test_a_preview_reads_no_more_rows_of_a_popular_film_than_may_clash(kept, removed, member):
    RatingFactory.create_batch(8, movie=kept), RatingFactory.create_batch(2, movie=removed)
    for film in (kept, removed):
        RatingFactory(user=member, movie=film)
        for day in (None, date(2024, 1, 1)):
            WatchFactory(user=member, movie=film, watched_on=day)
    WatchFactory(movie=kept), WatchFactory(movie=kept, watched_on=date(2024, 1, 1))
    read = []

    def note(instance, **_):
        read.append(instance)

    post_init.connect(note)
    plan = merge_plan(kept=kept, removed=removed)
    post_init.disconnect(note)
    assert {(move.label, move.total, move.given_up) for move in plan} == {
        ("ratings", 3, 1),
        ("watches", 2, 2),
    }
    assert {row.user for row in read} == {member}


@pytest.mark.parametrize("newer_is_kept", [True, False])
def test_of_two_ratings_by_one_person_the_newer_stays(kept, removed, member, newer_is_kept):
    newer, older = (kept, removed) if newer_is_kept else (removed, kept)
    RatingFactory(user=member, movie=older, half_stars=2, rated_at=NOON - timedelta(days=1))
    RatingFactory(user=member, movie=newer, half_stars=9, rated_at=NOON)
    merge_films(kept=kept, removed=removed, by=None)
    assert list(Rating.objects.values_list("movie", "half_stars")) == [(kept.pk, 9)]
    assert counts(kept) == (1, 9)


def test_a_rating_given_here_beats_a_newer_one_from_a_data_set(kept, removed, member):
    RatingFactory(user=member, movie=kept, half_stars=2, rated_at=NOON, source="import")
    RatingFactory(user=member, movie=removed, half_stars=9, rated_at=NOON - timedelta(days=1))
    merge_films(kept=kept, removed=removed, by=None)
    assert Rating.objects.get().half_stars == 9


def test_a_locked_plot_beats_the_kept_films_own(kept, removed):
    Plot.objects.create(movie=kept, text="From afar.", source="tmdb")
    Plot.objects.create(movie=removed, text="Written here.", source="editor", locked=True)
    merge_films(kept=kept, removed=removed, by=None)
    assert Plot.objects.get().text == "Written here."


def test_credits_of_two_sources_are_not_mixed(kept, removed):
    mann, also_mann, pacino = (
        Person.objects.create(name=name) for name in ("Michael Mann", "Mann", "Pacino")
    )
    Credit.objects.create(movie=kept, person=mann, role="director")
    Credit.objects.create(movie=removed, person=also_mann, role="director")
    Credit.objects.create(movie=removed, person=pacino, role="cast")
    merge_films(kept=kept, removed=removed, by=None)
    assert {(credit.person.name, credit.role) for credit in kept.credits.all()} == {
        ("Michael Mann", "director"),
        ("Pacino", "cast"),
    }


def test_what_the_kept_film_lacked_is_filled_in_and_its_own_stays(kept, removed):
    Movie.objects.filter(pk=removed.pk).update(runtime=170, movielens_id=7)
    merge_films(kept=kept, removed=removed, by=None)
    kept.refresh_from_db()
    assert (kept.imdb_id, kept.runtime, kept.movielens_id) == ("tt0113277", 170, 6)


def test_a_film_is_still_found_by_the_name_that_is_gone(kept):
    removed = MovieFactory(title="La sfida", year=1995)
    merge_films(kept=kept, removed=removed, by=None)
    assert list(Movie.objects.matching("sfida")) == [kept]


def test_the_old_address_leads_to_the_kept_film_until_the_merge_is_undone(client, kept, removed):
    old = reverse("catalog:movie", args=[removed.pk, removed.slug])
    merge = merge_films(kept=kept, removed=removed, by=None)
    answer = client.get(old)
    assert (answer.status_code, answer.url) == (302, kept.get_absolute_url())
    undo_merge(merge=merge)
    assert client.get(old).status_code == 200


def test_the_oldest_address_leads_over_two_merges(client, kept, removed):
    first = MovieFactory()
    merge_films(kept=removed, removed=first, by=None)
    merge_films(kept=kept, removed=removed, by=None)
    assert client.get(reverse("catalog:movie", args=[first.pk, first.slug])).url == kept.get_absolute_url()


def test_an_address_that_never_was_is_not_found(client, kept):
    assert client.get(reverse("catalog:movie", args=[kept.pk + 999, "heat"])).status_code == 404


def test_a_film_cannot_be_merged_with_itself(kept):
    with pytest.raises(CannotMerge):
        merge_films(kept=kept, removed=kept, by=None)
    assert Movie.objects.filter(pk=kept.pk).exists()


def test_merges_come_apart_in_the_opposite_order(kept, removed):
    first = merge_films(kept=kept, removed=MovieFactory(title="Ronin"), by=None)
    second = merge_films(kept=kept, removed=removed, by=None)
    with pytest.raises(CannotUndo, match="Undo the merge of Heat into"):
        undo_merge(merge=first)
    undo_merge(merge=second)
    undo_merge(merge=first)
    assert set(Movie.objects.values_list("title", flat=True)) == {"Heat", "Ronin"}


def test_a_merge_is_undone_once(kept, removed):
    merge = merge_films(kept=kept, removed=removed, by=None)
    undo_merge(merge=merge)
    with pytest.raises(CannotUndo, match="undone already"):
        undo_merge(merge=merge)


def test_a_film_whose_id_another_film_took_cannot_come_back(kept, removed):
    Movie.objects.filter(pk=kept.pk).update(imdb_id="tt0000001")
    merge = merge_films(kept=kept, removed=removed, by=None)
    MovieFactory(imdb_id="tt0113277")
    with pytest.raises(CannotUndo, match="Another film has an id"):
        undo_merge(merge=merge)
    assert FilmMerge.objects.get().undone_at is None


def test_undoing_leaves_alone_what_people_did_since(kept, removed, member):
    old = RatingFactory(user=member, movie=removed, half_stars=2, rated_at=NOON)
    gone = RatingFactory(movie=removed)
    merge = merge_films(kept=kept, removed=removed, by=None)
    services.rate(user=member, movie=kept, stars=5)
    services.remove_rating(user=gone.user, movie=kept)
    newcomer = RatingFactory(movie=kept, half_stars=6)
    undo_merge(merge=merge)
    assert set(Rating.objects.values_list("pk", "movie", "half_stars")) == {
        (old.pk, removed.pk, 10),
        (newcomer.pk, kept.pk, 6),
    }
    assert (counts(kept), counts(removed)) == ((1, 6), (1, 10))


def test_undoing_skips_rows_of_people_who_left(kept, removed, member):
    for film in (kept, removed):
        RatingFactory(user=member, movie=film)
    merge = merge_films(kept=kept, removed=removed, by=None)
    member.delete()
    undo_merge(merge=merge)
    assert (counts(kept), counts(removed)) == ((0, 0), (0, 0))


def test_undoing_keeps_what_an_editor_wrote_since(kept, removed):
    Movie.objects.filter(pk=removed.pk).update(tagline="A Los Angeles crime saga", runtime=170)
    merge = merge_films(kept=kept, removed=removed, by=None)
    Movie.objects.filter(pk=kept.pk).update(tagline="An editor’s own words")
    undo_merge(merge=merge)
    kept.refresh_from_db()
    assert (kept.tagline, kept.runtime) == ("An editor’s own words", None)


def crowd(dice, films):
    """People who did all that people can do, with one film, with the other, or with both."""
    for number in range(dice.randint(2, 6)):
        user = UserFactory(username=f"person{number}")
        tag = Tag.objects.create(user=user, name="at the cinema")
        for film in films:
            _act(dice, user, film, tag)
    services.refresh_counts()


def _act(dice, user, film, tag):
    def sometimes():
        return dice.random() < 0.6

    moment = NOON + timedelta(seconds=dice.randint(0, 10**7))
    if sometimes():
        RatingFactory(user=user, movie=film, half_stars=dice.randint(1, 10), rated_at=moment)
    if sometimes():
        for day in {None, date(2024, 1, dice.randint(1, 2)), date(2024, 2, 1)}:
            Watch.objects.create(user=user, movie=film, watched_on=day).tags.add(tag)
    if sometimes():
        review = Review.objects.create(user=user, movie=film, text=f"Words of {dice.random()}")
        ReviewLike.objects.create(user=user, review=review)
        ReviewReport.objects.create(review=review, reporter=user, reason="spam")
        ReviewRevision.objects.create(review=review, text="Earlier words", written_at=moment)
    for mark in (HiddenFilm, UnusedFilm, WatchlistEntry, LikedFilm):
        if sometimes():
            mark.objects.create(user=user, movie=film)
    if sometimes():
        films, _ = FilmList.objects.get_or_create(user=user, title="Sundays")
        ListEntry.objects.create(film_list=films, movie=film, position=dice.randint(1, 2))
    if sometimes():
        FavouriteFilm.objects.create(user=user, movie=film, position=user.favourite_films.count() + 1)


def facts(dice, film):
    """What a catalogue may know of a film, by chance."""
    person, _ = Person.objects.get_or_create(name=dice.choice(["Mann", "Pacino"]))
    for role in dice.sample(["director", "writer", "cast"], 2):
        Credit.objects.create(movie=film, person=person, role=role)
    film.genres.add(GenreFactory(name=dice.choice(["Crime", "Drama"])))
    film.keywords.create(name=f"keyword {film.pk}")
    OtherTitle.objects.create(movie=film, title=dice.choice(["La sfida", "Fuego"]))
    locked = dice.random() < 0.5
    Plot.objects.create(movie=film, text=f"Plot {film.pk}", source="tmdb", locked=locked, fetched_at=NOON)
    state = dice.choice(["due", "kept"])
    PosterPicture.objects.create(
        movie=film, source_url="https://image.example/p.jpg", state=state, due_at=NOON
    )
    PlotFetch.objects.create(movie=film, provider="tmdb", state="found", due_at=NOON)
    Movie.objects.filter(pk=film.pk).update(
        runtime=dice.choice([None, 170]), tagline=dice.choice(["", "Saga"])
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_merge_that_is_undone_leaves_every_row_of_the_database_as_it_was(seed):
    dice = random.Random(seed)
    films = [
        MovieFactory(title="Heat", movielens_id=dice.choice([None, 6]), year=dice.choice([1995, None])),
        MovieFactory(title=dice.choice(["Heat", "Fuego"]), movielens_id=7, imdb_id="tt0113277", year=1995),
    ]
    for film in films:
        facts(dice, film)
    crowd(dice, films)
    before = everything()
    merge = merge_films(kept=films[0], removed=films[1], by=None)
    assert everything() != before
    undo_merge(merge=merge)
    assert everything() == before
