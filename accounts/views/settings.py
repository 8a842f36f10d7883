"""One's own account: how it looks to others, who sees what, and the way out."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.forms import DeletionForm, PrivacyForm, ProfileForm, RegionForm
from accounts.models import Block, User
from accounts.views.people import address_of_person, page_of_person
from accounts.views.profile import favourites_of
from catalog.views.answers import UNPROCESSABLE
from catalog.views.posted import posted_from

SECTIONS: dict[str, type[ModelForm]] = {"profile": ProfileForm, "privacy": PrivacyForm, "region": RegionForm}


@login_required
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    return _settings_page(request)


def _settings_page(request: HttpRequest, *, status: int = 200, **sent: ModelForm) -> HttpResponse:
    # A row of its own, so that what is refused does not reach the page's own person.
    person = User.objects.get(pk=request.user.pk)
    forms = {name: form(instance=person) for name, form in SECTIONS.items()} | sent
    context: dict[str, Any] = {f"{name}_form": form for name, form in forms.items()}
    context["blocks"] = Block.objects.filter(blocker=person).select_related("blocked").order_by("-pk")
    context["favourites"] = favourites_of(person)
    context["now"] = timezone.now()
    return render(request, "accounts/settings.html", context, status=status)


def _address_of(request: HttpRequest, section: str) -> str:
    if section not in SECTIONS:
        raise Http404
    return f"{reverse('accounts:settings')}#{section}"


@posted_from(_address_of, by_members=True)
def change(request: HttpRequest, section: str) -> HttpResponse:
    """One part of the settings; the others stay as they are."""
    address = _address_of(request, section)
    form = SECTIONS[section](request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _settings_page(request, status=UNPROCESSABLE, **{section: form})
    services.change_settings(user=request.user, **form.cleaned_data)
    messages.success(request, _("Kept."))
    response = redirect(address)
    if section == "region":
        # Chosen at the foot of a page before; the browser is asked only where no cookie answers.
        response.delete_cookie(site.LANGUAGE_COOKIE_NAME)
    return response


@page_of_person("profile")
@posted_from(address_of_person, by_members=True)
def block(request: HttpRequest, person: User) -> HttpResponse:
    try:
        services.block(blocker=request.user, blocked=person)
    except services.CannotBlockOneself:
        raise Http404 from None
    sentence = _("%(name)s and you see nothing of each other any more. You can undo that here.")
    messages.success(request, sentence % {"name": person.username})
    return redirect(_address_of_blocked(request))


def _address_of_blocked(request: HttpRequest, pk: int | None = None) -> str:
    return f"{reverse('accounts:settings')}#blocked"


@posted_from(_address_of_blocked, by_members=True)
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Block.objects.select_related("blocked"), pk=pk, blocker=request.user)
    services.unblock(block=found)
    sentence = _("%(name)s is no longer blocked.")
    messages.success(request, sentence % {"name": found.blocked.username})
    return redirect(_address_of_blocked(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    form = DeletionForm(user=request.user)
    if request.method == "POST":
        refusal = ratelimit.consume_or_429(request, action="reauthenticate", user=request.user)
        if refusal:
            return refusal
        form = DeletionForm(request.POST, user=request.user)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "accounts/delete.html", {"form": form}, status=status)
    person = User.objects.get(pk=request.user.pk)
    logout(request)
    services.delete_account(user=person)
    messages.success(request, _("Your account is deleted, with everything in it. Farewell."))
    return redirect("catalog:home")
