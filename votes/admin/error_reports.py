"""The admin of error reports: a work list, and a page with the vote and its sources beside the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import ModelForm, RecordAdmin
from resolutions.dates import moment
from resolutions.models import Resolution, Status
from resolutions.symbols import parse_or_none
from votes.admin.roll_call_display import votes_by_choice
from votes.editing.error_reports import answer, close_report, corrections_of
from votes.models import Bloc, ErrorReport, Finding, MemberState, RollCall

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString
    from django_stubs_ext import StrPromise

    from votes.models import Revision

REPORTED = ("page_link", "wrong", "right", "document", "answer_to", "at")
CLOSED = ("outcome", "correction", "closed_at", "closed_by", "answered_at")


class CorrectionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # cannot be subscripted when it runs
    """Chooses the change that corrected an error, by when and why it was made."""

    def label_from_instance(self, obj: Revision) -> str:
        return f"{moment(obj.at)}: {Truncator(obj.reason or str(_('no reason given'))).chars(100)}"


class ErrorReportForm(ModelForm[ErrorReport]):
    """Closes a report."""

    class Meta:
        model = ErrorReport
        fields = ("outcome", "revision")
        widgets = {"outcome": forms.Textarea(attrs={"rows": 3, "cols": 60})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "outcome" in self.fields:
            self.fields["outcome"].required = True
        if "revision" in self.fields:
            corrections = corrections_of(self.instance)
            self.fields["revision"] = CorrectionField(
                corrections,
                required=False,
                label=self.fields["revision"].label,
                help_text=self.fields["revision"].help_text,
                empty_label=_("none") if corrections else _("the vote has not changed since publication"),
            )


class StatusFilter(admin.SimpleListFilter):
    """Open reports, unless others are chosen."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("closed", _("closed")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        """Name the choice that Django calls “All”, which is the default."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("open")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ErrorReport]) -> QuerySet[ErrorReport]:
        if self.value() == "all":
            return queryset
        return queryset.filter(closed_at__isnull=self.value() != "closed")


@admin.register(ErrorReport)
class ErrorReportAdmin(RecordAdmin[ErrorReport]):
    """Errors that readers reported."""

    form = ErrorReportForm
    change_form_template = "admin/votes/errorreport/change_form.html"
    list_display = ("number", "at", "page_link", "wrong_in_short")
    list_filter = (StatusFilter, "at", ("closed_by", admin.RelatedOnlyFieldListFilter))
    search_fields = ("page", "wrong", "right", "document", "roll_call__slug")
    search_help_text = _("Search by address of the page, slug of the vote, or words of the report.")
    ordering = ("at", "pk")
    actions = None
    view_on_site = False

    # The list

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """Show what was done in lists that have closed reports."""
        return (*self.list_display, *(("outcome_in_short",) if "status" in request.GET else ()))

    @admin.display(description=_("report"), ordering="pk")
    def number(self, report: ErrorReport) -> str:
        return str(report)

    @admin.display(description=_("page"))
    def page_link(self, report: ErrorReport) -> SafeString:
        """Return a link to the page as the public sees it."""
        return format_html('<a href="{}">{}</a>', report.page, Truncator(report.page).chars(60))

    @admin.display(description=_("what is wrong"))
    def wrong_in_short(self, report: ErrorReport) -> str:
        return Truncator(report.wrong).chars(120)

    @admin.display(description=_("what was done"))
    def outcome_in_short(self, report: ErrorReport) -> str:
        return Truncator(report.outcome).chars(80)

    # The page

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErrorReport]:
        """Join the vote: one that an import removed is none."""
        return super().get_queryset(request).select_related("roll_call__resolution", "closed_by", "revision")

    def get_fieldsets(self, request: HttpRequest, obj: ErrorReport | None = None) -> Any:
        is_closable = obj is not None and obj.is_open and self.has_change_permission(request, obj)
        closing = ("outcome", "revision") if is_closable else CLOSED
        return [(_("The report"), {"fields": REPORTED}), (_("Close the report"), {"fields": closing})]

    def get_readonly_fields(self, request: HttpRequest, obj: ErrorReport | None = None) -> list[Any]:
        is_open = obj is not None and obj.is_open
        return [*REPORTED, "closed_at", "closed_by", "answered_at", "correction", *(() if is_open else ("outcome",))]

    @admin.display(description=_("address for the answer"))
    def answer_to(self, report: ErrorReport) -> SafeString | StrPromise:
        """Return the reader's address, and what happens with it."""
        if not report.email:
            return _("Deleted after the answer was sent.") if report.answered_at else _("None given.")
        if not report.is_open:
            what = _("No answer was sent. The address is deleted 30 days after the report was closed.")
        elif settings.EMAIL_HOST:
            what = _("When you close the report, the reader is e-mailed what was done, and the address is deleted.")
        else:
            what = _(
                "This site sends no e-mail, so write to the reader yourself. The address is deleted 30 days after you "
                "close the report."
            )
        return format_html('<a href="mailto:{0}">{0}</a><br>{1}', report.email, what)

    @admin.display(description=_("correction"))
    def correction(self, report: ErrorReport) -> SafeString | StrPromise | str:
        """Return a link to the change in the vote's history."""
        if report.revision is None:
            return _("none")
        when = moment(report.revision.at)
        if report.roll_call is None:
            return when
        return format_html('<a href="{}">{}</a>: {}', _history(report.roll_call), when, report.revision.reason)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the report with what is on record beside it."""
        report = self.get_object(request, object_id)
        extra_context = {
            **(extra_context or {}),
            "title": str(report or ""),
            "subtitle": None,
            "beside": _beside(report) if report else None,
            "is_open": bool(report and report.is_open and self.has_change_permission(request, report)),
        }
        response = super().change_view(request, object_id, form_url, extra_context)
        # The report is closed by now, whatever becomes of the mail.
        if closed := getattr(request, "closed_report", None):
            self._answer(request, closed)
        return response

    def save_model(self, request: HttpRequest, obj: ErrorReport, form: Any, change: bool) -> None:
        """Close the report."""
        by: Any = request.user
        request.closed_report = close_report(  # type: ignore[attr-defined]  # read by change_view
            report=obj, outcome=obj.outcome, revision=form.cleaned_data.get("revision"), by=by
        )

    def _answer(self, request: HttpRequest, report: ErrorReport) -> None:
        """Send the reader what was done; say what became of the mail."""
        page = request.build_absolute_uri(report.page)
        history = ""
        if report.revision and report.roll_call and report.roll_call.status == Status.PUBLISHED:
            history = request.build_absolute_uri(_history(report.roll_call))
        try:
            if answer(report=report, page=page, history=history):
                self.message_user(request, _("The reader was e-mailed what was done."), messages.SUCCESS)
        except OSError as error:
            message = _("The report is closed, but the e-mail was not sent (%(error)s). Write to the reader yourself.")
            self.message_user(request, message % {"error": error}, messages.ERROR)

    def response_change(self, request: HttpRequest, obj: ErrorReport) -> HttpResponse:
        """Say what was closed, and go back to the list of open reports."""
        self.message_user(request, _("%(report)s was closed.") % {"report": obj}, messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: readers send reports."""
        return False


def _history(roll_call: RollCall) -> str:
    """Return the public address of a vote's history."""
    return reverse("web:roll_call_history", args=[roll_call.slug])


def _beside(report: ErrorReport) -> dict[str, Any]:
    """Return what is on record about the reported page: the vote, its sources, findings and other reports."""
    others = ErrorReport.objects.exclude(pk=report.pk).order_by("closed_at", "at")
    if report.roll_call is None:
        return {"roll_call": None, "record": _record_on(report.page), "others": others.filter(page=report.page)[:10]}
    roll_call = RollCall.objects.with_tally().select_related("source", "session").get(pk=report.roll_call.pk)
    text = roll_call.resolution
    symbols = [(roll_call.meeting, str(_("Meeting")))] if roll_call.meeting else []
    if text:
        symbols += [(other.symbol, other.get_kind_display()) for other in text.other_symbols.all()]
    return {
        "roll_call": roll_call,
        "is_public": roll_call.status == Status.PUBLISHED,
        "history": _history(roll_call),
        "document": text.document_url if text else "",
        "symbols": [
            (name, symbol, f"https://docs.un.org/en/{symbol}") for symbol, name in symbols if parse_or_none(symbol)
        ],
        "source_address": _address(roll_call.source_reference) or roll_call.source.url,
        "statements": roll_call.statements.select_related("source").order_by("source__precedence"),
        "votes": votes_by_choice(roll_call),
        "findings": Finding.objects.filter(roll_call=roll_call).select_related("roll_call"),
        "others": others.filter(roll_call=roll_call)[:10],
    }


def _record_on(page: str) -> tuple[str, str] | None:
    """Return name and admin address of the state, bloc or text that a page is about."""
    try:
        match = resolve(unquote(urlsplit(page).path))
    except Resolver404:  # of an older release
        return None
    found: Resolution | MemberState | Bloc | None = None
    kind = (match.url_name or "").partition("_")[0]
    if kind == "resolution":
        found = Resolution.objects.order_by().with_symbol(match.kwargs["symbol"].rstrip("/")).first()
    elif kind == "state" and "code" in match.kwargs:
        found = MemberState.objects.filter(code=match.kwargs["code"].upper()).first()
    elif kind == "bloc" and "slug" in match.kwargs:
        found = Bloc.objects.filter(slug=match.kwargs["slug"]).first()
    if found is None:
        return None
    name = f"admin:{found._meta.app_label}_{found._meta.model_name}_change"
    return str(found), reverse(name, args=[found.pk])


def _address(reference: str) -> str:
    """Return a reference that is a web address, otherwise nothing."""
    return reference if reference.startswith("https://") else ""
