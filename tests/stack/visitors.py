"""HTTP clients of the test site: readers, editors, and proxies."""

from __future__ import annotations

import gzip
import http.client
import itertools
import json
import ssl
import statistics
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

import brotli
from bs4 import BeautifulSoup

from tests.stack.topology import EDITOR, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.stack.processes import Server
    from tests.stack.topology import Site

BEHIND_TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


@dataclass(frozen=True)
class Answer:
    """An HTTP response that was read to its end."""

    status: int
    headers: http.client.HTTPMessage
    sent: bytes
    """The body as it was sent."""
    seconds: float

    @property
    def body(self) -> bytes:
        """The body, decompressed."""
        decompress = {"br": brotli.decompress, "gzip": gzip.decompress}.get(self.headers.get("Content-Encoding", ""))
        return decompress(self.sent) if decompress else self.sent

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")

    @property
    def heading(self) -> str:
        found = self.page.select_one("h1")
        return " ".join(found.text.split()) if found else ""

    @property
    def errors(self) -> list[str]:
        """What a form of the admin says is wrong."""
        return [" ".join(error.text.split()) for error in self.page.select(".errornote, .errorlist li")]


class Visitor:
    """A client with cookies, for one thread. Raises OSError or HTTPException where there is no answer."""

    keeps_alive = True
    """Whether requests share a connection."""

    def __init__(
        self,
        url: str,
        certificate: Path | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> None:
        self.url, self.headers, self.cookies = url, dict(headers or {}), dict[str, str]()
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
    def behind(cls, web: Server, *, timeout: float = 60) -> Self:
        """Return a client of an application server that is like a proxy that ended the reader's TLS."""
        return cls(f"http://127.0.0.1:{web.port}", headers=BEHIND_TLS, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def open(
        self, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Return a response of which only the head was read."""
        sent = self.headers | dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body=body, headers=sent)
        response = self.connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return response

    def request_once(self, path: str, **options: Any) -> Answer:
        """Return the whole answer to one request, with the options of ``open``."""
        began = time.monotonic()
        try:
            response = self.open(path, **options)
            return Answer(response.status, response.headers, response.read(), time.monotonic() - began)
        finally:
            if not self.keeps_alive:
                self.connection.close()

    def request(self, path: str, *, method: str = "GET", **options: Any) -> Answer:
        """Return the whole answer; a connection that the server closed between two requests is opened again."""
        try:
            return self.request_once(path, method=method, **options)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            if method not in ("GET", "HEAD") or not self.keeps_alive:
                raise
            return self.request_once(path, method=method, **options)

    def post(self, path: str, fields: Mapping[str, str | list[str]]) -> Answer:
        """Send a form, as from a page of the site."""
        origin = self.url.replace("http:", "https:")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": f"{origin}{path}",
        }  # fmt: skip
        return self.request(path, method="POST", body=urlencode(fields, doseq=True).encode(), headers=headers)

    def log_in(self, name: str = EDITOR, password: str = PASSWORD) -> Self:
        """Log in to the admin, and return this visitor."""
        form = form_fields(self.request("/admin/login/").page, "#login-form")
        answer = self.post("/admin/login/", form | {"username": name, "password": password})
        assert answer.status == 302, f"{answer.status} {answer.heading} {answer.errors}"
        return self

    def save(self, path: str, form: str, **fields: str) -> Answer:
        """Change fields of a form of the admin and save it; again where the page first shows what the change does."""
        shown = self.request(path)
        assert shown.status == 200, (path, shown.status)
        saved = self.post(path, form_fields(shown.page, form) | fields | {"_save": "Save"})
        if saved.status == 200 and saved.page.select("[name=effect_seen]"):
            saved = self.post(path, form_fields(saved.page, form) | fields | {"_save": "Save"})
        assert saved.status == 302, saved.errors
        return saved


def form_fields(page: BeautifulSoup, form: str = "#content-main form") -> dict[str, str | list[str]]:
    """Return the fields of a form as a browser would send them unchanged, without its buttons."""
    found = page.select_one(form)
    assert found, f"no form {form}"
    fields: dict[str, str | list[str]] = {}
    for one in found.select("input[name], textarea[name], select[name]"):
        name, kind = str(one["name"]), str(one.get("type", ""))
        is_unchecked = kind in ("checkbox", "radio") and not one.has_attr("checked")
        if kind in ("submit", "button", "file") or is_unchecked or "__prefix__" in name:
            continue
        if one.name == "select":
            options = one.select("option[selected]") or one.select("option")[: 0 if one.has_attr("multiple") else 1]
            fields[name] = [str(option.get("value", option.get_text())) for option in options]
        elif one.name == "textarea":
            fields[name] = one.get_text().removeprefix("\n")
        else:
            fields[name] = str(one.get("value", "on" if kind == "checkbox" else ""))
    return fields


@dataclass
class Readings:
    """What visitors in the background got: a status and the seconds of each answer, and errors in place of one."""

    answers: list[tuple[int, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def statuses(self) -> set[int]:
        return {status for status, _ in self.answers}

    @property
    def slowest(self) -> float:
        return max(seconds for _, seconds in self.answers)

    @property
    def figures(self) -> dict[str, object]:
        """The number of answers, their median and the slowest, for a table."""
        median = statistics.median(seconds for _, seconds in self.answers)
        return {
            "answers": len(self.answers),
            "median ms": round(median * 1000),
            "slowest ms": round(self.slowest * 1000),
        }


@contextmanager
def reading_in_background(*visitors: Visitor, paths: tuple[str, ...], pause: float = 0.05) -> Iterator[Readings]:
    """Have visitors ask for these pages in turn, over and over, while the block runs."""
    readings, done = Readings(), threading.Event()

    def read(visitor: Visitor) -> None:
        with visitor:
            for path in itertools.cycle(paths):
                if done.wait(pause):
                    return
                try:
                    answer = visitor.request_once(path)
                    readings.answers.append((answer.status, answer.seconds))
                    if not answer.sent:
                        readings.errors.append(f"{path}: an empty answer")
                except (OSError, http.client.HTTPException) as error:
                    readings.errors.append(f"{path}: {error!r}")
                    visitor.connection.close()

    threads = [threading.Thread(target=read, args=[visitor], daemon=True) for visitor in visitors]
    for thread in threads:
        thread.start()
    try:
        yield readings
    finally:
        done.set()
        for thread in threads:
            thread.join(90)
