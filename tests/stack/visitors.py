"""Who asks the site: readers, editors, and proxies."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

import brotli
from bs4 import BeautifulSoup, Tag

from tests.stack.topology import EDITOR, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.stack.processes import Server
    from tests.stack.topology import Site

BEHIND_TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    sent: bytes
    """The body as it was sent."""

    @property
    def body(self) -> bytes:
        """The body, unpacked."""
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(self.headers.get("content-encoding", ""))
        return unpack(self.sent) if unpack else self.sent

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def page(self) -> BeautifulSoup:
        """The body as a page."""
        return BeautifulSoup(self.body, "html.parser")


class Visitor:
    """A client with cookies that keeps its connection, for one thread. Raises OSError or HTTPException as it fails."""

    def __init__(
        self, url: str, certificate: Path | None = None, *, always: Mapping[str, str] | None = None, timeout: float = 30
    ) -> None:
        self.url, self.always, self.cookies = url, dict(always or {}), dict[str, str]()
        parts = urlsplit(url)
        assert parts.hostname
        if parts.scheme == "https":
            trusted = ssl.create_default_context(cafile=str(certificate) if certificate else None)
            self.connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=timeout, context=trusted
            )
        else:
            self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    @classmethod
    def of(cls, site: Site) -> Self:
        """Return a reader of the site, who comes by its proxy."""
        return cls(site.proxy.url, site.certificate)

    @classmethod
    def behind(cls, web: Server) -> Self:
        """Return what asks an application server as a proxy does that ended the reader's TLS."""
        return cls(f"http://127.0.0.1:{web.port}", always=BEHIND_TLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def begin(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Return an answer of which only the head was read."""
        sent = self.always | dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body=body, headers=sent)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the whole answer. A connection that the server closed between two requests is opened again."""
        try:
            answer = self.begin(path, method=method, body=body, headers=headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            if method not in ("GET", "HEAD"):
                raise
            answer = self.begin(path, method=method, body=body, headers=headers)
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())

    def send(self, path: str, fields: Mapping[str, str | list[str]]) -> Answer:
        """Send a form, as from a page of the site."""
        origin = self.url.replace("http:", "https:")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": f"{origin}{path}",
        }  # fmt: skip
        return self.ask(path, method="POST", body=urlencode(fields, doseq=True).encode(), headers=headers)

    def log_in(self, name: str = EDITOR, password: str = PASSWORD) -> None:
        """Log in to the admin."""
        form = filled(self.ask("/admin/login/").page, "#login-form") | {"username": name, "password": password}
        answer = self.send("/admin/login/", form)
        assert answer.status == 302, answer.text

    def save(self, path: str, form: str, **fields: str) -> Answer:
        """Change fields of a form of the admin and save it; returns the answer, which redirects where it was saved."""
        shown = self.ask(path)
        assert shown.status == 200, (path, shown.status)
        return self.send(path, filled(shown.page, form) | fields | {"_save": "Save"})


def filled(page: BeautifulSoup, form: str) -> dict[str, str | list[str]]:
    """Return the fields of a form as a browser would send them unchanged, without its buttons."""
    found = page.select_one(form)
    assert found, f"no form {form}"
    fields: dict[str, str | list[str]] = {}
    for field in found.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), str(field.get("type", ""))
        if kind in ("submit", "button", "file") or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            fields[name] = [value_of(option) for option in field.select("option[selected]")]
        elif field.name == "textarea":
            fields[name] = field.get_text().removeprefix("\n")
        else:
            fields[name] = str(field.get("value", "on" if kind == "checkbox" else ""))
    return fields


def value_of(option: Tag) -> str:
    """Return what an option sends."""
    return str(option.get("value", option.get_text()))
