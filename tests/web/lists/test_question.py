"""Queries of the comparison pages: selected rows, preceding period and errors."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tests.votes.small_record import random_record, record_of, written
from votes.models import RollCall
from votes.periods import Days
from votes.record.record import Record
from web.lists.question import Question

DAYS = ["1999-12-31", "2000-01-01", "2000-06-30", "2000-06-30", "2001-01-01", "2004-02-29"]
BODIES = ["GA", "GA", "SC", "GA", "SC", "GA"]
KINDS = ["text", "amendment", "paragraph", "paragraph-amendment", "motion", "text"]


def small() -> Record:
    """Return six roll calls; on the topics by their places in binary: the second and sixth on peace alone."""
    matrix = written(["Y"] * 6, DAYS, ("QQA",), BODIES)
    return record_of(dataclasses.replace(matrix, kinds=np.array(KINDS)))


def asked(query: str, record: Record | None = None, also: tuple[str, ...] = (), **more: tuple[str, ...]) -> Question:
    return Question(QueryDict(query), record or small(), also=also, **more)


class TestRows:
    """Which roll calls meet the filters."""

    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            ("", [0, 1, 2, 3, 4, 5]),
            ("body=GA", [0, 1, 3, 5]),
            ("since=2000-01-01", [1, 2, 3, 4, 5]),
            ("until=2000-06-29", [0, 1]),
            ("since=2000-06-30&until=2000-06-30", [2, 3]),
            ("topic=peace", [1, 3, 5]),
            ("topic=seas", [2, 3]),
            ("kind=text", [0, 5]),
            ("kind=amendment", [1, 3]),
            ("kind=paragraph", [2, 3]),
            ("kind=paragraph-amendment", [3]),
            ("kind=procedural", []),
            ("body=GA&topic=peace&kind=amendment&since=2000-01-02", [3]),
            ("body=&since=&until=&topic=&kind=", [0, 1, 2, 3, 4, 5]),
        ],
    )
    def test_filters_select_the_expected_rows(self, query: str, rows: list[int]):
        question = asked(query)

        assert question.is_valid, question.errors
        assert question.rows.tolist() == rows
        assert question.matrix.slugs.tolist() == [f"vote-{row}" for row in rows]

    @given(
        st.integers(0, 200),
        st.sampled_from(["", "GA", "SC"]),
        st.sampled_from(["", "peace", "seas"]),
        st.dates(datetime.date(1999, 1, 1), datetime.date(2013, 1, 1)),
        st.integers(0, 3000),
    )
    def test_rows_meet_all_filters(self, seed: int, body: str, topic: str, since: datetime.date, days: int):
        record = random_record(seed)
        until = since + datetime.timedelta(days=days)
        question = asked(f"body={body}&topic={topic}&since={since}&until={until}", record)

        matrix = record.matrix
        expected = [
            row
            for row in range(len(matrix))
            if body in ("", matrix.bodies[row])
            and (not topic or matrix.topics[row] >> matrix.topic_slugs.index(topic) & 1)
            and since <= matrix.dates[row].item() <= until
        ]
        assert question.rows.tolist() == expected

    def test_other_filters_apply_in_another_period(self):
        question = asked("body=GA&since=2001-01-01")

        assert question.rows_between(Days()).tolist() == [0, 1, 3, 5]
        assert question.rows_between(Days(datetime.date(2000, 1, 1), datetime.date(2000, 12, 30))).tolist() == [1, 3]


class TestErrors:
    """What is not known is said, and then nothing is selected."""

    @pytest.mark.parametrize(
        ("query", "errors"),
        [
            ("body=XX", [("Body", ["Unknown value “XX”; choose one of GA, SC."])]),
            ("since=yesterday", [("From", ["“yesterday” is not a date; dates look like 2022-03-02."])]),
            ("until=2000-02-30", [("To", ["“2000-02-30” is not a date; dates look like 2022-03-02."])]),
            ("topic=war", [("Topic", ["Unknown topic: “war”. Topics: peace, seas."])]),
            ("since=2001-01-01&until=1999-12-31", [("To", ["The period ends before it begins."])]),
            ("since=2001-01-01&until=2000-12-31", [("To", ["The period ends before it begins."])]),
        ],
    )
    def test_errors_are_given_by_field(self, query: str, errors: list[tuple[str, list[str]]]):
        question = asked(query)

        assert question.labelled_errors == errors
        assert not question.is_valid
        assert question.rows.tolist() == question.rows_between(Days()).tolist() == []
        assert question.preceding is None

    def test_unknown_kind_lists_the_valid_kinds(self):
        [(label, [said])] = asked("kind=poem").labelled_errors

        assert label == "Put to the vote"
        assert said == f"Unknown value “poem”; choose one of {', '.join(RollCall.Kind.values)}."

    def test_errors_of_the_page_are_added(self):
        question = asked("state=X&topic=war", also=("state", "size"))
        question.labels |= {"state": "Member states"}
        question.refuse("state", "There is no X.")
        question.refuse("state", "Nor a Y.")
        question.refuse("size", "Too large.")

        assert question.labelled_errors == [
            ("Topic", ["Unknown topic: “war”. Topics: peace, seas."]),
            ("Member states", ["There is no X.", "Nor a Y."]),
            ("size", ["Too large."]),
        ]
        assert list(question.errors) == ["topic", "state", "size"]

    def test_unknown_and_repeated_parameters_are_reported(self):
        query = "colour=red&state=A&state=B&size=1&size=2&body=GA&body=SC&empty="
        question = asked(query, also=("state", "size"), repeatable=("state",))

        assert question.ignored == ["colour", "size=1", "body=GA"]
        # The last of a repeated value is what is answered.
        assert question.rows.tolist() == [2, 4]
        assert question.is_valid


class TestPreceding:
    """The period of the same length that ends the day before the one asked about begins."""

    @pytest.mark.parametrize(
        ("query", "since", "until"),
        [
            # Whole years, whatever leap years do to the number of days.
            ("since=2000-01-01&until=2003-12-31", "1996-01-01", "1999-12-31"),
            ("since=2001-06-15&until=2002-06-14", "2000-06-15", "2001-06-14"),
            # Otherwise so many days: 30 before 2000-03-01, a leap year.
            ("since=2000-03-01&until=2000-03-30", "2000-01-31", "2000-02-29"),
            # Without an end, to the last roll call: 1,520 days.
            ("since=2000-01-01", "1995-11-02", "1999-12-31"),
            # A single day.
            ("since=2000-03-01&until=2000-03-01", "2000-02-29", "2000-02-29"),
        ],
    )
    def test_preceding_period_has_the_expected_dates(self, query: str, since: str, until: str):
        before = asked(query).preceding

        assert before is not None
        assert before.as_filter == {"since": since, "until": until}
        assert asked("since=2000-01-01").record.matrix.dates[-1].item() == datetime.date(2004, 2, 29)

    @pytest.mark.parametrize("query", ["", "until=2003-12-31", "since=2004-03-01", "since=0003-01-01&until=2003-12-31"])
    def test_no_preceding_period_without_a_start_or_before_the_calendar(self, query: str):
        question = asked(query)

        assert question.is_valid
        assert question.preceding is None

    def test_empty_record_has_no_preceding_period(self):
        assert asked("since=2000-01-01", record_of(written([], [], ()))).preceding is None


def test_chosen_filters_are_the_non_empty_ones_of_the_address():
    question = asked("body=GA&since=&topic=peace&state=QQA&until=2003-12-31", also=("state",))

    assert question.chosen == {"body": "GA", "until": "2003-12-31", "topic": "peace"}


def test_any_body_can_be_chosen():
    assert asked("").bodies == [("", "Any"), ("GA", "General Assembly"), ("SC", "Security Council")]
