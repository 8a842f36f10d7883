from __future__ import annotations

from datetime import MINYEAR, date

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.archive import Archive
from accounts.forms import DiaryForm
from accounts.models import User
from accounts.views.people import head, page_of_person
from catalog.models import Watch
from catalog.pagination import page_of

ENTRIES = 60


@require_safe
@page_of_person("diary")
def diary(
    request: HttpRequest, person: User, year: int | None = None, month: int | None = None
) -> HttpResponse:
    """All of it, one year or one month, the newest first."""
    _check_calendar(year, month)
    viewer = request.user
    watches = Watch.objects.filter(user=person).diary(viewer)
    form = DiaryForm(request.GET, watches=watches, shows_stars=person.shows("ratings", viewer))
    chosen = form.chosen(watches)
    archive = Archive.of(chosen, year, month)
    page = page_of(request, _within(chosen, year, month).with_marks(viewer), size=ENTRIES)
    context = {"form": form, "page": page, "archive": archive, "months": archive.grouped(page)}
    context["filters"] = form.query
    return render(request, "accounts/diary.html", head(request, person, "diary") | context)


def _check_calendar(year: int | None, month: int | None) -> None:
    """A thirteenth month is not found."""
    try:
        date(MINYEAR if year is None else year, 1 if month is None else month, 1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error


def _within(watches: QuerySet[Watch], year: int | None, month: int | None) -> QuerySet[Watch]:
    if year is not None:
        watches = watches.filter(watched_on__year=year)
    return watches if month is None else watches.filter(watched_on__month=month)
