"""Template tags: what a listing selects in words, and the rows in which conditions are picked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from resolutions.symbols import parse_or_none
from web.display.figures import number
from web.display.marks import Options
from web.lists import builder, sentences

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from votes.models import RollCall
    from votes.record.record import Record
    from votes.reports.roll_call_context import Corrected, RollCallContext
    from web.lists.listing import Listing

register = template.Library()


@register.filter
def grouped(value: int) -> str:
    """Return a whole number with its thousands divided."""
    return number(value)


@register.simple_tag
def described(listing: Listing, of: str = "roll_calls") -> str:
    """Return what a listing selects as one sentence, without a full stop."""
    return sentences.described(listing, of)


@register.simple_tag
def subject(listing: Listing, of: str = "roll_calls") -> str:
    """Return what the sentence of a listing is about."""
    return sentences.subject(listing, of)


@register.filter
def counted_otherwise(roll_call: RollCall) -> str:
    """Return the counted figures that are not the announced ones; empty where they agree."""
    return sentences.counted_otherwise(roll_call)


@register.simple_tag
def corrected(roll_call: RollCall, beside: RollCallContext, record: Record) -> list[tuple[str, Corrected, str]]:
    """Return what sources have wrong about a roll call, in a sentence each, and the address of the document."""
    return [
        (
            sentences.corrected_said(one, roll_call, record),
            one,
            f"https://docs.un.org/en/{one.document}" if parse_or_none(one.document) else "",
        )
        for one in beside.corrected
    ]


@register.simple_tag
def not_legible(roll_call: RollCall, record: Record) -> str:
    """Return the names of the day of the members that the source lists without a legible choice."""
    states = [record.states[code] for code in roll_call.not_legible if code in record.states]
    return ", ".join(state.name_on(roll_call.date) for state in sorted(states, key=lambda state: state.sort_name))


@register.simple_tag
def parts(listing: Listing, of: str = "roll_calls") -> list[sentences.Part]:
    """Return the parts of the sentence, each of which can be taken out."""
    return sentences.parts_of(listing, of)


@register.simple_tag
def counted(number: int, method: str, total: int | None = None) -> SafeString:
    """Return how many there are by how they were taken: 3 of 22 recorded votes."""
    return sentences.counted(number, method, total=None if total == number else total)


@register.simple_tag
def condition_rows(listing: Listing) -> list[builder.Row]:
    """Return the rows of boxes for the conditions on how members voted, the last of them to be filled."""
    return builder.rows_of(listing)


@register.simple_tag
def hows() -> Options:
    """Return what a party may have done, to pick from."""
    return Options(builder.how_options())
