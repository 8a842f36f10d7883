"""What the list of films can be narrowed to: mostly what is still missing."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from catalog.models import Credit, Movie, Plot, PosterPicture


class Having(DropdownFilter):
    """With or without something, both told by one condition."""

    wording = (_("With"), _("Without"))

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", str(self.wording[0])), ("no", str(self.wording[1]))]

    def condition(self) -> Q | Exists:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(self.condition() if self.value() == "yes" else ~self.condition())


class HavingPlot(Having):
    title, parameter_name = _("plot"), "plot"
    wording = (_("With a plot"), _("Without a plot"))

    def condition(self) -> Exists:
        return Exists(Plot.objects.filter(movie=OuterRef("pk")))


class HavingPoster(Having):
    """A picture that is kept here; the others show the drawn poster."""

    title, parameter_name = _("poster"), "poster"
    wording = (_("With a poster kept here"), _("Without a poster"))

    def condition(self) -> Exists:
        kept = PosterPicture.objects.filter(state=PosterPicture.State.KEPT)
        return Exists(kept.filter(movie=OuterRef("pk")))


class HavingYear(Having):
    title, parameter_name = _("year known"), "dated"
    wording = (_("With a year"), _("Without a year"))

    def condition(self) -> Q:
        return Q(year__isnull=False)


class HavingCredits(Having):
    title, parameter_name = _("people"), "people"
    wording = (_("With people"), _("Without people"))

    def condition(self) -> Exists:
        return Exists(Credit.objects.filter(movie=OuterRef("pk")))


class Duplicates(Having):
    """Films that share title and year with another one, whatever the accents."""

    title, parameter_name = _("duplicates"), "duplicates"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", str(_("Same title and year as another film")))]

    def condition(self) -> Q:
        # The form that is searched in holds the year too, and one pass over its index finds them all.
        forms = Movie.objects.order_by().values("search_title")
        return Q(
            search_title__in=forms.annotate(films=Count("pk")).filter(films__gt=1).values("search_title")
        )
