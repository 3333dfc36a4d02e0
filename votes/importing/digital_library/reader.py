"""The UN Digital Library's voting files, of the General Assembly and of the Security Council: one row a vote.

The votes are read and brought into shape in columns; only what is said of each roll call passes through Python.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from votes.importing.digital_library.cells import CHOICES, WITHOUT_VOTE, tidy
from votes.importing.digital_library.roll_calls import LAYOUTS, Reading
from votes.importing.digital_library.tables import edition, facts_of, stated
from votes.importing.formats import check, names, recognise
from votes.importing.problems import Problems, period
from votes.importing.tables import collect, has_rows, scan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from votes.importing.digital_library.roll_calls import Layout, Record
    from votes.importing.edition import Edition, Known, StatedRollCall
    from votes.importing.files import OpenFile

VOTE = ("undl_id", "resolution")
"""The columns that say which vote a row is of."""


class Cell(NamedTuple):
    """A cell of every row that is read by its text: few different ones make up the whole file."""

    given: str
    """Its column in the frame."""
    read: str
    """The column of what it means, null where it means nothing."""
    column: str
    """Its column in the layout."""
    problem: str


WITH_VOTES = ("recorded", "roll-call")
"""The methods by which each member's choice is known."""

CODE = Cell("code", "state", "ms_code", "unknown-code")
CHOICE = Cell("choice", "cast", "ms_vote", "unknown-choice")


def read(file: OpenFile, known: Known, form: str | None = None) -> Edition:
    """Return what a voting file says; raise UnfitFileError where it is no table of its layout.

    ``form`` is the format; by default it is recognised.
    """
    if form:
        table = check(file.header, form, file.name)
    else:
        form, table = recognise(file.header, file.name)
    columns = names(file.header, form, table)
    said, cast = _tables(file, LAYOUTS[form], columns)
    reading = Reading(LAYOUTS[form], known, Problems(file.name, columns))
    adopted = reading.adopted(_with_one_symbol(reading, reading.records(facts_of(said)), said, cast))
    refs = {facts.row: roll_call.ref for record, roll_call in adopted for facts in record.facts}
    votes = _votes(reading, cast.join(_keys(said, refs), on=VOTE, nulls_equal=True), adopted)
    return edition(file, reading, [roll_call for _, roll_call in adopted], votes, rows=cast.height)


def _tables(file: OpenFile, layout: Layout, columns: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what the file says of each vote, and who cast which: ``VOTE``, ``code``, ``name`` and ``choice``.

    Both have the number of the ``row``.
    """
    frame = scan(file)
    name = pl.col(columns["ms_name"]) if "ms_name" in columns else pl.lit(None, pl.String)
    cast = frame.select(
        "row",
        *(pl.col(columns[name]).cast(pl.Categorical).alias(name) for name in VOTE),
        pl.col(columns["ms_code"]).cast(pl.Categorical).alias("code"),
        pl.col(columns["ms_vote"]).cast(pl.Categorical).alias("choice"),
        name.cast(pl.Categorical).alias("name"),
    )
    said, votes = collect(file, stated(file, layout, columns), cast)
    has_rows(file, votes)
    return said, votes


def _keys(said: pl.DataFrame, refs: Mapping[int, int]) -> pl.DataFrame:
    """Return the roll call, ``ref``, by what its rows have in the columns ``VOTE``."""
    numbers = pl.Series([refs.get(row) for row in said["row"]], dtype=pl.UInt32)
    return said.select(pl.col(VOTE).cast(pl.Categorical), ref=numbers).drop_nulls("ref").unique()


def _with_one_symbol(
    reading: Reading, records: Sequence[Record], said: pl.DataFrame, cast: pl.DataFrame
) -> list[Record]:
    """Return ``records`` without those that share a record number and are one vote under several symbols.

    They are several votes only if states have a vote in more than one of them.
    """
    by_number: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_number[record.number].append(record)
    torn = set()
    for number, same in by_number.items():
        if number and len(same) > 1:
            keys = _keys(said, {facts.row: 0 for record in same for facts in record.facts})
            rows = cast.join(keys, on=VOTE, how="semi", nulls_equal=True)
            if rows["code"].cast(pl.String).str.strip_chars().str.to_uppercase().is_unique().all():
                torn.add(number)
                reading.symbols_differ(same)
    return [record for record in records if record.number not in torn]


def _votes(reading: Reading, rows: pl.DataFrame, adopted: Sequence[tuple[Record, StatedRollCall]]) -> pl.DataFrame:
    """Return the votes among ``rows``: ``ref``, ``state`` and ``choice``, no state twice in a roll call."""
    symbols = [record.symbol.text for record, _roll_call in adopted]
    rows = _read_cells(rows, CHOICE, CHOICES.get)
    rows = _on_record(reading, rows, adopted)
    rows = _only_recorded(reading, rows, [roll_call.method for _record, roll_call in adopted])
    rows = _read_cells(rows, CODE, lambda code: code if code in reading.known.states else None)
    rows = _without(reading, rows, adopted, CODE)
    rows = _legible(reading, rows, adopted)
    rows = _without(reading, rows, adopted, CHOICE)
    return _once(reading, rows.select("row", "ref", "state", choice="cast"), symbols).select("ref", "state", "choice")


def _on_record(reading: Reading, rows: pl.DataFrame, adopted: Sequence[tuple[Record, StatedRollCall]]) -> pl.DataFrame:
    """Return the rows of roll calls of which somebody's vote is on record.

    Where every member is listed as non-voting and the totals are 0 or empty, nobody is known to have been absent: the
    text was adopted without a vote where the note says so, and otherwise its votes and totals are not on record.
    """
    silent = [r.ref for _record, r in adopted if r.method in WITH_VOTES and not any(r.announced[:3])]
    listed = rows.filter(pl.col("ref").is_in(silent)).group_by("ref")
    is_nobody = listed.agg((pl.col("cast") == "X").fill_null(value=False).all(), pl.len().alias("count")).filter("cast")
    unknown: dict[int, int] = {}
    for ref, _is_nobody, count in is_nobody.iter_rows():
        roll_call = adopted[ref][1]
        roll_call.announced = (None, None, None, None)
        if WITHOUT_VOTE.search(roll_call.note):
            roll_call.method = "without-vote"
        else:
            unknown[ref] = count
    if not unknown:
        return rows
    reading.notes.append(
        f"{sum(unknown.values())} rows of {len(unknown)} texts list every member as non-voting and have totals of 0. "
        "They do not tell how members voted, so no absences were imported from them."
    )
    return rows.filter(~pl.col("ref").is_in(list(unknown)))


def _legible(reading: Reading, rows: pl.DataFrame, adopted: Sequence[tuple[Record, StatedRollCall]]) -> pl.DataFrame:
    """Return the rows whose cell of the choice is not empty; a member without another row is noted as not legible."""
    is_empty = pl.col("choice").cast(pl.String).str.strip_chars().fill_null("") == ""
    empty = rows.filter(pl.col("cast").is_null()).filter(is_empty)
    if empty.is_empty():
        return rows
    rows = rows.join(empty.select("row"), on="row", how="anti", maintain_order="left")
    unknown = empty.join(rows, on=("ref", "state"), how="anti").sort("row")
    votes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for ref, state, row in unknown.select("ref", pl.col("state").cast(pl.String), "row").iter_rows():
        record, roll_call = adopted[ref]
        roll_call.not_legible = tuple(sorted({*roll_call.not_legible, state}))
        votes[state][record.symbol.text].append(row)
    for state, of_votes in votes.items():
        reading.problems.add_to_votes(
            "no-choice",
            of_votes,
            column=CHOICE.column,
            value=state,
            period=period(roll_call.date for _record, roll_call in adopted),
            rejected=False,
        )
    return rows


def _only_recorded(reading: Reading, rows: pl.DataFrame, methods: Sequence[str]) -> pl.DataFrame:
    """Return the rows that are votes: where a text was adopted otherwise, the file has a row for every member."""
    otherwise = {
        "without-vote": "adopted without a vote",
        "non-recorded": "adopted by a non-recorded vote",
        "ballot": "decided by secret ballot or election, which has no votes by name,",
    }
    for method, words in otherwise.items():
        refs = [ref for ref, of in enumerate(methods) if of == method]
        if refs:
            votes = rows.filter(~pl.col("ref").is_in(refs))
            count = rows.height - votes.height
            reading.notes.append(f"{count} rows of {len(refs)} texts {words} are not votes and were skipped.")
            rows = votes
    return rows


def _read_cells(rows: pl.DataFrame, cell: Cell, read: Callable[[str], str | None]) -> pl.DataFrame:
    """Return ``rows`` with what ``read`` makes of a cell's text in upper case."""
    given = rows[cell.given].unique()
    values = pl.Series([read(tidy(text).upper()) for text in given], dtype=pl.String).cast(pl.Categorical)
    meanings = pl.DataFrame({cell.given: given, cell.read: values})
    return rows.join(meanings, on=cell.given, how="left", nulls_equal=True)


def _without(
    reading: Reading, rows: pl.DataFrame, adopted: Sequence[tuple[Record, StatedRollCall]], cell: Cell
) -> pl.DataFrame:
    """Return the rows whose ``cell`` could be read, with a problem for each different one of a vote that could not."""
    left_out: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.filter(pl.col(cell.read).is_null()).iter_rows(named=True):
        left_out[tidy(row[cell.given]).upper()].append(row)
    for value, same in left_out.items():
        votes: dict[str, list[int]] = defaultdict(list)
        for row in same:
            votes[adopted[row["ref"]][0].symbol.text].append(row["row"])
        reading.problems.add_to_votes(
            cell.problem,
            votes,
            column=cell.column,
            value=value,
            period=period(roll_call.date for _record, roll_call in adopted),
            name=", ".join(sorted({tidy(row["name"]) for row in same})),
        )
    return rows.drop_nulls(cell.read) if left_out else rows


def _once(reading: Reading, rows: pl.DataFrame, symbols: Sequence[str]) -> pl.DataFrame:
    """Return ``rows`` with each state once in a roll call: equal votes are one, and different ones are left out."""
    vote = pl.col("ref").cast(pl.UInt64) * 2**32 + pl.col("state").to_physical()
    if rows.select(vote.n_unique()).item() == rows.height:
        return rows
    votes = rows.group_by("ref", "state").agg(
        pl.col("choice").first(),
        pl.col("choice").unique().alias("choices"),
        pl.col("row").min(),
        pl.len().alias("count"),
    )
    different = votes.filter(pl.col("choices").list.len() > 1)
    for ref, state, _choice, choices, row, count in different.iter_rows():
        reading.problems.add(
            "vote-twice",
            row=row,
            column="ms_vote",
            value=state,
            rows=count,
            rejected=count,
            reference=symbols[ref],
            state=state,
            choices=", ".join(sorted(choices)),
        )
    votes = votes.filter(pl.col("choices").list.len() == 1)
    if repeated := int(votes["count"].sum()) - votes.height:
        reading.notes.append(f"Duplicate rows skipped: {repeated}.")
    return votes.sort("row")
