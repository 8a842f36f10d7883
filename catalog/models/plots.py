from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie


class Plot(models.Model):
    """The text of a film's story and where it came from."""

    movie = models.OneToOneField(Movie, models.CASCADE, related_name="plot", verbose_name=_("movie"))
    text = models.TextField(_("text"))
    source = models.CharField(
        _("source"), max_length=30, help_text=_("A provider's name, or “editor” for a text written here.")
    )
    # Long titles of articles grow threefold when they are written as an address.
    source_url = models.URLField(_("address at the source"), max_length=1000, blank=True)
    poster_url = models.URLField(_("poster at the source"), max_length=1000, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    fetched_at = models.DateTimeField(_("fetched at"), default=timezone.now)
    locked = models.BooleanField(_("locked"), default=False, help_text=_("Never replaced by a provider."))

    class Meta:
        verbose_name = _("plot")
        verbose_name_plural = _("plots")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="plot_is_never_empty")]

    def __str__(self) -> str:
        return f"Plot of {self.movie} from {self.source}"


class PlotFetch(models.Model):
    """What one provider answered for one film: the queue of the nightly fetch."""

    class State(models.TextChoices):
        FOUND = "found", _("found")
        NOT_FOUND = "not-found", _("not found")
        RETRY = "retry", _("to be tried again")

    movie = models.ForeignKey(Movie, models.CASCADE, related_name="plot_fetches", verbose_name=_("movie"))
    provider = models.CharField(_("provider"), max_length=30)
    state = models.CharField(_("state"), max_length=10, choices=State)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Not asked again before this time.
    due_at = models.DateTimeField(_("due at"), db_index=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("plot fetch")
        verbose_name_plural = _("plot fetches")
        constraints = [
            models.UniqueConstraint(fields=["movie", "provider"], name="one_fetch_per_movie_and_provider")
        ]

    def __str__(self) -> str:
        return f"{self.movie} at {self.provider}: {self.get_state_display()}"


class PlotProviderState(models.Model):
    """Rate limit and circuit of one provider, shared by every worker."""

    provider = models.CharField(_("provider"), max_length=30, primary_key=True)
    next_request_at = models.DateTimeField(_("next request at"), default=timezone.now)
    refusals = models.PositiveSmallIntegerField(_("refusals in a row"), default=0)
    open_until = models.DateTimeField(_("open until"), null=True, blank=True)

    class Meta:
        verbose_name = _("plot provider state")
        verbose_name_plural = _("plot provider states")

    def __str__(self) -> str:
        return self.provider


class PlotPage(models.Model):
    """The story that a page told when it was last read, so that an unchanged page is not sent again."""

    # 2,000 letters of address do not fit into PostgreSQL's index rows, 1,000 do.
    url = models.URLField(_("address"), max_length=1000, unique=True)
    etag = models.CharField("ETag", max_length=300)
    text = models.TextField(_("text"), blank=True)
    read_at = models.DateTimeField(_("read at"), auto_now=True)

    class Meta:
        verbose_name = _("plot page")
        verbose_name_plural = _("plot pages")

    def __str__(self) -> str:
        return self.url
