"""Security headers of every response: pages, files, errors and 304s."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

# Browser features that no page uses. clipboard-write stays, since a button copies citations.
POWERS = (
    "accelerometer", "autoplay", "bluetooth", "camera", "clipboard-read", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
    "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-create",
    "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip

PERMISSIONS = ", ".join(f"{power}=()" for power in POWERS)

EVERY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}

# For responses without a policy of their own: load nothing, never be framed.
NO_PAGE = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Frame-Options": "DENY"}

ADMIN = "/admin/"
"""Responses below this path are private and never stored."""

FRAMED = "frame-ancestors *"


def with_headers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Add missing security headers. Must be the outermost middleware, so that no response lacks them."""
    lasting = f"max-age={settings.SECURE_HSTS_SECONDS}"
    lasting += "; includeSubDomains" * settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
    lasting += "; preload" * settings.SECURE_HSTS_PRELOAD

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        headers = response.headers
        for name, value in EVERY.items():
            if name not in headers:
                headers[name] = value
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            headers["Strict-Transport-Security"] = lasting
        if request.path_info.startswith(ADMIN):
            headers.setdefault("Cache-Control", "private, no-store")
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return response  # A 304's policy would replace that of the cached response.
        if "Content-Security-Policy" not in headers:
            for name, value in NO_PAGE.items():
                headers[name] = value
        if "Cross-Origin-Resource-Policy" not in headers:
            headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_open(response) else "same-origin"
        return response

    return middleware


def is_open(response: HttpResponseBase) -> bool:
    """Tell whether other sites may embed a response: files and images of the record, and embedded cards."""
    headers = response.headers
    return (
        "Access-Control-Allow-Origin" in headers
        or headers.get("Content-Type", "").startswith("image/")
        or FRAMED in headers.get("Content-Security-Policy", "")
    )
