"""Findings: facts of texts and votes that contradict each other."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from resolutions.models import Session
from resolutions.symbols import Named, named
from tests.factories import day, make_body, make_resolution, make_roll_call
from votes.verification.plausibility import roll_calls, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.verification.finding import NewFinding


def problems(found: Iterable[NewFinding]) -> list[str]:
    return [one.details["problem"] for one in found]


def session(code: str) -> Session:
    return Session.objects.get(body__code="GA", code=code)


@pytest.mark.parametrize(
    ("symbol", "says"),
    [
        ("A/RES/79/777", Named("GA", "79", is_final=True)),
        ("A/RES/377(V)", Named("GA", "5", is_final=True)),
        ("A/RES/36//235IX", Named("GA", "36", is_final=True)),
        ("A/DEC/60/551", Named("GA", "60", is_final=True)),
        ("A/RES/ES-10/22", Named("GA", "ES-10", is_final=True)),
        ("A/RES/104(S-1)", Named("GA", "S-1", is_final=True)),
        ("A/RES/996(ES-I and II)", Named("GA", is_final=True)),
        ("S/RES/2728 (2024)", Named("SC", year=2024, is_final=True)),
        ("S/2024/5", Named("SC", year=2024)),
        ("S/1990/5", Named("SC")),
        ("S/9676/Rev.1", Named("SC")),
        ("S/PV.8422", Named("SC")),
        ("A/79/L.5", Named("GA", "79")),
        ("A/C.3/79/L.5", Named("GA", "79")),
        ("A/ES-10/L.33", Named("GA", "ES-10")),
        ("A/512/Rev.1", Named()),
        ("A/L.630", Named("GA")),
        ("A/HRC/RES/50/1", Named()),
        ("hello", Named()),
    ],
)
def test_a_symbol_names_body_session_and_year(symbol: str, says: Named):
    assert named(symbol) == says


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"date": "2024-12-17"}, []),
        ({"date": "2024-09-09"}, ["session-date"]),
        ({"date": "2024-09-10"}, []),
        # On the day on which the next session opens, the old one may still have met.
        ({"date": "2025-09-09"}, []),
        ({"date": "2025-09-10"}, ["session-date"]),
        ({"date": "2025-01-01", "date_precision": "year"}, []),
        ({"meeting": "A/79/PV.54"}, []),
        ({"meeting": "A/78/PV.54"}, ["meeting-session"]),
        ({"meeting": "S/PV.9000"}, ["meeting-body"]),
        ({"session": "ES-10", "date": "2025-06-12"}, []),
        ({"session": "ES-10", "date": "1997-04-23"}, ["session-date"]),
        ({"session": "24", "date": "1969-12-01", "meeting": "A/24/PV.5"}, []),
    ],
)
def test_sessions_dates_and_meetings(record: None, values: dict[str, Any], expected: list[str]):
    facts = {"session": "79", "date": "2024-12-17", **values}
    taken = make_roll_call(**facts | {"session": session(facts["session"]), "date": day(facts["date"])})
    assert problems(roll_calls([taken.pk])) == expected


def test_a_date_in_the_future(record: None):
    for days, expected in ((0, []), (2, ["future"])):
        date = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)
        assert problems(roll_calls([make_roll_call(date=date).pk])) == expected


@pytest.mark.parametrize(
    ("symbol", "date", "expected"),
    [
        ("S/RES/2999 (2024)", "2024-03-25", []),
        ("S/RES/2999 (2024)", "2023-03-25", ["symbol-year"]),
        ("S/RES/999 (1949)", "1949-03-25", []),
        ("S/2023/1999", "2024-01-03", []),
        ("S/2022/1999", "2024-01-03", ["draft-year"]),
        ("S/2025/1999", "2024-01-03", ["draft-year"]),
        ("S/9676/Rev.9", "1970-03-17", []),
    ],
)
def test_the_year_in_a_symbol_of_the_council(record: None, symbol: str, date: str, expected: list[str]):
    council = make_body("SC")
    text = make_resolution(symbol, body=council)
    taken = make_roll_call(body=council, resolution=text, date=day(date))
    assert problems(roll_calls([taken.pk])) == expected


def test_the_session_of_a_vote_is_that_of_its_text(record: None):
    text = make_resolution("A/RES/80/999", session=session("80"))
    taken = make_roll_call(resolution=text, session=session("79"), date=day("2024-12-17"))
    assert problems(roll_calls([taken.pk])) == ["session-of-text"]


@pytest.mark.parametrize(
    ("symbol", "held_in", "expected"),
    [
        ("A/RES/79/999", "79", []),
        ("A/RES/79/999", "80", ["symbol-session"]),
        ("A/79/L.999", "80", ["draft-session"]),
        ("A/RES/9999(V)", "5", []),
        ("A/RES/36//999IX", "36", []),
        ("A/DEC/60/999", "60", []),
        ("A/300/Rev.9", "3", []),
        ("S/RES/9999 (2024)", "79", ["symbol-body"]),
        ("S/2024/999", "79", ["symbol-body"]),
        ("hello world!", "79", ["no-symbol"]),
        ("A/strange 5/x", "79", ["odd-symbol"]),
    ],
)
def test_the_symbol_of_a_text(record: None, symbol: str, held_in: str, expected: list[str]):
    text = make_resolution(symbol, session=session(held_in))
    assert problems(texts([text.pk])) == expected


def test_texts_with_the_same_symbol_are_found_once_and_no_draft_is_named_in_public(record: None):
    public = make_resolution("A/RES/79/998", status="published")
    other = make_resolution("A/RES/79/997", status="published")
    draft = make_resolution("A/79/L.5")
    assert problems(texts()) == []
    public.other_symbols.create(symbol="A/79/L.5")
    [found] = texts()
    assert (found.resolution_id, found.details["other"]) == (draft.pk, public.symbol)
    other.other_symbols.create(symbol="A/79/L.5")
    assert len(list(texts())) == 3


def test_the_facts_that_ship_have_no_problems(record: None):
    assert list(texts()) == list(roll_calls()) == []
