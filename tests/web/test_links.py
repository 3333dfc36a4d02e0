"""Every link and form of every kind of page leads somewhere, looked up section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import Resolver404, resolve

from tests.web.addresses import patterns
from votes.models import Bloc, MemberState, RollCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

pytestmark = pytest.mark.usefixtures("record")

SECTIONS = {
    "home": ["/", "/about/", "/report/?page=/resolutions/A/RES/ES-11/7", "/privacy/", "/nowhere/jerusalem"],
    "lists": ["/resolutions/", "/roll-calls/?position=USA:against&differ=USA~eu", "/resolutions/?q=ukriane"],
    "texts": ["/resolutions/A/RES/ES-11/7?bloc=nato", "/resolutions/S/2022/155"],
    "roll calls": ["/roll-calls/a-res-es-11-7/", "/roll-calls/a-res-es-11-7/embed/"],
    "histories": ["/roll-calls/a-res-es-11-7/history/"],
    "states": ["/states/", "/states/USA/?choice=against", "/states/SUN/"],
    "blocs": ["/blocs/", "/blocs/nato/?on=2022-03-02"],
    "agreement": ["/agreement/", "/agreement/?bloc=p5&since=1971-01-01"],
    "comparison": ["/compare/states/", "/compare/states/?state=USA&state=nato&since=1990-01-01"],
    "movement": ["/compare/roll-calls/", "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7&bloc=nato"],
    "ideal points": ["/ideal-points/"],
    "vetoes": ["/vetoes/"],
    "data": ["/data/", "/data/codebook/", "/data/quality/", "/data/changes/"],
}
"""Pages of each section, whose links are followed; one of each kind, by its view, form and parameters."""

SUBJECTS = ["/subjects/", "/subjects/cuba-united-states/"]
"""The same, of a record whose texts have subjects."""

STARTS = [address for of in (*SECTIONS.values(), SUBJECTS) for address in of if address != "/nowhere/jerusalem"]

UNLINKED = {
    "web:robots": "for robots",
    "web:icon": "for browsers",
    "web:sitemap": "for robots",
    "web:sitemap_section": "for robots",
    "web:styleguide": "for developers, with DEBUG alone",
    "web:report_thanks": "after an error report was sent",
    "web:suggestions": "asked for by the search box's script",
    # Of what the landmark votes are too few for; tests/web/pages/ follows these from records that have it.
    "web:state_table": "closest partners",
    "web:state_picture": "agreement with blocs by session",
    "web:bloc_picture": "cohesion by session",
    "web:ideal_points_file": "a fit",
}
"""Addresses that no page of these links to, with the reason."""

FIXED = ("form", "of", "what", "name")
"""Parts of an address that make it another kind, and do not say which state or vote it is about."""

OWN = "http://testserver"

Kind = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]


def kind_of(address: str) -> Kind:
    """Return the view of an address, with its fixed parts and the names of its parameters."""
    parts = urlsplit(address)
    match = resolve(unquote(parts.path))
    fixed = tuple((name, str(match.kwargs[name])) for name in FIXED if name in match.kwargs)
    return match.view_name, fixed, tuple(sorted({name for name, _value in parse_qsl(parts.query)}))


def links(address: str, selector: str = "a[href], form[action]") -> Iterator[str]:
    """Yield where the links and forms of a page lead to within the site, or what else ``selector`` finds."""
    page = BeautifulSoup(Client().get(address).content, "html.parser")
    assert page.h1, address
    for tag in page.select(selector):
        link = next(str(tag[name]) for name in ("href", "action", "src", "content") if name in tag.attrs)
        target, _fragment = urldefrag(urljoin(OWN + address, link))
        if target.startswith(f"{OWN}/") and not link.startswith("#"):
            yield target.removeprefix(OWN)


def named() -> dict[str, set[str]]:
    """Return what addresses may name."""
    published = RollCall.objects.published().select_related("resolution")
    return {
        "code": set(MemberState.objects.values_list("code", flat=True)),
        "bloc": set(Bloc.objects.values_list("slug", flat=True)),
        "slug": {roll_call.slug for roll_call in published},
        "symbol": {roll_call.resolution.symbol for roll_call in published if roll_call.resolution},
    }


def is_there(address: str, names: Mapping[str, set[str]]) -> bool:
    """Tell whether an address has a view, and what it names is in the record."""
    path = unquote(urlsplit(address).path)
    if path.startswith("/static/"):
        return finders.find(path.removeprefix("/static/")) is not None
    try:
        match = resolve(path)
    except Resolver404:
        return False
    values = match.kwargs
    if "code" in values:
        return values["code"] in names["code"]
    if "symbol" in values:
        return values["symbol"] in names["symbol"]
    if "slug" in values and "subject" not in match.view_name:
        return values["slug"] in names["bloc" if "bloc" in match.view_name else "slug"]
    return True


def follow(addresses: Iterable[str], selector: str = "main a[href], main form[action]") -> set[Kind]:
    """Look up all links of these pages, ask for one of each kind, and return the kinds."""
    starts = {kind_of(address) for address in STARTS}
    found = sorted({link for address in addresses for link in links(address, selector)})
    names = named()
    assert [link for link in found if not is_there(link, names)] == []
    by_kind = {kind_of(link): link for link in found if not link.startswith("/static/")}
    client, wrong = Client(), []
    for link in (by_kind[kind] for kind in by_kind.keys() - starts):
        response = client.get(link)
        body = b"".join(response) if response.streaming else response.content
        if response.status_code != 200 or not body:
            wrong.append((link, response.status_code, response.headers.get("Location")))
    assert wrong == []
    return set(by_kind)


@pytest.mark.parametrize("section", SECTIONS)
def test_all_links_of_a_section_lead_somewhere(section: str):
    assert follow(SECTIONS[section])


def test_what_all_pages_have_around_their_main_part_leads_somewhere():
    assert follow(["/"], "header a[href], header form[action], footer a[href]")


@pytest.mark.usefixtures("subjects", "loaded_once")
def test_all_links_of_subjects_lead_somewhere():
    assert follow(SUBJECTS)


@pytest.mark.usefixtures("subjects", "loaded_once")
def test_every_public_address_is_linked_from_some_page():
    names = named()
    found = {link for address in STARTS for link in links(address, "[href], [action], [src], meta[property][content]")}
    linked = {kind_of(link)[0] for link in found if not link.startswith("/static/") and is_there(link, names)}
    public = {name for name, _pattern in patterns() if name.startswith("web:")}
    assert public - linked == set(UNLINKED)
