"""Votes of Voeten's table: which state held a code's seat on a date, and who was absent."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from resolutions.text import fold
from votes.importing.formats import VOETEN, names
from votes.importing.problems import period
from votes.importing.tables import collect, scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votes.importing.edition import Known
    from votes.importing.files import OpenFile
    from votes.importing.problems import Problems

NO_MEMBER = "-"
CHOICES = {"yes": "Y", "no": "N", "abstain": "A", "absent": "X", "1": "Y", "2": "A", "3": "N", "8": "X", "9": NO_MEMBER}
"""Voeten's numbers put abstention before the vote against."""

CHINA = {"TW": "CHN"}
"""China's seat is one, whoever represents it; Voeten has TW until 1971-10-25."""

MISSING = "NA"
"""What R writes into a cell that is missing. It is Namibia's code too, so that the name decides."""

WITHOUT_CODE = {
    "federal republic of germany": "GER",
    "namibia": "NAM",
    "yemen arab republic": "YEM",
    "zanzibar": "EAZ",
}
"""States whose code is missing in the table, by their folded names."""

HOLDERS = {
    "CSK": ("CSK", "SCG"),
    "DEU": ("GER", "DEU"),
    "GER": ("GER", "DEU"),
    "RUS": ("SUN", "RUS"),
    "SRB": ("YUG", "SCG", "SRB"),
    "SUN": ("SUN", "RUS"),
    "TZA": ("EAT", "TZA"),
    "YUG": ("YUG", "SCG", "SRB"),
}
"""Those who held, one after another, the seat that a code stands for: Voeten has RU from 1946 and YU until today.
CS was Czechoslovakia's code and later that of Serbia and Montenegro."""

LEAST_LISTED = 0.25
"""A roll call with rows for a smaller share of the members is a fragment, from which no absences can be derived."""

NUMBER = r"^\s*(\d{1,9})(?:\.0*)?\s*$"
"""An rcid: ``3`` or ``3.0``."""


def read_rows(file: OpenFile) -> pl.DataFrame:
    """Return all rows of the votes table; what R calls missing is empty.

    ``row``, ``rcid`` as written, ``number``, ``country``, ``code``, ``vote`` as written and ``choice`` or null.
    """
    columns = names(file.header, VOETEN, "votes")
    frame = scan(file, missing=MISSING).select(
        "row",
        pl.col(columns["rcid"]).fill_null("").alias("rcid"),
        pl.col(columns["rcid"]).str.extract(NUMBER).cast(pl.UInt32).alias("number"),
        pl.col(columns["country"]).fill_null("").alias("country"),
        pl.col(columns["country_code"]).fill_null("").str.strip_chars().str.to_uppercase().alias("code"),
        pl.col(columns["vote"]).fill_null("").alias("vote"),
        pl.col(columns["vote"])
        .str.strip_chars()
        .str.to_lowercase()
        .str.strip_suffix(".0")
        .replace_strict(CHOICES, default=None, return_dtype=pl.String)
        .alias("choice"),
    )
    return collect(file, frame)[0]


@dataclass(frozen=True)
class Calls:
    """What is known of the roll calls when the votes are read."""

    periods: pl.DataFrame
    """``number``, ``first`` and ``last`` of each: the days on which it may have been taken."""
    references: Mapping[int, str]
    """The source's own name of each, by its number."""

    @property
    def period(self) -> str:
        """Return the days between which all of them were taken."""
        return period([*self.periods["first"], *self.periods["last"]])

    def rows_by_reference(self, rows: pl.DataFrame) -> dict[str, list[int]]:
        """Return the ``row`` of each of ``rows`` by the reference of its roll call, in the order of the file."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, row in rows.select("number", "row").sort("row").iter_rows():
            found[self.references[number]].append(row)
        return found


def of_states(rows: pl.DataFrame, calls: Calls, known: Known, problems: Problems) -> pl.DataFrame:
    """Return the rows of known roll calls and states, with ``state``; what is left out becomes a problem."""
    periods = calls.periods
    strangers = rows.join(periods, on="number", how="anti").group_by("rcid").agg(pl.len(), pl.col("row").min())
    for rcid, count, row in strangers.iter_rows():
        problems.add("unknown-roll-call", row=row, column="rcid", value=rcid, rows=count, rejected=count)
    rows = rows.join(periods.select("number"), on="number", how="semi")
    seats = rows.select("code", "country").unique()
    bases = [_base(code, country, known) for code, country in seats.iter_rows()]
    seats = seats.with_columns(pl.Series("base", bases, dtype=pl.String))
    rows = rows.join(seats, on=["code", "country"], how="left")
    _report_unknown(rows.filter(pl.col("base").is_null()), calls, problems)
    rows = rows.filter(pl.col("base").is_not_null())
    held = rows.join(_holders(periods, known), on=["base", "number"], how="left", maintain_order="left")
    dtype = pl.Enum(sorted(known.states))
    return held.select("row", "number", pl.coalesce("holder", "base").cast(dtype).alias("state"), "choice", "vote")


def _base(code: str, country: str, known: Known) -> str | None:
    """Return the state that a code and name stand for, whoever holds its seat; None where neither is known."""
    has_code = code not in ("", MISSING)
    base = (CHINA.get(code) or known.iso2.get(code)) if has_code else WITHOUT_CODE.get(fold(country).strip())
    return base if base in known.states else None


def _report_unknown(rows: pl.DataFrame, calls: Calls, problems: Problems) -> None:
    for (code, country), same in rows.group_by("code", "country"):
        votes, period = calls.rows_by_reference(same), calls.period
        if code:
            problems.add_to_votes(
                "unknown-code", votes, column="country_code", value=str(code), period=period, name=country
            )
        else:
            problems.add_to_votes("no-code", votes, column="country", value=str(country), period=period)


def _holders(periods: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return ``base``, ``number`` and ``holder`` for the seats that were held by several states."""
    spans = periods.select("first", "last").unique()
    held = [
        (base, first, last, holder(known, states, first, last))
        for base, states in HOLDERS.items()
        for first, last in spans.iter_rows()
    ]
    schema = {"base": pl.String, "first": pl.Date, "last": pl.Date, "holder": pl.String}
    frame = pl.DataFrame(held, schema=schema, orient="row")
    return periods.join(frame, on=["first", "last"]).select("base", "number", "holder")


def holder(known: Known, states: Sequence[str], first: datetime.date, last: datetime.date) -> str:
    """Return which of ``states``, in the order in which they held a seat, held it for most days from first to last.

    Where none did, it is the last of them whose seat began before.
    """
    known_states = [state for state in states if state in known.states] or list(states)
    days = {state: _days(known, state, first, last) for state in known_states}
    most = max(days.values())
    if most:
        return [state for state in known_states if days[state] == most][-1]
    began = [s for s in known_states if any(seat.since <= last for seat in known.seats_of.get(("GA", s), ()))]
    return began[-1] if began else known_states[0]


def _days(known: Known, state: str, first: datetime.date, last: datetime.date) -> int:
    """Return on how many days from first to last ``state`` was a member of the Assembly."""
    end = last + datetime.timedelta(days=1)
    return sum(
        max((min(seat.until or end, end) - max(seat.since, first)).days, 0)
        for seat in known.seats_of.get(("GA", state), ())
    )


def choices(rows: pl.DataFrame, calls: Calls, problems: Problems) -> tuple[pl.DataFrame, list[str]]:
    """Return the votes, ``number``, ``state`` and ``choice``, and notes on rows that are none.

    Unknown choices and states with two different votes are left out and become problems.
    """
    notes = []
    for (vote,), same in rows.filter(pl.col("choice").is_null()).group_by("vote"):
        problems.add_to_votes(
            "unknown-choice", calls.rows_by_reference(same), column="vote", value=str(vote), period=calls.period
        )
    votes = rows.filter(pl.col("choice") != NO_MEMBER)
    if outside := rows.filter(pl.col("choice") == NO_MEMBER).height:
        notes.append(f"Rows of states that were not members (code 9) skipped: {outside}.")
    twice = votes.filter(pl.struct("number", "state").is_duplicated())
    by_state = twice.group_by("number", "state").agg(pl.col("choice").unique().sort(), pl.len(), pl.col("row").min())
    conflicts = by_state.filter(pl.col("choice").list.len() > 1)
    for number, state, said, count, row in conflicts.sort("row").iter_rows():
        problems.add(
            "vote-twice",
            row=row,
            column="vote",
            value=state,
            rows=count,
            rejected=count,
            reference=calls.references[number],
            state=state,
            choices=", ".join(said),
        )
    if twice.height:
        votes = votes.join(conflicts, on=["number", "state"], how="anti").unique(["number", "state"])
    if repeats := int(by_state.filter(pl.col("choice").list.len() == 1).select((pl.col("len") - 1).sum()).item()):
        notes.append(f"Duplicate rows skipped: {repeats}.")
    return votes.select("number", "state", "choice"), notes


def illegible(rows: pl.DataFrame, votes: pl.DataFrame) -> dict[int, tuple[str, ...]]:
    """Return, by number, the states of ``rows`` whose choice cannot be read and that have no vote, sorted."""
    states: dict[int, set[str]] = defaultdict(set)
    unread = rows.filter(pl.col("choice").is_null()).join(votes, on=["number", "state"], how="anti")
    for number, state in unread.select("number", pl.col("state").cast(pl.String)).iter_rows():
        states[number].add(state)
    return {number: tuple(sorted(found)) for number, found in states.items()}


def members(rows: pl.DataFrame, periods: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return the members of the Assembly on all days of each period: ``first``, ``last`` and ``state``, as in ``rows``.

    Each period once, however many roll calls it has.
    """
    seats = pl.DataFrame(
        [(s.state, s.since, s.until) for s in known.seats if s.body == "GA" and s.state in known.states],
        schema={"state": rows.schema["state"], "since": pl.Date, "until": pl.Date},
        orient="row",
    )
    is_member = (pl.col("since") <= pl.col("first")) & (pl.col("until").is_null() | (pl.col("last") < pl.col("until")))
    spans = periods.select("first", "last").unique()
    return spans.join(seats, how="cross").filter(is_member).select("first", "last", "state")


def fragments(rows: pl.DataFrame, periods: pl.DataFrame, seated: pl.DataFrame) -> dict[int, tuple[int, int]]:
    """Return the roll calls with rows for less than a quarter of the members: by number, rows and members.

    A roll call without any row says nothing, and so nothing that is wrong.
    """
    listed = rows.filter(pl.col("choice").ne_missing(NO_MEMBER)).group_by("number").len("listed")
    counts = periods.join(seated.group_by("first", "last").len("members"), on=["first", "last"])
    few = listed.join(counts, on="number").filter(pl.col("listed") < LEAST_LISTED * pl.col("members"))
    return {number: (count, seats) for number, count, seats in few.select("number", "listed", "members").iter_rows()}


def absences(rows: pl.DataFrame, periods: pl.DataFrame, seated: pl.DataFrame) -> pl.DataFrame:
    """Return a non-vote for every member on all days of a roll call's period, as ``seated`` has them, without a row.

    ``number``, ``state`` and ``choice``. A roll call without any row says nothing of who was there.
    """
    voted = periods.join(rows, on="number", how="semi")
    return (
        voted.join(seated, on=["first", "last"])
        .join(rows, on=["number", "state"], how="anti")
        .select("number", "state", pl.lit("X").alias("choice"))
    )
