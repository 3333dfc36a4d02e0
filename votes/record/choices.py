"""Choices and positions as numbers in the vote matrix."""

from __future__ import annotations

from votes.analysis.matrix import LETTERS, TIED
from votes.choices import Choice

CHOICES = {LETTERS[choice]: choice for choice in Choice}
"""In the order of totals."""

TIED_WORD = "tied"
"""What addresses and files call the position of a bloc whose members' most frequent choices tie."""

TIED_ALIAS = "split"
"""What addresses called it before, and may still: ``canonical_position`` has the word for it."""

POSITION_WORDS = {number: choice.word for number, choice in CHOICES.items()} | {TIED: TIED_WORD}
"""Choices and positions as addresses and files write them; outside the electorate there is none."""


def canonical_position(text: str) -> str:
    """Return a condition such as ``eu:split`` with the word that addresses have for it: ``eu:tied``."""
    who, colon, word = text.partition(":")
    return f"{who}:{TIED_WORD}" if colon and word == TIED_ALIAS else text
