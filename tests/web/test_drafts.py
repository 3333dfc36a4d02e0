"""Drafts appear nowhere: no page, count, facet, search, redirect or suggestion."""

import pytest
from django.test import Client

from resolutions.models import OtherSymbol, Resolution, Status
from tests.web.records import Maker, get, loading_once, symbols
from votes.editing.publishing import publish
from votes.models import Correction, MemberState, RollCall

pytestmark = pytest.mark.usefixtures("record")

ADDRESSES = [
    "/",
    "/resolutions/",
    "/roll-calls/",
    "/states/",
    "/blocs/",
    "/about/",
    "/contact/?about=a-res-79-777",
    "/contact/?about=secret-motion",
    "/report/?page=/roll-calls/secret-motion/",
    "/report/?page=/resolutions/A/RES/79/777",
    # Searches and filters.
    "/resolutions/?q=flumequux",
    "/resolutions/?q=agendaquux",
    "/roll-calls/?q=motionquux",
    "/resolutions/?q=79/777",
    "/resolutions/?q=A/79/L.777",
    "/resolutions/?order=closeness",
    "/resolutions/?q=peace&order=relevance",
    "/resolutions/?session=79",
    "/resolutions/?topic=decolonization",
    "/roll-calls/?kind=amendment",
    "/roll-calls/?result=rejected",
    "/resolutions/?position=TUV:against",
    "/roll-calls/?differ=TUV~USA",
    "/resolutions/?position=pacific-islands-forum:against",
    # The draft's own addresses, its spellings and near misses.
    "/resolutions/A/RES/79/777",
    "/resolutions/a/res/79/777",
    "/resolutions/A/79/L.777",
    "/resolutions/79/777",
    "/resolutions/777",
    "/resolutions/A/RES/79/888",
    "/roll-calls/a-res-79-777/",
    "/roll-calls/secret-motion/",
    "/roll-calls/secret-amendment/",
    "/roll-calls/secret-motion/history/",
    "/roll-calls/secret-motion/history.json",
    "/roll-calls/a-res-79-777/history/",
    "/roll-calls/a-res-es-11-7/history/",
    "/flumequux",
    "/search/motionquux",
    # Records that would count it.
    "/resolutions/A/RES/ES-11/7",
    "/resolutions/A/RES/67/19",
    "/states/TUV/",
    "/states/TUV/?choice=against",
    "/states/USA/",
    "/blocs/pacific-islands-forum/",
    "/blocs/nato/",
    "/blocs/sids/?session=79",
]


def secrets(maker: Maker) -> list[RollCall]:
    """Write drafts of every sort and return their roll calls."""
    votes = "TUV:N USA:Y FRA:Y PLW:N FJI:A RUS:N"
    draft = {"status": Status.DRAFT}
    resolution = maker.text("A/RES/79/777", title="Peace flumequux", agenda="agendaquux", **draft)
    resolution.topics.add(maker.topic)
    OtherSymbol.objects.create(resolution=resolution, symbol="A/79/L.777")
    published = Resolution.objects.get(symbol="A/RES/ES-11/7")
    other_text = maker.text("A/RES/79/888", title="Peace", **draft)
    roll_calls = [
        maker.roll_call("a-res-79-777", votes, resolution=resolution, decisive=True, title="", **draft),
        maker.roll_call("secret-motion", votes, kind="motion", title="motionquux", result="rejected", **draft),
        maker.roll_call(
            "secret-amendment", votes, resolution=published, session=published.session, kind="amendment",
            title="motionquux", date="2025-02-24", **draft,
        ),
        maker.roll_call("a-res-79-888", votes, resolution=other_text, decisive=True, title="", **draft),
    ]  # fmt: skip
    Correction.objects.create(roll_call=roll_calls[0], state=MemberState.objects.get(code="FJI"), intended="Y")
    return roll_calls


def answers() -> dict[str, tuple[int, str, bytes]]:
    """Return status, destination and content of every address, and of its part for htmx."""
    found = {}
    with loading_once():
        for address in ADDRESSES:
            listed = address.startswith(("/resolutions/?", "/roll-calls/?", "/states/TUV", "/blocs/nato"))
            for headers in ({}, {"HX-Request": "true"}) if listed else ({},):
                response = Client().get(address, headers=headers)
                key = f"{address} {headers}"
                found[key] = (response.status_code, response.headers.get("Location", ""), response.content)
    return found


def test_drafts_change_no_page_and_publishing_changes_them(maker: Maker):
    before = answers()
    roll_calls = secrets(maker)
    after = answers()
    assert [key for key in before if before[key] != after[key]] == []

    publish(roll_calls=roll_calls)
    public = answers()
    unchanged = {key.removesuffix(" {}") for key in public if key.endswith(" {}") and public[key] == before[key]}
    # What drafts would have shown in shows them now, so that the comparison above compared something.
    elsewhere = {"/roll-calls/a-res-es-11-7/history/", "/resolutions/A/RES/67/19", "/search/motionquux"}
    assert unchanged == {"/states/", "/blocs/", *elsewhere}
    assert symbols(get("/resolutions/?session=79")) == ["A/RES/79/888", "A/RES/79/777"]


def test_published_text_does_not_show_its_draft_vote(maker: Maker):
    roll_call = secrets(maker)[0]
    assert roll_call.resolution
    roll_call.resolution.status = Status.PUBLISHED
    roll_call.resolution.save()
    page = get("/resolutions/A/RES/79/777")

    assert page.select(".tally, .sheet, .group, .explanation") == []
    assert "A/RES/79/777" not in symbols(get("/resolutions/"))
