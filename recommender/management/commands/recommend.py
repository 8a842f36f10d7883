from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from recommender import services
from recommender.steering import DEFAULT_ENGINE, ENGINES, Steering
from recommender.visitors import Visitor

MOST = 1000


class Command(BaseCommand):
    help = "Print what one person is recommended, with predicted ratings and reasons."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--n", type=int, default=10, help="how many films (default 10)")
        parser.add_argument("--engine", choices=list(ENGINES), default=DEFAULT_ENGINE)

    def handle(self, *args: Any, username: str, n: int, engine: str, **options: Any) -> None:
        if not 1 <= n <= MOST:
            raise CommandError(f"--n takes a number of films from 1 to {MOST:,}.")
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is nobody called {username}.")
        visitor = Visitor.of_member(user)
        found = services.answered(visitor, steering=Steering(engine=engine), limit=n)
        model = f"version {found.version}" if found.version else "no model yet, the chart answers"
        self.stdout.write(f"{username}: {len(visitor.seen)} films seen; engine {engine}, {model}")
        for place, pick in enumerate(found.picks, start=1):
            stars = "  -  " if pick.stars is None else f"≈ {pick.stars:.1f}"
            self.stdout.write(f"{place:3} {stars}  {pick.movie}  {pick.reason}".rstrip())
