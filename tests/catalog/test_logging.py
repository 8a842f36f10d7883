"""Logging a film: everything at once, undoable, and never over something newer."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog import services
from catalog.film_log import film_log
from catalog.models import HiddenFilm, LikedFilm, Rating, Review, Tag, Watch, WatchlistEntry
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory
from tests.test_query_counts import queries_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CARD = HTMX | {"HX-Target": "messages"}
DAY = date(2024, 3, 9)


@pytest.fixture
def member_client(client, member):
    client.force_login(member)
    return client


def address_of(movie):
    return reverse("catalog:log-film", args=[movie.pk])


def sent(member, movie, **changes):
    """What the form sends when a person opens it now and fills it in."""
    entry = {
        "version": film_log(member, movie).version,
        "stars": "4.0",
        "watched_on": "2024-03-09",
        "tags": "cinema, with Sam",
        "text": "Dust, and a duel in it.",
    }
    return entry | changes


# One form for everything


def test_one_form_writes_stars_heart_day_tags_and_review_and_clears_the_wish(member_client, member, movie):
    services.add_to_watchlist(user=member, movie=movie)
    entry = sent(member, movie, is_liked="on", rewatch="on", has_spoilers="on", leaves_watchlist="on")
    answer = member_client.post(address_of(movie), entry)
    assert answer["Location"] == movie.get_absolute_url()
    watch = Watch.objects.get(user=member, movie=movie)
    assert (watch.watched_on, watch.rewatch) == (DAY, True)
    assert {tag.name for tag in watch.tags.all()} == {"cinema", "with Sam"}
    assert Rating.objects.get().stars == 4
    assert LikedFilm.objects.filter(user=member, movie=movie).exists()
    assert (Review.objects.get().text, Review.objects.get().has_spoilers) == ("Dust, and a duel in it.", True)
    assert not WatchlistEntry.objects.exists()


def test_the_wish_stays_where_somebody_wants_it_to(member_client, member, movie):
    services.add_to_watchlist(user=member, movie=movie)
    member_client.post(address_of(movie), sent(member, movie))
    assert WatchlistEntry.objects.exists()


def test_a_film_that_waits_for_an_evening_goes_onto_the_watchlist_instead(member_client, member, movie):
    wish = f'formaction="{reverse("catalog:movie-watchlist", args=[movie.pk])}"'
    assert wish in member_client.get(address_of(movie)).text
    answer = member_client.post(reverse("catalog:movie-watchlist", args=[movie.pk]), sent(member, movie))
    assert answer["Location"] == movie.get_absolute_url()
    assert WatchlistEntry.objects.filter(user=member, movie=movie).exists()
    assert not any(model.objects.exists() for model in (Watch, Rating, Review))
    assert wish not in member_client.get(address_of(movie)).text


def test_whoever_changes_a_viewing_is_not_asked_for_a_wish(member_client, member, movie):
    watch = WatchFactory(user=member, movie=movie, watched_on=DAY)
    assert "Watchlist instead" not in member_client.get(address_of(movie), {"viewing": watch.pk}).text


def test_from_the_form_s_own_page_a_wish_leads_to_the_film(member_client, movie):
    here = HTMX | {"HX-Current-URL": f"http://testserver{address_of(movie)}"}
    answer = member_client.post(
        reverse("catalog:movie-watchlist", args=[movie.pk]), {"as": "card"}, headers=here
    )
    assert answer["HX-Redirect"] == movie.get_absolute_url()


def test_the_dialog_hears_what_was_saved_in_one_sentence(member_client, member):
    heat = MovieFactory(title="Heat")
    answer = member_client.post(address_of(heat), sent(member, heat), headers=HTMX)
    assert "Heat: four stars. In your diary." in answer.text
    assert f'"film": {heat.pk}' in answer["HX-Trigger-After-Settle"]
    assert "<html" not in answer.text


def test_a_film_can_be_logged_without_a_day(member_client, member, movie):
    member_client.post(address_of(movie), sent(member, movie, undated="on"))
    assert Watch.objects.get().watched_on is None


def test_the_form_opens_at_today_and_guesses_that_it_is_seen_again(member_client, member, movie):
    form = member_client.get(address_of(movie)).context["form"]
    assert (form["watched_on"].value(), form["rewatch"].value()) == (timezone.localdate(), False)
    WatchFactory(user=member, movie=movie, watched_on=DAY)
    assert member_client.get(address_of(movie)).context["form"]["rewatch"].value()


def test_the_form_opens_with_what_is_known(member_client, member, movie):
    member_client.post(address_of(movie), sent(member, movie, is_liked="on"))
    page = member_client.get(address_of(movie)).text
    assert 'value="4.0" aria-label="four stars" checked' in page
    assert "Dust, and a duel in it.</textarea>" in page


def test_taking_the_stars_out_of_the_form_takes_the_rating_back(member_client, member, movie):
    RatingFactory(user=member, movie=movie)
    member_client.post(address_of(movie), sent(member, movie, stars=""))
    assert not Rating.objects.exists()


def test_logging_again_leaves_an_unchanged_rating_its_time(member_client, member, movie):
    rated_at = timezone.now() - timedelta(days=900)
    RatingFactory(user=member, movie=movie, half_stars=8, rated_at=rated_at)
    member_client.post(address_of(movie), sent(member, movie))
    assert Rating.objects.get().rated_at == rated_at


def test_one_s_own_tags_are_offered_and_keep_their_spelling(member_client, member, movie):
    member_client.post(address_of(movie), sent(member, movie, tags="IMAX"))
    Tag.objects.create(user=UserFactory(), name="somebody else's")
    again = MovieFactory()
    page = member_client.get(address_of(again)).text
    assert '<option value="IMAX">' in page
    assert "somebody else" not in page
    member_client.post(address_of(again), sent(member, again, tags=" imax ,, imax"))
    assert [tag.name for tag in Watch.objects.get(movie=again).tags.all()] == ["IMAX"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("stars", "3.7", "Give half a star to five stars"),
        ("watched_on", "2999-01-01", "That day is still to come"),
        ("tags", ",".join("abcdefghijklmnopqrstu"), "Up to 20 tags"),
        ("tags", "x" * 41, "Up to 20 tags"),
        ("text", "word " * 4001, "Please shorten it"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(
    member_client, member, movie, field, value, sentence
):
    answer = member_client.post(address_of(movie), sent(member, movie, **{field: value}), headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Watch.objects.exists()
    assert not Rating.objects.exists()


def test_an_emptied_review_is_not_taken_for_a_wish_to_lose_it(member_client, member, movie):
    ReviewFactory(user=member, movie=movie)
    answer = member_client.post(address_of(movie), sent(member, movie, text=" "))
    assert answer.status_code == 422
    assert "Your review would be empty" in answer.text


# A diary entry is changed


def test_a_viewing_is_moved_to_another_day(member_client, member, movie):
    watch = WatchFactory(user=member, movie=movie, watched_on=date(2023, 1, 1))
    form = member_client.get(address_of(movie), {"viewing": watch.pk}).context["form"]
    assert form["watched_on"].value() == date(2023, 1, 1)
    member_client.post(address_of(movie), sent(member, movie, viewing=watch.pk))
    assert [seen.watched_on for seen in Watch.objects.all()] == [DAY]


def test_two_viewings_of_one_day_are_refused(member_client, member, movie):
    WatchFactory(user=member, movie=movie, watched_on=DAY)
    watch = WatchFactory(user=member, movie=movie, watched_on=date(2023, 1, 1))
    answer = member_client.post(address_of(movie), sent(member, movie, viewing=watch.pk))
    assert answer.status_code == 422
    assert "on that day already" in answer.text


def test_somebody_elses_viewing_is_not_found(member_client, member, movie):
    theirs = WatchFactory(movie=movie, watched_on=DAY)
    assert member_client.get(address_of(movie), {"viewing": theirs.pk}).status_code == 404
    answer = member_client.post(address_of(movie), sent(member, movie, viewing=theirs.pk))
    assert answer.status_code == 404
    assert not Watch.objects.filter(user=member).exists()


# Two tabs


def test_saving_over_something_newer_shows_both_and_changes_nothing(member_client, member, movie):
    entry = sent(member, movie, stars="2.0", text="Mine.")
    services.rate(user=member, movie=movie, stars=5)
    services.write_review(user=member, movie=movie, text="Theirs.")
    answer = member_client.post(address_of(movie), entry, headers=HTMX)
    assert answer.status_code == 409
    shown = {pair.name: (pair.here, pair.saved) for pair in answer.context["differences"]}
    assert shown["Stars"] == ("two stars", "five stars")
    assert shown["Review"] == ("Mine.", "Theirs.")
    assert (Rating.objects.get().stars, Review.objects.get().text) == (5, "Theirs.")
    assert not Watch.objects.exists()


def test_whoever_has_seen_both_may_save_theirs(member_client, member, movie):
    entry = sent(member, movie, stars="2.0")
    services.rate(user=member, movie=movie, stars=5)
    asked = member_client.post(address_of(movie), entry, headers=HTMX)
    version = asked.context["form"].data["version"]
    assert f'value="{version}"' in asked.text
    member_client.post(address_of(movie), entry | {"version": version}, headers=HTMX)
    assert Rating.objects.get().stars == 2


def test_an_entry_whose_answer_was_lost_may_be_sent_again(member_client, member, movie):
    entry = sent(member, movie)
    for _ in range(2):
        answer = member_client.post(address_of(movie), entry, headers=HTMX)
        assert answer.status_code == 200
    assert Watch.objects.count() == 1


# Keys on a card


@pytest.mark.parametrize(
    ("name", "sentence", "model"),
    [
        ("movie-log", "Heat is among the films you saw.", Watch),
        ("movie-like", "Heat has your heart.", LikedFilm),
        ("movie-watchlist", "Heat is on your watchlist.", WatchlistEntry),
        ("movie-hide", "Heat will not be suggested again.", HiddenFilm),
    ],
)
def test_a_key_on_a_card_is_answered_with_words_alone(member_client, member, name, sentence, model):
    heat = MovieFactory(title="Heat")
    answer = member_client.post(reverse(f"catalog:{name}", args=[heat.pk]), {"as": "card"}, headers=CARD)
    assert sentence in answer.text
    assert "<main" not in answer.text
    assert ">Undo</button>" in answer.text
    assert model.objects.filter(user=member, movie=heat).exists()


def test_a_card_rated_by_a_key_shows_what_was_given(member_client):
    heat = MovieFactory(title="Heat")
    answer = member_client.post(
        reverse("catalog:movie-rate", args=[heat.pk]), {"stars": "4.5", "as": "card"}, headers=HTMX
    )
    assert 'aria-label="four and a half stars"' in answer.text
    assert "star-input" not in answer.text
    assert "Heat: four and a half stars." in answer.text


def test_watched_adds_nothing_for_a_film_that_is_in_the_diary(member_client, member, movie):
    WatchFactory(user=member, movie=movie, watched_on=DAY)
    member_client.post(reverse("catalog:movie-log", args=[movie.pk]), {"as": "card"}, headers=CARD)
    assert Watch.objects.count() == 1


# Finding


def test_a_few_letters_find_films_and_enter_takes_the_first(member_client):
    heat = MovieFactory(title="Heat", ratings_count=9, half_stars_sum=60)
    MovieFactory(title="Heathers")
    MovieFactory(title="Alien")
    found = member_client.get("/log/", {"q": "hea"}, headers=HTMX | {"HX-Target": "log-films"})
    assert [film.title for film in found.context["offered"]] == ["Heat", "Heathers"]
    assert "<form" not in found.text
    opened = member_client.get("/log/", {"q": "hea", "open": "1"}, headers=HTMX)
    assert opened["Location"] == address_of(heat)


def test_a_typing_error_finds_the_film_all_the_same(member_client):
    matrix = MovieFactory(title="The Matrix", year=1999)
    MovieFactory(title="Alien")
    assert member_client.get("/log/", {"q": "matrx"}).context["offered"] == [matrix]
    opened = member_client.get("/log/", {"q": "matrx", "open": "1"})
    assert opened["Location"] == address_of(matrix)


def test_a_typing_error_costs_the_same_at_two_sizes(member_client):
    MovieFactory.create_batch(2, title="The Matrix", genres=["Drama"])
    few = queries_of(member_client, "/log/?q=matrx")
    MovieFactory.create_batch(30, title="The Matrix", genres=["Drama", "Action"])
    many = queries_of(member_client, "/log/?q=matrx")
    assert len(many) == len(few), "\n".join(many)


def test_before_the_first_letter_the_watchlist_is_offered(member_client, member, movie):
    services.add_to_watchlist(user=member, movie=movie)
    services.add_to_watchlist(user=UserFactory(), movie=MovieFactory())
    assert member_client.get("/log/").context["offered"] == [movie]


def test_no_film_of_that_name_is_said(member_client):
    assert "No film here is called" in member_client.get("/log/", {"q": "zzz", "open": "1"}).text


# Who may


@pytest.mark.parametrize("path", ["/log/", "/log/{}/"])
def test_logging_needs_an_account(client, movie, path):
    answer = client.get(path.format(movie.pk))
    assert answer["Location"].startswith("/accounts/login/?next=/log/")


def test_a_dialog_whose_log_in_ran_out_is_told_so_and_stays(client, member, movie):
    answer = client.post(address_of(movie), sent(member, movie), headers=HTMX)
    assert answer.status_code == 401
    assert not Watch.objects.exists()


def test_without_scripts_a_whole_form_waits_for_its_writer_to_log_in(client, member, movie):
    entry = sent(member, movie, text="An hour of work.", tags="cinema")
    answer = client.post(address_of(movie), entry)
    assert answer["Location"] == f"/accounts/login/?next={address_of(movie)}"
    client.force_login(member)
    page = client.get(address_of(movie)).text
    assert "An hour of work.</textarea>" in page
    assert 'value="cinema"' in page
    assert 'value="4.0" aria-label="four stars" checked' in page


def test_logging_needs_a_form_of_this_site(member, movie):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member)
    assert strict.post(address_of(movie), sent(member, movie)).status_code == 403


def test_a_film_that_does_not_exist_cannot_be_logged(member_client):
    assert member_client.get("/log/987654/").status_code == 404


def test_keys_have_a_page_of_their_own(client):
    assert "<kbd>/</kbd>" in client.get("/keys/").text
    assert "<html" not in client.get("/keys/", headers=HTMX).text


@pytest.mark.parametrize("path", ["/log/?q=film", "/log/", "/log/{}/"])
def test_the_dialog_costs_the_same_at_two_sizes(member_client, member, movie, path):
    def grow(number):
        for step in range(number):
            film = MovieFactory(genres=["Drama", f"Genre {Watch.objects.count()}"])
            services.add_to_watchlist(user=member, movie=film)
            day = DAY + timedelta(days=Watch.objects.count())
            services.log_watch(user=member, movie=movie, watched_on=day, tags=[f"tag {day}", f"t{step}"])

    grow(3)
    few = queries_of(member_client, path.format(movie.pk))
    grow(20)
    many = queries_of(member_client, path.format(movie.pk))
    assert len(many) == len(few), "\n".join(many)
