"""Notes on a recorded vote's sources: corrected errors, and members without a legible choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolutions.symbols import parse_or_none
from web.lists.sentences import correction_sentence

if TYPE_CHECKING:
    from votes.models import RollCall
    from votes.record.record import Record
    from votes.reports.roll_call_context import Corrected, RollCallContext


def corrections(roll_call: RollCall, vote_context: RollCallContext, record: Record) -> list[tuple[str, Corrected, str]]:
    """Return each corrected source error as a sentence, with the correction and the document's address."""
    return [
        (
            correction_sentence(one, roll_call, record),
            one,
            f"https://docs.un.org/en/{one.document}" if parse_or_none(one.document) else "",
        )
        for one in vote_context.corrected
    ]


def illegible(roll_call: RollCall, record: Record) -> str:
    """Return the names, on that date, of members without a legible choice."""
    states = [record.states[code] for code in roll_call.not_legible if code in record.states]
    return ", ".join(state.name_on(roll_call.date) for state in sorted(states, key=lambda state: state.sort_name))
