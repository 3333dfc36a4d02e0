"""The voting record of a state in a selection."""

import numpy as np
from hypothesis import given, settings

from tests.factories import make_roll_call, make_state
from tests.votes.random_record import CODES, RECORD, Record, Stage, records
from votes.record.record import load
from votes.reports.state_record import StateRecord
from votes.totals import Totals


@given(record=records())
@settings(RECORD, max_examples=30)
def test_totals_equal_counting_one_by_one(stage: Stage, record: Record):
    with stage.holding(record):
        read = load()
        for selected in (record.taken, record.taken[1:], []):
            rows = [read.matrix.rows_by_slug[t.slug] for t in selected if t.choices]
            for code in CODES:
                expected = Totals.count(t.choices[code] for t in selected if code in t.choices)
                assert StateRecord.of(code, read, np.array(rows, np.intp), []).totals == expected


def test_page_lists_one_choice_while_totals_cover_the_selection(db: None):
    state, other = make_state(), make_state()
    roll_calls = [
        make_roll_call(f"asked-{n}", votes={state.code: choice}, status="published") for n, choice in enumerate("YYNAX")
    ]
    make_roll_call("not-asked", votes={state.code: "N"}, status="published")
    make_roll_call("asked-of-others", votes={other.code: "N"}, status="published")
    read = load()
    rows = np.flatnonzero(np.char.startswith(read.matrix.slugs, "asked-"))

    record = StateRecord.of(
        state.code, read, rows, read.roll_calls_by_key(roll_call.pk for roll_call in roll_calls[2:5])
    )

    assert record.totals == Totals(2, 1, 1, 1)
    assert [(one.slug, choice) for one, choice in record.votes] == [
        ("asked-2", "N"),
        ("asked-3", "A"),
        ("asked-4", "X"),
    ]
