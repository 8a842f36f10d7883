"""The diary of a member as a feed: what strangers may see of it, for programs that read feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.template.defaultfilters import truncatewords
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from catalog.models import Review, Watch
from catalog.posters.lettering import clean
from catalog.structured import told_openly
from catalog.templatetags.films import in_words

ENTRIES = 50
WORDS = 60


class DiaryFeed(Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, username: str) -> User:
        """404 for a diary that is kept private, as if there were none; readers of feeds are strangers.

        Whoever is logged in behind a block gets none either.
        """
        open_to_all = User.objects.visible_to(AnonymousUser(), "diary")
        person = open_to_all.visible_to(request.user).named(username)
        if person is None:
            raise Http404
        return person

    def title(self, person: User) -> str:
        return _("Diary of %(name)s") % {"name": person.username}

    def subtitle(self, person: User) -> str:
        return _("What %(name)s saw, on %(site)s") % {"name": person.username, "site": settings.SITE_NAME}

    def author_name(self, person: User) -> str:
        return person.username

    def author_link(self, person: User) -> str:
        return f"{settings.SITE_URL}{person.get_absolute_url()}"

    def link(self, person: User) -> str:
        return f"{settings.SITE_URL}{reverse('accounts:diary', args=[person.username])}"

    def feed_url(self, person: User) -> str:
        return f"{settings.SITE_URL}{reverse('accounts:diary-feed', args=[person.username])}"

    def feed_guid(self, person: User) -> str:
        return _stable_id("diary", person.pk)

    def items(self, person: User) -> list[Watch]:
        """Viewings with the review that was written of the film, in a fixed number of queries."""
        stranger = AnonymousUser()
        watches = list(Watch.objects.filter(user=person).diary(stranger)[:ENTRIES])
        films = [watch.movie_id for watch in watches]
        written = Review.objects.filter(user=person, movie__in=films).visible_to(stranger)
        reviews = {review.movie_id: review for review in written}
        for watch in watches:
            watch.review = reviews.get(watch.movie_id)
        return watches

    def item_title(self, watch: Any) -> str:
        film = clean(str(watch.movie))
        return f"{film}, {_stars(watch.half_stars)}" if watch.half_stars else film

    def item_description(self, watch: Any) -> str:
        said = [_("Seen again on %(day)s.") if watch.rewatch else _("Seen on %(day)s.")]
        said[0] %= {"day": watch.watched_on.isoformat()}
        if watch.half_stars:
            said.append(f"{in_words(watch.half_stars / 2).capitalize()}.")
        if watch.review:
            said.append(_excerpt(watch.review))
        return " ".join(said)

    def item_link(self, watch: Any) -> str:
        """To what was written about it, else to the film."""
        return f"{settings.SITE_URL}{(watch.review or watch.movie).get_absolute_url()}"

    def item_guid(self, watch: Watch) -> str:
        return _stable_id("viewing", watch.pk)

    def item_pubdate(self, watch: Watch) -> datetime:
        return watch.created_at

    def item_updateddate(self, watch: Any) -> datetime:
        return max(watch.created_at, watch.review.updated_at) if watch.review else watch.created_at


def _stars(half_stars: int) -> str:
    whole, half = divmod(half_stars, 2)
    return "★" * whole + "½" * half


def _excerpt(review: Review) -> str:
    """As HTML, which is how readers take summaries."""
    if review.has_spoilers:
        return _("The review gives away the end, so it stays on the page.")
    return escape(truncatewords(told_openly(review), WORDS))


def _stable_id(kind: str, pk: int) -> str:
    """Stays the same when a film is renamed; readers show an entry whose id is new once more."""
    return f"{settings.SITE_URL}/#{kind}-{pk}"


diary_feed = require_safe(DiaryFeed())
