"""Parsing lists of state names, separated by commas, line ends or “and”, all of which can also occur within a name.

At each place the longest run of pieces that is a name is taken, so that “Trinidad and Tobago”, “Korea, Republic of”
and a name broken over lines are one. The number of pieces that are read is bounded, whatever is pasted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from votes.entry.names import NOT_LETTERS, SUGGESTED, key
from votes.entry.problems import Kind, Problem
from votes.entry.understood import Named

if TYPE_CHECKING:
    from votes.entry.names import NameMatch, Names
    from votes.entry.text import PlainText

MOST_PIECES = 2500
"""How many pieces of all lists of a text are read: 193 names on as many lines as they have words are fewer."""
MOST_SUGGESTED = 20
"""For how many unknown names the nearest are looked for."""
LONGEST_RUN = 12
"""How many pieces a name may be in."""
LOOKED_AHEAD = 5
"""In how many pieces after the end of a list a name is looked for that may belong to it."""
LOOKED_FOR = 60
"""In how many pieces a list without a heading is looked for."""
SHOWN = 60
"""How many characters of what was not understood are repeated in a message."""

ABBREVIATED = "".join(rf"(?<![ ,(\n]{word})" for word in ("dem", "rep", "fed", "isl", "plur", "bol", "st", "kgdm"))
SEPARATOR = re.compile(rf"[,;•·|\n\f]|{ABBREVIATED}\.(?=[ \n\f]|$)|(?<![a-z0-9-])(?:and|et|y)(?![a-z0-9-]| ?,)|&")
NONE = frozenset({"none", "nil", "noone", "nobody", "nostate", "nostates", "neant", "aucun", "ninguno", "ninguna"})
FIGURE = re.compile(r"[ (]{0,3}([0-9]{1,3})[ )]{0,3}")

# What stands between two pieces, the stronger first: several may.
ENDS_LIST, DIVIDES = ".", ",;•·|"
NEVER_IN_NAMES = ";•·|"
WORDS_BETWEEN = ("and", "et", "y")
"""In English, French and Spanish, between the last two names and within one; & is read as the first."""


@dataclass(slots=True)
class Piece:
    """What stands between two separators."""

    start: int
    end: int
    letters: str
    before: str
    """The separators before it: ``,``, ``\\n``, ``and``…"""


@dataclass(slots=True)
class Budget:
    """What is still to be spent on one text."""

    pieces: int = MOST_PIECES
    suggestions: int = MOST_SUGGESTED
    looked_up: int = 0
    """How many keys were looked up, for tests."""


@dataclass(slots=True)
class Reading:
    """What a list names, in its order, and with what problems."""

    named: list[Named] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    figure: int | None = None
    """A number that stands first, as in “Against: 18”."""
    end: int = 0
    """Where in the plain text the list ends; the rest of what was to be read is something else."""
    unknown: tuple[int, int] = (0, 0)
    """The number of the piece after what was last not known, and where in the plain text that began."""


class ListReader:
    """Reads lists of one text."""

    def __init__(self, text: PlainText, names: Names, budget: Budget, original: str) -> None:
        self.text, self.names, self.budget, self.original = text, names, budget, original
        self.cut: Problem | None = None
        """Where reading ended because there was too much."""

    def read(self, start: int, end: int) -> Reading:
        """Return the states named from ``start`` to ``end`` of the plain text, as far as it is a list."""
        reading = Reading(end=end)
        pieces = self._pieces(start, end)
        if pieces and (figure := FIGURE.fullmatch(self.text.text, pieces[0].start, pieces[0].end)):
            reading.figure = int(figure[1])
            del pieces[0]
        if pieces and pieces[0].letters in NONE:
            del pieces[0]
            if pieces:
                self._rest(reading, pieces, 0)
            return reading
        at = 0
        while at < len(pieces):
            at = self._step(reading, pieces, at)
        return reading

    def _pieces(self, start: int, end: int) -> list[Piece]:
        """Return the pieces that hold letters or figures, as many as the budget allows."""
        text = self.text.text
        pieces: list[Piece] = []
        before = ""
        while start <= end:
            if self.budget.pieces <= 0:
                if self.cut is None:
                    self.cut = Problem(Kind.TOO_LONG, self.text.place(start, min(end, start + SHOWN)))
                break
            self.budget.pieces -= 1
            match = SEPARATOR.search(text, start, end)
            stop = match.start() if match else end
            if letters := self._letters(start, stop):
                pieces.append(Piece(start, stop, letters, before))
                before = ""
            if not match:
                break
            before += match[0]
            start = match.end()
        return pieces

    def _letters(self, start: int, end: int) -> str:
        """Return the key of what stands there; of what is too long to be a name, only the beginning."""
        written = self.text.text[start : min(end, start + 2 * self.names.longest + 2)]
        return NOT_LETTERS.sub("", written) if written.isascii() else key(written)

    def _step(self, reading: Reading, pieces: list[Piece], at: int) -> int:
        """Take the name that begins with a piece, or note what is wrong; return where to go on."""
        before = pieces[at].before if at else ""
        divided = any(mark in before for mark in (*DIVIDES, *WORDS_BETWEEN, "&"))
        run, found = self._run(pieces, at)
        if found and (divided or ENDS_LIST not in before):
            if doubted := self._half(reading, pieces, at, at + run, found):
                return doubted
            self._name(reading, found, pieces[at].start, pieces[at + run - 1].end)
            return at + run
        if at and not divided:
            # After the end of a sentence or on a line of its own: what follows is no part of the list.
            return self._rest(reading, pieces, at)
        stop = self._unknown_until(pieces, at)
        first, last = pieces[at], pieces[stop - 1]
        if len(first.letters) > self.names.longest:
            self._not_understood(reading, first.start, pieces[-1].end)
            return self._rest(reading, pieces, at)
        self._unknown(reading, first.start, last.end)
        reading.unknown = (stop, first.start)
        return stop

    def _half(self, reading: Reading, pieces: list[Piece], at: int, end: int, found: NameMatch) -> int:
        """Note a name that may be the half of a longer one, which something interrupts; return where to go on, else 0.

        “Democratic / … / Republic of the Congo” is not the Congo, and neither is “Congo, Dem. Rep.”, whatever the
        other half was taken for.
        """
        if found.is_ambiguous:
            return 0
        letters, code = self._joined(pieces, at, end), found.codes[0]
        until, start = reading.unknown
        codes: tuple[str, ...] = ()
        if at and until == at:
            is_divided = any(mark in pieces[at].before for mark in DIVIDES)
            codes = self.names.longer(letters, code, before=pieces[at - 1].letters if is_divided else "")
        stop, begins = end, start if codes else pieces[at].start
        if not codes and end < len(pieces):
            between = pieces[end].before
            is_divided = any(mark in between for mark in DIVIDES)
            if (is_divided or set(between) == {"\n"}) and not self._run(pieces, end)[1]:
                codes = self.names.longer(letters, code, after=pieces[end].letters if is_divided else "")
                stop = self._unknown_until(pieces, end)
                if not is_divided and not (stop < len(pieces) and "," in pieces[stop].before):
                    stop = end  # the end of the list, more likely than the middle of a name
        if not codes:
            return 0
        if begins < pieces[at].start:
            reading.problems.pop()  # it is said of the whole
        details = {"text": self.said(begins, pieces[stop - 1].end)}
        place = self.text.place(begins, pieces[stop - 1].end)
        reading.problems.append(Problem(Kind.HALF_A_NAME, place, details, (*codes, code)[:SUGGESTED]))
        return stop

    def _joined(self, pieces: list[Piece], at: int, end: int) -> str:
        """Return the key of the pieces from ``at`` up to ``end`` as one name."""
        first, *others = pieces[at:end]
        return first.letters + "".join(_word_before(piece) + piece.letters for piece in others)

    def _run(self, pieces: list[Piece], at: int) -> tuple[int, NameMatch | None]:
        """Return how many pieces from ``at`` on are a name, and whose; one with a seat goes before a longer name."""
        keys: list[str] = []
        letters = ""
        for piece in pieces[at : at + LONGEST_RUN]:
            if keys:
                if any(mark in piece.before for mark in NEVER_IN_NAMES) or len(letters) > self.names.longest + 3:
                    break
                letters += _word_before(piece)
            letters += piece.letters
            keys.append(letters)
        second: tuple[int, NameMatch | None] = (0, None)
        for run in range(len(keys), 0, -1):
            self.budget.looked_up += 1
            found = self.names.find(keys[run - 1])
            if found and found.is_seated and not found.is_ambiguous:
                return (run, found) if run == 1 else self._unless_divided(pieces, at, keys, run, found)
            if found and not second[1]:
                second = run, found
        return second

    def _unless_divided(
        self, pieces: list[Piece], at: int, keys: list[str], run: int, found: NameMatch
    ) -> tuple[int, NameMatch | None]:
        """Return a run, or only what stands before its comma, where the rest of it is part of another name.

        “Peru, Republic of” is a name of Peru, but not before “Korea” on the next line.
        """
        if at + run >= len(pieces) or any(mark in pieces[at + run].before for mark in DIVIDES):
            return run, found
        for first in range(1, run):
            if "," in pieces[at + first].before:
                before = self.names.find(keys[first - 1])
                if before and before.is_seated and not before.is_ambiguous:
                    after, other = self._run(pieces, at + first)
                    if other and other.is_seated and first + after > run:
                        return first, before
        return run, found

    def _unknown_until(self, pieces: list[Piece], at: int) -> int:
        """Return where what begins at ``at`` and is no name ends: at a comma, or where a name begins."""
        length = len(pieces[at].letters)
        stop = at + 1
        while stop < len(pieces) and stop < at + LONGEST_RUN:
            piece = pieces[stop]
            length += len(piece.letters)
            if any(mark in piece.before for mark in (*DIVIDES, ENDS_LIST, "\f")) or self._run(pieces, stop)[1]:
                return stop
            if length > self.names.longest:
                return at + 1
            stop += 1
        return stop

    def _name(self, reading: Reading, found: NameMatch, start: int, end: int) -> None:
        """Take a name that is known; the problem is whose it is, or that it is no member's."""
        place = self.text.place(start, end)
        if found.is_ambiguous:
            details = {"text": self.said(start, end)}
            reading.problems.append(Problem(Kind.AMBIGUOUS, place, details, found.codes))
            return
        code = found.codes[0]
        reading.named.append(Named(code, place))
        electorate = self.names.electorate
        if code not in electorate.members:
            related = tuple(sorted(electorate.states[code].related & electorate.members))
            details = {"state": self.names.name(code), "code": code}
            suggestions = related or self._nearest(start, end)
            reading.problems.append(Problem(Kind.NOT_A_MEMBER, place, details, suggestions))

    def _unknown(self, reading: Reading, start: int, end: int) -> None:
        details = {"text": self.said(start, end)}
        place = self.text.place(start, end)
        reading.problems.append(Problem(Kind.UNKNOWN, place, details, self._nearest(start, end)))

    def _not_understood(self, reading: Reading, start: int, end: int) -> None:
        details = {"text": self.said(start, end)}
        reading.problems.append(Problem(Kind.NOT_UNDERSTOOD, self.text.place(start, end), details))

    def _rest(self, reading: Reading, pieces: list[Piece], at: int) -> int:
        """End the list before a piece, with a note where a name of the list may follow; return where to go on."""
        reading.end = pieces[at].start
        # A full stop and a blank line end a list for certain; a list under a heading that is none may follow.
        is_over = {".", "\f"} <= set(pieces[at].before)
        for place in range(at, min(at + LOOKED_AHEAD, len(pieces))):
            run, found = self._run(pieces, place)
            if found and (
                self._begins_list(pieces, place, place + run)
                or (not is_over and _may_be_listed(pieces, at, place, place + run))
            ):
                details = {"state": self.names.name(found.codes[0])}
                where = self.text.place(pieces[place].start, pieces[place + run - 1].end)
                reading.problems.append(Problem(Kind.NAME_AFTER_END, where, details))
                break
        return len(pieces)

    def _begins_list(self, pieces: list[Piece], place: int, end: int) -> bool:
        """Tell whether a name begins a line and another one follows after a comma."""
        if not set(pieces[place].before) <= set("\n\f;") or end >= len(pieces) or "," not in pieces[end].before:
            return False
        return self._run(pieces, end)[1] is not None

    def has_list(self, start: int, end: int) -> bool:
        """Tell whether two names with a comma between them stand from ``start`` to ``end`` of the plain text."""
        pieces = self._pieces(start, end)[:LOOKED_FOR]
        for place in range(len(pieces) - 1):
            run, found = self._run(pieces, place)
            after = place + run
            if found and after < len(pieces) and "," in pieces[after].before and self._run(pieces, after)[1]:
                return True
        return False

    def is_name(self, start: int, end: int) -> bool:
        """Tell whether a name stands at ``start`` of the plain text."""
        pieces = self._pieces(start, end)
        return bool(pieces) and self._run(pieces, 0)[1] is not None

    def _nearest(self, start: int, end: int) -> tuple[str, ...]:
        """Return the codes of the members with the nearest names, for the first few that are asked for."""
        if self.budget.suggestions <= 0:
            return ()
        self.budget.suggestions -= 1
        return self.names.nearest(self._letters(start, end))

    def said(self, start: int, end: int) -> str:
        """Return what stands there as it was pasted, on one line and cut where it is long."""
        place = self.text.place(start, end)
        said = " ".join(self.original[place.start : min(place.end, place.start + 4 * SHOWN)].split())
        return said if len(said) <= SHOWN else f"{said[: SHOWN - 1]}…"


def _word_before(piece: Piece) -> str:
    """Return the word between a piece and the one before, as it is part of a name’s key."""
    return next((word for word in WORDS_BETWEEN if word in piece.before), "and" if "&" in piece.before else "")


def _may_be_listed(pieces: list[Piece], at: int, place: int, end: int) -> bool:
    """Tell whether a name at ``place`` may belong to the list that ended before ``at``, and is not one in a speech."""
    if place == at:
        return True
    if place == at + 1 and "," in pieces[place].before and pieces[at].before == "\n":
        return True
    alone = set("\n\f")
    return set(pieces[place].before) <= alone and (end >= len(pieces) or set(pieces[end].before) <= alone)
