"""Checks of votes and their texts: several votes on one text, votes without a text, recorded votes without votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from votes.models import RollCall
from votes.models.finding_sentences import FindingKind
from votes.verification.finding import NewFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is put to the vote by itself and on no text: that it has no symbol is as it should be.
WITHOUT_TEXT = (RollCall.Kind.MOTION, RollCall.Kind.PROCEDURAL)


def duplicates() -> Iterator[NewFinding]:
    """Yield the texts with more than one published vote on the whole of them: one query."""
    on_texts = RollCall.objects.published().filter(kind=RollCall.Kind.TEXT, resolution__isnull=False)
    by_text = on_texts.order_by().values("resolution", "resolution__symbol", "resolution__symbol_key")
    for row in by_text.annotate(number=Count("pk"), slugs=ArrayAgg("slug")).filter(number__gt=1):
        details = {"symbol": row["resolution__symbol"], "slugs": sorted(row["slugs"])}
        key = f"duplicate-symbol:{row['resolution__symbol_key']}"
        yield NewFinding(FindingKind.DUPLICATE_SYMBOL, key, details, resolution_id=row["resolution"])


def without_text() -> Iterator[NewFinding]:
    """Yield the votes on a text of which nobody knows which: one query."""
    homeless = RollCall.objects.filter(resolution__isnull=True).exclude(kind__in=WITHOUT_TEXT)
    for roll_call, slug, reference in homeless.values_list("pk", "slug", "source_reference"):
        yield NewFinding(FindingKind.NO_SYMBOL, f"no-symbol:{slug}", {"reference": reference}, roll_call_id=roll_call)


def without_votes() -> Iterator[NewFinding]:
    """Yield the published recorded votes without a vote by member state: one query."""
    recorded = RollCall.objects.published().filter(method__in=RollCall.METHODS_WITH_VOTES, tally__cast=0)
    for roll_call, slug in recorded.values_list("pk", "slug"):
        yield NewFinding(FindingKind.NO_VOTES, f"no-votes:{slug}", {}, roll_call_id=roll_call)
