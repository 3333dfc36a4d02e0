"""Acknowledging findings with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from votes.models.imports import Finding
from votes.verification.finding import fit, one_at_a_time

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from django.contrib.auth.models import User

    from votes.verification.finding import NewFinding


def acknowledge(*, seen: Mapping[int, datetime.datetime], reason: str, by: User) -> list[int]:
    """Acknowledge findings with one reason; return their keys.

    ``seen`` has, by their keys, when those that ``by`` looked at were found. One that has changed since is left as it
    is: nobody has seen what it says now. Raises ValueError for an empty reason.
    """
    if not reason.strip():
        raise ValueError("A finding is acknowledged with a reason.")
    with transaction.atomic():
        rows = Finding.objects.select_for_update(of=("self",)).filter(pk__in=seen)
        same = [pk for pk, found in rows.values_list("pk", "found") if found == seen[pk]]
        Finding.objects.filter(pk__in=same).update(
            reason=reason.strip(), acknowledged_at=timezone.now(), acknowledged_by=by
        )
    return same


def keep(*, found: Iterable[NewFinding], reason: str, by: User | None) -> None:
    """Store what was ``found`` about the record while it was saved, acknowledged with the ``reason`` given then."""
    with transaction.atomic():
        one_at_a_time()
        for one in found:
            now = timezone.now()
            facts = {
                "kind": one.kind,
                "origin": Finding.RECORD,
                "details": dict(one.details),
                "roll_call_id": one.roll_call_id,
                "resolution_id": one.resolution_id,
                "found": now,
                "acknowledged_at": now,
                "acknowledged_by": by,
                "reason": reason.strip(),
            }
            Finding.objects.update_or_create(key=fit(one.key), defaults=facts)


def withdraw(*, findings: Iterable[int]) -> int:
    """Open acknowledged findings again, given their keys, and take their reasons away; return how many."""
    known = Finding.objects.filter(pk__in=findings).exclude(reason="", acknowledged_at__isnull=True)
    return known.update(reason="", acknowledged_at=None, acknowledged_by=None)
