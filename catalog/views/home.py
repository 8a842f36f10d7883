from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.looks import apart
from catalog.models import Watch
from catalog.newcomers import ON_THE_WALL, best_loved, first_films
from catalog.shown import shown_films

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

DIARY, REWATCHED = 7, 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        diary = _last_in_diary(request.user)
        shown_films(request).update(watch.movie_id for watch in diary)
        return render(request, "catalog/home.html", first_films(request) | {"diary": diary})
    best = best_loved(request)
    context = first_films(request) | {"best": best, "wall": apart(best[:ON_THE_WALL])}
    return render(request, "catalog/welcome.html", context)


def _last_in_diary(user: AbstractBaseUser) -> list[Watch]:
    """Each film once, however often it was seen again."""
    last: dict[int, Watch] = {}
    for watch in Watch.objects.filter(user=user).diary(user)[: DIARY * REWATCHED]:
        last.setdefault(watch.movie_id, watch)
    return list(last.values())[:DIARY]
