"""Merging two records of the same vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from resolutions.attribution import attributed
from resolutions.models import Status
from votes.choices import Choice
from votes.editing.publishing import been_public, check_permission
from votes.models import Correction, ErrorReport, Finding, MemberState, RetiredAddress, RollCall, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User

MERGE = "votes.merge_rollcall"
FACTS = (
    *("resolution", "title", "date", "date_precision", "session", "meeting", "ordinal", "kind", "method"),
    *("requirement", "result", "announced_yes", "announced_no", "announced_abstaining", "announced_non_voting"),
    *("note", "source", "source_reference", "status"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact or a vote that differs between two records; None where one has none."""

    name: str
    """The field, or the code of the state."""
    label: str
    kept: Any
    duplicate: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where two records of a vote differ, and what of the duplicate the other cannot take."""

    kept: RollCall
    duplicate: RollCall
    facts: Sequence[Difference]
    votes: Sequence[Difference]
    corrections: Sequence[Correction]
    """Those of the duplicate that do not fit the votes and corrections of the other."""
    statements: Sequence[Statement]
    """Those of sources that say something of the other, too: their next import may bring the duplicate back."""


def comparison(kept: RollCall, duplicate: RollCall) -> Comparison:
    """Compare two records."""
    facts = [
        Difference(name, str(RollCall._meta.get_field(name).verbose_name), ours, theirs)  # type: ignore[union-attr]
        for name in FACTS
        if (ours := _said(kept, name)) != (theirs := _said(duplicate, name))
    ]
    ours, theirs = (dict(record.votes.values_list("state__code", "choice")) for record in (kept, duplicate))
    differ = [code for code in {*ours, *theirs} if ours.get(code) != theirs.get(code)]
    states = MemberState.objects.filter(code__in=differ).order_by("sort_name", "code").values_list("code", "name")
    votes = [Difference(code, name, _choice(ours.get(code)), _choice(theirs.get(code))) for code, name in states]
    corrected = set(kept.corrections.values_list("state__code", flat=True))
    corrections = [
        correction
        for correction in duplicate.corrections.select_related("state")
        if correction.state.code in corrected or ours.get(correction.state.code) in (None, correction.intended)
    ]
    same = Statement.objects.filter(roll_call=kept, source=OuterRef("source"), format=OuterRef("format"))
    statements = list(duplicate.statements.filter(Exists(same)).select_related("source"))
    return Comparison(kept, duplicate, facts, votes, corrections, statements)


def _said(roll_call: RollCall, name: str) -> Any:
    """Return a fact as it is shown, None for none."""
    shown = getattr(roll_call, f"get_{name}_display", None)
    value = shown() if shown else getattr(roll_call, name)
    return None if value == "" else value


def _choice(choice: str | None) -> str | None:
    return str(Choice(choice).label) if choice else None


@transaction.atomic
def merge(
    *,
    kept: RollCall,
    duplicate: RollCall,
    reason: str,
    by: User | None = None,
    although_votes_differ: bool = False,
) -> RollCall:
    """Remove ``duplicate``, whose address leads to ``kept`` from then on; return the record kept.

    Facts and votes of ``kept`` stand. It takes over what fits of the corrections, what sources say, findings in
    files, addresses that led to the duplicate, and its place before their text. Raises PermissionDenied for a person
    who may not, and ValidationError without a ``reason``, for records that cannot be of one vote, for a public
    duplicate of a draft, and where votes differ, unless ``although_votes_differ``.
    """
    check_permission(by, MERGE)
    locked = RollCall.objects.select_for_update().filter(pk__in=[kept.pk, duplicate.pk]).order_by("pk")
    records = {record.pk: record for record in locked}
    if len(records) != 2:
        raise ValidationError(_("Choose two records of the same vote."))
    kept, duplicate = records[kept.pk], records[duplicate.pk]
    if problem := obstacle(kept, duplicate):
        raise ValidationError(problem)
    if not reason.strip():
        raise ValidationError(_("Give the reason: why are these two records of the same vote?"))
    compared = comparison(kept, duplicate)
    if compared.votes and not although_votes_differ:
        raise ValidationError(
            _("The votes differ. Compare them, and confirm that the votes of the record you keep are correct.")
        )
    with attributed(by=by, reason=reason):
        _take_over(compared)
        if been_public([duplicate]):
            RetiredAddress.objects.update_or_create(
                slug=duplicate.slug,
                defaults={
                    "kind": RetiredAddress.Kind.MERGED,
                    "reason": reason.strip(),
                    "roll_call": kept,
                    "by": by,
                },
            )
        RetiredAddress.objects.filter(roll_call=duplicate).update(roll_call=kept)
        is_decisive = duplicate.decisive and duplicate.resolution_id == kept.resolution_id
        duplicate.delete()
        if is_decisive:
            kept.decisive = True
            kept.save(update_fields=["decisive"])
    return kept


def obstacle(kept: RollCall, duplicate: RollCall) -> str:
    """Return the error why two records cannot be merged, empty if they can."""
    if kept.pk == duplicate.pk:
        return _("Choose two records of the same vote.")
    if kept.body_id != duplicate.body_id:
        return _("These votes were taken in two different bodies, so they cannot be merged.")
    if kept.status == Status.DRAFT and been_public([duplicate]):
        return _(
            "%(slug)s has been published, so its address must redirect to a published record. Keep %(slug)s "
            "instead, or publish the other record first."
        ) % {"slug": duplicate.slug}
    return ""


def _take_over(compared: Comparison) -> None:
    """Give the record kept what fits of the duplicate."""
    kept, duplicate = compared.kept, compared.duplicate
    left = [correction.pk for correction in compared.corrections]
    duplicate.corrections.exclude(pk__in=left).update(roll_call=kept)
    duplicate.statements.exclude(pk__in=[said.pk for said in compared.statements]).update(roll_call=kept)
    # What is found in the record itself is found anew by the next check.
    duplicate.findings.exclude(origin=Finding.RECORD).update(roll_call=kept)
    ErrorReport.objects.filter(roll_call=duplicate).update(roll_call=kept)
