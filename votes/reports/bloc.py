"""A bloc's record: its positions, its cohesion, and how often each member breaks with it.

Everything is read from the vote matrix, each roll call with the full members of its own date.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.breaks import BODY
from votes.analysis.cohesion import agreement_index, mean_by, rice_index
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES, positions_only
from votes.analysis.memberships import ALWAYS, FOREVER
from votes.analysis.pairs import is_position
from votes.models import BlocMembership
from votes.totals import Totals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from votes.analysis.cohesion import Values
    from votes.analysis.matrix import Mask, Rows
    from votes.record.record import BlocRead, Record, State
    from votes.record.roll_calls import ListedRollCall

MINIMUM_POSITIONS = 5
"""A share of fewer positions than this says little and is not shown."""

MINIMUM_ROLL_CALLS = 10
"""Roll calls below which no mean is given for a year or a topic."""


@dataclass(frozen=True, slots=True)
class MemberBreaks:
    """How often a member took a position, and another than the bloc's."""

    state: State
    positions: int
    breaks: int

    @property
    def share(self) -> float | None:
        """Return the share of breaks, from 0 to 1; None below ``MINIMUM_POSITIONS``."""
        return self.breaks / self.positions if self.positions >= MINIMUM_POSITIONS else None


@dataclass(frozen=True, slots=True)
class Cohesion:
    """How far a bloc kept together over the roll calls of a year or on a topic: means over roll calls.

    The indices are those of ``votes.analysis.cohesion``, over roll calls on which at least two members took a position
    (Rice: were in favour or against); None below ``MINIMUM_ROLL_CALLS`` of them.
    """

    of: str
    """The year, or the slug of the topic."""
    agreement_index: float | None
    roll_calls: int
    """What the agreement index rests on."""
    rice_index: float | None
    rice_roll_calls: int
    """What Rice's index rests on."""
    voting: float | None
    """How many members took a position, on average over ``roll_calls``; None where there are none."""


@dataclass(frozen=True, slots=True)
class Divided:
    """A roll call on which a bloc was divided."""

    row: int
    totals: Totals
    agreement_index: float


@dataclass(frozen=True)
class BlocRecord:
    """What a bloc did on the roll calls that a page's filters select.

    Cohesion is read in one body, the General Assembly unless another is asked for: of most blocs a handful sits in the
    Council, and how those agree would pass for how the bloc does. Breaks are counted wherever they happened.
    """

    record: Record
    bloc: BlocRead
    rows: Rows
    """Rows of the record's matrix, ascending."""
    body: str = BODY

    @cached_property
    def totals(self) -> NDArray[np.int16]:
        """Return R x 5, how many of its members of each date made each choice, on the whole record."""
        return self.record.bloc_totals[self.bloc.slug]

    @property
    def votes(self) -> Totals:
        """Return how often its members chose what on all roll calls selected together."""
        return _totals(self.totals[self.rows].sum(axis=0, dtype=np.int64))

    def positions_on(self, roll_calls: Iterable[ListedRollCall]) -> list[tuple[ListedRollCall, Totals]]:
        """Return each roll call with the totals of the bloc's members of its date."""
        at = self.record.matrix.rows_by_slug
        none = Totals(0, 0, 0, 0)
        return [(one, _totals(self.totals[at[one.slug]]) if one.slug in at else none) for one in roll_calls]

    @cached_property
    def breaks(self) -> list[MemberBreaks]:
        """Return each member that took a position, those with the largest share of breaks first.

        Those with too few positions for a share come after the others, but whoever broke comes before those that never
        did. A break is a position other than the bloc's, the plurality of its voting members; where they tie there is
        no position to break with. Members with equal shares are ordered by how often, then by name.
        """
        record, matrix = self.record, self.record.matrix
        positions = np.zeros(len(matrix), np.int8)
        positions[self.rows] = positions_only(
            record.bloc_positions[list(record.blocs).index(self.bloc.slug), self.rows]
        )
        counts: dict[str, tuple[int, int]] = {}
        # By membership rather than by roll call: of a large bloc this reads a tenth of what a mask of all would.
        for code, span in self._spans:
            if (column := matrix.columns.get(code)) is not None:
                own, its = matrix.by_state[column, span], positions[span]
                both = is_position(own) & (its != OUTSIDE)
                taken, broken = counts.get(code, (0, 0))
                other = both & (own != its)
                counts[code] = (taken + int(np.count_nonzero(both)), broken + int(np.count_nonzero(other)))
        lines = [MemberBreaks(record.states[code], *counts[code]) for code in counts if counts[code][0]]
        return sorted(
            lines,
            key=lambda line: (
                not line.breaks,
                1 if line.share is None else -line.share,
                -line.breaks,
                line.state.sort_name,
                line.state.code,
            ),
        )

    @cached_property
    def in_body(self) -> Rows:
        """Return the rows of the body on which any of its members was in the electorate."""
        rows = self.rows[self.record.matrix.bodies[self.rows] == self.body]
        return rows[self.totals[rows].any(axis=1)]

    @cached_property
    def by_year(self) -> list[Cohesion]:
        """Return its cohesion in each calendar year in which it had members in the body, ascending."""
        years, labels = np.unique(self.record.matrix.years[self.in_body], return_inverse=True)
        return self._cohesion([str(year) for year in years.tolist()], np.arange(len(labels)), labels)

    @cached_property
    def by_topic(self) -> list[Cohesion]:
        """Return its cohesion on each topic on which it had any, in the order of the topics' names.

        A roll call on several topics counts for each of them.
        """
        matrix = self.record.matrix
        slugs = list(self.record.topics)
        about = [np.flatnonzero(matrix.on_topic(slug)[self.in_body]) for slug in slugs]
        labels = np.repeat(np.arange(len(slugs)), [len(places) for places in about])
        places = np.concatenate([np.zeros(0, np.intp), *about])
        return [one for one in self._cohesion(slugs, places, labels) if one.roll_calls]

    @cached_property
    def overall(self) -> Cohesion:
        """Return its cohesion over all of them."""
        everything = np.arange(len(self.in_body))
        (all_of_them,) = self._cohesion([""], everything, np.zeros_like(everything))
        return all_of_them

    def divided(self, number: int) -> list[Divided]:
        """Return the roll calls with the lowest agreement index, the most divided first, then the newer; then by slug.

        Only those on which at least half of the bloc's members of the day took a position: where two of thirty vote
        and differ, the bloc is not divided. Where it was of one mind it is not divided either.
        """
        rows = self.in_body
        index, _rice, voting = self._measured
        met = (index < 1) & (2 * voting >= self._members()[rows])
        rows, index = rows[met], index[met]
        days = self.record.matrix.dates[rows].astype(np.int64)
        return [
            Divided(int(rows[place]), _totals(self.totals[rows[place]]), float(index[place]))
            for place in np.lexsort((rows, -days, index))[:number].tolist()
        ]

    @cached_property
    def _measured(self) -> tuple[Values, Values, NDArray[np.int64]]:
        """Return, for each of ``in_body``, agreement index, Rice index, and how many members took a position."""
        totals = self.totals[self.in_body]
        voting = totals[:, [YES, ABSTAINING, NO]].sum(axis=1, dtype=np.int64)
        return agreement_index(totals), rice_index(totals), voting

    def _cohesion(self, names: list[str], places: Rows, labels: NDArray[np.int64]) -> list[Cohesion]:
        """Return the cohesion over the ``places`` in ``in_body`` with each label, whose names are ``names``."""
        all_index, all_rice, all_voting = self._measured
        index = all_index[places]
        voting = np.where(np.isnan(index), np.nan, all_voting[places])
        means, counts = mean_by(index, labels, len(names))
        rice, rice_counts = mean_by(all_rice[places], labels, len(names))
        members, _counts = mean_by(voting, labels, len(names))
        return [
            Cohesion(
                of=name,
                agreement_index=mean if count >= MINIMUM_ROLL_CALLS else None,
                roll_calls=count,
                rice_index=rice_mean if rice_count >= MINIMUM_ROLL_CALLS else None,
                rice_roll_calls=rice_count,
                voting=number if count else None,
            )
            for name, mean, count, rice_mean, rice_count, number in zip(
                names,
                means.tolist(),
                counts.tolist(),
                rice.tolist(),
                rice_counts.tolist(),
                members.tolist(),
                strict=True,
            )
        ]

    def _members(self) -> NDArray[np.int64]:
        """Return R, how many full members the bloc had on the day of each roll call, in the electorate or not."""
        members = np.zeros(len(self.record.matrix), np.int64)
        for _state, span in self._spans:
            members[span] += 1
        return members

    @cached_property
    def _spans(self) -> list[tuple[str, slice]]:
        """Return each full membership, the code of the state with the rows of the matrix it spans."""
        held, dates = self.bloc.group.memberships, self.record.matrix.dates
        since = np.array([one.since or ALWAYS for one in held], "datetime64[D]")
        until = np.array([one.until or FOREVER for one in held], "datetime64[D]")
        starts, stops = np.searchsorted(dates, since).tolist(), np.searchsorted(dates, until).tolist()
        return [(one.state, slice(*rows)) for one, *rows in zip(held, starts, stops, strict=True)]


def roll_calls_of(record: Record, bloc: BlocRead) -> Mask:
    """Return which of the record's register had a member of the bloc in their electorate on their date."""
    present: Mask = np.any(record.bloc_totals[bloc.slug] != 0, axis=1)
    return record.register.voted(present)


@dataclass(frozen=True, slots=True)
class BlocMember:
    """A state's membership on a day."""

    code: str
    name: str
    """Its name of the day."""
    status: str
    since: datetime.date | None
    since_precision: str


def members_on(record: Record, bloc: BlocRead, date: datetime.date) -> list[BlocMember]:
    """Return the memberships that held on ``date``, full ones first, by name."""
    found = [
        BlocMember(code, record.states[code].name_on(date), held.kind, held.since, held.since_precision)
        for code, held in record.tenures_by_bloc.get(bloc.slug, ())
        if held.holds_on(date)
    ]
    # They are by name already, and stay so among equals.
    order = {status: place for place, status in enumerate(BlocMembership.Status.values)}
    return sorted(found, key=lambda member: order[member.status])


def _totals(numbers: NDArray[np.integer]) -> Totals:
    """Return the totals of 5 numbers by choice, of which the first is of nobody."""
    by_choice = dict(zip(range(5), numbers.tolist(), strict=True))
    return Totals(by_choice[YES], by_choice[NO], by_choice[ABSTAINING], by_choice[NON_VOTING])
