"""The UN Digital Library's file of Member States: compared with the record; states it does not have are new ones.

A state may have several rows, one for each name it had. Nothing of a state on record is ever changed by this file:
what differs is a problem, to be looked at by a person.

A name's dates are in two columns, or since August 2026 in one, ``1955:1970|1975:1976|1990:``, which may have several
periods.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from resolutions.models import Body
from resolutions.text import fold
from votes.importing.digital_library.cells import split, tidy
from votes.importing.digital_library.roll_calls import SOURCE
from votes.importing.edition import FileFacts
from votes.importing.formats import MEMBER_STATES, check, names
from votes.importing.problems import Problems
from votes.importing.tables import collect, has_rows, lines_of, scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.importing.edition import Known, RowProblem
    from votes.importing.files import OpenFile

CODE = re.compile("[A-Z]{3}")
PERIODS = "coverage_periods"
CALLED_NOW = {"member_state": "Member State", "iso": "ISO Code", PERIODS: PERIODS}
"""The columns of the layout of 2026 that are read, with what they were called before."""
DATE = re.compile(r"([0-9]{4})(?:-?([0-9]{2})-?([0-9]{2}))?")


@dataclass(frozen=True, order=True)
class StatedDate:
    """A date as exactly as the file gives it."""

    first: datetime.date
    """The day, or 1 January of a year."""
    precision: str
    """``day`` or ``year``."""

    def agrees(self, date: datetime.date) -> bool:
        """Tell whether ``date`` is this day or in this year."""
        return self.first == date if self.precision == "day" else self.first.year == date.year


@dataclass(frozen=True)
class StatedName:
    """A name that a state had, from ``since`` to ``until``, exclusive; None is open or not said."""

    name: str
    since: StatedDate
    until: StatedDate | None


@dataclass(frozen=True)
class StatedState:
    """A member state that the record does not have."""

    line: int
    """The line of its first row."""
    code: str
    name: str
    """The present one, or the last."""
    since: StatedDate
    """The first day of its seat in the General Assembly."""
    until: StatedDate | None
    """The first day on which it no longer held it."""
    former_names: tuple[StatedName, ...]


@dataclass
class MemberStatesEdition:
    """What a file of Member States says that the record does not."""

    format: str
    source: str
    files: list[FileFacts]
    states: list[StatedState]
    """Those to be added, in the order of the file."""
    known: int = 0
    """How many states on record the file has."""
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(problem.rejected for problem in self.problems)


@dataclass(frozen=True)
class Row:
    """A row of the file, its cells tidy and by the columns of the layout."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def name(self) -> str:
        return self["Member State"]


def read(file: OpenFile, known: Known) -> MemberStatesEdition:
    """Return what a file of Member States says; raise UnfitFileError where it is no such file."""
    table_name = check(file.header, MEMBER_STATES, file.name)
    columns = names(file.header, MEMBER_STATES, table_name)
    if table_name == "names":
        columns = {CALLED_NOW[name]: cell for name, cell in columns.items() if name in CALLED_NOW}
    frame = scan(file).select("row", *(pl.col(cell).alias(name) for name, cell in columns.items()))
    (table,) = collect(file, frame.sort("row"))
    has_rows(file, table)
    rows = [Row(row.pop("row"), {k: tidy(v) for k, v in row.items()}) for row in table.iter_rows(named=True)]
    if PERIODS in columns:
        rows = [Row(row.number, {**row.cells, **_first_and_last(row[PERIODS])}) for row in rows]
        columns |= {"Start date": columns[PERIODS], "End date": columns[PERIODS]}
    reading = _Reading(known, Problems(file.name, columns))
    by_code = reading.by_code(rows)
    states = []
    for code, same in by_code.items():
        if code in known.states:
            reading.compare(code, same)
        elif state := reading.new(code, same):
            states.append(state)
    lines = lines_of(file, reading.problems.rows | {state.line for state in states}, of=table.height)
    return MemberStatesEdition(
        format=MEMBER_STATES,
        source=SOURCE,
        files=[FileFacts(file.name, file.sha256, table.height)],
        states=[replace(state, line=lines[state.line]) for state in states],
        known=sum(1 for code in by_code if code in known.states),
        problems=reading.problems.finish(lines, {}),
    )


def _first_and_last(periods: str) -> dict[str, str]:
    """Return the first day of ``1955:1970|1990:`` and the last, which is empty where a period is open."""
    pairs = [period.partition(":") for period in split(periods, "|;")]
    starts, ends = [start.strip() for start, _, _ in pairs], [end.strip() for _, _, end in pairs]
    return {"Start date": min(starts, default=""), "End date": "" if "" in ends else max(ends, default="")}


@dataclass
class _Reading:
    """What is known while one file is read."""

    known: Known
    problems: Problems

    def by_code(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        """Return the rows of each code; a row without one belongs to the state on record that alone has its name."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            code = row["ISO Code"].upper()
            if CODE.fullmatch(code):
                found[code].append(row)
            elif code:
                self._reject([row], "unknown-code", "ISO Code", row["ISO Code"], name=row.name)
            else:
                owners = [code for code, said in self.known.names.items() if fold(row.name) in said]
                if len(owners) == 1:
                    found[owners[0]].append(row)
                else:
                    self._reject([row], "no-code", "Member State", row.name)
        return found

    def compare(self, code: str, rows: Sequence[Row]) -> None:
        """Note names that the record does not have of a state, and a first day that is not the one on record."""
        starts = []
        for row in rows:
            since = read_date(row["Start date"])
            if row["Start date"] and not since:
                self._reject([row], "unreadable-date", "Start date", row["Start date"])
                continue
            if since:
                starts.append((since, row))
            if fold(row.name) not in self.known.names.get(code, frozenset()):
                self.problems.add(
                    "name-unknown", row=row.number, column="Member State", value=row.name, reference=code, state=code
                )
        seats = [seat.since for seat in self.known.seats_of.get((Body.GENERAL_ASSEMBLY, code), ())]
        if not seats or not starts:
            return
        first, row = min(starts, key=lambda start: start[0])
        if not first.agrees(min(seats)):
            self.problems.add(
                "dates-differ",
                row=row.number,
                column="Start date",
                value=row["Start date"],
                reference=code,
                state=code,
                recorded=min(seats).isoformat(),
            )

    def new(self, code: str, rows: Sequence[Row]) -> StatedState | None:
        """Return the state that ``rows`` are of; None, with a problem, where they leave open since when it is one."""
        said = [self._name(row, rows) for row in rows]
        names = [name for name in said if name]
        if len(names) < len(said):
            return None
        # The present name has no end; of a former state, the last name is the one that ended last.
        latest = max((name.until for name in names if name.until), default=None)
        present = [name for name in names if name.until is None] or [name for name in names if name.until == latest]
        if len({name.name for name in present}) > 1:
            several = ", ".join(f"“{name}”" for name in sorted({name.name for name in present}))
            self._reject(rows, "facts-differ", "Member State", code, values=several)
            return None
        return StatedState(
            line=rows[0].number,
            code=code,
            name=present[0].name,
            since=min(name.since for name in names),
            until=present[0].until,
            former_names=tuple(name for name in names if name not in present),
        )

    def _name(self, row: Row, rows: Sequence[Row]) -> StatedName | None:
        """Return the name that a row gives a new state; None where its dates leave ``rows`` out."""
        since = read_date(row["Start date"])
        if since is None:
            self._reject(rows, "unreadable-date", "Start date", row["Start date"])
            return None
        until = read_date(row["End date"])
        if row["End date"] and (until is None or until <= since):
            self._reject(rows, "unreadable-date", "End date", row["End date"])
            return None
        return StatedName(row.name, since, until)

    def _reject(self, rows: Sequence[Row], problem: str, column: str, value: str, **details: object) -> None:
        self.problems.add(
            problem,
            row=rows[0].number,
            column=column,
            value=value,
            rows=len(rows),
            rejected=len(rows),
            reference=rows[0].name,
            **details,
        )


def read_date(cell: str) -> StatedDate | None:
    """Return the date of ``1945-10-24`` or ``19451024``, or the year of ``1945``; None for anything else."""
    match = DATE.fullmatch(cell)
    if not match:
        return None
    try:
        day = datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
    return StatedDate(day, "day" if match[2] else "year")
