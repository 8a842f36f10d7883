from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from catalog.admin.tables import LargeTable
from catalog.models import PosterPicture
from catalog.pictures.queue import fetch_again

State = PosterPicture.State
LABELS = {State.DUE: "info", State.KEPT: "success", State.REFUSED: "danger"}


def fetch_posters_again(request: HttpRequest, pictures: QuerySet[PosterPicture]) -> None:
    """What the panel's pages of films and of posters both offer."""
    count = fetch_again(pictures)
    told = ngettext(
        "%d poster is fetched when its turn comes.",
        "%d posters are fetched when their turn comes.",
        count,
    )
    messages.success(request, told % count)


class PictureForm(forms.ModelForm):
    class Meta:
        model = PosterPicture
        fields = ["source_url"]

    def clean(self) -> dict[str, Any]:
        """Another address is another picture: it is fetched when its turn comes."""
        if "source_url" in self.changed_data:
            self.instance.state, self.instance.attempts = State.DUE, 0
            self.instance.due_at, self.instance.answer = timezone.now(), ""
        return self.cleaned_data


class Pictured:
    """What is shown of a picture, in its own table and beside its film."""

    @display(description=gettext_lazy("state"), ordering="state", label=LABELS)
    def status(self, picture: PosterPicture) -> tuple[str, str]:
        return picture.state, picture.get_state_display()

    @display(description=gettext_lazy("as shown"))
    def thumbnail(self, picture: PosterPicture) -> str:
        if not picture.digest:
            return _("The drawn poster, until a picture is kept here.")
        return format_html(
            '<img src="{}" alt="{}" width="120" height="180">',
            picture.address,
            _("Poster of %(film)s") % {"film": picture.movie},
        )


class PictureInline(Pictured, StackedInline):
    model = PosterPicture
    form = PictureForm
    fields = ["source_url", "status", "answer", "fetched_at", "thumbnail"]
    readonly_fields = ["status", "answer", "fetched_at", "thumbnail"]
    extra = 0
    tab = True
    verbose_name_plural = gettext_lazy("Poster")


@admin.register(PosterPicture)
class PosterPictureAdmin(Pictured, LargeTable):
    form = PictureForm
    list_display = ["movie", "status", "attempts", "due_at", "answer"]
    list_select_related = ["movie"]
    list_filter = [("state", ChoicesDropdownFilter), ("due_at", RangeDateTimeFilter)]
    search_fields = ["movie__search_title"]
    fields = ["movie", "source_url", "status", "attempts", "due_at", "answer", "fetched_at", "thumbnail"]
    readonly_fields = ["movie", "status", "attempts", "due_at", "answer", "fetched_at", "thumbnail"]
    actions = ["ask_again"]
    ordering = ["due_at", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=gettext_lazy("Fetch again"), permissions=["change"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[PosterPicture]) -> None:
        fetch_posters_again(request, queryset.order_by())
