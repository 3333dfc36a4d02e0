"""The tables of a comparison: formatted values with their numbers of roll calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from votes.analysis.matrix import ABSTAINING, LETTERS, NO, NON_VOTING, TIED, YES
from votes.choices import Choice
from votes.reports.comparison import NO_TOPIC, rests_on, shown
from web.display.bars import percent_of
from web.display.enumeration import joined_with_and
from web.display.figures import Figures, number
from web.display.measures import MEASURES
from web.pages.comparison.picture import pair_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from votes.analysis.pairs import Agreement
    from votes.record.parties import Party
    from votes.record.roll_calls import ListedRollCall
    from votes.reports.comparison import Comparison, Overlap, Pair
    from web.display.measures import Measure

AGREEMENT = MEASURES["agreement"]

TAKEN: dict[int, Choice | None] = {number: Choice(letter) for letter, number in LETTERS.items()} | {TIED: None}
"""The positions of parties, by their numbers in the vote matrix; None for a group that is tied."""


class Figure(NamedTuple):
    """A measure formatted for a table cell."""

    value: str
    """A dash if not shown."""
    rests_on: int
    """Number of roll calls."""
    share: float | None
    """None if not shown."""

    @property
    def width(self) -> str:
        """Return the width of its bar for SVG; empty if not shown."""
        return "" if self.share is None else percent_of(round(max(0.0, self.share) * 1000), 1000)


class PairFigures(NamedTuple):
    """The four measures of a pair, in the order of ``MEASURES``."""

    pair: Pair
    now: list[Figure]
    before: list[Figure]
    """Of the preceding period; empty if there is none."""
    changes: list[str]
    """A dash if not shown."""


class Table(NamedTuple):
    """Named rows of figures, and the column headings."""

    heads: list[str]
    rows: list[tuple[str, list[Figure]]]


def figure(measured: Agreement, measure: Measure = AGREEMENT, say: Figures | None = None) -> Figure:
    """Return a measure formatted for a cell. Tables pass one formatter (``say``)."""
    value = shown(measured, measure.name)
    return Figure(measure.value(value, say), rests_on(measured, measure.name), value)


def pair_figures(comparison: Comparison) -> list[PairFigures]:
    """Return the four measures of each pair."""
    say = Figures()
    return [
        PairFigures(
            pair,
            _measures(pair.overall, say),
            _measures(pair.before, say) if pair.before else [],
            [measure.change(pair.change(name)) for name, measure in MEASURES.items()],
        )
        for pair in comparison.pairs
    ]


def _measures(measured: Agreement, say: Figures) -> list[Figure]:
    """Return the four measures."""
    return [figure(measured, measure, say) for measure in MEASURES.values()]


def matrix(comparison: Comparison, measure: Measure) -> list[tuple[Party, list[tuple[Pair, Figure] | None]]]:
    """Return each party with a measure for each other party; None for itself."""
    say, cells = Figures(), {}
    for pair in comparison.pairs:
        cells[pair.one.text, pair.other.text] = cells[pair.other.text, pair.one.text] = (
            pair,
            figure(pair.overall, measure, say),
        )
    texts = [party.text for party in comparison.parties]
    return [(party, [cells.get((party.text, text)) for text in texts]) for party in comparison.parties]


def by_year(comparison: Comparison, measure: Measure) -> Table:
    """Return all measures of one pair, or one measure of several pairs, by year, newest first."""
    table = _by(comparison, measure, map(str, comparison.years), lambda pair: pair.years)
    return Table(table.heads, table.rows[::-1])


def by_topic(comparison: Comparison, measure: Measure) -> Table:
    """Return all measures of one pair, or one measure of several pairs, by topic."""
    topics = comparison.record.topics
    names = (_("None of these") if slug == NO_TOPIC else topics[slug] for slug in comparison.topics)
    return _by(comparison, measure, names, lambda pair: pair.topics)


def _by(
    comparison: Comparison, measure: Measure, names: Iterable[str], parts: Callable[[Pair], list[Agreement]]
) -> Table:
    """Return a row for each name: all measures of one pair, or one measure of each charted pair.

    Names without any common position have no row.
    """
    say = Figures()
    if len(comparison.pairs) == 1:
        heads = [str(one.label) for one in MEASURES.values()]
        lines = [(measured.common, _measures(measured, say)) for measured in parts(comparison.pairs[0])]
    else:
        heads = [pair_name(pair) for pair in comparison.charted]
        lines = [
            (any(measured.common for measured in line), [figure(measured, measure, say) for measured in line])
            for line in zip(*(parts(pair) for pair in comparison.charted), strict=True)
        ]
    return Table(heads, [(name, line) for name, (has_any, line) in zip(names, lines, strict=True) if has_any])


def positions_taken(
    comparison: Comparison, roll_calls: Sequence[ListedRollCall]
) -> list[tuple[ListedRollCall, list[tuple[Choice | None, list[str]]]]]:
    """Return the roll calls on which the parties were most divided, with the parties by position."""
    places = np.searchsorted(comparison.rows, comparison.divided[: len(roll_calls)])
    names = [short_name(party) for party in comparison.parties]
    return [
        (
            roll_call,
            [
                (TAKEN[position], who)
                for position in (YES, ABSTAINING, NO, TIED, NON_VOTING)
                if (who := [name for name, took in zip(names, taken, strict=True) if took == position])
            ],
        )
        for roll_call, taken in zip(roll_calls, comparison.positions[:, places].T.tolist(), strict=True)
    ]


def short_name(party: Party) -> str:
    """Return a state's or a bloc's name, or the codes of several states."""
    return str(party) if len(party.names) == 1 else party.text


def extreme(found: Sequence[Pair]) -> tuple[str, str] | None:
    """Return the names of pairs with equal agreement, and that agreement with its numbers of roll calls."""
    if not found:
        return None
    names = (f"{short_name(pair.one)} – {short_name(pair.other)}" for pair in found)
    figures = (
        _("%(value)s of %(n)s") % {"value": one.value, "n": number(one.rests_on)}
        for one in (figure(pair.overall) for pair in found)
    )
    return "; ".join(names), "; ".join(figures)


def overlap(shared: Overlap, comparison: Comparison) -> str:
    """Return a sentence on states that count in both parties' positions."""
    names = [comparison.record.states[code].name for code in shared.states]
    for own, group in ((shared.one, shared.other), (shared.other, shared.one)):
        if own.is_state:
            said = _("%(state)s belongs to %(group)s: its own vote counts in that position too.")
            return said % {"state": own, "group": short_name(group)}
    said = ngettext(
        "%(one)s and %(other)s have a member in common, whose vote counts in both positions: %(names)s.",
        "%(one)s and %(other)s have %(n)s members in common, whose votes count in both positions: %(names)s.",
        len(names),
    )
    most = names[:6] if len(names) <= 6 else [*names[:6], _("others")]
    values = {"one": short_name(shared.one), "other": short_name(shared.other), "n": len(names)}
    return said % {**values, "names": joined_with_and(most)}
