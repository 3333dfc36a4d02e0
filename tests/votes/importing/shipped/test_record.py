"""The shipped record against figures computed independently with pandas."""

from __future__ import annotations

import csv
import datetime
import re
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from django.conf import settings
from django.db.models import Count

from tests.resolutions.corpora import FOLDER as CORPORA
from votes.analysis.breaks import partners, surprises
from votes.importing.shipped import layout
from votes.models import RollCall, Vote
from votes.record.record import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandas import DataFrame

LANDMARKS = settings.BASE_DIR / "data"
SIZE = 9_000_000
"""Bytes that ``data/record/`` may have."""


def read(name: str) -> DataFrame:
    if not (CORPORA / name).exists():
        pytest.skip(f"{name} is not there to compute from; PLENARY_CORPORA names the folder that has it")
    return pd.read_csv(CORPORA / name, dtype=str, keep_default_na=False)


def rows() -> Iterator[dict[str, str]]:
    for path in layout.record_files(layout.FOLDER):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def assembly() -> DataFrame:
    return read("ga_voting_1946_2025.csv.gz")


@pytest.fixture(scope="module")
def council() -> DataFrame:
    return read("sc_voting_1946_2026.csv.gz")


def test_files_are_small_plain_text_and_sorted():
    files = sorted(layout.FOLDER.glob("*"))
    assert {path.suffix for path in files} == {".csv"}
    assert sum(path.stat().st_size for path in files) <= SIZE
    for path in layout.record_files(layout.FOLDER):
        text = path.read_bytes()
        assert b"\r" not in text
        text.decode()
        with path.open(encoding="utf-8", newline="") as file:
            days = [row["date"] for row in csv.DictReader(file)]
        assert days == sorted(days)


def test_no_title_has_the_endings_of_the_library():
    tail = re.compile(r": *(resol|decision)[a-z]* *(/|adopted|by\b)", re.IGNORECASE)
    assert [row["title"] for row in rows() if tail.search(row["title"])] == []


def test_voeten_rows_have_no_description_and_derived_absences():
    voeten = [row for row in rows() if row["source"] == "voeten"]
    assert voeten
    for row in voeten:
        assert row["title"] == "" if row["symbol"] else row["title"].startswith("Vote on a"), row["reference"]
        assert not row["absent"] or row["absences"] == "derived", row["reference"]


def test_library_votes_by_body_and_year_match_independent_counts(
    whole_record: None, assembly: DataFrame, council: DataFrame
):
    recorded = RollCall.objects.published().filter(source__slug="un-digital-library", method="recorded")
    held = Counter(recorded.values_list("body__code", "date__year"))

    texts = assembly.drop_duplicates("undl_id")
    counted = Counter(("GA", int(date[:4])) for date in texts["date"])
    without = council[council.vote_note == "adopted without vote"].resolution.unique()
    texts = council[~council.resolution.isin(without)].drop_duplicates("resolution")
    counted.update(("SC", int(date[:4])) for date in texts["date"])

    assert sum(held.values()) == len(assembly.undl_id.unique()) + len(texts)
    assert held == counted


def test_library_texts_without_a_recorded_vote_match_independent_counts(whole_record: None, council: DataFrame):
    outcomes = read("ga_outcomes_non_recorded_1946_1982.csv.gz")
    by_method = Counter(RollCall.objects.published().values_list("body__code", "method"))
    without = council[council.vote_note == "adopted without vote"].resolution.nunique()
    assert by_method["GA", "non-recorded"] == outcomes.resolution.nunique() == 1660
    assert by_method["SC", "without-vote"] == without == 40


def test_votes_of_each_state_match_the_library_files(whole_record: None, assembly: DataFrame, council: DataFrame):
    of_library = Vote.objects.filter(roll_call__source__slug="un-digital-library", roll_call__status="published")
    held = {
        (body, state, choice): count
        for body, state, choice, count in of_library.values_list("roll_call__body__code", "state__code", "choice")
        .annotate(Count("pk"))
        .order_by()
    }

    # Where every member is listed as non-voting and there are no totals, nobody's vote is on record.
    cast = assembly.groupby("undl_id")["ms_vote"].transform(lambda votes: (votes != "X").any())
    counted = Counter(zip(assembly.ms_code[cast], assembly.ms_vote[cast], strict=True))
    expected = {("GA", state, choice): count for (state, choice), count in counted.items() if choice}
    voted = council[council.vote_note != "adopted without vote"]
    counted = Counter(zip(voted.ms_code, voted.ms_vote, strict=True))
    expected |= {("SC", state, choice): count for (state, choice), count in counted.items()}

    assert held == expected


def test_council_votes_that_adopted_nothing_match_independent_counts(whole_record: None):
    table = read("sc_not_adopted_1946_2025.csv.gz")
    table = table[~table.note.str.startswith("probable duplicate")]
    # The vetoed draft of 22 June 1962 stands a second time, with the same votes, as merely not adopted.
    table = table[(table.symbol != "S/5134") | (table.result == "vetoed")]
    held = RollCall.objects.published().filter(source__slug="sciences-po")

    counted = Counter(zip(table.date.str[:4].astype(int), table.result, strict=True))
    names = {"vetoed": "vetoed", "rejected": "not-adopted"}
    assert Counter((year, names[result]) for year, result in held.values_list("date__year", "result")) == counted

    expected: Counter[tuple[str, str]] = Counter()
    for choice in "YNAX":
        for day, states in zip(table.date, table[choice], strict=True):
            # Before its unification the table has the Federal Republic of Germany by Germany's code.
            of_day = states.replace("DEU", "GER") if day < "1990-10-03" else states
            expected.update((state, choice) for state in of_day.split())
    votes = Vote.objects.filter(roll_call__in=held).values_list("state__code", "choice")
    assert Counter(votes) == expected


def test_number_of_vetoes_matches_the_dag_hammarskjold_library(whole_record: None):
    vetoes = RollCall.objects.published().filter(result="vetoed", kind="text")
    assert vetoes.filter(date__lte="2022-05-31").count() == 213
    assert vetoes.filter(date__gt="2022-05-31").count() == 16


def test_every_landmark_is_in_the_record_unchanged(whole_record: None):
    with (LANDMARKS / "landmark_votes.csv").open(encoding="utf-8", newline="") as file:
        votes: dict[str, dict[str, str]] = {}
        for row in csv.DictReader(file):
            votes.setdefault(row["slug"], {}).update(dict.fromkeys(row["members"].split(), row["choice"]))
    with (LANDMARKS / "landmark_roll_calls.csv").open(encoding="utf-8", newline="") as file:
        landmarks = list(csv.DictReader(file))
    assert len(landmarks) == 22
    for row in landmarks:
        roll_call = RollCall.objects.select_related("tally", "resolution").get(slug=row["slug"])
        assert roll_call.resolution
        assert roll_call.resolution.symbol == row["symbol"]
        assert roll_call.date.isoformat() == row["date"], row["slug"]
        assert str(roll_call.tally) == f"{row['announced_yes']}-{row['announced_no']}-{row['announced_abstaining']}"
        assert dict(roll_call.votes.values_list("state__code", "choice")) == votes[row["slug"]], row["slug"]


def test_record_alone_gives_the_notable_breaks_on_es_11_7(whole_record: None):
    with reading() as record:
        row = int(record.matrix.rows_by_slug["a-res-es-11-7"])
        before = partners(record.matrix, datetime.date(2025, 2, 24))
        found = {one.state: one for one in surprises(record.matrix, row, before)}
    united_states = found["USA"]

    # The slow twin, from the rows as they ship.
    votes = {row["symbol"] + row["reference"]: choices_of(row) for row in rows() if is_in_window(row)}
    table = pd.DataFrame(votes)
    own = table.loc["USA"].dropna()
    common = table[own.index].notna().sum(axis=1)
    same = (table[own.index] == own).sum(axis=1)
    share = (same / common)[common >= 20].drop("USA").sort_values(ascending=False)
    closest = share.index[share >= share.iloc[19]]  # whoever ties with the twentieth is one of them too
    (vote,) = (choices_of(row) for row in rows() if row["symbol"] == "A/RES/ES-11/7")
    took = {state: vote[state] for state in closest if state in vote}
    other = sum(choice != vote["USA"] for choice in took.values())

    assert (united_states.other, united_states.partners) == (other, len(took))
    assert (other, len(took)) == (18, 21)


def is_in_window(row: dict[str, str]) -> bool:
    return row["body"] == "GA" and "2020-02-24" <= row["date"] < "2025-02-24" and bool(row["in_favour"])


def choices_of(row: dict[str, str]) -> dict[str, str]:
    lists = (("in_favour", "Y"), ("against", "N"), ("abstained", "A"))
    return {state: choice for column, choice in lists for state in row[column].split()}
