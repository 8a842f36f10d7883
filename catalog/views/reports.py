"""Members report reviews and lists to staff: a form and, once it was sent, thanks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog import services
from catalog.forms import ReportForm
from catalog.models import FilmList, Review
from catalog.views.answers import UNPROCESSABLE


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_report(request: HttpRequest, pk: int) -> HttpResponse:
    others = Review.objects.for_film(request.user).exclude(user=request.user).select_related("movie")
    found = get_object_or_404(others, pk=pk)
    too_many = _("You reported many reviews within an hour. Give us time to read them, then go on.")
    return _answer(request, found, too_many, "catalog/report.html", {"review": found, "movie": found.movie})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_report(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FilmList.objects.visible_to(request.user).for_cards(), pk=pk)
    if found.user_id == request.user.pk:
        return redirect(found)
    too_many = _("You reported a great deal within an hour. Give us time to read it, then go on.")
    return _answer(request, found, too_many, "catalog/list_report.html", {"list": found})


def _answer(
    request: HttpRequest, reported: Review | FilmList, too_many: str, template: str, about: dict[str, Any]
) -> HttpResponse:
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.report(reporter=request.user, reported=reported, **form.cleaned_data)
        except services.TooManyReports:
            messages.error(request, too_many)
            return redirect(reported)
        return redirect(request.path)
    mine = reported.reports.filter(reporter=request.user).first()
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, template, about | {"report_form": form, "report": mine}, status=status)
