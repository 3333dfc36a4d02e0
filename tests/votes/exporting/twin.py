"""The slow, obvious way of exporting: the ORM, one object at a time, and the csv module."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import TYPE_CHECKING, Any

from resolutions.models import Resolution
from votes.exporting.cells import safe
from votes.models import Correction, RollCall, Statement, Vote
from votes.reports.explanation import difference_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db import models

Row = dict[str, Any]


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    file = io.StringIO(newline="")
    # Python before 3.13 does not quote a carriage return alone.
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([cell(row[column]) for column in columns] for row in rows)
    return file.getvalue().encode()


def cell(value: Any) -> str:
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else str(value)


def as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def roll_call_row(roll_call: RollCall) -> Row:
    named = ("slug", "date", "date_precision", "meeting", "ordinal", "kind", "method", "requirement", "result")
    return {
        **{name: getattr(roll_call, name) or None for name in named},
        "symbol": roll_call.resolution.symbol if roll_call.resolution else None,
        "decisive": "yes" if roll_call.decisive else "no",
        "body": roll_call.body.code,
        "session": roll_call.session.code if roll_call.session else None,
        "title": roll_call.title or None,
        **figures(roll_call),
        "note": roll_call.note or None,
        "source": roll_call.source.slug,
        "source_reference": roll_call.source_reference or None,
        "heading": roll_call.heading,
        "difference_reason": difference_reason(roll_call) or None,
        "absences": "derived" if roll_call.absences_derived else None,
        "not_legible": " ".join(roll_call.not_legible) or None,
    }


def figures(roll_call: RollCall) -> Row:
    choices = [vote.choice for vote in roll_call.votes.all()]
    names = {"yes": "Y", "no": "N", "abstaining": "A", "non_voting": "X"}
    announced = {f"announced_{name}": getattr(roll_call, f"announced_{name}") for name in names}
    counted = {f"counted_{name}": choices.count(choice) if choices else None for name, choice in names.items()}
    return {**announced, **counted}


def resolution_row(resolution: Resolution) -> Row:
    others = [(other.kind, other.symbol) for other in resolution.other_symbols.all()]
    return {
        **{name: getattr(resolution, name) or None for name in ("symbol", "kind", "title", "agenda")},
        "body": resolution.body.code,
        "session": resolution.session.code if resolution.session else None,
        "topics": " ".join(sorted(topic.slug for topic in resolution.topics.all())) or None,
        "draft_symbols": "|".join(sorted(symbol for kind, symbol in others if kind == "draft")) or None,
        "other_symbols": "|".join(sorted(symbol for kind, symbol in others if kind == "variant")) or None,
        "subjects": "|".join(resolution.subjects) or None,
    }


def listed_resolution_row(roll_call: RollCall) -> Row:
    assert roll_call.resolution
    decided = {name: getattr(roll_call, name) for name in ("date", "date_precision", "method", "requirement", "result")}
    return {
        **resolution_row(roll_call.resolution), "roll_call": roll_call.slug, **decided, **figures(roll_call)
    }  # fmt: skip


def vote_row(vote: Vote) -> Row:
    roll_call = vote.roll_call
    return {
        "roll_call": roll_call.slug,
        "symbol": roll_call.resolution.symbol if roll_call.resolution else None,
        "date": roll_call.date,
        "state": vote.state.code,
        "state_name": vote.state.name_on(roll_call.date),
        "choice": vote.choice,
    }


def correction_row(correction: Correction) -> Row:
    return {
        "roll_call": correction.roll_call.slug,
        "state": correction.state.code,
        "intended": correction.intended,
        "reference": correction.reference or None,
    }


def statement_row(statement: Statement) -> Row:
    return {
        "roll_call": statement.roll_call.slug,
        "source": statement.source.slug,
        "format": statement.format,
        "reference": statement.reference,
        "symbol_key": statement.symbol_key or None,
        "facts": json.dumps(statement.facts, sort_keys=True, ensure_ascii=False),
        "votes": statement.votes or None,
        "edition": statement.edition,
    }


def votes_of(roll_calls: Iterable[RollCall]) -> Iterator[Row]:
    for roll_call in roll_calls:
        votes = roll_call.votes.select_related("roll_call__resolution", "state").prefetch_related("state__former_names")
        yield from map(vote_row, sorted(votes, key=lambda vote: vote.state.code))


def whole(table: str) -> list[Row]:
    """Return the rows of one of the tables of published records, in the table's order."""
    roll_calls = sorted(RollCall.objects.filter(status="published"), key=lambda roll_call: roll_call.slug)
    if table == "roll-calls":
        return [roll_call_row(roll_call) for roll_call in roll_calls]
    if table == "votes":
        return list(votes_of(roll_calls))
    if table == "resolutions":
        published = Resolution.objects.filter(status="published")
        return [resolution_row(r) for r in sorted(published, key=lambda r: (r.symbol_sort, r.symbol))]
    if table == "corrections":
        of_state = sorted(Correction.objects.filter(roll_call__in=roll_calls), key=lambda c: c.state.code)
        return [correction_row(c) for c in sorted(of_state, key=_slug)]
    said = sorted(Statement.objects.filter(roll_call__in=roll_calls), key=lambda s: (s.source.slug, s.format))
    return [statement_row(s) for s in sorted(said, key=_slug)]


def _slug(of: models.Model) -> str:
    return str(of.roll_call.slug)  # type: ignore[attr-defined]  # each of these belongs to one
