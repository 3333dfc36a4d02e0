"""What a file of the UN Digital Library says of its texts: one roll call for each text adopted.

The files repeat what they say of a vote in every row of it. Rows that say the same come here once, as facts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resolutions.models import Body
from resolutions.symbols import parse_or_none, unnumbered
from resolutions.topics import subject_headings, topics_of
from votes.importing.digital_library.cells import (
    read_date,
    read_description,
    read_meeting,
    read_method,
    read_session,
    read_title,
    read_total,
    split,
)
from votes.importing.edition import StatedRollCall, StatedText, text_kind
from votes.importing.formats import GA_OUTCOMES, GA_VOTING, SC_VOTING
from votes.importing.problems import is_future, period

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
    has_votes: bool = True
    """Whether its rows are votes, so that a text in it was voted on where it does not say how."""

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
    GA_OUTCOMES: replace(_GA_VOTING, format=GA_OUTCOMES, has_votes=False),
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
        return self.facts[0].row

    @property
    def count(self) -> int:
        return sum(facts.count for facts in self.facts)

    @property
    def number(self) -> str:
        return self.facts[0].cells["undl_id"]

    def said(self, column: str) -> dict[str, int]:
        """Return what its rows say in a column, with the first row that says it; an empty cell says nothing."""
        said: dict[str, int] = {}
        for facts in self.facts:
            if value := facts.cells.get(column, ""):
                said.setdefault(value, facts.row)
        return said


def _order(number: str) -> tuple[bool, int, str]:
    """Return what sorts record numbers as numbers, and what is no number after them."""
    is_number = number.isascii() and number.isdigit()
    return (not is_number, int(number) if is_number else 0, number)


@dataclass
class Reading:
    """What is known while the facts of one file are read."""

    layout: Layout
    known: Known
    problems: Problems
    without_headings: int = 0
    """Texts that have categories in place of subject headings."""
    not_stated: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    """The votes of which the file does not say how they were taken, by what it has for a modality."""
    notes: list[str] = field(default_factory=list)

    def records(self, facts: Iterable[Facts]) -> list[Record]:
        """Return the votes that ``facts``, in the order of the file, are of, in that order.

        What has no readable symbol is left out, with a problem for each record number and symbol.
        """
        found: dict[tuple[str, str], Record] = {}
        left_out: dict[tuple[str, str], list[Facts]] = defaultdict(list)
        for some in facts:
            number, cell = some.cells["undl_id"], some.cells["resolution"]
            symbol = parse_or_none(cell) or unnumbered(cell, number)
            if symbol is None or self._problem_of(cell, symbol):
                left_out[number, cell].append(some)
            else:
                found.setdefault((number, symbol.key), Record(symbol, [])).facts.append(some)
        for (_number, cell), group in left_out.items():
            rows = sum(some.count for some in group)
            problem = self._problem_of(cell, parse_or_none(cell))
            self.problems.add(problem, row=group[0].row, column="resolution", value=cell, rows=rows, rejected=rows)
        return list(found.values())

    def _problem_of(self, cell: str, symbol: Symbol | None) -> str:
        """Return what keeps a cell from being the symbol of a text of the body, empty where nothing does."""
        if not cell:
            return "no-symbol-cell"
        if symbol is None or len(symbol.text) > LONGEST_SYMBOL:
            return "unreadable-symbol"
        prefix = "S/" if self.layout.body == Body.SECURITY_COUNCIL else "A/"
        return "" if symbol.text.startswith(prefix) else "other-body"

    def adopted(self, records: Sequence[Record]) -> list[tuple[Record, StatedRollCall]]:
        """Return the votes that can be taken with what is said of them, numbered, their line being still a row.

        Of several records of one symbol it is that with the lowest number, wherever it stands in the file.
        """
        named: dict[str, list[tuple[Record, StatedRollCall]]] = defaultdict(list)
        for record in records:
            if roll_call := self._roll_call(record):
                named[record.symbol.key].append((record, roll_call))
        adopted = []
        for same in named.values():
            kept, *others = sorted(same, key=lambda pair: _order(pair[0].number))
            adopted.append(kept)
            if others:
                self._symbol_twice(kept[0], [record for record, _roll_call in others])
        adopted.sort(key=lambda pair: pair[0].row)
        for ref, (_record, roll_call) in enumerate(adopted):
            roll_call.ref = ref
        self._methods_not_stated(adopted)
        return adopted

    def _methods_not_stated(self, adopted: Sequence[tuple[Record, StatedRollCall]]) -> None:
        """Note which modalities do not say how a vote was taken: each vote for itself, the empty cells as one."""
        dates = period(roll_call.date for _record, roll_call in adopted)
        for cell, records in self.not_stated.items():
            rows = {record.symbol.text: [record.row] * record.count for record in records}
            if cell:
                self.problems.add_to_votes(
                    "unknown-modality", rows, column="modality", value=cell, period=dates, rejected=False
                )
            else:
                self.problems.add(
                    "no-modality",
                    row=min(record.row for record in records),
                    column="modality",
                    value="",
                    rows=sum(record.count for record in records),
                    reference=dates,
                    texts=len(records),
                )

    def _symbol_twice(self, kept: Record, others: Sequence[Record]) -> None:
        """Note that the records of a symbol besides that which was kept, in their order, are left out."""
        rows = sum(record.count for record in others)
        self.problems.add(
            "symbol-twice",
            row=min(record.row for record in others),
            column="resolution",
            value=kept.symbol.text,
            rows=rows,
            rejected=rows,
            reference=kept.symbol.text,
            kept=kept.number,
            left_out=", ".join(record.number for record in others),
        )

    def _reject(self, record: Record, problem: str, column: str, value: str, **details: object) -> None:
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
        said = record.said("date")
        if len(said) > 1:
            self._differs(record, "date", said, rejected=True)
            return None
        cell = next(iter(said), "")
        try:
            date = read_date(cell)
        except ValueError:
            self._reject(record, "unreadable-date", "date", cell)
            return None
        if is_future(date):
            self._reject(record, "future-date", "date", cell)
            return None
        return date

    def _method(self, record: Record) -> str | None:
        """Return how a text was adopted; None, with a problem, where the rows disagree on it.

        A modality that does not say is noted. Where the rows are votes, the vote was a recorded one; where they are
        not, the text is left out, since it may have been adopted without a vote.
        """
        if "modality" not in self.problems.columns:
            return "recorded"
        said = record.said("modality")
        if len(said) > 1:
            self._differs(record, "modality", said, rejected=True)
            return None
        cell = next(iter(said), "")
        method = read_method(cell)
        if method is None and self.layout.has_votes:
            self.not_stated[cell].append(record)
            return "recorded"
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
        cell = read_meeting(self._cell(record, "meeting"))
        if len(cell) <= LONGEST_MEETING:
            return cell
        self.notes.append(f"{record.symbol}: “{cell}” is too long for a meeting symbol; the meeting was left empty.")
        return ""

    def _text(self, record: Record) -> StatedText:
        title = self.layout.read_title(self._cell(record, self.layout.title))
        agenda = self._cell(record, self.layout.agenda)
        stated = split(self._cell(record, "subjects"), "|")
        subjects = subject_headings(stated)
        self.without_headings += bool(stated) and not subjects
        topics = topics_of(subjects=subjects, agenda=agenda, title=title)
        return StatedText(
            symbol=record.symbol,
            kind=text_kind(record.symbol),
            title=title,
            agenda=agenda,
            # A topic that an editor deleted stays deleted.
            topics=tuple(topic for topic in topics if topic in self.known.topics),
            subjects=subjects,
            drafts=split(self._cell(record, "draft"), "|;"),
        )
