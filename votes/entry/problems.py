"""Problems found in a pasted text: a kind with its details, and one sentence for each kind.

Sentences are made when they are shown, so that they can be translated: ``message`` takes what translates them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from votes.entry.text import Place


class Kind(StrEnum):
    """What may be wrong."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    HALF_A_NAME = "half-a-name"
    NOT_A_MEMBER = "not-a-member"
    NAMED_TWICE = "named-twice"
    IN_TWO_LISTS = "in-two-lists"
    HEADING_TWICE = "heading-twice"
    HEADING_UNKNOWN = "heading-unknown"
    NO_HEADING = "no-heading"
    NOT_UNDERSTOOD = "not-understood"
    NAME_AFTER_END = "name-after-end"
    TOTAL = "total"
    TOTALS_DIFFER = "totals-differ"
    RESULTS_DIFFER = "results-differ"
    SYMBOLS_DIFFER = "symbols-differ"
    CORRECTED_TWICE = "corrected-twice"
    CORRECTED_TO_THE_SAME = "corrected-to-the-same"
    TOO_LONG = "too-long"
    NOTHING = "nothing"
    BALLOT = "ballot"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with what its sentence needs; ``choice`` and ``other`` among the details are letters of choices."""

    kind: Kind
    place: Place | None = None
    """None where it is the whole text's."""
    details: Mapping[str, str | int] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    """Codes of states that may be meant, the nearest first."""


def gettext_noop(text: str) -> str:
    """Return ``text``; it marks a sentence to be translated where it is shown."""
    return text


SENTENCES: dict[Kind, str] = {
    Kind.UNKNOWN: gettext_noop("Unknown state: “%(text)s”."),
    Kind.AMBIGUOUS: gettext_noop("“%(text)s” could mean more than one state; write the name in full."),
    Kind.HALF_A_NAME: gettext_noop(
        "“%(text)s” may be parts of one name, so no vote was entered for it. Write the name in full."
    ),
    Kind.NOT_A_MEMBER: gettext_noop("%(state)s was not a member on that date; it was ignored."),
    Kind.NAMED_TWICE: gettext_noop("%(state)s is listed twice under “%(choice)s”; it was counted once."),
    Kind.IN_TWO_LISTS: gettext_noop(
        "%(state)s is listed under both “%(other)s” and “%(choice)s”; it was counted under neither."
    ),
    Kind.HEADING_TWICE: gettext_noop(
        "The heading “%(choice)s” appears twice; the second list was ignored. Paste one vote at a time."
    ),
    Kind.HEADING_UNKNOWN: gettext_noop(
        "Unknown heading: “%(text)s”. The list under it was not read. Correct the heading and read the text again."
    ),
    Kind.NO_HEADING: gettext_noop(
        "The list of states before the first heading was not read. Write its heading above it."
    ),
    Kind.NOT_UNDERSTOOD: gettext_noop("Not recognised, so ignored: “%(text)s”."),
    Kind.NAME_AFTER_END: gettext_noop(
        "The list was read up to here, but another name follows (%(state)s). Is a comma missing?"
    ),
    Kind.TOTAL: gettext_noop(
        "“%(choice)s”: %(announced)d announced, %(counted)d in the list, a difference of %(difference)+d."
    ),
    Kind.TOTALS_DIFFER: gettext_noop(
        "“%(choice)s”: %(number)d announced here, but %(other_number)d elsewhere in the text."
    ),
    Kind.RESULTS_DIFFER: gettext_noop("The text says “adopted” in one place and “not adopted” in another."),
    Kind.SYMBOLS_DIFFER: gettext_noop("The text names more than one symbol (%(symbols)s); none was used."),
    Kind.CORRECTED_TWICE: gettext_noop("The text gives two different intended votes for %(state)s."),
    Kind.CORRECTED_TO_THE_SAME: gettext_noop(
        "The text says that %(state)s had intended “%(choice)s”, but that is how it is already listed."
    ),
    Kind.TOO_LONG: gettext_noop("The text is too long for the lists of one vote; everything from here on was ignored."),
    Kind.BALLOT: gettext_noop(
        "This is a secret ballot or election, so there are no votes by name to enter. If a text was adopted, set the "
        "method of its vote to “secret ballot or election”."
    ),
    Kind.NOTHING: gettext_noop(
        "No list of states and no announced result found. Start each list with a heading such as “In favour:”."
    ),
}

CHOICES: dict[str, str] = {
    "Y": gettext_noop("In favour"),
    "N": gettext_noop("Against"),
    "A": gettext_noop("Abstaining"),
    "X": gettext_noop("Non-voting"),
}


def message(problem: Problem, translate: Callable[[str], str] = str) -> str:
    """Return the problem in a sentence, which ``translate`` puts from English into the reader's language."""
    details = dict(problem.details)
    for name in ("choice", "other"):
        if name in details:
            details[name] = translate(CHOICES[str(details[name])])
    return translate(SENTENCES[problem.kind]) % details
