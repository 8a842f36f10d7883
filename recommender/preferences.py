"""How a visitor wants recommendations to be: kept with a member's account, or in a stranger's session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from recommender.models import Preferences

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

_SESSION = "preferences"
# What a session may say: an old one still holds choices that are gone by now.
_CHOICES = {field.name for field in Preferences._meta.concrete_fields} - {"user"}


def of(request: HttpRequest) -> Preferences:
    """Read once a request; not saved where nothing was ever chosen."""
    known: Preferences | None = getattr(request, "preferences", None)
    if known is None:
        known = _read(request)
        request.preferences = known  # type: ignore[attr-defined]
    return known


def keep(request: HttpRequest, **chosen: Any) -> None:
    """Change the fields that are named. A member's row is made with the first choice."""
    if request.user.is_authenticated:
        kept, _ = Preferences.objects.update_or_create(user_id=request.user.pk, defaults=chosen)
    else:
        request.session[_SESSION] = _of_session(request) | chosen
        kept = Preferences(**request.session[_SESSION])
    request.preferences = kept  # type: ignore[attr-defined]


def adopt(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    """At log-in, keep what was chosen without an account; what the member chose before wins."""
    chosen = _of_session(request)
    request.session.pop(_SESSION, None)
    if chosen:
        Preferences.objects.get_or_create(user_id=user.pk, defaults=chosen)
    vars(request).pop("preferences", None)


def _read(request: HttpRequest) -> Preferences:
    if not request.user.is_authenticated:
        return Preferences(**_of_session(request))
    found = Preferences.objects.filter(user_id=request.user.pk).first()
    return found or Preferences(user_id=request.user.pk)


def _of_session(request: HttpRequest) -> dict[str, Any]:
    chosen = request.session.get(_SESSION, {})
    return {name: value for name, value in chosen.items() if name in _CHOICES}
