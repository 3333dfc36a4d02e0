"""Notable breaks in words: who left how many of its closest partners."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from votes.record.choices import CHOICES
from web.display.marks import mark

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from votes.analysis.breaks import Break
    from votes.record.record import Record

register = template.Library()


@register.simple_tag
def break_list(breaks: Iterable[Break], record: Record, date: datetime.date | None = None) -> SafeString:
    """Return each break as a line: the state, its choice, and how many of its closest partners voted otherwise.

    States have their names of ``date``, today's without one.
    """
    states, said = reverse("web:states"), escape(_("%(other)s of its %(partners)s closest partners voted otherwise"))
    choices = {number: (mark(choice), escape(str(choice.label).lower())) for number, choice in CHOICES.items()}
    lines = []
    for one in breaks:
        marked, choice = choices[one.choice]
        state = record.states[one.state]
        name = state.name_on(date) if date else state.name
        figures = {"other": one.other, "partners": one.partners}
        lines.append(
            f'<li>{marked} <a href="{states}{one.state}/">{escape(name)}</a> '
            f'<span class="muted">{choice}; {said % figures}</span></li>'
        )
    return mark_safe(f'<ul class="break-list">{"".join(lines)}</ul>')  # noqa: S308  # escaped piece by piece
