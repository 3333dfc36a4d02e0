"""Movement between two roll calls, by hand and state by state on random records."""

import datetime
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes.small_record import BLOCS, LETTERS, random_record, record_of, written
from votes.analysis.groups import Group, Membership
from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, TIED, YES
from votes.record.record import BlocRead, Record
from votes.reports.movement import ORDER, Movement, StateMove

STATES = ["QQA", "QQB", "QQC", "QQD", "QQE", "QQF"]
FIRST, SECOND = "2001-01-01", "2002-01-01"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def moved_between(before: str, after: str, blocs: Mapping[str, Group] | None = None, bloc: str = "") -> Movement:
    """Return the movement between two roll calls, a letter a state, in a record with ``blocs``."""
    matrix = written([before, after], [FIRST, SECOND], STATES[: len(before)])
    record = record_of(matrix, blocs)
    return Movement.of(record, 0, 1, record.blocs[bloc] if bloc else None)


def codes(moves: tuple[StateMove, ...]) -> list[str]:
    return [move.state.code for move in moves]


def members(*codes: str) -> Group:
    return Group(tuple(Membership(code) for code in codes))


class TestByHand:
    """Six states and a few blocs."""

    def test_cells_name_every_state_of_either_electorate(self):
        movement = moved_between("YYYNX.", "YANX.Y")

        assert [(cell.before, cell.after, codes(cell.states)) for cell in movement.cells] == [
            (YES, YES, ["QQA"]),
            (YES, ABSTAINING, ["QQB"]),
            (YES, NO, ["QQC"]),
            (NO, NON_VOTING, ["QQD"]),
            (NON_VOTING, OUTSIDE, ["QQE"]),
            (OUTSIDE, YES, ["QQF"]),
        ]
        assert (movement.in_both, movement.moved) == (4, 3)
        assert [codes(cell.states) for cell in movement.moves] == [["QQB"], ["QQC"], ["QQD"]]
        assert [codes(cell.states) for cell in movement.stays] == [["QQA"]]
        assert [[codes(cell.states) for cell in cells] for cells in movement.only] == [[["QQE"]], [["QQF"]]]
        assert codes(tuple(movement.states)) == STATES

    def test_cells_are_sorted_by_size_then_by_choice(self):
        movement = moved_between("NNYYXA", "AAXAYY")

        assert [(cell.before, cell.after) for cell in movement.cells] == [
            (NO, ABSTAINING),
            (YES, ABSTAINING),
            (YES, NON_VOTING),
            (ABSTAINING, YES),
            (NON_VOTING, YES),
        ]

    def test_state_in_neither_electorate_is_left_out(self):
        movement = moved_between("Y.", "N.")

        assert movement.table.sum() == 1
        assert codes(tuple(movement.states)) == ["QQA"]

    def test_comparing_a_roll_call_with_itself_moves_nobody(self):
        record = record_of(written(["YNAX."], [FIRST], STATES[:5]), {"bloc-a": members("QQA", "QQB")})
        movement = Movement.of(record, 0, 0)

        assert (movement.moved, movement.in_both, movement.moves) == (0, 4, [])
        [line] = movement.blocs
        assert (line.stayed, line.moved, line.positions) == (2, (), (TIED, TIED))

    def test_without_common_states_nobody_moved(self):
        movement = moved_between("Y.", ".Y")

        assert (movement.in_both, movement.moved) == (0, 0)

    def test_moves_are_classified_along_the_scale_or_off_it(self):
        movement = moved_between("NAYYXN", "AYANYX", {"bloc-a": members(*STATES)})

        [line] = movement.blocs
        assert (line.stayed, line.towards, line.away, line.other) == (0, 2, 2, 2)
        assert codes(line.moved) == STATES
        assert line.members == 6
        # Two in favour, one abstaining, two against: a tie. Then two each in favour and abstaining: another.
        assert line.positions == (TIED, TIED)

    def test_bloc_positions_cover_ties_single_voters_and_none(self):
        group = members("QQA", "QQB", "QQC")

        def positions(before: str, after: str) -> tuple[int, int]:
            [line] = moved_between(before, after, {"bloc-a": group}).blocs
            return line.positions

        assert positions("YNX", "NXX") == (TIED, NO)
        assert positions("XXX", "AXX") == (NON_VOTING, ABSTAINING)
        assert positions("YYN", "...") == (YES, OUTSIDE)

    def test_bloc_in_neither_electorate_is_left_out(self):
        assert moved_between("Y.", "N.", {"bloc-a": members("QQB")}).blocs == []

    def test_joining_or_leaving_a_bloc_is_not_a_move(self):
        group = Group(
            (
                Membership("QQA"),
                Membership("QQB", until=day(SECOND)),
                Membership("QQC", since=day(SECOND)),
                Membership("QQD", since=day("2001-06-01"), until=day("2001-07-01")),
            )
        )
        [line] = moved_between("YYNY", "ANAN", {"bloc-a": group}).blocs

        assert (line.stayed, line.members) == (0, 1)
        assert (codes(line.moved), codes(line.joined), codes(line.left)) == (["QQA"], ["QQC"], ["QQB"])
        assert (line.towards, line.away, line.other) == (0, 1, 0)
        assert line.positions == (YES, ABSTAINING)

    def test_joining_the_body_is_not_a_move(self):
        [line] = moved_between(".YX", "YN.", {"bloc-a": members("QQA", "QQB", "QQC")}).blocs

        assert (line.stayed, codes(line.moved)) == (0, ["QQB"])
        assert (codes(line.joined), codes(line.left)) == (["QQA"], ["QQC"])

    def test_movement_can_be_limited_to_a_bloc(self):
        group = Group((Membership("QQA"), Membership("QQB", until=day(SECOND)), Membership("QQC", since=day(SECOND))))
        blocs = {"bloc-a": group, "bloc-b": members("QQA", "QQD")}
        movement = moved_between("YYNY", "ANAN", blocs, "bloc-a")

        assert [(cell.before, cell.after, codes(cell.states)) for cell in movement.cells] == [
            (YES, ABSTAINING, ["QQA"]),
            (YES, OUTSIDE, ["QQB"]),
            (OUTSIDE, ABSTAINING, ["QQC"]),
        ]
        assert (movement.in_both, movement.moved) == (1, 1)
        [line] = movement.blocs
        assert line.bloc.slug == "bloc-a"
        assert (codes(line.moved), codes(line.joined), codes(line.left)) == (["QQA"], ["QQC"], ["QQB"])

    @pytest.mark.parametrize(
        ("first", "second", "spans"),
        [
            ("1971-10-25", "1971-10-26", True),
            ("1971-10-26", "1971-10-25", True),
            ("1971-10-24", "1971-10-25", False),
            ("1971-10-26", "1971-10-27", False),
        ],
    )
    def test_change_of_chinas_seat_is_detected_unless_china_is_excluded(self, first: str, second: str, spans: bool):
        dates = sorted([first, second])
        record = record_of(written(["YY", "YN"], dates, ["CHN", "QQA"]), {"bloc-a": members("QQA")})
        way = (dates.index(first), dates.index(second))

        assert Movement.of(record, *way).spans_seat_of_china is spans
        # Nobody compares China here.
        assert Movement.of(record, *way, record.blocs["bloc-a"]).spans_seat_of_china is False


def twin_of(record: Record, a: int, b: int, only: BlocRead | None) -> dict[str, object]:
    """Return what a movement says, by going through the states one by one."""
    matrix = record.matrix
    dates = [matrix.dates[row].item() for row in (a, b)]

    def belongs(bloc: BlocRead, code: str, date: datetime.date) -> bool:
        return any(
            one.state == code and (one.since is None or one.since <= date) and (one.until is None or date < one.until)
            for one in bloc.group.memberships
        )

    chosen = {}
    for column, code in enumerate(matrix.states):
        pair = [int(matrix.choices[row, column]) for row in (a, b)]
        if only:
            pair = [choice if belongs(only, code, date) else OUTSIDE for choice, date in zip(pair, dates, strict=True)]
        if pair != [OUTSIDE, OUTSIDE]:
            chosen[code] = tuple(pair)

    def position(bloc: BlocRead, side: int) -> int:
        own = [pair[side] for code, pair in chosen.items() if pair[side] and belongs(bloc, code, dates[side])]
        votes = Counter(choice for choice in own if choice != NON_VOTING)
        most = [choice for choice, number in votes.items() if number == max(votes.values())]
        return (TIED if len(most) > 1 else most[0]) if most else (NON_VOTING if own else OUTSIDE)

    lines = {}
    for bloc in [only] if only else record.blocs.values():
        found: dict[str, list[str]] = {
            name: [] for name in ("stayed", "towards", "away", "other", "moved", "joined", "left")
        }
        for code, (before, after) in chosen.items():
            was = before != OUTSIDE and belongs(bloc, code, dates[0])
            is_now = after != OUTSIDE and belongs(bloc, code, dates[1])
            if was != is_now:
                found["joined" if is_now else "left"].append(code)
            elif was:
                if before == after:
                    found["stayed"].append(code)
                else:
                    found["moved"].append(code)
                    real = NON_VOTING not in (before, after)
                    found[("towards" if after < before else "away") if real else "other"].append(code)
        both = (position(bloc, 0), position(bloc, 1))
        if both != (OUTSIDE, OUTSIDE):
            counts = tuple(len(found[name]) for name in ("stayed", "towards", "away", "other"))
            lines[bloc.slug] = (both, counts, found["moved"], found["joined"], found["left"])
    return {"chosen": chosen, "blocs": lines}


@given(seed=st.integers(0, 10**6), data=st.data())
@settings(max_examples=60)
def test_movement_equals_counting_state_by_state(seed: int, data: st.DataObject):
    record = random_record(seed, roll_calls=40)
    rows = st.integers(0, len(record.matrix) - 1)
    a, b = data.draw(rows), data.draw(rows)
    slug = data.draw(st.sampled_from([None, *BLOCS]))
    only = record.blocs[slug] if slug else None
    movement = Movement.of(record, a, b, only)
    expected = twin_of(record, a, b, only)

    assert {move.state.code: (move.before, move.after) for move in movement.states} == expected["chosen"]
    cells = Counter(expected["chosen"].values())
    assert {(cell.before, cell.after): len(cell.states) for cell in movement.cells} == cells
    assert {way: int(movement.table[way]) for way in np.ndindex(5, 5) if movement.table[way]} == cells
    assert {
        line.bloc.slug: (
            line.positions,
            (line.stayed, line.towards, line.away, line.other),
            codes(line.moved),
            codes(line.joined),
            codes(line.left),
        )
        for line in movement.blocs
    } == expected["blocs"]


def test_choices_are_sorted_along_the_scale():
    assert sorted(ORDER) == sorted(LETTERS.values())
    assert ORDER[:3] == (YES, ABSTAINING, NO)
