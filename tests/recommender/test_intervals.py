"""Usually 3.5 to 4.5: how sure a prediction is, learned from held-out ratings and shown with it."""

import numpy as np
import pytest

from recommender import intervals, live, services
from recommender.intervals import Interval, around
from recommender.ml.interactions import Interactions
from recommender.ml.splits import Split, per_user_split
from recommender.ml.stacking import Errors
from recommender.models import ModelVersion
from recommender.visitors import Visitor

N_PEOPLE, N_FILMS, SPREAD = 400, 40, 0.8


@pytest.fixture(scope="module")
def split() -> Split:
    """Everybody gives about 3.5 stars, more or less by a deviation of .8, in half stars."""
    random = np.random.default_rng(1)
    users = np.repeat(np.arange(N_PEOPLE), 20)
    films = np.concatenate([random.permutation(N_FILMS)[:20] for _ in range(N_PEOPLE)])
    stars = np.clip(np.round(2 * random.normal(3.5, SPREAD, len(users))), 1, 10) / 2
    return per_user_split(Interactions.of(users, films, stars), 0.25, 0)


def constant(history):
    return np.full(N_FILMS, 3.5, np.float32)


def people(split):
    return np.unique(split.test.user)


def of_width(low, high):
    """The same quantiles for everybody and every film."""
    edges = np.array([10.0, 100.0])
    return Errors(edges, edges, np.full((3, 3), low), np.full((3, 3), high))


def test_four_of_five_later_ratings_of_other_people_lie_inside(split):
    told = intervals.learned(intervals.told_of(constant, split, people(split)))
    assert told["ratings"] == len(split.test)
    assert told["coverage"] == pytest.approx(0.8, abs=0.1)


def test_a_model_that_errs_more_gets_wider_intervals(split):
    def off(history):
        return np.random.default_rng(len(history)).uniform(0.5, 5, N_FILMS).astype(np.float32)

    near, far = (
        intervals.errors_of({"intervals": intervals.learned(intervals.told_of(stars, split, people(split)))})
        for stars in (constant, off)
    )
    assert (far.high - far.low).mean() > 1.3 * (near.high - near.low).mean()


def test_too_few_later_ratings_give_no_interval(split):
    assert intervals.learned(intervals.told_of(constant, split, people(split)[:10])) == {}
    assert intervals.errors_of({"intervals": {}}) is None
    assert intervals.errors_of({}) is None


def shown_around(errors, stars, n_user, n_item):
    [interval] = around(errors, np.float32([stars]), n_user, np.array([n_item]))
    return interval


@pytest.mark.parametrize(
    ("stars", "shown"),
    [
        (4.0, Interval(3.5, 4.5)),
        (3.3, Interval(3.0, 4.0)),
        (4.8, Interval(4.5, 5.0)),
        (0.6, Interval(0.5, 1.0)),
    ],
)
def test_the_ends_are_the_half_stars_inside(stars, shown):
    assert shown_around(of_width(-0.7, 0.7), stars, 20, 50) == shown


def test_an_interval_between_two_half_stars_is_the_nearest_one():
    assert shown_around(of_width(-0.1, 0.1), 3.7, 20, 50) == Interval(3.5, 3.5)


def test_who_is_known_better_gets_the_interval_of_their_bucket():
    edges = np.array([10.0, 100.0])
    low = np.array([[-2.0] * 3, [-1.0] * 3, [-0.5] * 3])
    errors = Errors(edges, edges, low, -low)
    widths = [shown_around(errors, 3.0, n, 50) for n in (2, 50, 500)]
    assert [width.high - width.low for width in widths] == [4.0, 2.0, 1.0]


def test_what_was_learned_comes_back_from_plain_values(split):
    told = intervals.learned(intervals.told_of(constant, split, people(split)))
    errors = intervals.errors_of({"intervals": told})
    assert np.asarray(errors.low).tolist() == told["errors"]["low"]
    assert shown_around(errors, 3.5, 15, 100).low < 3.5 < shown_around(errors, 3.5, 15, 100).high


@pytest.fixture
def sure_version(live_version):
    errors = {name: value.tolist() for name, value in of_width(-0.8, 0.8)._asdict().items()}
    ModelVersion.objects.update(metrics={"intervals": {"errors": errors, "coverage": 0.8}})
    live.forget()
    yield
    live.forget()


def lover_of_westerns():
    return Visitor.of_session({film: 10 if film % 2 else 3 for film in range(1, 13)})


@pytest.mark.usefixtures("sure_version")
def test_predictions_of_pages_and_lists_carry_their_interval(films):
    found = services.predict(lover_of_westerns(), films[21])
    assert found.interval.low <= found.stars <= found.interval.high
    picks = services.recommend(lover_of_westerns(), limit=5)
    assert all(pick.interval.high - pick.interval.low >= 0.5 for pick in picks)


@pytest.mark.usefixtures("live_version")
def test_a_version_that_learned_no_intervals_shows_none(films):
    assert services.predict(lover_of_westerns(), films[21]).interval is None


@pytest.mark.usefixtures("sure_version")
def test_a_film_page_says_between_which_stars_the_rating_usually_lies(client, films):
    client.post("/films/1/rate/", {"stars": "5"})
    page = client.get(films[21].get_absolute_url()).text
    assert "predicted for you" in page
    assert "usually" in page
    assert 'class="interval"' in page
