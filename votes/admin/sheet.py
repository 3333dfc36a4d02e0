"""The voting sheet: form field and widget for all votes of a roll call, with radio buttons for each member state."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resolutions.admin.conflicts import CONFLICT, LastChange, writable
from resolutions.text import fold
from votes.choices import Choice
from votes.models import MemberState, RollCall
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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
    before: str = ""
    """What was on record when the page was opened."""

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
    def before_label(self) -> str:
        return _label(self.before)

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
    roll_call: RollCall,
    choices: Mapping[str, str],
    recorded: Mapping[str, str],
    start: str = "",
    before: Mapping[str, str] | None = None,
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
        name = state.name_on(roll_call.date)
        values = (choices.get(code, ""), recorded.get(code, ""))
        return Row(code, name, *values, code in members, (before or {}).get(code, ""))

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


def dump_shown(recorded: Mapping[str, str]) -> str:
    """Return the votes on record and the present time as the sheet carries them: ``@2025-02-24T… FRA=Y USA=N``."""
    return " ".join([f"@{timezone.now().isoformat()}", *(f"{code}={choice}" for code, choice in recorded.items())])


def load_shown(text: str) -> tuple[dict[str, str], str]:
    """Return the votes that a sheet was shown with, and when; what is not understood is left out."""
    words = text.split()
    pairs = [word.partition("=") for word in words if "=" in word]
    return {code: choice for code, _sign, choice in pairs}, next((w[1:] for w in words if w.startswith("@")), "")


def merge(
    before: Mapping[str, str], sent: Mapping[str, str], recorded: Mapping[str, str], *, states_all: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Return the choices of a sheet with those of others in rows that were not touched, and the rows in conflict.

    ``before`` is what the sheet was shown with, ``sent`` has each of its rows, empty for no entry, and ``recorded`` is
    what is on record now. With ``states_all`` each choice counts as touched: a source states it, whether the record
    had it or not. A row in conflict was changed here and there, to different choices; it keeps the one that was sent.
    """
    merged, conflicts = {}, []
    for code in sorted({*before, *sent, *recorded}):
        old, now = before.get(code, ""), recorded.get(code, "")
        choice = sent.get(code, old)
        if choice == old and not (states_all and choice):
            choice = now
        elif now not in (old, choice):
            conflicts.append(code)
        merged[code] = choice
    return {code: choice for code, choice in merged.items() if choice}, conflicts


def changed_votes(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return which states' votes changed into what: ``Votes: Y: FRA GBR; –: USA``."""
    changed = defaultdict(list)
    for code in sorted({*before, *after}):
        if before.get(code) != after.get(code):
            changed[after.get(code, "–")].append(code)
    return "Votes: " + "; ".join(f"{choice}: {' '.join(codes)}" for choice, codes in sorted(changed.items()))


class VotingSheet(forms.Widget):
    """The rows. Sends ``votes-USA=Y`` for each, and in ``votes`` the recorded votes that it was shown with.

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
    before: Mapping[str, str] = {}
    """What was on record when the page was opened, where somebody has changed it since."""
    shown_at = ""
    """When the page was opened."""
    conflicts: Collection[str] = ()
    """The rows that were changed here and there."""
    followed: Collection[str] = ()
    """The rows that others have changed and this editor has not."""
    kept_as = ""
    """The name under which the browser keeps the entries: the keys of the editor and of the roll call."""
    restores = False
    """Whether unsaved entries stored by the browser replace the recorded votes."""

    class Media:
        css = {"all": ("admin-plenary/sheet.css",)}
        js = ("admin-plenary/sheet.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the sheet as HTML, from the project's templates."""
        others, members = rows(self.roll_call, value or {}, self.recorded, self.start, self.before)
        all_rows = [*others, *members]
        context = {
            "name": name,
            "shown": dump_shown(self.recorded),
            "kept_as": self.kept_as,
            "conflicts": [row for row in all_rows if row.code in self.conflicts],
            "fingerprint": fingerprint(self.recorded),
            "rows": all_rows,
            "members": sorted(members, key=lambda row: (row.search_text, row.code)),
            "differing": [row for row in all_rows if row.differs] if self.compares and not self.conflicts else [],
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
        return {code: choice for code, choice in self.sent_rows(data, name).items() if choice}

    @staticmethod
    def sent_rows(data: Any, name: str) -> dict[str, str]:
        """Return the choice of each row that was sent, empty for no entry, the others' filled in."""
        prefix = f"{name}-"
        others = data.get(f"{name}_others", "")
        sent = {key.removeprefix(prefix): data[key] or others for key in data if key.startswith(prefix)}
        return {code: "" if choice == NON_MEMBER_BLANK else choice for code, choice in sent.items()}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def id_for_label(self, id_: str) -> str:
        """Return nothing: each row has a label of its own."""
        return ""


class VotesField(forms.Field):
    """The votes of a roll call as choices by state code; None where they are to stay as they are."""

    widget: VotingSheet
    merges_itself = True
    """Row by row, in ``show_sheet``."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=VotingSheet, label=_("Votes"))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether the sheet was sent with other choices than it was shown with."""
        return data is not None and data != initial


def show_sheet(
    form: forms.BaseForm, roll_call: RollCall, *, start: str = "", states_all: bool = False
) -> dict[str, str]:
    """Make the sheet of ``form`` that of ``roll_call``; return the votes on record.

    Rows that were sent as they were shown follow the record. Whoever saves the sheet has locked the roll call, so that
    what is compared here is what is replaced.
    """
    sheet, name = sheet_of(form), form.add_prefix("votes")
    is_sent = form.is_bound and name in form.data
    recorded = recorded_choices(roll_call)
    sheet.roll_call, sheet.recorded = roll_call, recorded
    sheet.start = form.data.get(form.add_prefix("votes_start"), start)
    sheet.restores = not form.is_bound
    if is_sent:
        sheet.before, sheet.shown_at = load_shown(form.data[name])
        sent = sheet.sent_rows(form.data, name)
        choices, sheet.conflicts = merge(sheet.before, sent, recorded, states_all=states_all)
        followed = [code for code in sorted({*sent, *choices}) if choices.get(code, "") != sent.get(code, "")]
        sheet.followed = followed
        if followed:
            data = form.data = writable(form.data)
            for code in followed:
                data[f"{name}-{code}"] = choices.get(code) or NON_MEMBER_BLANK
    return recorded


def check_conflicts(form: forms.BaseForm) -> None:
    """Raise ValidationError where rows of the sheet were changed here and there; the sheet shows which."""
    sheet = sheet_of(form)
    if not sheet.conflicts:
        return
    who = LastChange(form.data, sheet.roll_call, since=sheet.shown_at).of("Votes")
    message = _(
        "%(who)s You both changed the rows below. Your entries are kept on the sheet but have not been saved. Saving "
        "again replaces the votes on record. Rows that you did not change show the votes on record."
    )
    raise ValidationError(message, CONFLICT, {"who": who})


def followed_votes(form: forms.BaseForm) -> list[str]:
    """Return which votes others have changed in rows that were not touched, for the editor; empty for none."""
    sheet = sheet_of(form)
    now = {code: sheet.recorded[code] for code in sheet.followed if code in sheet.recorded}
    before = {code: sheet.before[code] for code in sheet.followed if code in sheet.before}
    return [changed_votes(before, now)] if sheet.followed else []


def sheet_of(form: forms.BaseForm) -> VotingSheet:
    sheet = form.fields["votes"].widget
    assert isinstance(sheet, VotingSheet)
    return sheet
