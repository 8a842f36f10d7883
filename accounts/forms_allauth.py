"""allauth's forms as this site words them: no label said again in the field, labels in sentence case."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class PlainFields:
    labels: dict[str, Any] = {"email": _("E-mail")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)


class NewPasswordFields(PlainFields):
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password (again)"),
    }


class LoginForm(PlainFields, forms.LoginForm):
    pass


class SignupForm(PlainFields, forms.SignupForm):
    pass


class AddEmailForm(PlainFields, forms.AddEmailForm):
    pass


class ReauthenticateForm(PlainFields, forms.ReauthenticateForm):
    pass


class ResetPasswordForm(PlainFields, forms.ResetPasswordForm):
    pass


class SetPasswordForm(PlainFields, forms.SetPasswordForm):
    pass


class ChangePasswordForm(NewPasswordFields, forms.ChangePasswordForm):
    pass


class ResetPasswordKeyForm(NewPasswordFields, forms.ResetPasswordKeyForm):
    pass
