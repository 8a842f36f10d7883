"""Who sees what: every viewer, every surface, every setting. What is hidden is as if it were not there."""

from datetime import date

import pytest
from django.test import Client

from accounts import services as account_services
from accounts.models import Follow, User
from accounts.sitemaps import ProfileSitemap
from catalog import services
from catalog.models import LikedFilm, Rating, Review, Tag, Watch
from recommender.models import Preferences
from recommender.similar import similar_people
from recommender.visitors import Visitor
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 9)
WORDS = "The sledge says it all."
VIEWERS = ("stranger", "member", "follower", "blocked", "blocking", "staff", "owner")
SETTINGS = ("nothing", "profile", "diary", "ratings")
# What each page asks of its person, and where it is.
PAGES = {
    "/people/rosa/": "profile",
    "/people/rosa/reviews/": "profile",
    "/people/rosa/following/": "profile",
    "/people/rosa/followers/": "profile",
    "/people/rosa/ratings/": "ratings",
    "/people/rosa/ratings/?stars=9&order=highest": "ratings",
    "/people/rosa/diary/": "diary",
    "/people/rosa/diary/2024/": "diary",
    "/people/rosa/diary/2024/3/": "diary",
    "/people/rosa/diary/?tag=matinee&seen=again": "diary",
}


@pytest.fixture
def rosebud(rosa):
    """A film that others rated too, so that its average says nothing of rosa's stars."""
    film = MovieFactory(title="Citizen Kane", year=1941)
    RatingFactory(user=rosa, movie=film, half_stars=9)
    RatingFactory(movie=film, half_stars=2)
    watch = WatchFactory(user=rosa, movie=film, watched_on=DAY, rewatch=True)
    watch.tags.add(Tag.objects.create(user=rosa, name="matinee"))
    LikedFilm.objects.create(user=rosa, movie=film)
    ReviewFactory(user=rosa, movie=film, text=WORDS)
    account_services.choose_favourites(user=rosa, movies=[film])
    services.refresh_counts()
    return film


@pytest.fixture
def rosa():
    return UserFactory(username="rosa", bio="Projectionist.")


def hide(rosa, part):
    if part != "nothing":
        User.objects.filter(pk=rosa.pk).update(**{f"{part}_visibility": "private"})


def user_of(who, rosa):
    if who in ("stranger", "owner"):
        return rosa if who == "owner" else None
    viewer = UserFactory(username="viewer", is_staff=who == "staff")
    if who == "follower":
        # From before the person hid: following somebody opens nothing.
        Follow.objects.create(follower=viewer, followed=rosa)
    if who == "blocked":
        account_services.block(blocker=rosa, blocked=viewer)
    if who == "blocking":
        account_services.block(blocker=viewer, blocked=rosa)
    return viewer


def client_of(who, rosa):
    client, user = Client(), user_of(who, rosa)
    if user:
        client.force_login(user)
    return client


def may_see(who, hidden, needed):
    """The rule in words: one's own always, nothing across a block, a hidden profile hides the rest."""
    if who == "owner":
        return True
    return who not in ("blocked", "blocking") and hidden not in ("profile", needed)


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_pages_of_a_person_are_there_or_not_found(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    client = client_of(who, rosa)
    found = {path: client.get(path).status_code for path in PAGES}
    assert found == {path: 200 if may_see(who, hidden, needed) else 404 for path, needed in PAGES.items()}


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_a_hidden_page_reads_like_that_of_nobody(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    client = client_of(who, rosa)
    nobody = client.get("/people/nobody/").text.replace("nobody", "rosa")
    for path in ("/people/rosa/", "/people/Rosa/", "/people/ROSA/reviews/"):
        answer = client.get(path)
        if not may_see(who, hidden, "profile"):
            assert answer.status_code == 404
            assert _without_tokens(answer.text) == _without_tokens(nobody).replace("/people/rosa/", path)


def _without_tokens(text):
    lines = (line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)
    return "\n".join(lines)


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_a_profile_shows_and_counts_what_its_viewer_may_see(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    answer = client_of(who, rosa).get("/people/rosa/")
    if not may_see(who, hidden, "profile"):
        assert answer.status_code == 404
        return
    figures, shows = answer.context["figures"], lambda part: may_see(who, hidden, part)
    assert figures.ratings == shows("ratings")
    assert (figures.average == 4.5) == shows("ratings")
    assert (figures.films, figures.reviews) == (1, 1)
    assert ("four and a half stars" in answer.text) == shows("ratings")
    assert ("2024-03-09" in answer.text) == shows("diary")
    assert ("/people/rosa/diary/" in answer.text) == shows("diary")
    assert ("/people/rosa/ratings/" in answer.text) == shows("ratings")


@pytest.mark.parametrize("who", ["stranger", "member", "staff"])
def test_what_is_only_in_a_hidden_diary_is_not_counted_as_a_film(who, rosa):
    WatchFactory(user=rosa, watched_on=date.today())
    hide(rosa, "diary")
    figures = client_of(who, rosa).get("/people/rosa/").context["figures"]
    assert (figures.films, figures.this_year) == (0, 0)


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_a_diary_shows_stars_and_hearts_only_with_the_ratings(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    answer = client_of(who, rosa).get("/people/rosa/diary/")
    if not may_see(who, hidden, "diary"):
        assert answer.status_code == 404
        return
    stars_show = may_see(who, hidden, "ratings")
    assert ("four and a half stars" in answer.text) == stars_show
    assert ('class="liked"' in answer.text) == stars_show


@pytest.mark.parametrize("who", ["stranger", "member", "staff"])
def test_asking_a_diary_for_stars_tells_nothing_of_hidden_ratings(who, rosa, rosebud):
    hide(rosa, "ratings")
    client = client_of(who, rosa)
    for stars in (9, 4):
        assert client.get(f"/people/rosa/diary/?stars={stars}").context["archive"].total == 1


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_reviews_stand_on_a_film_s_page_and_are_counted_there_for_whoever_may_read_them(
    who, hidden, rosa, rosebud
):
    hide(rosa, hidden)
    page = client_of(who, rosa).get(rosebud.get_absolute_url())
    is_shown = may_see(who, hidden, "profile")
    reviews = page.context["reviews"]
    assert reviews.paginator.count == is_shown
    # The owner's own form holds the words too.
    assert (WORDS in page.text) == is_shown
    assert ("/people/rosa/" in page.text) == is_shown
    shown_stars = [review.half_stars for review in reviews]
    assert shown_stars == ([9 if may_see(who, hidden, "ratings") else None] if is_shown else [])


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_the_film_s_average_and_histogram_stay_whole_and_nameless(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    page = client_of(who, rosa).get(rosebud.get_absolute_url())
    assert sum(page.context["histogram"]) == 2
    assert page.context["movie"].ratings_count == 2


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_no_page_of_the_site_names_a_hidden_person(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    client = client_of(who, rosa)
    elsewhere = ("/", "/films/", "/search/?q=rosa", "/for-you/", "/taste/", "/together/", "/start/")
    api = ("/api/v1/films/", f"/api/v1/films/{rosebud.pk}/", "/api/v1/ratings/", "/api/v1/recommendations/")
    for path in (*elsewhere, *api, rosebud.get_absolute_url()):
        answer = client.get(path)
        assert answer.status_code in (200, 401), path
        if not may_see(who, hidden, "profile"):
            assert "/people/rosa/" not in answer.text, path
            assert WORDS not in answer.text, path


@pytest.mark.parametrize("who", VIEWERS)
def test_the_api_reaches_nobody_else_s_ratings(who, rosa, rosebud):
    client = client_of(who, rosa)
    listed, one = client.get("/api/v1/ratings/"), client.get(f"/api/v1/ratings/{rosebud.pk}/")
    if who == "stranger":
        assert (listed.status_code, one.status_code) == (401, 401)
    elif who == "owner":
        assert (listed.json()["count"], one.json()["stars"]) == (1, 4.5)
    else:
        assert (listed.json()["count"], one.status_code) == (0, 404)


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_querysets_follow_the_same_rule(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    viewer = user_of(who, rosa) or Client().get("/").wsgi_request.user
    for kind, part in ((Rating, "ratings"), (LikedFilm, "ratings"), (Watch, "diary"), (Review, "profile")):
        seen = kind.objects.filter(user=rosa).visible_to(viewer).exists()
        assert seen == may_see(who, hidden, part), kind


def test_what_is_taken_down_stays_with_its_writer_and_with_staff(rosa, rosebud):
    Review.objects.update(is_taken_down=True)
    found = {
        who: WORDS in client_of(who, rosa).get("/people/rosa/reviews/").text for who in ("stranger", "owner")
    }
    found["staff"] = WORDS in client_of("staff", rosa).get("/people/rosa/reviews/").text
    assert found == {"stranger": False, "owner": True, "staff": True}


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_a_review_can_be_read_liked_and_reported_by_whoever_may_see_it(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    client, address = client_of(who, rosa), f"/reviews/{rosa.reviews.get().pk}/"
    is_shown = may_see(who, hidden, "profile")
    assert client.get(address).status_code == (200 if is_shown else 404)
    for button in ("like/", "report/"):
        answer = client.post(address + button)
        assert answer.status_code != 403
        if who != "stranger":
            assert (answer.status_code == 404) == (not is_shown or who == "owner")


@pytest.mark.parametrize("hidden", SETTINGS)
@pytest.mark.parametrize("who", VIEWERS)
def test_feed_and_card_tell_what_strangers_may_see_and_nothing_across_a_block(who, hidden, rosa, rosebud):
    hide(rosa, hidden)
    client, is_apart = client_of(who, rosa), who in ("blocked", "blocking")
    feed = client.get("/people/rosa/diary/feed/")
    assert (feed.status_code == 200) == (hidden not in ("profile", "diary") and not is_apart)
    assert ("★" in feed.text) == (feed.status_code == 200 and hidden != "ratings")
    card = client.get("/people/rosa/card/any.png")
    assert (card.status_code == 404) == (hidden == "profile" or is_apart)


@pytest.mark.parametrize("hidden", SETTINGS)
def test_search_engines_are_told_of_open_profiles_alone(hidden, rosa):
    hide(rosa, hidden)
    assert list(ProfileSitemap().items()) == ([] if hidden == "profile" else [rosa])


# People who are alike


@pytest.fixture
def twins(rosa):
    """Viewer and rosa agree on ten films, and both agreed to be found."""
    viewer = UserFactory(username="twin")
    for number in range(10):
        film = MovieFactory()
        RatingFactory(user=UserFactory(), movie=film, half_stars=5)
        for person in (viewer, rosa):
            RatingFactory(user=person, movie=film, half_stars=9 if number % 2 else 2)
    Preferences.objects.bulk_create(Preferences(user=person, is_findable=True) for person in (viewer, rosa))
    services.refresh_counts()
    return viewer


def found_by(viewer):
    return [one.person.username for one in similar_people(viewer, Visitor.of_member(viewer))]


def test_people_with_the_same_taste_find_each_other(twins, rosa):
    assert (found_by(twins), found_by(rosa)) == (["rosa"], ["twin"])


@pytest.mark.parametrize("part", ["profile", "ratings"])
def test_whoever_hides_profile_or_ratings_neither_finds_nor_is_found(twins, rosa, part):
    hide(rosa, part)
    rosa.refresh_from_db()
    assert (found_by(twins), found_by(rosa)) == ([], [])


def test_a_hidden_diary_says_nothing_of_ratings(twins, rosa):
    hide(rosa, "diary")
    assert found_by(twins) == ["rosa"]


def test_blocked_people_do_not_find_each_other(twins, rosa):
    account_services.block(blocker=rosa, blocked=twins)
    assert (found_by(twins), found_by(rosa)) == ([], [])
