"""The rate limit of the API, by address."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.utils.module_loading import import_string
from rest_framework.throttling import SimpleRateThrottle

from web.serving.limits import counted_as

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """So many requests a minute from one address; without CACHE_URL counted by each process for itself."""

    scope = "api"

    cache = caches["throttle"]
    """Where the requests of the last minute are counted."""

    def get_rate(self) -> str | None:
        """Return the rate, None where there is no limit."""
        most = settings.API_REQUESTS_A_MINUTE
        return f"{most}/minute" if most else None

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return the key of the address; None where it is not known, since all would share what one used up."""
        address = counted_as(import_string(settings.CLIENT_ADDRESS)(request._request))
        # By the hour, or requests of a clock that ran ahead would count until the right one has caught up with it.
        return f"api-{int(time.time()) // 3600}-{address}" if address else None
