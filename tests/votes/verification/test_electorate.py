"""Findings: votes against the members of the date."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutions.models import Body
from tests.factories import day, make_roll_call, make_seat, make_state
from tests.votes.random_record import CODES, PERIODS, RECORD, Record, Stage, records
from tests.votes.verification.conftest import about
from votes.models import BodyMembership, RollCall
from votes.verification.electorate import electorates, period

seats_held = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=5, max_size=5)
precisions = st.lists(st.sampled_from(["day", "day", "month", "year"]), min_size=8, max_size=8)


def days_of(date: datetime.date, precision: str) -> list[datetime.date]:
    """Return every day that a date may mean, found by trying all days of the years around it."""
    start = datetime.date(date.year - 1, 1, 1)
    days = [start + datetime.timedelta(days=number) for number in range(3 * 366)]
    same = {"day": (0, 1, 2), "month": (0, 1), "year": (0,)}[precision]
    return [one for one in days if all((one.timetuple()[part] == date.timetuple()[part]) for part in same)]


@given(record=records(), held=seats_held, precisions=precisions)
@settings(RECORD, max_examples=40)
def test_findings_equal_trying_every_day(
    stage: Stage, organ: Body, record: Record, held: list[tuple[bool, ...]], precisions: list[str]
):
    seats = {
        code: [
            (day(since), day(until or "9999-12-31")) for (since, until), has in zip(PERIODS, row, strict=True) if has
        ]
        for code, row in zip(CODES, held, strict=True)
    }
    with stage.holding(record) as roll_calls:
        BodyMembership.objects.bulk_create(
            BodyMembership(
                body=organ, state=stage.states[code], since=since, until=None if until.year == 9999 else until
            )
            for code, intervals in seats.items()
            for since, until in intervals
        )
        expected = {}
        for taken, precision in zip(record.taken, precisions, strict=False):
            RollCall.objects.filter(slug=taken.slug).update(body=organ, date_precision=precision)
            days = days_of(taken.date, precision)

            def sits(code: str, on: datetime.date) -> bool:
                return any(since <= on < until for since, until in seats[code])

            strangers = [c for c in CODES if c in taken.choices and not any(sits(c, on) for on in days)]
            missing = [c for c in CODES if c not in taken.choices and all(sits(c, on) for on in days)]
            if taken.choices and (strangers or missing):
                expected[taken.slug] = {"strangers": strangers, "missing": missing}
        assert about(electorates, *roll_calls.values()) == expected


@pytest.mark.parametrize(
    ("precision", "strangers", "missing"),
    [
        ("day", ["DEU"], ["DDR"]),
        ("month", [], []),
        ("year", [], []),
    ],
)
def test_month_only_date_gives_only_certain_findings(
    record: None, precision: str, strangers: list[str], missing: list[str]
):
    """Germany united on 3 October 1990; a vote of that month may have been before it or after."""
    members = BodyMembership.objects.filter(body__code="GA").on(day("1990-10-02")).values_list("state__code", flat=True)
    votes = dict.fromkeys(members, "Y") | {"DEU": "Y"}
    del votes["DDR"]
    taken = make_roll_call(votes=votes, date=day("1990-10-01"), date_precision=precision)

    found = about(electorates, taken)

    assert found == ({taken.slug: {"strangers": strangers, "missing": missing}} if strangers else {})


def test_consecutive_seats_count_as_one(organ: Body):
    state = make_state("QQA")
    make_seat(state=state, body=organ, since="2000-01-01", until=day("2000-01-15"))
    make_seat(state=state, body=organ, since="2000-01-15")
    other = make_state("QQB")
    make_seat(state=other, body=organ)
    taken = make_roll_call("a-vote", votes={"QQB": "Y"}, body=organ, date=day("2000-01-01"), date_precision="month")

    assert about(electorates, taken) == {"a-vote": {"strangers": [], "missing": ["QQA"]}}
    [found] = [row for row in electorates() if row.roll_call_id == taken.pk]
    assert (found.kind, found.key) == ("electorate", "electorate:a-vote")


@pytest.mark.parametrize(
    ("date", "precision", "first", "last"),
    [
        ("2024-02-17", "day", "2024-02-17", "2024-02-17"),
        ("2024-02-01", "month", "2024-02-01", "2024-02-29"),
        ("2023-12-31", "month", "2023-12-01", "2023-12-31"),
        ("2024-01-01", "year", "2024-01-01", "2024-12-31"),
    ],
)
def test_period_includes_all_its_days(date: str, precision: str, first: str, last: str):
    assert period(day(date), precision) == (day(first), day(last))


def of_states(kind: str) -> dict[str, dict[str, object]]:
    """Return the details of the findings of a kind, by key."""
    return {row.key: dict(row.details) for row in electorates() if row.kind == kind}


def members(date: str, *without: str, **more: str) -> dict[str, str]:
    """Return a vote in favour of each member of the Assembly of a day, ``without`` some, and ``more``."""
    seats = BodyMembership.objects.filter(body__code="GA").on(day(date)).values_list("state__code", flat=True)
    return {code: "Y" for code in seats if code not in without} | more


def test_new_member_is_one_finding(record: None):
    """As the library lists the United Arab Emirates, admitted on 9 December 1971, in the votes of that session."""
    make_roll_call("a-res-2754-xxvi", votes=members("1971-10-07", ARE="X"), date=day("1971-10-07"))
    make_roll_call("a-res-2758-xxvi-1", votes=members("1971-10-25", ARE="X"), date=day("1971-10-25"))
    make_roll_call("a-res-2794-xxvi", votes=members("1971-12-09", "ARE"), date=day("1971-12-09"))

    assert of_states("admission") == {
        "admission:ARE:1971-12-09": {
            "state": "United Arab Emirates",
            "since": "1971-12-09",
            "before": [2, "1971-10-07", "1971-10-25"],
            "on_the_day": 1,
            "slugs": ["a-res-2754-xxvi", "a-res-2758-xxvi-1", "a-res-2794-xxvi"],
        }
    }
    assert of_states("electorate") == {}


def test_member_missing_later_or_voting_early_is_not_a_new_member(record: None):
    make_roll_call("next-day", votes=members("1971-12-10", "ARE"), date=day("1971-12-10"))
    make_roll_call("a-position", votes=members("1971-10-07", ARE="Y"), date=day("1971-10-07"))
    make_roll_call("of-a-month", votes=members("1971-12-10", "ARE"), date=day("1971-12-01"), date_precision="month")

    assert of_states("admission") == {}
    assert of_states("electorate") == {
        "electorate:next-day": {"strangers": [], "missing": ["ARE"]},
        "electorate:a-position": {"strangers": ["ARE"], "missing": []},
    }


def test_yugoslavia_listed_while_it_took_no_part_is_one_finding(record: None):
    """The library has it as non-voting from resolution 47/8 on, and as voting on 47/1, which ended its seat."""
    make_roll_call("a-res-47-1", votes=members("1992-09-22", YUG="N"), date=day("1992-09-22"))
    make_roll_call("a-res-47-8", votes=members("1992-10-27", YUG="X"), date=day("1992-10-27"))
    make_roll_call("a-res-55-2", votes=members("2000-10-30", YUG="X"), date=day("2000-10-30"))
    make_roll_call("a-month", votes=members("1995-12-01", YUG="X"), date=day("1995-12-01"), date_precision="month")

    assert of_states("no-seat") == {
        "no-seat:YUG:1992-09-22": {
            "state": "Yugoslavia",
            "until": "1992-09-22",
            "since": "2000-11-01",
            "reason": (
                "Original Member. Until resolution 47/1, by which the Federal Republic of Yugoslavia could not "
                "continue the seat automatically and took no part in the Assembly."
            ),
            "before": [3, "1992-10-27", "2000-10-30"],
        }
    }
    assert of_states("electorate") == {"electorate:a-res-47-1": {"strangers": ["YUG"], "missing": []}}


def test_former_states_and_council_members_are_not_new_members(record: None):
    make_roll_call("after", votes=members("1993-01-12", CSK="X"), date=day("1993-01-12"))
    council = Body.objects.get(code="SC")
    on = BodyMembership.objects.filter(body=council).on(day("1964-06-01"))
    votes = dict.fromkeys(on.values_list("state__code", flat=True), "Y") | {"DZA": "X"}
    make_roll_call("in-the-council", votes=votes, date=day("1964-06-01"), body=council)

    assert of_states("electorate") == {
        "electorate:after": {"strangers": ["CSK"], "missing": []},
        "electorate:in-the-council": {"strangers": ["DZA"], "missing": []},
    }
    assert of_states("admission") == of_states("no-seat") == {}


def test_query_count_does_not_grow_with_roll_calls(record: None, django_assert_num_queries):
    make_roll_call(votes={"USA": "Y"})
    with django_assert_num_queries(3):
        list(electorates())
    make_roll_call(votes={"USA": "Y", "FRA": "N"})
    with django_assert_num_queries(3):
        list(electorates())
    for _ in range(3):
        make_roll_call(votes={"USA": "Y", "YUG": "X"}, date=day("1995-12-01"))
    with django_assert_num_queries(4):
        list(electorates())
