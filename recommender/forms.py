from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalog.genres import genre_in_words, genres_in_order
from catalog.languages import name_of_language
from catalog.models import Movie
from catalog.shelves import LengthField
from recommender.models import Preferences
from recommender.steering import AS_IT_COMES, DEFAULT_ENGINE, ENGINES, SLIDER, Steering

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django_stubs_ext import StrPromise

NO_ENGINE = _("There is no such engine here. Choose one from the list.")


def _genres() -> list[tuple[str, str]]:
    known = [(genre.slug, genre_in_words(genre.name)) for genre in genres_in_order()]
    return [("", _("Every genre")), *known]


def _languages() -> list[tuple[str, str]]:
    known = Movie.objects.languages()
    return [("", _("Every language")), *((code, name_of_language(code)) for code in known)]


class Slider(forms.TypedChoiceField):
    """A few steps between two words; nought, in the middle, leaves things as they come."""

    def __init__(self, low: StrPromise, high: StrPromise) -> None:
        ends = {"min": SLIDER.start, "max": SLIDER.stop - 1, "step": 1}
        super().__init__(
            choices=[(step, step) for step in SLIDER],
            coerce=int,
            empty_value=0,
            required=False,
            initial=0,
            label=format_lazy(_("{low} to {high}"), low=low, high=high),
            widget=forms.NumberInput(attrs={"type": "range", **ends}),
        )
        self.low, self.high = low, high


class SteeringForm(forms.Form):
    engine = forms.ChoiceField(
        choices=list(ENGINES.items()),
        required=False,
        label=_("Chosen by"),
        error_messages={"invalid_choice": NO_ENGINE},
    )
    rarity = Slider(_("popular"), _("rare"))
    newness = Slider(_("old"), _("new"))
    surprise = Slider(_("safe"), _("surprising"))
    genre = forms.ChoiceField(choices=_genres, required=False, label=_("Genre"))
    language = forms.ChoiceField(choices=_languages, required=False, label=_("Language"))
    longest = LengthField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(list(self.fields["language"].choices)) == 1:
            del self.fields["language"]

    def clean_engine(self) -> str:
        return self.cleaned_data["engine"] or DEFAULT_ENGINE

    @property
    def sliders(self) -> list[forms.BoundField]:
        return [self[name] for name in ("rarity", "newness", "surprise")]

    @property
    def steering(self) -> Steering:
        """What was chosen; as it comes for what makes no sense."""
        return Steering(**self.cleaned_data) if self.is_valid() else AS_IT_COMES


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = Preferences
        fields = ["shows_predictions", "is_findable"]

    def __init__(self, *args: Any, user: AbstractBaseUser | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.is_authenticated:
            del self.fields["is_findable"]
