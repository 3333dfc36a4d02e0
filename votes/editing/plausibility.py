"""Checking what is about to be saved: what cannot be is refused, what looks wrong is held until a reason is given.

Everything is asked of the rows as they are in the transaction that writes them, with the rules that check the record.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from resolutions.models import Resolution, Status
from votes.models import Finding, MemberState, RollCall, Tally
from votes.models.finding_sentences import FindingKind, sentence
from votes.verification import plausibility
from votes.verification.acknowledgement import keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import User

    from votes.verification.finding import NewFinding


class ImplausibleError(Exception):
    """What was about to be saved cannot be, or needs a reason first."""

    def __init__(self, refused: Sequence[NewFinding], held: Sequence[NewFinding]) -> None:
        super().__init__(*(said(found) for found in (*refused, *held)))
        self.refused, self.held = refused, held

    @property
    def seen(self) -> str:
        """Return a short hash of what is held, which tells whether a reason was given for this and nothing else."""
        words = sorted(f"{found.key} {sorted(found.details.items())}" for found in self.held)
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def said(found: NewFinding) -> str:
    return sentence(found.kind, found.details)


def field_of(found: NewFinding) -> str:
    """Return the field at which to show what was found."""
    if found.kind == FindingKind.RESULT:
        return "result"
    return plausibility.FIELDS.get(found.details["problem"], "symbol")


def check_plausible(
    *,
    roll_calls: Iterable[RollCall] = (),
    texts: Iterable[Resolution] = (),
    because: str = "",
    seen: str = "",
    by: User | None = None,
    becomes_public: bool = False,
) -> None:
    """Raise ImplausibleError for what these, as they are now saved, have wrong and had not before.

    With ``because``, the reason that ``by`` gives for the problems whose hash is ``seen``, those are kept as
    acknowledged findings instead. Call it in the transaction that saves.
    """
    of_votes, of_texts = [one.pk for one in roll_calls], [one.pk for one in texts]
    found = [*plausibility.of_roll_calls(of_votes)] if of_votes else []
    if not becomes_public:
        found = [one for one in found if one.kind != FindingKind.RESULT or _is_complete(one.roll_call_id)]
    if of_texts:
        found += plausibility.texts(of_texts)
    mine = Q(roll_call__in=of_votes) | Q(resolution__in=of_texts)
    kinds = (FindingKind.IMPLAUSIBLE, FindingKind.RESULT)
    known = {row.key: row.details for row in Finding.objects.filter(mine, origin=Finding.RECORD, kind__in=kinds)}
    new = [one for one in found if known.get(one.key) != one.details]
    refused = [one for one in new if one.details.get("problem") in plausibility.REFUSED]
    held = [one for one in new if one not in refused]
    problem = ImplausibleError(refused, held)
    if refused or (held and not (because.strip() and seen == problem.seen)):
        raise problem
    if gone := known.keys() - {one.key for one in found}:
        Finding.objects.filter(key__in=gone, kind=FindingKind.IMPLAUSIBLE).delete()
    if held:
        keep(found=held, reason=because, by=by)


def check_publishable_facts(roll_calls: Iterable[RollCall], *, by: User | None) -> None:
    """Raise ValidationError for votes that cannot be published before somebody has given the reason of a problem."""
    if by is None:
        return
    for roll_call in roll_calls:
        text = [roll_call.resolution] if roll_call.resolution and roll_call.resolution.status == Status.DRAFT else []
        try:
            check_plausible(roll_calls=[roll_call], texts=text, by=by, becomes_public=True)
        except ImplausibleError as problem:
            words = " ".join(map(str, problem.args))
            message = _("%(slug)s: %(problems)s Open the vote and correct this, or publish it there with a reason.")
            raise ValidationError(message % {"slug": roll_call.slug, "problems": words}) from problem


def _is_complete(roll_call: int | None) -> bool:
    """Tell whether a draft has an entry for every member, or none, so that its figures say something of its result."""
    cast = Tally.objects.values_list("cast", flat=True).get(roll_call=roll_call)
    if not cast:
        return True
    taken = RollCall.objects.select_related("body").get(tally__roll_call=roll_call)
    members = MemberState.objects.members_of(taken.body, taken.date).count()
    return cast >= members - len(taken.not_legible) or taken.status == Status.PUBLISHED
