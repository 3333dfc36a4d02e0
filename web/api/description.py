"""The API's index, its OpenAPI description, and Swagger UI."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from csp.decorators import csp_update
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.encoding import force_bytes
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework import serializers

from web.api.base import EXPOSED, ReadView
from web.api.query import some
from web.api.schema import described, fields
from web.api.serializers import data_version, made

if TYPE_CHECKING:
    from django.http import HttpRequest

    from votes.record.record import Record
    from web.api.query import Query

LISTS = (
    "resolutions", "roll_calls", "states", "blocs", "memberships", "agreement", "bodies", "sessions", "topics",
    "sources",
)  # fmt: skip

Index = made(
    "Index",
    {
        "data_version": data_version(),
        **{name: serializers.URLField(required=False) for name in (*LISTS, "openapi", "documentation", "guide")},
    },
)

RENDERERS = {"json": OpenApiJsonRenderer, "yaml": OpenApiYamlRenderer}
CONTENT_TYPES = {"json": "application/vnd.oai.openapi+json", "yaml": "application/vnd.oai.openapi"}


@described(
    "index",
    gettext_lazy("Index of the API"),
    Index,
    fields(Index),
    tag="about",
)
class IndexView(ReadView):
    """The addresses of the API."""

    serializer_class: ClassVar = Index

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any]:
        """Return the address of each list, of the description and of Swagger UI."""
        paths = {name: reverse(f"api:{name}") for name in LISTS}
        paths |= {
            "openapi": reverse("api:openapi", args=["json"]),
            "documentation": reverse("api:docs"),
            "guide": reverse("web:api_guide"),
        }
        own = self.request._request
        return some({name: own.build_absolute_uri(path) for name, path in paths.items()}, self.fields(query))


@functools.cache
def description(form: str, _language: str | None) -> bytes:
    """Return the OpenAPI description as ``json`` or ``yaml``."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # has no types
    return force_bytes(RENDERERS[form]().render(schema, renderer_context={}))


@require_safe
def openapi(request: HttpRequest, form: str) -> HttpResponse:
    """Return the OpenAPI description."""
    content = description(form, get_language())
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    answer = HttpResponse(content, headers={"Content-Type": CONTENT_TYPES[form], "ETag": tag, **EXPOSED})
    return get_conditional_response(request, etag=tag, response=answer) or answer


# Swagger UI's style sheet contains its icons as data: URLs.
@csp_update({"img-src": ["data:"]})
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the OpenAPI description with Swagger UI."""
    return render(request, "api/docs.html")
