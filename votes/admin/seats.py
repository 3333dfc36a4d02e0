"""The admin page of a body's seats as one table: changed in place, added row by row, or pasted and uploaded as CSV."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.models import Body, body_order
from votes.editing.reference_changes import effects, facts_now, impossible
from votes.editing.seats import LIMIT, Table, change_seats
from votes.models import BodyMembership, MemberState

if TYPE_CHECKING:
    import datetime

    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin
    from votes.editing.seats import Change

NEW_ROWS = 5
MOST_ROWS = 300
"""Seats that the page shows at once; each has two fields, and a form may send a thousand."""
PERMISSIONS = ("votes.add_bodymembership", "votes.change_bodymembership", "votes.delete_bodymembership")


class ShownForm(forms.Form):
    """Which seats the table shows."""

    on = forms.DateField(label=_("Members on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    state = forms.CharField(label=_("State"), required=False, max_length=3)

    def clean_state(self) -> str:
        return str(self.cleaned_data["state"]).strip().upper()


class CSVForm(forms.Form):
    """Seats as CSV, and why they change."""

    text = forms.CharField(
        label=_("Paste CSV"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 6, "cols": 60, "placeholder": "state,since,until\nNOR,2027-01-01,2030-01-01"}
        ),
        help_text=_(
            "One seat per line: state, since, until. “Since” is the first day with the seat, “until” the first day "
            "without it; leave it empty for a current seat. A line with the state and first day of a seat on record "
            "changes the end of that seat."
        ),
    )
    file = forms.FileField(label=_("Or a CSV file"), required=False, widget=forms.FileInput(attrs={"accept": ".csv"}))
    is_complete = forms.BooleanField(label=_("The CSV has every seat of this body: remove all others"), required=False)
    reason = forms.CharField(
        label=_("Reason for the change"), required=False, widget=forms.Textarea(attrs={"rows": 2, "cols": 60})
    )

    def clean(self) -> dict[str, Any]:
        """Take the text of a file; refuse both a text and a file."""
        cleaned = super().clean() or self.cleaned_data
        text, file = cleaned.get("text") or "", cleaned.get("file")
        if file and text.strip():
            raise ValidationError(_("Paste a text or choose a file, not both."))
        if file and file.size > LIMIT:
            raise ValidationError(_("This file is larger than 1 MB. Split it and upload the parts."))
        if file:
            content = file.read()
            try:
                cleaned["text"] = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                cleaned["text"] = content.decode("cp1252", errors="replace")
        return cleaned


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the table with what is entered in it."""

    name: str
    state: str
    key: str
    """As the names of fields have it: templates would write a number with its thousands apart."""
    since: str
    until: str
    is_removed: bool


class SeatsTable:
    """Adds the page of seats, for each body, to the admin of memberships."""

    def get_urls(self) -> list[Any]:
        own = path("of/<str:code>/", self.page(seats_page), name="votes_bodymembership_seats")  # type: ignore[attr-defined]
        return [own, *super().get_urls()]  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer the table of a body above the list: of the one that it is filtered by, or else of the first."""
        chosen = request.GET.get("body__id__exact", "")
        bodies = Body.objects.filter(pk=int(chosen)) if chosen.isdecimal() else Body.objects.all()
        table = bodies.first() if request.user.has_perms(PERMISSIONS) else None
        context = {"table_of": table, **(extra_context or {})}
        return super().changelist_view(request, extra_context=context)  # type: ignore[misc]


def seats_page(model_admin: RecordAdmin[BodyMembership], request: HttpRequest, code: str) -> HttpResponse:
    """Show the seats of a body, preview what is entered, and save what was previewed."""
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    body = get_object_or_404(Body, code=code)
    shown = ShownForm(request.GET)
    on, state = (shown.cleaned_data["on"], shown.cleaned_data["state"]) if shown.is_valid() else (None, "")
    table, form = Table.of(body), CSVForm()
    changes: list[Change] = []
    points: list[str] = []
    digest = ""
    if request.method == "POST":
        form = CSVForm(request.POST, request.FILES)
        if form.is_valid():
            _enter(table, request, form)
            points = [] if table.problems else _effects(body, table)
            changes = [] if table.problems else table.changes
            digest = _digest(changes, points)
            if "save" in request.POST and changes and request.POST.get("previewed") == digest:
                if form.cleaned_data["reason"].strip():
                    return _save(model_admin, request, body, table, form.cleaned_data["reason"])
                form.add_error("reason", _("Enter a reason for the change."))
            # What was in a file is sent again as text.
            form.data = QueryDict(mutable=True)
            form.data.update({**request.POST.dict(), "text": form.cleaned_data["text"]})
    rows = _rows(table, request, _keys_on(body, on, state))
    context = {
        "title": _("Seats of the %(body)s") % {"body": body},
        "body": body,
        "bodies": sorted(Body.objects.all(), key=lambda one: body_order(one.code, one.name)),
        "shown": shown,
        "rows": rows[:MOST_ROWS],
        "hidden": max(0, len(rows) - MOST_ROWS),
        "new_rows": _new_rows(request),
        "states": MemberState.objects.order_by("sort_name"),
        "form": form,
        "problems": table.problems,
        "changes": changes,
        "points": points if changes else [],
        "previewed": digest,
        "nothing": request.method == "POST" and form.is_valid() and not table.problems and not changes,
        "members": BodyMembership.objects.filter(body=body, until__isnull=True).count(),
        "back": reverse("admin:votes_bodymembership_changelist"),
    }
    return model_admin.render(request, "admin/votes/bodymembership/seats.html", context)


def _effects(body: Body, table: Table) -> list[str]:
    """Return what the changes do to published votes, in sentences; what cannot be becomes a problem of the table.

    They are written and taken back.
    """
    if not table.changes:
        return []
    before = facts_now()
    try:
        with transaction.atomic():
            change_seats(body=body, table=table, by=None, reason="")
            after = facts_now()
            refused, points = impossible(before, after), effects(before, after)
            transaction.set_rollback(True)
    except ValidationError as error:
        refused, points = error.messages, []
    table.problems += refused
    return points


def _keys_on(body: Body, on: datetime.date | None, state: str) -> set[int]:
    """Return the seats to show: those of a day and a state where they are asked for."""
    seats = BodyMembership.objects.filter(body=body)
    if on:
        seats = seats.on(on)
    if state:
        seats = seats.filter(state__code=state)
    return set(seats.values_list("pk", flat=True))


def _enter(table: Table, request: HttpRequest, form: CSVForm) -> None:
    """Enter into the table what was sent: rows on record, new ones, and CSV."""
    data = request.POST
    for key, row in list(table.rows.items()):
        if f"remove-{key}" in data:
            table.remove(key)
        elif f"since-{key}" in data:
            since, until = data[f"since-{key}"], data.get(f"until-{key}", "")
            if (since, until) != (row.since.isoformat(), row.until.isoformat() if row.until else ""):
                table.change(key, since, until)
    for number, (state, since, until) in enumerate(_new_rows(request), start=1):
        table.add(str(_("New row %(number)s") % {"number": number}), state, since, until)
    if form.cleaned_data["text"].strip():
        try:
            table.read_csv(form.cleaned_data["text"], is_complete=form.cleaned_data["is_complete"])
        except ValidationError as error:
            table.problems += error.messages
    if not table.problems:
        table.check()


def _rows(table: Table, request: HttpRequest, keys: set[int]) -> list[ShownRow]:
    """Return the rows to show, with what was entered in them."""
    rows = []
    for key, row in table.recorded.items():
        if key not in keys:
            continue
        since, until = row.since.isoformat(), row.until.isoformat() if row.until else ""
        since, until = request.POST.get(f"since-{key}", since), request.POST.get(f"until-{key}", until)
        rows.append(
            ShownRow(table.names[row.state], row.state, str(key), since, until, f"remove-{key}" in request.POST)
        )
    return rows


def _new_rows(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return what was entered in the rows for new seats."""
    return [
        (
            request.POST.get(f"state-{n}", ""),
            request.POST.get(f"new-since-{n}", ""),
            request.POST.get(f"new-until-{n}", ""),
        )
        for n in range(NEW_ROWS)
    ]


def _digest(changes: list[Change], points: list[str]) -> str:
    """Return a name for exactly these changes and effects, so that what is saved is what was previewed."""
    said = [
        (one.name, one.before and (one.before.key, *one.before.days), one.after and one.after.days) for one in changes
    ]
    return hashlib.sha256(repr((said, points)).encode()).hexdigest()[:32] if changes else ""


def _save(
    model_admin: RecordAdmin[BodyMembership], request: HttpRequest, body: Body, table: Table, reason: str
) -> HttpResponse:
    """Write the changes and lead back to the table."""
    user: Any = request.user
    count = change_seats(body=body, table=table, by=user, reason=reason)
    message = ngettext(
        "%(count)s seat of the %(body)s was changed.", "%(count)s seats of the %(body)s were changed.", count
    )
    model_admin.message_user(request, message % {"count": count, "body": body}, messages.SUCCESS)
    return HttpResponseRedirect(request.get_full_path())
