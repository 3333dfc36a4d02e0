"""Spelling corrections: the word of the record that is nearest to one that it does not have.

The vocabulary is what the record itself says: the words of published titles, and of the names of member states, blocs
and topics. Of words as near, the more frequent is meant, and of those the first by the alphabet.
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
"""How many letters a word has that is corrected."""
LONG, LONGER = 6, 9
"""From how many letters on a word may have two slips, and three; a shorter one may have one."""
TIMES = 10
"""How many times as frequent a word is than one of the record that is taken for a slip."""
MOST_WORDS = 8
"""How many words of a query are looked at."""

WORD = re.compile(r"[^\W\d_]+")
LETTERS = re.compile("[a-z]+")
NUMBERED = re.compile(r"(?i)resolution\s+(\S*\d\S*)")
OPERATOR = "or"
"""What the search reads as a sign and not as a word."""


def slips(one: str, other: str, most: int) -> int:
    """Return in how many slips ``one`` becomes ``other``, or ``most`` + 1 if it takes more than ``most``.

    A slip is a letter missing, added or wrong, or two neighbours the wrong way round, no part of the word being
    changed twice (the restricted Damerau-Levenshtein distance; Damerau, Communications of the ACM 7, 1964).
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
    """The words of a record, and in how many titles and names each stands."""

    counts: Mapping[str, int]

    @classmethod
    def of(cls, record: Record) -> Vocabulary:
        """Return the vocabulary of a record."""
        counts: Counter[str] = Counter()
        # Texts come up again every year under the same title, which need be taken apart once.
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
        """Return the W words, the most frequent first, those as frequent by the alphabet."""
        return sorted(self.counts, key=lambda word: (-self.counts[word], word))

    @cached_property
    def letters(self) -> NDArray[np.int8]:
        """Return W x 26, how often each letter stands in each word."""
        return np.array([letters_in(word) for word in self.words], np.int8).reshape(-1, 26)

    def nearest(self, word: str) -> str | None:
        """Return the word that a folded one was most likely meant to be, None where none is near.

        What the word may only begin is as near as one slip. A word of the record is itself taken for a slip where
        another one is TIMES as frequent and one slip away: titles have their misprints too.
        """
        own, size = self.counts.get(word, 0), len(word)
        if not SHORTEST <= size <= LONGEST or not LETTERS.fullmatch(word) or (own and size < LONG):
            return None
        most = 1 if own or size < LONG else 2 if size < LONGER else 3
        # A slip changes at most two of the counts of letters by one: whatever differs more needs no closer look.
        unlike = np.abs(self.letters - np.array(letters_in(word), np.int8)).sum(axis=1)
        near = []
        for place in np.flatnonzero(unlike <= 2 * most).tolist():
            # Lybia: the letters are right, and so two may stand wrong in a short word too.
            allowed = most if unlike[place] or own else max(most, 2)
            number = slips(word, self.words[place], allowed)
            if number <= allowed and self.counts[self.words[place]] > own * TIMES:
                near.append((number, place))
        if not own:
            near += [(1, place) for place, other in enumerate(self.words) if other.startswith(word)][:1]
        return self.words[min(near)[1]] if near else None

    def corrected(self, text: str) -> str | None:
        """Return ``text`` with the words of the record for those that it does not have, None if nothing is to change.

        All else stays as it is typed: quotation marks, signs and known words. "Resolution 2774" may be words of a
        title, but is more likely meant as the symbol.
        """
        if numbered := NUMBERED.fullmatch(text.strip()):
            return numbered[1]
        if looks_like_symbol(text) or len(WORDS.findall(text)) > MOST_WORDS:
            return None
        changed = WORD.sub(lambda found: self._meant(found[0]), text)
        return None if changed == text else changed

    def _meant(self, written: str) -> str:
        """Return a word, corrected where need be."""
        folded = fold(written)
        return written if folded == OPERATOR else self.nearest(folded) or written


def letters_in(word: str) -> list[int]:
    """Return how often each of the 26 letters stands in ``word``."""
    counts = [0] * 26
    for letter in word:
        counts[ord(letter) - ord("a")] += 1
    return counts


@lru_cache(maxsize=CACHED_VERSIONS)
def vocabulary_of(record: Record) -> Vocabulary:
    """Return the vocabulary of a record, made when it is first asked for."""
    return Vocabulary.of(record)
