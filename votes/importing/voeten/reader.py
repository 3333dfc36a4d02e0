"""Reader of Voeten's three tables: votes since 1946 on whole texts, amendments, paragraphs and motions.

The tables have no row for an absent member, no totals, and before session 58 no reliable day; where the day is known
from elsewhere it stands in ``voeten_days``. Their symbols are trusted from session 21 on; before it the number is often
that of a page, so that it may only confirm a text that is on record. What a symbol means where it is not the United
Nations' stands in ``voeten_aliases``.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl

from votes.importing.edition import Edition, FileFacts, StatedRollCall, StatedText, UnfitFileError
from votes.importing.formats import VOETEN, names
from votes.importing.problems import Problems, is_future
from votes.importing.tables import collect, lines_of, scan
from votes.importing.voeten import aliases, days
from votes.importing.voeten.texts import Row, one_vote_a_text, read_symbols, session_of
from votes.importing.voeten.votes import (
    MISSING,
    NUMBER,
    Calls,
    absences,
    choices,
    fragments,
    illegible,
    members,
    of_states,
    read_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from votes.importing.edition import Known, RowProblem
    from votes.importing.files import OpenFile

BODY = "GA"
EXACT_SINCE = datetime.date(2003, 9, 16)
"""The opening of session 58: of earlier roll calls the month is right and the day often wrong."""

TOPICS = {
    "me": "palestinian-question",
    "nu": "nuclear-weapons",
    "di": "arms-control",
    "hr": "human-rights",
    "co": "decolonization",
    "ec": "economic-development",
}
KINDS = {
    (False, False): "text",
    (True, False): "amendment",
    (False, True): "paragraph",
    (True, True): "paragraph-amendment",
}
"""By the flags ``amend`` and ``para``."""

FLAGS = {"": False, "0": False, "0.0": False, "1": True, "1.0": True}


def read(files: Mapping[str, OpenFile], known: Known) -> Edition:
    """Return what the tables ``votes``, ``roll_calls`` and, if given, ``issues`` say.

    Raises UnfitFileError where one of the first two is missing, or has rows that cannot be told apart.
    """
    if not files.keys() >= {"votes", "roll_calls"}:
        table, file = next(iter(files.items()))
        raise UnfitFileError(
            f"it is one of Voeten’s tables (“{table}”); his votes and roll calls must be imported together. Use one "
            "command: import_votes voeten_un_votes.csv voeten_roll_calls.csv voeten_issues.csv",
            file=file.name,
        )
    return _Reader(files, known).edition()


def _number(cell: str) -> int | None:
    match = re.match(NUMBER, cell)
    return int(match[1]) if match else None


class _Reader:
    """Reads the tables of one edition."""

    def __init__(self, files: Mapping[str, OpenFile], known: Known) -> None:
        self.files, self.known = files, known
        self.problems = {table: Problems(file.name, names(file.header, VOETEN, table)) for table, file in files.items()}
        self.heights: dict[str, int] = {}
        self.counts: dict[int, int] = {}
        """The rows of the votes table by roll call."""
        self.days = days.load()
        self.other_dates: list[str] = []
        """The references of roll calls that have another date than the table of exact days knows."""

    def edition(self) -> Edition:
        said = read_rows(self.files["votes"])
        self.heights["votes"] = said.height
        self.counts = dict(said.drop_nulls("number").group_by("number").len().iter_rows())
        cells = self._cells("roll_calls", "session", "date", "unres", "amend", "para", "descr", "short")
        rows, left_out = self._rows(cells)
        said = said.filter(~pl.col("number").is_in(list(left_out)).fill_null(value=False))
        calls = Calls(_periods(rows), {row.number: row.reference for row in rows})
        listed = of_states(said, calls, self.known, self.problems["votes"])
        seated = members(listed, calls.periods, self.known)
        if found := fragments(listed, calls.periods, seated):
            rows = self._without_fragments(rows, found)
            left_out |= found.keys()
            listed = listed.filter(~pl.col("number").is_in(list(found)))
        notes = read_symbols(rows, aliases.load(), self.problems["roll_calls"])
        votes, more = choices(listed, calls, self.problems["votes"])
        absent = absences(listed, calls.periods, seated)
        topics = self._topics({row.number for row in rows}, left_out)
        rows = one_vote_a_text(rows, votes, self._rows_of, self.problems["roll_calls"])
        unread = illegible(listed, votes)
        return self._edition(rows, votes, absent, topics, not_legible=unread, notes=[*notes, *more])

    def _cells(self, table: str, *columns: str) -> list[dict[str, str]]:
        """Return the rows of a table with ``row`` and ``rcid``; what is missing, a whole column too, is empty."""
        file = self.files[table]
        present = names(file.header, VOETEN, table)
        cells = [
            (pl.col(present[column]) if column in present else pl.lit(None, pl.String)).fill_null("").alias(column)
            for column in ("rcid", *columns)
        ]
        frame = collect(file, scan(file, missing=MISSING).select("row", *cells))[0]
        self.heights[table] = frame.height
        return frame.to_dicts()

    def _rows_of(self, number: int) -> int:
        return 1 + self.counts.get(number, 0)

    # Roll calls

    def _rows(self, cells: Iterable[Mapping[str, str]]) -> tuple[list[Row], set[int]]:
        """Return the roll calls, and the numbers of those without a date that can be, which become problems."""
        rows: dict[int, Row] = {}
        undated: set[int] = set()
        for cell in cells:
            number = _number(cell["rcid"])
            if number is None:
                raise self._unfit(cell, "rcid", f"“{cell['rcid']}” is not a number. Fix the row.")
            if number in rows or number in undated:
                raise self._unfit(cell, "rcid", f"roll call {number} is listed twice. Remove one of the rows.")
            row = self._row(number, cell)
            if row is None:
                undated.add(number)
            else:
                rows[number] = row
        return list(rows.values()), undated

    def _unfit(self, cell: Mapping[str, str], column: str, message: str) -> UnfitFileError:
        file, place = self.files["roll_calls"], int(cell["row"])
        column = self.problems["roll_calls"].columns[column]
        return UnfitFileError(message, file=file.name, line=lines_of(file, [place])[place], column=column)

    def _row(self, number: int, cell: Mapping[str, str]) -> Row | None:
        """Return a roll call; None, and a problem, where its date cannot be read or is still to come."""
        try:
            date = datetime.date.fromisoformat(cell["date"].strip())
        except ValueError:
            self._report(cell, "date", "unreadable-date", f"rcid {number}", self._rows_of(number))
            return None
        if is_future(date):
            self._report(cell, "date", "future-date", f"rcid {number}", self._rows_of(number))
            return None
        day = self._day(number, date)
        row = Row(
            row=int(cell["row"]),
            number=number,
            date=day or date.replace(day=1),
            precision="day" if day else "month",
            kind=KINDS[self._flag(cell, "amend"), self._flag(cell, "para")],
            unres=" ".join(cell["unres"].split()),
            descr=cell["descr"],
            short=cell["short"],
        )
        if not day and number in self.days:
            self.other_dates.append(row.reference)
        session = session_of(row.unres, cell["session"])
        if (BODY, session) in self.known.sessions:
            row.session = session
        elif session:
            self._report(cell, "session", "unknown-session", row.reference, 0)
        return row

    def _day(self, number: int, date: datetime.date) -> datetime.date | None:
        """Return the day of a roll call that Voeten gives ``date``, None where only the month is certain."""
        exact = self.days.get(number)
        if exact and exact.voeten_date == date:
            return exact.day
        return date if date >= EXACT_SINCE else None

    def _without_fragments(self, rows: Iterable[Row], found: Mapping[int, tuple[int, int]]) -> list[Row]:
        """Return the roll calls without fragments, ``found`` with states listed and members; they become problems."""
        whole = []
        for row in rows:
            if row.number not in found:
                whole.append(row)
                continue
            listed, seats = found[row.number]
            self.problems["roll_calls"].add(
                "fragment",
                row=row.row,
                column="rcid",
                value=row.reference,
                rows=1 + listed,
                rejected=1 + listed,
                reference=row.reference,
                listed=listed,
                members=seats,
            )
        return whole

    def _flag(self, cell: Mapping[str, str], column: str) -> bool:
        flag = FLAGS.get(cell[column].strip())
        if flag is None:
            raise self._unfit(cell, column, f"“{cell[column]}” is not a flag (1, 0 or empty). Fix the row.")
        return flag

    def _report(self, cell: Mapping[str, str], column: str, problem: str, reference: str, rejected: int) -> None:
        """Report a cell of the table of roll calls, with the rows that are left out for it."""
        self.problems["roll_calls"].add(
            problem,
            row=int(cell["row"]),
            column=column,
            value=cell[column],
            rows=rejected or 1,
            rejected=rejected,
            reference=reference,
        )

    def _topics(self, numbers: set[int], left_out: set[int]) -> Mapping[int, tuple[str, ...]]:
        """Return the topics of each roll call; unknown ones become problems."""
        topics: dict[int, set[str]] = defaultdict(set)
        strange: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for cell in self._cells("issues", "short_name") if "issues" in self.files else ():
            number, name = _number(cell["rcid"]), cell["short_name"].strip()
            slug = TOPICS.get(name.lower())
            if number in left_out:
                continue
            if number is None or number not in numbers:
                strange["unknown-roll-call", "rcid", cell["rcid"]].append(int(cell["row"]))
            elif slug is None or slug not in self.known.topics:
                strange["unknown-topic", "short_name", name].append(int(cell["row"]))
            else:
                topics[number].add(slug)
        for (problem, column, value), places in strange.items():
            count = len(places)
            self.problems["issues"].add(problem, row=places[0], column=column, value=value, rows=count, rejected=count)
        return {number: tuple(sorted(slugs)) for number, slugs in topics.items()}

    # The edition

    def _edition(
        self,
        rows: list[Row],
        votes: pl.DataFrame,
        absent: pl.DataFrame,
        topics: Mapping[int, tuple[str, ...]],
        *,
        not_legible: Mapping[int, tuple[str, ...]],
        notes: list[str],
    ) -> Edition:
        refs = {row.number: ref for ref, row in enumerate(rows)}
        numbered = pl.DataFrame(
            {"number": refs.keys(), "ref": refs.values()}, schema=dict.fromkeys(("number", "ref"), pl.UInt32)
        )
        absent = absent.join(numbered.select("number"), on="number", how="semi")
        places = {row.row for row in rows} | self.problems["roll_calls"].rows
        lines = lines_of(self.files["roll_calls"], places)
        stated = [_stated(row, refs[row.number], lines[row.row], topics.get(row.number, ())) for row in rows]
        derived = set(absent["number"])
        for call, row in zip(stated, rows, strict=True):
            call.absences_derived = row.number in derived
            call.not_legible = not_legible.get(row.number, ())
        if self.other_dates:
            notes.append(
                f"The table of exact days has other dates for {'; '.join(self.other_dates)}: "
                "its days for these were not used."
            )
        months = sum(row.precision == "month" for row in rows)
        return Edition(
            format=VOETEN,
            source="voeten",
            files=[
                FileFacts(self.files[table].name, self.files[table].sha256, self.heights[table])
                for table in sorted(self.files, key=lambda table: table != "roll_calls")
            ],
            roll_calls=stated,
            votes=pl.concat([votes, absent])
            .join(numbered, on="number")
            .select("ref", pl.col("state").cast(pl.Categorical), pl.col("choice").cast(pl.Categorical)),
            problems=self._problems({call.reference: call.ref for call in stated}),
            notes=[
                f"Absences derived from the membership of the Assembly: {absent.height}.",
                f"Roll calls dated by month only: {months}. Before session 58, the days in the source are often wrong.",
                *notes,
            ],
        )

    def _problems(self, refs: Mapping[str, int]) -> list[RowProblem]:
        found: list[RowProblem] = []
        for table, problems in self.problems.items():
            found += problems.finish(lines_of(self.files[table], problems.rows), refs)
        return found


def _periods(rows: Iterable[Row]) -> pl.DataFrame:
    """Return ``number``, ``first`` and ``last``: the days between which each roll call was taken."""
    return pl.DataFrame(
        [(row.number, row.date, _last_day(row)) for row in rows],
        schema={"number": pl.UInt32, "first": pl.Date, "last": pl.Date},
        orient="row",
    )


def _last_day(row: Row) -> datetime.date:
    if row.precision == "day":
        return row.date
    return row.date.replace(day=calendar.monthrange(row.date.year, row.date.month)[1])


def _stated(row: Row, ref: int, line: int, topics: tuple[str, ...]) -> StatedRollCall:
    text, title = None, row.title
    if row.decisive and row.symbol:
        kind = "decision" if row.symbol.key.startswith("A/DEC/") else "resolution"
        text = StatedText(row.symbol, kind, title, agenda=row.agenda, topics=topics)
    return StatedRollCall(
        ref=ref,
        line=line,
        source="voeten",
        reference=row.reference,
        body=BODY,
        session=row.session,
        date=row.date,
        date_precision=row.precision,
        text=text,
        symbol_key=row.symbol.key if row.symbol else "",
        decisive=row.decisive,
        title=title,
        kind=row.kind,
        corroborate=True,
    )
