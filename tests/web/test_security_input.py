"""Hostile input: escaping, redirects, hosts, paths, and header or log injection."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from gunicorn.config import Config

from config.logs import formatter
from resolutions.symbols import looks_like_symbol, loose, parse_or_none
from tests.web.fuzzing import LONGEST, MARK, Asked, check

pytestmark = pytest.mark.usefixtures("record")

# Where something typed is shown again, beside a field or in a sentence.
ECHOES = [
    "/resolutions/?q={}", "/resolutions/?position={}", "/resolutions/?differ=USA~{}", "/resolutions/?since={}",
    "/resolutions/?{}=1", "/resolutions/?topic={}", "/resolutions/?page={}", "/resolutions/{}", "/roll-calls/?q={}",
    "/roll-calls/{}/", "/states/{}/", "/states/USA/?choice={}", "/states/USA/?{}=1", "/blocs/{}/", "/blocs/nato/?on={}",
    "/agreement/?state={}", "/agreement/?measure={}", "/compare/states/?state={}", "/compare/roll-calls/?a={}&b={}",
    "/ideal-points/?session={}", "/data/quality/?kind={}", "/contact/?about={}", "/resolutions.csv?q={}&body={}",
    "/report/?page={}",
    "/roll-calls.json?q={}", "/agreement.json?state={}", "/roll-calls.atom?q={}", "/oembed?url={}", "/{}", "/data/{}",
    "/api/v1/resolutions/?q={}", "/api/v1/states/{}/", "/roll-calls/a-res-es-11-7/tiles.svg?bloc={}",
    "/resolutions/A/RES/ES-11/7?bloc={}", "/roll-calls/a-res-es-11-7/history/?{}=1",
]  # fmt: skip


def test_input_is_escaped_on_every_page():
    shown = 0
    for echo in ECHOES:
        asked = echo.replace("{}", quote(MARK, safe=""))
        answer = Client().get(asked)
        body = b"".join(answer) if answer.streaming else answer.content
        path, _, query = asked.partition("?")
        check(answer, body, Asked(path, query))
        kind = answer.headers["Content-Type"]
        if kind.startswith("text/html"):
            assert BeautifulSoup(body, "html.parser").select("b[title*=xyzzy]") == [], echo
            shown += b"xyzzy" in body
        else:
            assert "json" in kind or MARK.encode() not in body, echo
    assert shown > 15


@pytest.mark.parametrize("line", ["\r\nX-Injected: 1", "\u2028X\x0bX\x00X"])
def test_input_cannot_inject_header_or_log_lines(
    line: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    for name in ("plenary.access", "django.request"):
        caplog.set_level(logging.INFO, name)
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    sent = quote(line, safe="")
    for address in (
        f"/resolutions/A%2FRES%2F1{sent}", f"/roll-calls/a{sent}/", f"/states/usa{sent}/", f"/resolutions.csv?q={sent}",
        f"/resolutions/?q=&q2={sent}", f"/resolutions/?who=USA{sent}&how=for", f"/{sent}",
        f"/roll-calls/A-RES-ES-11-7/?x={sent}", f"/resolutions/a/res/es-11/7?bloc={sent}", f"/suggestions/?q={sent}",
        f"/oembed?url={sent}",
    ):  # fmt: skip
        answer = Client().get(address, headers={"Referer": f"x{line}", "X-Request-Id": f"abcdefgh{line}"})
        check(answer, b"".join(answer) if answer.streaming else answer.content, Asked(address, ""))
    assert len(caplog.records) > 5
    for as_json in (True, False):
        lines = [formatter(as_json=as_json).format(record) for record in caplog.records if not record.exc_info]
        assert [text for text in lines if len(text.splitlines()) != 1] == []


@pytest.mark.parametrize(
    "address",
    ["//evil.example/", "///evil.example", "/\\evil.example", "//evil.example/%2e%2e", "/resolutions//evil.example",
     "/resolutions/%2F%2Fevil.example", "//evil.example/resolutions/?q=", "/roll-calls/?q=&next=//evil.example",
     "//evil.example/roll-calls/A-RES-ES-11-7/", "/states/usa/?next=//evil.example", "/resolutions?//evil.example",
     "//evil.example/states/usa", "/%5Cevil.example/states", "/.//evil.example", "//evil.example/admin"],
)  # fmt: skip
def test_no_address_redirects_to_another_site(address: str):
    answer = Client().get("/", PATH_INFO=address.partition("?")[0], QUERY_STRING=address.partition("?")[2])
    where = answer.headers.get("Location", "/")
    assert where.startswith("/"), where
    assert not where.startswith(("//", "/\\")), where


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "testserver/x", "a b", "[::1"]
)
def test_unknown_host_is_refused(host: str):
    answer = Client().get("/resolutions/", headers={"Host": host})
    assert (answer.status_code, b"evil" in answer.content) == (400, False)


def test_forwarded_host_header_is_ignored():
    said = Client().get(
        "/roll-calls/a-res-es-11-7/", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    assert said.status_code == 200
    assert b"evil.example" not in said.content


@pytest.mark.parametrize(
    "path",
    ["/static/../config/settings.py", "/static/%2e%2e/%2e%2e/config/settings.py", "/static/..%2f..%2fmanage.py",
     "/static/plenary/..%5c..%5cmanage.py", "/data/../../manage.py", "/data/..%2f..%2fetc%2fpasswd",
     "/data/%2e%2e%2fsecret-key", "/data/secret-key", "/data/.lock", "/data/%00.csv", "/static//etc/passwd",
     "/roll-calls/..%2f..%2fx.csv", "/states/..%2fx.json"],
)  # fmt: skip
def test_path_traversal_serves_no_file(path: str):
    assert Client().get(path).status_code == 404


def test_too_many_parameters_are_refused():
    for address in ("/resolutions/", "/agreement.csv", "/api/v1/roll-calls/", "/suggestions/"):
        assert Client().get(f"{address}?" + "&".join(["position=USA:for"] * 1001)).status_code == 400, address
    # A page has a field with all states for each condition, 20 KB of it. What gunicorn takes of an address is the bound
    # of that, so nobody may set it higher without another.
    assert Config().limit_request_line == LONGEST
    most = "&".join(["position=USA:for"] * (LONGEST // 17))
    answer = Client().get(f"/resolutions/?{most}")
    assert (answer.status_code, len(answer.content) < 6_000_000) == (200, True)


# Each took longer than all others together where an expression tried every way to split it.
LONG = [
    "A/RES/" * 20_000, "A/RES/1(" + "I" * 100_000, "(" * 100_000, "1" * 100_000, "I" * 100_000, "a-" * 50_000,
    " " * 100_000 + "x", "A/" * 50_000 + "\n", "A/RES/1 " * 10_000, "-" * 100_000, ".L." * 40_000, "S/PV." * 20_000,
]  # fmt: skip


def test_symbol_parser_is_fast_on_any_input():
    began = time.process_time()
    for text in LONG:
        for reader in (looks_like_symbol, parse_or_none, loose):
            reader(text)
    # Whatever grows with the square of the length takes minutes of the processor.
    assert time.process_time() - began < 20
