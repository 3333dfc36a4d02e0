"""Withdrawn and merged votes at their addresses, and their absence elsewhere."""

import json
from typing import Any

import pytest
from django.test import Client

from resolutions.models import Status
from tests.web.records import Maker, get, text, texts
from votes.editing.merging import merge
from votes.editing.publishing import publish, unpublish, withdraw
from votes.models import RetiredAddress, RollCall

pytestmark = pytest.mark.usefixtures("record")

REASON = "Entered for the wrong <meeting>."
FORMS = [".csv", ".json", "/history.csv", "/history.json"]


def withdrawn(maker: Maker, slug: str = "secretquux") -> RollCall:
    """Return a vote on a text that was published and withdrawn."""
    roll_call = maker.roll_call(slug, "USA:N FRA:Y", resolution=maker.text("A/RES/79/777"), decisive=True, title="")
    publish(roll_calls=[roll_call])
    withdraw(roll_call=roll_call, reason=REASON)
    return roll_call


@pytest.mark.parametrize("path", ["/roll-calls/secretquux/", "/roll-calls/SECRETQUUX/history/"])
def test_page_of_a_withdrawn_vote_gives_the_reason(maker: Maker, path: str):
    withdrawn(maker)
    page = get(path, status=410)
    at = RetiredAddress.objects.get().at
    assert texts(page, "main h1, main .lead, main .note") == [
        "This vote was withdrawn",
        f"secretquux was withdrawn from the record on {at.day} {at:%B %Y}.",
        REASON,
    ]


@pytest.mark.parametrize("form", FORMS)
def test_files_of_a_withdrawn_vote_are_problem_documents(maker: Maker, form: str):
    withdrawn(maker)
    answer = Client().get(f"/roll-calls/secretquux{form}")
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    at = RetiredAddress.objects.get().at.date()
    assert answer.json() == {
        "type": "about:blank",
        "title": "Gone",
        "status": 410,
        "detail": f"The vote “secretquux” was withdrawn on {at.day} {at:%B %Y}: {REASON}",
    }


def test_text_of_a_withdrawn_vote_says_so(maker: Maker):
    withdrawn(maker)
    page = get("/resolutions/A/RES/79/777")
    at = RetiredAddress.objects.get().at
    assert texts(page, "article .note") == [f"A vote on this text was withdrawn on {at.day} {at:%B %Y}: {REASON}"]
    assert page.select(".tally, .sheet, .group") == []


def test_text_still_says_so_when_the_withdrawn_vote_is_deleted(maker: Maker):
    withdrawn(maker).delete()
    assert len(texts(get("/resolutions/A/RES/79/777"), "article .note")) == 1


def test_withdrawn_vote_is_in_no_list_count_search_or_download(maker: Maker):
    addresses = [
        *("/", "/resolutions/", "/roll-calls/", "/resolutions/?q=79/777", "/states/USA/", "/data/quality/"),
        *("/resolutions.csv", "/roll-calls.csv", "/votes.csv?session=79"),
    ]

    def answers() -> dict[str, bytes]:
        found = {}
        for address in addresses:
            answer: Any = Client().get(address)
            found[address] = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return found

    maker.text("A/RES/79/777")
    before = answers()
    roll_call = maker.roll_call("secretquux", "USA:N FRA:Y", title="Peace quux", result="rejected")
    assert sum(b"secretquux" in content for content in answers().values()) >= 4
    withdraw(roll_call=roll_call, reason=REASON)
    assert [address for address, content in answers().items() if content != before[address]] == []


def test_vote_published_again_is_shown_again(maker: Maker):
    roll_call = withdrawn(maker)
    publish(roll_calls=[roll_call])
    assert text(get("/resolutions/A/RES/79/777").select(".tally-large .tally")[0]) == "1-1-0"
    assert get("/roll-calls/secretquux/").select("h1")


@pytest.mark.parametrize("form", [*FORMS, "/", "/history/", "/?choice=against"])
def test_merged_vote_redirects_to_the_one_kept(maker: Maker, form: str):
    kept, twice, thrice = (maker.roll_call(slug, "USA:N") for slug in ("kept", "twice", "thrice"))
    merge(kept=twice, duplicate=thrice, reason="The same.")
    merge(kept=kept, duplicate=twice, reason="The same.")
    for slug in ("twice", "thrice", "TWICE"):
        answer = Client().get(f"/roll-calls/{slug}{form}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/roll-calls/kept{form}")


def test_merged_vote_is_a_404_if_the_kept_one_is_unpublished(maker: Maker):
    kept, twice = maker.roll_call("kept", "USA:N"), maker.roll_call("twice", "USA:N")
    merge(kept=kept, duplicate=twice, reason="The same.")
    unpublish(roll_calls=[kept])
    get("/roll-calls/twice/", status=404)
    withdraw(roll_call=kept, reason=REASON)
    get("/roll-calls/kept/", status=410)
    assert Client().get("/roll-calls/twice/").status_code == 301
    kept.delete()
    get("/roll-calls/twice/", status=404)


def differing(maker: Maker, **values: object) -> RollCall:
    return maker.roll_call(
        "differing", "USA:N FRA:Y", announced_yes=2, announced_no=1, difference_reason="A <late> vote.", **values
    )


def file(address: str) -> Any:
    answer: Any = Client().get(address)
    return json.loads(b"".join(answer.streaming_content))


def test_reason_for_differing_totals_is_on_the_page_and_in_json(maker: Maker):
    roll_call = differing(maker)
    assert texts(get("/roll-calls/differing/"), ".problem .difference-reason") == ["Why they differ: A <late> vote."]
    said = file("/roll-calls/differing.json")
    assert said["difference_reason"] == "A <late> vote."

    RollCall.objects.filter(pk=roll_call.pk).update(announced_yes=1)
    assert get("/roll-calls/differing/").select(".difference-reason") == []
    said = file("/roll-calls/differing.json")
    assert said["difference_reason"] is None


def test_single_announced_figure_is_compared(maker: Maker):
    maker.roll_call("differing", "USA:N FRA:Y GBR:Y", announced_no=2, difference_reason="A late vote.")
    assert texts(get("/roll-calls/differing/"), ".problem li, .problem .difference-reason") == [
        "Against: 2 announced, but 1 counted from the votes.",
        "The votes do not include 190 of the 193 members of the body on that date.",
        "Why they differ: A late vote.",
    ]


def test_reason_for_differing_totals_of_a_draft_is_not_public(maker: Maker):
    differing(maker, status=Status.DRAFT)
    get("/roll-calls/differing/", status=404)
    assert b"late" not in Client().get("/roll-calls/differing.json").content


def test_the_text_of_a_merged_vote_redirects_and_is_embedded_as_the_one_that_is_left(maker: Maker):
    final, draft = maker.text("A/RES/79/777"), maker.text("A/79/L.77")
    kept = maker.roll_call("kept", "USA:N FRA:Y", resolution=final, decisive=True, title="")
    duplicate = maker.roll_call("twice", "USA:N FRA:Y", resolution=draft, decisive=True, title="")
    publish(roll_calls=[kept, duplicate])
    merge(kept=kept, duplicate=duplicate, reason=REASON)

    for path in ("/resolutions/A/79/L.77", "/resolutions/a/79/l.77", "/api/v1/resolutions/A/79/L.77"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].endswith("/resolutions/A/RES/79/777")) == (301, True), path
    for path in ("/resolutions/A/79/L.77", "/roll-calls/twice/", "/roll-calls/twice/embed/"):
        answer = Client().get("/oembed", {"url": f"http://testserver{path}"})
        assert answer.status_code == 200, path
        assert "/roll-calls/kept/embed/" in answer.json()["html"]
    assert Client().get("/roll-calls/twice/embed/")["Location"] == "/roll-calls/kept/embed/"
