"""The voting sheet: a form field that is a whole roll call's votes, a row of radio buttons a member."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from resolutions.text import fold
from votes.choices import Choice
from votes.models import MemberState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from votes.models import RollCall

# The fields beside which the choices are counted, in the order of the choices.
ANNOUNCED = ("announced_yes", "announced_no", "announced_abstaining", "announced_non_voting")


@dataclass(frozen=True)
class Row:
    """A state on the sheet."""

    code: str
    name: str
    choice: str
    member: bool


def rows(roll_call: RollCall, choices: Mapping[str, str], recorded: Mapping[str, str]) -> list[Row]:
    """Return the electorate by name with its ``choices``, after any others that have a vote or are given one."""
    electorate = MemberState.objects.members_of(roll_call.body, roll_call.date)
    members = {state.code: state for state in electorate.prefetch_related("former_names")}
    strange = {*choices, *recorded} - set(members)
    others = MemberState.objects.filter(code__in=strange).prefetch_related("former_names") if strange else []
    listed = [
        Row(state.code, state.name_on(roll_call.date), choices.get(state.code, ""), state.code in members)
        for state in (*others, *members.values())
    ]
    return sorted(listed, key=lambda row: (row.member, fold(row.name)))


def fingerprint(recorded: Mapping[str, str]) -> str:
    """Return a short text that is another where the recorded votes are others."""
    return hashlib.sha256(repr(sorted(recorded.items())).encode()).hexdigest()[:16]


class VotingSheet(forms.Widget):
    """The rows. Sends ``votes-USA=Y`` for each, and in ``votes`` which recorded votes it was shown with."""

    template_name = "admin/votes/rollcall/sheet.html"
    roll_call: RollCall
    recorded: Mapping[str, str] = {}

    class Media:
        css = {"all": ("admin-plenary/sheet.css",)}
        js = ("admin-plenary/sheet.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the sheet as HTML, from the project's templates."""
        return render_to_string(
            self.template_name,
            {
                "name": name,
                "fingerprint": fingerprint(self.recorded),
                "rows": rows(self.roll_call, value or {}, self.recorded),
                "choices": Choice.choices,
                "roll_call": self.roll_call,
                "figures": zip(Choice, ANNOUNCED, strict=True),
            },
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str] | None:
        """Return the choices by state code; None where the page had no sheet."""
        if name not in data:
            return None
        start = f"{name}-"
        return {key.removeprefix(start): data[key] for key in data if key.startswith(start) and data[key]}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether the page had no sheet."""
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
