"""The page of somebody who made films."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, F, Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog import session
from catalog.models import Credit, Movie, Person, Rating
from catalog.pagination import page_of

KNOWN_FOR, BY_YEAR = "known", "year"
ORDERS = {KNOWN_FOR: ("-ratings_count", "pk"), BY_YEAR: (F("year").desc(nulls_last=True), "search_title")}
JOBS = {
    Credit.Role.DIRECTOR: _("Director"),
    Credit.Role.CAST: _("Actor"),
    Credit.Role.WRITER: _("Writer"),
}


class Job(NamedTuple):
    role: str
    name: str
    films: int


@require_safe
def person(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    somebody = get_object_or_404(Person, pk=pk)
    if slug != somebody.slug:
        return redirect(somebody, permanent=True)
    jobs = _jobs(somebody)
    job, order = _chosen_job(request, jobs), _chosen_order(request)
    films = Movie.objects.credited_to(somebody, job).order_by(*ORDERS[order]).for_cards()
    page = page_of(request, films, size=settings.MOVIES_PER_PAGE)
    context = {"person": somebody, "jobs": jobs, "job": job, "order": order, "page": page}
    context |= _whole_work(somebody) | _own_view(request, somebody)
    return render(request, "catalog/person.html", context)


def _jobs(somebody: Person) -> list[Job]:
    """What the person did, that for most films first."""
    counts = dict(somebody.credits.order_by().values_list("role").annotate(films=Count("pk")))
    jobs = [Job(role, str(name), counts[role]) for role, name in JOBS.items() if role in counts]
    return sorted(jobs, key=lambda job: -job.films)


def _chosen_job(request: HttpRequest, jobs: list[Job]) -> str:
    """Of somebody whose films are gone any job will do: there is nothing to show."""
    first = jobs[0].role if jobs else Credit.Role.CAST
    wanted = request.GET.get("as", first)
    if wanted != first and wanted not in {job.role for job in jobs}:
        raise Http404("This person has no such job here.")
    return wanted


def _chosen_order(request: HttpRequest) -> str:
    order = request.GET.get("sort", KNOWN_FOR)
    if order not in ORDERS:
        raise Http404("There is no such order.")
    return order


def _whole_work(somebody: Person) -> dict[str, Any]:
    """Over all jobs: how many films, from when to when."""
    films = Movie.objects.filter(people=somebody).order_by()
    return films.aggregate(films=Count("pk", distinct=True), first_year=Min("year"), last_year=Max("year"))


def _own_view(request: HttpRequest, somebody: Person) -> dict[str, Any]:
    """How many of the films the visitor has seen, and the visitor's stars for them."""
    films = Movie.objects.filter(people=somebody).distinct()
    stars = _own_stars(request, films)
    seen = films.watched_by(request.user).count() if request.user.is_authenticated else len(stars)
    mean = sum(stars.values()) / len(stars) if stars else None
    return {"own_stars": stars, "own_average": mean, "seen": seen}


def _own_stars(request: HttpRequest, films: QuerySet[Movie]) -> dict[int, float]:
    if request.user.is_authenticated:
        rated = Rating.objects.filter(user=request.user, movie__in=films)
        given = dict(rated.order_by().values_list("movie_id", "half_stars"))
    else:
        kept = session.ratings(request)
        given = {pk: kept[pk] for pk in films.filter(pk__in=kept).values_list("pk", flat=True)}
    return {film: half_stars / 2 for film, half_stars in given.items()}
