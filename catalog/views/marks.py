"""What a film is marked with: hidden, on the watchlist, not to be learned from."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from catalog import left_out, services
from catalog.models import Movie
from catalog.pagination import page_of
from catalog.redirects import back


@require_POST
def movie_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Suggest a film no more, or with `undo` again. A card on a page is exchanged alone."""
    film = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    is_undone = "undo" in request.POST
    left_out.hide(request, film, is_undone=is_undone)
    if request.htmx.target == f"card-{film.pk}":
        card = "catalog/_shown_again.html" if is_undone else "catalog/_hidden_card.html"
        return render(request, card, {"movie": film})
    says = "may be suggested again" if is_undone else "will not be suggested again"
    messages.success(request, f"{film.title} {says}.")
    return back(request, film.get_absolute_url())


@require_POST
def movie_watchlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a film on one's watchlist, or with `undo` take it off."""
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        return redirect_to_login(film.get_absolute_url())
    is_undone = "undo" in request.POST
    (services.remove_from_watchlist if is_undone else services.add_to_watchlist)(
        user=request.user, movie=film
    )
    where = "off your watchlist" if is_undone else "on your watchlist"
    messages.success(request, f"{film.title} is {where}.")
    return back(request, film.get_absolute_url())


@require_POST
def movie_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Learn nothing from a film that was seen, or with `undo` learn from it again."""
    film = get_object_or_404(Movie, pk=pk)
    is_undone = "undo" in request.POST
    left_out.leave_out(request, film, is_undone=is_undone)
    says = "counts for your suggestions again" if is_undone else "counts for your suggestions no more"
    messages.success(request, f"{film.title} {says}.")
    return back(request, film.get_absolute_url())


@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    films = Movie.objects.filter(pk__in=left_out.hidden_films(request)).order_by("title", "pk")
    page = page_of(request, films.for_cards(), size=settings.MOVIES_PER_PAGE)
    return render(request, "catalog/hidden.html", {"page": page})


@login_required
@require_safe
def watchlist(request: HttpRequest) -> HttpResponse:
    films = Movie.objects.filter(on_watchlists__user=request.user).order_by("-on_watchlists__added_at", "-pk")
    page = page_of(request, films.for_cards(), size=settings.MOVIES_PER_PAGE)
    return render(request, "catalog/watchlist.html", {"page": page})
