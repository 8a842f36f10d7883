"""Who follows whom: the button, the two lists of a person, and one's own as a file."""

from __future__ import annotations

from typing import Literal

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import services
from accounts.exports import following_csv
from accounts.models import Follow, User
from accounts.views.people import address_of_person, head, page_of_person
from catalog.pagination import page_of
from catalog.redirects import back
from catalog.views.posted import posted_from

PEOPLE_ON_PAGE = 30


@page_of_person("profile")
@posted_from(address_of_person, by_members=True)
def follow(request: HttpRequest, person: User) -> HttpResponse:
    """Follow somebody, or with `undo` follow them no more."""
    refusal = ratelimit.consume_or_429(request, action="follow", user=request.user)
    if refusal:
        return refusal
    messages.success(request, _changed(request, person) % {"name": person.username})
    return back(request, person.get_absolute_url())


def _changed(request: HttpRequest, person: User) -> str:
    if "undo" in request.POST:
        services.unfollow(follower=request.user, followed=person)
        return _("You no longer follow %(name)s.")
    try:
        services.follow(follower=request.user, followed=person)
    except services.CannotFollow:
        raise Http404 from None
    return _("You follow %(name)s.")


@require_safe
@page_of_person("profile")
def following(request: HttpRequest, person: User) -> HttpResponse:
    return _people(request, person, Follow.objects.filter(follower=person), end="followed")


@require_safe
@page_of_person("profile")
def followers(request: HttpRequest, person: User) -> HttpResponse:
    return _people(request, person, Follow.objects.filter(followed=person), end="follower")


def _people(
    request: HttpRequest, person: User, follows: QuerySet[Follow], *, end: Literal["follower", "followed"]
) -> HttpResponse:
    """Those at one end whom the viewer may see, the latest first."""
    back_to_viewer = Follow.objects.filter(follower=OuterRef(end), followed=request.user.pk)
    found = follows.open_to(request.user, end=end).annotate(follows_you=Exists(back_to_viewer))
    page = page_of(request, found.select_related(end).order_by("-pk"), size=PEOPLE_ON_PAGE)
    people = [(getattr(one, end), one.follows_you) for one in page]
    tab = "following" if end == "followed" else "followers"
    context = head(request, person, tab) | {"page": page, "people": people}
    if context["is_own"] and end == "followed":
        context["out_of_sight"] = _out_of_sight(person)
    return render(request, "accounts/follows.html", context)


def _out_of_sight(person: User) -> QuerySet[Follow]:
    """Whom a person follows who hide by now: names once known, so that following them can be ended."""
    followed = Follow.objects.filter(follower=person)
    seen = followed.open_to(person, end="followed")
    return followed.exclude(pk__in=seen.values("pk")).select_related("followed").order_by("-pk")


def _address_of_own(request: HttpRequest, pk: int) -> str:
    if not request.user.is_authenticated:
        return reverse("accounts:settings")
    return reverse("accounts:following", args=[request.user.get_username()])


@posted_from(_address_of_own, by_members=True)
def unfollow(request: HttpRequest, pk: int) -> HttpResponse:
    """By the number of one's own follow: whoever hides has no page with a button any more."""
    found = get_object_or_404(Follow.objects.select_related("followed"), pk=pk, follower=request.user)
    services.unfollow(follower=request.user, followed=found.followed)
    messages.success(request, _("You no longer follow %(name)s.") % {"name": found.followed.username})
    return redirect(_address_of_own(request, pk))


@login_required
@require_safe
def following_file(request: HttpRequest) -> HttpResponse:
    return following_csv(request.user)
