from django import forms
from django.utils.translation import gettext_lazy as _

from recommender.models import WatchGroup


class GroupForm(forms.ModelForm):
    class Meta:
        model = WatchGroup
        fields = ["name"]
        labels = {"name": _("A name for the group, if you like")}
        error_messages = {
            "name": {
                "max_length": _("That is a long name. Please use no more than %(limit_value)d characters.")
            }
        }


class GuestForm(forms.Form):
    name = forms.CharField(
        max_length=30,
        label=_("Your first name"),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={
            "required": _("Tell the others your first name."),
            "max_length": _("That is a long name. Please use no more than %(limit_value)d characters."),
        },
    )


class WishesForm(forms.ModelForm):
    class Meta:
        model = WatchGroup
        fields = ["way", "wanted", "longest", "allows_seen"]
        labels = {
            "wanted": _("Which films?"),
            "longest": _("How long tonight?"),
            "allows_seen": _("With films that some of us have seen"),
        }
        error_messages = {
            "way": {"invalid_choice": _("There is no such way to choose. Take one of the three.")},
            "wanted": {"invalid_choice": _("Choose one of the watchlists in the list.")},
            "longest": {"invalid_choice": _("Choose one of the lengths in the list.")},
        }
