"""The style guide: every component in all its states, for developers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, QueryDict
from django.shortcuts import render

from votes.analysis.matrix import ABSTAINING, NO, NON_VOTING, OUTSIDE, YES
from votes.choices import Choice
from votes.models import RollCall
from votes.record.record import reading
from votes.reports.breakdown import Breakdown
from votes.reports.roll_call_context import RollCallContext
from votes.totals import Totals
from web.pages.movement.files import SHAPES
from web.pages.movement.picture import Node, flow
from web.pages.roll_calls.sheet import Sheet, tile_links

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.record.record import Record
    from web.pictures.picture import Picture

TALLIES = {
    "ordinary": Totals(93, 18, 65, 17),
    "tie": Totals(50, 50, 20, 5),
    "split in three": Totals(9, 9, 9, 0),
    "unanimous": Totals(193, 0, 0, 0),
    "nobody voted": Totals(0, 0, 0, 193),
    "abstentions not announced": Totals(42, 7, None, None),
}
"""Examples of tallies."""

VOTES = {
    "ordinary": ("a-res-es-11-7", ""),
    "a bloc highlighted": ("a-res-es-11-7", "bloc=eu"),
    "a bloc that is not known": ("a-res-es-11-7", "bloc=nope"),
    "historical": ("a-res-2758-xxvi", ""),
    "Security Council": ("s-2022-155", ""),
}
"""Example votes from the reference data, with their query."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """The data of a vote's page."""

    state: str
    roll_call: RollCall
    breakdown: Breakdown
    vote_context: RollCallContext
    sheet: Sheet

    @property
    def tiles(self) -> str:
        """Return the tile grid."""
        return tile_links(self.breakdown, self.vote_context, self.sheet)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the components; raise Http404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    with reading() as record:
        votes = [found for state, asked in VOTES.items() if (found := _specimen(record, state, *asked))]
        corrected = [_corrected(votes[0])] if votes else []
        context = {
            "tallies": TALLIES,
            "votes": votes + corrected,
            "flow_picture": _flow().inline("picture flow-picture"),
        }
        return render(request, "styleguide/page.html", context)


def _specimen(record: Record, state: str, slug: str, query: str) -> Specimen | None:
    """Return a vote, None if it is not on record."""
    roll_call = RollCall.objects.published().select_related("resolution", "tally").filter(slug=slug).order_by().first()
    if roll_call is None:
        return None
    vote_context = RollCallContext.of(roll_call)
    breakdown = Breakdown.of(roll_call, record, vote_context.intended)
    return Specimen(state, roll_call, breakdown, vote_context, Sheet.of(breakdown, QueryDict(query)))


def _corrected(one: Specimen) -> Specimen:
    """Return a vote with a made-up correction: the first state had intended to vote against."""
    first, *others = one.breakdown.states
    states = (first._replace(intended=Choice.NO), *others)
    return replace(one, state="a correction of intent", breakdown=replace(one.breakdown, states=states))


def _flow() -> Picture:
    """Return a flow diagram with every choice."""
    order = (YES, ABSTAINING, NO, NON_VOTING, OUTSIDE)
    labels = [*(str(choice.label) for choice in (Choice.YES, Choice.ABSTAINING, Choice.NO, Choice.NON_VOTING)), "–"]
    nodes = [Node(label, *SHAPES[choice]) for label, choice in zip(labels, order, strict=True)]
    counts = {(0, 0): 90, (0, 1): 41, (0, 2): 10, (1, 1): 20, (2, 2): 5, (3, 0): 7, (3, 3): 12, (4, 0): 3, (1, 4): 2}
    return flow("A flow picture", "A specimen.", [("One vote", "2022"), ("Another", "2025")], nodes, counts)
