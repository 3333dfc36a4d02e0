"""Exported tables: columns, codebook and keys."""

import csv
import io

import pytest
from django.conf import settings

from votes.exporting.streams import csv_chunks
from votes.exporting.tables import LISTED_RESOLUTIONS, LISTED_ROLL_CALLS, ROLL_CALLS, TABLES, VOTES, Column, Table

ROLL_CALL_HEADER = (
    "slug,symbol,decisive,body,session,date,date_precision,title,meeting,ordinal,kind,method,requirement,result,"
    "announced_yes,announced_no,announced_abstaining,announced_non_voting,"
    "counted_yes,counted_no,counted_abstaining,counted_non_voting,note,source,source_reference"
)
EXPLAINED = "difference_reason,absences,not_legible"
HEADERS = {
    "bodies": "code,name,symbol_prefix,majority",
    "sessions": "body,code,name,kind,opened,closed",
    "topics": "slug,name",
    "sources": "slug,name,url,licence,precedence,note",
    "states": "code,iso2,name,official_name,successors,note",
    "state-names": "code,name,official_name,since,until,since_precision,until_precision",
    "body-memberships": "body,code,since,until,permanent,since_precision,until_precision,note",
    "blocs": "slug,short_name,name,kind,description,source,note",
    "bloc-memberships": "bloc,code,since,until,since_precision,until_precision,status,note",
    "resolutions": "symbol,body,session,kind,title,agenda,topics,draft_symbols,other_symbols,subjects",
    "roll-calls": f"{ROLL_CALL_HEADER},{EXPLAINED}",
    "votes": "roll_call,symbol,date,state,state_name,choice",
    "corrections": "roll_call,state,intended,reference",
    "statements": "roll_call,source,format,reference,symbol_key,facts,votes,edition",
    "retired-addresses": "slug,kind,reason,date,leads_to,symbol",
    "retired-texts": "symbol,reason,date",
}


def cells(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(csv_chunks(table)).decode(), newline="")))


def test_tables_have_the_expected_columns():
    assert {name: table.header for name, table in TABLES.items()} == HEADERS
    assert LISTED_ROLL_CALLS.header == f"{ROLL_CALL_HEADER},heading,{EXPLAINED}"
    assert LISTED_RESOLUTIONS.header == (
        f"{HEADERS['resolutions'].removesuffix(',subjects')},roll_call,date,date_precision,method,requirement,result,"
        "announced_yes,announced_no,announced_abstaining,announced_non_voting,"
        "counted_yes,counted_no,counted_abstaining,counted_non_voting,subjects"
    )


@pytest.mark.parametrize("table", [*TABLES.values(), LISTED_RESOLUTIONS, LISTED_ROLL_CALLS], ids=lambda t: t.row)
def test_every_table_and_column_is_described(table: Table):
    assert table.description.endswith(".")
    assert [column.name for column in table.columns if not column.description.endswith(".")] == []
    assert {column.kind for column in table.columns} <= {"text", "integer", "date"}
    assert {*table.key} <= {column.name for column in table.columns}


def test_column_has_type_flags_and_description():
    assert VOTES.columns[5] == Column(
        "choice", "text", optional=False, free=False, sql="vote.choice",
        description="`Y` in favour, `N` against, `A` abstaining, `X` non-voting.",
    )  # fmt: skip
    assert VOTES.columns[1].optional
    assert VOTES.columns[1].free
    assert [c.kind for c in ROLL_CALLS.columns if c.name in ("date", "ordinal", "counted_no")] == [
        "date", "integer", "integer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["topics", "sources", "states", "state-names", "body-memberships", "blocs", "bloc-memberships"]
)
def test_reference_data_are_exported_byte_for_byte(record: None, name: str):
    reference = settings.BASE_DIR / "data" / f"{name.replace('-', '_')}.csv"

    assert b"".join(csv_chunks(TABLES[name])) == reference.read_bytes()


def test_sessions_are_exported_as_loaded(record: None):
    with (settings.BASE_DIR / "data" / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = [{k: v for k, v in row.items() if k != "opened_precision"} for row in csv.DictReader(file)]

    assert cells(TABLES["sessions"]) == rows


def test_keys_are_unique_and_foreign_keys_resolve(hard: list[object]):
    rows = {name: cells(table) for name, table in TABLES.items()}
    for name, table in TABLES.items():
        keys = [tuple(row[column] for column in table.key) for row in rows[name]]
        assert len(keys) == len({*keys}), name
        assert rows[name], name
        for foreign in table.foreign:
            there = {tuple(row[column] for column in foreign.references) for row in rows[foreign.table]}
            named = {tuple(row[column] for column in foreign.columns) for row in rows[name]}
            assert {key for key in named if all(key)} <= there, (name, foreign)


def test_tables_without_roll_calls_cannot_be_selected_by_them():
    with pytest.raises(ValueError, match="The rows of states belong to no roll call"):
        TABLES["states"].typed([1])
