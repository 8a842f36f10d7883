"""The pages about films, as visitors and members meet them."""

from datetime import date

import pytest
from django.urls import reverse

from catalog import session
from catalog.models import OtherTitle, Plot, Rating, Review, Watch
from tests.factories import (
    ImportedUserFactory,
    MovieFactory,
    RatingFactory,
    ReviewFactory,
    UserFactory,
    WatchFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def member_client(client, member):
    client.force_login(member)
    return client


def post(client, name, thing, data=None, **kwargs):
    return client.post(reverse(f"catalog:{name}", args=[thing.pk]), data or {}, **kwargs)


# Front page


def test_a_stranger_is_told_what_this_is_and_may_rate_at_once(client, movie):
    page = client.get("/")
    assert "Find the next one you will love" in page.text
    assert reverse("catalog:movie-rate", args=[movie.pk]) in page.text


def test_a_member_sees_the_last_films_of_the_diary(member_client, member):
    WatchFactory(user=member, movie__title="Solaris", watched_on=date(2024, 5, 1))
    WatchFactory(movie__title="Nostalghia", watched_on=date(2024, 5, 2))
    assert [watch.movie.title for watch in member_client.get("/").context["diary"]] == ["Solaris"]


def test_whoever_rated_five_films_is_not_asked_again(member_client, member):
    RatingFactory.create_batch(5, user=member)
    assert "Seen any of these?" not in member_client.get("/").text


# Browsing and searching


def test_films_can_be_narrowed_by_genre_and_decade(client):
    MovieFactory(title="Alien", year=1979, genres=["Horror"])
    MovieFactory(title="The Thing", year=1982, genres=["Horror"])
    MovieFactory(title="Manhattan", year=1979, genres=["Comedy"])
    page = client.get("/films/", {"genre": "horror", "decade": "1970"}).context["page"]
    assert [film.title for film in page] == ["Alien"]


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("popular", ["Known", "Loved", "Late"]),
        ("best", ["Loved", "Known"]),
        ("newest", ["Late", "Known", "Loved"]),
        ("oldest", ["Loved", "Known", "Late"]),
        ("title", ["Known", "Late", "Loved"]),
    ],
)
def test_films_can_be_ordered(client, order, titles):
    MovieFactory(title="Known", year=1980, ratings_count=100, half_stars_sum=500)
    MovieFactory(title="Loved", year=1970, ratings_count=90, half_stars_sum=890)
    MovieFactory(title="Late", year=1990)
    assert [film.title for film in client.get("/films/", {"sort": order}).context["page"]] == titles


@pytest.mark.parametrize(
    "query", [{"year": "abc"}, {"genre": "nonsense"}, {"sort": "random"}, {"decade": "1975"}]
)
def test_a_filter_that_makes_no_sense_is_pointed_out_beside_its_field(client, movie, query):
    page = client.get("/films/", query)
    assert page.status_code == 400
    assert 'class="errorlist"' in page.text
    assert movie.title in page.text


def test_the_wall_goes_on_behind_a_link_that_keeps_the_filters(client, settings):
    settings.MOVIES_PER_PAGE = 2
    MovieFactory.create_batch(3, genres=["Drama"])
    page = client.get("/films/", {"genre": "drama"})
    assert "?genre=drama&amp;page=2" in page.text
    assert len(client.get("/films/", {"genre": "drama", "page": 2}).context["page"]) == 1


@pytest.mark.parametrize("number", ["9", "0", "two"])
def test_a_page_that_does_not_exist_is_not_found(client, movie, number):
    assert client.get("/films/", {"page": number}).status_code == 404


def test_search_forgives_accents_and_knows_other_titles(client):
    amelie = MovieFactory(title="Amélie")
    OtherTitle.objects.create(movie=MovieFactory(title="Run Lola Run"), title="Lola rennt")
    assert list(client.get("/search/", {"q": "amelie"}).context["page"]) == [amelie]
    assert [film.title for film in client.get("/search/", {"q": "rennt"}).context["page"]] == ["Run Lola Run"]


def test_the_best_known_film_is_found_first(client):
    MovieFactory(title="Heat and Dust", ratings_count=3, half_stars_sum=20)
    MovieFactory(title="Heat", ratings_count=300, half_stars_sum=2000)
    assert [film.title for film in client.get("/search/?q=heat").context["page"]] == ["Heat", "Heat and Dust"]


def test_a_search_of_fifty_words_is_answered(client, movie):
    assert client.get("/search/", {"q": "a " * 50}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 200, "Type a title"),
        ("?!", 200, "Type a title"),
        ("qwertz", 200, "No film here is called"),
        ("a" * 101, 400, "That is a long title"),
    ],
)
def test_a_search_without_results_says_what_to_do_next(client, movie, query, status, sentence):
    page = client.get("/search/", {"q": query})
    assert page.status_code == status
    assert sentence in page.text


# The page of a film


def test_a_film_has_one_address(client, movie):
    for address in (f"/films/{movie.pk}/", f"/films/{movie.pk}/another-name/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (301, movie.get_absolute_url())


def test_a_film_that_does_not_exist_is_not_found(client, movie):
    assert client.get("/films/987654/").status_code == 404


def test_a_plot_names_its_source_and_licence(client, movie):
    Plot.objects.create(
        movie=movie, text="A guide leads two men.", source="wikipedia",
        source_url="https://en.wikipedia.org/wiki/Stalker", licence="CC BY-SA 4.0",
    )  # fmt: skip
    page = client.get(movie.get_absolute_url()).text
    assert "A guide leads two men." in page
    assert (
        '<a href="https://en.wikipedia.org/wiki/Stalker" rel="noopener">Wikipedia</a>, CC BY-SA 4.0' in page
    )


def test_the_average_says_how_many_ratings_were_imported(client, movie):
    RatingFactory.create_batch(2, movie=movie, user__source="import", user__is_active=False, source="import")
    RatingFactory(movie=movie)
    movie.ratings_count, movie.half_stars_sum = 3, 24
    movie.save()
    page = " ".join(client.get(movie.get_absolute_url()).text.split())
    assert "3 ratings, 2 of them from an imported data set" in page


def test_a_review_keeps_its_paragraphs_and_runs_no_markup(client, movie):
    ReviewFactory(movie=movie, text="First.\n\nSecond <script>alert(1)</script>.")
    page = client.get(movie.get_absolute_url()).text
    assert "<p>First.</p>\n<p>Second &lt;script&gt;alert(1)&lt;/script&gt;.</p>" in page


def test_a_review_that_gives_the_story_away_is_folded(client, movie):
    ReviewFactory(movie=movie, text="It was his mother.", has_spoilers=True)
    page = client.get(movie.get_absolute_url()).text
    assert (
        page.index('<details class="spoiler">') < page.index("It was his mother.") < page.index("</details>")
    )


def test_reviews_of_people_who_left_are_gone(client, movie):
    ReviewFactory(movie=movie, user__is_active=False, text="Unseen now.")
    assert "Unseen now." not in client.get(movie.get_absolute_url()).text


def test_a_title_cannot_break_out_of_its_page(client):
    film = MovieFactory(title='<img src=x onerror="alert(1)">')
    page = client.get(film.get_absolute_url()).text
    assert "<img src=x" not in page


# Rating


def test_a_member_rates_a_film_and_comes_back_to_it(member_client, movie):
    answer = post(member_client, "movie-rate", movie, {"stars": "3.5"})
    assert (answer.status_code, answer["Location"]) == (302, movie.get_absolute_url())
    assert Rating.objects.get().stars == 3.5


def test_rating_leads_back_to_the_list_it_was_given_in(member_client, movie):
    answer = post(member_client, "movie-rate", movie, {"stars": "3.5", "next": "/films/?genre=drama"})
    assert answer["Location"] == "/films/?genre=drama"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_nobody_is_sent_to_another_site(member_client, movie, elsewhere):
    answer = post(member_client, "movie-rate", movie, {"stars": "3.5", "next": elsewhere})
    assert answer["Location"] == movie.get_absolute_url()


def test_an_empty_rating_takes_it_back(member_client, member, movie):
    RatingFactory(user=member, movie=movie)
    post(member_client, "movie-rate", movie, {"stars": ""})
    assert not Rating.objects.exists()


def test_the_film_page_renews_stars_and_average_without_a_reload(member_client, movie):
    answer = post(
        member_client, "movie-rate", movie, {"stars": "4.5"}, headers=HTMX | {"HX-Target": "film-aside"}
    )
    assert "<html" not in answer.text
    assert 'value="4.5" aria-label="four and a half stars" checked' in answer.text
    assert ">4.50</b>" in answer.text


def test_a_list_renews_the_stars_alone(member_client, movie):
    answer = post(member_client, "movie-rate", movie, {"stars": "1.0", "next": "/"}, headers=HTMX)
    assert 'aria-label="one star" checked' in answer.text
    assert "film-aside" not in answer.text
    assert '<input type="hidden" name="next" value="/">' in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX, HTMX | {"HX-Target": "film-aside"}])
def test_stars_off_the_scale_are_refused_with_a_sentence_and_keep_the_old_ones(
    member_client, member, movie, headers
):
    RatingFactory(user=member, movie=movie, half_stars=7)
    answer = post(member_client, "movie-rate", movie, {"stars": "11"}, headers=headers)
    assert answer.status_code == 422
    assert "Give half a star to five stars" in answer.text
    assert Rating.objects.get().half_stars == 7


def test_a_film_that_does_not_exist_cannot_be_rated(member_client):
    assert member_client.post("/films/987654/rate/", {"stars": "4"}).status_code == 404


@pytest.mark.parametrize("name", ["movie-rate", "movie-log", "movie-review"])
def test_following_a_link_changes_nothing(member_client, movie, name):
    assert member_client.get(reverse(f"catalog:{name}", args=[movie.pk])).status_code == 405


def test_a_visitor_without_an_account_rates_and_sees_it_kept(client, movie):
    post(client, "movie-rate", movie, {"stars": "4.5"})
    assert (
        'value="4.5" aria-label="four and a half stars" checked' in client.get(movie.get_absolute_url()).text
    )
    assert not Rating.objects.exists()


def test_a_visitor_without_an_account_takes_stars_back(client, movie):
    post(client, "movie-rate", movie, {"stars": "4.5"})
    post(client, "movie-rate", movie, {"stars": ""})
    assert " checked" not in client.get(movie.get_absolute_url()).text


def test_a_session_holds_only_so_many_ratings(client, movie, monkeypatch):
    monkeypatch.setattr(session, "LIMIT", 1)
    post(client, "movie-rate", movie, {"stars": "4"})
    answer = post(client, "movie-rate", MovieFactory(), {"stars": "4"})
    assert answer.status_code == 422
    assert "Sign up and they come with you" in answer.text
    assert post(client, "movie-rate", movie, {"stars": "2"}).status_code == 302


# The diary


def test_a_member_logs_a_film(member_client, member, movie):
    answer = post(
        member_client, "movie-log", movie, {"watched_on": "2024-03-09", "rewatch": "on"}, follow=True
    )
    watch = Watch.objects.get()
    assert (watch.user, watch.watched_on, watch.rewatch) == (member, date(2024, 3, 9), True)
    assert "is in your diary" in answer.text


def test_a_day_still_to_come_is_refused_and_stays_in_the_field(member_client, movie):
    answer = post(member_client, "movie-log", movie, {"watched_on": "2999-01-01"})
    assert answer.status_code == 422
    assert "That day is still to come" in answer.text
    assert 'value="2999-01-01"' in answer.text


@pytest.mark.parametrize("name", ["movie-log", "movie-review"])
def test_diary_and_reviews_ask_a_stranger_to_log_in_first(client, movie, name):
    answer = post(client, name, movie, {"text": "Wonderful."})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/accounts/login/?next={movie.get_absolute_url()}")


def test_a_member_removes_a_viewing(member_client, member):
    watch = WatchFactory(user=member)
    post(member_client, "watch-remove", watch)
    assert not Watch.objects.exists()


# Reviews


def test_a_member_writes_a_review(member_client, movie):
    answer = post(
        member_client, "movie-review", movie, {"text": "Slow.\n\nGood.", "has_spoilers": "on"}, follow=True
    )
    assert "<p>Slow.</p>" in answer.text
    assert Review.objects.get().has_spoilers


def test_a_review_that_is_too_long_comes_back_whole(member_client, movie):
    text = "word " * 4001
    answer = post(member_client, "movie-review", movie, {"text": text})
    assert answer.status_code == 422
    assert "Please shorten it" in answer.text
    assert text.strip() in answer.text


def test_the_second_review_of_a_film_replaces_the_first(member_client, member, movie):
    ReviewFactory(user=member, movie=movie)
    shown = member_client.get(movie.get_absolute_url()).context["review_version"]
    post(member_client, "movie-review", movie, {"text": "Even better.", "version": shown})
    assert Review.objects.get().text == "Even better."


def test_a_review_written_while_the_log_in_ran_out_waits_for_its_writer(client, member, movie):
    post(client, "movie-review", movie, {"text": "An hour of work."})
    client.force_login(member)
    assert "An hour of work.</textarea>" in client.get(movie.get_absolute_url()).text
    post(client, "movie-review", movie, {"text": "An hour of work, sent."})
    Review.objects.all().delete()
    assert "An hour of work." not in client.get(movie.get_absolute_url()).text


def test_a_member_removes_a_review(member_client, member):
    review = ReviewFactory(user=member)
    post(member_client, "review-remove", review)
    assert not Review.objects.exists()


# Another person's things


@pytest.mark.parametrize(
    ("name", "factory"), [("watch-remove", WatchFactory), ("review-remove", ReviewFactory)]
)
@pytest.mark.parametrize("who", ["nobody", "member", "staff"])
def test_what_belongs_to_somebody_else_is_not_found_and_stays(client, name, factory, who):
    thing = factory()
    if who != "nobody":
        client.force_login(UserFactory(is_staff=who == "staff", is_superuser=who == "staff"))
    assert post(client, name, thing).status_code == 404
    assert type(thing).objects.filter(pk=thing.pk).exists()


def test_somebody_elses_rating_is_out_of_reach(member_client, movie):
    theirs = RatingFactory(movie=movie, user=ImportedUserFactory())
    post(member_client, "movie-rate", movie, {"stars": ""})
    assert Rating.objects.get() == theirs
