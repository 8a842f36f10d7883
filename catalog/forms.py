from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from catalog import markdown
from catalog.models import Review, ReviewReport, half_stars
from catalog.services import Entry
from catalog.titles import search_form


class RatingForm(forms.Form):
    """Half a star to five; sent empty, it takes the rating back."""

    stars = forms.DecimalField(
        required=False, error_messages={"invalid": _("Give half a star to five stars, in steps of a half.")}
    )

    # Whether a prediction may have stood beside the input; which one it was, the site knows itself.
    predicted = forms.BooleanField(required=False)

    def clean_stars(self) -> Decimal | None:
        if "stars" not in self.data:
            raise ValidationError(_("Choose how many stars."))
        stars = self.cleaned_data["stars"]
        if stars is not None:
            _check_half_stars(stars)
        return stars


def _check_half_stars(stars: Decimal) -> None:
    try:
        half_stars(stars)
    except ValueError as error:
        raise ValidationError(_("Give half a star to five stars, in steps of a half.")) from error


class LogForm(forms.Form):
    watched_on = forms.DateField(
        required=False,
        initial=timezone.localdate,
        label=_("Seen on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year-month-day, such as 2024-03-09.")},
    )
    rewatch = forms.BooleanField(required=False, label=_("I had seen it before"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["watched_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_watched_on(self) -> Any:
        day = self.cleaned_data["watched_on"]
        # A visitor east of the server may already live in its tomorrow.
        if day and day > timezone.localdate() + timedelta(days=1):
            raise ValidationError(_("That day is still to come. Choose today or a day before."))
        if day and day.year < 1888:
            raise ValidationError(_("There were no films yet. Choose a later year."))
        return day


BLANK = {"Cc", "Cf", "Zl", "Zp", "Zs"}


class ReviewText(forms.CharField):
    """Lines end as they are counted in a browser, so that its limit and the site's are the same."""

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value or "").replace("\r\n", "\n"))

    def validate(self, value: str) -> None:
        super().validate(value)
        shown = strip_tags(markdown.render(value))
        # Spaces and signs without a width are no words.
        if value and all(category(sign) in BLANK for sign in shown):
            raise ValidationError(_("Write a few words first."), code="required")


class FilmLogForm(LogForm):
    """Everything about one film at once; what it does not show it does not change."""

    TAGS = 20

    stars = forms.DecimalField(
        required=False, error_messages={"invalid": _("Give half a star to five stars, in steps of a half.")}
    )
    is_liked = forms.BooleanField(required=False, label=_("Liked"))
    undated = forms.BooleanField(required=False, label=_("No day, only seen"))
    tags = forms.CharField(
        required=False,
        max_length=400,
        label=_("Tags"),
        widget=forms.TextInput(
            attrs={"placeholder": _("cinema, with Sam"), "autocomplete": "off", "list": "log-own-tags"}
        ),
    )
    text = ReviewText(
        required=False,
        max_length=20_000,
        label=_("Review"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": _("That is longer than %(limit_value)d characters. Please shorten it a little.")
        },
    )
    has_spoilers = forms.BooleanField(required=False, label=_("It gives the story away"))
    leaves_watchlist = forms.BooleanField(required=False, label=_("Take it off my watchlist"))
    version = forms.CharField(max_length=64, widget=forms.HiddenInput)
    viewing = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_review: bool = False, **kwargs: Any) -> None:
        # A film page may hold a review form of its own: no two fields share an id.
        super().__init__(*args, auto_id="log_%s", **kwargs)
        self.has_review = has_review
        self.fields["rewatch"].label = _("Seen before")

    def clean_stars(self) -> Decimal | None:
        stars: Decimal | None = self.cleaned_data["stars"]
        if stars is not None:
            _check_half_stars(stars)
        return stars

    def clean_tags(self) -> tuple[str, ...]:
        words = (" ".join(word.split()) for word in self.cleaned_data["tags"].split(","))
        tags = {word.casefold(): word for word in words if word}
        if len(tags) > self.TAGS or any(len(tag) > 40 for tag in tags):
            raise ValidationError(_("Up to 20 tags of 40 letters each, with commas between them."))
        return tuple(sorted(tags.values()))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if self.has_review and not text:
            raise ValidationError(
                _("Your review would be empty. To remove it, use the button on the film's page.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.pop("undated", False):
            self.cleaned_data["watched_on"] = None
        return self.cleaned_data

    def entry(self) -> Entry:
        names = {field.name for field in fields(Entry)}
        return Entry(**{name: value for name, value in self.cleaned_data.items() if name in names})

    @property
    def given_stars(self) -> float | None:
        """For the input: also what was sent and refused for another reason."""
        try:
            return float(self["stars"].value() or 0) or None
        except ValueError:
            return None


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["text", "has_spoilers"]
        field_classes = {"text": ReviewText}
        labels = {"text": _("Your review"), "has_spoilers": _("It gives the story away")}
        help_texts = {"text": _("Up to 20,000 characters.")}
        widgets = {"text": forms.Textarea(attrs={"rows": 6, "dir": "auto"})}
        error_messages = {
            "text": {
                "required": _("Write a few words first."),
                "max_length": _(
                    "That is longer than %(limit_value)d characters. Please shorten it a little."
                ),
            }
        }


class ReportForm(forms.ModelForm):
    class Meta:
        model = ReviewReport
        fields = ["reason", "note"]
        labels = {"reason": _("What is wrong with it?"), "note": _("What else should we know?")}
        widgets = {"reason": forms.RadioSelect, "note": forms.Textarea(attrs={"rows": 3})}
        error_messages = {
            "reason": {
                "required": _("Choose what is wrong with it."),
                "invalid_choice": _("Choose one of the reasons."),
            },
            "note": {
                "max_length": _("That is longer than %(limit_value)d characters. Please shorten it a little.")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.choices = [choice for choice in reason.choices if choice[0]]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("reason") == ReviewReport.Reason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", _("Say in a few words what is wrong."))
        return self.cleaned_data


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=100,
        label=_("Find a film"),
        error_messages={"max_length": _("That is a long title. Try its first few words.")},
    )

    def clean_q(self) -> str:
        # Signs alone name no film.
        words = self.cleaned_data["q"]
        return words if search_form(words) else ""
