"""What the page of a recorded vote says of its sources: what they have wrong, and whom they list without a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolutions.symbols import parse_or_none
from web.lists.sentences import correction_sentence

if TYPE_CHECKING:
    from votes.models import RollCall
    from votes.record.record import Record
    from votes.reports.roll_call_context import Corrected, RollCallContext


def corrections(roll_call: RollCall, vote_context: RollCallContext, record: Record) -> list[tuple[str, Corrected, str]]:
    """Return what sources have wrong about a roll call, in a sentence each, and the address of the document."""
    return [
        (
            correction_sentence(one, roll_call, record),
            one,
            f"https://docs.un.org/en/{one.document}" if parse_or_none(one.document) else "",
        )
        for one in vote_context.corrected
    ]


def illegible(roll_call: RollCall, record: Record) -> str:
    """Return the names of the day of the members that the source lists without a legible choice."""
    states = [record.states[code] for code in roll_call.not_legible if code in record.states]
    return ", ".join(state.name_on(roll_call.date) for state in sorted(states, key=lambda state: state.sort_name))
