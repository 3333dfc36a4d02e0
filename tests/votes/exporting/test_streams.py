"""Streaming exports: exact bytes, snapshots and errors."""

from __future__ import annotations

import json
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.factories import make_roll_call, make_votes
from tests.votes.exporting import twin
from votes.exporting import streams
from votes.exporting.lines import vote_lines
from votes.exporting.streams import Stream, csv_chunks, json_chunks
from votes.exporting.tables import (
    CORRECTIONS,
    LISTED_RESOLUTIONS,
    LISTED_ROLL_CALLS,
    RETIRED_ADDRESSES,
    ROLL_CALLS,
    TABLES,
    VOTES,
)
from votes.models import RetiredAddress, RollCall
from votes.record.version import data_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from pytest_django import DjangoAssertNumQueries

    from votes.exporting.tables import Table

VOTES_CSV = """\
roll_call,symbol,date,state,state_name,choice
hard-text,A/RES/3399(XXX)[B],1975-11-01,BEN,Dahomey,X
hard-text,A/RES/3399(XXX)[B],1975-11-01,CIV,Ivory Coast,Y
hard-text,A/RES/3399(XXX)[B],1975-11-01,KHM,Cambodia,Y
hard-motion,,1976-04-06,KHM,Democratic Kampuchea,A
hard-motion,,1976-04-06,SUN,Union of Soviet Socialist Republics,N
"""
ROLL_CALLS_CSV = """\
slug,symbol,decisive,body,session,date,date_precision,title,meeting,ordinal,kind,method,requirement,result,\
announced_yes,announced_no,announced_abstaining,announced_non_voting,\
counted_yes,counted_no,counted_abstaining,counted_non_voting,note,source,source_reference,difference_reason,\
absences,not_legible
hard-text,A/RES/3399(XXX)[B],yes,GA,30,1975-11-01,month,,A/PV.2400,3,text,recorded,not-stated,adopted,2,0,,,2,0,0,1,\
"a\\b, ünï“code”",editor,'+33,,,FRA PAK
hard-motion,,no,GA,,1976-04-06,day,'-1 +2,,,motion,recorded,not-stated,not-stated,,2,,,0,1,1,0,,editor,,\
"'=late, ""misheard""
by one",derived,
hard-totals,,no,GA,,1976-01-01,day,'\ttabbed,,,text,non-recorded,not-stated,not-stated,5,4,0,1,,,,,,editor,,,,
"""
RESOLUTIONS_CSV = """\
symbol,body,session,kind,title,agenda,topics,draft_symbols,other_symbols,\
roll_call,date,date_precision,method,requirement,result,\
announced_yes,announced_no,announced_abstaining,announced_non_voting,\
counted_yes,counted_no,counted_abstaining,counted_non_voting,subjects
A/RES/3399(XXX)[B],GA,30,resolution,"'=SUM(A1), ""quoted""
and broken",''@home,decolonization human-rights,A/L.10|A/L.9,'-1 of the thirtieth,\
hard-text,1975-11-01,month,recorded,not-stated,adopted,2,0,,,2,0,0,1,\
"CUBA--UNITED STATES|NUCLEAR WEAPON TESTS--TREATIES--SIGNATURES, ACCESSIONS, RATIFICATIONS"
"""
CORRECTIONS_CSV = "roll_call,state,intended,reference\nhard-text,KHM,N,'=A/PV.2401\n"
STATEMENTS_CSV = (
    "roll_call,source,format,reference,symbol_key,facts,votes,edition\n"
    "hard-text,editor,voeten,R/30/3399B,A/RES/3399(XXX)B,"
    '"{""b"": {""a"": 2.5, ""bb"": [1, null]}, ""date"": ""1975-11-01"", ""title"": ""Ü \\""x\\""""}",'
    "BENX CIVY KHMY,2021-03-02\n"
)


RETIRED_CSV = """\
slug,kind,reason,date,leads_to,symbol
thrice,merged,The same.,2024-05-06,withdrawn,
twice,merged,The same.,2024-05-06,hard-motion,
withdrawn,withdrawn,"'@Never ""taken"" by us",2024-05-06,,A/RES/3399(XXX)[B]
withdrawn-draft,withdrawn,Twice.,2024-05-06,,
"""


def chosen(roll_calls: list[RollCall]) -> QuerySet[RollCall]:
    return RollCall.objects.filter(pk__in=[roll_call.pk for roll_call in roll_calls]).order_by("pk")


def whole(chunks: Iterator[bytes]) -> str:
    return b"".join(chunks).decode()


@pytest.mark.parametrize(
    ("table", "content"),
    [
        (VOTES, VOTES_CSV),
        (ROLL_CALLS, ROLL_CALLS_CSV),
        (LISTED_RESOLUTIONS, RESOLUTIONS_CSV),
        (CORRECTIONS, CORRECTIONS_CSV),
        (TABLES["statements"], STATEMENTS_CSV),
    ],
    ids=lambda of: getattr(of, "name", ""),
)
def test_small_record_exports_the_expected_bytes(hard: list[RollCall], table: Table, content: str):
    assert whole(csv_chunks(table, chosen(hard))) == content


def test_retired_addresses_export_the_expected_rows(hard: list[RollCall]):
    assert whole(csv_chunks(RETIRED_ADDRESSES)) == RETIRED_CSV
    address = {"slug": "twice", "kind": "merged", "reason": "The same.", "date": "2024-05-06"}
    rows = json.loads(whole(json_chunks(RETIRED_ADDRESSES)))["rows"]
    assert rows[1] == {**address, "leads_to": "hard-motion", "symbol": None}


def test_exported_retired_addresses_equal_those_that_answer(hard: list[RollCall]):
    published = {*RollCall.objects.published().values_list("slug", flat=True)}
    shown = {address.slug: address for address in RetiredAddress.objects.shown() if address.slug not in published}

    rows = {row["slug"]: row for row in json.loads(whole(json_chunks(RETIRED_ADDRESSES)))["rows"]}

    assert len(rows) == 4
    assert {slug: (row["kind"], row["leads_to"] or "") for slug, row in rows.items()} == {
        slug: (address.kind, address.leads_to) for slug, address in shown.items()
    }


def test_bodies_export_the_expected_bytes(record: None):
    assert whole(csv_chunks(TABLES["bodies"])) == (
        "code,name,symbol_prefix,majority\nGA,General Assembly,,not-stated\nSC,Security Council,,not-stated\n"
    )
    assert whole(json_chunks(TABLES["bodies"], about={"record": {"title": "Ünï"}})) == (
        f'{{"data_version": {data_version()}, "record": {{"title": "Ünï"}}, "rows": [\n'
        '{"code":"GA","name":"General Assembly","symbol_prefix":null,"majority":"not-stated"},\n'
        '{"code":"SC","name":"Security Council","symbol_prefix":null,"majority":"not-stated"}\n]}\n'
    )


def test_json_has_types_and_unescaped_texts(hard: list[RollCall]):
    (row,) = json.loads(whole(json_chunks(LISTED_RESOLUTIONS, chosen(hard))))["rows"]

    assert (row["title"], row["agenda"]) == ('=SUM(A1), "quoted"\nand broken', "'@home")
    assert (row["date"], row["counted_yes"], row["announced_abstaining"]) == ("1975-11-01", 2, None)
    assert list(row) == [column.name for column in LISTED_RESOLUTIONS.columns]
    assert json.loads(whole(json_chunks(VOTES, chosen(hard)[:0]))) == {"data_version": data_version(), "rows": []}


@pytest.mark.parametrize("name", ["resolutions", "roll-calls", "votes", "corrections", "statements"])
def test_whole_table_equals_that_of_the_reference_implementation(hard: list[RollCall], name: str):
    table, rows = TABLES[name], twin.whole(name)
    columns = [column.name for column in table.columns]

    assert len(rows) > (1000 if name == "votes" else 0)
    assert b"".join(csv_chunks(table)) == twin.as_csv(columns, rows)
    as_json = [{column: twin.as_json(row[column]) for column in columns} for row in rows]
    assert json.loads(whole(json_chunks(table)))["rows"] == as_json


@pytest.mark.parametrize("order", [("-date", "slug"), ("date", "-slug")])
def test_selected_roll_calls_keep_their_order(hard: list[RollCall], order: tuple[str, str]):
    roll_calls = RollCall.objects.filter(status="published").order_by(*order)
    decisive = roll_calls.filter(decisive=True)

    def columns(table: Table) -> list[str]:
        return [column.name for column in table.columns]

    assert b"".join(csv_chunks(VOTES, roll_calls)) == twin.as_csv(columns(VOTES), twin.votes_of(roll_calls))
    listed = twin.as_csv(columns(LISTED_ROLL_CALLS), map(twin.roll_call_row, roll_calls))
    assert b"".join(csv_chunks(LISTED_ROLL_CALLS, roll_calls)) == listed
    texts = twin.as_csv(columns(LISTED_RESOLUTIONS), map(twin.listed_resolution_row, decisive))
    assert b"".join(csv_chunks(LISTED_RESOLUTIONS, decisive)) == texts


def test_cached_lines_equal_the_output_of_copy(hard: list[RollCall]):
    ids = list(RollCall.objects.order_by("-slug").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY ({VOTES.cells(ids)}) TO STDOUT (FORMAT csv)") as copy:
            copied = b"".join(copy)
        cursor.execute(vote_lines(ids))
        lines = [text for (text,) in cursor.fetchall()]

    assert len(copied) > 100_000
    assert "".join(lines).encode() == copied
    # Drafts and roll calls without votes have no lines.
    assert len(lines) == len(ids) - 4


def test_batch_and_chunk_sizes_do_not_change_the_bytes(hard: list[RollCall], monkeypatch: pytest.MonkeyPatch):
    roll_calls = RollCall.objects.published().newest_first()
    expected = [b"".join(csv_chunks(table, roll_calls)) for table in (VOTES, LISTED_ROLL_CALLS)]
    monkeypatch.setattr(streams, "CHUNK", 100)
    for first, batch in [(1, 1), (2, 3), (25, 7), (24, 1)]:
        monkeypatch.setattr(streams, "FIRST_BATCH", first)
        monkeypatch.setattr(streams, "BATCH", batch)
        monkeypatch.setattr(streams, "BATCH_OF_VOTES", batch)
        assert [b"".join(csv_chunks(table, roll_calls)) for table in (VOTES, LISTED_ROLL_CALLS)] == expected


def test_batches_are_read_lazily(
    hard: list[RollCall], monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
):
    monkeypatch.setattr(streams, "CHUNK", 100)
    monkeypatch.setattr(streams, "FIRST_BATCH", 1)
    monkeypatch.setattr(streams, "BATCH_OF_VOTES", 1)
    chunks = csv_chunks(VOTES, RollCall.objects.published().order_by("date", "slug"))
    with django_assert_num_queries(2):  # the ids, and the votes of the first roll call
        assert next(chunks).count(b"\n") > 100
    with django_assert_num_queries(1):
        next(chunks)
    with django_assert_num_queries(23):
        assert len(list(chunks)) == 22  # one roll call has no votes


def test_chunks_are_of_the_configured_size(record: None):
    sizes = [len(chunk) for chunk in csv_chunks(VOTES)]

    assert len(sizes) > 2
    assert all(streams.CHUNK <= size < 2 * streams.CHUNK for size in sizes[:-1])


def test_no_table_contains_drafts(hard: list[RollCall]):
    for table in [*TABLES.values(), LISTED_ROLL_CALLS, LISTED_RESOLUTIONS]:
        for roll_calls in [None, RollCall.objects.all()] if table.by_roll_call else [None]:
            for chunks in (csv_chunks(table, roll_calls), json_chunks(table, roll_calls)):
                content = whole(chunks)
                assert "secret" not in content, table.name
                assert "A/RES/79/777" not in content, table.name


def test_error_while_streaming_is_raised(record: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "FIRST_BATCH", 1)
    monkeypatch.setattr(streams, "CHUNK", 1)
    stream = Stream(lambda: csv_chunks(VOTES))
    monkeypatch.setattr(streams, "vote_lines", lambda batch: "SELECT 1 / 0")
    chunks = iter(stream)
    assert next(chunks) == b"roll_call,symbol,date,state,state_name,choice\n"
    with pytest.raises(Exception, match="division by zero"):
        list(chunks)


def test_error_at_the_start_is_raised_before_anything_is_sent(record: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "vote_lines", lambda batch: "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        Stream(lambda: csv_chunks(VOTES))


@pytest.mark.django_db(transaction=True)
def test_stream_is_one_snapshot_and_leaves_no_open_transaction(
    transactional_db: None, record: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "FIRST_BATCH", 1)
    monkeypatch.setattr(streams, "CHUNK", 1)
    before = b"".join(csv_chunks(VOTES))
    version = data_version()
    assert not connection.in_atomic_block

    stream = Stream(lambda: csv_chunks(VOTES))
    assert connection.in_atomic_block
    elsewhere(write_another)
    assert b"".join(stream) == before
    assert stream.version == version
    assert not connection.in_atomic_block
    stream.close()

    after = Stream(lambda: csv_chunks(VOTES))
    assert after.version > version
    assert b"".join(after).count(b"\n") == before.count(b"\n") + 2


@pytest.mark.django_db(transaction=True)
def test_closing_a_stream_early_frees_the_connection(
    transactional_db: None, record: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "FIRST_BATCH", 1)
    monkeypatch.setattr(streams, "CHUNK", 1)
    stream = Stream(lambda: csv_chunks(VOTES))
    chunks = iter(stream)
    next(chunks)
    next(chunks)
    assert connection.in_atomic_block
    stream.close()
    assert not connection.in_atomic_block
    assert RollCall.objects.filter(slug="a-res-es-11-7").update(note="Writing works again.") == 1

    # Nobody closed this one: it goes with the last name of it.
    del chunks
    stream = Stream(lambda: csv_chunks(VOTES))
    assert connection.in_atomic_block
    del stream
    assert not connection.in_atomic_block


def write_another() -> None:
    make_votes(make_roll_call("another", status="published"), {"USA": "Y", "FRA": "N"})


def elsewhere(work: object) -> None:
    """Do ``work`` on a connection of its own and wait until it is done."""

    def run() -> None:
        try:
            work()  # type: ignore[operator]
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_batches_contain_every_roll_call_once(record: None):
    ids = list(RollCall.objects.published().newest_first().values_list("pk", flat=True))
    for first, batch in [(1, 1), (5, 4), (21, 1), (22, 5), (23, 5), (30, 5)]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "FIRST_BATCH", first)
            patch.setattr(streams, "BATCH_OF_VOTES", batch)
            batches = list(streams._batches(VOTES, RollCall.objects.published().newest_first()))
        assert [pk for part in batches for pk in part or ()] == ids
        assert all(one for one, _next in pairwise([*batches, None]))
