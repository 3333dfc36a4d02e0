"""Running all checks of the record, and updating the stored findings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from votes.models.imports import Finding
from votes.verification import blocs, electorate, plausibility, results, sources, symbols, totals
from votes.verification.finding import NewFinding, fit, one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from votes.models.imports import ImportRun

CHECKS: tuple[Callable[[], Iterator[NewFinding]], ...] = (
    totals.differing_totals,
    electorate.electorates,
    sources.disagreements,
    sources.held_back,
    results.contradicted_results,
    symbols.duplicates,
    symbols.without_text,
    symbols.without_votes,
    plausibility.texts,
    plausibility.roll_calls,
    blocs.memberships,
    blocs.names,
)

BATCH = 1000
PLACE = ("file", "line", "since", "until")
"""Where a finding in a file was met: the details that every edition has otherwise."""
SUBJECTS = ("roll_call", "resolution", "state", "bloc")


@dataclass(frozen=True, slots=True)
class Changes:
    """How many findings were written, and how many stand as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int

    @property
    def wrote(self) -> bool:
        """Tell whether anything was written."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole record came to."""

    changes: Changes
    counts: dict[str, tuple[int, int]]
    """By kind, how many findings are open and how many acknowledged, those in files among them."""

    @property
    def open(self) -> int:
        """Return how many findings nobody has acknowledged."""
        return sum(number for number, _acknowledged in self.counts.values())


def check_record(*, checks: Sequence[Callable[[], Iterator[NewFinding]]] = CHECKS) -> Checked:
    """Check the whole record, and bring the findings about it in step; nothing is written where none changed.

    One transaction, and no query a roll call. Findings in files are left alone.
    """
    with transaction.atomic():
        one_at_a_time()
        found = (row for check in checks for row in check())
        changes = replace_findings(origin=Finding.RECORD, found=found, run=None)
        return Checked(changes, counts())


def counts() -> dict[str, tuple[int, int]]:
    """Return, by kind, how many findings are open and how many acknowledged, in the order of the kinds: one query."""
    rows = Finding.objects.order_by().values_list("kind").annotate(Count("pk"), Count("acknowledged_at"))
    by_kind = {kind: (every - acknowledged, acknowledged) for kind, every, acknowledged in rows}
    return {kind: by_kind[kind] for kind in Finding.Kind.values if kind in by_kind}


def replace_findings(*, origin: str, found: Iterable[NewFinding], run: ImportRun | None) -> Changes:
    """Bring the findings of ``origin`` in step with ``found``; nothing is written where none changed.

    A finding is known again by its key. One whose details changed must be looked at again: it counts as found
    now, and its acknowledgement is withdrawn, though the reason stays for who looks. Where two have one key the
    first stands. New and changed ones are of ``run``.
    """
    with transaction.atomic():
        one_at_a_time()
        known = {row.key: row for row in Finding.objects.filter(origin=origin)}
        rows = _rows(origin, found, run)
        again = [(known[key], row) for key, row in rows.items() if key in known]
        changed = [_anew(old, row) for old, row in again if _content(old) != _content(row)]
        moved = [
            _about(old, row)
            for old, row in again
            if _content(old) == _content(row) and (old.details, _subject(old)) != (row.details, _subject(row))
        ]
        gone = [row.pk for key, row in known.items() if key not in rows]
        new = [row for key, row in rows.items() if key not in known]
        if gone:
            Finding.objects.filter(pk__in=gone).delete()
        Finding.objects.bulk_create(new, batch_size=BATCH)
        anew = ("details", "run", "found", "acknowledged_at", "acknowledged_by", *SUBJECTS)
        Finding.objects.bulk_update(changed, anew, batch_size=BATCH)
        Finding.objects.bulk_update(moved, ("details", *SUBJECTS), batch_size=BATCH)
    written = len(changed) + len(moved)
    return Changes(len(new), written, len(gone), len(again) - written)


def _rows(origin: str, found: Iterable[NewFinding], run: ImportRun | None) -> dict[str, Finding]:
    now = timezone.now()
    rows: dict[str, Finding] = {}
    for one in found:
        subject = {f"{name}_id": getattr(one, f"{name}_id") for name in SUBJECTS}
        # As the database will give them back.
        details = json.loads(json.dumps(dict(one.details), default=str))
        key = fit(one.key)
        rows.setdefault(
            key, Finding(kind=one.kind, key=key, origin=origin, details=details, run=run, found=now, **subject)
        )
    return rows


def _content(row: Finding) -> dict[str, object]:
    """Return what was found without where: the same row on another line of the next edition is no news."""
    place = PLACE if "line" in row.details else ()
    return {name: value for name, value in row.details.items() if name not in place}


def _subject(row: Finding) -> tuple[int | None, ...]:
    return tuple(getattr(row, f"{name}_id") for name in SUBJECTS)


def _about(old: Finding, new: Finding) -> Finding:
    """Return the known row, about what was found now and where it was."""
    old.details = new.details
    for name in SUBJECTS:
        setattr(old, f"{name}_id", getattr(new, f"{name}_id"))
    return old


def _anew(old: Finding, new: Finding) -> Finding:
    """Return the known row as what was found now, which nobody has acknowledged yet."""
    old.run, old.found = new.run, new.found
    old.acknowledged_at = old.acknowledged_by = None
    return _about(old, new)
