"""Topics of a text by the rules of ``data/subjects.csv``: its subject headings, its agenda item and its title.

``data/README.md`` documents the kinds of rule and their precedence. The table is read once a process.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

FOLDER = settings.BASE_DIR / "data"
COLUMNS = ("kind", "pattern", "topics")
KINDS = ("category", "heading", "place", "words")

REST = "un-institutions"
"""The topic that a text gets only where it has no other."""
MEMBERSHIP = "un-membership"
"""The topic of texts that name a state only to admit it or to say who represents it: in them no place counts."""

WORD = re.compile(r"[a-z0-9]+")
PATTERN = re.compile(r"[a-z0-9]+\*?")
BRACKETED = re.compile(r"\[\d+\] *")
"""What the library writes before a heading that it adds to an agenda item: ``[6] HUMAN RIGHTS--IRAN``."""


class SubjectsError(Exception):
    """A row of a table that cannot be used; the message says where it is, what is wrong and what to do."""

    def __init__(self, message: str, *, file: str, line: int, column: str = "") -> None:
        place = ", ".join(filter(None, [file, f"line {line}", f"column {column}" if column else ""]))
        super().__init__(f"{place}: {message}")


class Rule(NamedTuple):
    """A sequence of words, or stems written with ``*``, and the topics it stands for."""

    words: list[str]
    topics: frozenset[str]
    is_place: bool
    has_stem: bool

    def ends(self, words: list[str], start: int) -> int:
        """Return where the pattern that begins at ``start`` ends in ``words``, 0 where it is not there."""
        end = start + len(self.words)
        found = words[start:end]
        if found == self.words:
            return end
        if not self.has_stem or len(found) < len(self.words):
            return 0
        for part, word in zip(self.words, found, strict=True):
            if not (word.startswith(part[:-1]) if part[-1] == "*" else word == part):
                return 0
        return end


class TopicMatch(NamedTuple):
    """The topics that a text's words stand for, apart from those that names of places do."""

    topics: frozenset[str]
    places: frozenset[str]


@dataclass
class Table:
    """The rules of ``subjects.csv``."""

    categories: frozenset[str]
    headings: Mapping[str, frozenset[str]]
    """Topics by heading, in capitals."""
    exact: Mapping[str, list[Rule]]
    """Rules by their first word, the longest first."""
    stems: list[tuple[str, Rule]]
    """Rules whose first word is a stem, with that stem."""
    _starting: dict[str, list[Rule]] = field(default_factory=dict)

    def starting(self, word: str) -> list[Rule]:
        """Return the rules that may begin with ``word``, the most specific first."""
        rules = self._starting.get(word)
        if rules is None:
            rules = [*self.exact.get(word, ()), *(rule for stem, rule in self.stems if word.startswith(stem))]
            rules.sort(key=_length, reverse=True)
            self._starting[word] = rules
        return rules

    def found(self, text: str) -> TopicMatch:
        """Return the topics of a text by its words; a pattern within a longer one that was found does not count."""
        words = WORD.findall(fold(text))
        topics: set[str] = set()
        places: set[str] = set()
        covered = 0
        for start, word in enumerate(words):
            for rule in self.starting(word):
                if end := rule.ends(words, start):
                    if end > covered:
                        covered = end
                        (places if rule.is_place else topics).update(rule.topics)
                    break
        return TopicMatch(frozenset(topics), frozenset(places))

    def of_heading(self, heading: str) -> TopicMatch:
        """Return the topics of a heading: by its rule, by that of the next heading above it, or by its words."""
        above = heading.upper().replace("–", "--")  # Readers see the dash, and editors may write it.
        while above:
            if (topics := self.headings.get(above)) is not None:
                return TopicMatch(topics, frozenset())
            above = above.rpartition("--")[0]
        return self.found(heading)


def _length(rule: Rule) -> tuple[int, int]:
    """Return what the most specific pattern has most of: words, then letters."""
    return len(rule.words), sum(map(len, rule.words))


def load(folder: Path = FOLDER) -> Table:
    """Return the rules of ``subjects.csv`` in ``folder``, whose topics are those of ``topics.csv`` there.

    Raises SubjectsError, with file, line and column, for a row that cannot be used.
    """
    with (folder / "topics.csv").open(encoding="utf-8", newline="") as file:
        slugs = frozenset(row["slug"] for row in csv.DictReader(file))
    categories: set[str] = set()
    headings: dict[str, frozenset[str]] = {}
    rules: dict[tuple[str, ...], Rule] = {}
    for line, kind, pattern, cell in _rows(folder / "subjects.csv"):

        def unusable(column: str, message: str, line: int = line) -> SubjectsError:
            return SubjectsError(message, file="subjects.csv", line=line, column=column)

        if kind not in KINDS:
            raise unusable("kind", f"unknown kind of rule “{kind}”; the kinds are {', '.join(KINDS)}.")
        topics = frozenset(cell.split())
        if unknown := sorted(topics - slugs):
            raise unusable("topics", f"unknown topic “{unknown[0]}”; add it to topics.csv, or correct the slug.")
        words = tuple(PATTERN.findall(fold(pattern)))
        if not words:
            raise unusable("pattern", "the pattern has no words; write the words to look for.")
        twice = f"“{pattern}” already has a rule; list each pattern once, with all its topics."
        if kind in ("words", "place"):
            if words in rules:
                raise unusable("pattern", twice)
            rules[words] = Rule([*words], topics, kind == "place", any(word[-1] == "*" for word in words))
            continue
        heading = pattern.upper()
        if heading in headings or heading in categories:
            raise unusable("pattern", twice)
        if kind == "heading":
            headings[heading] = topics
        elif topics:
            raise unusable("topics", "a category has no topics; leave the cell empty.")
        else:
            categories.add(heading)
    exact: dict[str, list[Rule]] = {}
    for rule in rules.values():
        exact.setdefault(rule.words[0], []).append(rule)
    stems = [(word[:-1], rule) for word, some in exact.items() if word[-1] == "*" for rule in some]
    return Table(frozenset(categories), headings, exact, stems)


def _rows(path: Path) -> Iterator[tuple[int, str, str, str]]:
    """Yield the line and the cells of each row."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != COLUMNS:
            raise SubjectsError(f"the columns should be {', '.join(COLUMNS)}.", file=path.name, line=1)
        for cells in rows:
            if len(cells) != len(COLUMNS):
                raise SubjectsError(f"a row has {len(COLUMNS)} cells.", file=path.name, line=rows.line_num)
            kind, pattern, topics = cells
            yield rows.line_num, kind, pattern, topics


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the rules of the project's own table."""
    return load()


def subject_headings(subjects: Iterable[str]) -> tuple[str, ...]:
    """Return the subject headings among ``subjects``, each once: none where they are categories.

    A few files state the broad categories that a text falls under in the place of its headings. They name things that
    the text is not on, so that none of them is a heading of its.
    """
    headings = tuple(dict.fromkeys(subjects))
    return () if table().categories.intersection(map(str.upper, headings)) else headings


def topics_of(*, subjects: Iterable[str] = (), agenda: str = "", title: str = "") -> tuple[str, ...]:
    """Return the slugs of the topics of a text, sorted, by ``data/subjects.csv``; none where no rule fits.

    ``subjects`` are subject headings as the UN Digital Library writes them, ``agenda`` the title of the agenda item,
    or several separated by ``|``. Raises SubjectsError where the table cannot be used.
    """
    found = [*map(_of_heading, subject_headings(subjects)), *_of_agenda(agenda), _of_title(title)]
    topics = {topic for some in found for topic in some.topics}
    if MEMBERSHIP not in topics:
        topics.update(topic for some in found for topic in some.places)
    if len(topics) > 1:
        topics.discard(REST)
    return tuple(sorted(topics))


@lru_cache(maxsize=4096)
def _of_heading(heading: str) -> TopicMatch:
    return table().of_heading(heading)


@lru_cache(maxsize=4096)
def _of_agenda(agenda: str) -> tuple[TopicMatch, ...]:
    """Return the topics of each part of an agenda item; some parts are headings, with a number before them."""
    parts = agenda.split("|")
    return tuple(
        table().of_heading(BRACKETED.sub("", part)) if BRACKETED.match(part) else table().found(part) for part in parts
    )


@lru_cache(maxsize=16384)
def _of_title(title: str) -> TopicMatch:
    """Return the topics of a title by its words; many texts share one."""
    return table().found(title)
