"""Rate limit of the API by client address."""

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
    """Limits requests per minute and address; without CACHE_URL each process counts for itself."""

    scope = "api"

    cache = caches["throttle"]
    """The cache that holds the counts."""

    def get_rate(self) -> str | None:
        """Return the rate, None for no limit."""
        most = settings.API_REQUESTS_A_MINUTE
        return f"{most}/minute" if most else None

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return the key of the address; None if unknown, since all unknown clients would share one limit."""
        address = counted_as(import_string(settings.CLIENT_ADDRESS)(request._request))
        # Include the hour, so that requests counted while the clock ran ahead expire.
        return f"api-{int(time.time()) // 3600}-{address}" if address else None
