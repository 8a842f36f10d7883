from celery import shared_task

from recommender import training


@shared_task
def train_nightly() -> str:
    return training.run().name
