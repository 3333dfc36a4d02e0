"""Check of announced totals against those counted from the votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from votes.choices import Choice
from votes.models.finding_sentences import FindingKind
from votes.verification.finding import NewFinding, select

if TYPE_CHECKING:
    from collections.abc import Iterator

# A figure that was not announced is null, and nothing differs from null.
DIFFERING = """
    SELECT r.id, r.slug,
        r.announced_yes, r.announced_no, r.announced_abstaining, r.announced_non_voting,
        t.yes, t.no, t.abstaining, t.non_voting
    FROM votes_rollcall r JOIN votes_tally t ON t.roll_call_id = r.id
    WHERE t."cast" > 0 AND (
        r.announced_yes <> t.yes OR r.announced_no <> t.no
        OR r.announced_abstaining <> t.abstaining OR r.announced_non_voting <> t.non_voting
    )
"""


def differing_totals() -> Iterator[NewFinding]:
    """Yield the roll calls with votes of which an announced figure is not the counted one: one query.

    ``differences`` has choice, announced and counted of each figure that differs.
    """
    for roll_call, slug, *figures in select(DIFFERING):
        pairs = zip(Choice.values, figures[:4], figures[4:], strict=True)
        differences = [
            [choice, announced, counted] for choice, announced, counted in pairs if announced not in (None, counted)
        ]
        yield NewFinding(FindingKind.TOTALS, f"totals:{slug}", {"differences": differences}, roll_call_id=roll_call)
