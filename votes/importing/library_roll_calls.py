"""What a file of the UN Digital Library says of its texts: one roll call for each text adopted.

The files repeat what they say of a vote in every row of it. Rows that say the same come here once, as facts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resolutions.models import Body
from resolutions.symbols import parse_or_none
from votes.importing.edition import StatedRollCall, StatedText
from votes.importing.formats import GA_OUTCOMES, GA_VOTING, SC_VOTING
from votes.importing.library_cells import (
    METHODS,
    read_date,
    read_description,
    read_session,
    read_title,
    read_total,
    split,
    topic_of,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from resolutions.symbols import Symbol
    from votes.importing.edition import Known
    from votes.importing.problems import Problems

SOURCE = "un-digital-library"

TOTALS = ("total_yes", "total_no", "total_abstentions", "total_non_voting")

LONGEST_SYMBOL, LONGEST_MEETING, LONGEST_REFERENCE = 100, 40, 200
"""What the record has room for."""


@dataclass(frozen=True)
class Layout:
    """What sets the files of the Digital Library apart. Columns go by their names in ``formats.COLUMNS``."""

    format: str
    body: str
    requirement: str
    title: str
    agenda: str
    read_title: Callable[[str], str]
    more: tuple[str, ...]
    """Columns of facts besides those that all have."""

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the columns that say the same in all rows of a vote and are read."""
        shared = ("undl_id", "resolution", "date", "draft", "meeting", "subjects", "vote_note", "undl_link")
        return (*shared, *TOTALS, self.title, self.agenda, *self.more)


_GA_VOTING = Layout(
    format=GA_VOTING,
    body=Body.GENERAL_ASSEMBLY,
    requirement="not-stated",
    title="title",
    agenda="agenda_title",
    read_title=read_title,
    more=("session", "modality"),
)
LAYOUTS = {
    GA_VOTING: _GA_VOTING,
    GA_OUTCOMES: replace(_GA_VOTING, format=GA_OUTCOMES),
    SC_VOTING: Layout(
        format=SC_VOTING,
        body=Body.SECURITY_COUNCIL,
        requirement="security-council-substantive",
        title="description",
        agenda="agenda",
        read_title=read_description,
        more=("modality",),
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of a file that say the same of a vote."""

    row: int
    """The first of them, from 0."""
    count: int
    cells: Mapping[str, str]
    """Tidy cells by column; the columns that the file has."""


@dataclass
class Record:
    """A vote of the file: the facts of one record number and symbol."""

    symbol: Symbol
    facts: list[Facts]

    @property
    def row(self) -> int:
        """Return its first row."""
        return self.facts[0].row

    @property
    def count(self) -> int:
        """Return how many rows it has."""
        return sum(facts.count for facts in self.facts)

    @property
    def number(self) -> str:
        """Return its record number."""
        return self.facts[0].cells["undl_id"]

    def said(self, column: str) -> dict[str, int]:
        """Return what its rows say in a column, with the first row that says it; an empty cell says nothing."""
        said: dict[str, int] = {}
        for facts in self.facts:
            if value := facts.cells.get(column, ""):
                said.setdefault(value, facts.row)
        return said


@dataclass
class Reading:
    """What is known while the facts of one file are read."""

    layout: Layout
    known: Known
    problems: Problems
    other_subjects: set[str] = field(default_factory=set)
    """Subjects met that are no topics."""
    notes: list[str] = field(default_factory=list)

    def records(self, facts: Iterable[Facts]) -> list[Record]:
        """Return the votes that ``facts``, in the order of the file, are of, in that order.

        What has no readable symbol is left out, with a problem for each record number and symbol.
        """
        found: dict[tuple[str, str], Record] = {}
        unreadable: dict[tuple[str, str], list[Facts]] = defaultdict(list)
        for some in facts:
            number, cell = some.cells["undl_id"], some.cells["resolution"]
            symbol = self._symbol(cell)
            if symbol is None:
                unreadable[number, cell].append(some)
            else:
                found.setdefault((number, symbol.key), Record(symbol, [])).facts.append(some)
        for (_number, cell), group in unreadable.items():
            rows = sum(some.count for some in group)
            self.problems.add(
                "unreadable-symbol", row=group[0].row, column="resolution", value=cell, rows=rows, rejected=rows
            )
        return list(found.values())

    def _symbol(self, cell: str) -> Symbol | None:
        """Return the symbol of a text of the body, None for anything else."""
        symbol = parse_or_none(cell)
        prefix = "S/" if self.layout.body == Body.SECURITY_COUNCIL else "A/"
        return symbol if symbol and symbol.text.startswith(prefix) and len(symbol.text) <= LONGEST_SYMBOL else None

    def adopted(self, records: Sequence[Record]) -> list[tuple[Record, StatedRollCall]]:
        """Return the votes that can be taken with what is said of them, numbered, their line being still a row.

        Of several records of one symbol it is the first.
        """
        adopted: dict[str, tuple[Record, StatedRollCall]] = {}
        for record in records:
            if roll_call := self._roll_call(record):
                if record.symbol.key in adopted:
                    self._reject(record, "symbol-twice", "resolution", record.symbol.text)
                    continue
                roll_call.ref = len(adopted)
                adopted[record.symbol.key] = record, roll_call
        return list(adopted.values())

    def _reject(self, record: Record, problem: str, column: str, value: str, **details: object) -> None:
        """Note that a vote is left out."""
        self.problems.add(
            problem,
            row=record.row,
            column=column,
            value=value,
            rows=record.count,
            rejected=record.count,
            reference=record.symbol.text,
            **details,
        )

    def _differs(self, record: Record, column: str, said: Mapping[str, int], *, rejected: bool) -> None:
        """Note that the rows of a vote disagree on a column, at the first that departs from those before."""
        self.problems.add(
            "facts-differ",
            row=sorted(said.values())[1],
            column=column,
            value=record.symbol.text,
            rows=record.count,
            rejected=record.count if rejected else 0,
            reference=record.symbol.text,
            values=", ".join(f"“{value}”" for value in sorted(said)),
        )

    def symbols_differ(self, records: Sequence[Record]) -> None:
        """Note that the rows of one vote, apart in ``records``, disagree on its symbol and are left out."""
        rows = sum(record.count for record in records)
        self.problems.add(
            "facts-differ",
            row=sorted(record.row for record in records)[1],
            column="resolution",
            value=records[0].number,
            rows=rows,
            rejected=rows,
            values=", ".join(f"“{text}”" for text in sorted(record.symbol.text for record in records)),
        )

    def _cell(self, record: Record, column: str) -> str:
        """Return what all rows of a vote say in a column, empty with a problem where they disagree."""
        said = record.said(column)
        if len(said) > 1:
            self._differs(record, column, said, rejected=False)
            return ""
        return next(iter(said), "")

    def _roll_call(self, record: Record) -> StatedRollCall | None:
        """Return what the file says of a vote; None, with a problem, where it cannot be told when or how it was."""
        date = self._date(record)
        method = self._method(record) if date else None
        if not date or not method:
            return None
        number, link = record.number, self._cell(record, "undl_link")
        return StatedRollCall(
            ref=-1,
            line=record.row,
            source=SOURCE,
            reference=link if link and len(link) <= LONGEST_REFERENCE else number,
            body=self.layout.body,
            session=self._session(record),
            date=date,
            text=self._text(record),
            symbol_key=record.symbol.key,
            decisive=True,
            meeting=self._meeting(record),
            method=method,
            requirement=self.layout.requirement,
            result="adopted",
            announced=self._announced(record, method),
            note=self._cell(record, "vote_note"),
        )

    def _date(self, record: Record) -> datetime.date | None:
        """Return the date of a vote; None, with a problem, where it has none or two."""
        said = record.said("date")
        if len(said) > 1:
            self._differs(record, "date", said, rejected=True)
            return None
        cell = next(iter(said), "")
        try:
            return read_date(cell)
        except ValueError:
            self._reject(record, "unreadable-date", "date", cell)
            return None

    def _method(self, record: Record) -> str | None:
        """Return how a text was adopted; None, with a problem, for a modality that is not known."""
        if "modality" not in self.problems.columns:
            return "recorded"
        said = record.said("modality")
        if len(said) > 1:
            self._differs(record, "modality", said, rejected=True)
            return None
        cell = next(iter(said), "")
        method = METHODS.get(cell.lower())
        if method is None:
            self._reject(record, "unknown-method", "modality", cell)
        return method

    def _session(self, record: Record) -> str | None:
        """Return the session; None where the file says none, and with a problem where there is no such session."""
        cell = self._cell(record, "session")
        if not cell:
            return None
        try:
            session = read_session(cell)
        except ValueError:
            session = ""
        if (self.layout.body, session) in self.known.sessions:
            return session
        self._unread(record, "unknown-session", "session", cell)
        return None

    def _unread(self, record: Record, problem: str, column: str, cell: str) -> None:
        """Note that a cell was left empty."""
        self.problems.add(
            problem, row=record.row, column=column, value=cell, rows=record.count, reference=record.symbol.text
        )

    def _announced(self, record: Record, method: str) -> tuple[int | None, int | None, int | None, int | None]:
        """Return the announced totals; a text adopted without a vote has none."""
        if method == "without-vote":
            return (None, None, None, None)
        yes, no, abstaining, non_voting = (self._total(record, column) for column in TOTALS)
        return (yes, no, abstaining, non_voting)

    def _total(self, record: Record, column: str) -> int | None:
        """Return one total; None where it is empty, and with a problem where it cannot be read."""
        cell = self._cell(record, column)
        try:
            return read_total(cell)
        except ValueError:
            self._unread(record, "unreadable-total", column, cell)
            return None

    def _meeting(self, record: Record) -> str:
        """Return the meeting; empty, with a note, where it is longer than any meeting's symbol."""
        cell = self._cell(record, "meeting")
        if len(cell) <= LONGEST_MEETING:
            return cell
        self.notes.append(f"{record.symbol}: “{cell}” is too long for a meeting and was left out.")
        return ""

    def _text(self, record: Record) -> StatedText:
        """Return what the file says of the text itself."""
        topics = set()
        for subject in split(self._cell(record, "subjects"), "|"):
            slug = topic_of(subject)
            if slug in self.known.topics:
                topics.add(slug)
            else:
                self.other_subjects.add(subject)
        symbol = record.symbol
        kind = {"RES": "resolution", "DEC": "decision"}.get(symbol.text.split("/")[1], "draft")
        return StatedText(
            symbol=symbol,
            kind=kind,
            title=self.layout.read_title(self._cell(record, self.layout.title)),
            agenda=self._cell(record, self.layout.agenda),
            topics=tuple(sorted(topics)),
            drafts=split(self._cell(record, "draft"), "|;"),
        )
