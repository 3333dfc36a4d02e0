"""The index of subjects, with their numbers of texts, and related subjects."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from resolutions.text import fold
from web.lists.search import spaced, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from votes.record.record import Record


class SubjectEntry(NamedTuple):
    """An entry of the index."""

    slug: str
    name: str
    texts: int


def subject_entries(record: Record, words: str = "") -> list[SubjectEntry]:
    """Return subjects sorted by name; with ``words``, those whose names contain words beginning with each."""
    begun = [f" {word}" for word in words_of(words)]
    entries = [SubjectEntry(slug, record.subjects[slug].name, texts) for slug, texts in record.texts_by_subject.items()]
    return [one for one in entries if all(word in spaced(one.name) for word in begun)]


def by_letter(subjects: Iterable[SubjectEntry]) -> list[tuple[str, list[SubjectEntry]]]:
    """Group subjects, sorted by name, by first letter; digits form one group."""
    return [(letter, [*some]) for letter, some in groupby(subjects, key=_letter)]


def _letter(subject: SubjectEntry) -> str:
    """Return the index letter of a subject."""
    first = fold(subject.name)[:1].upper()
    return first if first.isalpha() else "0–9"


def most_frequent(subjects: Sequence[SubjectEntry], number: int) -> list[SubjectEntry]:
    """Return the subjects with the most texts, ties by name."""
    return sorted(subjects, key=lambda one: -one.texts)[:number]


def related(record: Record, slug: str) -> list[SubjectEntry]:
    """Return the other subjects with the same main heading (the part before the first dash)."""
    main = _main(record.subjects[slug].name)
    return [one for one in subject_entries(record) if one.slug != slug and _main(one.name) == main]


def _main(name: str) -> str:
    """Return the main heading of a subject."""
    return name.partition("–")[0]


def topics_with_texts(record: Record) -> list[tuple[str, str, int]]:
    """Return (slug, name, number of texts) of each topic with texts, sorted by name."""
    register = record.register
    counts = register.count_topics(register.groups.sizes(register.decisive))
    return [(slug, name, counts[slug]) for slug, name in record.topics.items() if counts[slug]]


def texts_with_subjects(record: Record) -> list[tuple[str, int, int]]:
    """Return (body, texts with a subject, all texts) for each body with texts."""
    register = record.register
    has_any = register.on_subjects(register.subjects.values)
    counts = []
    for code, name in record.bodies.items():
        texts = register.decisive & register.bodies.are(code)
        if texts.any():
            counts.append((name, int((texts & has_any).sum()), int(texts.sum())))
    return counts
