from datetime import UTC, datetime

import pytest
from django.urls import reverse

from catalog.models import Rating
from recommender import gate, training
from recommender.how import about_live
from recommender.ml.contract import no_progress
from tests.factories import RatingFactory

HOW = reverse("recommender:how")


def test_before_the_first_training_the_page_says_so(client, db):
    assert "No model is trained yet" in client.get(HOW).content.decode()


def test_the_page_shows_what_the_gate_measured(client, live_version, small_site_interactions):
    split = gate.holdout(small_site_interactions)
    candidates = training.fit_all(split.train, progress=no_progress)
    verdict = gate.judge(candidates, split, live=None, progress=no_progress)
    live_version.metrics = verdict.metrics | {"intervals": verdict.intervals}
    live_version.save()
    page = client.get(HOW).content.decode()
    assert f"{100 * verdict.intervals['coverage']:.1f}%" in page
    assert f"{verdict.metrics['hybrid']['rmse']:.3f}" in page
    assert sum(cell["ratings"] for cell in verdict.intervals["buckets"]) > 0


def test_ratings_given_beside_a_prediction_are_told_apart(live_version):
    for half_stars, predicted in ((8, 3.5), (4, 4.0), (9, None)):
        rating = RatingFactory(half_stars=half_stars)
        Rating.objects.filter(pk=rating.pk).update(predicted=predicted)
    shown = about_live().shown
    assert shown.count == 2
    assert shown.mean_error == pytest.approx(1.25)
    assert shown.within_one == pytest.approx(50)


def test_engines_stand_in_the_order_of_what_they_were_measured_by_and_nowhere_else(client, live_version):
    live_version.metrics = {
        "svdpp": {"rmse": 0.9},
        "ease": {"ndcg@10": 0.2},
        "hybrid": {"rmse": 0.8, "ndcg@10": 0.1},
        "content": {"ndcg@10": 0.3},
    }
    live_version.save()
    about = about_live()
    assert [error for _, error in about.errors] == [0.8, 0.9]
    assert [figure for _, figure in about.lists] == [0.3, 0.2, 0.1]
    assert 'class="number">–' not in client.get(HOW).text


def test_a_share_is_written_as_the_language_of_the_reader_has_it(client, live_version):
    live_version.metrics = {"intervals": {"coverage": 0.814}}
    live_version.promoted_at = datetime(2026, 11, 22, 10, 49, tzinfo=UTC)
    live_version.save()
    page = client.get(HOW).text
    assert ">81.4%</span>" in page
    assert "on 22 Nov 2026 and" in page
