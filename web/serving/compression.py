"""HTTP compression with Brotli or gzip."""

from __future__ import annotations

import re
import zlib

import brotli

COMPRESSIBLE = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b|image/svg\+xml")
"""Content types worth compressing."""

SMALLEST = 500
"""Smallest body in bytes that is compressed."""

ENCODINGS = ("br", "gzip", "")
"""In order of preference; the last is uncompressed."""

GZIP = 16 + zlib.MAX_WBITS
REFUSED = re.compile(r"q=0(?:\.0*)?$")


def encoding_of(accepted: str) -> str:
    """Return the best of ``ENCODINGS`` that the header Accept-Encoding names and does not refuse (RFC 9110, 12.5.3)."""
    named = {}
    for part in accepted.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        named[name.strip()] = not REFUSED.match(weight.strip())
    return next((encoding for encoding in ENCODINGS[:-1] if named.get(encoding)), "")


def encode(body: bytes, encoding: str) -> bytes:
    """Return a body in an encoding. Above these levels time grows faster than size falls."""
    match encoding:
        case "br":
            return bytes(brotli.compress(body, quality=5))
        case "gzip":
            packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
            return packer.compress(body) + packer.flush()
        case _:
            return body


def decode(body: bytes, encoding: str) -> bytes:
    """Return the uncompressed body."""
    match encoding:
        case "br":
            return bytes(brotli.decompress(body))
        case "gzip":
            return zlib.decompress(body, GZIP)
        case _:
            return body
