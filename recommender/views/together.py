"""Together: a group's own pages, and the door through which people come in by its link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Block
from catalog import session
from catalog.forms import RatingForm
from catalog.models import Movie
from catalog.templatetags.films import STEPS
from catalog.views.answers import UNPROCESSABLE
from catalog.views.posted import posted_from
from recommender import together
from recommender.models import Seat, WatchGroup
from recommender.models.together import MOST_SEATS
from recommender.together import Place
from recommender.together_forms import GroupForm, GuestForm, WishesForm

GUEST_SEATS = "guest_seats"
TOO_MANY_GROUPS = gettext_lazy("You own %(most)d groups already. Delete one that you no longer use.")


def _guest_seats(request: HttpRequest) -> list[int]:
    """The seats that this browser took without an account."""
    kept: list[int] = request.session.get(GUEST_SEATS, [])
    return kept


def _place(request: HttpRequest, pk: int) -> Place:
    """Everybody else learns no more than that there is no such page."""
    apart = Block.objects.apart_from(request.user)
    groups = WatchGroup.objects.apart_from(apart).with_vetoes(apart_from=apart)
    group = get_object_or_404(groups, pk=pk)
    place = together.place_of(group, request.user, _guest_seats(request))
    if place is None:
        raise Http404
    return place


def _owned(request: HttpRequest, pk: int) -> Place:
    place = _place(request, pk)
    if not place.is_owner:
        raise Http404
    return place


def _own_seat(request: HttpRequest, pk: int) -> Seat:
    seat = _place(request, pk).seat
    if seat is None:
        raise Http404
    return seat


def _guest_seat(request: HttpRequest, pk: int) -> Seat:
    """Members rate films on the films' own pages."""
    seat = _own_seat(request, pk)
    if not seat.is_guest:
        raise Http404
    return seat


def _address_of_group(request: HttpRequest, pk: int, **what: int) -> str:
    return _place(request, pk).group.get_absolute_url()


def _address_of_cards(request: HttpRequest, pk: int, film: int) -> str:
    return reverse("recommender:together-cards", args=[_guest_seat(request, pk).group_id])


def title_of(group: WatchGroup) -> str:
    """Its name, or the names of those who sit in it."""
    names = [seat.name for seat in group.seats.all()]
    if group.name or len(names) < together.FEWEST_SEATS:
        alone = _("Just %(name)s so far") % {"name": names[0]} if names else _("Just an empty table so far")
        return group.name or alone
    return get_text_list(names, _("and"))


@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _start(request)
    return _home_page(request, GroupForm())


@login_required
def _start(request: HttpRequest) -> HttpResponse:
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            return redirect(together.start(owner=request.user, name=form.cleaned_data["name"]))
        except together.TooManyGroups:
            form.add_error(None, TOO_MANY_GROUPS % {"most": together.MOST_GROUPS})
    return _home_page(request, form, status=UNPROCESSABLE)


def _home_page(request: HttpRequest, form: GroupForm, *, status: int = 200) -> HttpResponse:
    apart = Block.objects.apart_from(request.user)
    mine = WatchGroup.objects.of(request.user, _guest_seats(request)).apart_from(apart)
    mine = mine.with_seats(apart_from=apart)
    context = {"form": form, "groups": [(group, title_of(group)) for group in mine]}
    return render(request, "recommender/together.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, link: str) -> HttpResponse:
    """Whoever has the link sees the group's name and its owner's, nothing of the others."""
    apart = Block.objects.apart_from(request.user)
    group = WatchGroup.objects.apart_from(apart).with_seats().filter(link=link).first()
    if group is None:
        return render(request, "recommender/together_gone.html", status=404)
    place = together.place_of(group, request.user, _guest_seats(request))
    if place and place.seat:
        return redirect(group)
    if request.method != "POST":
        return _join_page(request, group, GuestForm())
    return (_seat_member if request.user.is_authenticated else _seat_guest)(request, group)


def _join_page(
    request: HttpRequest, group: WatchGroup, form: GuestForm, *, status: int = 200
) -> HttpResponse:
    taken = len(group.seats.all())
    context = {
        "group": group,
        "form": form,
        "free": MOST_SEATS - taken,
        "brought": len(session.ratings(request)),
        "enough": together.ENOUGH_CARDS,
    }
    return render(request, "recommender/together_join.html", context, status=status)


def _seat_member(request: HttpRequest, group: WatchGroup) -> HttpResponse:
    try:
        together.seat_member(group=group, user=request.user)
    except together.GroupIsFull:
        return redirect(request.path)
    return redirect(group)


def _seat_guest(request: HttpRequest, group: WatchGroup) -> HttpResponse:
    form = GuestForm(request.POST)
    if not form.is_valid():
        return _join_page(request, group, form, status=UNPROCESSABLE)
    try:
        ratings = session.ratings(request)
        seat = together.seat_guest(group=group, name=form.cleaned_data["name"], ratings=ratings)
    except together.GroupIsFull:
        return redirect(request.path)
    request.session[GUEST_SEATS] = [*_guest_seats(request), seat.pk]
    has_enough = len(seat.half_stars) >= together.ENOUGH_CARDS
    return redirect(group) if has_enough else redirect("recommender:together-cards", group.pk)


@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    return _group_page(request, _place(request, pk))


def _group_page(request: HttpRequest, place: Place, *, status: int = 200, **context: Any) -> HttpResponse:
    has_company = len(place.seats) >= together.FEWEST_SEATS
    context = {
        "place": place,
        "group": place.group,
        "title": title_of(place.group),
        "ways": WatchGroup.Way,
        "form": WishesForm(instance=place.group),
        "choice": together.choose(place.group) if has_company else None,
        "vetoes": [(seat, movie) for seat in place.seats for movie in seat.vetoed.all()],
        "free": MOST_SEATS - len(place.seats),
        "address": _address(request, place.group),
        **context,
    }
    return render(request, "recommender/together_group.html", context, status=status)


def _address(request: HttpRequest, group: WatchGroup) -> str:
    """As this visitor reached the site: in a house that may be another name than the site's own."""
    return request.build_absolute_uri(reverse("recommender:together-join", args=[group.link]))


@posted_from(_address_of_group)
def wishes(request: HttpRequest, pk: int) -> HttpResponse:
    place = _place(request, pk)
    # A form of its own row, so that a refused wish does not reach the page's group.
    form = WishesForm(request.POST)
    if not form.is_valid():
        return _group_page(request, place, form=form, status=UNPROCESSABLE)
    together.wish(group=place.group, **form.cleaned_data)
    return redirect(place.group)


@posted_from(_address_of_group)
def veto(request: HttpRequest, pk: int, film: int) -> HttpResponse:
    """Keep a film away, or with `undo` take one's own veto back."""
    seat, movie = _own_seat(request, pk), get_object_or_404(Movie, pk=film)
    if "undo" in request.POST:
        together.take_back_veto(seat=seat, movie=movie)
        messages.success(request, _("Your veto against %(title)s is taken back.") % {"title": movie.title})
    else:
        together.veto(seat=seat, movie=movie)
        messages.success(
            request,
            _("%(title)s is vetoed. You can take that back below the films.") % {"title": movie.title},
        )
    return redirect("recommender:together-group", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """The next film to answer; a POST takes the last answer back."""
    seat = _guest_seat(request, pk)
    if request.method == "POST":
        together.take_back_card(seat=seat)
        return redirect(request.path)
    return _card_page(request, seat, together.next_card(seat))


def _card_page(
    request: HttpRequest, seat: Seat, movie: Movie | None, *, status: int = 200, **context: Any
) -> HttpResponse:
    given = len(seat.half_stars)
    context = {
        "seat": seat,
        "movie": movie,
        "given": given,
        "bulbs": [number < given for number in range(together.ENOUGH_CARDS)],
        "steps": STEPS,
        "still": together.ENOUGH_CARDS - given,
        **context,
    }
    return render(request, "recommender/together_cards.html", context, status=status)


@posted_from(_address_of_cards)
def card(request: HttpRequest, pk: int, film: int) -> HttpResponse:
    """A guest's answer: stars, or `unseen`. After every five films with stars the group's page comes."""
    seat, movie = _guest_seat(request, pk), get_object_or_404(Movie.objects.for_cards(), pk=film)
    if "unseen" in request.POST:
        together.answer_card(seat=seat, movie=movie, stars=None)
        return redirect("recommender:together-cards", pk)
    form = RatingForm(request.POST)
    if not form.is_valid() or form.cleaned_data["stars"] is None:
        return _card_page(request, seat, movie, rating_form=form, status=UNPROCESSABLE)
    seat = together.answer_card(seat=seat, movie=movie, stars=form.cleaned_data["stars"])
    is_done = len(seat.half_stars) % together.ENOUGH_CARDS == 0
    return redirect(f"recommender:together-{'group' if is_done else 'cards'}", pk)


@posted_from(_address_of_group)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    seat = _own_seat(request, pk)
    together.unseat(seat=seat)
    request.session[GUEST_SEATS] = [kept for kept in _guest_seats(request) if kept != seat.pk]
    messages.success(request, _("You left the group."))
    return redirect("recommender:together")


@posted_from(_address_of_group)
def seat_remove(request: HttpRequest, pk: int, seat: int) -> HttpResponse:
    place = _owned(request, pk)
    leaving = get_object_or_404(Seat.objects.select_related("user"), group=place.group, pk=seat)
    together.unseat(seat=leaving)
    messages.success(request, _("%(name)s is out of the group.") % {"name": leaving.name})
    return redirect(place.group)


@posted_from(_address_of_group)
def link_remake(request: HttpRequest, pk: int) -> HttpResponse:
    place = _owned(request, pk)
    together.remake_link(group=place.group)
    messages.success(request, _("There is a new link. The old one opens nothing any more."))
    return redirect(place.group)


@posted_from(_address_of_group)
def group_delete(request: HttpRequest, pk: int) -> HttpResponse:
    together.delete(group=_owned(request, pk).group)
    messages.success(request, _("The group is gone."))
    return redirect("recommender:together")
