"""The table of a roll call's votes by state: filtered by bloc and choice, sorted, with running totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from votes.choices import Choice
from votes.totals import Totals

if TYPE_CHECKING:
    from django.http import QueryDict

    from votes.breakdown import Breakdown, StateChoice

BY_NAME, BY_CHOICE, BY_CODE = "name", "choice", "code"
SORTS = [
    (BY_NAME, gettext_lazy("Name")),
    (BY_CHOICE, gettext_lazy("Vote")),
    (BY_CODE, gettext_lazy("Code")),
]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A state's line and the totals of the table down to it."""

    line: StateChoice
    running: Totals


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines that the parameters ``bloc``, ``choice`` and ``sort`` select, in their order."""

    rows: tuple[SheetRow, ...]
    totals: Totals
    bloc: str
    choice: str
    sort: str
    errors: tuple[str, ...]

    parameters: ClassVar = ("bloc", "choice", "sort")
    sorts: ClassVar = SORTS

    @classmethod
    def of(cls, breakdown: Breakdown, parameters: QueryDict) -> Sheet:
        """Select from ``breakdown``; a value that is not known selects nothing and is named in ``errors``."""
        bloc, word = parameters.get("bloc", ""), parameters.get("choice", "")
        sort = parameters.get("sort") or BY_NAME
        errors = []
        if bloc and bloc not in {line.bloc.slug for line in breakdown.blocs}:
            errors.append(_("No member of a bloc “%(bloc)s” was in this electorate.") % {"bloc": bloc})
        if word and word not in {choice.word for choice in Choice}:
            words = ", ".join(choice.word for choice in Choice)
            errors.append(_("“%(word)s” is not a vote; choose one of %(words)s.") % {"word": word, "words": words})
        if sort not in dict(SORTS):
            errors.append(_("“%(sort)s” is no order; choose name, choice or code.") % {"sort": sort})
        lines = [
            line
            for line in breakdown.states
            if not errors and (not bloc or bloc in line.blocs) and (not word or line.choice.word == word)
        ]
        order = list(Choice)
        if sort == BY_CHOICE:
            lines.sort(key=lambda line: order.index(line.choice))
        elif sort == BY_CODE:
            lines.sort(key=lambda line: line.state.code)
        return cls(tuple(_running(lines)), Totals.count(line.choice for line in lines), bloc, word, sort, tuple(errors))


def _running(lines: list[StateChoice]) -> list[SheetRow]:
    """Return each line with the totals down to it."""
    fields = {Choice.YES: "yes", Choice.NO: "no", Choice.ABSTAINING: "abstaining", Choice.NON_VOTING: "non_voting"}
    running = Totals(0, 0)
    rows = []
    for line in lines:
        field = fields[line.choice]
        running = replace(running, **{field: getattr(running, field) + 1})
        rows.append(SheetRow(line, running))
    return rows
