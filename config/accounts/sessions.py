"""Session expiry: after a working day in all, and after an hour of inactivity."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

BEGAN, SEEN = "began", "seen"
"""In a session: when it was logged in, and when it was last used, in seconds since 1970."""

WRITE_INTERVAL = 60.0
"""Seconds for which the use of a session is not written again."""


@receiver(user_logged_in)
def record_login_time(request: HttpRequest, **kwargs: Any) -> None:
    """Record when a session began."""
    request.session[BEGAN] = request.session[SEEN] = time.time()


def session_expiry(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Log out users who were logged in for too long, or inactive for too long, whatever the cookie says.

    Public pages look at no session, so they do not keep one alive either.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin/") and SESSION_KEY in request.session:
            now, session = time.time(), request.session
            began, seen = session.get(BEGAN, now), session.get(SEEN, now)
            if now - began > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif now - seen > WRITE_INTERVAL or BEGAN not in session:
                session.update({BEGAN: began, SEEN: now})
        return get_response(request)

    return middleware
