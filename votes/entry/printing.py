"""Formatting of votes as text, in the style of verbatim records and of press releases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.entry.names import Electorate
    from votes.entry.understood import Letter

VERBATIM: dict[Letter, str] = {"Y": "In favour", "N": "Against", "A": "Abstaining"}
PRESS: dict[Letter, str] = {"Y": "In favour", "N": "Against", "A": "Abstain", "X": "Absent"}
ADOPTED = {True: "adopted", False: "not adopted"}


def verbatim(
    choices: Mapping[str, Letter],
    electorate: Electorate,
    *,
    draft: str = "",
    resolution: str = "",
    adopted: bool = True,
) -> str:
    """Return the lists, those that did not vote left out as verbatim records do, and the sentence after them."""
    lists = "\n\n".join(f"{head}:\n{_names_with(choices, electorate, letter)}" for letter, head in VERBATIM.items())
    yes, no, abstaining = _figures(choices)
    named = f"Draft resolution {draft}" if draft else "The draft resolution"
    number = resolution.removeprefix("A/RES/").removeprefix("S/RES/")
    became = f" (resolution {number})" if number else ""
    sentence = f"{named} was {ADOPTED[adopted]} by {yes} votes to {no}, with {abstaining} abstentions{became}."
    return f"{lists}\n\n{sentence}\n"


def press_release(
    choices: Mapping[str, Letter], electorate: Electorate, *, draft: str = "", adopted: bool = True
) -> str:
    """Return the sentence of a press release's annex, and the lists, each with a full stop."""
    yes, no, abstaining = _figures(choices)
    named = f"The draft resolution (document {draft})" if draft else "The draft resolution"
    vote = f"a recorded vote of {yes} in favour to {no} against, with {abstaining} abstentions"
    lists = "\n\n".join(f"{head}:  {_names_with(choices, electorate, letter)}." for letter, head in PRESS.items())
    return f"{named} was {ADOPTED[adopted]} by {vote}, as follows:\n\n{lists}\n"


def _names_with(choices: Mapping[str, Letter], electorate: Electorate, letter: Letter) -> str:
    """Return the names, on the date, of the states with a choice, in the order of the English alphabet."""
    named = sorted((fold(electorate.states[code].name), code) for code, choice in choices.items() if choice == letter)
    return ", ".join(electorate.states[code].name for _folded, code in named) or "None"


def _figures(choices: Mapping[str, Letter]) -> tuple[int | str, int | str, int | str]:
    """Return how many were in favour, against and abstaining, in the words of a sentence."""
    counted = Counter(choices.values())
    return counted["Y"], counted["N"] or "none", counted["A"] or "no"
