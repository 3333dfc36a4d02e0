"""The pages that explain the site: they are the documents of ``docs/``, and their links stay on the site."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.core import checks
from django.test import Client, override_settings
from django.urls import reverse, set_script_prefix
from pytest_django import DjangoAssertNumQueries

from tests.web.records import text
from web.discovery.sitemap import OF_THE_SITE
from web.pages.guides import documents

pytestmark = pytest.mark.usefixtures("record")

ADDRESSES = {
    "/reading-a-vote/": "docs/reading-a-vote.md",
    "/methods/": "docs/measures.md",
    "/cookbook/": "docs/cookbook.md",
    "/api/": "docs/api.md",
}
every_guide = pytest.mark.parametrize("address", ADDRESSES)


def page_at(address: str, **headers: str) -> BeautifulSoup:
    """Return a page of the site."""
    return BeautifulSoup(Client().get(address, headers=headers).content, "html.parser")


def article(page: BeautifulSoup) -> Tag:
    """Return the document on its page."""
    (found,) = page.select("main article")
    return found


@every_guide
def test_a_guide_says_what_its_document_says(address: str):
    source = (settings.BASE_DIR / ADDRESSES[address]).read_text(encoding="utf-8")
    shown = article(page_at(address))

    title, *sections = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", source, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    )
    curly = [
        text(heading).removesuffix("#").strip().replace("’", "'")
        for heading in shown.select("h1, .prose > :is(h2, h3)")
    ]
    assert curly == [title, *sections]
    assert [block.get_text() for block in shown.select("pre")] == [
        code.replace(documents.SITE, "http://testserver")
        for code in re.findall(r"^```\w*\n(.*?)^```$", source, re.DOTALL | re.MULTILINE)
    ]
    assert len(shown.select("table")) == len(re.findall(r"^\|[-:| ]+\|$", source, re.MULTILINE))


@every_guide
def test_the_language_of_a_guide_is_english_whatever_the_page_is_in(address: str):
    shown = article(page_at(address))

    assert shown["lang"] == "en"
    assert len(shown.select("h1")) == 1


@every_guide
def test_the_contents_list_every_section(address: str):
    shown = article(page_at(address))

    listed = [str(link["href"]) for link in shown.select("nav.contents a")]
    assert listed == [f"#{heading['id']}" for heading in shown.select(".prose > :is(h2, h3)")]
    assert len(listed) == len(set(listed)) > 5


@every_guide
def test_all_links_of_a_guide_lead_to_pages_and_sections_of_the_site(address: str):
    client = Client()
    for link in article(page_at(address)).select("a[href]"):
        target, anchor = urldefrag(str(link["href"]))
        if urlsplit(target).netloc:
            assert urlsplit(target).netloc == "www.popoloproject.com"  # a format by others
            continue
        assert not target.endswith(".md")
        response = client.get(target or address)
        assert response.status_code == 200, target
        if anchor:
            found = BeautifulSoup(response.content, "html.parser")
            assert found.find(id=anchor), f"{target}#{anchor}"


@every_guide
def test_no_guide_leads_to_a_repository_or_names_a_command_of_the_server(address: str):
    said = page_at(address).get_text()

    assert not re.search(r"github|gitlab|\brepository\b|manage\.py|\bmake \w+\b.*serve|votes/|\.venv", said)
    assert documents.SITE not in said
    assert "localhost" not in said


@every_guide
def test_a_guide_asks_the_database_for_nothing(address: str, django_assert_num_queries: DjangoAssertNumQueries):
    Client().get(address)
    with django_assert_num_queries(0):
        Client().get(address)


@every_guide
def test_every_page_leads_to_the_guides(address: str):
    footer = page_at("/vetoes/").select_one("footer")

    assert footer
    assert address in [link["href"] for link in footer.select("a")]


def test_the_site_map_lists_the_guides():
    assert set(documents.FILES) < set(OF_THE_SITE)


def test_every_link_to_a_section_of_a_guide_finds_it():
    """Of all templates, whatever the conditions under which they give the link."""
    called = re.compile(r"(method|reading)_link\(\"([\w-]*)\"")
    of = {"method": "methods", "reading": "reading"}
    used = {
        (of[kind], anchor)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for kind, anchor in called.findall(path.read_text(encoding="utf-8"))
        if anchor
    }

    assert [(name, anchor) for name, anchor in used if anchor not in documents.document(name).anchors] == []


@pytest.mark.parametrize("file", documents.FILES.values())
def test_an_image_has_the_documents(file: str):
    left_out = (settings.BASE_DIR / ".dockerignore").read_text(encoding="utf-8").split()

    assert not {"docs", "docs/", "docs/*", f"docs/{file}", "*.md", "**/*.md"} & set(left_out)


def test_a_release_without_a_document_does_not_start(monkeypatch: pytest.MonkeyPatch):
    assert [one for one in checks.run_checks() if one.id == "web.E001"] == []

    monkeypatch.setitem(documents.FILES, "methods", "nowhere.md")

    (error,) = (one for one in checks.run_checks() if one.id == "web.E001")
    assert error.is_serious()
    assert "docs/nowhere.md is missing" in error.msg


class TestAddress:
    """``address``."""

    @pytest.mark.parametrize(
        ("link", "address"),
        [
            ("measures.md", "/methods/"),
            ("measures.md#kappa", "/methods/#kappa"),
            ("#kappa", "#kappa"),
            ("https://plenary.example/data/#cite", "/data/#cite"),
            ("https://elsewhere.example/", "https://elsewhere.example/"),
        ],
    )
    def test_of_a_link(self, link: str, address: str):
        assert documents.address(link) == address

    def test_of_a_document_that_is_no_page_is_an_error(self):
        with pytest.raises(ValueError, match=r"operations\.md"):
            documents.address("operations.md#backups")

    def test_begins_with_what_the_server_puts_before_all(self):
        set_script_prefix("/votes/")
        try:
            assert documents.address("https://plenary.example/data/") == "/votes/data/"
        finally:
            set_script_prefix("/")


@override_settings(ALLOWED_HOSTS=["un.example"])
def test_examples_have_the_address_of_the_site_that_is_read():
    shown = article(page_at(reverse("web:api_guide"), host="un.example"))

    assert "curl 'http://un.example/api/v1/" in shown.get_text()


@pytest.mark.parametrize(
    ("address", "guides"),
    {
        "/resolutions/A/RES/ES-11/7": [
            "/reading-a-vote/",
            "/reading-a-vote/#majorities",
            "/reading-a-vote/#announced-and-counted",
            "/methods/#cohesion",
        ],
        "/agreement/": ["/methods/#agreement"],
        "/compare/states/?state=USA&state=FRA": ["/methods/#agreement"],
        "/compare/roll-calls/?a=a-res-es-11-1&b=a-res-es-11-7": ["/methods/#who-moved-between-two-votes"],
        "/vetoes/": ["/methods/#vetoes"],
        "/data/": ["/reading-a-vote/", "/methods/#positions", "/methods/#coverage", "/cookbook/", "/api/"],
        "/data/codebook/": ["/reading-a-vote/", "/methods/#positions", "/cookbook/"],
        "/about/": ["/reading-a-vote/", "/methods/", "/cookbook/", "/api/"],
        "/api/v1/docs/": ["/api/"],
    }.items(),
)
def test_figures_and_files_lead_to_what_explains_them(address: str, guides: list[str]):
    page = page_at(address)

    for footer in page.select("footer"):
        footer.decompose()
    links = {str(link["href"]) for link in page.select("a[href]")}
    assert set(guides) <= links


@pytest.mark.parametrize(
    ("template", "anchors"),
    {
        "profiles/_partners.html": ["share-of-the-same-position", "closest-partners"],
        "profiles/_cohesion.html": ["cohesion", "breaks-with-a-bloc"],
        "ideal_points/_about.html": ["ideal-points"],
        "roll_calls/_breaks.html": ["closest-partners"],
        "home/page.html": ["surprise-and-notable-breaks"],
    }.items(),
)
def test_figures_that_few_votes_do_not_make_lead_to_their_methods_too(template: str, anchors: list[str]):
    source = (settings.BASE_DIR / "templates" / template).read_text(encoding="utf-8")

    assert re.findall(r"method_link\(\"([\w-]+)\"", source) == anchors


@pytest.mark.parametrize("address", ["/resolutions.csv", "/votes.json", "/agreement.csv", "/states/USA.json"])
def test_files_lead_to_codebook_and_methods(address: str):
    links = Client().head(address).headers["Link"]

    assert links == '</data/codebook/>; rel="describedby", </methods/>; rel="help"'


@pytest.mark.parametrize("address", ["/resolutions.atom", "/states/USA.atom"])
def test_feeds_lead_to_how_to_read_a_vote(address: str):
    feed = ElementTree.fromstring(Client().get(address).content)  # noqa: S314  # our own

    (link,) = (one for one in feed.findall("{http://www.w3.org/2005/Atom}link") if one.get("rel") == "help")
    assert link.get("href") == "http://testserver/reading-a-vote/"


def test_the_api_leads_to_its_guide():
    assert Client().get("/api/v1/").json()["guide"] == "http://testserver/api/"
    assert Client().get("/api/v1/openapi.json").json()["externalDocs"]["url"] == "/api/"


def test_descriptions_of_tables_are_marked_up_in_pages_and_plain_markdown_elsewhere():
    (table,) = page_at("/data/").select("table.downloads")

    assert "`" not in text(table)
    assert "``" not in Client().get("/llms.txt").content.decode()
    assert "``" not in Client().get("/api/v1/openapi.json").content.decode()
