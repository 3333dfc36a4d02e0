"""Majority rules, worked out from the Charter and the rules of procedure."""

import datetime

import pytest

from votes.rules import Requirement, Result, Verdict, council_votes_needed, verdict
from votes.totals import Totals

TODAY = datetime.date(2025, 2, 24)
SIMPLE, TWO_THIRDS = Requirement.SIMPLE_MAJORITY, Requirement.TWO_THIRDS
SUBSTANTIVE, PROCEDURAL = Requirement.SC_SUBSTANTIVE, Requirement.SC_PROCEDURAL
ADOPTED, REJECTED, VETOED = Result.ADOPTED, Result.REJECTED, Result.VETOED


def of(requirement: str, yes: int, no: int, abstaining: int = 0, *, date: datetime.date = TODAY, against: int = 0):
    totals = Totals(yes, no, abstaining, 0)
    return verdict(requirement, totals, date, against, totals.members)


@pytest.mark.parametrize(
    ("yes", "no", "abstaining", "result", "needed", "two_thirds"),
    [
        (93, 18, 65, ADOPTED, 56, True),
        (64, 23, 86, ADOPTED, 44, True),
        (59, 55, 20, ADOPTED, 58, False),
        (2, 1, 0, ADOPTED, 2, True),
        (1, 0, 192, ADOPTED, 1, True),
        (50, 50, 0, REJECTED, 51, False),
        (50, 51, 90, REJECTED, 51, False),
        (0, 0, 193, REJECTED, 1, False),
    ],
)
def test_simple_majority_needs_more_in_favour_than_against(yes, no, abstaining, result, needed, two_thirds):  # noqa: PLR0917
    assert of(SIMPLE, yes, no, abstaining) == Verdict(result, needed, two_thirds)


@pytest.mark.parametrize(
    ("yes", "no", "abstaining", "result", "needed"),
    [
        (2, 1, 190, ADOPTED, 2),
        (80, 40, 0, ADOPTED, 80),
        (79, 40, 0, REJECTED, 80),
        (80, 41, 0, REJECTED, 81),
        (93, 18, 65, ADOPTED, 74),
        (59, 55, 16, REJECTED, 76),  # The motion of 1971 on the important question, had it needed two thirds.
        (1, 0, 0, ADOPTED, 1),
        (0, 1, 0, REJECTED, 1),
        (0, 0, 10, REJECTED, 0),
    ],
)
def test_two_thirds_majority_needs_twice_as_many_in_favour_as_against(yes, no, abstaining, result, needed):
    decided = of(TWO_THIRDS, yes, no, abstaining)

    assert (decided.result, decided.needed) == (result, needed)
    assert decided.two_thirds == (result == ADOPTED)


@pytest.mark.parametrize(
    ("yes", "no", "members", "result", "needed"),
    [
        (97, 11, 113, ADOPTED, 76),  # Resolution 1991 (XVIII) A, the enlargement of the Council.
        (128, 0, 193, REJECTED, 129),
        (129, 0, 193, ADOPTED, 129),
        (129, 64, 193, ADOPTED, 129),
        (126, 0, 189, ADOPTED, 126),
        (125, 0, 189, REJECTED, 126),
    ],
)
def test_charter_amendment_needs_two_thirds_of_all_members(yes, no, members, result, needed):
    decided = verdict(Requirement.TWO_THIRDS_OF_MEMBERS, Totals(yes, no, 0, members - yes - no), TODAY, 0, members)

    assert (decided.result, decided.needed) == (result, needed)
    assert decided.two_thirds is True


@pytest.mark.parametrize(
    ("requirement", "yes", "no", "against", "result"),
    [
        (SUBSTANTIVE, 10, 0, 0, ADOPTED),
        (SUBSTANTIVE, 9, 6, 0, ADOPTED),
        (SUBSTANTIVE, 11, 1, 1, VETOED),
        (SUBSTANTIVE, 14, 1, 1, VETOED),
        (SUBSTANTIVE, 13, 2, 2, VETOED),
        (SUBSTANTIVE, 9, 1, 1, VETOED),
        (SUBSTANTIVE, 8, 0, 0, REJECTED),
        (SUBSTANTIVE, 8, 1, 1, REJECTED),
        (SUBSTANTIVE, 1, 4, 3, REJECTED),
        (PROCEDURAL, 11, 1, 1, ADOPTED),
        (PROCEDURAL, 9, 5, 5, ADOPTED),
        (PROCEDURAL, 8, 0, 0, REJECTED),
    ],
)
def test_council_needs_nine_votes_and_no_veto_on_substance(requirement, yes, no, against, result):
    assert of(requirement, yes, no, 15 - yes - no, against=against) == Verdict(result, 9, None)


@pytest.mark.parametrize(
    ("date", "yes", "against", "needed", "result"),
    [
        (datetime.date(1950, 6, 27), 7, 1, 7, VETOED),
        (datetime.date(1950, 6, 27), 7, 0, 7, ADOPTED),
        (datetime.date(1950, 6, 27), 6, 1, 7, REJECTED),
        (datetime.date(1965, 12, 31), 7, 0, 7, ADOPTED),
        (datetime.date(1966, 1, 1), 7, 0, 9, REJECTED),
        (datetime.date(1966, 1, 1), 9, 0, 9, ADOPTED),
    ],
)
def test_before_1966_the_council_of_eleven_needed_seven(date, yes, against, needed, result):
    assert council_votes_needed(date) == needed
    assert of(SUBSTANTIVE, yes, against, date=date, against=against) == Verdict(result, needed, None)


@pytest.mark.parametrize(
    ("yes", "no", "result", "two_thirds"),
    [
        (93, 18, ADOPTED, True),
        (80, 40, ADOPTED, True),
        (80, 41, None, False),
        (51, 50, None, False),
        (50, 50, REJECTED, False),
        (18, 93, REJECTED, False),
    ],
)
def test_unstated_majority_is_undecided_between_simple_and_two_thirds(yes, no, result, two_thirds):
    assert of(Requirement.NOT_STATED, yes, no) == Verdict(result, None, two_thirds)
