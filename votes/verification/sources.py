"""Check of sources' statements against the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from resolutions.models import Status
from votes.choices import Choice
from votes.models import RollCall
from votes.models.finding_sentences import FindingKind
from votes.models.imports import Format, Statement
from votes.verification.finding import NewFinding, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Facts of which one thing is on record and another is stated. Whoever does not say is in no dispute, so that is
# neither null nor empty nor “not-stated”. Two dates are held against each other as far as both are known. Kinds
# differ where one is the whole text: sources that know amendments may not know motions from procedure. A vote by
# roll call is also a recorded one, and files do not tell the two apart.
FACTS = """
    SELECT s.id, f.fact, f.recorded, f.stated
    FROM votes_statement s
    JOIN votes_rollcall r ON r.id = s.roll_call_id
    LEFT JOIN resolutions_session n ON n.id = r.session_id
    CROSS JOIN LATERAL (
        SELECT least(
            CASE r.date_precision WHEN 'day' THEN 10 WHEN 'month' THEN 7 ELSE 4 END,
            CASE coalesce(s.facts ->> 'date_precision', 'day') WHEN 'day' THEN 10 WHEN 'month' THEN 7 ELSE 4 END
        ) AS known
    ) d
    CROSS JOIN LATERAL (
        VALUES
            ('date', left(to_char(r.date, 'YYYY-MM-DD'), d.known), left(s.facts ->> 'date', d.known)),
            ('session', n.code, s.facts ->> 'session'),
            ('meeting', r.meeting, s.facts ->> 'meeting'),
            ('ordinal', r.ordinal::text, s.facts ->> 'ordinal'),
            ('kind', r.kind, s.facts ->> 'kind'),
            ('method', r.method, s.facts ->> 'method'),
            ('requirement', r.requirement, s.facts ->> 'requirement'),
            ('result', r.result, s.facts ->> 'result'),
            ('announced_yes', r.announced_yes::text, s.facts ->> 'announced_yes'),
            ('announced_no', r.announced_no::text, s.facts ->> 'announced_no'),
            ('announced_abstaining', r.announced_abstaining::text, s.facts ->> 'announced_abstaining'),
            ('announced_non_voting', r.announced_non_voting::text, s.facts ->> 'announced_non_voting')
    ) f (fact, recorded, stated)
    WHERE f.recorded <> f.stated
        AND '' NOT IN (f.recorded, f.stated) AND 'not-stated' NOT IN (f.recorded, f.stated)
        AND (f.fact <> 'kind' OR 'text' IN (f.recorded, f.stated))
        AND (f.fact <> 'method' OR f.recorded NOT IN ('recorded', 'roll-call')
            OR f.stated NOT IN ('recorded', 'roll-call'))
"""

# The votes of statements that are not, taken as a whole, those on record.
VOTES = """
    WITH recorded AS MATERIALIZED (
        SELECT v.roll_call_id, string_agg(m.code || v.choice, ' ' ORDER BY m.code COLLATE "C") AS votes
        FROM votes_vote v JOIN votes_memberstate m ON m.id = v.state_id
        GROUP BY v.roll_call_id
    )
    SELECT s.id, s.format, coalesce(r.votes, ''), s.votes
    FROM votes_statement s LEFT JOIN recorded r ON r.roll_call_id = s.roll_call_id
    WHERE s.votes <> '' AND s.votes IS DISTINCT FROM r.votes
"""

Pair = list[str | None]


def disagreements() -> Iterator[NewFinding]:
    """Yield the statements of sources that say otherwise than the record, one finding each: three queries.

    ``facts`` and ``votes`` have what is on record and what is stated, by fact and by code; a vote that one of
    them does not have is None.
    """
    facts: dict[int, dict[str, Pair]] = {}
    for statement, fact, recorded, stated in select(FACTS):
        facts.setdefault(statement, {})[fact] = [recorded, stated]
    votes: dict[int, dict[str, Pair]] = {}
    for statement, layout, recorded, stated in select(VOTES):
        if differing := differing_votes(by_code(recorded), by_code(stated), absences_derived=layout == Format.VOETEN):
            votes[statement] = differing
    disputed = Statement.objects.filter(pk__in={*facts, *votes}).select_related("source", "roll_call")
    for said in disputed.only("format", "source__slug", "source__name", "roll_call__slug").order_by("pk"):
        details: dict[str, Any] = {"source": said.source.name}
        if said.pk in facts:
            details["facts"] = facts[said.pk]
        if said.pk in votes:
            details["votes"] = votes[said.pk]
        key = f"sources:{said.roll_call.slug}:{said.source.slug}:{said.format}"
        yield NewFinding(FindingKind.SOURCES, key, details, roll_call_id=said.roll_call_id)


def by_code(text: str) -> dict[str, str]:
    """Return the choices of “AFGY ALBN” by code."""
    return {vote[:-1]: vote[-1] for vote in text.split()}


def differing_votes(
    recorded: Mapping[str, str], stated: Mapping[str, str], *, absences_derived: bool
) -> dict[str, Pair]:
    """Return, by code, the choice on record and the one stated where they differ.

    Where a source names only those that took a position, its non-voting were derived from the membership: they
    say nothing against a state that has no vote, and their lack says nothing against one that did not vote.
    """
    differing: dict[str, Pair] = {}
    for code in sorted({*recorded, *stated}):
        pair = [recorded.get(code), stated.get(code)]
        derived = absences_derived and set(pair) == {None, Choice.NON_VOTING}
        if pair[0] != pair[1] and not derived:
            differing[code] = pair
    return differing


def held_back() -> Iterator[NewFinding]:
    """Yield the drafts of votes that sources have stated, which the public therefore does not see: one query."""
    stated = Statement.objects.filter(roll_call=OuterRef("pk"))
    drafts = RollCall.objects.filter(Exists(stated), status=Status.DRAFT)
    for roll_call, slug in drafts.values_list("pk", "slug"):
        yield NewFinding(
            FindingKind.UNMATCHED, f"unmatched:draft-kept:{slug}", {"problem": "draft-kept"}, roll_call_id=roll_call
        )
