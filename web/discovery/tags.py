"""The head of a page: its title and description, said once, and what programs read of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from django import template
from django.template.base import Node
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.exporting.downloads import ARCHIVE
from votes.exporting.package import current_version
from votes.exporting.papers import MEDIA_TYPES
from votes.exporting.tables import TABLES
from votes.record.record import CACHED_VERSIONS
from votes.reports.coverage import coverage_of
from web.discovery.metadata import (
    ARCHIVE_TYPE,
    FILE_TYPES,
    Alternate,
    Metadata,
    breadcrumbs,
    canonical,
    dataset,
    web_page,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest
    from django.template.base import NodeList, Parser, Token
    from django.template.context import Context

    from votes.exporting.papers import DataVersion
    from votes.record.record import Record

register = template.Library()

PERMANENT = "p5"
"""The bloc of the permanent members of the Security Council."""

FIRST_TABLES = ("votes", "roll-calls", "resolutions")
"""What the front page offers of the data set; the page of the data has every table."""


class Head(Node):
    """The title and the description of a page, which its other metadata repeat."""

    child_nodelists = ("title", "suffix", "description", "metadata")

    def __init__(self, title: NodeList, suffix: NodeList, description: NodeList, metadata: NodeList) -> None:
        self.title = title
        self.suffix = suffix
        self.description = description
        self.metadata = metadata

    def render(self, context: Context) -> SafeString:
        """Return the elements; within the last part ``page_title`` and ``page_description`` are known."""
        title, description = (" ".join(part.render(context).split()) for part in (self.title, self.description))
        suffix = self.suffix.render(context)
        with context.push(page_title=unescape(title), page_suffix=suffix, page_description=unescape(description)):
            rest = self.metadata.render(context)
        return mark_safe(  # noqa: S308  # parts of a template, escaped as such
            f'<title>{title}{suffix}</title>\n<meta name="description" content="{description}">\n{rest.strip()}'
        )


@register.tag
def head(parser: Parser, token: Token) -> Head:
    """Return the node of ``{% head %}title{% suffix %}…{% description %}…{% metadata %}…{% endhead %}``."""
    parts = []
    for end in ("suffix", "description", "metadata", "endhead"):
        parts.append(parser.parse((end,)))
        parser.delete_first_token()
    return Head(*parts)


def _at(name: str, *arguments: str) -> str:
    """Return the address of a page or a file."""
    return _reversed(name, arguments, get_language(), get_script_prefix())


@lru_cache(maxsize=4096)
def _reversed(name: str, arguments: tuple[str, ...], _language: str | None, _prefix: str) -> str:
    """Return ``reverse``, remembered for all that it depends on: a head has a dozen addresses, most of them common."""
    return reverse(f"web:{name}", args=arguments)


def origin_of(request: HttpRequest) -> str:
    """Return the site's own address, without a slash at its end."""
    return f"{request.scheme}://{request.get_host()}"


@lru_cache(maxsize=CACHED_VERSIONS)
def version_of(record: Record) -> DataVersion:
    """Return the data version of a record with its day; read once, within a snapshot of that version."""
    return current_version()


@register.simple_tag(takes_context=True)
def page_metadata(context: Context, *steps: str) -> SafeString:
    """Return what any page says of itself; ``steps`` are name and address of each page on the way to it, in turn.

    The addresses of its ``files``, where the page has any, are those of its other forms.
    """
    request = context["request"]
    path = canonical(request.path, request.GET, context.get("ignored") or ())
    files = context.get("files") or {}
    alternates = [Alternate(files[form], FILE_TYPES[form], form.upper()) for form in ("csv", "json") if form in files]
    return _page(context, path, list(zip(steps[::2], steps[1::2], strict=True)), alternates).html(origin_of(request))


def _page(
    context: Context,
    path: str,
    steps: Sequence[tuple[str, str]] = (),
    alternates: Sequence[Alternate] = (),
) -> Metadata:
    """Return what a page at ``path`` says of itself in the words of its title and description."""
    title, description, origin = context["page_title"], context["page_description"], origin_of(context["request"])
    data = [web_page(origin, path, title, description)]
    if steps:
        data.append(breadcrumbs(origin, *steps, (title, path)))
    return Metadata(title, description, path, data, alternates=alternates)


@register.simple_tag(takes_context=True)
def list_metadata(context: Context) -> SafeString:
    """Return what a list of texts or of recorded votes says of itself."""
    name = str(context["of"]).replace("_", "-")
    files = [(form, _at("download", name, form)) for form in ("csv", "json", "parquet")]
    return _listing(context, [*files, ("atom", _at("feed", name))])


@register.simple_tag(takes_context=True)
def state_metadata(context: Context) -> SafeString:
    """Return what the page of a member state says of itself."""
    code = context["state"].code
    files = [("json", _at("state_file", code, "json")), ("atom", _at("state_feed", code))]
    return _listing(context, files, (_("Member states"), _at("states")))


@register.simple_tag(takes_context=True)
def bloc_metadata(context: Context) -> SafeString:
    """Return what the page of a bloc says of itself."""
    slug = context["bloc"].slug
    files = [("json", _at("bloc_file", slug, "json")), ("atom", _at("bloc_feed", slug))]
    return _listing(context, files, (_("Blocs"), _at("blocs")))


@register.simple_tag(takes_context=True)
def subject_metadata(context: Context) -> SafeString:
    """Return what the list of the texts of a subject says of itself."""
    files = [(form, _at("download", "resolutions", form)) for form in ("csv", "json", "parquet")]
    return _listing(context, [*files, ("atom", _at("feed", "resolutions"))], (_("Subjects"), _at("subjects")))


def _listing(context: Context, files: Sequence[tuple[str, str]], *steps: tuple[str, str]) -> SafeString:
    """Return what a page with a listing says of itself; ``files`` take the listing's query."""
    request, listing = context["request"], context["listing"]
    path = canonical(request.path, request.GET, listing.ignored, without=("page",) if listing.page_error else ())
    query = canonical("", listing.query_of_files, listing.ignored)
    alternates = [
        Alternate(f"{file}{query}", FILE_TYPES[form], f"{context['page_title']} ({form})")
        for form, file in (files if listing.is_valid else ())
    ]
    return _page(context, path, steps, alternates).html(origin_of(request))


@register.simple_tag(takes_context=True)
def home_metadata(context: Context, record: Record) -> SafeString:
    """Return what the front page says of itself: that it is the way to the data set."""
    data = _at("data")
    total = coverage_of(record).total
    period = (total.first.date, total.last.date) if total.first and total.last else None
    described = dataset(origin_of(context["request"]), data, version_of(record), period, _files(FIRST_TABLES))
    feed = Alternate(_at("feed", "resolutions"), FILE_TYPES["atom"], _("Resolutions"))
    title = f"{context['page_title']}{context['page_suffix']}"
    with context.push(page_title=title):
        page = _page(context, _at("home"), (), [feed])
    return replace(page, data=[*page.data, described]).html(origin_of(context["request"]))


@register.simple_tag(takes_context=True)
def data_metadata(context: Context) -> SafeString:
    """Return what the page of the data set says of itself: every file of it."""
    request, total = context["request"], context["coverage"].total
    path = _at("data")
    period = (total.first.date, total.last.date) if total.roll_calls else None
    described = dataset(origin_of(request), path, context["version"], period, _files(TABLES))
    package = Alternate(_at("data_file", "datapackage.json"), FILE_TYPES["json"], "datapackage.json")
    page = _page(context, path, (), [package])
    return replace(page, data=[*page.data, described]).html(origin_of(request))


def _files(tables: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return name, media type and path of the downloads: the archive, and ``tables`` in each form."""
    names = [(ARCHIVE, ARCHIVE_TYPE)] + [
        (f"{table}.{form}", kind) for table in tables for form, kind in MEDIA_TYPES.items()
    ]
    return [(name, kind, _at("data_file", name)) for name, kind in names]
