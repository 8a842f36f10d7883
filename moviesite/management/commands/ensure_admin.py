from __future__ import annotations

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction


class Command(BaseCommand):
    help = "Make an account for the admin panel, with a password shown once, unless there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="admin")
        parser.add_argument("--email", default="admin@localhost")

    def handle(self, *args: Any, username: str, email: str, **options: Any) -> None:
        accounts = get_user_model().objects
        if accounts.filter(is_superuser=True).exists():
            return
        if accounts.filter(username=username).exists():
            raise CommandError(f"{username} is a member's name; choose another: ensure_admin --username NAME")
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            admin = accounts.create_superuser(username=username, email=email, password=password)
            EmailAddress.objects.create(user=admin, email=email, verified=True, primary=True)
        self.stdout.write(
            f"Admin account: {username}, password: {password}\nIt is shown only now; change it under /admin/."
        )
