"""The voting sheet: form field and widget for all votes of a roll call, with radio buttons for each member state."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from resolutions.text import fold
from votes.choices import Choice
from votes.models import MemberState, RollCall
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

NON_MEMBER_BLANK = "-"
"""What the row of a state that is no member sends for no entry, so that “all others” does not fill it in."""


@dataclass(frozen=True)
class Row:
    """A state on the sheet."""

    code: str
    name: str
    choice: str
    """Empty for no entry."""
    recorded: str
    """What is on record, empty for no vote."""
    is_member: bool

    @property
    def search_text(self) -> str:
        """Return what its name is found by as one types."""
        return fold(self.name)

    @property
    def choice_label(self) -> str:
        return _label(self.choice)

    @property
    def recorded_label(self) -> str:
        return _label(self.recorded)

    @property
    def differs(self) -> bool:
        """Tell whether the sheet has another choice than the record."""
        return self.choice != self.recorded


def _label(choice: str) -> str:
    """Return a choice in words; an unknown one as it stands."""
    if choice in Choice.values:
        return str(Choice(choice).label)
    return choice or str(_("No entry"))


def rows(
    roll_call: RollCall, choices: Mapping[str, str], recorded: Mapping[str, str], start: str = ""
) -> tuple[list[Row], list[Row]]:
    """Return the rows of non-members that have a vote or are given one, and the rows of the members.

    The order is that of the names of the date in the English alphabet. The members begin with ``start``, a code, and
    go round, as the seats do from the member drawn by lot; where that is no member, with the first name.
    """
    electorate = MemberState.objects.members_of(roll_call.body, roll_call.date)
    members = {state.code: state for state in electorate.prefetch_related("former_names")}
    strangers = {*choices, *recorded} - set(members)
    others = MemberState.objects.filter(code__in=strangers).prefetch_related("former_names") if strangers else []

    def row(state: MemberState) -> Row:
        code = state.code
        return Row(code, state.name_on(roll_call.date), choices.get(code, ""), recorded.get(code, ""), code in members)

    def by_name(row: Row) -> tuple[str, str]:
        return row.search_text, row.code

    member_rows = sorted(map(row, members.values()), key=by_name)
    first = next((number for number, row in enumerate(member_rows) if row.code == start), 0)
    return sorted(map(row, others), key=by_name), member_rows[first:] + member_rows[:first]


def recorded_choices(roll_call: RollCall) -> dict[str, str]:
    """Return the votes on record by state code."""
    return dict(roll_call.votes.values_list("state__code", "choice"))


def fingerprint(recorded: Mapping[str, str]) -> str:
    """Return a short hash of the recorded votes."""
    return hashlib.sha256(repr(sorted(recorded.items())).encode()).hexdigest()[:16]


def changed_votes(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return which states' votes changed into what: ``Votes: Y: FRA GBR; –: USA``."""
    changed = defaultdict(list)
    for code in sorted({*before, *after}):
        if before.get(code) != after.get(code):
            changed[after.get(code, "–")].append(code)
    return "Votes: " + "; ".join(f"{choice}: {' '.join(codes)}" for choice, codes in sorted(changed.items()))


class VotingSheet(forms.Widget):
    """The rows. Sends ``votes-USA=Y`` for each, and in ``votes`` which recorded votes it was shown with.

    Beside them, ``votes_others`` is the choice of all members without an entry, and ``votes_start`` is the first row.
    """

    template_name = "admin/votes/rollcall/sheet.html"
    roll_call: RollCall
    recorded: Mapping[str, str] = {}
    announced: Mapping[str, int] = {}
    """Figures to count against, by choice, where the page has no fields for them."""
    start = ""
    compares = False
    """Whether the rows that differ from the record are pointed at."""
    restores = False
    """Whether unsaved entries stored by the browser replace the recorded votes."""

    class Media:
        css = {"all": ("admin-plenary/sheet.css",)}
        js = ("admin-plenary/sheet.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the sheet as HTML, from the project's templates."""
        others, members = rows(self.roll_call, value or {}, self.recorded, self.start)
        all_rows = [*others, *members]
        context = {
            "name": name,
            "fingerprint": fingerprint(self.recorded),
            "rows": all_rows,
            "members": sorted(members, key=lambda row: (row.search_text, row.code)),
            "differing": [row for row in all_rows if row.differs] if self.compares else [],
            "compares": self.compares,
            "restores": self.restores,
            "start": self.start,
            "choices": Choice.choices,
            "non_member_blank": NON_MEMBER_BLANK,
            "roll_call": self.roll_call,
            "figures": [
                (choice, field, self.announced.get(choice)) for choice, field in zip(Choice, ANNOUNCED, strict=True)
            ],
        }
        return render_to_string(self.template_name, context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str] | None:
        """Return the choices by state code, the others' filled in; None where the page had no sheet."""
        if name not in data:
            return None
        prefix = f"{name}-"
        others = data.get(f"{name}_others", "")
        sent = {key.removeprefix(prefix): data[key] or others for key in data if key.startswith(prefix)}
        return {code: choice for code, choice in sent.items() if choice not in ("", NON_MEMBER_BLANK)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str) -> str:
        """Return nothing: each row has a label of its own."""
        return ""


class VotesField(forms.Field):
    """The votes of a roll call as choices by state code; None where they are to stay as they are."""

    widget: VotingSheet

    def __init__(self) -> None:
        super().__init__(required=False, widget=VotingSheet, label=_("Votes"))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether the sheet was sent with other choices than it was shown with."""
        return data is not None and data != initial


def show_sheet(form: forms.BaseForm, roll_call: RollCall, *, start: str = "") -> dict[str, str]:
    """Make the sheet of ``form`` that of ``roll_call``; return the votes on record."""
    sheet = sheet_of(form)
    recorded = recorded_choices(roll_call)
    sheet.roll_call, sheet.recorded = roll_call, recorded
    sheet.start = form.data.get(form.add_prefix("votes_start"), start)
    sheet.restores = not form.is_bound
    return recorded


def clean_choices(form: forms.BaseForm, roll_call: RollCall) -> dict[str, str] | None:
    """Return the choices sent; raise ValidationError, and show the differences, where others were recorded meanwhile.

    Locks the roll call until the transaction ends, so that what was compared is what is replaced.
    """
    choices: dict[str, str] | None = form.cleaned_data["votes"]
    if choices is None:
        return None
    RollCall.objects.select_for_update().get(pk=roll_call.pk)
    recorded = recorded_choices(roll_call)
    if choices != recorded and form.data[form.add_prefix("votes")] != fingerprint(recorded):
        sheet = sheet_of(form)
        sheet.recorded, sheet.compares = recorded, True
        raise ValidationError(
            _(
                "Someone else has changed these votes since you opened this page. Your entries are shown "
                "below and are not saved yet. If you save again, they replace the other person’s."
            )
        )
    return choices


def sheet_of(form: forms.BaseForm) -> VotingSheet:
    sheet = form.fields["votes"].widget
    assert isinstance(sheet, VotingSheet)
    return sheet
