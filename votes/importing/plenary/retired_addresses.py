"""Import of an export's retired addresses, so that votes and texts that are gone keep their addresses."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection

from resolutions.models import OtherSymbol, Resolution, RetiredText
from votes.importing.plenary.reader import SAME_EXPORT, SLUG, date_of, symbol_of
from votes.models import RetiredAddress, RollCall

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from votes.importing.plenary.reader import Row

WITHDRAWN, MERGED = RetiredAddress.Kind.WITHDRAWN, RetiredAddress.Kind.MERGED


@dataclass
class Retired:
    """What came of the retired addresses of an export."""

    added: int = 0
    notes: list[str] = field(default_factory=list)
    """What was left as the record has it, in words."""


def add_retired(rows: Sequence[Row], *, left_out: Collection[str]) -> Retired:
    """Add the retired addresses that the record does not have, when roll calls and texts are written.

    An address that is on record, as that of a roll call or retired, is left as it is. ``left_out`` has the names of
    roll calls that were not taken; nothing leads to them. Raises UnfitFileError for a cell that no export has.
    """
    return _Adding(rows, left_out).add()


def add_retired_texts(rows: Sequence[Row]) -> Retired:
    """Add the symbols of texts that are gone, where no text of the record answers to them.

    Raises UnfitFileError for a cell that no export has.
    """
    done = Retired()
    known = {gone.symbol_key: gone.reason for gone in RetiredText.objects.all()}
    answered = {*Resolution.objects.values_list("symbol_key", flat=True)}
    answered |= {*OtherSymbol.objects.values_list("symbol_key", flat=True)}
    new = []
    for row in rows:
        key = symbol_of(row["symbol"]).key
        if key in answered:
            done.notes.append(
                f"not changed: {row['symbol']} is a text in this record; gone in the files: {row['reason']}"
            )
        elif key not in known:
            new.append(RetiredText(symbol=row["symbol"], symbol_key=key, reason=row["reason"], at=_midnight(row)))
        elif known[key] != row["reason"]:
            done.notes.append(f"not changed: {row['symbol']} is gone here: {known[key]}; in the files: {row['reason']}")
    RetiredText.objects.bulk_create(new)
    done.added = len(new)
    return done


def _midnight(row: Row) -> datetime.datetime:
    """Return the day of a row, of which the time is not told."""
    return datetime.datetime.combine(date_of(row), datetime.time(), datetime.UTC)


class _Adding:
    """Adds the rows of one table, knowing what is on record."""

    def __init__(self, rows: Sequence[Row], left_out: Collection[str]) -> None:
        self.rows, self.left_out = rows, left_out
        self.done = Retired()
        self.roll_calls = dict(RollCall.objects.values_list("slug", "pk"))
        self.retired = {address.slug: address for address in RetiredAddress.objects.all()}
        self.texts = dict(OtherSymbol.objects.filter(kind="variant").values_list("symbol_key", "resolution_id"))
        self.texts |= dict(Resolution.objects.values_list("symbol_key", "pk"))

    def add(self) -> Retired:
        """Add what is new; return how much that was, and what was left alone."""
        new = [row for row in self.rows if self._is_new(row)]
        withdrawn = {row["slug"]: self._withdrawn(row) for row in new if row["kind"] == WITHDRAWN}
        self.retired |= withdrawn
        merged = [address for row in new if row["kind"] == MERGED and (address := self._merged(row))]
        RetiredAddress.objects.bulk_create([*withdrawn.values(), *merged])
        self.done.added = len(withdrawn) + len(merged)
        return self.done

    def _is_new(self, row: Row) -> bool:
        """Tell whether the record has no such address; note where it has another."""
        slug, kind = row["slug"], row.among("kind", RetiredAddress.Kind.values)
        if not SLUG.fullmatch(slug):
            raise row.unfit("slug", f"“{slug}” is not a valid permanent name. {SAME_EXPORT}")
        if address := self.retired.get(slug):
            if (address.kind, address.reason) != (kind, row["reason"]):
                self._leave(row, f"is {address.get_kind_display()} here: {address.reason}")
            return False
        if slug in self.roll_calls:
            self._leave(row, "is a vote in this record")
            return False
        return True

    def _leave(self, row: Row, here: str) -> None:
        self.done.notes.append(f"not changed: {row['slug']} {here}; {row['kind']} in the files: {row['reason']}")

    def _withdrawn(self, row: Row) -> RetiredAddress:
        text = None
        if symbol := row["symbol"]:
            key = symbol_of(symbol).key
            row.on_record("symbol", (symbol,) if key in self.texts else ())
            text = self.texts[key]
        return self._address(row, resolution_id=text)

    def _merged(self, row: Row) -> RetiredAddress | None:
        """Return an address that leads on; None where what it leads to was left out."""
        slug = row["leads_to"]
        if slug in self.left_out:
            self._leave(row, f"cannot redirect to {slug}, which is a different vote here")
            return None
        if slug not in self.roll_calls:
            row.on_record("leads_to", self.retired)
        return self._address(row, roll_call_id=self.roll_calls.get(slug) or self._key_of(self.retired[slug]))

    def _key_of(self, address: RetiredAddress) -> int | None:
        """Return the key of the record that an address stands for, here or where it was withdrawn.

        There is no record of what was withdrawn elsewhere: it gets a key that none will have, by which other
        addresses lead to it.
        """
        if address.roll_call_id is None and address.kind == WITHDRAWN:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval(pg_get_serial_sequence('votes_rollcall', 'id'))")
                (address.roll_call_id,) = cursor.fetchone()
            if address.pk is not None:
                address.save(update_fields=["roll_call"])
        return address.roll_call_id

    def _address(self, row: Row, **to: int | None) -> RetiredAddress:
        return RetiredAddress(slug=row["slug"], kind=row["kind"], reason=row["reason"], at=_midnight(row), **to)
