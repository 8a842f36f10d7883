from django import forms

THEMES = [("light", "Light"), ("dark", "Dark"), ("system", "As my system")]


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=THEMES)
