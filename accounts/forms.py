from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.functional import lazy
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Visibility
from catalog.models import Tag
from catalog.models.diary import RatingQuerySet, WatchQuerySet
from catalog.templatetags.films import STEPS, in_words

THEMES = [("light", _("Light")), ("dark", _("Dark")), ("system", _("As my system"))]
WHO = [(Visibility.PUBLIC, _("Everybody")), (Visibility.PRIVATE, _("Only me"))]
_stars = lazy(lambda value: capfirst(in_words(value)), str)
STARS = [(str(step), _stars(value)) for step, value in reversed(STEPS)]
# Continents and oceans, as the names of time zones begin.
_AREAS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=THEMES)


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["bio"]
        labels = {"bio": _("About you")}
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}
        error_messages = {
            "bio": {"max_length": _("That is longer than %(limit_value)d characters. Shorten it a little.")}
        }


class PrivacyForm(forms.ModelForm):
    profile_visibility = forms.ChoiceField(choices=WHO, widget=forms.RadioSelect, label=_("Your profile"))
    diary_visibility = forms.ChoiceField(choices=WHO, widget=forms.RadioSelect, label=_("Your diary"))
    ratings_visibility = forms.ChoiceField(choices=WHO, widget=forms.RadioSelect, label=_("Your ratings"))

    class Meta:
        model = User
        fields = ["profile_visibility", "diary_visibility", "ratings_visibility", "lends_ratings"]
        labels = {"lends_ratings": _("Use my ratings to recommend to others")}

    @property
    def visibilities(self) -> list[forms.BoundField]:
        return [self[f"{part}_visibility"] for part in ("profile", "diary", "ratings")]


def time_zones() -> list[tuple[str, Any]]:
    """Places by continent, as a list to choose from."""
    site = _("As the site has it (%(zone)s)") % {"zone": settings.TIME_ZONE}
    areas: dict[str, list[tuple[str, str]]] = {area: [] for area in _AREAS}
    for zone in sorted(available_timezones()):
        area, _slash, place = zone.partition("/")
        if place and area in areas:
            areas[area].append((zone, place.replace("_", " ").replace("/", ", ")))
    return [("", site), *((_AREAS[area], zones) for area, zones in areas.items()), ("UTC", "UTC")]


class RegionForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=time_zones, required=False, label=_("Time zone"))
    language = forms.ChoiceField(
        choices=[("", _("As my browser asks")), *settings.LANGUAGES], required=False, label=_("Language")
    )

    class Meta:
        model = User
        fields = ["time_zone", "language"]


class DeletionForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("That is not your password. Nothing is deleted."))
        return password


class DiaryForm(forms.Form):
    """What of a diary is shown. Stars are asked for only where the viewer may see them."""

    tag = forms.ChoiceField(required=False, label=_("Tag"))
    seen = forms.ChoiceField(
        choices=[("", _("All viewings")), ("first", _("First viewings")), ("again", _("Rewatches"))],
        required=False,
        label=_("Viewings"),
    )
    stars = forms.ChoiceField(choices=[("", _("Any stars")), *STARS], required=False, label=_("Stars"))

    def __init__(self, *args: Any, watches: WatchQuerySet, shows_stars: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = Tag.objects.filter(watches__in=watches.order_by()).distinct().values_list("name", "name")
        self.fields["tag"].choices = [("", _("Every tag")), *tags]
        if not tags:
            del self.fields["tag"]
        if not shows_stars:
            del self.fields["stars"]

    def chosen(self, watches: WatchQuerySet) -> WatchQuerySet:
        """Everything for what makes no sense."""
        asked = self.cleaned_data if self.is_valid() else {}
        if asked.get("tag"):
            watches = watches.filter(tags__name=asked["tag"])
        if asked.get("seen"):
            watches = watches.filter(rewatch=asked["seen"] == "again")
        if asked.get("stars"):
            watches = watches.filter(half_stars=int(asked["stars"]))
        return watches

    @property
    def query(self) -> str:
        """What is asked, as links to other months carry it on; "" for nothing."""
        asked = {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
        return f"?{urlencode(asked)}" if asked else ""


class RatingsForm(forms.Form):
    ORDERS = {
        "newest": (_("Latest rating"), ["-rated_at", "-pk"]),
        "highest": (_("Most stars"), ["-half_stars", "-rated_at", "-pk"]),
        "lowest": (_("Fewest stars"), ["half_stars", "-rated_at", "-pk"]),
        "title": (_("Title"), ["movie__search_title", "pk"]),
        "year": (_("Newest film"), [F("movie__year").desc(nulls_last=True), "pk"]),
    }

    stars = forms.ChoiceField(choices=[("", _("Any stars")), *STARS], required=False, label=_("Stars"))
    order = forms.ChoiceField(
        choices=[(key, label) for key, (label, _columns) in ORDERS.items()], required=False, label=_("Order")
    )

    @property
    def half_stars(self) -> int | None:
        return int(self.cleaned_data["stars"]) if self.is_valid() and self.cleaned_data["stars"] else None

    def chosen(self, ratings: RatingQuerySet) -> RatingQuerySet:
        """The latest first for what makes no sense."""
        order = (self.cleaned_data["order"] if self.is_valid() else "") or "newest"
        asked = ratings.filter(half_stars=self.half_stars) if self.half_stars else ratings
        return asked.order_by(*self.ORDERS[order][1])
