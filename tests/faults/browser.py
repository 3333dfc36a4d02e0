"""A reader's or an editor's browser: one connection a request, as much of http as the faults need."""

from __future__ import annotations

import http.client
import ssl
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from tests.stack.topology import EDITOR, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE = 60.0
"""Seconds after which an answer counts as not coming: gunicorn's own limit."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def page(self) -> BeautifulSoup:
        """The page as it is built."""
        return BeautifulSoup(self.body, "html.parser")

    @property
    def heading(self) -> str:
        """The page's own heading."""
        found = self.page.select_one("h1")
        return " ".join(found.text.split()) if found else ""

    @property
    def errors(self) -> list[str]:
        """What a form says is wrong."""
        return [" ".join(error.text.split()) for error in self.page.select(".errornote, .errorlist li")]


class Browser:
    """Asks one server: with a ``certificate`` a proxy by TLS, without one a gunicorn as its proxy would."""

    def __init__(self, port: int, certificate: Path | None = None, patience: float = PATIENCE) -> None:
        self.port, self.certificate, self.patience = port, certificate, patience
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; underscores in names of headers are hyphens."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form."""
        token = self.cookies.get("__Secure-csrftoken") or self.cookies.get("__Host-csrftoken") or ""
        token = token or self.cookies.get("csrftoken", "")
        body = urlencode({**form, **({} if "csrfmiddlewaretoken" in form else {"csrfmiddlewaretoken": token})})
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def ask(self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request and read the answer. Raises OSError or HTTPException where there is none."""
        began = time.monotonic()
        connection = self.connection()
        said = {"Host": f"127.0.0.1:{self.port}", "Referer": f"https://127.0.0.1:{self.port}/admin/"}
        if not self.certificate:
            said |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        try:
            connection.request(method, path, body or None, said)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(cookie).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return Answer(answer.status, dict(answer.headers), content, time.monotonic() - began)

    def connection(self) -> http.client.HTTPConnection:
        """Return a connection that is not open yet."""
        if self.certificate:
            trusted = ssl.create_default_context(cafile=str(self.certificate))
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=self.patience, context=trusted)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)

    def logged_in(self) -> Browser:
        """Log the editor in, and return this browser."""
        form = fields(self.get("/admin/login/").page, "#login-form")
        answer = self.post("/admin/login/?next=/admin/", form | {"username": EDITOR, "password": PASSWORD})
        assert answer.status == 302, f"{answer.status} {answer.heading} {answer.errors}"
        return self


def fields(page: BeautifulSoup, form: str = "#content-main form") -> dict[str, str]:
    """Return what a browser would send of a form as it stands."""
    found = page.select_one(form)
    assert found is not None, page.text[:300]
    sent: dict[str, str] = {}
    for field in found.select("input[name], textarea[name]"):
        kind = field.get("type")
        if kind == "submit" or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        default = "on" if kind == "checkbox" else field.text.removeprefix("\n") if field.name == "textarea" else ""
        sent[str(field["name"])] = str(field.get("value", default))
    for select in found.select("select[name]"):
        chosen = select.select("option[selected]") or select.select("option")[:1]
        if chosen:
            sent[str(select["name"])] = str(chosen[0].get("value", ""))
    return {name: value for name, value in sent.items() if "__prefix__" not in name}
