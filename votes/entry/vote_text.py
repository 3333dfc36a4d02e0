"""Parser of a pasted vote from a verbatim record or a press release."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resolutions.text import fold
from votes.entry import sentences
from votes.entry.lists import Budget, ListReader
from votes.entry.problems import Kind, Problem
from votes.entry.text import plain
from votes.entry.understood import ANNOUNCED, LETTERS, Announcement, Intent, ListOfStates, Named, Understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from votes.entry.lists import Reading
    from votes.entry.names import Names
    from votes.entry.sentences import Announced, SaidIntent
    from votes.entry.text import PlainText
    from votes.entry.understood import Letter

MOST_HEADINGS = 60
"""How many headings are read: one vote has four."""

S = r"[ \n\f]"
LINE_START = r"(?<=[\n\f])"
BEFORE_COLON = rf"(?={S}?:)"
WORDS = (
    rf"(?:(?P<Y>in{S}favou?r|{LINE_START}yes|(?:votent|ont{S}vote){S}pour|{LINE_START}pour{BEFORE_COLON}|en{S}faveur"
    rf"|(?:vot(?:os|an|aron){S})?a{S}favor)"
    rf"|(?P<N>against|{LINE_START}no(?![tn])|(?:votent|ont{S}vote){S}contre|{LINE_START}contre{BEFORE_COLON}"
    rf"|(?:vot(?:os|an|aron){S})?en{S}contra)"
    rf"|(?P<A>abstain(?:ing|ed|s)?|abstentions?|s'abstiennent|se{S}sont{S}abstenus|abstencion(?:es)?|se{S}abst(?:ienen|uvieron))"
    rf"|(?P<X>absents?(?:{S}(?:or|and){S}not{S}voting)?|non-?{S}?voting|not{S}voting|did{S}not{S}vote"
    rf"|not{S}participating(?:{S}in{S}the{S}vot(?:e|ing))?|not{S}present|n'ont{S}pas{S}(?:vote|participe{S}au{S}vote)"
    rf"|ne{S}participent{S}pas(?:{S}au{S}vote)?|ausentes|no{S}(?:votan|votaron|participan(?:{S}en{S}la{S}votacion)?)))"
)
# With a colon anywhere; with a dash, or nothing, at the start of a line.
HEADING = re.compile(
    rf"(?=[adeinopsvy])(?<![a-z0-9'-]){WORDS}(?P<again>{S}\((?:continued|cont(?:\.|'d)?|suite|continuacion)\))?"
    rf"(?:{S}?(?:\((?P<figure>[0-9]{{1,3}})\)|[–-]?{S}?(?P<bare>[0-9]{{1,3}})))?{S}?"
    r"(?::|(?P<dash>[–-])|(?P<line>(?=[\n\f])|(?<=[\n\f])))"
)
# A short line, or the beginning of one, with a colon: a heading that is none of the known ones if a name follows.
LIKE_HEADING = re.compile(r"(?:(?<=[\n\f])|(?<=\.[ \n]))(?P<words>[^\n\f:.,;]{2,30}):(?=[ \n\f])")
TAKEN = re.compile(rf"vote{S}was{S}(?:then{S})?taken|procede{S}(?:a{S}un|au){S}vote|procede{S}a{S}(?:una{S})?votacion")
AFTER_HEADING = 120
"""In how many characters after a heading its first name ends."""
BEFORE_HEADING = 3000
"""In how many characters before the first heading a list without one is looked for."""

BALLOT = re.compile(rf"\b(?:secret{S}ballot|ballot{S}papers|invalid{S}ballots|valid{S}ballots)\b")


def understand(text: str, names: Names) -> Understood:
    """Return what ``text`` says of one roll call of the electorate of ``names``.

    Takes time and memory linear in the length of the text, whatever is in it: where there are more headings, names
    or sentences than one vote can have, the rest is not read, and a problem says so.
    """
    return _Reader(text, names).understood()


@dataclass
class _Heading:
    """A heading in the plain text, and what stands under it."""

    choice: Letter
    start: int
    end: int
    again: bool
    figure: int | None
    until: int = 0
    is_before_heading: bool = False
    """Whether what follows the list is another heading."""


@dataclass
class _List:
    """A list while it is put together."""

    choice: Letter
    start: int
    end: int
    named: list[Named] = field(default_factory=list)


class _Reader:
    """What is read off one text, step by step."""

    def __init__(self, text: str, names: Names) -> None:
        self.names = names
        self.plain: PlainText = plain(text)
        self.budget = Budget()
        self.reader = ListReader(self.plain, names, self.budget, text)
        self.lists: dict[Letter, _List] = {}
        self.figures: list[Announcement] = []
        self.problems: list[Problem] = []

    def understood(self) -> Understood:
        announced, too_many = sentences.announcements(self.plain)
        said, too_many_said = sentences.intents(self.plain)
        headings, too_many_headings = self._headings([*announced, *said])
        self._look_before(headings)
        for heading in headings:
            self._read(heading)
        if not headings:
            self._read_brackets(announced)
        lists = tuple(self._list(found) for found in self.lists.values())
        corrections = tuple(self._intents(said))
        announcements = tuple(sorted((*(one.announcement for one in announced), *self.figures), key=lambda a: a.place))
        resolutions, drafts = sentences.symbols(self.plain, announced)
        choices = self._choices(lists)
        result = Understood(
            lists=lists,
            announcements=announcements,
            resolutions=resolutions,
            drafts=drafts,
            corrections=corrections,
            choices=choices,
            not_mentioned=self._not_mentioned(lists),
            problems=(),
        )
        self.problems += self._of_figures(result, has_headings=bool(headings))
        self.problems += self._of_sentences(result)
        self.problems += _of_corrections(result, self.names)
        cuts = [cut for cut in (too_many, too_many_said, too_many_headings) if cut is not None]
        if self.reader.cut or cuts:
            end = len(self.plain.text)
            self.problems.append(self.reader.cut or Problem(Kind.TOO_LONG, self.plain.place(min(cuts), end)))
        if not lists and (ballot := BALLOT.search(self.plain.text)):
            self.problems.append(Problem(Kind.BALLOT, self.plain.place(*ballot.span())))
        elif not lists and not announcements:
            self.problems.append(Problem(Kind.NOTHING))
        ordered = sorted(self.problems, key=lambda problem: problem.place or (sys.maxsize, sys.maxsize))
        return replace(result, problems=tuple(ordered))

    def _headings(self, sentences_found: list[Announced | SaidIntent]) -> tuple[list[_Heading], int | None]:
        """Return the headings, each with where what stands under it ends, and where reading them ended."""
        found: list[_Heading] = []
        too_many = None
        for match in HEADING.finditer(self.plain.text):
            starts_line = self.plain.text[match.start() - 1] in "\n\f"
            if (match["dash"] or match["line"] is not None) and not starts_line:
                continue
            if len(found) >= MOST_HEADINGS:
                too_many = match.start()
                break
            choice = next(letter for letter in LETTERS if match[letter])
            figure = match["figure"] or match["bare"]
            again = match["again"] is not None
            found.append(_Heading(choice, match.start(), match.end(), again, int(figure) if figure else None))
        unknown = self._unknown_headings(found)
        cuts = sorted(
            [(heading.start, True) for heading in found]
            + [(start, False) for start in unknown]
            + [(one.cut, False) for one in sentences_found]
            + [(len(self.plain.text) if too_many is None else too_many, False)]
        )
        for heading in found:
            heading.until, heading.is_before_heading = next(cut for cut in cuts if cut[0] >= heading.end)
        return found, too_many

    def _unknown_headings(self, known: list[_Heading]) -> list[int]:
        """Return where lines begin that look like headings with a list under them, and are none; note each."""
        places = {heading.end for heading in known}
        found: list[int] = []
        for number, match in enumerate(LIKE_HEADING.finditer(self.plain.text)):
            if number >= MOST_HEADINGS:
                break
            is_known = any(match.start() < end <= match.end() for end in places)
            if is_known or not self.reader.is_name(match.end(), match.end() + AFTER_HEADING):
                continue
            details = {"text": self.reader.said(*match.span())}
            self.problems.append(Problem(Kind.HEADING_UNKNOWN, self.plain.place(*match.span()), details))
            found.append(match.start())
        return found

    def _look_before(self, headings: list[_Heading]) -> None:
        """Note a list that stands between the words that a vote was taken and the first heading."""
        if not headings or any(problem.kind == Kind.HEADING_UNKNOWN for problem in self.problems):
            return
        first = headings[0].start
        taken = [match.end() for match in TAKEN.finditer(self.plain.text, max(first - BEFORE_HEADING, 0), first)]
        if taken and self.reader.has_list(taken[-1], first):
            self.problems.append(Problem(Kind.NO_HEADING, self.plain.place(taken[-1], first)))

    def _read(self, heading: _Heading) -> None:
        place = self.plain.place(heading.start, heading.end)
        known = self.lists.get(heading.choice)
        if known and not heading.again:
            self.problems.append(Problem(Kind.HEADING_TWICE, place, {"choice": heading.choice}))
            return
        reading = self.reader.read(heading.end, heading.until)
        figure = heading.figure if reading.figure is None else reading.figure
        if figure is not None:
            self.figures.append(Announcement(place, {heading.choice: figure}))
        self._take(reading)
        if reading.end < heading.until and heading.is_before_heading:
            self._not_understood(reading.end, heading.until)
        if figure is not None and not reading.named and not reading.problems and not known:
            return  # a table of figures, and no list
        known = self.lists.setdefault(heading.choice, _List(heading.choice, heading.start, heading.end))
        known.named += reading.named

    def _read_brackets(self, announced: Iterable[Announced]) -> None:
        for one in announced:
            for choice, start, end in one.states:
                if choice not in self.lists:
                    reading = self.reader.read(start, end)
                    self._take(reading)
                    self.lists[choice] = _List(choice, start, end, reading.named)

    def _take(self, reading: Reading) -> None:
        self.problems += reading.problems

    def _not_understood(self, start: int, end: int) -> None:
        details = {"text": self.reader.said(start, end)}
        self.problems.append(Problem(Kind.NOT_UNDERSTOOD, self.plain.place(start, end), details))

    def _list(self, found: _List) -> ListOfStates:
        """Return a list with each state once; note those named twice."""
        once: dict[str, Named] = {}
        for named in found.named:
            if once.setdefault(named.code, named) is not named:
                details = self._details(named.code, choice=found.choice)
                self.problems.append(Problem(Kind.NAMED_TWICE, named.place, details))
        return ListOfStates(found.choice, self.plain.place(found.start, found.end), tuple(once.values()))

    def _choices(self, lists: Iterable[ListOfStates]) -> dict[str, Letter]:
        """Return the choices of the members in one list; note those in two."""
        said: dict[str, list[tuple[Letter, Named]]] = defaultdict(list)
        for found in lists:
            for named in found.named:
                said[named.code].append((found.choice, named))
        for code, several in said.items():
            first = several[0][0]
            for choice, named in several[1:]:
                details = self._details(code, choice=choice, other=first)
                self.problems.append(Problem(Kind.IN_TWO_LISTS, named.place, details))
        members = self.names.electorate.members
        return {code: one[0][0] for code, one in said.items() if len(one) == 1 and code in members}

    def _not_mentioned(self, lists: Iterable[ListOfStates]) -> tuple[str, ...]:
        mentioned = {named.code for found in lists for named in found.named}
        missing = self.names.electorate.members - mentioned
        return tuple(sorted(missing, key=lambda code: (fold(self.names.name(code)), code)))

    def _intents(self, said: Iterable[SaidIntent]) -> Iterator[Intent]:
        """Yield what each delegation says it had intended."""
        for one in said:
            sentence = self.plain.place(one.start, one.end)
            if one.names is None or one.intended is None:
                self._not_understood(one.start, one.end)
                continue
            reading = self.reader.read(*one.names)
            self._take(reading)
            for named in reading.named:
                yield Intent(named.code, one.intended, named.place, sentence)

    def _of_figures(self, result: Understood, *, has_headings: bool) -> Iterator[Problem]:
        """Yield where announced figures differ among themselves, and from what was counted."""
        first: dict[Letter, int] = {}
        for announcement in result.announcements:
            for choice, number in announcement.figures.items():
                if first.setdefault(choice, number) != number:
                    details = {"choice": choice, "number": number, "other_number": first[choice]}
                    yield Problem(Kind.TOTALS_DIFFER, announcement.place, details)
        lists = {found.choice: found for found in result.lists}
        for choice in ANNOUNCED if lists else ():
            announced, found = result.announced.get(choice), lists.get(choice)
            if announced is None or (found is None and not has_headings):
                continue
            counted = len(found.named) if found else 0
            if counted != announced:
                says = (one for one in result.announcements if choice in one.figures)
                place = found.heading if found else next(says).place
                details = {
                    "choice": choice,
                    "announced": announced,
                    "counted": counted,
                    "difference": counted - announced,
                }
                yield Problem(Kind.TOTAL, place, details)

    def _of_sentences(self, result: Understood) -> Iterator[Problem]:
        """Yield where sentences say two results, and where there is more than one symbol to choose from."""
        results = [one for one in result.announcements if one.result]
        for one in results[1:]:
            if one.result != results[0].result:
                yield Problem(Kind.RESULTS_DIFFER, one.place)
        for written in (result.resolutions, result.drafts):
            several = list(dict.fromkeys(one.symbol for one in written))
            if len(several) > 1:
                other = next(one for one in written if one.symbol != several[0])
                yield Problem(Kind.SYMBOLS_DIFFER, other.place, {"symbols": ", ".join(several[:5])})

    def _details(self, code: str, **details: str) -> dict[str, str | int]:
        return {"state": self.names.name(code), "code": code, **details}


def _of_corrections(result: Understood, names: Names) -> Iterator[Problem]:
    """Yield corrections to what is listed, and second ones of a state that differ from the first."""
    first: dict[str, Letter] = {}
    for intent in result.corrections:
        details: dict[str, str | int] = {"state": names.name(intent.code), "code": intent.code}
        if first.setdefault(intent.code, intent.intended) != intent.intended:
            yield Problem(Kind.CORRECTED_TWICE, intent.place, details)
        elif result.choices.get(intent.code) == intent.intended:
            details["choice"] = intent.intended
            yield Problem(Kind.CORRECTED_TO_THE_SAME, intent.place, details)
