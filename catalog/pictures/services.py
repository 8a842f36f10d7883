"""Fetching posters: one after the other, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils import timezone

from catalog.models import PosterPicture
from catalog.pictures import queue, shelf
from catalog.pictures.download import NoPicture, PictureClient, circuit_of
from catalog.pictures.resizing import poster_of
from catalog.plots import pace
from catalog.plots.contract import NoPlot

Progress = Callable[[int, int], None]


@dataclass
class Report:
    """Filled while the fetch runs, so that whoever stops it still has the counts."""

    kept: int = 0
    refused: int = 0
    again: int = 0
    paused: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        told = f"{self.kept} kept, {self.refused} refused, {self.again} to be tried again"
        return f"{told}; left alone for a while: {', '.join(sorted(self.paused))}" if self.paused else told


def fetch_pictures(
    *,
    limit: int | None = None,
    progress: Progress = lambda done, total: None,
    report: Report | None = None,
) -> Report:
    """Fetch up to `limit` posters that are due, those of the most rated films first.

    `progress` gets the numbers of posters done and in all.
    """
    report = Report() if report is None else report
    queue.learn_from_plots()
    due = list(queue.due_pictures(now=timezone.now())[:limit])
    with closing(PictureClient()) as client:
        for done, picture in enumerate(due, start=1):
            _fetch(client, picture, report)
            progress(done, len(due))
    return report


def tidy_up() -> None:
    """Remove files that no film has any more; fetch again what the database knows and the disk lost."""
    kept = list(PosterPicture.objects.exclude(digest="").only("digest", "width"))
    shelf.sweep({picture.digest for picture in kept})
    lost = [picture.pk for picture in kept if not all(map(_is_there, picture.file_names))]
    queue.fetch_again(PosterPicture.objects.filter(pk__in=lost), digest="")


def _is_there(name: str) -> bool:
    return shelf.path_of(name).is_file()


def _fetch(client: PictureClient, picture: PosterPicture, report: Report) -> None:
    host = urlsplit(picture.source_url).hostname or ""
    if pace.paused_until(provider=circuit_of(host), now=timezone.now()):
        report.paused.add(host)
    elif queue.claim(picture=picture, now=timezone.now()):
        _take(client, picture, host, report)


def _take(client: PictureClient, picture: PosterPicture, host: str, report: Report) -> None:
    try:
        body = client.picture(picture.source_url)
        pace.record_answer(provider=circuit_of(host))
        report.kept += _keep(picture, body)
    except NoPicture as reason:
        _refuse(picture, str(reason), report)
    except NoPlot as answer:
        pace.record_refusal(provider=circuit_of(host), now=timezone.now(), after=answer.after)
        _try_again(picture, answer, report)
    except BaseException:
        # Stopped in the middle: the next run begins with this one.
        queue.release(picture=picture, now=timezone.now())
        raise


def _keep(picture: PosterPicture, body: bytes) -> bool:
    """Files first, then the row that names them, then the old files: a page never names a missing one."""
    poster, before = poster_of(body), picture.digest
    for width, extension, content in poster.files():
        shelf.put(f"{poster.digest}-{width}.{extension}", content)
    width, height = poster.image.size
    kept = queue.settle_kept(
        picture=picture,
        now=timezone.now(),
        digest=poster.digest,
        width=width,
        height=height,
        blur=poster.blur(),
    )
    if kept:
        _remove_unused(before)
    return kept


def _refuse(picture: PosterPicture, answer: str, report: Report) -> None:
    queue.settle_refused(picture=picture, now=timezone.now(), answer=answer)
    _remove_unused(picture.digest)
    report.refused += 1


def _try_again(picture: PosterPicture, answer: NoPlot, report: Report) -> None:
    if queue.try_again(picture=picture, now=timezone.now(), answer=answer):
        report.again += 1
    else:
        _refuse(picture, f"Given up: {answer}.", report)


def _remove_unused(digest: str) -> None:
    """Two films may have the same poster."""
    if digest and not PosterPicture.objects.filter(digest=digest).exists():
        shelf.remove(digest)
