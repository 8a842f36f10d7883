import logging
import shutil

import pytest

from catalog import services as catalog_services
from recommender import live, services
from recommender.models import ModelVersion
from recommender.rows import rows_for
from recommender.steering import ENGINES, Steering
from recommender.visitors import Visitor
from tests.factories import RatingFactory, UserFactory, WatchFactory


def lover_of_westerns():
    return Visitor.of_session({film: 10 if film % 2 else 3 for film in range(1, 13)})


def share_of_westerns(picks):
    return sum(pick.movie.pk % 2 for pick in picks) / len(picks)


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize("engine", ["list-blend", "hybrid", "svdpp", "autoencoder", "content"])
def test_someone_who_loves_westerns_is_recommended_westerns(engine):
    assert (
        share_of_westerns(services.recommend(lover_of_westerns(), steering=Steering(engine=engine), limit=10))
        >= 0.8
    )


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize("engine", list(ENGINES))
def test_a_seen_film_is_never_recommended(engine):
    visitor = lover_of_westerns()
    picks = services.recommend(visitor, steering=Steering(engine=engine), limit=60)
    assert picks
    assert not {pick.movie.pk for pick in picks} & visitor.seen


@pytest.mark.usefixtures("live_version")
def test_a_rating_changes_the_next_answer_without_any_worker(member, films):
    for film in range(1, 9):
        catalog_services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1)
    before = services.recommend(Visitor.of_member(member), limit=20)
    for film in range(1, 9):
        catalog_services.rate(user=member, movie=films[film], stars=1 if film % 2 else 5)
    after = services.recommend(Visitor.of_member(member), limit=20)
    assert share_of_westerns(before[:8]) > 0.7
    assert share_of_westerns(after[:8]) < 0.3


@pytest.mark.usefixtures("live_version")
def test_member_and_stranger_with_the_same_ratings_get_the_same_list(member, films):
    for film, half_stars in lover_of_westerns().half_stars.items():
        catalog_services.rate(user=member, movie=films[film], stars=half_stars / 2)
    as_member = services.recommend(Visitor.of_member(member), limit=15)
    as_stranger = services.recommend(lover_of_westerns(), limit=15)
    assert {pick.movie.pk for pick in as_member} == {pick.movie.pk for pick in as_stranger}


@pytest.mark.usefixtures("live_version")
def test_a_film_watched_without_a_rating_counts_as_seen(member, films):
    WatchFactory(user=member, movie=films[1])
    picks = services.recommend(Visitor.of_member(member), limit=60)
    assert 1 not in {pick.movie.pk for pick in picks}


def test_a_history_is_read_in_one_query(member, django_assert_num_queries):
    RatingFactory.create_batch(3, user=member)
    WatchFactory.create_batch(2, user=member)
    with django_assert_num_queries(1):
        assert len(Visitor.of_member(member).seen) == 5


def test_a_rating_outweighs_the_viewing_of_the_same_film(member, movie):
    RatingFactory(user=member, movie=movie, half_stars=7)
    WatchFactory(user=member, movie=movie)
    assert Visitor.of_member(member).stars(movie.pk) == 3.5


def test_the_key_of_a_history_changes_with_every_rating_and_only_then():
    assert Visitor.of_session({1: 8}).key == Visitor.of_session({1: 8}).key
    assert Visitor.of_session({1: 8}).key != Visitor.of_session({1: 9}).key


@pytest.mark.usefixtures("live_version")
def test_the_prediction_is_high_for_the_loved_genre_and_names_films_of_the_history(films):
    western = services.predict(lover_of_westerns(), films[21])
    musical = services.predict(lover_of_westerns(), films[22])
    assert western.stars > 3.8 > 3.2 > musical.stars
    assert western.reasons
    assert all(reason.movie.pk in lover_of_westerns().seen for reason in western.reasons)


@pytest.mark.usefixtures("live_version")
def test_there_is_no_prediction_without_a_history_or_for_a_rated_film(films):
    assert services.predict(Visitor.of_session({}), films[21]) is None
    assert services.predict(lover_of_westerns(), films[1]) is None


@pytest.mark.usefixtures("live_version")
def test_no_film_stands_twice_on_a_front_page_and_every_row_says_why():
    rows = rows_for(lover_of_westerns(), limit=8)
    shown = [pick.movie.pk for row in rows for pick in row.picks]
    assert len(rows) >= 3
    assert len(shown) == len(set(shown))
    assert all(row.title and row.why for row in rows)


def test_without_a_model_the_weighted_rating_chart_answers(films):
    loved = films[7]
    for _ in range(5):
        catalog_services.rate(user=UserFactory(), movie=loved, stars=5)
    catalog_services.rate(user=UserFactory(), movie=films[8], stars=2)
    picks = services.recommend(Visitor.of_session({}), limit=5)
    assert [pick.movie for pick in picks] == [loved, films[8]]


def test_a_damaged_artefact_is_refused_and_the_chart_answers(
    live_version, small_site_bundle, films, caplog, tmp_path, settings
):
    settings.MODELS_DIR = tmp_path
    live.forget()
    catalog_services.rate(user=UserFactory(), movie=films[3], stars=5)
    shutil.copytree(small_site_bundle, tmp_path / live_version.name)
    largest = max((tmp_path / live_version.name).rglob("*.npy"), key=lambda path: path.stat().st_size)
    damaged = bytearray(largest.read_bytes())
    damaged[-1] ^= 1
    largest.write_bytes(damaged)

    with caplog.at_level(logging.ERROR):
        picks = services.recommend(Visitor.of_session({}), limit=5)
    assert [pick.movie for pick in picks] == [films[3]]
    assert largest.name in caplog.text


def test_the_former_version_goes_on_when_the_new_one_is_damaged(live_version, settings):
    assert live.live_models().version == live_version.name
    ModelVersion.objects.update(is_live=False)
    ModelVersion.objects.create(name="broken", verdict="passed", is_live=True, ratings_count=1)
    (settings.MODELS_DIR / "broken").mkdir(exist_ok=True)
    assert live.live_models().version == live_version.name


def test_an_unknown_engine_is_refused_by_name():
    with pytest.raises(KeyError, match="nonsense"):
        services.recommend(Visitor.of_session({}), steering=Steering(engine="nonsense"))
