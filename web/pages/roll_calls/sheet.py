"""The table of votes by state: filtered by bloc and choice, sorted, with running totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from votes.choices import Choice
from votes.totals import Totals
from web.pictures.tiles import layout, linked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from votes.reports.breakdown import Breakdown, StateChoice
    from votes.reports.roll_call_context import RollCallContext

BY_NAME, BY_CHOICE, BY_CODE = "name", "choice", "code"
SORTS = [
    (BY_NAME, gettext_lazy("Name")),
    (BY_CHOICE, gettext_lazy("Vote")),
    (BY_CODE, gettext_lazy("Code")),
]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows selected and sorted by ``bloc``, ``choice`` and ``sort``."""

    lines: tuple[StateChoice, ...]
    totals: Totals
    blocs: tuple[tuple[str, str], ...]
    """Blocs to choose from, as (slug, short name)."""
    bloc: str
    choice: str
    sort: str
    errors: tuple[str, ...]
    bloc_error: str
    """The error of ``bloc``, also in ``errors``."""

    parameters: ClassVar = ("bloc", "choice", "sort")
    sorts: ClassVar = SORTS

    @classmethod
    def of(cls, breakdown: Breakdown, parameters: QueryDict) -> Sheet:
        """Select rows of ``breakdown``; unknown values select nothing and add to ``errors``."""
        bloc, word = parameters.get("bloc", ""), parameters.get("choice", "")
        sort = parameters.get("sort") or BY_NAME
        blocs = tuple((line.bloc.slug, line.bloc.short_name) for line in breakdown.blocs)
        errors, bloc_error = [], ""
        lines: Sequence[StateChoice] | None = breakdown.of_bloc(bloc) if bloc else breakdown.states
        if lines is None:
            bloc_error = _("No member of a bloc “%(bloc)s” was in this electorate.") % {"bloc": bloc}
            errors.append(bloc_error)
        if word and word not in {choice.word for choice in Choice}:
            words = ", ".join(choice.word for choice in Choice)
            errors.append(_("“%(word)s” is not a vote; choose one of %(words)s.") % {"word": word, "words": words})
        if sort not in dict(SORTS):
            errors.append(_("Can’t sort by “%(sort)s”; choose name, choice or code.") % {"sort": sort})
        if errors or lines is None:
            lines = []
        if word:
            lines = [line for line in lines if line.choice.word == word]
        if sort == BY_CHOICE:
            order = list(Choice)
            lines = sorted(lines, key=lambda line: order.index(line.choice))
        elif sort == BY_CODE:
            lines = sorted(lines, key=lambda line: line.state.code)
        totals = Totals.count(line.choice for line in lines)
        return cls(tuple(lines), totals, blocs, bloc, word, sort, tuple(errors), bloc_error)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return the choices as (value, label)."""
        return [(choice.word, str(choice.label)) for choice in Choice]

    @property
    def rows(self) -> list[tuple[StateChoice, str]]:
        """Return each row with the running tally."""
        rows, running = [], dict.fromkeys(Choice, 0)
        for line in self.lines:
            running[line.choice] += 1
            rows.append((line, f"{running[Choice.YES]}-{running[Choice.NO]}-{running[Choice.ABSTAINING]}"))
        return rows


def tile_links(breakdown: Breakdown, vote_context: RollCallContext, sheet: Sheet) -> str:
    """Return the tile grid as HTML links, with the sheet's bloc highlighted."""
    drawn, n = layout(breakdown.states, vote_context.permanent), len(breakdown.states)
    lines = breakdown.of_bloc(sheet.bloc) if sheet.bloc else None
    if lines is None:
        return linked(drawn, ngettext("%(n)s member state by vote", "%(n)s member states by vote", n) % {"n": n})
    label = ngettext(
        "%(n)s member state by vote; highlighted: %(bloc)s", "%(n)s member states by vote; highlighted: %(bloc)s", n
    ) % {"n": n, "bloc": dict(sheet.blocs)[sheet.bloc]}
    return linked(drawn, label, {line.state.code for line in lines})
