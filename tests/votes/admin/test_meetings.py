"""Entering the votes of a whole meeting: its record read, its votes seen, then saved as drafts."""

from __future__ import annotations

import csv
import gzip
import itertools
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.votes.admin.pages import errors, fields, page, recorded, text_of
from votes.models import RollCall

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

VERBATIM = Path(__file__).resolve().parents[4] / "shared" / "data" / "verbatim"
URL = "/admin/votes/rollcall/meeting/"

needs_records = pytest.mark.skipif(not VERBATIM.is_dir(), reason="the verbatim records are not at hand")


def sent(soup: Any, **values: str) -> dict[str, Any]:
    """Return what a browser sends of the page with the votes."""
    return {name: value for name, value in fields(soup).items() if name != "file"} | {"_save": "1"} | values


@needs_records
def test_meeting_of_fifteen_votes_goes_from_upload_to_drafts(editor: Client, world: World):
    file = SimpleUploadedFile("a-65-pv-71.pdf", (VERBATIM / "ga_65_71.pdf").read_bytes())
    shown = page(editor.post(URL, {"text": "", "file": file, "_read": "1"}))
    assert len(shown.select(".meeting-vote")) == 15
    assert not RollCall.objects.filter(meeting="A/65/PV.71").exists()

    response = editor.post(URL, sent(shown))

    assert response.status_code == 302, errors(page(response))
    saved = list(RollCall.objects.filter(meeting="A/65/PV.71").order_by("ordinal"))
    assert [(vote.ordinal, vote.status, vote.source.slug) for vote in saved] == [
        (number, "draft", "editor") for number in range(1, 16)
    ]
    on_record = votes_on_record("A/65/PV.71")
    texts = [vote for vote in saved if vote.kind == "text"]
    assert {vote.resolution.symbol for vote in texts if vote.resolution} == set(on_record)
    for vote in texts:
        assert vote.resolution
        assert vote.decisive
        assert recorded(vote) == on_record[vote.resolution.symbol], vote.resolution
    [amendment] = [vote for vote in saved if vote.kind == "amendment"]
    assert (amendment.ordinal, text_of(amendment).symbol) == (6, "A/RES/65/208")
    assert amendment.title == "Amendment contained in document A/65/L.53"
    assert (amendment.announced_yes, amendment.announced_no, amendment.announced_abstaining) == (93, 55, 27)
    assert text_of(saved[3]).title.startswith("Use of mercenaries as a means of violating human rights")
    corrected = {vote.ordinal: dict(vote.corrections.values_list("state__code", "intended")) for vote in saved}
    assert {number: said for number, said in corrected.items() if said} == {
        2: {"COD": "Y"},
        5: {"GMB": "A"},
        7: {"SAU": "A"},
    }


def votes_on_record(meeting: str) -> dict[str, dict[str, str]]:
    """Return the votes of a meeting by resolution and state, as the UN Digital Library holds them."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with gzip.open(VERBATIM.parent / "ga_voting_1946_2025.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(itertools.chain([next(file)], (line for line in file if meeting in line))):
            found[row["resolution"]][row["ms_code"]] = row["ms_vote"]
    return dict(found)
