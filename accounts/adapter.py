from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.utils.translation import ngettext

from catalog import session

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
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
