"""Load generator for one address: keep-alive connections that each send a request as soon as one is answered.

One process asks for all of them and looks at whichever is answered; requests are bytes made once, and of an answer
only the status and the length are read, so that the asking costs little of what it shares with the server.
"""

from __future__ import annotations

import math
import re
import selectors
import socket
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CONNECTIONS = 4
PATIENCE = 30
"""Seconds after which an answer will not come."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
END_OF_CHUNKS = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Measured:
    """What a load met: requests a second over all connections, and latencies in seconds, sorted."""

    per_second: float
    latencies: list[float]

    def percentile(self, percent: float) -> float:
        """Return the latency that ``percent`` of the answers stayed within, in milliseconds."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]


@dataclass(slots=True)
class Client:
    """One connection, what has come of the answer it waits for, and how long the answers took, in seconds."""

    connection: socket.socket
    began: float = 0
    """When it asked; 0 before its first request, whose answer also opens the connection and is not counted."""
    came: bytearray = field(default_factory=bytearray)
    needs: int = 0
    """The bytes of the whole answer, 0 as long as its head has not come; -1 for one that ends with its last chunk."""


@contextmanager
def opened(port: int, connections: int = CONNECTIONS) -> Iterator[list[socket.socket]]:
    """Open connections to this machine's ``port`` and keep them open.

    Which process of a server takes a connection is chance, and makes up to a factor of two: what is compared goes over
    the same ones.
    """
    with ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]


def measure(
    connections: Sequence[socket.socket],
    path: str,
    seconds: float,
    *,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
) -> Measured:
    """Ask for ``path`` for ``seconds`` from when each connection had a first answer, and read all answers to the end.

    Raises RuntimeError for an answer with another status, for one that does not come and for a closed connection.
    """
    request = request_of(connections[0].getpeername()[1], path, headers)
    expected = f" {status} ".encode()
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        clients = [Client(connection) for connection in connections]
        for client in clients:
            client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.connection.sendall(request)
            selector.register(client.connection, selectors.EVENT_READ, client)
        began = now = end = math.inf
        waiting = asking = len(clients)  # for their first answers, and for any
        while asking:
            ready = selector.select(PATIENCE)
            if not ready:
                raise RuntimeError(f"{path}: no answer within {PATIENCE} s")
            for key, _events in ready:
                client = key.data
                if not answered(client, path, expected):
                    continue
                now = time.perf_counter()
                if not client.began:
                    waiting -= 1
                    if not waiting:
                        began, end = now, now + seconds
                elif not waiting:
                    latencies.append(now - client.began)
                if now >= end and latencies:
                    asking -= 1
                else:
                    client.began = now
                    client.connection.sendall(request)
    return Measured(len(latencies) / (now - began), sorted(latencies))


def request_of(port: int, path: str, headers: Mapping[str, str] | None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answered(client: Client, path: str, expected: bytes) -> bool:
    """Take what has come; tell whether the answer is whole, and make ready for the next."""
    part = client.connection.recv(1 << 18)
    if not part:
        raise RuntimeError(f"{path}: the connection was closed after {bytes(client.came[:200])!r}")
    client.came += part
    if not client.needs:
        head = client.came.find(b"\r\n\r\n")
        if head < 0:
            return False
        first = client.came[: client.came.find(b"\r\n") + 1]
        if expected not in first:
            raise RuntimeError(f"{path}: {first.decode().strip()}")
        length = LENGTH.search(client.came, 0, head)
        chunked = length is None and CHUNKED.search(client.came, 0, head)
        client.needs = -1 if chunked else head + 4 + (int(length[1]) if length else 0)
    whole = client.came.endswith(END_OF_CHUNKS) if client.needs < 0 else len(client.came) >= client.needs
    if whole:
        client.came.clear()
        client.needs = 0
    return whole


def headers_of(port: int, path: str, headers: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ask once; return the headers of the answer, their names in lower case."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request_of(port, path, {**(headers or {}), "Connection": "close"}))
        with connection.makefile("rb") as stream:
            stream.readline()
            lines = iter(stream.readline, b"\r\n")
            pairs = (line.decode("latin-1").partition(":") for line in lines)
            return {name.lower(): value.strip() for name, _colon, value in pairs}
