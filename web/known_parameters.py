"""Which parameters the page at an address knows: what asks for more is answered, and not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import Resolver404, resolve

from web.lists.filters import RollCallFilter, StateFilter
from web.lists.question import FILTERS
from web.pages.agreement import question as agreement_question
from web.pages.data.quality import FindingForm
from web.pages.ideal_points import question as ideal_points_question
from web.pages.movement import question as pair
from web.pages.roll_calls.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.http import HttpRequest

_LIST = (*RollCallFilter.base_filters, "page")
_SUBJECT = tuple(name for name in _LIST if name != "subject")
_STATE = (*StateFilter.base_filters, "page")
_COMPARED = (*FILTERS, "state", "measure")
_AGREEMENT = (*FILTERS, *agreement_question.OWN)
_IDEAL_POINTS = (*FILTERS, *ideal_points_question.OWN)
_PAIR = (*FILTERS, pair.FIRST, pair.SECOND, pair.BLOC)

# Pages answer a parameter they do not know all the same, and say so. Files and the API refuse it, so theirs need not
# stand here; they do where they know any.
PARAMETERS: Mapping[str, Collection[str]] = {
    "web:resolutions": _LIST,
    "web:roll_calls": _LIST,
    "web:feed": _LIST,
    "web:resolution": Sheet.parameters,
    "web:roll_call": Sheet.parameters,
    "web:roll_call_tiles": ("bloc",),
    "web:subjects": ("q",),
    "web:subject": _SUBJECT,
    "web:suggestions": ("q",),
    "web:state": _STATE,
    "web:state_feed": _STATE,
    "web:state_file": _STATE,
    "web:state_table": _STATE,
    "web:state_picture": _STATE,
    "web:bloc": (*_LIST, "on"),
    "web:bloc_feed": _LIST,
    "web:bloc_file": _LIST,
    "web:bloc_table": _LIST,
    "web:bloc_picture": _LIST,
    "web:compare_states": _COMPARED,
    "web:compare_states_file": _COMPARED,
    "web:agreement": _AGREEMENT,
    "web:agreement_file": _AGREEMENT,
    "web:ideal_points": _IDEAL_POINTS,
    "web:ideal_points_file": _IDEAL_POINTS,
    "web:compare_roll_calls": _PAIR,
    "web:compare_roll_calls_file": _PAIR,
    "web:vetoes": (),
    "web:vetoes_file": (),
    "web:quality": (*FindingForm.base_fields, "page"),
    "web:contact": ("about",),
}

# Sent as they are read from the database or from a disk, never whole in memory; or for whoever asks alone.
NEVER_KEPT = {"web:download", "web:roll_call_download", "web:data_file", "web:icon", "web:oembed"}


def can_be_kept(request: HttpRequest) -> bool:
    """Tell whether the address is one that is kept, with no parameter that its page does not know."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return False
    if found.view_name in NEVER_KEPT or found.namespace not in ("web", "api"):
        return False
    if found.namespace == "api":
        return True  # The API refuses what it does not know.
    known = PARAMETERS.get(found.view_name, ())
    return all(name in known for name in request.GET)
