"""The panel's front page and its menu."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Model, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from catalog.admin.plots import EDITOR, counts_per_state
from catalog.models import (
    Credit,
    Movie,
    Plot,
    PlotFetch,
    PosterPicture,
    Rating,
    RatingSource,
    Review,
    ReviewReport,
)
from moviesite.charts import BarChart, Share, bars, per_day
from recommender.models import ModelVersion

VERSIONS = 10
CHANGES = 8

MENU = {
    gettext_lazy("People"): {
        "accounts.User": "person",
        "account.EmailAddress": "mail",
        "authtoken.TokenProxy": "key",
        "auth.Group": "group",
    },
    gettext_lazy("Films"): {
        "catalog.Movie": "movie",
        "catalog.Genre": "category",
        "catalog.Person": "recent_actors",
        "catalog.Credit": "badge",
        "catalog.Keyword": "label",
        "catalog.OtherTitle": "translate",
        "catalog.Plot": "description",
        "catalog.PlotFetch": "download",
        "catalog.PlotProviderState": "dns",
        "catalog.PosterPicture": "image",
        "catalog.FilmMerge": "merge",
    },
    gettext_lazy("What people do"): {
        "catalog.Rating": "star",
        "catalog.Review": "rate_review",
        "catalog.ReviewReport": "flag",
        "catalog.Watch": "visibility",
        "catalog.HiddenFilm": "visibility_off",
        "catalog.UnusedFilm": "school",
        "catalog.WatchlistEntry": "bookmark",
        "catalog.FilmList": "format_list_numbered",
        "catalog.ListEntry": "playlist_add_check",
        "accounts.Follow": "person_add",
    },
    gettext_lazy("Recommender"): {
        "recommender.ModelVersion": "neurology",
        "recommender.TrainingRun": "model_training",
        "recommender.WatchGroup": "groups",
    },
    gettext_lazy("Who changed what"): {"admin.LogEntry": "history"},
    gettext_lazy("Schedule"): {
        "django_celery_beat.PeriodicTask": "schedule",
        "django_celery_beat.CrontabSchedule": "calendar_month",
        "django_celery_beat.IntervalSchedule": "repeat",
        "django_celery_beat.ClockedSchedule": "alarm",
        "django_celery_beat.SolarSchedule": "sunny",
        "django_celery_results.TaskResult": "task_alt",
        "django_celery_results.GroupResult": "checklist",
    },
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the menu with the tables that this person may see."""
    groups = [
        {"title": title, "items": [_entry(model, icon) for model, icon in _visible(request, icons)]}
        for title, icons in MENU.items()
    ]
    home = {"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")}
    return [{"items": [home]}, *(group for group in groups if group["items"])]


def _visible(request: HttpRequest, icons: dict[str, str]) -> list[tuple[type[Model], str]]:
    models = [(apps.get_model(label), icon) for label, icon in icons.items()]
    return [
        (model, icon)
        for model, icon in models
        if request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]


def _entry(model: type[Model], icon: str) -> dict[str, Any]:
    name = str(model._meta.verbose_name_plural)
    return {"title": name[0].upper() + name[1:], "icon": icon, "link": _list_of(model)}


def _list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Some twenty questions to the database, however large it is."""
    films = Movie.objects.order_by().aggregate(count=Count("pk"), ratings=Sum("ratings_count"))
    queue = counts_per_state()
    pictures = dict(PosterPicture.objects.order_by().values_list("state").annotate(Count("pk")))
    live = ModelVersion.objects.filter(is_live=True).first()
    context["counts"] = [
        {"label": _("Films"), "number": films["count"], "link": _list_of(Movie)},
        {"label": _("Members"), "number": User.objects.members().count(), "link": _list_of(User)},
        # Adding up the films' own counts is quick where counting a million ratings is not.
        {"label": _("Ratings"), "number": films["ratings"] or 0, "link": _list_of(Rating)},
        {"label": _("Reviews"), "number": Review.objects.count(), "link": _list_of(Review)},
        {
            "label": _("Ratings behind the live model"),
            "number": live.ratings_count if live else 0,
            "note": _("Version %s") % live if live else _("No model is live yet."),
            "link": _list_of(ModelVersion),
        },
        {
            "label": _("Posters to be fetched"),
            "number": pictures.get(PosterPicture.State.DUE, 0),
            "link": _list_of(PosterPicture) + "?state__exact=due",
        },
        {
            "label": _("Plots to be tried again"),
            "number": queue[2]["number"],
            "link": _list_of(PlotFetch) + "?state__exact=retry",
        },
        {
            "label": _("Reports to decide"),
            "number": open_reports(),
            "link": _list_of(ReviewReport) + "?state__exact=open",
        },
    ]
    context["charts"] = _charts()
    context["shares"] = _shares(films["count"], pictures)
    context["queue"] = queue
    context["versions"] = _versions()
    context["changes"] = _changes(request)
    return context


def open_reports() -> int:
    return ReviewReport.objects.filter(state=ReviewReport.State.OPEN).count()


def _charts() -> list[BarChart]:
    given_here = Rating.objects.filter(source=RatingSource.SITE)
    return [
        _daily("ratings", _("Ratings given here"), given_here, "rated_at"),
        _daily("members", _("Sign-ups"), User.objects.members(), "date_joined"),
        _daily("plots", _("Plots fetched"), Plot.objects.exclude(source=EDITOR), "fetched_at"),
    ]


def _daily(key: str, title: str, rows: QuerySet, moment: str) -> BarChart:
    points = per_day(rows, moment)
    total = sum(value for _label, value in points)
    summary = _("%(total)s in the last %(days)s days, %(today)s of them today.")
    told = summary % {"total": intcomma(total), "days": len(points), "today": intcomma(points[-1][1])}
    return BarChart(key, title, _("Day"), bars(points), told)


def _shares(films: int, pictures: dict[str, int]) -> list[Share]:
    """How complete the catalogue is."""
    missing = _list_of(Movie)
    credited = Credit.objects.order_by().aggregate(films=Count("movie", distinct=True))["films"]
    known = Movie.objects.order_by().aggregate(
        languages=Count("pk", filter=~Q(language="")), years=Count("year"), runtimes=Count("runtime")
    )
    return [
        Share(_("With a plot"), Plot.objects.count(), films, f"{missing}?plot=no"),
        Share(_("With a poster kept here"), pictures.get("kept", 0), films, f"{missing}?poster=no"),
        Share(_("With people"), credited, films, f"{missing}?people=no"),
        Share(_("With a year"), known["years"], films, f"{missing}?dated=no"),
        Share(_("With a running time"), known["runtimes"], films),
        Share(_("With a language"), known["languages"], films),
    ]


def _versions() -> list[dict[str, Any]]:
    """The latest trainings that ended in a version, the newest first."""
    return [
        {
            "version": version,
            "link": reverse("admin:recommender_modelversion_change", args=[version.pk]),
            "rmse": _error_of(version),
        }
        for version in ModelVersion.objects.order_by("-created_at", "-pk")[:VERSIONS]
    ]


def _changes(request: HttpRequest) -> list[LogEntry] | None:
    """None for who may not look into the history."""
    if not request.user.has_perm("admin.view_logentry"):
        return None
    return list(LogEntry.objects.select_related("user").order_by("-action_time", "-pk")[:CHANGES])


def _error_of(version: ModelVersion) -> float | None:
    figures = version.metrics.get("hybrid")
    error = figures.get("rmse") if isinstance(figures, dict) else None
    return error if isinstance(error, int | float) else None
