from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recommender import preferences
from recommender.forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = PreferencesForm(given, instance=preferences.of(request), user=request.user)
    if form.is_valid():
        preferences.keep(request, **form.cleaned_data)
        messages.success(request, _("That is how it will be."))
        return redirect("recommender:settings")
    return render(request, "recommender/settings.html", {"form": form})
