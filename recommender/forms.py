from django import forms

from recommender.services import DEFAULT_ENGINE, ENGINES


class EngineForm(forms.Form):
    engine = forms.ChoiceField(
        choices=list(ENGINES.items()),
        required=False,
        initial=DEFAULT_ENGINE,
        label="Chosen by",
        error_messages={"invalid_choice": "There is no such engine here. Choose one from the list."},
    )

    def clean_engine(self) -> str:
        return self.cleaned_data["engine"] or DEFAULT_ENGINE
