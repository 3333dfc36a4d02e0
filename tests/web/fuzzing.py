"""Any value for any parameter of any public address: what is asked, and what must hold of each answer.

``make fuzz`` asks thousands of the record of this installation, which it only reads; the tests ask some of theirs.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from bs4 import BeautifulSoup
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.web.addresses import PART, filled, patterns
from votes.record.record import QUERY
from votes.reports.publication_dates import QUERY as PUBLICATION
from web.serving.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

MOST_QUERIES = 30
"""Statements that an answer may take, those that open its snapshot among them."""

BATCHES = 100
"""The same for a file, which is read some roll calls at a time; one asks as often for the whole record."""

HIGHEST_COST = 40_000
"""By the planner's estimate, of one statement: twice that of the dearest, which reads all states and blocs."""

ONCE_A_VERSION = {QUERY: 400_000, PUBLICATION: 400_000}
"""Of statements whose answer a process keeps: the record itself, and for the map of the site when each page changed."""

LONGEST = 4094
"""Bytes of the first line of a request, as gunicorn takes them by default; it refuses what is longer."""

MARK = "<b title='\"&xyzzy"
"""What must never come back as it was sent."""

GOOD = [
    "", "ukraine", "ES-11", "A/RES/ES-11/7", "GA", "SC", "79", "11emsp", "2022-03-02", "2022-03", "2022", "0001-01-01",
    "9999-12-31", "human-rights", "text", "amendment", "adopted", "vetoed", "closeness", "relevance", "date", "name",
    "USA:against", "eu:tied", "USA,FRA:for", "USA~eu", "USA", "FRA", "SUN", "USA,FRA,GBR", "eu", "nato", "p5",
    "a-res-es-11-7", "s-2022-155", "a-res-2758-xxvi", "kappa", "lijphart", "coincidence", "1", "2", "50", "nonvoting",
    "against", "decisive", "open", "true",
]  # fmt: skip

HOSTILE = [
    MARK, f"USA{MARK}:for", "\x00", "a\x00b", "\ud800", "\u202eabc", "\u2066", "\ufeff", "ﷺ" * 40, "é" * 200, "İ", "ß",
    "١٢٣", "²", "0x10", "1e9", "-1", "0", "10" * 40, "9" * 400, "9" * 5000, "NaN", "Infinity", "1,1,1", "٢٠٢٢-٠٣-٠٢",
    "2022-02-30", "99999-01-01", "-0001-01-01", "2022-03-02T00:00", "%", "%%s", "%(x)s", "{0}", "{{ 7|add:7 }}",
    "{% now %}", "\\", "\\x00", "'", '"', "';--", "' OR 1=1 --", "$$", "\r\nX-Injected: 1", "a\r\n\r\n<b>", "\n", "\t",
    "../" * 8 + "etc/passwd", "..\\..\\x", "/", "//evil.example", "https://evil.example/", "javascript:alert(1)",
    "=HYPERLINK(1)", "+1", "@SUM(1)", ":", "~", ",", ",,,", "::", "~~", "USA~", "~USA", "USA~USA", "USA:for:for",
    "USA," * 300, "eu~" * 50, "(" * 500, "A/RES/" * 100, "A/RES/1(" + "I" * 500 + ")", "a" * 20_000, "a " * 3000,
    "a-" * 2000, '"' * 999, "-" * 999, "| & ! <-> :*", "a:*", "a & !b | (c", "<->", "OR OR OR", "AND", "*", "?", "#",
    "&x=1", ";", "\u0301" * 300, "🇺🇳" * 50, "\U0010ffff", "\x7f", "\x1b[31m", "null", "None", "undefined", "[]", "{}",
]  # fmt: skip

_some = st.sampled_from(GOOD)
values = st.one_of(
    _some,
    _some,
    st.sampled_from(HOSTILE),
    st.builds("{}{}".format, _some, st.sampled_from(HOSTILE)),
    st.builds("{}{}{}".format, _some, st.sampled_from([":", ",", "~", " ", "-", "/"]), _some),
    st.text(max_size=12),
)

OTHERS = ("format", "limit", "cursor", "callback", "utm_source", "fbclid", "a[]", "__class__", MARK, "")
"""Parameters that nobody knows, and that other sites append."""

# What the parts of an address may be; ``%`` stands as it is, so that bytes that are no text come through.
parts = st.one_of(_some, st.sampled_from(HOSTILE), st.text(max_size=12)).filter(lambda part: len(part) < 1000)

PATTERNS = list(patterns())


@dataclass(frozen=True)
class Asked:
    """A request."""

    path: str
    query: str
    htmx: bool = False
    method: str = "GET"


def quoted(text: str) -> str:
    """Return text as it stands in an address, be it text at all or not."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@st.composite
def requests(draw: Callable[[SearchStrategy[Any]], Any]) -> Asked:
    """Draw an address, mostly one that leads somewhere, with some of its parameters and sometimes others."""
    _name, pattern = draw(st.sampled_from(PATTERNS))
    path = draw(st.sampled_from(filled(pattern)))
    known = sorted(parameters_of(resolve(path).func)) or ["q", "page"]
    if PART.search(pattern) and draw(st.integers(0, 3)) == 0:
        folder, _, rest = path.rstrip("/").rpartition("/")
        path = f"{folder}/{quoted(draw(parts))}{draw(st.sampled_from(['', '/', '.csv', '.json', '.png', '/' + rest]))}"
    names = st.one_of(*[st.sampled_from(known)] * 5, st.sampled_from(OTHERS))
    query = draw(st.lists(st.tuples(names, values), max_size=4))
    if query and draw(st.integers(0, 30)) == 0:
        query *= draw(st.sampled_from([2, 50, 300, 2000]))
    said = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in query)
    return Asked(
        path,
        said[: LONGEST - len(path)],
        draw(st.booleans()),
        draw(st.sampled_from(["GET", "GET", "GET", "HEAD", "POST"])),
    )


@dataclass
class Watched:
    """The statements of an answer."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # Django's
        """Note a statement and have it done."""
        self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def dearest(self) -> tuple[float, str]:
        """Return the statement that costs most by the planner, as a share of what it may cost."""
        shares = [(0.0, "")]
        with connection.cursor() as cursor:
            for sql, params in self.statements:
                if sql.lstrip().upper().startswith(("SELECT", "WITH")):
                    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                    cost = cursor.fetchone()[0][0]["Plan"]["Total Cost"]
                    shares.append((cost / ONCE_A_VERSION.get(sql, HIGHEST_COST), sql))
        return max(shares)


def ask(client: Client, asked: Asked) -> tuple[int, float]:
    """Ask, check all that must hold of any answer, and return its status and how near it came to the highest cost."""
    watched = Watched()
    headers = {"HX-Request": "true"} if asked.htmx else {}
    with connection.execute_wrapper(watched):
        answer: Any = client.generic(asked.method, asked.path, QUERY_STRING=asked.query, headers=headers)
        body = b"".join(answer) if answer.streaming else answer.content
    check(answer, body, asked)
    statements = [sql for sql, _ in watched.statements if "SAVEPOINT" not in sql]
    most = BATCHES if "." in asked.path.rpartition("/")[2] else MOST_QUERIES
    assert len(statements) <= most, (len(statements), statements[-1])
    share, statement = watched.dearest()
    assert share <= 1, (share, statement)
    return answer.status_code, share


def check(answer: Any, body: bytes, asked: Asked) -> None:
    """Check what must hold of any answer."""
    assert answer.status_code in {200, 301, 302, 304, 400, 403, 404, 405, 410}, answer.status_code
    if asked.method != "POST":
        assert answer.status_code != 403
    for name, value in answer.headers.items():
        assert "\r" not in value, (name, value)
        assert "\n" not in value, (name, value)
    assert "X-Injected" not in answer.headers
    assert not answer.cookies
    where = answer.headers.get("Location")
    if where is not None:
        assert where.startswith("/"), where
        assert not where.startswith(("//", "/\\")), where
        assert where.isascii(), where
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    assert b"Traceback" not in body
    if asked.method == "HEAD" or not body:
        return
    if kind == "text/html":
        assert MARK.encode() not in body
        page = BeautifulSoup(body, "html.parser")
        assert page.select("b[title*=xyzzy]") == []
        if page.html:
            assert len(page.select("h1")) == 1
    elif kind in ("application/json", "application/problem+json", "application/ld+json"):
        assert json.loads(body) is not None
    elif kind in ("image/svg+xml", "application/atom+xml", "application/xml"):
        assert ET.fromstring(body) is not None  # noqa: S314  # our own
    elif kind == "image/png":
        assert body.startswith(b"\x89PNG")


def main(examples: int) -> None:
    """Ask so many, of the record of this installation, and say what was answered."""
    # What is kept, or refused for being too much, says nothing of how it is made.
    project.PAGE_CACHE, project.SELECTIONS_A_MINUTE, project.API_REQUESTS_A_MINUTE = False, 0, 0
    client = Client(headers={"host": "localhost"})
    counts: dict[int, int] = {}
    dearest: list[Any] = [0.0, ""]

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(asked=requests())
    def fuzz(asked: Asked) -> None:
        status, share = ask(client, asked)
        counts[status] = counts.get(status, 0) + 1
        dearest[:] = max(dearest, [share, f"{asked.path}?{asked.query}"[:300]])

    fuzz()
    share, address = dearest
    sys.stdout.write(f"Asked {sum(counts.values())}, by status: {dict(sorted(counts.items()))}.\n")
    sys.stdout.write(f"The dearest statement costs {share:.0%} of what one may: {address}\n")
