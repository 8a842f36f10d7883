"""What a visitor leaves out, member or stranger: films not to be suggested, films not to be learned from."""

from __future__ import annotations

from django.http import HttpRequest

from catalog import services, session
from catalog.marks import marks_of
from catalog.models import HiddenFilm, Movie


def hidden_films(request: HttpRequest) -> set[int]:
    """The ids of what the visitor does not want to be offered."""
    if request.user.is_authenticated:
        return set(HiddenFilm.objects.filter(user=request.user).values_list("movie_id", flat=True))
    return set(session.hidden(request))


def is_hidden(request: HttpRequest, film: Movie) -> bool:
    if request.user.is_authenticated:
        return marks_of(request, film).is_hidden
    return film.pk in session.hidden(request)


def is_unused(request: HttpRequest, film: Movie) -> bool:
    if request.user.is_authenticated:
        return marks_of(request, film).is_unused
    return film.pk in session.unused(request)


def hide(request: HttpRequest, film: Movie, *, is_undone: bool) -> None:
    if request.user.is_authenticated:
        (services.unhide if is_undone else services.hide)(user=request.user, movie=film)
    else:
        (session.unhide if is_undone else session.hide)(request, movie=film)


def leave_out(request: HttpRequest, film: Movie, *, is_undone: bool) -> None:
    if request.user.is_authenticated:
        (services.use_again if is_undone else services.leave_out)(user=request.user, movie=film)
    else:
        (session.use_again if is_undone else session.leave_out)(request, movie=film)
