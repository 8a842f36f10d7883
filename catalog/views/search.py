from __future__ import annotations

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from catalog.forms import SearchForm
from catalog.models import Movie, Person
from catalog.pagination import page_of
from catalog.search import DEEPEST, find, members_called

PEOPLE, MEMBERS = 6, 6
# While somebody types.
LOOKED_AT, FILMS_SUGGESTED, PEOPLE_SUGGESTED = 40, 6, 2
KEPT_SECONDS = 60


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = find(words, limit=DEEPEST)
    page = page_of(request, found.films, size=settings.MOVIES_PER_PAGE)
    page.object_list = Movie.objects.cards_in_order(page.object_list)
    people = _people(found.people[:PEOPLE])
    context = {
        "form": form,
        "words": words,
        "found": found,
        "page": page,
        "people": people,
        "with_people": [person for person in people if person.pk in found.with_people],
        "members": members_called(words, viewer=request.user)[:MEMBERS],
        "nearest": Movie.objects.cards_in_order(found.nearest),
    }
    return render(request, "catalog/search.html", context, status=200 if form.is_valid() else 400)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """The list under the search field: no session is read, and a browser may keep it for a while."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    response = HttpResponse(_suggested(words) if words else "")
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response


def _suggested(words: str) -> str:
    found = find(words, limit=LOOKED_AT, is_typing=True)
    films = Movie.objects.cards_in_order((found.films or found.nearest)[:FILMS_SUGGESTED])
    people = _people(found.people[:PEOPLE_SUGGESTED])
    context = {"words": words, "found": found, "films": films, "people": people}
    return render_to_string("catalog/_search_suggestions.html", context | {"count": len(films) + len(people)})


def films_called(words: str, *, most: int) -> list[Movie]:
    """For a field in which somebody picks a film: the best known first, none where nothing is near enough."""
    found = find(words, limit=LOOKED_AT, is_typing=True)
    return Movie.objects.cards_in_order(found.films[:most])


def _people(keys: list[int]) -> list[Person]:
    people = Person.objects.annotate(films=Count("movies", distinct=True)).in_bulk(keys)
    return [people[key] for key in keys if key in people]
