"""Merging two records of the same vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from resolutions.attribution import attributed
from resolutions.dates import ISO_LENGTHS, dated
from resolutions.models import OtherSymbol, Resolution, Status
from resolutions.symbols import is_unnumbered
from votes.choices import Choice
from votes.editing.publishing import been_public, check_permission, publish_text
from votes.models import Correction, ErrorReport, Finding, MemberState, RetiredAddress, RollCall, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User

MERGE = "votes.merge_rollcall"
FINAL = ("A/RES/", "A/DEC/", "S/RES/")
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
    choices: Sequence[Difference]
    """The votes of both, side by side: those that differ first."""
    text: Resolution | None
    """The text that the vote is on afterwards."""
    moved: Resolution | None
    """The text that goes, because it has no other vote: its symbols redirect to ``text``."""
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
    states = MemberState.objects.filter(code__in={*ours, *theirs}).order_by("sort_name", "code")
    choices = [
        Difference(code, name, _choice(ours.get(code)), _choice(theirs.get(code)))
        for code, name in states.values_list("code", "name")
    ]
    choices.sort(key=lambda one: one.kept == one.duplicate)
    votes = [one for one in choices if one.kept != one.duplicate]
    text, other = _texts(kept, duplicate)
    is_left = other is not None and not other.roll_calls.exclude(pk__in=[kept.pk, duplicate.pk]).exists()
    corrected = set(kept.corrections.values_list("state__code", flat=True))
    corrections = [
        correction
        for correction in duplicate.corrections.select_related("state")
        if correction.state.code in corrected or ours.get(correction.state.code) in (None, correction.intended)
    ]
    same = Statement.objects.filter(roll_call=kept, source=OuterRef("source"), format=OuterRef("format"))
    statements = list(duplicate.statements.filter(Exists(same)).select_related("source"))
    moved = other if is_left else None
    return Comparison(kept, duplicate, facts, votes, choices, text, moved, corrections, statements)


def _texts(kept: RollCall, duplicate: RollCall) -> tuple[Resolution | None, Resolution | None]:
    """Return the text that the vote is on afterwards, and another text that a record is on; None for none.

    A final symbol goes before that of a draft, whichever record is kept.
    """
    ours, theirs = kept.resolution, duplicate.resolution
    if ours is None or theirs is None or ours == theirs:
        return ours or theirs, None
    return (theirs, ours) if _is_final(theirs) and not _is_final(ours) else (ours, theirs)


def _is_final(text: Resolution) -> bool:
    """Tell whether a text has the symbol of a resolution or decision, and not that of a draft."""
    return text.symbol_key.startswith(FINAL) and not is_unnumbered(text.symbol_key)


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
    files, addresses that led to the duplicate, and its place before their text. Of two texts the one with a final
    symbol stays; the other one goes if no other vote is on it, and its symbols lead to the text that stays. Raises
    PermissionDenied for a person who may not, and ValidationError without a ``reason``, for records that cannot be of
    one vote, for a public duplicate of a draft, and where votes differ, unless ``although_votes_differ``.
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
        # Before the duplicate goes, since its address is already retired then.
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
        _take_over(compared)
        is_decisive = duplicate.decisive
        duplicate.delete()
        _settle_text(compared)
        text = compared.text
        if is_decisive and text and not text.roll_calls.filter(decisive=True).exists():
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
    if kept.kind != duplicate.kind:
        kinds = {"kept": kept.get_kind_display(), "duplicate": duplicate.get_kind_display()}
        return _("These are different votes: the kind of one is “%(kept)s”, of the other “%(duplicate)s”.") % kinds
    known = min(ISO_LENGTHS[record.date_precision] for record in (kept, duplicate))
    if kept.date.isoformat()[:known] != duplicate.date.isoformat()[:known]:
        dates = {"kept": dated(kept.date), "duplicate": dated(duplicate.date)}
        return (
            _("One vote was taken on %(kept)s, the other on %(duplicate)s. If a date is wrong, correct it first.")
            % dates
        )
    if None not in (kept.ordinal, duplicate.ordinal) and kept.ordinal != duplicate.ordinal:
        numbers = {"kept": kept.ordinal, "duplicate": duplicate.ordinal}
        return (
            _(
                "One is vote number %(kept)s of its meeting, the other number %(duplicate)s. If an ordinal is wrong, "
                "correct it first."
            )
            % numbers
        )
    ours, theirs = kept.resolution, duplicate.resolution
    if ours and theirs and ours != theirs and _is_final(ours) and _is_final(theirs):
        return _(
            "%(kept)s and %(duplicate)s are two different texts. If a vote is on the wrong one, correct it first."
        ) % {"kept": ours, "duplicate": theirs}
    return ""


def _take_over(compared: Comparison) -> None:
    """Give the record kept what fits of the duplicate.

    Corrections and statements are copied, so that the history has the duplicate whole when it goes.
    """
    kept, duplicate = compared.kept, compared.duplicate
    left = [correction.pk for correction in compared.corrections]
    corrections = list(duplicate.corrections.exclude(pk__in=left))
    left = [said.pk for said in compared.statements]
    statements = list(duplicate.statements.exclude(pk__in=left))
    for correction in corrections:
        correction.pk, correction.roll_call = None, kept
    for said in statements:
        said.pk, said.roll_call = None, kept
    Correction.objects.bulk_create(corrections)
    Statement.objects.bulk_create(statements)
    # What is found in the record itself is found anew by the next check.
    duplicate.findings.exclude(origin=Finding.RECORD).update(roll_call=kept)
    ErrorReport.objects.filter(roll_call=duplicate).update(roll_call=kept)


def _settle_text(compared: Comparison) -> None:
    """Put the record kept on the text that stays; have the symbols of one that goes lead there."""
    kept, text, moved = compared.kept, compared.text, compared.moved
    if text != kept.resolution:
        kept.resolution = text
        kept.decisive = kept.decisive and not RollCall.objects.filter(resolution=text, decisive=True).exists()
        kept.save(update_fields=["resolution", "decisive"])
    if kept.status == Status.PUBLISHED:
        publish_text(kept)
    if text is None or moved is None:
        return
    symbols: dict[str, str] = {moved.symbol: OtherSymbol.Kind.VARIANT if _is_final(moved) else OtherSymbol.Kind.DRAFT}
    symbols |= dict(moved.other_symbols.values_list("symbol", "kind"))
    RetiredAddress.objects.filter(resolution=moved).update(resolution=text)
    moved.findings.exclude(origin=Finding.RECORD).update(resolution=text)
    moved.delete()
    known = {text.symbol_key, *text.other_symbols.values_list("symbol_key", flat=True)}
    for symbol, kind in symbols.items():
        other = OtherSymbol(resolution=text, symbol=symbol, kind=kind)
        other.derive_symbol()
        if other.symbol_key not in known:
            other.save()
