"""What can be done to many films at once. Every film's history says who did it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import ModelAdmin
from django.core.validators import RegexValidator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.admin.pictures import fetch_posters_again
from catalog.models import Genre, Movie, Plot, PlotFetch, PosterPicture
from catalog.plots.queue import CAN_BE_ASKED_ABOUT, fetch_again

Films = QuerySet[Movie]
is_code = RegexValidator(
    r"\A[a-z]{2,3}\Z", gettext_lazy("Give two or three small letters, such as en or fr.")
)


class LanguageForm(forms.Form):
    language = forms.CharField(
        max_length=3,
        validators=[is_code],
        widget=UnfoldAdminTextInputWidget({"autocapitalize": "none", "autocomplete": "off"}),
        label=gettext_lazy("Original language"),
        help_text=gettext_lazy("ISO 639-1, such as en, fr or ja."),
    )


class GenreForm(forms.Form):
    genre = forms.ModelChoiceField(
        Genre.objects.all(), widget=UnfoldAdminSelectWidget, label=gettext_lazy("Genre")
    )


def note(request: HttpRequest, films: Films, message: str) -> None:
    """Into the history of each film, under the name of whoever asked."""
    LogEntry.objects.log_actions(request.user.pk, films, CHANGE, change_message=message)


class FilmActions(ModelAdmin):
    actions = [
        "set_language",
        "add_genre",
        "remove_genre",
        "lock_plots",
        "unlock_plots",
        "fetch_plots",
        "fetch_posters",
    ]

    @admin.action(description=gettext_lazy("Set the language…"), permissions=["change"])
    @transaction.atomic
    def set_language(self, request: HttpRequest, queryset: Films) -> HttpResponse | None:
        form = self._filled(request, LanguageForm)
        if not form.is_valid():
            return self._ask(request, queryset, form, "set_language", _("Set the language"))
        code = form.cleaned_data["language"]
        self._done(request, queryset, _("Language set to %s.") % code)
        queryset.order_by().update(language=code, updated_at=timezone.now())
        return None

    @admin.action(description=gettext_lazy("Add a genre…"), permissions=["change"])
    @transaction.atomic
    def add_genre(self, request: HttpRequest, queryset: Films) -> HttpResponse | None:
        form = self._filled(request, GenreForm)
        if not form.is_valid():
            return self._ask(request, queryset, form, "add_genre", _("Add a genre"))
        genre, through = form.cleaned_data["genre"], Movie.genres.through
        films = queryset.order_by().values_list("pk", flat=True)
        rows = [through(movie_id=film, genre=genre) for film in films]
        through.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        self._done(request, queryset, _("Genre %s added.") % genre)
        return None

    @admin.action(description=gettext_lazy("Take a genre away…"), permissions=["change"])
    @transaction.atomic
    def remove_genre(self, request: HttpRequest, queryset: Films) -> HttpResponse | None:
        form = self._filled(request, GenreForm)
        if not form.is_valid():
            return self._ask(request, queryset, form, "remove_genre", _("Take a genre away"))
        genre = form.cleaned_data["genre"]
        self._done(request, queryset, _("Genre %s taken away.") % genre)
        Movie.genres.through.objects.filter(genre=genre, movie__in=_keys(queryset)).delete()
        return None

    @admin.action(description=gettext_lazy("Lock the plots"), permissions=["change"])
    def lock_plots(self, request: HttpRequest, queryset: Films) -> None:
        self._set_lock(request, queryset, True, _("Plot locked."))

    @admin.action(description=gettext_lazy("Unlock the plots"), permissions=["change"])
    def unlock_plots(self, request: HttpRequest, queryset: Films) -> None:
        self._set_lock(request, queryset, False, _("Plot unlocked."))

    @admin.action(description=gettext_lazy("Fetch the plots that are missing"), permissions=["change"])
    def fetch_plots(self, request: HttpRequest, queryset: Films) -> None:
        bare = queryset.order_by().filter(plot=None)
        asked = bare.filter(CAN_BE_ASKED_ABOUT)
        fetch_again(PlotFetch.objects.filter(movie__in=_keys(asked)))
        count = asked.count()
        nameless = bare.count() - count
        if count or not nameless:
            told = ngettext(
                "%d film without a plot is asked about with the next fetch.",
                "%d films without a plot are asked about with the next fetch.",
                count,
            )
            messages.success(request, told % count)
        if nameless:
            told = ngettext(
                "%d film cannot be asked about: it has no IMDb id.",
                "%d films cannot be asked about: they have no IMDb id.",
                nameless,
            )
            messages.warning(request, told % nameless)

    @admin.action(description=gettext_lazy("Fetch the posters again"), permissions=["change"])
    def fetch_posters(self, request: HttpRequest, queryset: Films) -> None:
        fetch_posters_again(request, PosterPicture.objects.filter(movie__in=_keys(queryset)))

    @transaction.atomic
    def _set_lock(self, request: HttpRequest, queryset: Films, locked: bool, message: str) -> None:
        films = queryset.exclude(plot=None)
        self._done(request, films, message)
        Plot.objects.filter(movie__in=_keys(films)).update(locked=locked)

    def _filled(self, request: HttpRequest, form: type[forms.Form]) -> forms.Form:
        return form(request.POST if "apply" in request.POST else None)

    def _ask(
        self, request: HttpRequest, films: Films, form: forms.Form, action: str, title: str
    ) -> HttpResponse:
        """The page between: which films, what to, and a way back."""
        asked: dict[str, Any] = {"form": form, "action": action, "title": title, "count": films.count()}
        return self.between(request, films, "admin/films_form.html", asked)

    def between(
        self, request: HttpRequest, films: Films, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        across = request.POST.get("select_across") == "1"
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "chosen": request.POST.getlist("_selected_action"),
            "select_across": "1" if across else "0",
            "first_films": films[:10],
        }
        return TemplateResponse(request, template, shared | context)

    def _done(self, request: HttpRequest, films: Films, message: str) -> None:
        note(request, films, message)
        messages.success(request, message)


def _keys(films: Films) -> Any:
    return films.order_by().values("pk")
