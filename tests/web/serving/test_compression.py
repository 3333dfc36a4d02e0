"""Compression of responses."""

import gzip

import brotli
import pytest

from web.serving.compression import COMPRESSIBLE, ENCODINGS, decode, encode, encoding_of


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP;q=0.5, br;q=1.0", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000,gzip;q=0", ""),
        ("br;q=0.001", "br"),
        ("x-gzip, bread", ""),
        ("*", ""),
    ],
)
def test_best_accepted_encoding_is_chosen(accepted: str, encoding: str):
    assert encoding_of(accepted) == encoding


def test_each_encoding_decodes_to_the_same_body():
    body = "Côte d’Ivoire ".encode() * 100

    assert brotli.decompress(encode(body, "br")) == body
    assert gzip.decompress(encode(body, "gzip")) == body
    assert encode(body, "") == body
    assert [decode(encode(body, encoding), encoding) for encoding in ENCODINGS] == [body] * 3
    # The same bytes whenever they are made: gzip would put the time into them.
    assert encode(body, "gzip")[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("kind", "is_smaller"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("application/problem+json", True),
        ("application/atom+xml; charset=utf-8", True),
        ("application/xml", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/vnd.apache.parquet", False),
        ("application/jsonfoo", False),
    ],
)
def test_only_text_types_are_compressible(kind: str, is_smaller: bool):
    assert bool(COMPRESSIBLE.match(kind)) is is_smaller
