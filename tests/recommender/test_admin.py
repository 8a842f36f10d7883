import re

import pytest
from django.urls import reverse
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from django_celery_results.models import GroupResult, TaskResult

from recommender import together
from recommender.models import ModelVersion, TrainingRun
from tests.factories import RatingFactory, UserFactory
from tests.panel import address, assert_pages_answer, tables_of

pytestmark = pytest.mark.django_db
SAMPLES = {
    "recommender.ModelVersion": lambda: version("a"),
    "recommender.TrainingRun": lambda: TrainingRun.objects.create(),
    "recommender.WatchGroup": lambda: together.start(owner=UserFactory()),
    "django_celery_beat.PeriodicTask": lambda: nightly(),
    "django_celery_beat.CrontabSchedule": lambda: CrontabSchedule.objects.create(),
    "django_celery_beat.IntervalSchedule": lambda: hourly(),
    "django_celery_beat.ClockedSchedule": lambda: ClockedSchedule.objects.create(
        clocked_time="2030-01-01T00:00Z"
    ),
    "django_celery_beat.SolarSchedule": lambda: SolarSchedule.objects.create(
        event="sunset", latitude=52, longitude=5
    ),
    "django_celery_results.TaskResult": lambda: TaskResult.objects.create(task_id="a"),
    "django_celery_results.GroupResult": lambda: GroupResult.objects.create(group_id="a"),
}


def version(name, **known):
    known = {"verdict": ModelVersion.Verdict.PASSED, "ratings_count": 10, "metrics": {"rmse": 0.8}} | known
    return ModelVersion.objects.create(name=name, **known)


def hourly():
    return IntervalSchedule.objects.create(every=1, period="hours")


def nightly():
    return PeriodicTask.objects.create(name="nightly", task="recommender.tasks.train", interval=hourly())


@pytest.mark.parametrize("label", tables_of("recommender", "django_celery_beat", "django_celery_results"))
def test_every_page_of_every_table_answers(panel, label):
    assert_pages_answer(panel, SAMPLES[label]())


def test_the_measurements_of_a_version_are_a_table_to_four_digits(panel):
    measured = {
        "hybrid": {"rmse": 0.8607156402040064},
        "intervals": {"ratings": 10358, "low": [[-1.4459936]]},
    }
    page = panel.get(address(ModelVersion, "change", version("a", metrics=measured).pk)).text
    table, _, folded = page.partition('<details class="all-measured">')
    table = table.partition('<table class="measurements">')[2]
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td>(.*?)</td>', table)
    assert rows == [("hybrid · rmse", "0.8607"), ("intervals · ratings", "10358")]
    assert "-1.4459936" in folded


def test_a_version_is_written_by_training_only(panel):
    kept = version("a")
    assert panel.get(address(ModelVersion, "add")).status_code == 403
    assert panel.post(address(ModelVersion, "delete", kept.pk), {"post": "yes"}).status_code == 403
    assert panel.post(address(ModelVersion, "change", kept.pk), {"name": "b"}).status_code == 403


def test_making_an_older_version_live_asks_why_and_then_does_it(panel, live_version, small_site_bundle):
    newer = version("newer")
    live_version.is_live, newer.is_live = False, True
    live_version.save(), newer.save()
    path = address(ModelVersion, "make_live", live_version.pk)

    assert "reason" in panel.get(path).content.decode()
    panel.post(path, {"_form_submitted": "True", "reason": ""})
    assert ModelVersion.objects.get(is_live=True) == newer

    panel.post(path, {"_form_submitted": "True", "reason": "The newer one loves westerns too much."})
    live_version.refresh_from_db()
    assert live_version.is_live
    assert "westerns" in live_version.reason


def test_a_version_whose_files_are_gone_cannot_go_live(panel, live_version):
    lost = version("lost")
    sent = {"_form_submitted": "True", "reason": "Why not."}
    panel.post(address(ModelVersion, "make_live", lost.pk), sent)
    page = panel.get(address(ModelVersion, "change", lost.pk)).content.decode()
    assert "lost cannot go live" in page
    assert ModelVersion.objects.get(is_live=True) == live_version


def test_a_running_training_is_asked_to_stop_and_an_ended_one_is_not(panel):
    running = TrainingRun.objects.create()
    ended = TrainingRun.objects.create(state=TrainingRun.State.DONE)
    chosen = {"action": "cancel", "_selected_action": [running.pk, ended.pk]}
    panel.post(address(TrainingRun, "changelist"), chosen)
    running.refresh_from_db(), ended.refresh_from_db()
    assert running.cancel_requested
    assert not ended.cancel_requested


def test_the_front_page_counts_what_is_there(panel):
    from catalog.services import refresh_counts

    RatingFactory.create_batch(3)
    refresh_counts()
    version("night-1", is_live=True, ratings_count=2)
    shown = {count["label"]: count["number"] for count in panel.get(reverse("admin:index")).context["counts"]}
    assert (shown["Films"], shown["Ratings"], shown["Ratings behind the live model"]) == (3, 3, 2)
