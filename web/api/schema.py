"""OpenAPI description: parameters of each address, generated from the filters, and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from votes.reports.agreement import ORDERS
from web.api.paging import CURSOR, MOST, PAGE_SIZE, USUAL
from web.api.query import FIELDS
from web.api.serializers import Problem, names_in
from web.display.measures import MEASURES
from web.lists.filters import RepeatedFilter, RollCallFilter, known_date
from web.lists.question import FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rest_framework.serializers import Serializer
    from rest_framework.views import APIView

EXAMPLES = {
    "q": "Ukraine",
    "body": "SC",
    "session": "79",
    "since": "2020-01-01",
    "until": "2025-12-31",
    "topic": "decolonization",
    "subject": "cuba-united-states",
    "position": "USA:against",
    "differ": "USA~eu",
    "same": "USA~RUS",
    "vetoed_by": "USA",
    "slug": "a-res-es-11-7",
    "symbol": "A/RES/ES-11/7",
    "code": "USA",
    "state": "USA",
    "bloc": "eu",
    "on": "2022-03-02",
}
"""An example value for each parameter, with results."""

SAID = {
    "body": _("Code of a body, as in the list of bodies: GA for the General Assembly, SC for the Security Council."),
    "session": _(
        "Session code, such as 79, S-4 or ES-11. For a body other than the General Assembly, put the code of the body "
        "first (HRC-51) or give “body” as well."
    ),
    "since": _("The first day, included."),
    "until": _("The last day, included."),
    "position": _(
        "How a state, each of several, or a bloc voted: USA:against, USA,FRA:for, eu:abstain. The words are for, "
        "against, abstain and nonvoting, of a bloc also tied. Repeatable; all must hold."
    ),
    "differ": _("Two parties that took different positions: USA~eu. Repeatable; all must hold."),
    "same": _("Two parties that took the same position: USA~RUS. Repeatable; all must hold."),
    "subject": _(
        "The slug of a subject, or its heading as the UN Digital Library writes it: cuba-united-states or "
        "CUBA--UNITED STATES. Repeatable; any may match."
    ),
    "method": _("Default: recorded votes, including roll-call votes; if q is a symbol, any method."),
    "vetoed_by": _(
        "Code of a permanent member that vetoed; RUS includes the Soviet Union's vetoes. Repeatable; any may match."
    ),
    "order": _("Default: newest first. “relevance” requires q."),
}
"""Descriptions of filters beyond their labels."""


def parameter(name: str, about: Any = "", *, of: Any = str, **more: Any) -> OpenApiParameter:
    """Return a query parameter."""
    description = " ".join(filter(None, (str(about), str(SAID.get(name, "")))))
    if name in EXAMPLES and "examples" not in more:
        value = [EXAMPLES[name]] if more.get("many") else EXAMPLES[name]
        more["examples"] = [OpenApiExample(EXAMPLES[name], value=value)]
    return OpenApiParameter(name, of, description=description, **more)


def filters(names: Iterable[str] = RollCallFilter.base_filters) -> list[OpenApiParameter]:
    """Return the parameters for the pages' filters, from the FilterSet."""
    parameters = []
    for name in names:
        # Never use ``one.field``: a filter caches it, and those of a request are made from a record.
        one = RollCallFilter.base_filters[name]
        label = f"{one.label}."
        if isinstance(one, RepeatedFilter):
            parameters.append(parameter(name, label, many=True))
        elif isinstance(one, django_filters.ChoiceFilter):
            values = [value for value, _label in one.extra["choices"]]
            parameters.append(parameter(name, label, enum=values))
        else:
            parameters.append(parameter(name, label, of=_date() if one.extra.get("known") is known_date else str))
    return parameters


def _date() -> dict[str, Any]:
    return {"type": "string", "format": "date"}


def paging() -> list[OpenApiParameter]:
    """Return the pagination parameters."""
    size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return [
        parameter(CURSOR, _("Cursor of the page, taken from “next” or “previous”.")),
        parameter(PAGE_SIZE, _("Maximum number of rows per page."), of=size),
    ]


def fields(answer: type[Serializer[Any]]) -> OpenApiParameter:
    """Return the parameter ``fields`` for a response or the rows of a list."""
    description = _("Return only these fields, separated by commas.")
    return parameter(FIELDS, description, many=True, enum=list(names_in(answer)), style="form", explode=False)


def memberships() -> list[OpenApiParameter]:
    """Return the parameters of the list of memberships."""
    return [
        parameter("state", _("Code of a member state.")),
        parameter("bloc", _("Slug of a bloc.")),
        parameter("body", _("Body.")),
        parameter("on", _("Only memberships in force on this day."), of=_date()),
    ]


def agreement() -> list[OpenApiParameter]:
    """Return the parameters of agreement."""
    return [
        parameter("state", _("State code. Give at least two, or none for all states."), many=True, examples=[
            OpenApiExample("USA and FRA", value=["USA", "FRA"])
        ]),
        parameter("bloc", _("Slug of a bloc: its member states, while they were members.")),
        parameter("measure", _("Measure of agreement."), enum=list(MEASURES)),
        parameter("order", _("Order of the states."), enum=list(ORDERS)),
        *filters(FILTERS),
    ]  # fmt: skip


def without_marks(result: Any, **_more: Any) -> Any:
    """Remove drf-spectacular's internal marks from the description."""
    if isinstance(result, dict):
        return {name: without_marks(value) for name, value in result.items() if name != "x-spec-enum-id"}
    return [without_marks(value) for value in result] if isinstance(result, list) else result


def named(name: str, about: Any) -> OpenApiParameter:
    """Return a path parameter."""
    return parameter(name, about, location=OpenApiParameter.PATH)


def described(
    operation: str,
    about: Any,
    answer: Any,
    *parameters: OpenApiParameter,
    tag: str,
    says: Sequence[int] = (),
) -> Callable[[type[APIView]], type[APIView]]:
    """Return a decorator that describes a view's responses to GET.

    ``says`` are statuses besides 200, 304, 400 and 429: 301 for redirects, 404, 410.
    """
    content = "application/problem+json"
    responses: dict[Any, Any] = {
        200: answer,
        304: OpenApiResponse(description=str(_("Not modified since the response with this ETag."))),
        (400, content): OpenApiResponse(Problem, description=str(_("What is wrong with each parameter."))),
        (429, content): OpenApiResponse(Problem, description=str(_("Too many requests; Retry-After says when."))),
    }
    if 301 in says:
        responses[301] = OpenApiResponse(description=str(_("The canonical address.")))
    for status, said in ((404, _("Not found.")), (410, _("Withdrawn; the detail says when and why."))):
        if status in says:
            responses[(status, content)] = OpenApiResponse(Problem, description=str(said))
    return extend_schema_view(
        get=extend_schema(
            operation_id=operation,
            summary=str(about),
            description=str(_("ETag of an earlier response. If it still matches, the answer is 304 without a body.")),
            parameters=list(parameters),
            responses=responses,
            tags=[tag],
        )
    )
