"""Data classes of what was recognised in a pasted text, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.entry.problems import Problem
    from votes.entry.text import Place

Letter = Literal["Y", "N", "A", "X"]
"""In favour, against, abstaining, non-voting."""
LETTERS: tuple[Letter, ...] = ("Y", "N", "A", "X")
ANNOUNCED: tuple[Letter, ...] = ("Y", "N", "A")
"""The choices that the President announces figures of."""

Result = Literal["adopted", "rejected", "vetoed"]


@dataclass(frozen=True, slots=True)
class Named:
    """A state that a list names."""

    code: str
    place: Place


@dataclass(frozen=True, slots=True)
class ListOfStates:
    """The states under a heading, or in brackets after a figure, in the order of the text; each once."""

    choice: Letter
    heading: Place
    """Of the heading, or of the figure."""
    named: tuple[Named, ...]
    """States that are no members are among them."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence that says how the vote came out."""

    place: Place
    figures: Mapping[Letter, int]
    """Those that it gives."""
    result: Result | None = None
    """None where it says none, or two."""
    is_unanimous: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A symbol as the United Nations spells it, and where it stands."""

    symbol: str
    place: Place


@dataclass(frozen=True, slots=True)
class Intent:
    """A delegation's later word that it had intended another choice; no list is changed by it."""

    code: str
    intended: Letter
    place: Place
    """Of its name."""
    sentence: Place


@dataclass(frozen=True)
class Understood:
    """What a text says of one roll call. Nothing in it is guessed: what is not certain is among the problems."""

    lists: tuple[ListOfStates, ...]
    announcements: tuple[Announcement, ...]
    resolutions: tuple[Written, ...]
    drafts: tuple[Written, ...]
    corrections: tuple[Intent, ...]
    choices: Mapping[str, Letter]
    """By code what each member did that exactly one list names."""
    not_mentioned: tuple[str, ...]
    """Codes of the members in no list, in the order of their names; often those that did not vote."""
    problems: tuple[Problem, ...]
    """In the order of their places, those of the whole text last."""

    @cached_property
    def announced(self) -> Mapping[Letter, int]:
        """Return the announced figures: those of which all sentences that give them say the same."""
        said: dict[Letter, set[int]] = {}
        for announcement in self.announcements:
            for choice, number in announcement.figures.items():
                said.setdefault(choice, set()).add(number)
        return {choice: min(said[choice]) for choice in LETTERS if len(said.get(choice, ())) == 1}

    @property
    def result(self) -> Result | None:
        """Return the result, None where none is said or sentences differ."""
        results = {announcement.result for announcement in self.announcements if announcement.result}
        return results.pop() if len(results) == 1 else None

    @property
    def is_unanimous(self) -> bool:
        """Tell whether the text calls the vote unanimous."""
        return any(announcement.is_unanimous for announcement in self.announcements)

    @property
    def resolution(self) -> str:
        """Return the adopted text's symbol, empty where none or more than one is named."""
        return _only(self.resolutions)

    @property
    def draft(self) -> str:
        """Return the draft's symbol, empty where none or more than one is named."""
        return _only(self.drafts)


def _only(written: tuple[Written, ...]) -> str:
    symbols = {one.symbol for one in written}
    return symbols.pop() if len(symbols) == 1 else ""
