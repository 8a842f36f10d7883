from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from catalog import session

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever tries too many passwords is told so, and when to come back, instead of the form."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as refused:
            request.refused = refused.messages[0]  # type: ignore[attr-defined]
            raise ImmediateHttpResponse(respond_429(request)) from refused

    def login(self, request: HttpRequest, user: User) -> None:
        """What somebody rated and left out before logging in comes along."""
        super().login(request, user)
        session.adopt_left_out(request, user=user)
        adopted = session.adopt_ratings(request, user=user)
        if adopted:
            sentence = ngettext(
                "The film you rated is now yours to keep.",
                "The %(count)s films you rated are now yours to keep.",
                adopted,
            )
            messages.success(request, sentence % {"count": adopted})
