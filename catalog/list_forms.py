from __future__ import annotations

from typing import Any
from unicodedata import category

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms import BLANK, ReviewText
from catalog.models import FilmList, ListEntry

TOO_LONG = _("That is longer than %(limit_value)d characters. Please shorten it a little.")


class OneLine(forms.CharField):
    """Breaks and rows of spaces become one space; signs without a width alone are nothing."""

    def to_python(self, value: Any) -> str:
        words = " ".join(super().to_python(value).split())
        return "" if all(category(sign) in BLANK for sign in words) else words


class ListForm(forms.ModelForm):
    # A film to put in at once, on the way from its page.
    film = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = FilmList
        fields = ["title", "description", "is_ranked", "visibility"]
        field_classes = {"title": OneLine, "description": ReviewText}
        labels = {
            "title": _("Title"),
            "description": _("What it is about"),
            "is_ranked": _("Ranked: the films are numbered"),
            "visibility": _("Who sees it"),
        }
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "visibility": forms.RadioSelect,
        }
        error_messages = {
            "title": {"required": _("Give the list a title."), "max_length": TOO_LONG},
            "description": {"max_length": TOO_LONG},
        }

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class EntryForm(forms.Form):
    """Where a film stands in a list, and a few words about it there."""

    place = forms.IntegerField(
        min_value=1,
        max_value=9_999,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("A place is a whole number, from one on.")
        ),
    )
    note = OneLine(
        required=False,
        max_length=ListEntry._meta.get_field("note").max_length,
        error_messages={
            "max_length": _("A note has %(limit_value)d characters at most. Please shorten it a little.")
        },
    )

    @property
    def complaint(self) -> str:
        """The first thing that is wrong."""
        return next(str(errors[0]) for errors in self.errors.values())
