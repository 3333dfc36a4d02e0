"""The embed page, oEmbed and the snippet; nothing else may be framed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.web.records import Maker, get, one, text, texts
from votes.editing.publishing import withdraw
from votes.models import RetiredAddress
from web.discovery.oembed import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = pytest.mark.usefixtures("record")

OWN = "http://testserver"
CARD = "/roll-calls/a-res-es-11-7/embed/"

SAMPLES = {
    "slug": "a-res-es-11-7", "code": "USA", "symbol": "A/RES/ES-11/7", "form": "json", "of": "resolutions",
    "what": "blocs", "name": "votes.csv", "section": "texts", "bloc": "eu",
}  # fmt: skip


def framing(response: HttpResponse) -> tuple[str | None, str]:
    """Return what an answer says of being framed, in the old header and in the new one."""
    policy = dict(part.partition(" ")[::2] for part in response.headers["Content-Security-Policy"].split("; "))
    return response.headers.get("X-Frame-Options"), policy["frame-ancestors"]


def public_paths(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[str]:
    """Yield a path for every pattern of the public site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + sample(str(pattern.pattern))
        elif not str(pattern.pattern).startswith("admin"):
            yield from public_paths(pattern, prefix + str(pattern.pattern))


def sample(route: str) -> str:
    """Return a path that a pattern of this site matches."""
    if not route.startswith("^"):
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: SAMPLES[found[1]], route)
    route = re.sub(r"\(\?P<(\w+)>(\((?:\?:)?[^)]*\)|[^()])*\)", lambda found: SAMPLES[found[1]], route)
    return route.strip("^$").replace("\\", "")


@pytest.mark.usefixtures("loaded_once")
def test_only_the_embed_page_may_be_framed():
    said = {path: framing(Client().head(path)) for path in public_paths()}  # type: ignore[arg-type]  # as the test client has it

    assert said.pop(CARD) == (None, "*")
    assert {path: how for path, how in said.items() if how != ("DENY", "'none'")} == {}
    assert {
        "/",
        "/resolutions/A/RES/ES-11/7",
        "/states/USA.atom",
        "/api/v1/states/USA/",
        "/roll-calls/a-res-es-11-7/",
    } < set(said)
    assert framing(Client().get("/roll-calls/nope/embed/")) == ("DENY", "'none'")  # type: ignore[arg-type]  # likewise


def test_embed_page_loads_only_files_of_the_site():
    response = Client().get(CARD)
    policy = response.headers["Content-Security-Policy"]

    usual = (
        Client()
        .get("/about/")
        .headers["Content-Security-Policy"]
        .replace("frame-ancestors 'none'", "frame-ancestors *")
    )
    assert set(policy.split("; ")) == set(usual.split("; "))
    assert not response.cookies
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select("script, style, [style], iframe, header, footer, form") == []
    sheets = [str(link["href"]).removeprefix("/static/") for link in page.select("link[rel=stylesheet]")]
    assert sheets == ["plenary/embed.css"]
    found = finders.find(sheets[0])
    with open(str(found), "rb") as sheet:  # noqa: PTH123  # as finders give it
        assert len(sheet.read()) < 6000
    assert len(response.content) < 25_000


def test_embed_page_shows_the_vote_and_links_to_its_page():
    page = get(CARD)

    assert text(one(page, "h1")) == "Advancing a comprehensive, just and lasting peace in Ukraine"
    assert texts(page, ".overline > *") == ["A/RES/ES-11/7", "General Assembly", "24 February 2025"]
    assert texts(page, ".outcome > *") == ["93-18-65", "adopted"]
    assert one(page, "svg.bar")["aria-label"] == "93 in favour, 18 against, 65 abstaining, 17 non-voting"
    assert texts(page, ".totals li") == ["In favour 93", "Against 18", "Abstaining 65", "Non-voting 17"]
    assert len(page.select("svg.tiles g[class^=tile-]")) == 193
    assert {(a["href"], a["target"], a["rel"][0]) for a in page.select("a")} == {
        ("/resolutions/A/RES/ES-11/7", "_blank", "noopener"),
        ("/", "_blank", "noopener"),
    }
    assert one(page, "link[rel=canonical]")["href"] == f"{OWN}/resolutions/A/RES/ES-11/7"
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_squares_of_the_council_have_state_codes():
    page = get("/roll-calls/s-2022-155/embed/")

    assert sorted(texts(page, ".tile-code")) == sorted(
        ["ALB", "ARE", "BRA", "CHN", "FRA", "GAB", "GBR", "GHA", "IND", "IRL", "KEN", "MEX", "NOR", "RUS", "USA"]
    )
    assert texts(page, ".tile-label") == ["Permanent members", "Elected members"]


def test_embed_page_without_votes_has_no_squares(maker: Maker):
    maker.roll_call("quiet", method="without-vote", title="To adjourn", kind="motion")
    page = get("/roll-calls/quiet/embed/")

    assert (texts(page, ".outcome > *"), page.select(".tiles, .bar, .totals")) == (["adopted without a vote"], [])
    assert texts(page, ".from a") == ["About this vote", "Plenary"]


def test_other_addresses_of_the_embed_page_redirect_or_are_a_404(maker: Maker):
    kept = maker.roll_call("kept", "USA:Y")
    RetiredAddress.objects.create(slug="merged", kind="merged", reason="The same.", roll_call=kept)
    gone = maker.roll_call("gone", "USA:N", title="Never taken")
    withdraw(roll_call=gone, reason="It was never taken.")
    maker.roll_call("secret", "USA:N", status="draft")

    for written, meant in (("A-RES-ES-11-7", "a-res-es-11-7"), ("merged", "kept")):
        response = Client().get(f"/roll-calls/{written}/embed/")
        assert (response.status_code, response.headers["Location"]) == (301, f"/roll-calls/{meant}/embed/")
    page = get("/roll-calls/gone/embed/", status=410)
    assert "It was never taken." in text(one(page, "main"))
    assert page.select(".tally, .site-header") == []
    assert Client().get("/roll-calls/secret/embed/").status_code == 404


def oembed(**parameters: str) -> Any:
    """Return the answer of oEmbed to these parameters."""
    return Client().get("/oembed", parameters)


@pytest.mark.parametrize(
    "path", ["/resolutions/A/RES/ES-11/7", "/resolutions/es-11%2F7?bloc=eu#states", "/roll-calls/a-res-es-11-7/", CARD]
)
def test_oembed_answers_every_address_of_a_vote(path: str):
    if "es-11%2F7" in path:
        path = path.replace("es-11%2F7", "a%2Fres%2Fes-11%2F7")
    found = oembed(url=OWN + path, format="json")

    title = "A/RES/ES-11/7: Advancing a comprehensive, just and lasting peace in Ukraine"
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/json")
    assert found.json() == {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Plenary",
        "provider_url": f"{OWN}/",
        "html": f'<iframe src="{OWN}{CARD}" title="{title}" width="600" height="500" loading="lazy" '
        'style="border:0;max-width:100%"></iframe>',
        "width": 600,
        "height": 500,
        "thumbnail_url": f"{OWN}/roll-calls/a-res-es-11-7/card.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"maxwidth": "400"}, (400, 480)),
        ({"maxwidth": "9000", "maxheight": "9000"}, (600, 500)),
        ({"maxwidth": "120", "maxheight": "90"}, (120, 90)),
    ],
)
def test_oembed_is_never_larger_than_asked_for(asked: dict[str, str], size: tuple[int, int]):
    said = oembed(url=f"{OWN}{CARD}", **asked).json()

    assert (said["width"], said["height"]) == size
    assert f'width="{size[0]}" height="{size[1]}"' in said["html"]


def test_embeds_of_the_council_or_without_votes_are_lower(maker: Maker):
    maker.roll_call("quiet", method="without-vote", title='"To" <adjourn>', kind="motion")

    assert oembed(url=f"{OWN}/roll-calls/s-2022-155/").json()["height"] == 390
    assert oembed(url=f"{OWN}/roll-calls/s-2022-155/", maxwidth="300").json()["height"] == 430
    quiet = oembed(url=f"{OWN}/roll-calls/quiet/").json()
    assert quiet["height"] == 260
    assert one(BeautifulSoup(quiet["html"], "html.parser"), "iframe")["title"] == '"To" <adjourn>'


@pytest.mark.parametrize(
    ("asked", "status", "wrong"),
    [
        ({}, 400, ["url"]),
        ({"url": f"{OWN}{CARD}", "format": "yaml"}, 400, ["format"]),
        ({"url": f"{OWN}{CARD}", "maxwidth": "wide", "maxheight": "0"}, 400, ["maxheight", "maxwidth"]),
        ({"url": f"{OWN}{CARD}", "callback": "x"}, 400, ["callback"]),
        ({"url": f"{OWN}{CARD}", "format": "xml"}, 501, []),
        ({"url": f"{OWN}/roll-calls/nope/"}, 404, []),
        ({"url": f"{OWN}/resolutions/nope"}, 404, []),
        ({"url": f"{OWN}/states/USA/"}, 404, []),
        ({"url": f"{OWN}/nowhere/"}, 404, []),
        ({"url": "https://elsewhere.example/resolutions/A/RES/ES-11/7"}, 404, []),
        ({"url": "ftp://testserver/resolutions/A/RES/ES-11/7"}, 404, []),
        ({"url": "http://[testserver/"}, 404, []),
        ({"url": "/resolutions/A/RES/ES-11/7"}, 404, []),
    ],
)
def test_invalid_oembed_request_is_a_problem_document(asked: dict[str, str], status: int, wrong: list[str]):
    found = oembed(**asked)

    assert (found.status_code, found.headers["Content-Type"]) == (status, "application/problem+json")
    assert sorted(found.json().get("errors", {})) == wrong


def test_oembed_sizes_are_in_pixels():
    assert sizes(QueryDict("maxwidth=12&maxheight=")) == (12, None, {})
    assert sizes(QueryDict("maxwidth=١٢&maxheight=1234567"))[2] == {"maxwidth": ["١٢"], "maxheight": ["1234567"]}


@pytest.mark.parametrize("path", ["/resolutions/A/RES/ES-11/7", "/roll-calls/a-res-es-11-7/"])
def test_page_of_a_vote_offers_the_snippet_and_oembed_discovery(path: str):
    page = get(path)

    (discovered,) = page.select("link[type='application/json+oembed']")
    snippet = Client().get(str(discovered["href"]).removeprefix(OWN)).json()["html"]
    field = one(page, "#embed-code")
    assert field.has_attr("readonly")
    assert field.get_text() == snippet
    button = one(page, "button[data-copy=embed-code]")
    assert button.has_attr("hidden")
    assert [tag["src"] for tag in page.select("script[src$='copy.js']")] == ["/static/plenary/copy.js"]
