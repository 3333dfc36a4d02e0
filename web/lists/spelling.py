"""Spelling correction with the record's own vocabulary.

The vocabulary is the words of published titles and of the names of member states, blocs and topics. Among equally near
words the more frequent wins, then the alphabetically first.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from resolutions.symbols import looks_like_symbol
from resolutions.text import fold
from votes.record.record import CACHED_VERSIONS, TEXT, TITLE
from web.lists.search import WORDS, index_of, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from votes.record.record import Record

SHORTEST, LONGEST = 4, 24
"""Minimum and maximum length of corrected words."""
LONG, LONGER = 6, 9
"""Minimum word length for two and three typing errors; shorter words may have one."""
TIMES = 10
"""A known word counts as an error if a neighbour is this many times as frequent."""
MOST_WORDS = 8
"""Maximum number of words checked per query."""

WORD = re.compile(r"[^\W\d_]+")
LETTERS = re.compile("[a-z]+")
NUMBERED = re.compile(r"(?i)resolution\s+(\S*\d\S*)")
OPERATOR = "or"
"""The search operator, not a word to correct."""


def slips(one: str, other: str, most: int) -> int:
    """Return the restricted Damerau-Levenshtein distance, or ``most`` + 1 if it exceeds ``most``.

    Source: Damerau, Communications of the ACM 7, 1964.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, against in enumerate(other, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
        before = above
    return min(row[-1], most + 1)


@dataclass(frozen=True)
class Vocabulary:
    """The words of a record, with the number of titles and names that contain each."""

    counts: Mapping[str, int]

    @classmethod
    def of(cls, record: Record) -> Vocabulary:
        """Return the vocabulary of a record."""
        counts: Counter[str] = Counter()
        # Titles recur every year; split each only once.
        for title, number in Counter(
            title for row in record.list_rows.values() for title in (row[TITLE], row[TEXT])
        ).items():
            for word in set(words_of(title or "")):
                counts[word] += number
        for named in index_of(record).named:
            counts.update({word for form in named.forms for word in form.split()})
        return cls({word: number for word, number in counts.items() if LETTERS.fullmatch(word)})

    @cached_property
    def words(self) -> list[str]:
        """Return the W words by descending frequency, then alphabetically."""
        return sorted(self.counts, key=lambda word: (-self.counts[word], word))

    @cached_property
    def letters(self) -> NDArray[np.int8]:
        """Return the letter counts of each word, shape (W, 26)."""
        return np.array([letters_in(word) for word in self.words], np.int8).reshape(-1, 26)

    def nearest(self, word: str) -> str | None:
        """Return the most likely intended word for a folded one, None if no word is near.

        A word that begins with it counts as one error. A known word is corrected too if another one, one error away,
        is TIMES as frequent: titles contain misprints.
        """
        own, size = self.counts.get(word, 0), len(word)
        if not SHORTEST <= size <= LONGEST or not LETTERS.fullmatch(word) or (own and size < LONG):
            return None
        most = 1 if own or size < LONG else 2 if size < LONGER else 3
        # One error changes at most two letter counts by one, which rules out most words cheaply.
        unlike = np.abs(self.letters - np.array(letters_in(word), np.int8)).sum(axis=1)
        near = []
        for place in np.flatnonzero(unlike <= 2 * most).tolist():
            # Lybia: an anagram may have two errors in a short word too.
            allowed = most if unlike[place] or own else max(most, 2)
            number = slips(word, self.words[place], allowed)
            if number <= allowed and self.counts[self.words[place]] > own * TIMES:
                near.append((number, place))
        if not own:
            near += [(1, place) for place, other in enumerate(self.words) if other.startswith(word)][:1]
        return self.words[min(near)[1]] if near else None

    def corrected(self, text: str) -> str | None:
        """Return ``text`` with unknown words corrected, None if nothing changes.

        Quotation marks, operators and known words stay. "Resolution 2774" more likely means a symbol than words of a
        title.
        """
        if numbered := NUMBERED.fullmatch(text.strip()):
            return numbered[1]
        if looks_like_symbol(text) or len(WORDS.findall(text)) > MOST_WORDS:
            return None
        changed = WORD.sub(lambda found: self._meant(found[0]), text)
        return None if changed == text else changed

    def _meant(self, written: str) -> str:
        """Return a word, corrected if necessary."""
        folded = fold(written)
        return written if folded == OPERATOR else self.nearest(folded) or written


def letters_in(word: str) -> list[int]:
    """Return the counts of the 26 letters in ``word``."""
    counts = [0] * 26
    for letter in word:
        counts[ord(letter) - ord("a")] += 1
    return counts


@lru_cache(maxsize=CACHED_VERSIONS)
def vocabulary_of(record: Record) -> Vocabulary:
    """Return the vocabulary of a record, built on first use."""
    return Vocabulary.of(record)
