"""What comes to the place of a hidden film is what the page that it was hidden on would show next."""

import re

import pytest

from recommender.services import recommend
from recommender.steering import Steering
from recommender.visitors import Visitor

pytestmark = pytest.mark.usefixtures("live_version")
SEEN = {film: 10 if film % 2 else 2 for film in range(1, 9)}


@pytest.fixture
def visitor(client, monkeypatch):
    monkeypatch.setattr("recommender.views.picks.PICKS", 4)
    for film, half_stars in SEEN.items():
        client.post(f"/films/{film}/rate/", {"stars": half_stars / 2})
    return client


def comes_after(client, address, shown, **headers):
    """The film that takes the place of the first of `shown`, hidden on the page with this address."""
    first, headers = shown[0], {"HX-Request": "true", "HX-Target": f"card-{shown[0]}"} | headers
    sent = {"row": "top", "shown": ",".join(map(str, shown))}
    answer = client.post(f"/films/{first}/hide/", sent, headers={"HX-Current-URL": address} | headers).text
    return int(re.search(r'id="card-(\d+)"', answer)[1])


def next_by(engine, shown):
    (pick,) = recommend(Visitor.of_session(SEEN), steering=Steering(engine), limit=1, exclude=shown)
    return pick.movie.pk


@pytest.mark.parametrize("engine", ["svdpp", "content", "user-cf", "weighted-rating"])
def test_an_engine_that_is_tried_in_the_address_chooses_the_next_film_too(visitor, engine):
    address = f"/for-you/?engine={engine}"
    shown = [pick.movie.pk for pick in visitor.get(address).context["picks"]]
    assert comes_after(visitor, f"http://testserver{address}", shown) == next_by(engine, shown)


def test_the_engines_of_this_test_do_not_agree_on_what_comes_next(visitor):
    shown = [40, 42]
    assert len({next_by(engine, shown) for engine in ("content", "weighted-rating", "list-blend")}) > 1


@pytest.mark.parametrize(
    "address",
    [
        "http://testserver/?engine=weighted-rating",
        "http://testserver/for-you/?engine=no-such",
        "https://elsewhere.example/for-you/?engine=weighted-rating",
        "",
    ],
)
def test_an_address_that_tries_no_engine_leaves_what_was_kept(visitor, address):
    assert comes_after(visitor, address, [40, 42]) == next_by("list-blend", [40, 42])
