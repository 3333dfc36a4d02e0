"""Sciences Po's table of the Security Council's proposals that were not adopted: one row a vote, members by choice.

It has vetoed and failed drafts, votes on parts of drafts and amendments, and proposals that were put in a meeting
without a document of their own. What the table does not tell is which of the several votes on one draft was on the
whole of it: that is the one in the Dag Hammarskjöld Library's list of vetoes, or the only one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from resolutions.models import Body
from resolutions.symbols import parse_or_none
from votes.importing.digital_library.cells import read_date, tidy
from votes.importing.edition import Edition, FileFacts, StatedRollCall, StatedText
from votes.importing.formats import SC_NOT_ADOPTED, check, names
from votes.importing.members_by_choice import CHOICES, read_totals, read_votes
from votes.importing.problems import Problems, is_future
from votes.importing.tables import collect, has_rows, lines_of, scan

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from resolutions.symbols import Symbol
    from votes.importing.edition import Known
    from votes.importing.files import OpenFile

SOURCE = "sciences-po"
BODY = Body.SECURITY_COUNCIL
RESULTS = {"vetoed": "vetoed", "not-adopted": "rejected"}
PERMANENT = frozenset(("CHN", "FRA", "GBR", "RUS", "SUN", "USA"))

LISTED, SEPARATE, DOUBLE = "in DHL veto list", "separate vote", "probable duplicate"
"""What the notes begin with."""
ORAL_AMENDMENT = "oral amendment"
MEETING = re.compile(r"S/PV\.\d+")
PRELIMINARY = re.compile(r"[ ,]*\bpreliminary question\b", re.IGNORECASE)
REMARK = re.compile(r"\s*\(/!\\ (no [^)]*)\)")

SEPARATE_NOTE = (
    "Voted on separately: a part of a draft, an amendment or a recommendation. "
    "It is not in the Dag Hammarskjöld Library’s list of vetoes."
)

WHOLE, AMENDMENT, PARAGRAPH, MOTION = "text", "amendment", "paragraph", "motion"
KINDS = {
    # The Soviet amendment to set up a commission of the Council's members in Indonesia.
    ("S/PV.194", "1947-08-25", 7): AMENDMENT,
    # The recommendation of a Secretary-General, a person, voted on in private.
    ("S/PV.613", "1953-03-13", 9): MOTION,
    ("S/1996/952", "1996-11-19", 14): MOTION,
    # The amendment of the United States by which Japan would have been among those recommended for admission.
    ("S/3509", "1955-12-14", 10): AMENDMENT,
    # The authors of the draft were in favour and nobody against: this was the vote on the whole. The amendments of the
    # United States were those that the authors voted against.
    ("S/4733/REV.1", "1961-02-20", 6): WHOLE,
    ("S/4733/REV.1", "1961-02-21", 7): AMENDMENT,
    ("S/4733/REV.1", "1961-02-21", 8): AMENDMENT,
    # Amendments of the United States to the draft adopted as resolution 169.
    ("S/4985/REV.1", "1961-11-24", 9): AMENDMENT,
    # In favour were Morocco and the Soviet Union alone, which voted against the draft: an amendment to it.
    ("S/5407", "1963-10-03", 2): AMENDMENT,
    # The document is itself one of amendments.
    ("S/10786", "1972-09-10", 9): AMENDMENT,
    # An amendment on further measures to the draft adopted as resolution 569.
    ("S/17354/REV.1", "1985-07-26", 12): AMENDMENT,
    # Amendments to the draft adopted as resolution 2774.
    ("S/2025/115", "2025-02-24", 9): AMENDMENT,
    ("S/2025/116", "2025-02-24", 11): AMENDMENT,
}
"""What was voted on, by symbol, date and votes in favour, where the source does not tell and it was not a paragraph."""


@dataclass(frozen=True)
class Row:
    """A vote of the table."""

    number: int
    cells: Mapping[str, str]
    date: datetime.date
    symbol: Symbol | None
    """That of the draft, or of a document of amendments."""
    meeting: str
    result: str

    @property
    def reference(self) -> str:
        """Return what the source calls it."""
        return f"{self.cells['symbol']}, {self.date}"

    @property
    def note(self) -> str:
        """Return what the source says of the row."""
        return self.cells.get("note", "")

    @property
    def is_preliminary(self) -> bool:
        """Tell whether the vote was on whether the question is one of procedure."""
        return bool(PRELIMINARY.search(self.cells["title"]))

    @property
    def title(self) -> str:
        """Return the title without the source's remarks."""
        return REMARK.sub("", self.cells["title"])

    @property
    def vote(self) -> tuple[object, ...]:
        """Return what two rows of one vote have in common."""
        lists = (frozenset(self.cells[choice].split()) for choice in CHOICES)
        return (self.symbol.key if self.symbol else self.cells["symbol"], self.date, *lists)


def read(file: OpenFile, known: Known) -> Edition:
    """Return what the table says; raise UnfitFileError where it is no such table."""
    columns = names(file.header, SC_NOT_ADOPTED, check(file.header, SC_NOT_ADOPTED, file.name))
    frame = scan(file).select("row", *(pl.col(cell).alias(name) for name, cell in columns.items()))
    (table,) = collect(file, frame.sort("row"))
    has_rows(file, table)
    reading = _Reading(known, Problems(file.name, columns))
    rows = [
        row
        for cells in table.iter_rows(named=True)
        if (row := reading.row(cells.pop("row"), {name: tidy(cell) for name, cell in cells.items()}))
    ]
    rows = reading.without_doubles(rows)
    roll_calls, votes = reading.roll_calls(rows)
    lines = lines_of(file, reading.problems.rows | {row.number for row in rows}, of=table.height)
    for roll_call in roll_calls:
        roll_call.line = lines[roll_call.line]
    categories = {"ref": pl.UInt32, "state": pl.String, "choice": pl.String}
    return Edition(
        format=SC_NOT_ADOPTED,
        source=SOURCE,
        files=[FileFacts(file.name, file.sha256, table.height)],
        roll_calls=roll_calls,
        votes=pl.DataFrame(votes, schema=categories, orient="row").with_columns(
            pl.col("state", "choice").cast(pl.Categorical)
        ),
        problems=reading.problems.finish(lines, {roll_call.reference: roll_call.ref for roll_call in roll_calls}),
        notes=reading.notes,
    )


class _Reading:
    """What is known while one table is read."""

    def __init__(self, known: Known, problems: Problems) -> None:
        self.known, self.problems = known, problems
        self.held: Counter[tuple[str, str]] = Counter()
        """How many votes of a code were those of who held the seat then."""

    def row(self, number: int, cells: dict[str, str]) -> Row | None:
        """Return a vote; None, with a problem, where it cannot be told when it was or how it ended."""
        try:
            date = read_date(cells["date"])
        except ValueError:
            self._reject(number, cells, "unreadable-date", "date")
            return None
        result = RESULTS.get(cells["result"].lower())
        if is_future(date) or result is None:
            self._reject(number, cells, *(("unknown-result", "result") if result is None else ("future-date", "date")))
            return None
        cell = cells["symbol"]
        symbol, meeting = parse_or_none(cell), MEETING.search(cell.upper())
        if symbol and (MEETING.fullmatch(symbol.key) or not symbol.key.startswith("S/")):
            symbol = None
        return Row(number, cells, date, symbol, meeting[0] if meeting else "", result)

    def _reject(self, number: int, cells: Mapping[str, str], problem: str, column: str) -> None:
        reference = f"{cells['symbol']}, {cells['date']}"
        self.problems.add(problem, row=number, column=column, value=cells[column], rejected=1, reference=reference)

    def without_doubles(self, rows: Sequence[Row]) -> list[Row]:
        """Return ``rows`` without those that the source takes for doubles, and those that contradict one in the list.

        A row with the symbol, the day and the votes of one in the list of vetoes, and another result, is that vote.
        """
        listed = {row.vote: row for row in rows if row.note.startswith(LISTED)}
        kept = []
        for row in rows:
            in_list = listed.get(row.vote)
            if row.note.startswith(DOUBLE):
                self._reject(row.number, row.cells, "double-row", "note")
            elif in_list and in_list.result != row.result:
                self._reject(row.number, row.cells, "other-result", "result")
            else:
                kept.append(row)
        return kept

    def roll_calls(self, rows: Sequence[Row]) -> tuple[list[StatedRollCall], list[tuple[int, str, str]]]:
        """Return what is said of each vote, and the votes: ref, state and choice."""
        same = Counter(row.reference for row in rows)
        on_draft: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.symbol:
                on_draft[row.symbol.key].append(row)
        places: Counter[str] = Counter()
        stated: list[StatedRollCall] = []
        votes: list[tuple[int, str, str]] = []
        for ref, row in enumerate(rows):
            places[row.reference] += 1
            place = f", vote {places[row.reference]}" if same[row.reference] > 1 else ""
            on_same = on_draft[row.symbol.key] if row.symbol else [row]
            roll_call = self._roll_call(ref, row, f"{row.reference}{place}", on_same)
            if row.meeting:
                places[row.meeting] += 1
                roll_call.ordinal = places[row.meeting]
            stated.append(roll_call)
            votes += [(ref, state, choice) for state, choice in self._votes(row, roll_call.reference)]
        return stated, votes

    def _roll_call(self, ref: int, row: Row, reference: str, on_same: Sequence[Row]) -> StatedRollCall:
        kind, cell = _kind(row, on_same), row.cells["symbol"]
        if not (row.symbol or row.meeting or cell.lower() == ORAL_AMENDMENT):
            self.problems.add("unread-symbol", row=row.number, column="symbol", value=cell, reference=reference)
        text = None
        if row.symbol:
            whole = next((one for one in on_same if _kind(one, on_same) == WHOLE and not one.is_preliminary), row)
            text = StatedText(row.symbol, "draft", PRELIMINARY.sub("", whole.title))
        return StatedRollCall(
            ref=ref,
            line=row.number,
            source=SOURCE,
            reference=reference,
            body=BODY,
            session=None,
            date=row.date,
            text=text,
            symbol_key=row.symbol.key if row.symbol else "",
            decisive=text is not None and kind == WHOLE and not row.is_preliminary,
            title=row.title if text is None or row.is_preliminary else "",
            meeting=row.meeting,
            kind=kind,
            requirement="security-council-substantive",
            result=row.result,
            announced=read_totals(self.problems, row.cells, row=row.number, reference=reference),
            note=_note(row),
        )

    def _votes(self, row: Row, reference: str) -> Iterable[tuple[str, str]]:
        """Return the state and the choice of each vote, those of unknown states and of states with two left out."""

        def holder(code: str) -> str:
            state = self._holder(code, row.date)
            self.held[code, state] += state != code
            return state

        votes = dict(
            read_votes(
                self.problems,
                row.cells,
                row=row.number,
                reference=reference,
                states=self.known.states,
                holder=holder,
            )
        )
        self._check_veto(row, votes, reference)
        return sorted(votes.items())

    def _holder(self, code: str, date: datetime.date) -> str:
        """Return who held the seat that a code stands for: Germany's is that of the Federal Republic before 1990."""
        if self.known.sits(BODY, code, date, date):
            return code
        before = [state for state, after in self.known.successors.items() if code in after]
        seated = [state for state in before if self.known.sits(BODY, state, date, date)]
        return seated[0] if len(seated) == 1 else code

    @property
    def notes(self) -> list[str]:
        """Return what a reader of the summary should know."""
        return [
            f"{count} votes of {code} are those of {state}, which held the seat then."
            for (code, state), count in sorted(self.held.items())
            if count
        ]

    def _check_veto(self, row: Row, votes: Mapping[str, str], reference: str) -> None:
        """Note where those that vetoed are not the permanent members that voted against."""
        stated = {self._holder(code, row.date) for code in row.cells.get("vetoed_by", "").upper().split()}
        against = {state for state, choice in votes.items() if choice == "N" and state in PERMANENT}
        if row.result == "vetoed" and votes and stated != against:
            self.problems.add(
                "vetoed-by",
                row=row.number,
                column="vetoed_by",
                value=" ".join(sorted(stated)),
                reference=reference,
                against=", ".join(sorted(against)),
            )


def _kind(row: Row, on_same: Sequence[Row]) -> str:
    key = row.symbol.key if row.symbol else row.cells["symbol"].upper()
    if known := KINDS.get((key, row.date.isoformat(), len(row.cells["Y"].split()))):
        return known
    if row.cells["symbol"].lower() == ORAL_AMENDMENT:
        return AMENDMENT
    if row.note.startswith(SEPARATE) or (len(on_same) > 1 and not row.note.startswith(LISTED)):
        return PARAGRAPH
    return WHOLE


def _note(row: Row) -> str:
    if row.note.startswith(SEPARATE):
        return SEPARATE_NOTE
    if remark := REMARK.search(row.cells["title"]):
        return f"The source has {remark[1]}."
    return "" if row.note.startswith(LISTED) else row.note
