"""The vote matrix: every choice of every member state in every roll call, in one small labelled array.

Rows are roll calls in the order of their dates (within a day by slug), columns are member states in the order of
their codes. An order that comes from the labels and never from the rows of a table is what makes the same question
have the same answer, byte for byte.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Sequence

OUTSIDE = 0
"""Not in the electorate: no member of the body on that day, or not yet or no longer a state."""
YES, ABSTAINING, NO = 1, 2, 3
"""The three positions, in the order of an ordinal scale."""
NON_VOTING = 4
"""A member that was absent or took no part; never a position."""
TIED = 5
"""Of a group: its members' most frequent positions tie. Never in a matrix."""

LETTERS = {"Y": YES, "A": ABSTAINING, "N": NO, "X": NON_VOTING}
"""The choices by the letters of the record."""

Choices = NDArray[np.int8]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class VoteMatrix:
    """Choices of R roll calls and S member states with the labels of both axes. Arrays are read-only.

    Raises ValueError where shapes, codes or orders do not fit.
    """

    choices: Choices
    """R x S: one of OUTSIDE, YES, ABSTAINING, NO, NON_VOTING."""
    keys: NDArray[np.int64]
    """R: the keys of the roll calls in the database, for asking it more; never shown and never an order."""
    slugs: NDArray[np.str_]
    """R: the public names of the roll calls."""
    dates: Dates
    """R: in days, ascending."""
    bodies: NDArray[np.str_]
    """R: codes of the bodies."""
    kinds: NDArray[np.str_]
    """R: what was put to the vote."""
    sessions: NDArray[np.str_]
    """R: keys of the sessions, empty where there is none (the Security Council)."""
    topics: NDArray[np.int64]
    """R: sets of topics as bits, the first of ``topic_slugs`` the lowest."""
    topic_slugs: tuple[str, ...]
    states: tuple[str, ...]
    """S: three-letter codes, ascending."""

    def __post_init__(self) -> None:
        """Check that everything fits together, and protect it."""
        rolls, states = self.choices.shape
        for axis in ("keys", "slugs", "dates", "bodies", "kinds", "sessions", "topics"):
            values = getattr(self, axis)
            if values.shape != (rolls,):
                raise ValueError(f"{axis} has the shape {values.shape}, not ({rolls},).")
            values.flags.writeable = False
        if self.choices.dtype != np.int8 or (
            self.choices.size and not 0 <= self.choices.min() <= self.choices.max() <= 4
        ):
            raise ValueError("Choices are int8 from 0 to 4.")
        if states != len(self.states) or list(self.states) != sorted(set(self.states)):
            raise ValueError("States are as many as columns, in the order of their codes, each once.")
        if (self.dates[1:] < self.dates[:-1]).any():
            raise ValueError("Roll calls are in the order of their dates.")
        if len(self.topic_slugs) > 62:
            raise ValueError("There is room for 62 topics.")
        self.choices.flags.writeable = False

    def __len__(self) -> int:
        return len(self.choices)

    @cached_property
    def columns(self) -> dict[str, int]:
        return {code: column for column, code in enumerate(self.states)}

    @cached_property
    def rows_by_slug(self) -> dict[str, int]:
        return {slug: row for row, slug in enumerate(self.slugs.tolist())}

    @cached_property
    def by_state(self) -> Choices:
        """Return S x R, the same choices with those of each state side by side in memory."""
        by_state = np.ascontiguousarray(self.choices.T)
        by_state.flags.writeable = False
        return by_state

    @cached_property
    def years(self) -> NDArray[np.int64]:
        return self.dates.astype("datetime64[Y]").astype(np.int64) + 1970

    @cached_property
    def digest(self) -> str:
        """Return a name for exactly this content, 32 hexadecimal digits; database keys do not count."""
        digest = hashlib.blake2b(digest_size=16)
        for field in fields(self):
            if field.name != "keys":
                value = getattr(self, field.name)
                digest.update(field.name.encode())
                digest.update(
                    np.ascontiguousarray(value).tobytes() if isinstance(value, np.ndarray) else repr(value).encode()
                )
        return digest.hexdigest()

    def of(self, code: str) -> Choices:
        """Return the choices of a state, R; OUTSIDE throughout for a code that never had a vote."""
        column = self.columns.get(code)
        return np.zeros(len(self), np.int8) if column is None else self.choices[:, column]

    def span(self, since: datetime.date | None = None, until: datetime.date | None = None) -> slice:
        """Return the rows from ``since`` up to but not including ``until``."""
        start = 0 if since is None else int(np.searchsorted(self.dates, np.datetime64(since, "D")))
        stop = len(self) if until is None else int(np.searchsorted(self.dates, np.datetime64(until, "D")))
        return slice(start, max(start, stop))

    def rows(
        self,
        *,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        body: str | None = None,
        topic: str | None = None,
        kinds: Collection[str] | None = None,
    ) -> Rows:
        """Return the rows of the roll calls that meet all conditions, ascending.

        Raises KeyError for a topic that is not among ``topic_slugs``.
        """
        span = self.span(since, until)
        selected = np.ones(span.stop - span.start, bool)
        if body is not None:
            selected &= self.bodies[span] == body
        if kinds is not None:
            selected &= np.isin(self.kinds[span], list(kinds))
        if topic is not None:
            selected &= self.on_topic(topic)[span]
        return np.flatnonzero(selected) + span.start

    def on_topic(self, topic: str) -> Mask:
        """Return, for each roll call, whether its text is about ``topic``; raise KeyError for an unknown one."""
        if topic not in self.topic_slugs:
            raise KeyError(topic)
        return (self.topics >> self.topic_slugs.index(topic)) & 1 == 1

    def take(self, rows: Rows | slice) -> VoteMatrix:
        """Return the matrix of some of the roll calls, in the order in which they stand here."""
        axes = ("choices", "keys", "slugs", "dates", "bodies", "kinds", "sessions", "topics")
        return replace(self, **{axis: getattr(self, axis)[rows] for axis in axes})

    def of_states(self, codes: Sequence[str]) -> VoteMatrix:
        """Return the matrix of some of the states; raise KeyError for a code that has no column."""
        columns = [self.columns[code] for code in sorted(codes)]
        return replace(self, choices=self.choices[:, columns], states=tuple(sorted(codes)))


def positions_only(choices: Choices) -> Choices:
    """Return ``choices`` with OUTSIDE wherever no position was taken: non-voting is never one."""
    return np.where((choices >= YES) & (choices <= NO), choices, np.int8(OUTSIDE))
