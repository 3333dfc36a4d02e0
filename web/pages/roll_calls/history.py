"""The history of a recorded vote, as a page and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from votes.models import RollCall
from votes.record.record import reading
from votes.reports.history import History, history_of
from web.files.answers import csv_file, json_file
from web.lists import retired
from web.serving.parameters import address, tidy_address, unanswered
from web.serving.problems import takes_no_parameters

if TYPE_CHECKING:
    from votes.record.record import Record

HEADER = ("at", "by", "reason", "out_of_view_since", "kind", "name", "before", "after")


@tidy_address
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the changes of a recorded vote since its publication."""
    with reading() as record:
        roll_call = _found(slug)
        if roll_call is None:
            return retired.page(request, slug, "web:roll_call_history", record)
        if slug != roll_call.slug:
            own = reverse("web:roll_call_history", args=[roll_call.slug])
            return redirect(address(own, request.GET), permanent=True)
        context = {
            "roll_call": roll_call,
            "entries": read(roll_call, record).entries,
            "file": reverse("web:roll_call_history", args=[roll_call.slug]).removesuffix("/"),
            "ignored": unanswered(request.GET, ()),
        }
        return render(request, "roll_calls/history.html", context)


@require_safe
@takes_no_parameters
def file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Return a row per change as CSV, or an object per revision as JSON."""
    with reading() as record:
        roll_call = _found(slug)
        if roll_call is None:
            return retired.file(request, slug, form, "web:roll_call_history_file")
        if slug != roll_call.slug:
            own = reverse("web:roll_call_history_file", args=[roll_call.slug, form])
            return redirect(address(own, request.GET), permanent=True)
        name = f"plenary-{roll_call.slug}-history"
        entries = _entries(read(roll_call, record))
        if form == "csv":
            return csv_file(request, record, name, HEADER, _rows(entries))
        return json_file(request, record, name, {"roll_call": roll_call.slug, "history": entries})


def read(roll_call: RollCall, record: Record) -> History:
    """Return the history with states' names on the date of the vote."""
    names = {code: state.name_on(roll_call.date) for code, state in record.states.items()}
    return history_of(roll_call, names)


def _found(slug: str) -> RollCall | None:
    """Return the published roll call with this slug, if any."""
    published = RollCall.objects.published().select_related("body", "session", "resolution")
    return published.filter(slug=slug.lower()).order_by().first()


def _entries(history: History) -> list[dict[str, Any]]:
    """Return the entries as JSON objects, newest first."""
    return [
        {
            "at": entry.at.isoformat(timespec="seconds"),
            "by": entry.who,
            "reason": entry.reason,
            "out_of_view_since": entry.hidden_since.isoformat(timespec="seconds") if entry.hidden_since else None,
            "changes": [
                {"kind": str(change.kind), "name": change.name, "before": change.old, "after": change.new}
                for change in entry.changes
            ],
        }
        for entry in history.entries
    ]


def _rows(entries: list[dict[str, Any]]) -> list[list[Any]]:
    """Return a row per change; an entry without changed values has one empty row."""
    nothing = {"kind": "", "name": "", "before": None, "after": None}
    return [
        [*(entry[name] for name in HEADER[:4]), *(_cell(change[name]) for name in HEADER[4:])]
        for entry in entries
        for change in entry["changes"] or [nothing]
    ]


def _cell(value: Any) -> Any:
    """Return a value for a CSV cell; lists are joined with ``|``."""
    return "|".join(value) if isinstance(value, list) else value
