import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from moviesite.celery import app

# Migrations change tables on SQLite only outside a transaction.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned():
    """The schedule as a fresh installation has it, whatever earlier tests emptied."""
    call_command("migrate", "recommender", "0001", verbosity=0)
    call_command("migrate", "recommender", verbosity=0)
    return PeriodicTask.objects.exclude(task__startswith="celery.")


def test_the_night_is_planned_in_the_database_plots_before_training(planned):
    times = {
        task.task: (int(task.crontab.hour), int(task.crontab.minute)) for task in planned if task.enabled
    }
    assert times["catalog.tasks.fetch_plots_nightly"] < times["recommender.tasks.train_nightly"] < (5, 0)


def test_every_planned_task_exists(planned):
    app.loader.import_default_modules()
    assert {task.task for task in planned} <= set(app.tasks)


def test_a_task_that_was_switched_off_stays_off_at_the_next_migration(planned):
    planned.update(enabled=False)
    call_command("migrate", verbosity=0)
    assert not planned.filter(enabled=True).exists()
