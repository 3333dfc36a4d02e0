"""The examples of docs/api.md give the documented responses."""

from __future__ import annotations

import io
import itertools
import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.usefixtures("record")

SITE = "https://plenary.example"
GUIDE = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", GUIDE, flags=re.DOTALL)


def opened(address: str) -> io.BytesIO:
    """Return what an address of the site of the examples answers."""
    path = "/" + address.split("/", 3)[3]
    return io.BytesIO(Client().get(path).content)


def test_each_example_request_gives_the_documented_response():
    asked = 0
    for (of, question), (_kind, answer) in itertools.pairwise(BLOCKS):
        if of == "sh":
            (address,) = re.findall(rf"^curl '({SITE}/\S+)'$", question.strip())
            found, said = json.load(opened(address)), json.loads(answer)
            assert {**found, "data_version": 1} == {"data_version": 1, **said}, address
            asked += 1
    assert asked == 3


def test_documented_paging_loop_finds_all_rows(monkeypatch: pytest.MonkeyPatch):
    (code,) = (text for of, text in BLOCKS if of == "python")
    monkeypatch.setattr("urllib.request.urlopen", opened)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/api.md", "exec"), names)  # noqa: S102  # our own example
    assert names["vetoes"] == [{"slug": "s-2022-155", "date": "2022-02-25"}]


def test_each_documented_address_is_a_200():
    named = set(re.findall(r"`(/api/v1/[^`]*|/roll-calls/[^`]*)`", GUIDE))
    assert len(named) > 12
    assert {path: Client().get(path).status_code for path in sorted(named)} == dict.fromkeys(named, 200)
