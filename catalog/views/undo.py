from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from catalog import services
from catalog.list_undo import is_of_list, take_list_back, title_of_list
from catalog.redirects import back
from catalog.undo import film_of, take_back
from catalog.views.answers import words
from catalog.views.posted import posted_from


def _address_of_changed(request: HttpRequest, token: str) -> str:
    if is_of_list(request, token):
        return reverse("catalog:lists")
    return film_of(request, token).get_absolute_url()


@posted_from(_address_of_changed)
def undo(request: HttpRequest, token: str) -> HttpResponse:
    if is_of_list(request, token):
        return _undo_list(request, token)
    film = film_of(request, token)
    try:
        take_back(request, token)
    except services.ChangedSince:
        messages.error(
            request, _("%(film)s has changed again since, so it stays as it is.") % {"film": film.title}
        )
    else:
        messages.success(request, _("%(film)s is as it was before.") % {"film": film.title})
    if request.htmx:
        return words(request, film, is_undone=True)
    return back(request, film.get_absolute_url())


def _undo_list(request: HttpRequest, token: str) -> HttpResponse:
    title = {"list": title_of_list(request, token)}
    try:
        take_list_back(request, token)
    except services.ChangedSince:
        messages.error(request, _("“%(list)s” has changed again since, so it stays as it is.") % title)
    else:
        messages.success(request, _("“%(list)s” is as it was before.") % title)
    # Rows, numbers and counts of the page may all be others now.
    return HttpResponseClientRefresh() if request.htmx else back(request, reverse("catalog:lists"))
