from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.forms import ThemeForm
from catalog.redirects import back
from catalog.views.posted import posted_from

A_YEAR = 365 * 24 * 60 * 60


@posted_from("catalog:home")
def theme(request: HttpRequest) -> HttpResponse:
    form = ThemeForm(request.POST)
    response = back(request, "/")
    if not form.is_valid():
        sentence = _("Choose the light look, the dark one or your system's.")
        return render(request, "400.html", {"sentence": sentence}, status=400)
    response.set_cookie("theme", form.cleaned_data["theme"], max_age=A_YEAR, samesite="Lax", httponly=True)
    return response
