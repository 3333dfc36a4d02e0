"""Conditional requests: the ETag of an address as of a data version, and whether the client has it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from web.serving.release import RELEASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


def tag_of(version: int, said: str) -> str:
    """Return the ETag of what ``said`` asks, an address with what else its answer hangs on, as of a data version.

    Another release may say it otherwise. The tag is weak, since it is the same for every compression of the answer.
    """
    return f'W/"{version}-{hashlib.sha256(f"{RELEASE} {version} {said}".encode()).hexdigest()[:24]}"'


def unchanged(
    request: HttpRequest, headers: Mapping[str, str], *, last_modified: int | None = None
) -> HttpResponse | None:
    """Return that nothing has changed where the client has what ``headers`` describe, None where it is to be answered.

    ``headers`` name it by ``ETag``; ``last_modified`` is in seconds since 1970.
    """
    bare = HttpResponse(headers=dict(headers))
    known = get_conditional_response(request, etag=headers["ETag"], last_modified=last_modified, response=bare)
    return known if isinstance(known, HttpResponse) and known is not bare else None
