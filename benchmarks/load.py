"""A load on one address: connections that are kept open, each asking again as soon as it is answered.

Requests are bytes made once and answers are read by their Content-Length, so that the asking costs little of
what it shares with the server.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from multiprocessing import get_context

CONNECTIONS = 4


@dataclass(frozen=True)
class Measured:
    """What a load met: requests a second over all connections, and latencies in seconds, sorted."""

    per_second: float
    latencies: list[float]

    def percentile(self, percent: float) -> float:
        """Return the latency that ``percent`` of the answers stayed within, in milliseconds."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]


def measure(port: int, path: str, seconds: float) -> Measured:
    """Ask for ``path`` on this machine's ``port`` for ``seconds``; raise RuntimeError for an answer but 200."""
    with get_context("fork").Pool(CONNECTIONS) as pool:
        runs = pool.starmap(ask, [(port, path, seconds)] * CONNECTIONS)
    latencies = sorted(latency for run in runs for latency in run)
    return Measured(len(latencies) / seconds, latencies)


def ask(port: int, path: str, seconds: float) -> list[float]:
    """Ask over one connection; return how long each answer took, in seconds."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    latencies = []
    end = time.perf_counter() + seconds
    with socket.create_connection(("127.0.0.1", port)) as connection:
        stream = connection.makefile("rb")
        while (began := time.perf_counter()) < end:
            connection.sendall(request)
            status = stream.readline()
            if b" 200 " not in status:
                raise RuntimeError(f"{path}: {status.decode().strip()}")
            length = 0
            while (header := stream.readline()) not in (b"\r\n", b""):
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            stream.read(length)
            latencies.append(time.perf_counter() - began)
    return latencies
