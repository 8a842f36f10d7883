from celery import shared_task
from celery.signals import worker_ready

from recommender import training


@shared_task
def train_nightly() -> str:
    return training.run().name


@worker_ready.connect
def train_where_nothing_opens(**_: object) -> None:
    if training.is_due():
        train_nightly.delay()
