"""The table of roll calls on human rights: symbols, sessions, results, absences, seats and what is declined."""

from __future__ import annotations

import csv
import datetime
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from resolutions.models import Body, Session
from votes.importing.edition import Edition, Known, Seat, UnfitFileError
from votes.importing.files import opened
from votes.importing.human_rights import read, session_of, spelled, term_of
from votes.importing.run import import_files
from votes.importing.seats_from_votes import calendar_year, seats_from_votes
from votes.models import BodyMembership, Finding, RollCall, Source
from votes.models.finding_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = ("symbol", "date", "body", "title", "yes", "no", "abstaining", "non_voting", "meeting", "draft", *"YNAX")


def row(symbol: str, date: str, votes: str, *, body: str = "HRC", title: str = "Peace : resolution", **cells: str):
    """Return a row, its votes being ``CUB CHN/USA//FRA`` by choice."""
    lists = dict(zip("YNAX", votes.split("/"), strict=True))
    totals = zip(("yes", "no", "abstaining", "non_voting"), lists.values(), strict=True)
    counted = {name: str(len(codes.split())) for name, codes in totals}
    said = {"meeting": "Adopted at the 41st meeting", "draft": f"Draft resolution A/HRC/51/L.{len(votes)}"}
    return {"symbol": symbol, "date": date, "body": body, "title": title, **counted, **said, **lists, **cells}


def sheet(*rows: dict[str, str]) -> str:
    """Return the file that has these rows."""
    lines = io.StringIO()
    table = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return lines.getvalue()


@pytest.fixture
def reading(write: Callable[[str, str], str], known: Known) -> Callable[..., Edition]:
    def read_rows(*rows: dict[str, str], **changes: Any) -> Edition:
        with opened([write("roll_calls.csv", sheet(*rows))]) as files:
            return read(files[0], replace(known, bodies=known.bodies | {"HRC", "CHR"}, **changes))

    return read_rows


def votes_of(edition: Edition) -> list[dict[str, str]]:
    """Return the votes of each roll call by state."""
    found: list[dict[str, str]] = [{} for _ in edition.roll_calls]
    for ref, state, choice in edition.votes.iter_rows():
        found[ref][state] = choice
    return found


@pytest.mark.parametrize(
    ("cell", "symbol", "session"),
    [
        ("A/HRC/RES/51/1", "A/HRC/RES/51/1", (51, False)),
        ("A/HRC/RES/S-33/1", "A/HRC/RES/S-33/1", (33, True)),
        ("A/HRC/DEC22/117", "A/HRC/DEC/22/117", (22, False)),
        ("A/HRC/50/L.37 as orally revised", "A/HRC/50/L.37", (50, False)),
        ("A/HRC/RES/56/L.34", "A/HRC/56/L.34", (56, False)),
        ("E/CN.4/RES/1984/53", "E/CN.4/RES/1984/53", (40, False)),
        ("E/CN.4/RES/1992/S-2/1", "E/CN.4/RES/1992/S-2/1", (2, True)),
        ("E/CN.4/RES/5XXXII)", "E/CN.4/RES/5(XXXII)", (32, False)),
        ("E/CN.4/RES/1A/(XXXV)", "E/CN.4/RES/1A(XXXV)", (35, False)),
        ("E/CN.4/RES/VII[XI]", "E/CN.4/RES/VII(XI)", (11, False)),
        ("E/CN.4/RES(I)", "E/CN.4/RES(I)", (1, False)),
    ],
)
def test_symbols_are_spelled_regularly_and_name_their_session(cell: str, symbol: str, session: tuple[int, bool]):
    assert spelled(cell) == symbol
    assert session_of(symbol.upper(), datetime.date(1984, 3, 1)) == session


def test_resolution_is_of_its_session_and_has_its_draft(reading: Callable[..., Edition]):
    edition = reading(
        row("A/HRC/RES/51/1", "2022-10-06", "FRA USA/CHN/IND/", draft="Draft resolution A/HRC/51/L.1/Rev.1")
    )
    [roll_call] = edition.roll_calls
    assert roll_call.text
    assert (roll_call.text.kind, roll_call.text.title, roll_call.text.drafts) == (
        "resolution",
        "Peace",
        ("A/HRC/51/L.1/Rev.1",),
    )
    assert (roll_call.session, roll_call.meeting, roll_call.result) == ("51", "41st meeting", "adopted")
    assert (roll_call.requirement, roll_call.decisive) == ("simple-majority", True)
    assert [(one.body, one.code, one.name) for one in edition.sessions] == [("HRC", "51", "Fifty-first session")]


def test_amendment_is_no_text_of_its_own_and_may_fall_where_the_text_is_adopted(reading: Callable[..., Edition]):
    said = "Amendment A/HRC/32/L.54 to draft resolution L.29 Rejected by a recorded vote"
    [roll_call] = reading(
        row("A/HRC/32/L.54", "2016-06-28", "CHN/FRA USA//", title="Civil society space : amendment", draft=said)
    ).roll_calls
    assert (roll_call.kind, roll_call.decisive, roll_call.result) == ("amendment", False, "rejected")
    assert roll_call.text
    assert roll_call.text.title == "Civil society space (amendment to A/HRC/32/L.29)"


def test_members_that_are_counted_and_not_named_are_absent(reading: Callable[..., Edition]):
    edition = reading(
        row("A/HRC/RES/51/1", "2022-10-06", "FRA USA/CHN/IND/CUB"),
        row("A/HRC/RES/51/2", "2022-10-06", "FRA USA/CHN/IND/", non_voting="1"),
        row("A/HRC/RES/51/3", "2022-10-06", "FRA USA//IND/", non_voting="3"),
    )
    assert votes_of(edition)[1]["CUB"] == "X"
    assert [one.absences_derived for one in edition.roll_calls] == [False, True, False]
    assert votes_of(edition)[2].keys() == {"FRA", "USA", "IND"}, "three are counted and two are left"


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"meeting": "Adopted by secret ballot at the 41st meeting"}, "ballot"),
        ({"draft": "Election of members of the Advisory Committee", "Y": "", "N": "", "A": ""}, "ballot"),
        ({"Y": "", "N": "", "A": ""}, "no-lists"),
    ],
)
def test_ballots_and_votes_without_names_are_declined(
    reading: Callable[..., Edition], cells: dict[str, str], problem: str
):
    edition = reading(
        row("A/HRC/RES/51/1", "2022-10-06", "FRA/CHN/IND/"),
        row("A/HRC/RES/51/9", "2022-10-06", "FRA/CHN/IND/", **cells),
    )
    assert len(edition.roll_calls) == 1
    assert [(one.problem, one.value, one.rejected) for one in edition.problems] == [(problem, "A/HRC/RES/51/9", 1)]


def test_bodies_that_are_not_on_record_are_asked_for(write: Callable[[str, str], str], known: Known):
    path = write("roll_calls.csv", sheet(row("A/HRC/RES/51/1", "2022-10-06", "FRA///")))
    wanted = re.escape('manage.py add_body HRC "Human Rights Council" --symbols A/HRC/ --majority simple-majority')
    with opened([path]) as files, pytest.raises(UnfitFileError, match=wanted):
        read(files[0], known)


def test_terms_of_the_council_began_in_june_until_2012():
    assert term_of("HRC", datetime.date(2011, 6, 18)) == (datetime.date(2010, 6, 19), datetime.date(2011, 6, 19))
    assert term_of("HRC", datetime.date(2012, 9, 28)) == (datetime.date(2012, 6, 19), datetime.date(2013, 1, 1))
    assert term_of("HRC", datetime.date(2013, 3, 22)) == (datetime.date(2013, 1, 1), datetime.date(2014, 1, 1))
    assert term_of("CHR", datetime.date(1984, 3, 1)) == calendar_year(datetime.date(1984, 3, 1))


class TestSeatsFromVotes:
    """Who had a seat, by who is listed in the votes of each year."""

    @staticmethod
    def found(*votes: tuple[str, str]) -> set[tuple[str, str, str]]:
        listed = [(datetime.date.fromisoformat(day), frozenset(states.split())) for day, states in votes]
        seats = seats_from_votes("HRC", listed, calendar_year)
        return {(seat.state, str(seat.since), str(seat.until)) for seat in seats}

    def test_state_that_is_listed_once_in_a_year_had_a_seat_throughout(self):
        votes = ("2020-03-01", "FRA USA"), ("2020-09-01", "FRA"), ("2021-03-01", "FRA USA")
        assert self.found(*votes) == {("FRA", "2020-01-01", "2022-01-01"), ("USA", "2020-01-01", "2022-01-01")}

    def test_year_without_votes_has_no_seats(self):
        assert self.found(("2020-03-01", "FRA"), ("2022-03-01", "FRA")) == {
            ("FRA", "2020-01-01", "2021-01-01"),
            ("FRA", "2022-01-01", "2023-01-01"),
        }

    def test_who_replaced_whom_is_told_where_there_are_more_states_than_seats(self):
        before, after = [("2022-03-01", "FRA RUS")] * 4, [("2022-06-01", "FRA CZE")] * 4
        assert self.found(*before, *after) == {
            ("FRA", "2022-01-01", "2023-01-01"),
            ("RUS", "2022-01-01", "2022-06-01"),
            ("CZE", "2022-06-01", "2023-01-01"),
        }

    def test_state_that_was_confused_with_another_in_one_vote_had_no_seat(self):
        votes = [("2022-03-01", "FRA SVK")] * 5 + [("2022-03-02", "FRA SVN")]
        assert self.found(*votes) == {("FRA", "2022-01-01", "2023-01-01"), ("SVK", "2022-01-01", "2023-01-01")}


def test_seats_of_a_term_that_the_record_knows_are_left_alone(reading: Callable[..., Edition]):
    own = Seat("HRC", "FRA", datetime.date(2022, 1, 1), datetime.date(2022, 4, 7))
    rows = row("A/HRC/RES/51/1", "2022-10-06", "FRA/CHN//"), row("A/HRC/RES/52/1", "2023-04-04", "FRA/CHN//")
    edition = reading(*rows, seats=[own])
    assert {(seat.state, str(seat.since), str(seat.until)) for seat in edition.seats} == {
        ("FRA", "2023-01-01", "2024-01-01"),
        ("CHN", "2023-01-01", "2024-01-01"),
    }


def test_import_brings_source_sessions_and_seats_and_continues_seats_later(
    record: None, write: Callable[[str, str], str]
):
    for code, name in (("HRC", "Human Rights Council"), ("CHR", "Commission on Human Rights")):
        call_command("add_body", code, name, majority="simple-majority")
    first = row("A/HRC/RES/51/1", "2022-10-06", "FRA USA/CHN/IND/CUB")
    ballot = row("A/HRC/RES/51/9", "2022-10-06", "///", draft="Election of the Advisory Committee")
    import_files([write("2022.csv", sheet(first, ballot))], by_name="tests")
    assert RollCall.objects.get(slug="a-hrc-res-51-1").source == Source.objects.get(slug="human-rights-roll-calls")
    assert Session.objects.filter(body__code="HRC").count() == 1
    found = Finding.objects.get(origin="hrc-voting")
    why = "“A/HRC/RES/51/9” was decided by secret ballot or election, which has no votes by name; the row was not"
    assert why in sentence(found.kind, found.details)

    later = row("A/HRC/RES/52/1", "2023-04-04", "FRA USA/CHN/IND/CUB")
    import_files([write("2023.csv", sheet(first, later))], by_name="tests")
    seats = BodyMembership.objects.filter(body__code="HRC").values_list("since", "until")
    assert set(seats) == {(datetime.date(2022, 1, 1), datetime.date(2024, 1, 1))}


class TestAddBody:
    """``manage.py add_body``."""

    def test_adds_once_and_refuses_other_facts(self, record: None):
        said = io.StringIO()
        for _time in range(2):
            call_command("add_body", "C1", "First Committee", symbols="A/C.1/", stdout=said)
        assert said.getvalue().splitlines() == [
            "Added the First Committee (C1).",
            "First Committee (C1) is already on record.",
        ]
        with pytest.raises(CommandError, match=r"name is “First Committee”\. Change it in the admin"):
            call_command("add_body", "C1", "Second Committee", symbols="A/C.1/")
        assert Body.objects.filter(code="C1").count() == 1

    @pytest.mark.parametrize("code", ["ES", "S", "hrc", "H-C"])
    def test_refuses_a_code_that_addresses_could_not_tell_from_a_session(self, record: None, code: str):
        with pytest.raises(CommandError, match="Two to eight capital letters and digits"):
            call_command("add_body", code, "Council")
