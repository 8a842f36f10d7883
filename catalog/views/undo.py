from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog import services
from catalog.redirects import back
from catalog.undo import film_of, take_back
from catalog.views.answers import words


@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
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
