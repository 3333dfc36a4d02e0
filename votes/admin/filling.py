"""The admin page that fills the voting sheet of a draft from a text or a file: read, shown for review, saved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import continue_editing, kept_as
from resolutions.models import Status
from resolutions.symbols import loose
from votes.admin.filling_forms import FillForm, SourceForm
from votes.admin.holding import HeldError, add_held, hold_implausible
from votes.admin.sheet import VotingSheet, changed_votes, rows, sheet_of
from votes.choices import Choice
from votes.editing.filling import Reading, names_for, read_text
from votes.editing.spreadsheets import read_file
from votes.editing.stated_facts import stated_otherwise
from votes.models import RollCall
from votes.rules import Result
from votes.totals import ANNOUNCED, Totals

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin
    from votes.editing.stated_facts import Stated

LOGGED = {
    "take_facts": "Facts",
    "take_announced": "Announced totals",
    "take_result": "Result",
    "corrections": "Corrections",
}
"""Labels in the log of what is saved with the votes."""


@dataclass
class Preview:
    """The recognised votes, as the page shows them."""

    roll_call: RollCall
    reading: Reading

    @cached_property
    def lists(self) -> list[tuple[Choice, list[str]]]:
        """Return the names by choice, in the order of the English alphabet."""
        _others, members = rows(self.roll_call, {}, {})
        lists = self.reading.names_of({row.code: row.name for row in members})
        return [(choice, names) for choice, names in lists.items() if names]

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Return for each choice what the lists count, the text announces and the record has as announced."""
        counted = Totals.count(self.reading.choices.values())
        return [
            {
                "label": choice.label,
                "counted": counted.of(choice),
                "announced": (announced := self.reading.announced.get(choice)),
                "recorded": (recorded := getattr(self.roll_call, field)),
                "differs": any(figure not in (None, counted.of(choice)) for figure in (announced, recorded)),
            }
            for choice, field in zip(Choice, ANNOUNCED, strict=True)
        ]

    @property
    def result(self) -> str:
        return str(Result(self.reading.result).label) if self.reading.result else ""

    @property
    def stated(self) -> list[Stated]:
        """Return what the text says of date, meeting and symbols that this draft has otherwise."""
        return [one for one in stated_otherwise(self.roll_call, self.reading) if one.recorded]

    @property
    def is_of_another_text(self) -> bool:
        """Tell whether the adopted text that is named is not the one on which this roll call was."""
        resolution = self.roll_call.resolution
        if resolution is None or not self.reading.resolution:
            return False
        return loose(self.reading.resolution) != resolution.symbol_loose


def fill_page(model_admin: RecordAdmin[RollCall], request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a text or a file, show what was read, then save the sheet."""
    # First without the record, so that the answer does not tell which records exist.
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    text, saves = request.POST.get("text", ""), "_save" in request.POST
    roll_calls = RollCall.objects.select_related("body", "resolution")
    # Locked where it is saved, so that what is compared is what is replaced.
    roll_call = get_object_or_404(roll_calls.select_for_update(of=("self",)) if saves else roll_calls, pk=pk)
    if not model_admin.has_change_permission(request, roll_call):
        raise PermissionDenied
    change = reverse("admin:votes_rollcall_change", args=[pk])
    if obstacle := _obstacle(roll_call):
        model_admin.message_user(request, obstacle, messages.ERROR)
        return HttpResponseRedirect(change)
    # With the sheet, a text comes again for what else of it is saved; a file does not.
    is_of_file = saves and not text.strip()
    source = SourceForm() if is_of_file or request.method != "POST" else SourceForm(request.POST, request.FILES)
    reading = _read(source, roll_call) if source.is_bound else None
    context = {
        "source": source,
        "back": change,
        "roll_call": roll_call,
        "title": _("Fill the voting sheet"),
        "subtitle": str(roll_call),
        "media": model_admin.media + VotingSheet().media,
        "read": request.POST.get("read", "") if saves else _hash(text),
        "kept_as": kept_as(request, model_admin.opts, f"{pk}-fill"),
    }
    if saves or reading is not None:
        reading = reading or Reading()
        start = request.GET.get("start", "")
        form = FillForm(request.POST if saves else None, roll_call=roll_call, reading=reading, start=start)
        form.is_stale = saves and request.POST.get("read") != _hash(text)
        sheet_of(form).kept_as = f"{request.user.pk}-{pk}-{_hash(repr(sorted(reading.choices.items())))}"
        if saves:
            model_admin.note_followed(request, [form])
        if saves and form.is_valid() and _save(model_admin, request, form):
            continue_editing(request)
            request.path = change  # where the message and the answer lead
            return model_admin.response_change(request, RollCall.objects.get(pk=pk))
        context |= {
            "form": form,
            "shown": form.shown,
            "restores": not saves,
            "preview": Preview(roll_call, reading),
            "reading": reading,
        }
    return model_admin.render(request, "admin/votes/rollcall/fill.html", context)


def _save(model_admin: RecordAdmin[RollCall], request: HttpRequest, form: FillForm) -> bool:
    """Save the sheet; where that is refused, the form says why."""
    try:
        with transaction.atomic():
            form.save(by=request.user)
            hold_implausible(request, roll_calls=[form.roll_call])
    except HeldError as error:
        form.held = error.held
        add_held(form, error.held)
        return False
    except ValidationError as error:
        form.add_error(None, error)
        return False
    changed = [changed_votes(form.recorded, form.cleaned_data["votes"])]
    changed += [label for name, label in LOGGED.items() if form.cleaned_data.get(name)]
    model_admin.log_change(request, form.roll_call, [{"changed": {"fields": changed}}])
    return True


def _obstacle(roll_call: RollCall) -> str:
    """Return why the sheet of a roll call cannot be filled here, empty where it can."""
    if roll_call.status != Status.DRAFT:
        return str(
            _(
                "Votes can be pasted or uploaded only for a draft. Change a published roll call on its own page, "
                "with a reason."
            )
        )
    if roll_call.method not in RollCall.METHODS_WITH_VOTES:
        message = _("Votes of member states cannot be recorded for the method “%(method)s”.")
        return str(message % {"method": roll_call.get_method_display()})
    return ""


def _read(source: SourceForm, roll_call: RollCall) -> Reading | None:
    """Return what the text or the file says, None where it cannot be read and its form says why."""
    if not source.is_valid():
        return None
    names = names_for(roll_call)
    file = source.cleaned_data["file"]
    if not file:
        return read_text(source.cleaned_data["text"], names)
    try:
        return read_file(file.name, file.read(), names)
    except ValidationError as error:
        source.add_error("file", error)
        return None


def _hash(text: str) -> str:
    """Return a short hash of ``text``."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
