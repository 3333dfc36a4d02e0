"""How a roll call divides the ideal points, for its page: in words, and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from web.display.figures import Figures
from web.pages.ideal_points.picture import POSITIONS, division, signed_by

if TYPE_CHECKING:
    from votes.reports.ideal_points import Division

__all__ = ["division", "sentence"]


def sentence(division: Division) -> str:
    """Return how a roll call divides the line, and the number of voters on each side, in words."""
    below, above = (POSITIONS[choice] for choice in division.sides)
    if not division.is_within:
        return _(
            "The line does not divide this vote: all states stand on the same side of the estimated cut point, where "
            "“%(expected)s” is the more likely position."
        ) % {"expected": POSITIONS[division.expected]}
    return _(
        "At an ideal point of %(cut)s a member state was as likely “%(below)s” as “%(above)s”: further down "
        "“%(below)s” is more likely, further up “%(above)s”. Of the %(all)s that took either position, %(placed)s "
        "stand on the side where the model expects them."
    ) % {
        "cut": signed_by(Figures(), division.cut.point, 2),
        "below": below,
        "above": above,
        "all": len(division.on_sides),
        "placed": sum(division.on_sides),
    }
