"""Files of a comparison: one long table as CSV, and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votes.analysis.pairs import POSITIONS
from votes.record.choices import POSITION_WORDS
from votes.reports.comparison import MINIMUM, rests_on, shown
from web.display.measures import MEASURES
from web.files.tables import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from votes.analysis.pairs import Agreement, Table
    from votes.periods import Period
    from votes.reports.comparison import Comparison, Pair

HEADER = ("one", "other", "scope", "value", "roll_calls", "agreement", "lijphart", "coincident", "coincidence", "kappa")


def scopes(pair: Pair, comparison: Comparison) -> Iterator[tuple[str, str, Agreement]]:
    """Yield the scopes of a pair's measures: overall, the preceding period, each year, each topic."""
    yield "overall", "", pair.overall
    if pair.before is not None:
        yield "preceding", "", pair.before
    for year, measured in zip(comparison.years, pair.years, strict=True):
        yield "year", str(year), measured
    for topic, measured in zip(comparison.topics, pair.topics, strict=True):
        yield "topic", topic, measured


def rows(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each pair and scope; measures based on too few roll calls are empty."""
    for pair in comparison.pairs:
        for scope, value, measured in scopes(pair, comparison):
            yield (pair.one.text, pair.other.text, scope, value, *_measures(measured).values())


def json_document(comparison: Comparison, preceding: Period | None) -> dict[str, Any]:
    """Return the parties, the pairs with their tables, and the roll calls on which parties differed."""
    matrix = comparison.record.matrix
    same, of = comparison.together
    place = {row: place for place, row in enumerate(comparison.rows.tolist())}
    divided = comparison.divided.tolist()
    taken = comparison.positions[:, [place[row] for row in divided]].T.tolist()
    slugs, dates = matrix.slugs[divided].tolist(), matrix.dates[divided].astype(str).tolist()
    texts = [party.text for party in comparison.parties]
    return {
        "minimum_roll_calls": MINIMUM,
        "roll_calls": len(comparison.rows),
        "preceding": preceding.as_filter if preceding else None,
        "spans_change_of_representation_of_china": comparison.spans_seat_of_china,
        "parties": [
            {"party": party.text, "names": list(party.names), "is_group": not party.is_state}
            for party in comparison.parties
        ],
        "in_both": [
            {"one": overlap.one.text, "other": overlap.other.text, "states": list(overlap.states)}
            for overlap in comparison.overlaps
        ],
        "all": {"roll_calls": of, "same": same},
        "pairs": [_pair(pair, comparison) for pair in comparison.pairs],
        "differed": [
            {
                "roll_call": slug,
                "date": date,
                "date_precision": comparison.record.day_of(row).precision,
                "positions": {text: POSITION_WORDS.get(choice) for text, choice in zip(texts, choices, strict=True)},
            }
            for row, slug, date, choices in zip(divided, slugs, dates, taken, strict=True)
        ],
    }


def _pair(pair: Pair, comparison: Comparison) -> dict[str, Any]:
    """Return a pair with its tables and measures."""
    by_scope: dict[str, list[dict[str, Any]]] = {"year": [], "topic": []}
    for scope, value, measured in scopes(pair, comparison):
        if scope in by_scope:
            by_scope[scope].append({scope: value, **_measures(measured)})
    return {
        "one": pair.one.text,
        "other": pair.other.text,
        "overall": {**_measures(pair.overall), "table": _table(pair.table)},
        "preceding": None
        if pair.before is None or pair.table_before is None
        else {**_measures(pair.before), "table": _table(pair.table_before)},
        "change": {name: rounded(pair.change(name)) for name in MEASURES},
        "years": by_scope["year"],
        "topics": by_scope["topic"],
    }


def _measures(measured: Agreement) -> dict[str, Any]:
    """Return the measures with their numbers of roll calls, in the order of ``HEADER``."""
    values = {name: rounded(shown(measured, name)) for name in MEASURES}
    return {
        "roll_calls": rests_on(measured, "agreement"),
        "agreement": values["agreement"],
        "lijphart": values["lijphart"],
        "coincident": rests_on(measured, "coincidence"),
        "coincidence": values["coincidence"],
        "kappa": values["kappa"],
    }


def _table(counts: Table) -> dict[str, dict[str, int]]:
    """Return the table of positions by label: the first party's, then the other's."""
    words = [POSITION_WORDS[choice] for choice in POSITIONS]
    return {word: dict(zip(words, line, strict=True)) for word, line in zip(words, counts.tolist(), strict=True)}
