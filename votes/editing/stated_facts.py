"""Facts of a vote that a pasted text states otherwise than the draft has them, and taking them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from resolutions.dates import dated, iso
from resolutions.models import OtherSymbol, Resolution, Status
from resolutions.symbols import parse_or_none
from votes.models import RollCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.contrib.auth.models import User

    from votes.editing.filling import Reading


@dataclass(frozen=True)
class Stated:
    """A fact that a text states and the draft has otherwise, or not at all."""

    name: str
    """``date``, ``meeting``, ``draft`` or ``symbol``."""
    label: str
    recorded: str
    """In words, empty where there is none."""
    stated: str
    can_be_taken: bool = True
    """Whether it can be taken over here: what is public is changed on its own page."""


def stated_otherwise(roll_call: RollCall, reading: Reading) -> list[Stated]:
    """Return what a text says of date, meeting, draft and symbol that ``roll_call`` does not have: two queries."""
    return list(_stated(roll_call, reading))


def _stated(roll_call: RollCall, reading: Reading) -> Iterator[Stated]:
    if reading.date and iso(reading.date, roll_call.date_precision) != iso(roll_call.date, roll_call.date_precision):
        recorded = dated(roll_call.date, roll_call.date_precision)
        yield Stated("date", _("Date"), recorded, dated(reading.date))
    if reading.meeting and _key(reading.meeting) != _key(roll_call.meeting):
        yield Stated("meeting", _("Meeting"), roll_call.meeting, reading.meeting)
    if (text := roll_call.resolution) is None:
        return
    others = dict(text.other_symbols.values_list("symbol_key", "symbol"))
    is_draft = text.status == Status.DRAFT
    if reading.draft and _key(reading.draft) not in {text.symbol_key, *others}:
        own = [text.symbol] if text.kind == Resolution.Kind.DRAFT else []
        yield Stated("draft", _("Draft symbol"), ", ".join([*own, *others.values()]), reading.draft, is_draft)
    if reading.resolution and _key(reading.resolution) not in {text.symbol_key, *others}:
        is_free = not Resolution.objects.filter(symbol_key=_key(reading.resolution)).exists()
        yield Stated("symbol", _("Symbol"), text.symbol, reading.resolution, is_draft and is_free)


def _key(symbol: str) -> str:
    parsed = parse_or_none(symbol)
    return parsed.key if parsed else " ".join(symbol.split()).upper()


@transaction.atomic
def take_over(*, roll_call: RollCall, reading: Reading, names: Iterable[str], by: User) -> None:
    """Give the draft ``roll_call`` and its text the facts of these ``names`` that the text states.

    The symbol that a text had becomes one of its draft symbols, if it was one.
    """
    wanted = {*names} & {one.name for one in stated_otherwise(roll_call, reading) if one.can_be_taken}
    if "date" in wanted and reading.date:
        roll_call.date, roll_call.date_precision = reading.date, "day"
    if "meeting" in wanted:
        roll_call.meeting = reading.meeting
    if wanted & {"date", "meeting"}:
        roll_call.save(update_fields=["date", "date_precision", "meeting"])
    text = roll_call.resolution
    if text and wanted & {"draft", "symbol"}:
        if "symbol" in wanted:
            before, was_draft = text.symbol, text.kind == Resolution.Kind.DRAFT
            text.symbol = reading.resolution
            text.kind = Resolution.Kind.RESOLUTION if was_draft else text.kind
            text.save()
            if was_draft:
                OtherSymbol.objects.create(resolution=text, symbol=before, kind=OtherSymbol.Kind.DRAFT)
        if "draft" in wanted:
            OtherSymbol.objects.create(resolution=text, symbol=reading.draft, kind=OtherSymbol.Kind.DRAFT)
        text.entered_by.add(by)
    if wanted:
        roll_call.entered_by.add(by)
