from celery import shared_task
from django.conf import settings

from catalog.pictures.services import fetch_pictures, tidy_up
from catalog.plots.services import fetch_plots


@shared_task
def fetch_plots_nightly() -> str:
    return str(fetch_plots(limit=settings.PLOT_BATCH_SIZE))


@shared_task
def fetch_posters_nightly() -> str:
    tidy_up()
    return str(fetch_pictures(limit=settings.POSTER_BATCH_SIZE))
