"""The measures of agreement in words, and how their values are written on pages."""

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
    """A measure as pages show it."""

    name: str
    label: _StrPromise
    says: _StrPromise
    """What it is, in a sentence without its subject."""

    @property
    def is_share(self) -> bool:
        """Tell whether it is a share from 0 to 1, written in per cent; kappa is not."""
        return self.name != "kappa"

    def value(self, value: float | None, say: Figures | None = None) -> str:
        """Return a value as it is written; a dash where it is not shown. A table makes ``say`` once."""
        say = say or Figures()
        if self.is_share or value is None:
            return say.share(value)
        return signed(say.decimal(abs(value), 2), value, plus="")

    def bare(self, value: float, say: Figures) -> str:
        """Return a value as it is written among many of its kind: a share in per cent without the sign."""
        return say.decimal(100 * value, 1) if self.is_share else self.value(value, say)

    def change(self, change: float | None) -> str:
        """Return a change with its sign: of a share in points, of kappa as it is."""
        if self.is_share or change is None:
            return points(change)
        return signed(decimal(abs(change), 2), change, plus="+")


def signed(size: str, value: float, *, plus: str) -> str:
    """Return a size with the sign of ``value``; none where it is written as nought."""
    if not any(digit in size for digit in "123456789"):
        return size
    return f"{plus if value > 0 else MINUS}{size}"


MEASURES = {
    measure.name: measure
    for measure in (
        Measure(
            "agreement",
            _("Agreement"),
            _("the share of votes on which both took the same position, of those on which both took one"),
        ),
        Measure(
            "lijphart",
            _("Lijphart’s index"),
            _("the same share, counting an abstention against a vote in favour or against as half agreement"),
        ),
        Measure(
            "coincidence",
            _("Voting coincidence"),
            _("the share of votes on which both were on the same side, of those on which neither abstained"),
        ),
        Measure(
            "kappa",
            _("Cohen’s kappa"),
            _("agreement beyond what chance alone would give: 1 is full agreement, 0 is chance"),
        ),
    )
}
"""By name, in the order to show them."""

assert tuple(MEASURES) == NAMES

__all__ = ["MEASURES", "NOT_SHOWN", "Measure"]
