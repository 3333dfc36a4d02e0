"""The parser's work is bounded on any text.

What Python does is bounded: it calls as many functions for a long text as for one twice as long. What patterns do is
linear, since none of them can try more than a bounded number of characters from any one place.
"""

from __future__ import annotations

import datetime
import importlib
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes.entry.electorates import names
from tests.votes.entry.hostile import HOSTILE, LONG, hostile
from votes.entry import lists, meeting, sentences, text, vote_text
from votes.entry.lists import MOST_PIECES, MOST_SUGGESTED
from votes.entry.problems import Kind
from votes.entry.text import plain
from votes.entry.vote_text import understand

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = datetime.date(2025, 2, 24)
OF = names("GA", DAY)
PATTERNS = {
    f"{module.__name__}.{name}": value
    for module in (text, lists, meeting, sentences, vote_text)
    for name, value in vars(module).items()
    # Tried once on a sentence, and a class of characters alone.
    if isinstance(value, re.Pattern) and name not in ("DELEGATIONS", "NOT_LETTERS")
}


def calls(work: Callable[[], Any]) -> int:
    """Return how many functions ``work`` calls, Python's own among them."""
    counted: Counter[str] = Counter()
    before = sys.getprofile()
    sys.setprofile(lambda _frame, event, _argument: counted.update((event,)))
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted["call"] + counted["c_call"]


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_python_calls_grow_at_most_linearly_with_the_text(unit: str) -> None:
    """But for what each heading, figure or intent found costs to look at, a few calls each."""
    half, whole = hostile(unit, LONG // 2), hostile(unit, LONG)
    understand(half, OF)
    more = calls(lambda: understand(whole, OF)) - calls(lambda: understand(half, OF))
    assert more <= 4 * (LONG // 2) / len(unit) if unit in LOOKED_AT else more <= 200


# Each is matched by a pattern, and found to be nothing by a look at what stands near it.
LOOKED_AT = {
    HOSTILE[name]
    for name in ("announcements", "votes and a bracket", "unanimous", "intents", "intents of nobody", "many drafts")
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_look_ups_and_suggestions_are_bounded(unit: str) -> None:
    reader = vote_text._Reader(hostile(unit, LONG), OF)
    understood = reader.understood()
    assert reader.budget.looked_up <= lists.LONGEST_RUN * lists.LONGEST_RUN * MOST_PIECES
    assert sum(bool(problem.suggestions) for problem in understood.problems) <= MOST_SUGGESTED
    assert len(understood.problems) <= MOST_PIECES + 10


@pytest.mark.parametrize("unit", ["Albania, ", "Atlantis; ", "In favour: Chad\n", "by 9 votes to 1, ", "Chad\n"])
def test_text_beyond_the_limit_is_reported(unit: str) -> None:
    understood = understand(hostile(unit, 100_000), OF)
    assert Kind.TOO_LONG in {problem.kind for problem in understood.problems}


def repeats(parsed: Any) -> list[int]:
    """Return how often each repeat in a parsed pattern may try its body: those that never give back count once."""
    parser = importlib.import_module("re._parser")
    found: list[int] = []
    for operation, argument in parsed:
        if operation in (parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT):
            _least, most, body = argument
            kept = operation is parser.POSSESSIVE_REPEAT
            found += [1 if kept else int(most), *repeats(body)]
        elif operation is parser.SUBPATTERN:
            found += repeats(argument[3])
        elif operation in (parser.ASSERT, parser.ASSERT_NOT):
            found += repeats(argument[1])
        elif operation is parser.BRANCH:
            found += [number for branch in argument[1] for number in repeats(branch)]
        elif operation is parser.ATOMIC_GROUP:
            found += repeats(argument)
    return found


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_patterns_have_bounded_backtracking(name: str) -> None:
    parser = importlib.import_module("re._parser")
    assert max(repeats(parser.parse(PATTERNS[name].pattern)), default=0) <= 300


PIECES = st.lists(
    st.sampled_from(
        [*HOSTILE.values(), "In favour:", "Against:", "\n\n", "Chad", "Korea", "93 votes", "to 18", "]", ".", ";", "é"]
    )
    | st.text(max_size=5),
    max_size=30,
)


@given(PIECES)
@settings(max_examples=200)
def test_any_text_is_parsed_without_an_error(pieces: list[str]) -> None:
    pasted = "".join(pieces)
    understood = understand(pasted, OF)
    places = [problem.place for problem in understood.problems if problem.place]
    places += [named.place for found in understood.lists for named in found.named]
    places += [found.heading for found in understood.lists]
    places += [announcement.place for announcement in understood.announcements]
    places += [written.place for written in (*understood.resolutions, *understood.drafts)]
    places += [place for intent in understood.corrections for place in (intent.place, intent.sentence)]
    assert all(0 <= place.start <= place.end <= len(pasted) for place in places)
    for found in understood.lists:
        for named in found.named:
            assert plain(pasted[named.place.start : named.place.end]).text.strip()
    assert set(understood.choices) <= OF.electorate.members


@given(st.text(max_size=80))
def test_unknown_name_in_a_list_never_hides_another(stranger: str) -> None:
    """Whatever stands between two commas, the states on both sides of it are read, or something is said."""
    understood = understand(f"In favour: Albania, {stranger}, Zimbabwe", OF)
    assert understood.problems or {"ALB", "ZWE"} <= set(understood.choices)


def test_longest_real_sheet_is_read_completely() -> None:
    """A name's every word on a line of its own, all 193 of them."""
    named = ", ".join(sorted(map(OF.name, OF.electorate.members)))
    understood = understand(f"In favour: {named}".replace(" ", "\n"), OF)
    assert understood.choices == dict.fromkeys(OF.electorate.members, "Y")
    assert understood.problems == ()
