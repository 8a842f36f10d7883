import pytest
from django.utils import timezone

from catalog.models import (
    HiddenFilm,
    Keyword,
    Movie,
    OtherTitle,
    Person,
    Plot,
    PlotFetch,
    PlotProviderState,
    PosterPicture,
    Rating,
    ReviewReport,
    UnusedFilm,
    WatchlistEntry,
)
from catalog.services import add_to_list, create_list, merge_films
from tests.factories import (
    GenreFactory,
    MovieFactory,
    RatingFactory,
    ReviewFactory,
    UserFactory,
    WatchFactory,
)
from tests.panel import address, assert_pages_answer, counts, credit, tables_of

pytestmark = pytest.mark.django_db
SAMPLES = {
    "catalog.Movie": lambda: MovieFactory(genres=["Western"]),
    "catalog.Genre": GenreFactory,
    "catalog.Person": lambda: Person.objects.create(name="Varda"),
    "catalog.Credit": lambda: credit(),
    "catalog.OtherTitle": lambda: OtherTitle.objects.create(movie=MovieFactory(), title="Le bonheur"),
    "catalog.Rating": RatingFactory,
    "catalog.Watch": WatchFactory,
    "catalog.Review": ReviewFactory,
    "catalog.HiddenFilm": lambda: HiddenFilm.objects.create(user=UserFactory(), movie=MovieFactory()),
    "catalog.UnusedFilm": lambda: UnusedFilm.objects.create(user=UserFactory(), movie=MovieFactory()),
    "catalog.WatchlistEntry": lambda: WatchlistEntry.objects.create(user=UserFactory(), movie=MovieFactory()),
    "catalog.FilmList": lambda: create_list(user=UserFactory(), title="Noir"),
    "catalog.ListEntry": lambda: add_to_list(
        film_list=create_list(user=UserFactory(), title="Noir"), movie=MovieFactory()
    ),
    "catalog.Plot": lambda: Plot.objects.create(movie=MovieFactory(), text="A man leaves.", source="tmdb"),
    "catalog.PlotFetch": lambda: fetch(),
    "catalog.Keyword": lambda: Keyword.objects.create(name="heist"),
    "catalog.PosterPicture": lambda: picture(),
    "catalog.FilmMerge": lambda: merge_films(kept=MovieFactory(), removed=MovieFactory(), by=None),
    "catalog.ReviewReport": lambda: ReviewReport.objects.create(
        review=ReviewFactory(), reporter=UserFactory(), reason="spam"
    ),
    "catalog.PlotProviderState": lambda: PlotProviderState.objects.create(provider="tmdb"),
}


def picture(state=PosterPicture.State.REFUSED):
    return PosterPicture.objects.create(
        movie=MovieFactory(), source_url="https://image.example/p.jpg", state=state, attempts=3
    )


def fetch(state=PlotFetch.State.NOT_FOUND):
    return PlotFetch.objects.create(
        movie=MovieFactory(), provider="tmdb", state=state, due_at=timezone.now(), attempts=3
    )


@pytest.mark.parametrize("label", tables_of("catalog"))
def test_every_page_of_every_table_answers(panel, label):
    assert_pages_answer(panel, SAMPLES[label]())


@pytest.mark.parametrize("factory", [MovieFactory, RatingFactory, ReviewFactory, WatchFactory])
def test_a_list_takes_as_many_queries_for_twenty_rows_as_for_two(
    panel, factory, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(100) as captured:
            panel.get(address(factory._meta.model, "changelist"))
        return len(captured)

    factory.create_batch(2)
    queries()
    few = queries()
    factory.create_batch(18)
    assert queries() == few


def test_films_are_found_by_words_of_their_titles_whatever_the_accents(panel):
    MovieFactory(title="Amélie", year=2001)
    MovieFactory(title="Heat")
    page = panel.get(address(Movie, "changelist"), {"q": "AMELIE 2001"}).content.decode()
    assert "Amélie" in page
    assert "Heat" not in page


def test_ratings_are_found_by_member_and_by_film(panel):
    by_anouk = RatingFactory(user=UserFactory(username="anouk"), movie=MovieFactory(title="Heat"))
    of_stalker = RatingFactory(movie=MovieFactory(title="Stalker"))

    def found(words):
        return list(panel.get(address(Rating, "changelist"), {"q": words}).context["cl"].result_list)

    assert found("Anouk") == [by_anouk]
    assert found("stalker") == [of_stalker]


def test_a_film_edited_here_gets_its_new_address(panel, movie):
    form = panel.get(address(Movie, "change", movie.pk)).context["adminform"].form.initial
    fields = {key: value for key, value in form.items() if value is not None} | {"title": "Città aperta"}
    fields["genres"] = fields["keywords"] = []
    for inline in ("credits", "other_titles", "plot", "picture"):
        fields |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    panel.post(address(Movie, "change", movie.pk), fields)
    movie.refresh_from_db()
    assert (movie.slug, movie.search_title) == ("citta-aperta-1979", "citta aperta 1979")


def test_a_rating_given_here_counts(panel, member, movie):
    panel.post(address(Rating, "add"), {"user": member.pk, "movie": movie.pk, "half_stars": 7})
    assert counts(movie) == (1, 7)


def test_a_rating_changed_here_counts_anew(panel, movie):
    rating = RatingFactory(movie=movie, half_stars=2)
    panel.post(address(Rating, "change", rating.pk), {"half_stars": 9})
    assert counts(movie) == (1, 9)


def test_a_rating_deleted_here_no_longer_counts(panel, movie):
    rating, _ = RatingFactory(movie=movie, half_stars=2), RatingFactory(movie=movie, half_stars=9)
    panel.post(address(Rating, "delete", rating.pk), {"post": "yes"})
    assert counts(movie) == (1, 9)


def test_many_ratings_deleted_at_once_no_longer_count(panel, movie):
    ratings = RatingFactory.create_batch(3, movie=movie)
    chosen = {"action": "delete_selected", "_selected_action": [ratings[0].pk, ratings[1].pk], "post": "yes"}
    panel.post(address(Rating, "changelist"), chosen)
    assert counts(movie) == (1, 8)


def test_deleting_a_film_tells_how_much_goes_with_it_and_takes_it(panel, movie):
    RatingFactory.create_batch(3, movie=movie)
    ReviewFactory(movie=movie)
    page = panel.get(address(Movie, "delete", movie.pk))
    assert dict(page.context["model_count"]) == {"movies": 1, "ratings": 3, "reviews": 1}
    panel.post(address(Movie, "delete", movie.pk), {"post": "yes"})
    assert Rating.objects.count() == 0


def test_a_plot_edited_here_is_the_editors_and_locked(panel, movie):
    plot = Plot.objects.create(movie=movie, text="From afar.", source="tmdb")
    panel.post(address(Plot, "change", plot.pk), {"movie": movie.pk, "text": "Written here."})
    plot.refresh_from_db()
    assert (plot.text, plot.source, plot.locked) == ("Written here.", "editor", True)


def test_unlocking_a_plot_leaves_its_source_alone(panel, movie):
    plot = Plot.objects.create(movie=movie, text="From afar.", source="tmdb", locked=True)
    panel.post(address(Plot, "change", plot.pk), {"movie": movie.pk, "text": "From afar."})
    plot.refresh_from_db()
    assert (plot.source, plot.locked) == ("tmdb", False)


def test_the_queue_of_plots_shows_counts_per_state(panel):
    fetch(PlotFetch.State.FOUND), fetch(PlotFetch.State.RETRY), fetch(PlotFetch.State.RETRY)
    shown = panel.get(address(PlotFetch, "changelist")).context["counts"]
    assert {count["label"]: count["number"] for count in shown} == {
        "Found": 1,
        "Not found": 0,
        "To be tried again": 2,
        "Due now": 2,
    }


def test_a_film_that_was_not_found_can_be_asked_for_again(panel):
    waiting = fetch()
    panel.post(address(PlotFetch, "changelist"), {"action": "ask_again", "_selected_action": [waiting.pk]})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (PlotFetch.State.RETRY, 0)


def test_the_question_before_a_deletion_loads_the_words_its_scripts_use(panel, movie):
    page = panel.get(f"/admin/catalog/movie/{movie.pk}/delete/").text
    assert page.index("/admin/jsi18n/") < page.index("actions.js" if "actions.js" in page else "</head>")
