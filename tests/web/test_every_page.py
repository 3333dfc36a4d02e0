"""What holds of every public page: no cookie, no inline script, valid links."""

import itertools
import json
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client

from tests.web.records import Maker, text

pytestmark = pytest.mark.usefixtures("record")

PAGES = {
    "/": 200,
    "/resolutions/": 200,
    "/resolutions/?q=ukraine&position=USA:against&differ=USA~eu&order=closeness": 200,
    "/resolutions/?position=USA:againts&body=XX&since=x": 200,
    "/resolutions/?page=7&nothing=1": 200,
    "/roll-calls/": 200,
    "/roll-calls/a-res-es-11-7/": 200,
    "/roll-calls/a-res-es-11-7/history/": 200,
    "/resolutions/A/RES/ES-11/7": 200,
    "/resolutions/A/RES/ES-11/7?bloc=nope": 200,
    "/resolutions/A/RES/2758(XXVI)": 200,
    "/resolutions/S/2022/155": 200,
    "/states/": 200,
    "/states/USA/": 200,
    "/states/USA/?choice=against": 200,
    "/states/SUN/": 200,
    "/states/EAZ/": 200,
    "/subjects/": 200,
    "/subjects/?q=cuba&nothing=1": 200,
    "/subjects/cuba/": 404,
    "/blocs/": 200,
    "/blocs/nato/?on=2022-03-02": 200,
    "/blocs/nato/?on=yesterday": 200,
    "/agreement/": 200,
    "/agreement/?bloc=p5&since=1971-01-01": 200,
    "/agreement/?state=USA&state=FRA&state=SUN&measure=kappa&order=name": 200,
    "/agreement/?state=USA&state=XXX&bloc=nope&measure=y&order=z&since=x&nothing=1": 200,
    "/compare/states/": 200,
    "/compare/states/?state=USA&state=nato&since=1990-01-01": 200,
    "/compare/states/?state=USA&state=eu&state=CHN&state=USA,GBR&state=RUS&measure=kappa": 200,
    "/compare/states/?state=USA&state=XXX&since=x&measure=y&nothing=1": 200,
    "/compare/roll-calls/": 200,
    "/compare/roll-calls/?a=a-res-es-11-1&body=GA": 200,
    "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7": 200,
    "/compare/roll-calls/?a=a-res-2758-xxvi&b=a-res-es-11-7&bloc=nato": 200,
    "/compare/roll-calls/?a=nowhere&b=a-res-es-11-7&bloc=nope&c=1": 200,
    "/ideal-points/": 200,
    "/vetoes/": 200,
    "/vetoes/?nothing=1": 200,
    "/roll-calls/?method=any&vetoed_by=RUS&vetoed_by=CHN": 200,
    "/roll-calls/?method=nope&vetoed_by=nope": 200,
    "/ideal-points/?state=USA&session=75&topic=nope&nothing=1": 200,
    "/data/": 200,
    "/data/codebook/": 200,
    "/data/quality/": 200,
    "/data/changes/": 200,
    "/about/": 200,
    "/reading-a-vote/": 200,
    "/methods/": 200,
    "/cookbook/": 200,
    "/api/": 200,
    "/contact/": 200,
    "/contact/?about=nowhere": 200,
    "/report/": 200,
    "/report/?page=/resolutions/A/RES/ES-11/7": 200,
    "/privacy/": 200,
    "/resolutions/es-11": 404,
    "/nowhere/": 404,
}


@pytest.fixture
def response(request: pytest.FixtureRequest, maker: Maker) -> HttpResponse:
    """Return the answer to the address of the parameter; a list has more than a page."""
    if urlsplit(request.param).path in ("/resolutions/", "/roll-calls/"):
        maker.many(range(1, 8))
    return Client().get(request.param)  # type: ignore[return-value]  # the test client adds to it


every_page = pytest.mark.parametrize("response", PAGES, indirect=True)


@every_page
def test_every_page_is_cookieless_without_inline_script_and_well_formed(response: HttpResponse):
    """One request a page, and everything that must hold of it."""
    address = response.wsgi_request.get_full_path()  # type: ignore[attr-defined]  # set by the test client
    assert response.status_code == PAGES[address.replace("%28", "(").replace("%29", ")")]

    # A page is the same for everyone.
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert "cookie" not in response.headers.get("Vary", "").lower()
    assert b"csrfmiddlewaretoken" not in response.content

    page = BeautifulSoup(response.content, "html.parser")
    assert page.html
    assert page.html["lang"] == "en"
    assert page.html["dir"] == "ltr"
    assert len(page.select("h1")) == 1
    assert text(page.select("title")[0]).strip(" ·:")
    assert len(page.select("main")) == 1

    # No inline script or style, and nothing from another site.
    scripts = page.select("script:not([type='application/ld+json'])")
    assert [tag for tag in scripts if not tag.get("src") or tag.get_text(strip=True)] == []
    assert all(json.loads(tag.get_text())["@graph"] for tag in page.select("script[type='application/ld+json']"))
    assert page.select("style, [style], iframe, object, embed, base") == []
    handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith(("on", "hx-on"))]
    assert handlers == []
    assert [a for a in page.select("a[href]") if str(a["href"]).lower().startswith(("javascript:", "data:"))] == []
    assets = [str(tag[name]) for tag in page.find_all(True) for name in ("src", "srcset", "poster") if tag.get(name)]
    assets += [str(tag["href"]) for tag in page.select("link[href]") if tag["rel"][0] not in ("canonical", "alternate")]
    for asset in assets:
        if asset.startswith("/static/"):
            assert finders.find(asset.removeprefix("/static/")), asset
        else:
            # A picture that the server draws.
            drawn = Client().get(asset)
            assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/svg+xml"), asset
    assert all(str(use["href"]).startswith("#") for use in page.select("use"))

    # Ids are unique, and every reference to one finds it.
    ids = [str(tag["id"]) for tag in page.select("[id]")]
    assert sorted(ids) == sorted(set(ids))
    assert [str(use["href"]) for use in page.select("use") if str(use["href"])[1:] not in ids] == []
    assert [a["href"] for a in page.select("a[href^='#']") if str(a["href"])[1:] not in ids] == []
    for name in ("for", "aria-labelledby", "aria-describedby"):
        for tag in page.select(f"[{name}]"):
            assert set(str(tag[name]).split()) <= set(ids), tag

    # Every control has a label, every link and button a text.
    for control in page.select("input:not([type=hidden]), select, textarea"):
        labels = page.select(f"label[for='{control['id']}']") if control.get("id") else []
        wrapped = control.find_parent("label")
        named = (
            [text(label) for label in labels]
            + [text(wrapped) if wrapped else ""]
            + [str(control.get("aria-label", ""))]
        )
        assert any(named), control
    assert [tag for tag in page.select("a, button") if not text(tag)] == []

    # Headings go down one step at a time.
    levels = [int(heading.name[1]) for heading in page.select("h1, h2, h3, h4, h5, h6")]
    assert levels[0] == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_head_has_the_headers_of_get_and_no_body(record: None):
    got, head = Client().get("/about/"), Client().head("/about/")

    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(got.content))
    given = {"Content-Length": "", "X-Request-ID": ""}  # Each request has its own id.
    assert {**head.headers, **given} == {**got.headers, **given}
