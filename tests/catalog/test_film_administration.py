"""What staff do to films, one or many at a time, and what the histories say of it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from catalog.models import Credit, FilmMerge, Keyword, Movie, Person, Plot, PlotFetch, PosterPicture
from catalog.services import merge_films, undo_merge
from catalog.services.merge_plan import merge_plan
from tests.factories import GenreFactory, MovieFactory, RatingFactory, UserFactory
from tests.panel import address, confirm, staff_with, upload

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timezone.timedelta(days=90)


@pytest.fixture
def heat(db):
    return MovieFactory(title="Heat", year=1995)


@pytest.fixture
def again(db):
    return MovieFactory(title="Heat", year=1995)


def act(panel, action, *films, model=Movie, **more):
    chosen = {"action": action, "_selected_action": [film.pk for film in films], **more}
    return panel.post(address(model, "changelist"), chosen, follow=True)


def listed(panel, **filters):
    return list(panel.get(address(Movie, "changelist"), filters).context["cl"].result_list)


def picture(movie, state=PosterPicture.State.REFUSED):
    return PosterPicture.objects.create(
        movie=movie, source_url="https://image.example/p.jpg", state=state, attempts=6, answer="Gone."
    )


def filled(page):
    """What a browser would send back from a change page."""
    fields = dict(page.context["adminform"].form.initial)
    forms = [form for inline in page.context["inline_admin_formsets"] for form in inline.formset.forms]
    for inline in page.context["inline_admin_formsets"]:
        fields |= {
            f"{inline.formset.prefix}-{name}": value
            for name, value in inline.formset.management_form.initial.items()
        }
    for form in forms:
        fields |= {form.add_prefix(name): form[name].value() for name in form.fields}
    return {name: value for name, value in fields.items() if value is not None and value is not False}


def test_the_page_between_shows_the_films_side_by_side_with_what_moves(panel, heat, again):
    RatingFactory.create_batch(2, movie=again)
    page = act(panel, "merge", heat, again, kept=heat.pk)
    [(film, plan)] = page.context["plans"]
    assert film == again
    assert [(move.label, move.moving, move.given_up) for move in plan] == [("ratings", 2, 0)]
    assert Movie.objects.count() == 2


@pytest.mark.parametrize(("year", "warns"), [(1995, False), (1996, False), (1997, True), (None, False)])
def test_films_of_clearly_different_years_are_questioned_before_a_merge(panel, heat, year, warns):
    other = MovieFactory(title="Heat", year=year)
    page = act(panel, "merge", heat, other, kept=heat.pk).text
    assert ("These are 2 years apart: the same film?" in page) is warns
    assert ("years apart" in page) is warns


def test_the_list_tells_how_it_stands_with_each_poster(panel, heat, again):
    picture(heat)
    page = panel.get(address(Movie, "changelist"))
    [cells] = re.findall(r"field-poster_state.*?</td>.*?field-poster_state.*?</td>", page.text, re.DOTALL)
    assert cells.count("not usable") == 1


def test_two_ratings_by_one_person_are_announced_as_one_that_gives_way(panel, heat, again, member):
    RatingFactory(user=member, movie=heat), RatingFactory(user=member, movie=again)
    [(_, [move])] = act(panel, "merge", heat, again, kept=heat.pk).context["plans"]
    assert (move.total, move.given_up) == (1, 1)


def test_films_are_merged_into_the_chosen_one_and_its_history_says_so(panel, heat, again):
    rating = RatingFactory(movie=heat)
    page = act(panel, "merge", heat, again, kept=again.pk, apply="1")
    rating.refresh_from_db()
    assert rating.movie == again
    assert Movie.objects.get() == again
    assert LogEntry.objects.get(object_id=again.pk).change_message == f"Merged with {heat} (№ {heat.pk})."
    assert "can be undone" in page.content.decode()


def test_a_merge_is_undone_from_its_list(panel, heat, again):
    merge = merge_films(kept=heat, removed=again, by=None)
    act(panel, "undo", merge, model=FilmMerge)
    assert set(Movie.objects.all()) == {heat, again}
    assert LogEntry.objects.filter(object_id__in=[heat.pk, again.pk]).count() == 2


def test_a_merge_is_undone_from_its_own_page_after_a_question(panel, heat, again):
    merge = merge_films(kept=heat, removed=again, by=None)
    page, button = address(FilmMerge, "change", merge.pk), address(FilmMerge, "undo_one", merge.pk)
    assert button in panel.get(page).text
    assert "Undo this merge" in panel.get(button).text
    panel.post(button)
    assert Movie.objects.get() == heat
    answer = panel.post(button, {"_form_submitted": "True"})
    assert answer["HX-Redirect"] == page
    assert set(Movie.objects.all()) == {heat, again}
    told = panel.get(page).text
    assert "is back with all that was its own." in told
    assert button not in told


def test_a_merge_that_cannot_be_undone_says_why_on_its_own_page(panel, heat, again):
    merge = merge_films(kept=heat, removed=again, by=None)
    undo_merge(merge=merge)
    panel.post(address(FilmMerge, "undo_one", merge.pk), {"_form_submitted": "True"})
    assert "This merge was undone already." in panel.get(address(FilmMerge, "change", merge.pk)).text


def test_who_may_not_merge_films_may_not_undo_it(client, heat, again):
    merge = merge_films(kept=heat, removed=again, by=None)
    client.force_login(staff_with("view_filmmerge", "view_movie", "change_movie"))
    button = address(FilmMerge, "undo_one", merge.pk)
    assert button not in client.get(address(FilmMerge, "change", merge.pk)).text
    assert client.post(button, {"_form_submitted": "True"}).status_code == 403
    assert Movie.objects.get() == heat


def test_the_history_and_the_tables_of_a_merge_speak_the_language_of_the_reader(panel, heat, again):
    again.keywords.add(Keyword.objects.create(name="heist"))
    again.genres.add(GenreFactory(name="Crime"))
    with override("de"):
        moves = {move.label for move in merge_plan(kept=heat, removed=again)}
        assert moves == {"Schlagwörter", "Genres"}
        assert str(merge_films(kept=heat, removed=again, by=None)) == f"Heat in {heat}"


def test_merging_takes_two_to_five_films(panel, heat):
    assert "two to five films" in act(panel, "merge", heat).content.decode()
    assert "two to five films" in act(panel, "merge", heat, *MovieFactory.create_batch(5)).content.decode()


def test_who_may_not_delete_films_may_not_merge_them(client, heat, again):
    helper = UserFactory(is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_movie", "change_movie"]))
    client.force_login(helper)
    act(client, "merge", heat, again, kept=heat.pk, apply="1")
    assert Movie.objects.count() == 2


def test_a_language_is_set_for_many_films_after_a_question(panel, heat, again):
    other = MovieFactory(language="it")
    assert act(panel, "set_language", heat, again).context["count"] == 2
    act(panel, "set_language", heat, again, language="en", apply="1")
    assert set(Movie.objects.values_list("pk", "language")) == {
        (heat.pk, "en"),
        (again.pk, "en"),
        (other.pk, "it"),
    }
    assert LogEntry.objects.filter(change_message="Language set to en.").count() == 2


def test_a_language_that_is_no_code_is_asked_for_again(panel, heat):
    page = act(panel, "set_language", heat, language="English", apply="1")
    assert page.context["form"].errors["language"]
    heat.refresh_from_db()
    assert heat.language == ""


def test_a_genre_is_added_and_taken_away(panel, heat, again):
    crime = GenreFactory(name="Crime")
    heat.genres.add(crime)
    act(panel, "add_genre", heat, again, genre=crime.pk, apply="1")
    assert set(crime.movies.all()) == {heat, again}
    act(panel, "remove_genre", heat, again, genre=crime.pk, apply="1")
    assert not crime.movies.exists()


def test_plots_are_locked_and_unlocked_together(panel, heat, again):
    for film in (heat, again):
        Plot.objects.create(movie=film, text="A plot.", source="tmdb")
    act(panel, "lock_plots", heat, again)
    assert set(Plot.objects.values_list("locked", flat=True)) == {True}
    act(panel, "unlock_plots", heat)
    assert set(Plot.objects.values_list("movie", "locked")) == {(heat.pk, False), (again.pk, True)}


def test_films_that_no_provider_knows_by_an_id_are_counted_apart(panel, heat, again):
    known = MovieFactory(title="Ronin", imdb_id="tt0122690")
    page = act(panel, "fetch_plots", heat, again, known).content.decode()
    assert "1 film without a plot is asked about with the next fetch." in page
    assert "2 films cannot be asked about: they have no IMDb id." in page
    page = act(panel, "fetch_plots", heat).content.decode()
    assert "asked about with the next fetch" not in page
    assert "1 film cannot be asked about: it has no IMDb id." in page


def test_plots_that_are_missing_are_asked_for_again(panel, heat, again):
    Movie.objects.filter(pk=heat.pk).update(imdb_id="tt0113277")
    Plot.objects.create(movie=again, text="A plot.", source="tmdb")
    for film in (heat, again):
        later = timezone.now() + timezone.timedelta(days=30)
        PlotFetch.objects.create(movie=film, provider="tmdb", state="not-found", due_at=later, attempts=1)
    page = act(panel, "fetch_plots", heat, again)
    assert "1 film without a plot is asked about" in page.content.decode()
    assert set(PlotFetch.objects.values_list("movie", "state")) == {
        (heat.pk, "retry"),
        (again.pk, "not-found"),
    }


@pytest.mark.parametrize("place", ["films", "pictures"])
def test_a_poster_that_was_refused_is_fetched_again(panel, heat, place):
    poster = picture(heat)
    if place == "films":
        act(panel, "fetch_posters", heat)
    else:
        act(panel, "ask_again", poster, model=PosterPicture)
    poster.refresh_from_db()
    assert (poster.state, poster.attempts, poster.answer) == ("due", 0, "")


def test_another_address_for_a_poster_makes_it_due(panel, heat):
    poster = picture(heat, state="kept")
    panel.post(address(poster, "change", poster.pk), {"source_url": "https://image.example/new.jpg"})
    poster.refresh_from_db()
    assert (poster.state, poster.attempts) == ("due", 0)


@pytest.mark.parametrize("missing", ["plot", "poster", "dated", "people"])
def test_films_that_lack_something_are_found(panel, missing):
    whole, bare = MovieFactory(title="Heat", year=1995), MovieFactory(title="Ronin", year=None)
    Plot.objects.create(movie=whole, text="A plot.", source="tmdb")
    picture(whole, state="kept")
    Credit.objects.create(movie=whole, person=Person.objects.create(name="Mann"), role="director")
    assert listed(panel, **{missing: "no"}) == [bare]
    assert listed(panel, **{missing: "yes"}) == [whole]


def test_a_poster_that_waits_to_be_fetched_is_still_missing(panel, heat):
    picture(heat, state="due")
    assert listed(panel, poster="no") == [heat]


def test_films_of_the_same_title_and_year_stand_beside_each_other(panel):
    first = MovieFactory(title="Amélie", year=2001)
    MovieFactory(title="Heat", year=1995), MovieFactory(title="Amelie", year=1999)
    second = MovieFactory(title="AMELIE", year=2001)
    assert set(listed(panel, duplicates="yes")) == {first, second}


def test_a_plot_written_beside_its_film_is_the_editors(panel, heat):
    Plot.objects.create(movie=heat, text="From afar.", source="tmdb")
    fields = filled(panel.get(address(Movie, "change", heat.pk))) | {"plot-0-text": "Written here."}
    panel.post(address(Movie, "change", heat.pk), fields)
    plot = Plot.objects.get()
    assert (plot.text, plot.source, plot.locked) == ("Written here.", "editor", True)


def test_two_films_without_an_imdb_id_can_both_be_saved_here(panel, heat, again):
    for film in (heat, again):
        fields = filled(panel.get(address(Movie, "change", film.pk))) | {"imdb_id": "", "runtime": 170}
        panel.post(address(Movie, "change", film.pk), fields)
    assert set(Movie.objects.values_list("imdb_id", "runtime")) == {(None, 170)}


def test_a_film_with_a_long_cast_asks_as_many_questions_as_one_with_a_longer(panel, heat):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert panel.get(address(Movie, "change", heat.pk)).status_code == 200
        return len(asked)

    def cast(first, last):
        people = Person.objects.bulk_create(Person.named(f"Actor {n}") for n in range(first, last))
        Credit.objects.bulk_create(Credit(movie=heat, person=person, role="cast") for person in people)

    cast(0, 20)
    questions()
    few = questions()
    cast(20, 60)
    assert questions() == few


def test_a_persons_page_shows_their_films(panel, heat):
    mann = Person.objects.create(name="Michael Mann")
    Credit.objects.create(movie=heat, person=mann, role="director")
    assert "Heat (1995)" in panel.get(address(mann, "change", mann.pk)).content.decode()
    [row] = panel.get(address(Person, "changelist"), {"q": "MICHAEL"}).context["cl"].result_list
    assert (row, row.films) == (mann, 1)


def test_an_import_takes_facts_and_makes_keywords_that_are_new(panel, heat):
    Keyword.objects.create(name="heist")
    rows = (
        "title,year,language,released_on,budget,keywords\nHeat,1995,en,1995-12-15,60000000,heist|detective\n"
    )
    trial = upload(panel, Movie, rows)
    assert Keyword.objects.count() == 1
    confirm(panel, Movie, trial)
    heat.refresh_from_db()
    assert (heat.language, str(heat.released_on), heat.budget) == ("en", "1995-12-15", 60_000_000)
    assert {keyword.name for keyword in heat.keywords.all()} == {"heist", "detective"}


def test_a_date_that_is_none_is_a_bad_row(panel, heat):
    trial = upload(panel, Movie, "title,year,released_on\nHeat,1995,soon\n")
    assert "confirm_form" not in trial.context
    assert "Line 2, released_on: “soon” is not a date such as 1995-12-31." in trial.content.decode()


def test_the_history_lists_who_changed_what_and_can_be_narrowed(panel, heat):
    act(panel, "set_language", heat, language="en", apply="1")
    page = panel.get(address(LogEntry, "changelist"))
    assert "Language set to en." in page.content.decode()
    [entry] = panel.get(address(LogEntry, "changelist"), {"q": "Heat"}).context["cl"].result_list
    assert (entry.user.username, entry.object_repr) == ("owner", "Heat (1995)")
    history = panel.get(address(Movie, "history", heat.pk)).content.decode()
    assert "Language set to en." in history


def test_nobody_rewrites_the_history(panel, heat):
    act(panel, "set_language", heat, language="en", apply="1")
    entry = LogEntry.objects.get()
    assert panel.post(address(LogEntry, "delete", entry.pk), {"post": "yes"}).status_code == 403
    assert panel.get(address(LogEntry, "add")).status_code == 403
