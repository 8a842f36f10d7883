"""What a film is marked with: hidden, liked, on the watchlist, not to be learned from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from catalog import left_out, services
from catalog.models import Movie
from catalog.undo import undoable
from catalog.views.answers import done
from catalog.views.films import address_of_film
from catalog.views.posted import posted_from


@posted_from(address_of_film)
def movie_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Suggest a film no more, or with `undo` again. A card on a page is exchanged alone."""
    film = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    is_undone = "undo" in request.POST
    with undoable(request, film) as change:
        left_out.hide(request, film, is_undone=is_undone)
    # The card of the film, or of the one that came to its place.
    if (request.htmx.target or "").startswith("card-"):
        card = "catalog/_shown_again.html" if is_undone else "catalog/_hidden_card.html"
        return render(request, card, {"movie": film})
    may, never = _("%(film)s may be suggested again."), _("%(film)s will not be suggested again.")
    return done(request, film, (may if is_undone else never) % {"film": film.title}, token=change.token)


@posted_from(address_of_film, by_members=True)
def movie_like(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a film a heart, or with `undo` take it away."""
    film = get_object_or_404(Movie, pk=pk)
    is_undone = "undo" in request.POST
    with undoable(request, film) as change:
        (services.unlike if is_undone else services.like)(user=request.user, movie=film)
    sentence = _("%(film)s has no heart any more.") if is_undone else _("%(film)s has your heart.")
    return done(request, film, sentence % {"film": film.title}, token=change.token)


@posted_from(address_of_film, by_members=True)
def movie_watchlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a film on one's watchlist, or with `undo` take it off. A card on a page is exchanged alone."""
    film = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    is_undone = "undo" in request.POST
    write = services.remove_from_watchlist if is_undone else services.add_to_watchlist
    with undoable(request, film) as change:
        write(user=request.user, movie=film)
    if request.htmx.target == f"card-{film.pk}":
        card = "catalog/_taken_off_card.html" if is_undone else "catalog/_watchlist_card.html"
        return render(request, card, {"movie": film})
    sentence = _("%(film)s is off your watchlist.") if is_undone else _("%(film)s is on your watchlist.")
    return done(request, film, sentence % {"film": film.title}, token=change.token)


@posted_from(address_of_film)
def movie_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Learn nothing from a film that was seen, or with `undo` learn from it again."""
    film = get_object_or_404(Movie, pk=pk)
    is_undone = "undo" in request.POST
    with undoable(request, film) as change:
        left_out.leave_out(request, film, is_undone=is_undone)
    sentence = (
        _("%(film)s counts for your suggestions again.")
        if is_undone
        else _("%(film)s counts for your suggestions no more.")
    )
    return done(request, film, sentence % {"film": film.title}, token=change.token)
