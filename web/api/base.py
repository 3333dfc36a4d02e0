"""Base views of the API: one snapshot per request, ETags, CORS, and sparse fields."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response
from rest_framework.views import APIView

from votes.record.record import reading
from web.api.paging import CURSOR, PAGING, Paging
from web.api.query import FIELDS, Query, some
from web.api.serializers import names_in
from web.api.throttling import AddressThrottle
from web.serving.etags import tag_of, unchanged
from web.serving.parameters import address, reads
from web.serving.problems import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rest_framework.request import Request
    from rest_framework.serializers import Serializer

    from votes.record.record import Record
    from web.api.paging import Page

EXPOSED = {**OPEN, "Access-Control-Expose-Headers": "ETag, Retry-After"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class JsonAlways(BaseContentNegotiation):
    """Always respond with JSON, also to browsers, which ask for HTML."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """Return the only renderer."""
        return renderers[0], renderers[0].media_type

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Return None: request bodies are never read."""
        return None


class ReadView(APIView):
    """An address that answers GET with JSON, out of the record as of one moment."""

    http_method_names = ["get", "head", "options"]
    content_negotiation_class = JsonAlways
    throttle_classes = [AddressThrottle]
    serializer_class: ClassVar[type[Serializer[Any]]]
    """The shape of what is answered; of a list, of its rows."""
    parameters: ClassVar[Collection[str]] = ()
    """The parameters that the view reads, besides ``fields``."""
    repeatable: ClassVar[Collection[str]] = ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, with the parameters that it reads declared for the page cache."""
        return reads(FIELDS, *cls.parameters)(super().as_view(**initkwargs))

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any] | HttpResponseBase:
        """Return the content or a redirect; raise an APIException otherwise."""
        raise NotImplementedError

    def get(self, request: Request, **named: str) -> HttpResponseBase:
        """Return the response, or 304 before doing any work."""
        django_request = request._request
        with reading() as record:
            tag = tag_of(record.version, django_request.build_absolute_uri())
            if known := unchanged(django_request, {"ETag": tag}):
                return known
            query = Query(django_request.GET, {FIELDS, *self.parameters}, self.repeatable)
            answer = self.answer(query, record, **named)
        if isinstance(answer, HttpResponseBase):
            return answer
        return Response({"data_version": record.version, **answer}, headers={"ETag": tag})

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer a CORS preflight request."""
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return the headers of every response, including errors."""
        return {"Allow": ", ".join(self.allowed_methods), **EXPOSED}

    def fields(self, query: Query) -> Collection[str]:
        """Check all parameters and return the requested fields."""
        wanted = query.fields(names_in(self.serializer_class))
        query.check()
        return wanted


class ListView(ReadView):
    """A list that is read page by page."""

    parameters: ClassVar[Collection[str]] = PAGING

    def page(
        self, query: Query, paging: Paging, page: Page, rows: list[dict[str, Any]], fields: Collection[str]
    ) -> Any:
        """Return the response body of a page."""
        own = self.request._request

        def link(cursor: object) -> str | None:
            if cursor is None:
                return None
            parameters = query.parameters.copy()
            parameters[CURSOR] = str(cursor)
            return own.build_absolute_uri(address(own.path, parameters))

        return {
            "next": link(page.next),
            "previous": link(page.previous),
            "results": rows if len(fields) == len(rows[0] if rows else ()) else [some(row, fields) for row in rows],
        }


def joined(row: Mapping[str, Any], more: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return the requested fields of a row and of ``more``, whose values are computed only if requested."""
    return some(row, fields) | {name: make() for name, make in more.items() if name in fields}
