from celery import shared_task
from django.conf import settings

from catalog.plots.services import fetch_plots


@shared_task
def fetch_plots_nightly() -> str:
    return str(fetch_plots(limit=settings.PLOT_BATCH_SIZE))
