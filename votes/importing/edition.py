"""``Edition``, the common form into which every layout is read: what a source's files state about roll calls."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from resolutions.models import PRINCIPAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from resolutions.symbols import Symbol


class UnfitFileError(Exception):
    """A file cannot be imported at all; the message says why, where and what to do."""

    def __init__(self, message: str, *, file: str = "", line: int | None = None, column: str = "") -> None:
        self.file, self.line, self.column = file, line, column
        place = ", ".join(filter(None, [file, f"line {line}" if line else "", f"column {column}" if column else ""]))
        super().__init__(f"{place}: {message}" if place else message)


def parse_votes(text: str) -> dict[str, str]:
    """Return the choices by state code of a statement's “AFGY ALBN”."""
    return {vote[:3]: vote[3:] for vote in text.split()}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Rows of a file that cannot be taken as they stand: counted, kept as a finding, never silently dropped."""

    kind: str
    """The kind of finding: ``unknown-code``, ``unreadable``, ``conflict`` or ``unmatched``."""
    file: str
    line: int
    """The line of the first such row, counted from 1 with the header."""
    column: str
    value: str
    problem: str
    """What is wrong, as a key of ``votes.models.finding_sentences.PROBLEMS``."""
    rows: int = 1
    """How many rows have it."""
    rejected: int = 0
    """How many of them were left out."""
    ref: int | None = None
    """The roll call of the edition it belongs to, if any."""
    reference: str = ""
    """The source's own name of that roll call, its symbol for preference; part of the finding's identity."""
    details: Mapping[str, object] = field(default_factory=dict)
    """What more there is to say, by the words of the problem's sentence."""


@dataclass(frozen=True, slots=True)
class StatedText:
    """What a file says of a text."""

    symbol: Symbol
    kind: str
    """``resolution``, ``decision`` or ``draft``."""
    title: str
    agenda: str = ""
    topics: tuple[str, ...] = ()
    """Slugs of topics, sorted."""
    subjects: tuple[str, ...] = ()
    """Subject headings as the UN Digital Library writes them, each once, in the order of the file."""
    drafts: tuple[str, ...] = ()
    """Draft symbols as written."""
    variants: tuple[str, ...] = ()
    """Other spellings; in Plenary's own export."""
    session: str | None = None
    """The code of its session, empty for none; None: that of the roll call that names it."""
    status: str = "published"


def text_kind(symbol: Symbol) -> str:
    """Return what a text is by its symbol: ``resolution``, ``decision`` or ``draft``."""
    kinds = {"RES": "resolution", "DEC": "decision"}
    return next((kinds[part] for part in symbol.text.split("/")[1:3] if part in kinds), "draft")


@dataclass(slots=True)
class StatedRollCall:
    """What a file says of a roll call. Empty text and None: the file does not say."""

    ref: int
    """Its number in the edition; votes name it."""
    line: int
    """The line of its first row."""
    source: str
    """The slug of the source."""
    reference: str
    """The source's own name of it: a record number with address, or an rcid."""
    body: str
    """Its code, known to the record."""
    session: str | None
    """The code of the session, ``79`` or ``ES-11``, known to the record."""
    date: datetime.date
    date_precision: str = "day"
    """``day`` or ``month``, with the date on the first of the month."""
    text: StatedText | None = None
    """The text it was on, where the file names one that may be entered."""
    symbol_key: str = ""
    """The key of the symbol that the file names, if any; to be matched with texts that are on record."""
    decisive: bool = False
    """Whether it stands for its text where the text has no other decisive roll call yet."""
    title: str = ""
    meeting: str = ""
    ordinal: int | None = None
    kind: str = "text"
    method: str = "recorded"
    requirement: str = "not-stated"
    result: str = "not-stated"
    announced: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)
    """In favour, against, abstaining, non-voting."""
    note: str = ""
    difference_reason: str = ""
    """Why counted and announced totals differ; in Plenary's own export."""
    absences_derived: bool = False
    """Whether its non-voting members were derived from the membership of the body, and not stated by the source."""
    not_legible: tuple[str, ...] = ()
    """Codes of members that the source lists without a choice that can be read, sorted; they are in no total."""
    slug: str = ""
    """The public slug; in Plenary's own export."""
    suggested_slug: str = ""
    """The public slug to take where the roll call is new and nothing else has it; in the record that ships."""
    corroborate: bool = False
    """Whether its symbol may mislead, so that it is the same vote as one on record only if the votes agree."""


@dataclass(frozen=True, slots=True)
class StatedSession:
    """A session of a body."""

    body: str
    code: str
    name: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was read."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Seat:
    """A seat in a body."""

    body: str
    state: str
    since: datetime.date
    until: datetime.date | None


@dataclass
class Edition:
    """What the files of one source say."""

    format: str
    source: str
    """The slug of the source; empty where each roll call has its own, as in Plenary's own export."""
    files: list[FileFacts]
    """First the one whose lines the roll calls name."""
    roll_calls: list[StatedRollCall]
    """In the order of the file; ``roll_calls[i].ref == i``."""
    votes: pl.DataFrame
    """``ref`` (UInt32), ``state`` (code) and ``choice`` (Y, N, A, X), both Categorical or String: one row a vote,
    no (ref, state) twice, every state known to the record."""
    problems: list[RowProblem] = field(default_factory=list)
    new_source: Mapping[str, str] = field(default_factory=dict)
    """The facts of the source, where Plenary does not ship with it: added where the record does not have it."""
    sessions: list[StatedSession] = field(default_factory=list)
    """Sessions that roll calls name and the record does not have."""
    seats: list[Seat] = field(default_factory=list)
    """Seats as the votes show them, of bodies and terms of which the record has none."""
    notes: list[str] = field(default_factory=list)
    """What a reader of the summary should know: absences derived, rows that are no votes."""

    @cached_property
    def last_days(self) -> Mapping[tuple[str, str], datetime.date]:
        """Return the last day that the edition covers, by source and body; of two editions the newer one counts."""
        days: dict[tuple[str, str], datetime.date] = {}
        for stated in self.roll_calls:
            key = (stated.source, stated.body)
            days[key] = max(days.get(key, stated.date), stated.date)
        return days

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(problem.rejected for problem in self.problems)


@dataclass(frozen=True)
class Known:
    """What readers need to know of the record; they know no database."""

    states: frozenset[str]
    """The codes."""
    iso2: Mapping[str, str]
    """Codes by ISO 3166-1 alpha-2 code."""
    successors: Mapping[str, tuple[str, ...]]
    """The codes that took over from a code."""
    seats: Sequence[Seat]
    sessions: frozenset[tuple[str, str]]
    """Body and code."""
    topics: frozenset[str]
    names: Mapping[str, frozenset[str]]
    """All names of a code, past ones too, folded."""
    bodies: frozenset[str] = frozenset(PRINCIPAL)
    """The codes."""

    @cached_property
    def seats_of(self) -> Mapping[tuple[str, str], list[Seat]]:
        """Return the seats by body and state."""
        seats: dict[tuple[str, str], list[Seat]] = {}
        for seat in self.seats:
            seats.setdefault((seat.body, seat.state), []).append(seat)
        return seats

    def sits(self, body: str, state: str, first: datetime.date, last: datetime.date) -> bool:
        """Tell whether ``state`` was a member of ``body`` on every day from ``first`` to ``last``."""
        return any(
            seat.since <= first and (seat.until is None or last < seat.until)
            for seat in self.seats_of.get((body, state), ())
        )

    def electorate(self, body: str, first: datetime.date, last: datetime.date) -> frozenset[str]:
        """Return those who were members of ``body`` on every day from ``first`` to ``last``."""
        return frozenset(s for b, s in self.seats_of if b == body and self.sits(body, s, first, last))
