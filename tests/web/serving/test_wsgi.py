"""Requests are decoded as UTF-8."""

from __future__ import annotations

import io

import pytest
from django.core.handlers.wsgi import WSGIHandler

from config.wsgi import application
from web.serving.wsgi import Handler, Utf8Request


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "rot13", "hex", "nothing"])
def test_query_is_read_as_utf_8(charset: str):
    """Or what is kept for one who asks plainly would be shown what another one made of it."""
    request = Utf8Request(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/resolutions/",
            "QUERY_STRING": "q=caf%C3%A9" + "&" * 2000,
            "CONTENT_TYPE": f"text/html; charset={charset}",
            "wsgi.input": io.BytesIO(),
        }
    )

    assert request.content_type == "text/html"
    assert request.encoding is None


def test_wrapped_application_is_the_one_served():
    assert isinstance(application, Handler)
    assert issubclass(Handler, WSGIHandler)
    assert Handler.request_class is Utf8Request
