"""The panel's front page and its menu."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model, Sum
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from catalog.models import Movie, PlotFetch, Review
from recommender.models import ModelVersion

MENU = {
    "People": {
        "accounts.User": "person",
        "account.EmailAddress": "mail",
        "authtoken.TokenProxy": "key",
        "auth.Group": "group",
    },
    "Films": {
        "catalog.Movie": "movie",
        "catalog.Genre": "category",
        "catalog.Person": "recent_actors",
        "catalog.Credit": "badge",
        "catalog.OtherTitle": "translate",
        "catalog.Plot": "description",
        "catalog.PlotFetch": "download",
        "catalog.PlotProviderState": "dns",
    },
    "What people do": {
        "catalog.Rating": "star",
        "catalog.Review": "rate_review",
        "catalog.Watch": "visibility",
        "catalog.HiddenFilm": "visibility_off",
        "catalog.UnusedFilm": "school",
        "catalog.WatchlistEntry": "bookmark",
    },
    "Recommender": {
        "recommender.ModelVersion": "neurology",
        "recommender.TrainingRun": "model_training",
        "recommender.WatchGroup": "groups",
    },
    "Schedule": {
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
    home = {"title": "Overview", "icon": "dashboard", "link": reverse("admin:index")}
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
    # Adding up the films' own counts is quick where counting a million ratings is not.
    ratings = Movie.objects.order_by().aggregate(total=Sum("ratings_count"))["total"] or 0
    live = ModelVersion.objects.filter(is_live=True).first()
    waiting = PlotFetch.objects.filter(state=PlotFetch.State.RETRY).count()
    context["counts"] = [
        {"label": "Films", "number": Movie.objects.count()},
        {"label": "Members", "number": User.objects.members().count()},
        {"label": "Ratings", "number": ratings},
        {"label": "Reviews", "number": Review.objects.count()},
        {"label": "Plots to be tried again", "number": waiting},
        {
            "label": "Ratings behind the live model",
            "number": live.ratings_count if live else 0,
            "note": f"Version {live}" if live else "No model is live yet.",
        },
    ]
    return context
