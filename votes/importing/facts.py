"""Facts of roll calls as sources state them, and which recorded facts nobody else has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resolutions.symbols import parse_or_none
from votes.importing.edition import parse_votes
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.importing.edition import StatedRollCall
    from votes.importing.record import KnownStatement

SAME_NAME = (
    *("date_precision", "meeting", "ordinal", "kind", "method", "requirement", "result", "note", "difference_reason"),
    "reference",
)
"""What a stated roll call and one on record call the same."""
BLANK: tuple[Any, ...] = (None, "", [], "not-stated")


def announced(stated: StatedRollCall) -> dict[str, Any]:
    """Return the announced totals by the names of their fields."""
    return dict(zip(ANNOUNCED, stated.announced, strict=True))


def own_title(stated: StatedRollCall) -> str:
    """Return the title of what was put to the vote, empty where a file repeats that of the text.

    Plenary's own export, which gives the permanent name, says it as the record has it.
    """
    is_repeated = not stated.slug and stated.text is not None and stated.title == stated.text.title
    return "" if is_repeated else stated.title


def facts_of(stated: StatedRollCall) -> dict[str, Any]:
    """Return what the file says of a roll call and its text, without what it does not say."""
    facts: dict[str, Any] = {
        "date": stated.date.isoformat(),
        "session": stated.session,
        "title": own_title(stated),
        **{name: getattr(stated, name) for name in SAME_NAME if name != "reference"},
        "not_legible": list(stated.not_legible),
        "absences": "derived" if stated.absences_derived else None,
        **announced(stated),
    }
    if stated.text:
        facts |= {
            "symbol": stated.text.symbol.text,
            "text_title": stated.text.title,
            "agenda": stated.text.agenda,
            "topics": sorted(stated.text.topics),
            "drafts": spelled(stated.text.drafts),
            "subjects": list(stated.text.subjects),
        }
    return {name: value for name, value in facts.items() if value not in BLANK}


def spelled(symbols: Iterable[str]) -> list[str]:
    """Return symbols as the record has them: in the United Nations' spelling, each once, in the order of their keys."""
    by_key: dict[str, str] = {}
    for written in symbols:
        parsed = parse_or_none(written)
        text = parsed.text if parsed else " ".join(written.split())
        by_key.setdefault(parsed.key if parsed else text.upper(), text)
    return [text for _key, text in sorted(by_key.items())]


def fact(facts: Mapping[str, Any], name: str) -> Any:
    """Return one of the facts; a date is one with its precision."""
    return (facts["date"], facts["date_precision"]) if name == "date" else facts.get(name)


def is_new_date(said: tuple[str, str], recorded: tuple[str, str]) -> bool:
    """Tell whether a date says more or other than the record's: a month is no news about a day in it."""
    month_only = said[1] == "month" and recorded[1] == "day"
    return not (month_only and said[0][:7] == recorded[0][:7])


def quoted(value: Any) -> str:
    """Return a fact as the report shows it."""
    if isinstance(value, tuple):
        date, precision = value
        value = date[: {"year": 4, "month": 7}.get(precision, 10)]
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return "–" if value in BLANK else f"“{text[:80]}{'…' if len(text) > 80 else ''}”"


@dataclass(frozen=True, slots=True)
class Before:
    """What was said of a roll call before a new edition speaks of it: the base of the three-way comparison."""

    last: KnownStatement | None
    """By the edition before, of the same source and layout; None where it is spoken of for the first time."""
    newer: Sequence[KnownStatement]
    """By newer editions of the same source, in other layouts."""
    said: Sequence[KnownStatement]
    """By all sources."""
    precedence: Mapping[int, int]

    def is_news(self, name: str, value: Any) -> bool:
        """Tell whether the new edition says a fact for the first time, or otherwise than the one before.

        What a newer edition of the source says as well is no news.
        """
        if any(name in said.facts for said in self.newer):
            return False
        return self.last is None or name not in self.last.facts or fact(self.last.facts, name) != value

    def is_untouched(self, name: str, recorded: Any) -> bool:
        """Tell whether a fact is on record as the best source of those that state it has said, or is by nobody."""
        stating = self._best([said for said in self.said if name in said.facts])
        return any(fact(said.facts, name) == recorded for said in stating) if stating else recorded in BLANK

    def votes(self, recorded: str) -> list[dict[str, str]]:
        """Return the votes by state of the best source with any; nothing where those on record are by nobody."""
        stating = self._best([said for said in self.said if said.votes])
        return [parse_votes(said.votes) for said in stating] if stating or recorded else [{}]

    def has_same_votes(self, recorded: str) -> bool:
        """Tell whether all votes on record are as the best source with any has said, or there are none."""
        return not recorded or parse_votes(recorded) in self.votes(recorded)

    def _best(self, stating: Sequence[KnownStatement]) -> list[KnownStatement]:
        """Return the statements of the source that goes before the others."""
        best = min((self.precedence[said.source] for said in stating), default=None)
        return [said for said in stating if self.precedence[said.source] == best]
