"""How far the record reaches, in one line where a page asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from web.lists import coverage

if TYPE_CHECKING:
    from web.lists.listing import Listing
    from web.lists.question import Question

register = template.Library()


@register.inclusion_tag("components/beyond.html")
def beyond(asked: Listing | Question) -> dict[str, str]:
    """Return the line that says how far the record reaches, where the period of a page goes beyond."""
    return {"said": coverage.beyond(asked)}
