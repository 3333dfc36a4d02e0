"""The WSGI handler: decodes every request as UTF-8."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """A request that is UTF-8, whatever its Content-Type says.

    Django would decode the query by that charset, so one address could mean two things and share one cache entry. No
    browser sends anything but UTF-8 to our pages.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Parse the content type but ignore its charset."""
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's handler for ``Utf8Request``."""

    request_class = Utf8Request
