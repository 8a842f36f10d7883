from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.people import head, page_of_person
from catalog.models import FilmList
from catalog.pagination import page_of

LISTS_ON_PAGE = 12


@require_safe
@page_of_person("profile")
def lists(request: HttpRequest, person: User) -> HttpResponse:
    """One's own with the empty ones."""
    found = FilmList.objects.filter(user=person).visible_to(request.user)
    shown = found if person.pk == request.user.pk else found.with_films()
    page = page_of(request, shown.for_cards().latest_first(), size=LISTS_ON_PAGE)
    return render(request, "accounts/lists.html", head(request, person, "lists") | {"page": page})
