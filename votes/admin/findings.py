"""The admin of findings: list, search, and acknowledgement with a reason."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.base import ModelForm, RecordAdmin
from resolutions.models import Status, near_symbol
from votes.models import Finding
from votes.verification.acknowledgement import acknowledge, withdraw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

SUBJECTS = ("roll_call__resolution", "roll_call__source", "resolution", "state", "bloc")
MAX_SHOWN = 100
"""How many sentences the page that asks for the reason shows."""


class FindingForm(ModelForm[Finding]):
    """Form for acknowledging a finding with a reason."""

    seen = forms.CharField(widget=forms.HiddenInput)
    """When the finding shown to the editor was found, to detect that it has changed since."""

    class Meta:
        model = Finding
        fields = ("reason",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.found.isoformat()

    def clean(self) -> dict[str, Any]:
        """Refuse a reason for what has changed since it was looked at; no reason is no acknowledgement."""
        if self.cleaned_data.get("seen") != self.instance.found.isoformat():
            raise ValidationError(
                _("The finding has changed since you opened this page. Check it again before you acknowledge it.")
            )
        if not self.cleaned_data["reason"]:
            self.instance.acknowledged_at = self.instance.acknowledged_by = None
        return self.cleaned_data


class AcknowledgedFilter(admin.SimpleListFilter):
    """Filter by open and acknowledged findings."""

    title = _("acknowledged")
    parameter_name = "acknowledged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("open")), ("yes", _("acknowledged"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        if self.value() in ("no", "yes"):
            return queryset.filter(acknowledged_at__isnull=self.value() == "no")
        return queryset


@admin.register(Finding)
class FindingAdmin(RecordAdmin[Finding]):
    """Findings in the record and in imported files."""

    form = FindingForm
    list_display = ("kind", "sentence", "record", "public_page", "found", "acknowledged_at")
    list_display_links = ("sentence",)
    list_filter = ("kind", AcknowledgedFilter, ("roll_call__source", admin.RelatedOnlyFieldListFilter), "origin")
    list_select_related = SUBJECTS
    search_fields = ("key",)
    search_help_text = _("Search by symbol, by the slug of a roll call or bloc, or by state code.")
    ordering = ("kind", F("roll_call__date").desc(nulls_last=True), "key")
    actions = ("acknowledge_selected",)
    view_on_site = False
    readonly_fields = (
        "kind",
        "sentence",
        "record",
        "public_page",
        "origin",
        "run",
        "found",
        "acknowledged_at",
        "acknowledged_by",
    )

    def get_fields(self, request: HttpRequest, obj: Finding | None = None) -> tuple[str, ...]:
        """Return what is shown, the reason, and for who may change it what was looked at."""
        return (*self.readonly_fields, "reason", *(("seen",) if self.has_change_permission(request, obj) else ()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        return super().get_queryset(request).select_related(*SUBJECTS)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Finding], search_term: str
    ) -> tuple[QuerySet[Finding], bool]:
        """Return the findings about what ``search_term`` names; a code is looked for in their details too."""
        term = search_term.strip()
        if not term:
            return queryset, False
        queryset = queryset.annotate(details_text=Cast("details", TextField()))
        named = (
            Q(roll_call__slug__icontains=term)
            | near_symbol(term, "roll_call__resolution__")
            | near_symbol(term, "resolution__")
            | Q(bloc__slug=term.lower())
            | Q(state__code=term.upper())
            | Q(details_text__contains=f'"{term.upper()}"')
        )
        return queryset.filter(named), False

    @admin.display(description=_("finding"))
    def sentence(self, finding: Finding) -> str:
        return str(finding.sentence)

    @admin.display(description=_("record"))
    def record(self, finding: Finding) -> str:
        """Return a link to the page where what it is about is edited."""
        if (subject := finding.subject) is None:
            return ""
        page = f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change"
        label = f"{capfirst(subject._meta.verbose_name)} {subject}"
        return format_html('<a href="{}">{}</a>', reverse(page, args=[subject.pk]), label)

    @admin.display(description=_("public page"))
    def public_page(self, finding: Finding) -> str:
        """Return a link to the page that the public sees, where there is one."""
        address = finding.get_absolute_url()
        if not address or getattr(finding.subject, "status", Status.PUBLISHED) == Status.DRAFT:
            return ""
        return format_html('<a href="{}">{}</a>', address, _("view"))

    def save_model(self, request: HttpRequest, obj: Finding, form: Any, change: bool) -> None:
        """Acknowledge with the reason given, or withdraw where it was taken away."""
        if not obj.reason:
            withdraw(findings=[obj.pk])
        elif "reason" in form.changed_data or obj.acknowledged_at is None:
            acknowledge(seen={obj.pk: obj.found}, reason=obj.reason, by=request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Acknowledge the selected findings with one reason"), permissions=["change"])
    def acknowledge_selected(self, request: HttpRequest, queryset: QuerySet[Finding]) -> HttpResponse | None:
        """Ask for the reason, then acknowledge what was shown when it was asked for."""
        reason = request.POST.get("reason", "").strip()
        if not reason:
            return self._ask_reason(request, queryset, is_missing="reason" in request.POST)
        selected = set(queryset.values_list("pk", flat=True))
        seen = {pk: found for pk, found in _load_seen(request.POST.get("seen", "")).items() if pk in selected}
        done = acknowledge(seen=seen, reason=reason, by=request.user)  # type: ignore[arg-type]
        for finding in Finding.objects.filter(pk__in=done):
            self.log_change(request, finding, [{"changed": {"fields": ["Reason"]}}])
        text = ngettext("%(count)d finding acknowledged.", "%(count)d findings acknowledged.", len(done))
        self.message_user(request, text % {"count": len(done)}, messages.SUCCESS)
        if changed := len(seen) - len(done):
            text = ngettext(
                "%(count)d finding has changed since you opened the page. Check it again before you acknowledge it.",
                "%(count)d findings have changed since you opened the page. Check them again before you "
                "acknowledge them.",
                changed,
            )
            self.message_user(request, text % {"count": changed}, messages.WARNING)
        return None

    def _ask_reason(self, request: HttpRequest, queryset: QuerySet[Finding], *, is_missing: bool) -> HttpResponse:
        """Show the selected findings and a field for the reason."""
        findings = list(queryset)
        context = {
            "title": _("Acknowledge findings"),
            "shown": findings[:MAX_SHOWN],
            "number": len(findings),
            "more": max(0, len(findings) - MAX_SHOWN),
            "first": findings[0].pk if findings else "",
            "seen": _dump_seen(findings),
            "is_missing": is_missing,
        }
        return self.render(request, "admin/votes/finding/acknowledge.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: only checks and imports create findings."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Finding | None = None) -> bool:
        """Return False: the next check removes a finding once the problem is fixed."""
        return False


def _dump_seen(findings: Iterable[Finding]) -> str:
    """Return which findings were shown and when they were found, as one field: a form may have a thousand at most."""
    return " ".join(f"{finding.pk}@{finding.found.isoformat()}" for finding in findings)


def _load_seen(text: str) -> dict[int, datetime.datetime]:
    """Return what ``_dump_seen`` returned."""
    try:
        pairs = (part.split("@") for part in text.split())
        return {int(pk): datetime.datetime.fromisoformat(found) for pk, found in pairs}
    except ValueError:
        raise BadRequest("Invalid list of findings. Go back and select the findings again.") from None
