"""Reports about reviews and lists: the queue that waits, the log of decisions, and earlier wordings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import action, display

from catalog.admin.tables import ReadOnly
from catalog.models import FilmList, Review, ReviewReport, ReviewRevision
from catalog.pagination import page_of
from catalog.services import AlreadyDecided, dismiss_reports, put_up_again, take_down
from catalog.views.posted import posted_from

ON_A_PAGE = 20
QUEUE = "admin:catalog_reviewreport_queue"
State = ReviewReport.State


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[(State.UPHELD, gettext_lazy("take down")), (State.DISMISSED, gettext_lazy("dismiss"))]
    )
    note = forms.CharField(required=False, max_length=300)


class WordingInline(TabularInline):
    """What a review said before it was edited."""

    model = ReviewRevision
    verbose_name_plural = gettext_lazy("earlier wordings")
    fields = readonly_fields = ["text", "has_spoilers", "written_at", "replaced_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.view_review")


def reported_reviews() -> QuerySet[Review]:
    """Those with open reports, the one that waits longest first, with all that a decision needs."""
    reviews = Review.objects.annotate(**_figures_of_writer()).select_related("user", "movie")
    return _reported(reviews.prefetch_related("revisions"), "review")


def reported_lists() -> QuerySet[FilmList]:
    """The same of lists."""
    return _reported(FilmList.objects.select_related("user"), "film_list")


def _reported(things: QuerySet, about: str) -> QuerySet:
    """`about` is what a report calls them."""
    reports = ReviewReport.objects.select_related("reporter", "decided_by").order_by("reported_at", "pk")
    waiting = ReviewReport.objects.filter(state=State.OPEN)
    since = waiting.filter(**{about: OuterRef("pk")}).order_by("reported_at")
    return (
        things.filter(pk__in=waiting.order_by().values(about))
        .annotate(waits_since=Subquery(since.values("reported_at")[:1]))
        .prefetch_related(Prefetch("reports", reports))
        .order_by("waits_since", "pk")
    )


def _figures_of_writer() -> dict[str, Subquery]:
    """How much the writer wrote, how much of it was taken down, how many reports about it were dismissed."""
    written = Review.objects.filter(user=OuterRef("user"))
    dismissed = ReviewReport.objects.filter(review__user=OuterRef("user"), state=State.DISMISSED)
    return {
        "written_count": _counted(written, "user"),
        "down_count": _counted(written.filter(is_taken_down=True), "user"),
        "dismissed_count": _counted(dismissed, "review__user"),
    }


def _counted(rows: QuerySet, by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(count=Count("pk")).values("count"))


@admin.register(ReviewReport)
class ReviewReportAdmin(ReadOnly):
    """Every report with what became of it; decisions are made in the queue."""

    list_display = [
        "about",
        "writer",
        "reason",
        "shown_state",
        "reported_at",
        "decided_by",
        "decided_at",
        "decision_note",
    ]
    list_select_related = ["review__movie", "review__user", "film_list__user", "decided_by"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("reason", ChoicesDropdownFilter),
        ("decided_by", AutocompleteSelectFilter),
        ("reported_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = [
        *["review__user__username", "review__movie__search_title"],
        *["film_list__user__username", "film_list__title", "note", "decision_note"],
    ]
    ordering = ["-reported_at", "-pk"]
    actions = ["put_up_again"]
    actions_list = ["to_queue"]

    @display(description=gettext_lazy("about"))
    def about(self, report: ReviewReport) -> str:
        return str(report.reported)

    @display(description=gettext_lazy("writer"))
    def writer(self, report: ReviewReport) -> str:
        return report.reported.user.get_username()

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={State.OPEN: "warning", State.UPHELD: "danger", State.DISMISSED: "info"},
    )
    def shown_state(self, report: ReviewReport) -> tuple[str, str]:
        return report.state, report.get_state_display()

    def has_decide_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("catalog.change_reviewreport")

    @action(description=gettext_lazy("Queue"), url_path="to-queue", icon="flag")
    def to_queue(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse(QUEUE))

    @admin.action(description=gettext_lazy("Put what they are about up again"), permissions=["decide"])
    def put_up_again(self, request: HttpRequest, queryset: QuerySet[ReviewReport]) -> None:
        reviews = Review.objects.filter(reports__in=queryset, is_taken_down=True).distinct()
        lists = FilmList.objects.filter(reports__in=queryset, is_taken_down=True).distinct()
        count = 0
        for reported in [*reviews.select_related("movie"), *lists]:
            try:
                put_up_again(reported=reported, by=request.user)
                count += 1
            except AlreadyDecided:
                messages.warning(request, _("Somebody else decided that one meanwhile."))
        messages.success(request, _("Put up again: %d.") % count)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.queue)
        decide = self.admin_site.admin_view(posted_from(QUEUE)(self.decide))
        decide_list = self.admin_site.admin_view(posted_from(QUEUE)(self.decide_list))
        own = [
            path("queue/", view, name="catalog_reviewreport_queue"),
            path("queue/<int:pk>/", decide, name="catalog_reviewreport_decide"),
            path("queue/lists/<int:pk>/", decide_list, name="catalog_reviewreport_decide_list"),
        ]
        return [*own, *super().get_urls()]

    def queue(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = page_of(request, reported_reviews(), size=ON_A_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Reported reviews and lists"),
            "page": page,
            "reported_lists": reported_lists()[:ON_A_PAGE],
            "decisions": latest_decisions(),
            "may_decide": self.has_decide_permission(request),
        }
        return TemplateResponse(request, "admin/moderation.html", context)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, Review.objects.select_related("movie", "user"), pk)

    def decide_list(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answer(request, FilmList.objects.all(), pk)

    def _answer(self, request: HttpRequest, among: QuerySet, pk: int) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        reported = get_object_or_404(among, pk=pk)
        form = DecisionForm(request.POST)
        if form.is_valid():
            self._decide(request, reported, **form.cleaned_data)
        else:
            messages.error(request, _("Nothing is decided yet: write a note of up to 300 characters."))
        return HttpResponseRedirect(reverse(QUEUE))

    def _decide(self, request: HttpRequest, reported: Review | FilmList, decision: str, note: str) -> None:
        is_upheld = decision == State.UPHELD
        try:
            (take_down if is_upheld else dismiss_reports)(reported=reported, by=request.user, note=note)
        except AlreadyDecided:
            messages.warning(request, _("Somebody else decided that one meanwhile."))
            return
        sentence = _("%(review)s is taken down.") if is_upheld else _("%(review)s stays.")
        messages.success(request, sentence % {"review": reported})


def latest_decisions() -> QuerySet[LogEntry]:
    """Who decided what and when; what was removed by its writer meanwhile is told there too."""
    kinds = ContentType.objects.get_for_models(Review, FilmList).values()
    about = LogEntry.objects.filter(content_type__in=kinds)
    return about.select_related("user", "content_type").order_by("-action_time", "-pk")[:15]
