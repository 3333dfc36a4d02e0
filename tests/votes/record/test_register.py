"""The register of roll calls, against moving every vote by hand."""

import dataclasses
import datetime
import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from votes.record.register import Labels, Register, Tags
from votes.rules import Requirement, Result, verdict
from votes.totals import Totals

DATES = {"before": datetime.date(1965, 12, 31), "after": datetime.date(1966, 1, 1)}


def register_of(
    figures: list[tuple[int, int, int, int]], requirement: str, date: datetime.date, result: str, *, announced: bool
) -> Register:
    """Return a register of roll calls that differ in their figures alone, counted or only announced."""
    number = len(figures)
    none = np.zeros(number, np.int64)
    counted = np.array(figures, np.int64)
    return Register(
        keys=np.arange(number),
        dates=np.full(number, np.datetime64(date, "D")),
        bodies=Labels.of(["GA"] * number),
        sessions=Labels.of(["1"] * number),
        kinds=Labels.of(["text"] * number),
        results=Labels.of([result] * number),
        methods=Labels.of(["recorded"] * number),
        requirements=Labels.of([requirement] * number),
        topics=none,
        topic_slugs=(),
        decisive=np.ones(number, bool),
        counted=counted * 0 if announced else counted,
        announced=counted[:, :2] if announced else np.full((number, 2), -1),
        rows=np.full(number, -1),
        subjects=Tags.of([()] * number),
        vetoes=none,
        veto_codes=(),
    )


def others(figures: tuple[int, int, int, int]) -> Iterator[tuple[int, ...]]:
    """Yield the figures if one member had voted otherwise, in every way it can."""
    for one, other in itertools.permutations(range(4), 2):
        if figures[one]:
            yield tuple(n + (place == other) - (place == one) for place, n in enumerate(figures))


def is_adopted(figures: tuple[int, ...], requirement: str, date: datetime.date) -> bool:
    """Tell whether figures are enough, no permanent member being against."""
    required = Requirement.SIMPLE_MAJORITY if requirement == Requirement.NOT_STATED else requirement
    return verdict(required, Totals(*figures), date, 0, sum(figures)).result == Result.ADOPTED


@pytest.mark.parametrize("requirement", Requirement.values)
@pytest.mark.parametrize("date", DATES.values(), ids=DATES)
def test_short_by_one_is_what_one_moved_vote_would_have_adopted(requirement: str, date: datetime.date):
    figures = [
        (y, n, a, x)
        for y, n, a, x in itertools.product(range(11), range(8), (0, 1, 4), (0, 1, 4))
        if y + n and n + a + x
    ]
    expected = [
        not is_adopted(of, requirement, date) and any(is_adopted(other, requirement, date) for other in others(of))
        for of in figures
    ]

    assert register_of(figures, requirement, date, "rejected", announced=False).short_by_one.tolist() == expected
    assert register_of(figures, requirement, date, "not-stated", announced=False).short_by_one.tolist() == expected
    assert any(expected)


@pytest.mark.parametrize(("result", "announced", "expected"), [
    ("rejected", True, [True, True, False]),
    ("not-stated", True, [True, True, False]),
    ("adopted", True, [False, False, False]),
    ("vetoed", False, [False, False, False]),
])  # fmt: skip
def test_short_by_one_uses_result_and_announced_totals(result: str, announced: bool, expected: list[bool]):
    figures = [(50, 50, 3, 2), (50, 51, 3, 2), (51, 50, 3, 2)]
    of = register_of(figures, "simple-majority", DATES["after"], result, announced=announced)

    assert of.short_by_one.tolist() == expected


def test_short_by_one_is_false_without_votes_for_a_majority_of_members():
    of = register_of([(7, 0, 0, 4), (6, 0, 0, 4)], "two-thirds-of-members", DATES["after"], "rejected", announced=True)

    assert of.short_by_one.tolist() == [False, False]


def test_unknown_keys_select_nothing():
    of = register_of([(1, 0, 0, 0)] * 5, "simple-majority", DATES["after"], "adopted", announced=False)
    of = dataclasses.replace(of, keys=np.array([30, 10, 50, 20, 40]))

    for keys in ([], [20, 30], [50, 50], [0, 10, 25, 60], [99]):
        assert of.with_keys(keys).tolist() == [key in keys for key in (30, 10, 50, 20, 40)]


def test_tags_are_counted_and_found_by_row():
    tags = Tags.of([["b", "a"], [], ["b", "b"], ["c"]])
    assert tags.values == ("a", "b", "c")
    assert tags.count(np.array([True, True, True, True])) == {"a": 1, "b": 2, "c": 1}
    assert tags.count(np.array([False, True, True, False])) == {"a": 0, "b": 1, "c": 0}
    assert sorted(tags.places_of(["c", "b"]).tolist()) == [0, 2, 3]
    assert tags.places_of([]).tolist() == []
    nothing = Tags.of([])
    assert (nothing.values, nothing.count(np.zeros(0, bool))) == ((), {})
