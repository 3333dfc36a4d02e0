"""Slow clients and huge requests: readers are served and memory does not grow."""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import TEXT, Browser, Sandbox, memory_of, timed
from tests.stack.processes import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.processes import Server

pytestmark = pytest.mark.faults

CLIENTS = 10_000
HOLD = 12.0
"""Seconds for which the slow clients send a byte every few seconds."""
ANSWERED = 5.0
"""Seconds within which a reader is answered meanwhile."""

GIGABYTE = 1024**3
ENOUGH = 140 * 1024**2
"""More than the proxy takes for the admin."""
BEGUN = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "

HELLO = b"\x16\x03\x01\x02\x00"
"""The first bytes of TLS."""


@contextmanager
def slow_clients(port: int, number: int, begun: bytes = BEGUN) -> Iterator[list[socket.socket]]:
    """Hold so many connections that each have begun a request and never end it."""
    clients: list[socket.socket] = []
    try:
        while len(clients) < number:
            some = [_connecting(port) for _ in range(min(400, number - len(clients)))]
            with selectors.DefaultSelector() as selector:
                for client in some:
                    selector.register(client, selectors.EVENT_WRITE)
                waiting, until = len(some), time.monotonic() + 10
                while waiting and time.monotonic() < until:
                    for key, _ in selector.select(1):
                        selector.unregister(key.fileobj)
                        waiting -= 1
                        with suppress(OSError):
                            key.fileobj.send(begun)  # type: ignore[union-attr]  # sockets, all of them
            clients += some
        yield clients
    finally:
        for client in clients:
            client.close()


def _connecting(port: int) -> socket.socket:
    """Return a socket that connects without waiting for it."""
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    return client


def trickle(clients: list[socket.socket], seconds: float) -> int:
    """Send one more byte from each every third second; return how many are still connected at the end."""
    until = time.monotonic() + seconds
    alive = clients
    while time.monotonic() < until:
        time.sleep(3)
        alive = [client for client in alive if _sends(client)]
    return len(alive)


def _sends(client: socket.socket) -> bool:
    try:
        return client.send(b"a") == 1
    except OSError:
        return False


def test_readers_are_served_beside_ten_thousand_slow_clients_of_the_proxy(sandbox: Sandbox, many_files: int):
    number = min(CLIENTS, many_files - 500)
    site, figures = sandbox.site, dict[str, object]({"clients": number})
    half = number // 2
    with (
        timed("slow clients at the proxy", figures),
        slow_clients(site.proxy.plain_port, half) as plain,
        slow_clients(site.proxy.port, half, HELLO) as tls,
        sandbox.reading() as readers,
    ):
        connected = trickle(plain + tls, HOLD)
    figures |= {"still connected": connected, **readers.figures, "errors": readers.errors[:3]}
    assert (readers.statuses, readers.errors) == ({200}, [])
    assert readers.slowest < ANSWERED
    sandbox.assert_unchanged()


@pytest.mark.parametrize("number", [4, 500])
def test_readers_are_served_beside_slow_clients_of_gunicorn(sandbox: Sandbox, number: int):
    """Told as it is: without a proxy, a slow client for each thread holds a worker; it is well when they go."""
    web, figures = sandbox.site.second, dict[str, object]()
    reader = Browser.behind(web, timeout=3)
    assert reader.request(TEXT).status == 200
    with timed(f"{number} slow clients at gunicorn itself", figures):
        with slow_clients(web.port, number):
            time.sleep(1)
            try:
                figures["reader meanwhile"] = reader.request(TEXT).status
            except (OSError, HTTPException) as error:
                figures["reader meanwhile"] = type(error).__name__
        began = time.monotonic()
        wait_for(lambda: answers(reader), "readers are answered again", seconds=60)
        figures["answered again after s"] = round(time.monotonic() - began, 1)
    sandbox.assert_unchanged()


def answers(reader: Browser) -> bool:
    try:
        return reader.request(TEXT).status == 200
    except (OSError, HTTPException):
        return False


def send_gigabyte(browser: Browser, path: str, kind: str, *, chunked: bool, web: Server) -> tuple[int, int, float, int]:
    """Stream a gigabyte until there is an answer; return its status (0 for none), bytes sent, seconds, memory grown."""
    before = grown = memory_of(web)
    began, sent = time.monotonic(), 0
    connection = browser.connection
    connection.connect()
    has_tls = isinstance(connection, HTTPSConnection)
    connection.putrequest("POST", path, skip_host=True)
    for name, value in {
        "Host": f"127.0.0.1:{connection.port}",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
        "Content-Type": kind,
        # A form's own token, so that what refuses it is its size.
        "X-CSRFToken": "".join(value for name, value in browser.cookies.items() if name.endswith("csrftoken")),
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "Referer": f"https://127.0.0.1:{connection.port}/admin/login/",
        **({"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(GIGABYTE)}),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    wire = connection.sock
    block = b"a" * 65536
    piece = b"10000\r\n" + block + b"\r\n" if chunked else block
    wire.settimeout(10)
    status = 0
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(wire, selectors.EVENT_READ)
            # By TLS there is always something to read, so there all is sent that any proxy of ours takes, and more.
            while sent < (ENOUGH if has_tls else GIGABYTE) and time.monotonic() - began < 20:
                if not has_tls and selector.select(0):
                    break
                wire.sendall(piece)
                sent += len(block)
                if sent % (64 * len(block)) == 0:
                    grown = max(grown, memory_of(web))
    except OSError:
        pass
    with suppress(OSError, HTTPException):
        answer = HTTPResponse(wire, method="POST")
        answer.begin()
        status = answer.status
    connection.close()
    return status, sent, time.monotonic() - began, max(grown, memory_of(web)) - before


FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("through", ["gunicorn", "proxy"])
def test_gigabyte_request_is_refused_without_growing_memory(sandbox: Sandbox, through: str, chunked: bool):
    site, figures = sandbox.site, dict[str, object]()
    browser = Browser.behind(site.first) if through == "gunicorn" else sandbox.reader
    came = {}
    browser.request("/admin/login/")
    with timed(f"1 GB {'in chunks ' if chunked else ''}to {through}", figures):
        for path, kind in (("/admin/login/", FORM), ("/admin/login/", FILES), ("/states/", FORM), ("/none", FILES)):
            status, sent, seconds, grown = send_gigabyte(browser, path, kind, chunked=chunked, web=site.first)
            name = f"{path} {kind.partition(';')[0].rpartition('/')[2]}"
            came[name] = (status, grown)
            figures[name] = f"{status}, {sent >> 20} MB sent, {seconds:.1f} s, {grown >> 20} MB grown"
    # What has no length is not read at all where no proxy gives it one, and answered as a form without fields.
    unread = {200} if through == "gunicorn" and chunked else set()
    assert {status for status, _ in came.values()} <= {400, 404, 413} | unread, came
    assert max(grown for _, grown in came.values()) < 40 * 1024**2, came
    assert sandbox.reader.request(TEXT).status == 200
    sandbox.assert_unchanged()
