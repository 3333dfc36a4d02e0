"""Site map, robots.txt, llms.txt and the icon."""

import datetime
import re
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.contrib.staticfiles import finders
from django.test import Client

from resolutions.attribution import attributed
from tests.web.records import Maker
from votes.models import Bloc, MemberState, RollCall, Vote
from web.discovery.sitemap import Pages

pytestmark = pytest.mark.usefixtures("record")

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OWN = "http://testserver"


def addresses(path: str) -> dict[str, str | None]:
    """Return the addresses of a site map, or of its index, each with when it last changed."""
    response = Client().get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/xml")
    root = ET.fromstring(response.content)  # noqa: S314  # our own
    return {str(one.findtext(f"{MAP}loc")).removeprefix(OWN): one.findtext(f"{MAP}lastmod") for one in root}


def test_sitemap_has_every_page_of_the_record(maker: Maker):
    maker.roll_call("a-motion", "USA:Y")
    maker.roll_call("secret", "USA:Y", status="draft")
    sections = {path: addresses(path) for path in addresses("/sitemap.xml")}

    assert [path.removeprefix("/sitemap-").removesuffix(".xml") for path in sections] == [
        "texts", "roll-calls", "subjects", "states", "blocs", "pages",
    ]  # fmt: skip
    texts, roll_calls, subjects, states, blocs, pages = sections.values()
    decisive = RollCall.objects.published().decisive().select_related("resolution")
    assert set(texts) == {roll_call.get_absolute_url() for roll_call in decisive}
    assert set(roll_calls) == {"/roll-calls/a-motion/"}
    assert set(subjects) == set()
    assert set(states) == {f"/states/{code}/" for code in MemberState.objects.values_list("code", flat=True)}
    assert set(blocs) == {f"/blocs/{slug}/" for slug in Bloc.objects.values_list("slug", flat=True)}
    assert {path: Client().get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    assert {"/", "/data/", "/data/codebook/", "/about/"} <= set(pages)
    listed = [next(iter(section)) for section in (texts, roll_calls, states, blocs)]
    assert {path: Client().get(path).status_code for path in listed} == dict.fromkeys(listed, 200)


def test_sitemap_states_when_a_page_last_changed():
    before = addresses("/sitemap-texts.xml")
    with attributed(reason="Misread."):
        Vote.objects.filter(roll_call__slug="a-res-es-11-7", state__code="USA").update(choice="A")
    (now,) = RollCall.objects.annotate(now=TransactionNow()).values_list("now", flat=True)[:1]
    after = addresses("/sitemap-texts.xml")

    changed = {path for path, when in after.items() if when != before[path]}
    assert changed <= {"/resolutions/A/RES/ES-11/7"}
    assert after["/resolutions/A/RES/ES-11/7"] == now.date().isoformat()
    assert {addresses("/sitemap-pages.xml")[path] for path in ("/about/", "/privacy/")} == {None}
    assert set(addresses("/sitemap-states.xml").values()) == {now.date().isoformat()}


def test_long_sitemap_section_is_split(monkeypatch: pytest.MonkeyPatch):
    whole = addresses("/sitemap-texts.xml")
    monkeypatch.setattr(Pages, "limit", 10)

    parts = [path for path in addresses("/sitemap.xml") if path.startswith("/sitemap-texts.xml")]
    assert parts == ["/sitemap-texts.xml", "/sitemap-texts.xml?p=2", "/sitemap-texts.xml?p=3"]
    found = [path for part in parts for path in addresses(part)]
    assert found == list(whole)


@pytest.mark.parametrize("path", ["/sitemap-nope.xml", "/sitemap-texts.xml?p=99", "/sitemap-texts.xml?p=x"])
def test_unknown_sitemap_part_is_a_404(path: str):
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-texts.xml", "/llms.txt"])
def test_matching_etag_is_a_304_until_the_record_changes(maker: Maker, path: str):
    tag = Client().get(path).headers["ETag"]

    assert Client().get(path, headers={"if-none-match": tag}).status_code == 304
    maker.roll_call("another", "USA:Y")
    assert Client().get(path, headers={"if-none-match": tag}).status_code == 200


def rules() -> list[tuple[str, str]]:
    """Return the rules of robots.txt for everybody."""
    response = Client().get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line for line in response.content.decode().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {OWN}/sitemap.xml"
    return [(line.partition(": ")[0], line.partition(": ")[2]) for line in lines[1:-1]]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/resolutions/A/RES/ES-11/7", True),
        ("/roll-calls/a-res-es-11-7/card.png", True),
        ("/data/votes.csv", True),
        ("/sitemap-texts.xml?p=2", True),
        ("/oembed?url=x", True),
        ("/llms.txt", True),
        ("/resolutions/?position=USA:against", False),
        ("/votes.csv?body=GA", False),
        ("/admin/", False),
        ("/admin/login/", False),
    ],
)
def test_robots_are_excluded_from_the_admin_and_from_queries(path: str, allowed: bool):
    # The longest rule that matches decides (RFC 9309).
    matching = [
        (len(rule), name == "Allow") for name, rule in rules() if re.match(re.escape(rule).replace(r"\*", ".*"), path)
    ]
    assert max(matching, default=(0, True))[1] == allowed


@pytest.mark.usefixtures("loaded_once")
def test_addresses_in_llms_txt_resolve():
    response = Client().get("/llms.txt")
    note = response.content.decode()

    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert note.startswith("# Plenary\n\n> The open record of how the world votes")
    assert "22 recorded votes" in note
    assert "&amp;" not in note
    assert "{{" not in note
    found = {match.rstrip(".,;:)") for match in re.findall(rf"{OWN}[^\s\]>)]*", note)}
    paths = {urlsplit(address)._replace(scheme="", netloc="").geturl() for address in found}
    # Whole files of the package are made by other tests; what stands for a name leads nowhere.
    asked = sorted(
        p for p in paths if not {"SLUG", "SYMBOL"} & set(re.findall(r"[A-Z]{4,}", p)) and p.count(".parquet") == 0
    )
    made = ("/data/plenary.zip", "/data/CODEBOOK.md", "/data/datapackage.json")
    assert {path: Client().head(path).status_code for path in asked if path not in made} == {
        path: 200 for path in asked if path not in made
    }
    assert len(asked) > 25


def test_llms_txt_takes_no_parameters():
    response = Client().get("/llms.txt?body=GA")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["body"])


def test_favicon_is_served_at_its_default_address():
    response = Client().get("/favicon.ico")

    assert response.status_code == 302
    assert finders.find(response.headers["Location"].removeprefix("/static/"))


def test_page_without_a_known_change_has_no_lastmod():
    assert Pages([]).get_latest_lastmod() is None
    moment = datetime.datetime(2025, 2, 24, tzinfo=datetime.UTC)
    assert Pages([]).lastmod(type("Page", (), {"changed": moment})) == moment
