"""Acknowledging findings with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from votes.models.imports import Finding

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from django.contrib.auth.models import User


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


def withdraw(*, findings: Iterable[int]) -> int:
    """Open acknowledged findings again, given their keys, and take their reasons away; return how many."""
    known = Finding.objects.filter(pk__in=findings).exclude(reason="", acknowledged_at__isnull=True)
    return known.update(reason="", acknowledged_at=None, acknowledged_by=None)
