"""Which posters are fetched, and when again: all of it in the database, so that workers share it and a
fetch that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from catalog.models import Plot, PosterPicture
from catalog.plots.contract import Blocked, NoPlot
from catalog.plots.queue import CLAIM, FIRST_RETRY, LAST_RETRY, back_off

State = PosterPicture.State
LONGEST_ADDRESS = 1000


@transaction.atomic
def offer_posters(addresses: Mapping[int, str]) -> int:
    """Note where the posters of films are, by film id: a URL, or a path as TMDB writes it.

    New and changed addresses are fetched when their turn comes; returns how many there are.
    """
    wanted = {film: url for film, text in addresses.items() if (url := full_address(text))}
    known = PosterPicture.objects.in_bulk(list(wanted), field_name="movie_id") if wanted else {}
    new = [PosterPicture(movie_id=film, source_url=url) for film, url in wanted.items() if film not in known]
    PosterPicture.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    changed = [row for film, row in known.items() if row.source_url != wanted[film]]
    for row in changed:
        fetch_again(PosterPicture.objects.filter(pk=row.pk), source_url=wanted[row.movie_id])
    return len(new) + len(changed)


def fetch_again(pictures: QuerySet[PosterPicture], **changed: str) -> int:
    """When their turn comes, as if never tried; returns how many there are."""
    return pictures.update(state=State.DUE, attempts=0, due_at=timezone.now(), answer="", **changed)


def full_address(text: str) -> str:
    """ "" for what is no address of the web."""
    url = f"{settings.TMDB_IMAGE_URL}{text}" if text.startswith("/") and not text.startswith("//") else text
    return url if url.startswith(("https://", "http://")) and len(url) <= LONGEST_ADDRESS else ""


def learn_from_plots() -> int:
    """Providers of plots name posters too: take those of films without one, and those that are newer."""
    plots = Plot.objects.exclude(poster_url="")
    unknown = plots.filter(movie__picture=None)
    newer = plots.filter(fetched_at__gt=F("movie__picture__fetched_at"))
    changed = newer.exclude(poster_url=F("movie__picture__source_url"))
    found = [*unknown.values_list("movie_id", "poster_url"), *changed.values_list("movie_id", "poster_url")]
    return offer_posters(dict(found))


def due_pictures(*, now: datetime) -> QuerySet[PosterPicture]:
    """The most rated films' first."""
    due = PosterPicture.objects.filter(state=State.DUE, due_at__lte=now)
    return due.order_by("-movie__ratings_count", "pk")


def claim(*, picture: PosterPicture, now: datetime) -> bool:
    """Take it for this worker alone; False where it is not due any more or another worker has it."""
    return bool(due_pictures(now=now).order_by().filter(pk=picture.pk).update(due_at=now + CLAIM))


def release(*, picture: PosterPicture, now: datetime) -> None:
    """Give it back unfetched."""
    _unchanged(picture).update(due_at=now)


def settle_kept(*, picture: PosterPicture, now: datetime, **kept: object) -> bool:
    """False where the poster's address changed while it was fetched."""
    values = {"state": State.KEPT, "attempts": 0, "answer": "", "fetched_at": now, **kept}
    return bool(_unchanged(picture).update(**values))


def settle_refused(*, picture: PosterPicture, now: datetime, answer: str) -> None:
    empty = {"digest": "", "blur": "", "width": 0, "height": 0}
    _unchanged(picture).update(state=State.REFUSED, fetched_at=now, answer=answer[:300], **empty)


def try_again(*, picture: PosterPicture, now: datetime, answer: NoPlot) -> bool:
    """Wait as the host asked or the back-off says; False when it has been tried often enough.

    A host that wants nobody says nothing about this poster: such an answer counts for the host alone.
    """
    attempts = picture.attempts + (not isinstance(answer, Blocked))
    if attempts >= settings.POSTER_ATTEMPTS:
        return False
    wait = max(answer.after or timedelta(), back_off(max(attempts, 1), FIRST_RETRY, LAST_RETRY))
    _unchanged(picture).update(attempts=attempts, due_at=now + wait, answer=str(answer)[:300])
    return True


def _unchanged(picture: PosterPicture) -> QuerySet[PosterPicture]:
    """An editor or an importer who names another address at this very moment wins."""
    return PosterPicture.objects.filter(pk=picture.pk, source_url=picture.source_url, state=State.DUE)
