"""Tables of ideal points, put together in Python: a session has nearly two hundred of them.

Whatever comes from the record is escaped here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from votes.reports.ideal_points import MINIMUM
from web.display.figures import NOT_SHOWN, Figures
from web.pages.ideal_points.files import session_name
from web.pages.ideal_points.picture import POSITIONS, division, signed_by

if TYPE_CHECKING:
    from votes.models import IdealPointFit
    from votes.reports.ideal_points import Division, Point
    from web.pages.ideal_points.question import IdealPointsQuestion

register = template.Library()


@register.simple_tag
def session_table(question: IdealPointsQuestion) -> SafeString:
    """Return all states of the session, from the highest estimate to the lowest, those chosen marked."""
    states, start, figures = question.record.states, reverse("web:states"), Figures()
    rows = "".join(
        f'<tr{" class=chosen-row" if point.state in question.drawn else ""}><th scope="row">'
        f'<a href="{start}{point.state}/">{escape(states[point.state].name)}</a> '
        f'<span class="code">{point.state}</span></th><td class="number">{signed_by(figures, point.estimate, 2)}</td>'
        f'<td class="number">{figures.decimal(point.standard_error, 2)}</td><td class="number">{point.votes}</td></tr>'
        for point in reversed(question.strip)
    )
    heads = "".join(
        f'<th scope="col" class="number">{escape(text)}</th>'
        for text in (_("Ideal point"), _("Standard error"), _("Votes"))
    )
    return mark_safe(  # noqa: S308  # escaped piece by piece
        f'<table class="points"><thead><tr><th scope="col">{escape(_("Member state"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


@register.simple_tag
def lines_table(question: IdealPointsQuestion) -> SafeString:
    """Return what the lines are drawn from: a row for each session, the last first, a column for each state."""
    estimates, figures, codes = question.estimates, Figures(), question.drawn
    by_state = [estimates.by_state[code] for code in codes]
    rows = "".join(
        f'<tr><th scope="row">{session_name(number)}</th>'
        f"{''.join(_cell(points.get(number), figures) for points in by_state)}</tr>"
        for number in reversed(question.sessions)
        if any(number in points for points in by_state)
    )
    heads = "".join(
        f'<th scope="col" class="number"><abbr title="{escape(question.record.states[code].name)}">{code}</abbr></th>'
        for code in codes
    )
    return mark_safe(  # noqa: S308  # escaped piece by piece
        f'<table class="points-by-session"><thead><tr><th scope="col">{escape(_("Session"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


@register.simple_tag
def fitted_from(fit: IdealPointFit) -> str:
    """Return what a fit is of, in words."""
    figures = {"votes": fit.votes, "states": fit.states, "roll_calls": fit.roll_calls, "items": fit.items}
    return _(
        "%(votes)s votes of %(states)s member states in %(roll_calls)s recorded votes of the General Assembly on "
        "%(items)s questions"
    ) % {name: number_format(figure, force_grouping=True) for name, figure in figures.items()}


@register.simple_tag
def cut_point_picture(found: Division) -> SafeString:
    """Return the picture of how a roll call divides the line."""
    return division(found).inline("picture chart")


@register.simple_tag
def cut_point_sentence(found: Division) -> str:
    """Return in words how a roll call divides the line, and how many of those who voted stand where."""
    below, above = (POSITIONS[choice] for choice in found.sides)
    if not found.is_within:
        return _(
            "The line does not divide this vote: all states stand on the same side of the estimated cut point, where "
            "“%(expected)s” is the more likely position."
        ) % {"expected": POSITIONS[found.expected]}
    return _(
        "At an ideal point of %(cut)s a member state was as likely “%(below)s” as “%(above)s”: further down "
        "“%(below)s” is more likely, further up “%(above)s”. Of the %(all)s that took either position, %(placed)s "
        "stand on the side where the model expects them."
    ) % {
        "cut": signed_by(Figures(), found.cut.point, 2),
        "below": below,
        "above": above,
        "all": len(found.on_sides),
        "placed": sum(found.on_sides),
    }


def _cell(point: Point | None, figures: Figures) -> str:
    """Return an estimate with its standard error and, beneath, the votes it rests on."""
    if point is None:
        return '<td class="number"></td>'
    if point.votes < MINIMUM:
        return f'<td class="number">{NOT_SHOWN}<span>{point.votes}</span></td>'
    return (
        f'<td class="number">{signed_by(figures, point.estimate, 2)} ±{figures.decimal(point.standard_error, 2)}'
        f"<span>{point.votes}</span></td>"
    )
