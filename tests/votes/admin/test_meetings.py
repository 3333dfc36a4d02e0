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

from resolutions.models import Resolution
from tests.votes.admin.pages import errors, fields, page, recorded, staff, text, text_of
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


RECORD = """United Nations A/79/PV.54
General Assembly
Seventy-ninth session
54th plenary meeting
Tuesday, 17 December 2024, 10 a.m.

The President: Draft resolution I is entitled “Peace”. A recorded vote has been requested on paragraph 3.
A recorded vote was taken.
In favour: France, Haiti
Against: United States
Abstaining: Germany
Paragraph 3 of draft resolution I was retained by 2 votes to 1, with 1 abstention.
A recorded vote was taken.
In favour: France, Haiti, Germany
Against: United States
Abstaining: None
Draft resolution I was adopted by 3 votes to 1 (resolution 79/999).
[Subsequently, the delegation of Haiti informed the Secretariat that it had intended to vote against.]
The President: The motion moved by Cuba is put to the vote.
A recorded vote was taken.
In favour: Cuba
Against: France, Atlantis
Abstaming: Chad, Togo
The motion was rejected by 1 vote to 2, with 2 abstentions.
"""


def reviewed(client: Client, text: str = RECORD, **values: str) -> Any:
    """Return the page that shows the votes of a record."""
    return page(client.post(URL, {"text": text, "_read": "1", **values}))


def test_review_shows_each_vote_and_saves_nothing(editor: Client, world: World):
    before = RollCall.objects.count()
    shown = reviewed(editor)
    assert [text(name) for name in shown.select(".meeting-vote > h2")] == [
        "Vote 1: Paragraph 3 of draft resolution I",
        "Vote 2: Draft resolution I",
        "Vote 3: Motion",
    ]
    assert "Draft resolution I was adopted by 3 votes to 1 (resolution 79/999)" in text(
        shown.select_one("#vote-2 blockquote")
    )
    assert text(shown.select_one(".meeting-facts")) == (
        "General Assembly, Seventy-ninth session, A/79/PV.54, 17 December 2024"
    )
    problems = [text(item) for item in shown.select("#vote-3 .filling-problems li")]
    assert any("Unknown heading: “Abstaming:”" in problem for problem in problems)
    assert any("Unknown state: “Atlantis”" in problem for problem in problems)
    assert "Haiti: Against" in text(shown.select_one("#vote-2 .filling-facts"))
    assert shown.select_one("[name=text]").text.strip() == RECORD.strip()
    assert RollCall.objects.count() == before


def test_chosen_votes_become_drafts_with_their_text(editor: Client, world: World):
    shown = reviewed(editor)
    response = editor.post(URL, {name: value for name, value in sent(shown).items() if name != "vote-3-include"})
    assert response.status_code == 302
    first, second = RollCall.objects.filter(meeting="A/79/PV.54").order_by("ordinal")
    made = text_of(second)
    assert (made.symbol, made.title, made.status, made.session) == ("A/RES/79/999", "Peace", "draft", world.session)
    assert text_of(first) == made
    assert [(one.kind, one.title, one.decisive, one.ordinal) for one in (first, second)] == [
        ("paragraph", "Paragraph 3 of draft resolution I", False, 1),
        ("text", "", True, 2),
    ]
    assert {code: recorded(second)[code] for code in ("FRA", "HTI", "USA", "DEU", "CUB")} == {
        "FRA": "Y",
        "HTI": "Y",
        "USA": "N",
        "DEU": "Y",
        "CUB": "X",
    }
    assert (second.absences_derived, second.result, second.announced_yes) == (True, "adopted", 3)
    assert list(second.corrections.values_list("state__code", "intended")) == [("HTI", "N")]
    assert [user.username for user in second.entered_by.all()] == ["editor"]


def test_doubtful_vote_is_saved_without_those_that_did_not_vote(editor: Client, world: World):
    shown = reviewed(editor)
    editor.post(
        URL, {name: value for name, value in sent(shown).items() if "-include" not in name} | {"vote-3-include": "on"}
    )
    [motion] = RollCall.objects.filter(meeting="A/79/PV.54")
    assert (motion.resolution, motion.title, motion.kind, motion.ordinal) == (None, "Motion", "motion", 3)
    assert recorded(motion) == {"CUB": "Y", "FRA": "N"}
    assert not motion.absences_derived


def test_votes_on_record_are_recognised_and_compared(editor: Client, world: World):
    editor.post(URL, sent(reviewed(editor)))
    again = reviewed(editor)
    assert [text(one) for one in again.select(".meeting-known")] == ["on record, identical"] * 3
    assert not again.select("[name$=-include], [name=_save]")

    changed = reviewed(editor, RECORD.replace("In favour: France, Haiti, Germany", "In favour: France, Haiti, Chad"))
    assert [text(one) for one in changed.select(".meeting-known")] == [
        "on record, identical",
        "on record, differs",
        "on record, identical",
    ]
    rows = [
        [text(cell) for cell in row.select("th, td")] for row in changed.select("#vote-2 .meeting-differences tbody tr")
    ]
    assert rows == [["Chad", "Non-voting", "In favour"], ["Germany", "In favour", "Non-voting"]]


def test_text_that_is_known_is_not_made_again_and_its_amendment_finds_it(editor: Client, world: World):
    known = world.resolution(title="Known")
    editor.post(URL, sent(reviewed(editor)))
    assert Resolution.objects.get(symbol="A/RES/79/999") == known
    assert known.roll_calls.count() == 2
    assert known.title == "Known"


def test_changed_text_is_shown_again_before_anything_is_saved(editor: Client, world: World):
    before = RollCall.objects.count()
    shown = reviewed(editor)
    again = page(editor.post(URL, sent(shown, text=RECORD.replace("Haiti", "Chad"))))
    assert "The text has changed since it was read" in text(again.select_one(".filling-refused"))
    assert RollCall.objects.count() == before


def test_record_that_says_neither_body_nor_date_asks_for_them(editor: Client, world: World):
    bare = RECORD.partition("\n\n")[2]
    shown = reviewed(editor, bare)
    assert errors(shown) == [
        "The first page of the record does not say which body met. Choose the body.",
        "The first page of the record does not say when the body met. Enter the date.",
    ]
    assert shown.select_one("[name=text]").text.strip() == bare.strip()
    assert len(reviewed(editor, bare, body="GA", date="2024-12-17").select(".meeting-vote")) == 3


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text": ""}, "Paste a text or choose a file."),
        ({"text": RECORD, "file": b"%PDF-1.7 broken"}, "This file is not a PDF, or it is damaged."),
        ({"text": "", "file": b"%PDF-1.7 broken"}, "This file is not a PDF, or it is damaged."),
    ],
)
def test_what_cannot_be_read_is_refused(editor: Client, world: World, values: dict[str, Any], error: str):
    if "file" in values:
        values = {**values, "file": SimpleUploadedFile("record.pdf", values["file"])}
    assert errors(page(editor.post(URL, {**values, "_read": "1"})))[0].startswith(error)


def test_new_vote_without_symbol_or_title_is_refused_by_name(editor: Client, world: World):
    before = RollCall.objects.count()
    again = page(editor.post(URL, sent(reviewed(editor), **{"vote-3-subject": "", "vote-2-title": ""})))
    assert set(errors(again)) == {
        "Enter the symbol of the text, or say what was voted on.",
        "Enter the title of the text.",
    }
    assert RollCall.objects.count() == before


def test_a_text_on_record_needs_no_title(editor: Client, world: World):
    shown = reviewed(editor)
    data = sent(shown, **{"vote-2-title": ""})
    known = world.resolution(data["vote-2-symbol"], title="On record", status="draft")

    assert editor.post(URL, data).status_code == 302

    assert RollCall.objects.get(meeting="A/79/PV.54", ordinal=2).resolution == known


def test_page_is_for_those_who_may_add_texts_and_votes(client: Client, world: World):
    client.force_login(staff("reader", "view_rollcall", "add_rollcall"))
    assert client.get(URL).status_code == 403
    client.force_login(staff("recorder", "view_rollcall", "add_rollcall", "add_resolution"))
    assert client.get(URL).status_code == 200


def test_record_without_a_recorded_vote_says_so(editor: Client, world: World):
    shown = reviewed(editor, RECORD.partition("The President: Draft")[0] + "The draft was adopted (resolution 79/1).")
    assert "No recorded vote was found in this record." in text(shown.select_one(".meeting-none"))
    assert not shown.select("[name=_save]")
