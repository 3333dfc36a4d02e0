"""What Django takes a request for, before any middleware sees it."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """A request whose texts are UTF-8, whatever its Content-Type says.

    Django would decode the query by the charset that it names: one address then asks this or that, and what is kept
    for the one would be shown to the other. No browser sends any but UTF-8 to our pages.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Read the content type, and leave the encoding as it is."""
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's, for such requests."""

    request_class = Utf8Request
