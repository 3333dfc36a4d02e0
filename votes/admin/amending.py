"""Amendments of what is public, confirmed by a second person where the site asks for two.

The form is checked and saved as any other, then taken back and kept. Confirming it sends the same form again, in the
name of whoever confirms, through the same checks; it is refused where the record has changed meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from resolutions.admin.base import ReadOnlyAdmin
from resolutions.admin.conflicts import CONFLICT
from resolutions.models import Resolution, Status
from votes.admin.holding import fresh_messages
from votes.choices import Choice
from votes.editing.publishing import AMEND
from votes.models import Amendment, MemberState, RollCall

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

AMEND_TEXT = "resolutions.amend_resolution"
LEFT_OUT = {"reason", "because", "csrfmiddlewaretoken"}


class ProposedError(Exception):
    """A change is kept for somebody else to confirm; the transaction is taken back."""

    def __init__(self, changes: list[list[str]]) -> None:
        super().__init__(changes)
        self.changes = changes


class AmendingMixin:
    """A page of votes or texts, whose changes to what is public may need a second person."""

    object_history_template: Any = "admin/votes/published_history.html"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Save, or keep what somebody else has to confirm; say what is waiting."""
        try:
            response: HttpResponse = super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        except ProposedError as proposed:
            fresh_messages(request)
            return self._propose(request, object_id, proposed.changes)
        if request.method == "GET" and object_id and object_id.isdecimal():
            for amendment in waiting().filter(**{f"{of(self)}__pk": object_id}):
                address = reverse("admin:votes_amendment_change", args=[amendment.pk])
                text = _("A change proposed by %(by)s is waiting to be confirmed.") % {
                    "by": amendment.by.get_username()
                }
                link = format_html('{} <a href="{}">{}</a>', text, address, _("View the proposed change"))
                self.message_user(request, link, messages.WARNING)  # type: ignore[attr-defined]
        return response

    def _propose(self, request: HttpRequest, object_id: str | None, changes: list[list[str]]) -> HttpResponse:
        sent = request.POST.copy()
        sent.pop("csrfmiddlewaretoken", None)
        Amendment.objects.create(
            **{f"{of(self)}_id": object_id},
            by=request.user,  # type: ignore[misc]
            reason=request.POST.get("reason", "").strip(),
            changes=changes,
            form=sent.urlencode(),
        )
        text = _("Your change is proposed and not public yet. Another person must confirm it under “Proposed changes”.")
        self.message_user(request, text, messages.SUCCESS)  # type: ignore[attr-defined]
        return HttpResponseRedirect(request.get_full_path())

    def check_saved(self, request: HttpRequest, form: Any) -> None:
        """Hold what was written, where something has to be said about it first."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save; take back what has to be confirmed first."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        self.check_saved(request, form)
        is_public = form.instance.status == Status.PUBLISHED == form.initial.get("status", form.instance.status)
        if settings.PUBLISH_OWN_ENTRIES or not (change and is_public):
            return
        # In one language, since what was proposed is compared with what is confirmed.
        with override(settings.LANGUAGE_CODE):
            changes = changes_of(form, formsets)
        if not changes:
            return
        amendment: Amendment | None = getattr(request, "amendment", None)
        if amendment is None or amendment.changes != changes:
            raise ProposedError(changes)
        form.instance.entered_by.add(amendment.by)
        request.amendment_applied = True  # type: ignore[attr-defined]


def of(model_admin: Any) -> str:
    """Return the field of an amendment that names the record of this page."""
    return "roll_call" if model_admin.model is RollCall else "resolution"


def waiting() -> QuerySet[Amendment]:
    """Return the proposed changes that nobody has decided on."""
    return Amendment.objects.filter(decided_at__isnull=True).select_related("by", "roll_call", "resolution")


def changes_of(form: Any, formsets: Any) -> list[list[str]]:
    """Return what a form changes, in words: what, before, after."""
    changes = []
    for name in form.changed_data:
        if name in LEFT_OUT:
            continue
        before, after = form.initial.get(name), form.cleaned_data.get(name)
        if name == "votes":
            names = dict(MemberState.objects.values_list("code", "name"))
            changes += [
                [names.get(code, code), _vote(before.get(code)), _vote(after.get(code))]
                for code in sorted({*before, *after})
                if before.get(code) != after.get(code)
            ]
            continue
        field = form.fields[name]
        changes.append([str(capfirst(field.label)), _words(field, before), _words(field, after)])
    for formset in formsets:
        for row in formset.forms:
            if row.has_changed() or row in formset.deleted_forms:
                after = "" if row in formset.deleted_forms else str(row.instance)
                label = str(capfirst(formset.model._meta.verbose_name))
                was = [_words(row.fields[name], row.initial.get(name)) for name in row.changed_data]
                changes.append([label, "; ".join(was), after])
    return changes


def _vote(choice: str | None) -> str:
    return str(Choice(choice).label) if choice else _("no entry")


def _words(field: Any, value: Any) -> str:
    """Return the value of a form's field as a reader knows it."""
    if hasattr(field, "queryset"):
        keys = value if isinstance(value, list | tuple) or hasattr(value, "all") else [value]
        named = [one if hasattr(one, "pk") else field.queryset.filter(pk=one).first() for one in keys if one]
        return ", ".join(sorted(map(str, named))) or _("none")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels = dict(getattr(field, "choices", ()))
    return str(labels.get(value, "" if value is None else value)) or _("none")


@admin.register(Amendment)
class AmendmentAdmin(ReadOnlyAdmin[Amendment]):
    """Proposed changes to what is public, to be confirmed or rejected by somebody else."""

    list_display = ("record", "by", "at", "reason", "is_confirmed", "decided_by")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    search_fields = ("roll_call__slug", "resolution__symbol", "by__username", "reason")
    list_select_related = ("by", "roll_call", "resolution", "decided_by")
    change_form_template = "admin/votes/amendment.html"

    def get_fields(self, request: HttpRequest, obj: Amendment | None = None) -> tuple[str, ...]:
        """Return who proposes it and why, and once there is one the decision."""
        decided = ("is_confirmed", "decided_by", "decided_at") if obj and obj.decided_at else ()
        return ("by", "at", "reason", *decided)

    @admin.display(description=gettext_lazy("record"))
    def record(self, amendment: Amendment) -> str:
        return str(amendment.record)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Amendment | None = None) -> bool:
        """Leave them to those who may change what is public."""
        return request.user.has_perm(AMEND) or request.user.has_perm(AMEND_TEXT)

    def get_urls(self) -> list[Any]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", decide, name="votes_amendment_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what would change, and let somebody else decide."""
        amendment: Any = self.get_object(request, object_id)
        record = amendment and amendment.record
        context = {
            "amendment": amendment,
            "record_page": reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
            if record
            else "",
            "may_decide": amendment and amendment.decided_at is None and amendment.by != request.user,
            "is_own": amendment and amendment.by == request.user,
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply a proposed change in the name of who confirms it, or reject it."""
        user: Any = request.user
        back = HttpResponseRedirect(reverse("admin:votes_amendment_change", args=[pk]))
        if request.method != "POST":
            return back
        with transaction.atomic():
            locked = Amendment.objects.select_for_update(of=("self",))
            amendment = get_object_or_404(locked.select_related("roll_call", "resolution", "by"), pk=pk)
            if problem := _obstacle(amendment, user):
                self.message_user(request, problem, messages.ERROR)
                return back
            is_confirmed = "_confirm" in request.POST
            if is_confirmed and (problem := self._apply(request, amendment)):
                transaction.set_rollback(True)
                fresh_messages(request)
                self.message_user(request, problem, messages.ERROR)
                return back
            amendment.is_confirmed, amendment.decided_by, amendment.decided_at = is_confirmed, user, timezone.now()
            amendment.save(update_fields=["is_confirmed", "decided_by", "decided_at"])
        if not is_confirmed:
            self.message_user(
                request, _("The proposed change was rejected. The record is unchanged."), messages.SUCCESS
            )
        return back

    def _apply(self, request: HttpRequest, amendment: Amendment) -> str:
        """Send the form that was kept, as the person who confirms; return why it cannot be applied, or nothing."""
        model = RollCall if amendment.roll_call_id else Resolution
        page = self.admin_site._registry[model]
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[amendment.record.pk])
        sent = request.POST
        request.POST = QueryDict(amendment.form, mutable=True)  # type: ignore[assignment]
        request.path, request.amendment = address, amendment  # type: ignore[attr-defined]
        try:
            response: Any = page.changeform_view(request, str(amendment.record.pk))
        except ProposedError:
            response = None
        finally:
            request.POST = sent
        if getattr(request, "amendment_applied", False):
            return ""
        refused = [
            error
            for errors in (getattr(response, "context_data", None) or {}).get("errors", ())
            for error in errors.as_data()
        ]
        if not refused or any(error.code == CONFLICT for error in refused):
            return _("The record has changed since this change was proposed. Reject it and propose it again.")
        return " ".join(dict.fromkeys(words for error in refused for words in error.messages))


def _obstacle(amendment: Amendment, user: User) -> str:
    """Return why ``user`` may not decide on a proposed change, empty where they may."""
    if not user.has_perm(AMEND if amendment.roll_call_id else AMEND_TEXT):
        raise PermissionDenied
    if amendment.decided_at:
        return _("This proposed change has already been confirmed or rejected.")
    if amendment.by == user:
        return _("You proposed this change, so another person must confirm it.")
    return ""
