"""Query parameters: which ones a view reads, unknown and empty ones, and the filter builder's fields."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from votes.record.choices import canonical_position

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    View = TypeVar("View", bound=Callable[..., Any])

# Tracking parameters that other sites append to links.
FOREIGN = ("utm_", "fbclid", "gclid", "mc_")

# A row of fields in the filter builder: who, how, and against whom. The number is that of the row.
BOX = re.compile(r"(who|how|whom)(\d{0,2})")

# Values of ``how`` that compare two parties; each is the name of its parameter.
PAIRED = ("differ", "same")


def reads(*names: str) -> Callable[[View], View]:
    """Declare the parameters that a view reads; without a declaration it reads none.

    Responses to other parameters are not cached, and their values are not logged.
    """

    def declared(view: View) -> View:
        view.parameters = frozenset(names)  # type: ignore[attr-defined]  # kept through functools.wraps
        return view

    return declared


def never_cached(view: View) -> View:
    """Declare that a view's responses are never cached: they are streamed, or for one reader only."""
    view.is_never_cached = True  # type: ignore[attr-defined]
    return view


def parameters_of(view: Callable[..., Any]) -> Collection[str]:
    """Return the parameters that a view declares."""
    names: Collection[str] = getattr(view, "parameters", ())
    return names


@dataclass(slots=True)
class Boxes:
    """A row of fields in the filter builder: a condition once it is complete."""

    who: list[str] = field(default_factory=list)
    """Codes of states or slugs of blocs, all of which must meet the condition."""
    how: str = ""
    whom: str = ""

    @property
    def is_complete(self) -> bool:
        """Tell whether the row is a complete condition."""
        return bool(self.who and self.how and (self.whom or self.how not in PAIRED))

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """Return the row as (parameter, value) pairs: one, or one for each of several parties compared."""
        if self.how in PAIRED:
            return [(self.how, f"{who}~{self.whom}") for who in self.who]
        blocs = [who for who in self.who if not who.isupper()]
        states = ",".join(who for who in self.who if who.isupper())
        return [("position", f"{who}:{self.how}") for who in (*blocs, states) if who]


def boxes_of(parameters: QueryDict) -> dict[str, Boxes]:
    """Return the rows with any value, by number in ascending order; a row without a number comes last."""
    rows: dict[str, Boxes] = {}
    for name, values in parameters.lists():
        if (box := BOX.fullmatch(name)) and (filled := list(dict.fromkeys(filter(None, values)))):
            boxes = rows.setdefault(box[2], Boxes())
            match box[1]:
                case "who":
                    boxes.who = filled
                case "how":
                    boxes.how = filled[-1]
                case "whom":
                    boxes.whom = filled[-1]
    return dict(sorted(rows.items(), key=lambda row: (not row[0], row[0].zfill(2))))


def without_boxes(parameters: QueryDict) -> QueryDict:
    """Return the parameters without the builder's fields."""
    others = parameters.copy()
    for name in [name for name in others if BOX.fullmatch(name)]:
        others.pop(name)
    return others


def with_conditions(parameters: QueryDict) -> QueryDict:
    """Return the parameters with complete rows replaced by their conditions."""
    rows = boxes_of(parameters)
    written = without_boxes(parameters)
    for number, boxes in rows.items():
        if not boxes.is_complete:
            for name, values in (("who", boxes.who), ("how", [boxes.how]), ("whom", [boxes.whom])):
                if any(values):
                    written.setlist(f"{name}{number}", values)
            continue
        written.pop("page", None)
        for name, value in boxes.conditions:
            if value not in written.getlist(name):
                written.appendlist(name, value)
    if positions := written.getlist("position"):
        written.setlist("position", [canonical_position(text) for text in positions])
    return written


def unanswered(parameters: QueryDict, known: Collection[str], repeatable: Collection[str] = ()) -> list[str]:
    """Return ignored parameters: unknown names, and all but the last value of a repeated one."""
    names = [
        name
        for name, values in parameters.lists()
        if name not in known and any(values) and not name.startswith(FOREIGN)
    ]
    repeated = [
        f"{name}={value}"
        for name, values in parameters.lists()
        if name in known and name not in repeatable
        for value in list(filter(None, values))[:-1]
    ]
    return names + repeated


def without_empty(parameters: QueryDict) -> QueryDict:
    """Return the parameters that have a value; a form submits empty fields too."""
    filled = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if any(values):
            filled.setlist(name, [value for value in values if value])
    return filled


def address(path: str, parameters: QueryDict) -> str:
    """Return the address of ``path`` with ``parameters``."""
    return f"{path}?{parameters.urlencode()}" if parameters else path


def query_of_page(parameters: QueryDict, number: int) -> str:
    """Return the query string of another page of the same list."""
    query = parameters.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


def tidy_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Shorten a form's address: remove empty parameters, and replace the builder's fields with their conditions.

    An alias of a position becomes its usual word.

    A browser is redirected; htmx has the answer already and is told what to show as the address.
    """

    @functools.wraps(view)
    def tidied(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        parameters = with_conditions(without_empty(request.GET))
        htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
        has_alias = any(canonical_position(text) != text for text in request.GET.getlist("position"))
        if not htmx and (has_alias or parameters.dict().keys() != request.GET.dict().keys()):
            return redirect(address(request.path, parameters))
        if htmx and not htmx.history_restore_request:
            request.GET = parameters  # type: ignore[assignment]  # what the tidy address would ask
        response = view(request, *args, **kwargs)
        if htmx and not htmx.history_restore_request:
            response["HX-Push-Url"] = address(request.path, without_boxes(parameters))
        return response

    return tidied
