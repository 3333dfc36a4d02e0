"""Choices and positions as numbers in the vote matrix."""

from __future__ import annotations

from votes.analysis.matrix import LETTERS, SPLIT
from votes.choices import Choice

CHOICES = {LETTERS[choice]: choice for choice in Choice}
"""In the order of totals."""

SPLIT_WORD = "split"
"""What addresses and files call the position of a bloc whose members' most frequent choices tie."""

POSITION_WORDS = {number: choice.word for number, choice in CHOICES.items()} | {SPLIT: SPLIT_WORD}
"""Choices and positions as addresses and files write them; outside the electorate there is none."""
