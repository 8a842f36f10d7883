from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalog.models import Review, half_stars
from catalog.titles import search_form


class RatingForm(forms.Form):
    """Half a star to five; sent empty, it takes the rating back."""

    stars = forms.DecimalField(
        required=False, error_messages={"invalid": "Give half a star to five stars, in steps of a half."}
    )

    # What the page predicted beside the input; anything that is no prediction is as good as none.
    predicted = forms.DecimalField(required=False, min_value=Decimal("0.5"), max_value=Decimal(5))

    def clean(self) -> dict[str, Any]:
        if self.errors.pop("predicted", None):
            self.cleaned_data["predicted"] = None
        return self.cleaned_data

    def clean_stars(self) -> Decimal | None:
        if "stars" not in self.data:
            raise ValidationError("Choose how many stars.")
        stars = self.cleaned_data["stars"]
        if stars is not None:
            _check_half_stars(stars)
        return stars


def _check_half_stars(stars: Decimal) -> None:
    try:
        half_stars(stars)
    except ValueError as error:
        raise ValidationError("Give half a star to five stars, in steps of a half.") from error


class LogForm(forms.Form):
    watched_on = forms.DateField(
        required=False,
        initial=timezone.localdate,
        label="Seen on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the day as year-month-day, such as 2024-03-09."},
    )
    rewatch = forms.BooleanField(required=False, label="I had seen it before")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["watched_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_watched_on(self) -> Any:
        day = self.cleaned_data["watched_on"]
        # A visitor east of the server may already live in its tomorrow.
        if day and day > timezone.localdate() + timedelta(days=1):
            raise ValidationError("That day is still to come. Choose today or a day before.")
        if day and day.year < 1888:
            raise ValidationError("There were no films yet. Choose a later year.")
        return day


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["text", "has_spoilers"]
        labels = {"text": "Your review", "has_spoilers": "It gives the story away"}
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        error_messages = {
            "text": {
                "required": "Write a few words first.",
                "max_length": "That is longer than %(limit_value)d characters. Please shorten it a little.",
            }
        }


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=100,
        label="Find a film",
        error_messages={"max_length": "That is a long title. Try its first few words."},
    )

    def clean_q(self) -> str:
        # Only punctuation would match every film.
        words = self.cleaned_data["q"]
        return words if search_form(words) else ""
