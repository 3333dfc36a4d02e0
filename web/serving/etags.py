"""ETags by data version, and conditional requests."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from web.serving.release import RELEASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


def tag_of(version: int, key: str) -> str:
    """Return the ETag of a cache key at a data version; it includes the release.

    The tag is weak, since it is the same for every compression of the response.
    """
    return f'W/"{version}-{hashlib.sha256(f"{RELEASE} {version} {key}".encode()).hexdigest()[:24]}"'


def unchanged(
    request: HttpRequest, headers: Mapping[str, str], *, last_modified: int | None = None
) -> HttpResponse | None:
    """Return a 304 if the client's copy is current, otherwise None.

    ``headers`` are the response's, with its ``ETag``; ``last_modified`` is in seconds since 1970.
    """
    bare = HttpResponse(headers=dict(headers))
    conditional = get_conditional_response(request, etag=headers["ETag"], last_modified=last_modified, response=bare)
    return conditional if isinstance(conditional, HttpResponse) and conditional is not bare else None
