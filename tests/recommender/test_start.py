"""The deck: one film at a time, from the first card to "that is enough to begin"."""

import pytest

from catalog import session
from catalog.models import Rating
from recommender import live
from tests.factories import MovieFactory, RatingFactory

pytestmark = pytest.mark.django_db
ERRORS = {
    "user_edges": [20.0, 50.0],
    "item_edges": [9.0, 38.0],
    "low": [[-1.2] * 3] * 3,
    "high": [[0.8] * 3] * 3,
}


@pytest.fixture
def popular_films(db):
    """Without a model."""
    return [MovieFactory(title=f"Known {n}", ratings_count=50 - n, half_stars_sum=300) for n in range(20)]


def page_of(client, address="/start/"):
    page = client.get(address)
    assert page.status_code == 200
    return page


def card_of(client, address="/start/"):
    return page_of(client, address).context["start"].movie


def answer(client, stars=None, **more):
    """Answers the card that is shown; its film."""
    film = card_of(client, "/start/?on=1")
    sent = {"unseen": "1"} if stars is None else {"stars": stars}
    assert client.post(f"/start/{film.pk}/", sent | more).status_code == 302
    return film


def listed(client):
    return [place.pick.movie.pk for place in page_of(client).context["places"]]


def test_a_stranger_is_shown_a_film_and_rates_it_without_an_account(client, live_version):
    film = answer(client, "4.5")
    page = page_of(client)
    assert page.context["start"].movie != film
    assert "<b>1</b> rated" in page.text
    assert session.ratings(page.wsgi_request) == {film.pk: 9}


def test_the_card_says_whose_ratings_it_will_sharpen(client, live_version):
    page = page_of(client)
    told, film = page.context["start"].tells_about, page.context["start"].movie
    assert len(set(told) - {film}) == 3
    for other in told:
        assert f"<cite>{other.title}</cite>" in page.text


def test_a_film_that_was_not_seen_does_not_come_again_and_is_not_rated(client, live_version):
    unseen = [answer(client) for _ in range(12)]
    assert len({film.pk for film in unseen}) == 12
    assert session.ratings(page_of(client).wsgi_request) == {}
    assert "12 not seen" in page_of(client).text


def test_a_film_that_was_not_seen_may_still_be_suggested(client, live_version):
    film = answer(client)
    assert film.pk in listed(client)


def test_the_list_beside_the_card_follows_the_answers(client, live_version):
    for _ in range(8):
        film = card_of(client)
        client.post(f"/start/{film.pk}/", {"stars": "5.0" if film.pk % 2 else "1.0"})
    assert sum(film % 2 for film in listed(client)) >= 6
    assert 'class="start-moved"' in page_of(client).text


def test_the_card_s_film_and_rated_films_are_not_on_the_list(client, live_version):
    rated = {answer(client, "4.0").pk for _ in range(3)}
    page = page_of(client)
    shown = {place.pick.movie.pk for place in page.context["places"]}
    assert not shown & (rated | {page.context["start"].movie.pk})


@pytest.mark.parametrize("stars", ["3.5", None])
def test_the_last_answer_is_taken_back_and_its_card_comes_again(client, live_version, stars):
    first = answer(client, "2.0")
    last = answer(client, stars)
    client.post("/start/undo/")
    page = page_of(client)
    assert page.context["start"].movie == last
    assert session.ratings(page.wsgi_request) == {first.pk: 4}


def test_undo_leaves_alone_what_was_rated_elsewhere(client, live_version):
    film = answer(client)
    client.post(f"/films/{film.pk}/rate/", {"stars": "4.0"})
    client.post("/start/undo/")
    assert session.ratings(page_of(client).wsgi_request) == {film.pk: 8}


def test_undo_without_an_answer_changes_nothing(client, live_version):
    assert client.post("/start/undo/").status_code == 302
    assert "Undo the last answer" not in page_of(client).text


def test_the_cards_stop_by_themselves_and_one_may_go_on(client, live_version):
    rated = 0
    while not page_of(client).context["start"].is_enough:
        answer(client, "4.0" if rated % 2 else "2.5")
        rated += 1
    assert 10 <= rated < 30
    page = page_of(client)
    assert "That is enough to begin" in page.text
    assert 'href="/for-you/"' in page.text
    assert "Haven’t seen it" not in page.text
    assert "Haven’t seen it" in page_of(client, "/start/?on=1").text


def test_going_on_is_not_forgotten_with_the_next_answer(client, live_version):
    film = card_of(client)
    sent = {"stars": "4.0", "next": "/start/?on=1"}
    assert client.post(f"/start/{film.pk}/", sent).url == "/start/?on=1"


def test_who_saw_nothing_is_let_go_after_forty_cards(client, live_version):
    for _ in range(40):
        answer(client)
    assert "That is enough to begin" in page_of(client).text


def test_how_sure_the_guesses_are_is_said_and_shrinks(client, live_version):
    live_version.metrics = {"intervals": {"errors": ERRORS}}
    live_version.save()
    live.forget()
    before = page_of(client).context["start"].lesson
    for _ in range(5):
        answer(client, "4.0")
    after = page_of(client).context["start"].lesson
    assert before.within == before.within_at_first == after.within_at_first
    assert 1.0 < after.within < before.within
    assert f"{after.within:.1f} stars" in page_of(client).text


def test_without_intervals_no_number_is_made_up(client, live_version):
    assert "usually within" not in page_of(client).text


@pytest.mark.parametrize("stars", ["", "6", "2.3", "lots"])
def test_stars_that_make_no_sense_are_pointed_out_on_the_same_card(client, live_version, stars):
    film = card_of(client)
    page = client.post(f"/start/{film.pk}/", {"stars": stars})
    assert page.status_code == 422
    assert page.context["start"].movie == film
    assert 'class="errorlist"' in page.text


def test_what_a_stranger_answered_is_kept_on_sign_up(client, live_version):
    rated, unseen = answer(client, "4.5"), answer(client)
    who = {"username": "rosa", "email": "rosa@example.org", "password1": "seven samurai on a hill"}
    assert client.post("/accounts/signup/", who).status_code == 302
    assert Rating.objects.get(user__username="rosa").movie == rated
    page = page_of(client)
    assert (page.context["start"].rated, page.context["start"].unseen) == (1, 1)
    assert page.context["start"].movie not in (rated, unseen)


def test_a_member_s_answers_are_ratings_like_any_other(client, member, live_version):
    client.force_login(member)
    film = answer(client, "3.0")
    assert Rating.objects.get(user=member, movie=film).stars == 3
    client.post("/start/undo/")
    assert not Rating.objects.filter(user=member).exists()


def test_a_member_is_not_asked_about_what_was_rated_before(client, member, live_version, films):
    for film in range(1, 31):
        RatingFactory(user=member, movie=films[film])
    client.force_login(member)
    assert card_of(client, "/start/?on=1").pk > 30


def test_without_a_model_the_popular_films_are_asked_about(client, popular_films):
    asked = [answer(client, "4.0") for _ in range(5)]
    assert asked == popular_films[:5]
    assert "usually within" not in page_of(client).text


def test_when_every_film_was_asked_about_the_page_says_so(client, popular_films):
    for _ in popular_films:
        answer(client)
    assert "That was every card" in page_of(client, "/start/?on=1").text


def test_a_film_that_was_deleted_since_the_training_is_passed_over(client, live_version):
    film = card_of(client)
    film.delete()
    assert card_of(client) not in (None, film)


def test_the_page_costs_the_same_queries_after_one_answer_and_after_twenty(
    client, member, live_version, django_assert_max_num_queries
):
    client.force_login(member)
    counts = []
    for answers in (2, 18):
        for _ in range(answers):
            answer(client, "4.0")
        answer(client)
        with django_assert_max_num_queries(20) as queries:
            page_of(client, "/start/?on=1")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_newcomers_are_shown_the_way_to_the_deck(client, popular_films):
    assert 'href="/start/"' in client.get("/").text
    assert 'href="/start/"' in client.get("/for-you/").text
