"""Bridges: the same text put to the vote again in a later session, by which sessions can be compared.

Where the question stays the same, who answers it differently has moved; without bridges one could as well say that
the questions had moved. The source (Bailey, Strezhnev and Voeten 2017) picked texts of the same content by reading
them. Here it is the title that says so, and the votes have to bear it out, because a title often outlives its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from votes.analysis.matrix import NO, YES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.analysis.ideal_points_data import Ints
    from votes.analysis.matrix import Choices

APART = 2
"""Sessions at most between one vote on a text and the next: many are put every other year."""
ALIKE = 0.9
"""Share of the states with a position in both that took the same, at least."""
COMMON = 20
"""States with a position in both, at least."""

FORMULAS = re.compile(
    r": *(resolution|decision) */ *ad\w+ [bg]y the general ass.*|\(the same agenda\)|^a/\d+/\d+ \w+ - "
)


def bridged(choices: Choices, sessions: Ints, titles: Sequence[str]) -> Ints:
    """Return R labels of items for R x S ``choices``: roll calls on what is taken for the same text share one.

    A label is the place of the first row of its item. ``titles`` are folded titles, empty for what is never bridged.
    A roll call is tied to the last one with the same title if it is of another session at most APART before, if no
    other roll call of either session has the title, and if ALIKE of at least COMMON states voted as in that one and
    as in the first of the item.
    """
    labels = np.arange(len(titles), dtype=np.intp)
    by_title: dict[str, dict[int, list[int]]] = {}
    for row, (title, session) in enumerate(zip(titles, sessions.tolist(), strict=True)):
        if words := text_of(title):
            by_title.setdefault(words, {}).setdefault(session, []).append(row)
    for votes in by_title.values():
        last: tuple[int, int] | None = None
        for session, rows in sorted(votes.items()):
            if len(rows) > 1:
                last = None
                continue
            row = rows[0]
            if (
                last is not None
                and session - last[0] <= APART
                and all(alike(choices[earlier], choices[row]) for earlier in {last[1], int(labels[last[1]])})
            ):
                labels[row] = labels[last[1]]
            last = session, row
    return labels


def text_of(title: str) -> str:
    """Return what a folded title says of the text: without formulas, numbers and punctuation."""
    return " ".join(re.findall(r"[a-z]+", FORMULAS.sub(" ", title)))


def alike(one: Choices, other: Choices) -> bool:
    """Tell whether ALIKE of the states with a position in two roll calls took the same, and they are COMMON."""
    both = (one >= YES) & (one <= NO) & (other >= YES) & (other <= NO)
    common = int(both.sum())
    return common >= COMMON and int((one == other)[both].sum()) >= ALIKE * common
