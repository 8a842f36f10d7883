from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages

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
            films = "The film you rated is" if adopted == 1 else f"The {adopted} films you rated are"
            messages.success(request, f"{films} now yours to keep.")
