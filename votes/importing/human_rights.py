"""Roll calls of the Human Rights Council and the Commission before it: one row a vote, members by choice.

The compilation lists texts and, of the Council, amendments, by symbols of its own making for the Commission's:
``E/CN.4/RES/1984/53``, ``E/CN.4/RES/6A(XXXI)``. It says how many members did not vote, and often not which; they are
the members of the day that it does not list, where there are as many. Seats come from the votes of each term, since no
list of members comes with it.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from resolutions.ordinals import in_figures, session_name
from resolutions.symbols import from_roman, parse_or_none
from votes.importing.digital_library.cells import read_date, tidy
from votes.importing.edition import Edition, FileFacts, StatedRollCall, StatedSession, StatedText, UnfitFileError
from votes.importing.formats import HRC_VOTING, check, names
from votes.importing.members_by_choice import CHOICES, read_totals, read_votes
from votes.importing.problems import Problems, is_future
from votes.importing.seats_from_votes import calendar_year, joined, seats_from_votes
from votes.importing.tables import collect, has_rows, lines_of, scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resolutions.symbols import Symbol
    from votes.importing.edition import Known, Seat
    from votes.importing.files import OpenFile
    from votes.importing.seats_from_votes import Term

SOURCE = "human-rights-roll-calls"
ABOUT_SOURCE = {
    "name": "Roll calls on human rights, 1947 to date",
    "licence": "Non-commercial use (the compilation); votes themselves are facts",
    "note": "A compilation of recorded votes of the Human Rights Council and the Commission on Human Rights. It was "
    "imported here and does not ship with Plenary. Seats, and absences that it only counts, come from its lists.",
}
COUNCIL, COMMISSION = "HRC", "CHR"
BODIES = {COUNCIL: "Human Rights Council", COMMISSION: "Commission on Human Rights"}
PREFIXES = {COUNCIL: "A/HRC/", COMMISSION: "E/CN.4/"}

# The Council's first members took office on 19 June 2006. Their terms followed the calendar year from 2013 on, to which
# those that ended in 2012 were extended (General Assembly resolutions 60/251 and 65/281).
TERMS_OF_JUNE = range(2006, 2013)
FIRST_SESSION_OF_A_YEAR = 1944
"""The Commission met once a year from 1950 on: its sixth session was in 1950, its sixty-first in 2005."""

TITLE = re.compile(r"\s*:?\s*\b(resolution|decision|amendment)$", re.IGNORECASE)
WITHDRAWN, NO_ACTION = "withdrawn by the sponsor", "no action by vote"
BALLOT = re.compile(
    r"\b(secret ballot|ballot papers?|(was|were) elected|election of (members?|officers|the))\b", re.IGNORECASE
)
OUTCOME = re.compile(r"\b(adopted|rejected)\b", re.IGNORECASE)
MEETING = re.compile(r"E/CN\.4/(?:RES/)?(?P<rest>(?:\d{4}/)?(?:S-\d+/)?SR\.\d+)")
NUMBER_OF_MEETING = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)", re.IGNORECASE)
DRAFT = re.compile(r"(?P<symbol>(?:A/HRC|E/CN\.4)/\S*?L\.\d+(?:/Rev\.\d+)?)(?=[\s,]|$)")
AMENDED = re.compile(
    r"\bto (?:draft (?:resolution|decision) )?(?:(?:A/HRC/)?(?P<session>\S*?)/)?(?P<draft>L\.\d+(?:/Rev\.\d+)?)"
)


@dataclass(frozen=True)
class Row:
    """A vote of the table."""

    number: int
    cells: Mapping[str, str]
    date: datetime.date
    symbol: Symbol | None

    @property
    def body(self) -> str:
        return self.cells["body"]

    @property
    def reference(self) -> str:
        """Return what the source calls it."""
        return f"{self.cells['symbol']}, {self.date}"

    @property
    def kind_of_text(self) -> str:
        """Return ``resolution``, ``decision`` or ``amendment``, as draft or title say; empty where they say none."""
        if self.draft.startswith("Amendment "):
            return "amendment"
        match = TITLE.search(self.cells["title"])
        return match[1].lower() if match else ""

    @property
    def title(self) -> str:
        return TITLE.sub("", self.cells["title"]) or self.cells["title"]

    @property
    def meeting(self) -> str:
        return self.cells.get("meeting", "")

    @property
    def draft(self) -> str:
        return self.cells.get("draft", "")


def read(file: OpenFile, known: Known) -> Edition:
    """Return what the table says; raise UnfitFileError where it is no such table or the record lacks its bodies."""
    columns = names(file.header, HRC_VOTING, check(file.header, HRC_VOTING, file.name))
    frame = scan(file).select("row", *(pl.col(cell).alias(name) for name, cell in columns.items()))
    (table,) = collect(file, frame.sort("row"))
    has_rows(file, table)
    reading = _Reading(known, Problems(file.name, columns))
    stated = [
        row
        for cells in table.iter_rows(named=True)
        if (row := reading.row(cells.pop("row"), {name: tidy(cell) for name, cell in cells.items()}))
    ]
    if missing := sorted({row.body for row in stated} - known.bodies):
        raise UnfitFileError(_needs_bodies(missing), file=file.name)
    roll_calls, votes = reading.roll_calls(stated)
    lines = lines_of(file, reading.problems.rows | {row.number for row in stated}, of=table.height)
    for roll_call in roll_calls:
        roll_call.line = lines[roll_call.line]
    schema = {"ref": pl.UInt32, "state": pl.String, "choice": pl.String}
    return Edition(
        format=HRC_VOTING,
        source=SOURCE,
        files=[FileFacts(file.name, file.sha256, table.height)],
        roll_calls=roll_calls,
        votes=pl.DataFrame(votes, schema=schema, orient="row").with_columns(
            pl.col("state", "choice").cast(pl.Categorical)
        ),
        problems=reading.problems.finish(lines, {roll_call.reference: roll_call.ref for roll_call in roll_calls}),
        new_source=ABOUT_SOURCE,
        sessions=reading.sessions,
        seats=reading.seats,
        notes=reading.notes,
    )


def _needs_bodies(codes: Sequence[str]) -> str:
    """Return the error for a record without the bodies, with the commands that add them."""
    commands = "; ".join(
        f'manage.py add_body {code} "{BODIES.get(code, code)}" --symbols {PREFIXES.get(code, "…")} '
        "--majority simple-majority"
        for code in codes
    )
    return (
        f"the record has no body {' and no body '.join(codes)}. Add what is missing in the admin, under Bodies, or run "
        f"{commands}. Then import the file again."
    )


def term_of(body: str, day: datetime.date) -> Term:
    """Return the term of office that a day belongs to."""
    if body == COUNCIL and day < datetime.date(2013, 1, 1):
        year = day.year if (day.month, day.day) >= (6, 19) else day.year - 1
        end = datetime.date(year + 1, 6, 19)
        return datetime.date(year, 6, 19), end if year + 1 in TERMS_OF_JUNE else datetime.date(2013, 1, 1)
    return calendar_year(day)


class _Reading:
    """What is known while one table is read."""

    def __init__(self, known: Known, problems: Problems) -> None:
        self.known, self.problems = known, problems
        self.notes: list[str] = []
        self.seats: list[Seat] = []
        self._sessions: dict[tuple[str, str], StatedSession] = {}

    @property
    def sessions(self) -> list[StatedSession]:
        """Return the sessions that the record does not have."""
        return [session for key, session in self._sessions.items() if key not in self.known.sessions]

    def row(self, number: int, cells: dict[str, str]) -> Row | None:
        """Return a vote; None, with a problem, where it cannot be told when it was, or nobody's vote is known."""
        try:
            date = read_date(cells["date"])
        except ValueError:
            self._reject(number, cells, "unreadable-date", "date")
            return None
        if is_future(date):
            self._reject(number, cells, "future-date", "date")
            return None
        row = Row(number, cells, date, parse_or_none(spelled(cells["symbol"])))
        has_lists = any(cells[choice] for choice in CHOICES)
        if not has_lists or BALLOT.search(f"{row.meeting} {row.draft}"):
            self._reject(
                number,
                cells,
                "ballot" if BALLOT.search(f"{row.meeting} {row.draft} {row.title}") else "no-lists",
                "symbol",
            )
            return None
        return row

    def _reject(self, number: int, cells: Mapping[str, str], problem: str, column: str) -> None:
        reference = f"{cells['symbol']}, {cells['date']}"
        self.problems.add(problem, row=number, column=column, value=cells[column], rejected=1, reference=reference)

    def roll_calls(self, rows: Sequence[Row]) -> tuple[list[StatedRollCall], list[tuple[int, str, str]]]:
        """Return what is said of each vote, and the votes: ref, state and choice."""
        places: Counter[str] = Counter()
        titles: dict[str, str] = {}
        same = Counter(row.reference for row in rows)
        stated: list[StatedRollCall] = []
        choices: list[dict[str, str]] = []
        for ref, row in enumerate(rows):
            places[row.reference] += 1
            place = f", vote {places[row.reference]}" if same[row.reference] > 1 else ""
            roll_call = self._roll_call(ref, row, f"{row.reference}{place}", titles)
            stated.append(roll_call)
            choices.append(
                dict(
                    read_votes(
                        self.problems,
                        row.cells,
                        row=row.number,
                        reference=roll_call.reference,
                        states=self.known.states,
                    )
                )
            )
        self._add_absent(stated, choices)
        votes = [(ref, state, choice) for ref, of in enumerate(choices) for state, choice in sorted(of.items())]
        return stated, votes

    def _roll_call(self, ref: int, row: Row, reference: str, titles: dict[str, str]) -> StatedRollCall:
        """Return what is said of a vote; ``titles`` has those of the texts so far, by key."""
        if row.symbol is None:
            self.problems.add(
                "unread-symbol", row=row.number, column="symbol", value=row.cells["symbol"], reference=reference
            )
        is_amendment = row.kind_of_text == "amendment"
        title, note = row.title, ""
        if is_amendment:
            title = _title_of_amendment(row)
        if match := re.search(f"{WITHDRAWN}|{NO_ACTION}", row.draft, re.IGNORECASE):
            note = f"The source says: {match[0].lower()}."
        text = None
        if row.symbol:
            of_text = titles.setdefault(row.symbol.key, title)
            text = StatedText(row.symbol, _kind_of_text(row), of_text, drafts=_drafts(row))
        return StatedRollCall(
            ref=ref,
            line=row.number,
            source=SOURCE,
            reference=reference,
            body=row.body,
            session=self._session(row),
            date=row.date,
            text=text,
            symbol_key=row.symbol.key if row.symbol else "",
            decisive=text is not None and not is_amendment,
            title=title if text is None or text.title != title else "",
            meeting=_meeting(row),
            kind="amendment" if is_amendment else "text",
            requirement="simple-majority",
            result=_result(row),
            announced=read_totals(self.problems, row.cells, row=row.number, reference=reference),
            note=note,
        )

    def _session(self, row: Row) -> str | None:
        """Return the code of the session that the symbol names, which is one of the record's or one to be added."""
        found = session_of(row.symbol.key, row.date) if row.symbol else None
        if found is None:
            return None
        number, is_special = found
        code = f"S-{number}" if is_special else str(number)
        kind = "special" if is_special else "regular"
        name = session_name(number, is_special=is_special)
        self._sessions.setdefault((row.body, code), StatedSession(row.body, code, name, kind, number))
        return code

    def _add_absent(self, stated: Sequence[StatedRollCall], choices: Sequence[dict[str, str]]) -> None:
        """Work out the seats, and list as non-voting the members that a vote does not list, where it counts as many."""
        listed: dict[str, list[tuple[datetime.date, frozenset[str]]]] = defaultdict(list)
        for roll_call, of in zip(stated, choices, strict=True):
            if of:
                listed[roll_call.body].append((roll_call.date, frozenset(of)))
        derived: list[Seat] = []
        for body, votes in sorted(listed.items()):
            derived += seats_from_votes(body, votes, lambda day, body=body: term_of(body, day))  # type: ignore[misc]
        self.seats = self._of_unknown_terms(derived)
        of_body = {body: [seat for seat in derived if seat.body == body] for body in listed}
        count = 0
        for roll_call, of in zip(stated, choices, strict=True):
            members = self.known.electorate(roll_call.body, roll_call.date, roll_call.date) or {
                seat.state
                for seat in of_body.get(roll_call.body, ())
                if seat.since <= roll_call.date and (seat.until is None or roll_call.date < seat.until)
            }
            absent = members - of.keys()
            non_voting = roll_call.announced[3] or 0
            if absent and len(absent) == non_voting - sum(choice == "X" for choice in of.values()):
                of.update(dict.fromkeys(absent, "X"))
                roll_call.absences_derived = True
                count += len(absent)
        if count:
            self.notes.append(
                f"{count} absences are of members that the file counts as not voting without naming them; they are the "
                "members of the day that it does not list."
            )

    def _of_unknown_terms(self, derived: Sequence[Seat]) -> list[Seat]:
        """Return the parts of seats that fall into terms of which the record has no seats of the body at all."""
        own = defaultdict(list)
        for seat in self.known.seats:
            own[seat.body].append(seat)
        found = []
        for seat in derived:
            first = seat.since
            while seat.until and first < seat.until:
                term = term_of(seat.body, first)
                until = min(term[1], seat.until)
                if not any(
                    one.since < term[1] and (one.until is None or term[0] < one.until) for one in own[seat.body]
                ):
                    found.append(type(seat)(seat.body, seat.state, first, until))
                first = until
        return joined(found)


def spelled(cell: str) -> str:
    """Return a symbol of the compilation in a regular spelling: ``A/HRC/DEC22/117``, ``E/CN.4/RES/5XXXII)``."""
    text = re.sub(r"\s+as (orally revised|amended)$", "", cell, flags=re.IGNORECASE)
    text = re.sub(r"/(RES|DEC)(?=\d)", r"/\1/", text.replace("[", "(").replace("]", ")"))
    # A draft that was adopted and has no number yet goes by its draft symbol.
    text = re.sub(r"^A/HRC/RES/(?=\d+/L\.)", "A/HRC/", text)
    return re.sub(r"(?<=\d)([A-C]?)/?\(?([IVXL]+)\)$", r"\1(\2)", text)


def session_of(key: str, date: datetime.date) -> tuple[int, bool] | None:
    """Return the number of the session that a symbol's key names, and whether it is a special one; None without one."""
    if special := re.search(r"/S-(\d+)/", key):
        return int(special[1]), True
    if key.startswith(PREFIXES[COUNCIL]):
        regular = re.match(r"A/HRC/(?:RES/|DEC/)?(\d+)/", key)
        return (int(regular[1]), False) if regular else None
    if roman := re.search(r"\(([IVXL]+)\)", key):
        return from_roman(roman[1]), False
    year = re.match(r"E/CN\.4/(?:RES|DEC)/(\d{4})/", key)
    return (int(year[1]) - FIRST_SESSION_OF_A_YEAR, False) if year else None


def _kind_of_text(row: Row) -> str:
    is_numbered = row.symbol is not None and re.search(r"/(RES|DEC)", row.symbol.key)
    return row.kind_of_text if is_numbered and row.kind_of_text in ("resolution", "decision") else "draft"


def _title_of_amendment(row: Row) -> str:
    """Return the title with the draft that was to be amended, where the source names it."""
    amended = AMENDED.search(row.draft)
    if not amended:
        return f"{row.title} (amendment)"
    own = re.match(r"A/HRC/((?:S-)?\d+)/", row.cells["symbol"])
    session = amended["session"] or (own[1] if own else "")
    return f"{row.title} (amendment to A/HRC/{session}/{amended['draft']})"


def _drafts(row: Row) -> tuple[str, ...]:
    """Return the symbol of the draft that was adopted; that of an amendment is its own."""
    match = DRAFT.search(row.draft) if row.kind_of_text != "amendment" else None
    parsed = parse_or_none(match["symbol"]) if match else None
    return (parsed.text,) if parsed and row.symbol and parsed.key != row.symbol.key else ()


def _meeting(row: Row) -> str:
    cell = row.meeting
    if match := MEETING.search(cell):
        return f"E/CN.4/{match['rest']}"
    number = NUMBER_OF_MEETING.search(cell)
    return f"{in_figures(int(number[1]))} meeting" if number else ""


def _result(row: Row) -> str:
    """Return how the vote ended, as the source says; a text with a number of its own was adopted.

    Of an amendment the meeting may be that which adopted the text, and the draft says how the amendment fared.
    """
    for cell in row.draft, row.meeting:
        if match := OUTCOME.search(cell):
            return match[1].lower()
    is_numbered = row.symbol is not None and re.search(r"/(RES|DEC)", row.symbol.key)
    return "adopted" if is_numbered else "not-stated"
