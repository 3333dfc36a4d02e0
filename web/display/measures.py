"""Labels, descriptions and value formatting of the measures of agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from votes.analysis.agreement import MEASURES as NAMES
from web.display.figures import MINUS, NOT_SHOWN, Figures, decimal, points

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of agreement as shown on pages."""

    name: str
    label: _StrPromise
    says: _StrPromise
    """A description, as a sentence without its subject."""

    @property
    def is_share(self) -> bool:
        """Tell whether it is a share from 0 to 1, shown in per cent; kappa is not."""
        return self.name != "kappa"

    def value(self, value: float | None, say: Figures | None = None) -> str:
        """Return a formatted value, or a dash for None. Tables pass one formatter (``say``) for all cells."""
        say = say or Figures()
        if self.is_share or value is None:
            return say.share(value)
        return signed(say.decimal(abs(value), 2), value, plus="")

    def bare(self, value: float, say: Figures) -> str:
        """Return a value without the per cent sign, for dense tables."""
        return say.decimal(100 * value, 1) if self.is_share else self.value(value, say)

    def change(self, change: float | None) -> str:
        """Return a change with its sign: in percentage points for a share, unscaled for kappa."""
        if self.is_share or change is None:
            return points(change)
        return signed(decimal(abs(change), 2), change, plus="+")


def signed(size: str, value: float, *, plus: str) -> str:
    """Return a formatted size with the sign of ``value``; no sign if it rounds to zero."""
    if not any(digit in size for digit in "123456789"):
        return size
    return f"{plus if value > 0 else MINUS}{size}"


MEASURES = {
    measure.name: measure
    for measure in (
        Measure(
            "agreement",
            _("Agreement"),
            _("the share of votes in which both took the same position, among those in which both took one"),
        ),
        Measure(
            "lijphart",
            _("Lijphart’s index"),
            _("the same share, with an abstention against a vote in favour or against counted as half an agreement"),
        ),
        Measure(
            "coincidence",
            _("Voting coincidence"),
            _("the share of votes in which both were on the same side, among those in which neither abstained"),
        ),
        Measure(
            "kappa",
            _("Cohen’s kappa"),
            _("agreement beyond what chance alone would give: 1 is full agreement, 0 is chance"),
        ),
    )
}
"""Measures by name, in display order."""

assert tuple(MEASURES) == NAMES

__all__ = ["MEASURES", "NOT_SHOWN", "Measure"]
