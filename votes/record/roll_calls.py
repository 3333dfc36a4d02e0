"""Roll calls as lists show them, built from the in-memory record without a query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from votes.totals import Totals, differ, shown

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

CACHED_ADDRESSES = 20_000
"""More than there are roll calls; some 200 bytes each."""


@dataclass(frozen=True, slots=True)
class ListedResolution:
    """The text that a roll call is about."""

    symbol: str
    title: str

    def get_absolute_url(self) -> str:
        return _address("web:resolution", self.symbol, get_language(), get_script_prefix())


@dataclass(frozen=True, slots=True)
class ListedRollCall:
    """What a list shows of a roll call, under the names that ``RollCall`` has for it."""

    pk: int
    slug: str
    title: str
    date: datetime.date
    date_precision: str
    kind: str
    method: str
    result: str
    meeting: str
    decisive: bool
    body: str
    """The name of the body."""
    resolution: ListedResolution | None
    counted: Totals | None
    announced: Totals | None

    @classmethod
    def of(cls, row: Sequence[Any], bodies: Mapping[str, str]) -> ListedRollCall:
        """Return it of a row of ``votes.record.record``, given the names of the bodies by code."""
        key, slug, date, body, kind, _session, result, _topics, decisive, counted, announced = row[:11]
        precision, method, meeting, title, symbol, text = row[11:17]
        yes, no, *others = (None if figure < 0 else figure for figure in announced)
        return cls(
            pk=key,
            slug=slug,
            title=title,
            date=date,
            date_precision=precision,
            kind=kind,
            method=method,
            result=result,
            meeting=meeting,
            decisive=decisive,
            body=bodies[body],
            resolution=None if symbol is None else ListedResolution(symbol, text),
            counted=Totals(*counted) if any(counted) else None,
            announced=None if yes is None or no is None else Totals(yes, no, *others),
        )

    @property
    def heading(self) -> str:
        return self.title or (self.resolution.title if self.resolution else "")

    @property
    def totals(self) -> Totals | None:
        """Return the totals to give for it; see ``votes.totals.shown``."""
        return shown(self.counted, self.announced)

    @property
    def totals_differ(self) -> bool:
        """Tell whether a figure that was announced differs from the counted one."""
        return differ(self.counted, self.announced)

    def get_absolute_url(self) -> str:
        """Return the public address: the text's page for the vote that decided it, otherwise its own."""
        if self.decisive and self.resolution:
            return self.resolution.get_absolute_url()
        return _address("web:roll_call", self.slug, get_language(), get_script_prefix())


@lru_cache(maxsize=CACHED_ADDRESSES)
def _address(name: str, argument: str, _language: str | None, _prefix: str) -> str:
    """Return ``reverse``, remembered for all that it depends on: a page of a list asks for dozens of addresses."""
    return reverse(name, args=[argument])
