"""Template functions for a page's <head>: title, description and metadata."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Any

from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from jinja2 import pass_context

from resolutions.headings import heading_name
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
    Image,
    Metadata,
    breadcrumbs,
    canonical,
    creative_work,
    dataset,
    in_words,
    web_page,
)
from web.display.addresses import url
from web.display.dates import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.http import HttpRequest
    from jinja2.runtime import Context

    from votes.choices import Choice
    from votes.exporting.papers import DataVersion
    from votes.models import RollCall
    from votes.record.record import Record
    from votes.reports.breakdown import Breakdown

PERMANENT = "p5"
"""The bloc of the permanent members of the Security Council."""

FIRST_TABLES = ("votes", "roll-calls", "resolutions")
"""Tables that the front page's metadata lists; the data page lists all."""


def _at(name: str, *arguments: str) -> str:
    """Return the URL of a page or a file."""
    return url(f"web:{name}", *arguments)


def origin_of(request: HttpRequest) -> str:
    """Return the site's origin, without a trailing slash."""
    return f"{request.scheme}://{request.get_host()}"


@lru_cache(maxsize=CACHED_VERSIONS)
def version_of(record: Record) -> DataVersion:
    """Return a record's data version with its date; cached, read within a snapshot of that version."""
    return current_version()


@pass_context
def page(context: Context, *steps: str) -> Metadata:
    """Return the metadata of a page; ``steps`` are its breadcrumbs, as alternating names and addresses.

    The page's ``files``, if any, become its alternates.
    """
    request = context["request"]
    path = canonical(request.path, request.GET, context.get("ignored") or ())
    files = context.get("files") or {}
    alternates = [Alternate(files[form], FILE_TYPES[form], form.upper()) for form in ("csv", "json") if form in files]
    return _page(context, path, list(zip(steps[::2], steps[1::2], strict=True)), alternates)


def _page(
    context: Context,
    path: str,
    steps: Sequence[tuple[str, str]] = (),
    alternates: Sequence[Alternate] = (),
    title: str = "",
) -> Metadata:
    """Return the metadata of a page at ``path`` from its title and description."""
    title, description = title or context["page_title"], context["page_description"]
    origin = origin_of(context["request"])
    data = [web_page(origin, path, title, description)]
    if steps:
        data.append(breadcrumbs(origin, *steps, (title, path)))
    return Metadata(title, description, path, data, alternates=alternates)


def vote_in_words(roll_call: RollCall, breakdown: Breakdown) -> str:
    """Return a vote in words, naming the Security Council's permanent members; escaped by the template."""
    return in_words(roll_call, permanent_members(breakdown))


def permanent_members(breakdown: Breakdown) -> Mapping[Choice, list[str]]:
    """Return the names of the Security Council's permanent members by choice; empty without votes."""
    for line in breakdown.blocs:
        if line.bloc.slug == PERMANENT:
            names_by_choice: dict[Choice, list[str]] = {}
            for state in compress(breakdown.states, line.members):
                names_by_choice.setdefault(state.choice, []).append(state.name)
            return names_by_choice
    return {}


@pass_context
def roll_call(context: Context) -> Metadata:
    """Return the metadata of the page of a text, or of a vote that did not decide one."""
    shown: RollCall | None = context.get("roll_call")
    origin, vote_context = origin_of(context["request"]), context.get("vote_context")
    text: Any = context.get("resolution") or (shown.resolution if shown else None)
    path = shown.get_absolute_url() if shown else text.get_absolute_url()
    heading = shown.heading if shown else text.title
    symbol = text.symbol if text else ""
    title = f"{symbol}: {heading}" if symbol else heading
    description = context["page_description"]
    image = Image(_at("roll_call_card", shown.slug), f"{heading}. {description}") if shown else None
    if text and (not shown or shown.decisive):
        data = creative_work(
            origin,
            path,
            symbol=symbol,
            title=text.title,
            body=vote_context.body_name if vote_context else str(context["body"]),
            document=text.document_url,
            data=_at("data"),
            other_symbols=[other for _kind, other in vote_context.other_symbols] if vote_context else (),
            topics=[*(name for _slug, name in context.get("topics") or ()), *map(heading_name, text.subjects)],
            description=description if shown else "",
            published=iso(shown.date, shown.date_precision) if shown else "",
            image=image,
        )
        way = (_("Resolutions"), _at("resolutions"))
    else:
        data = web_page(origin, path, title, description)
        way = (_("Recorded votes"), _at("roll_calls"))
    short = symbol if symbol and shown and shown.decisive else _short(heading, 60)
    return Metadata(
        title=_short(title, 200),
        description=description,
        path=path,
        data=[data, breadcrumbs(origin, way, (short, path))],
        kind="article",
        image=image,
        alternates=_roll_call_files(shown, origin, path, title) if shown else (),
    )


def _short(text: str, length: int) -> str:
    """Return a text truncated to a length."""
    return text if len(text) <= length else Truncator(text).chars(length)


def _roll_call_files(shown: RollCall, origin: str, path: str, title: str) -> list[Alternate]:
    """Return the alternates of a recorded vote."""
    files = [
        Alternate(_at("roll_call_download", shown.slug, form), FILE_TYPES[form], form.upper())
        for form in ("csv", "json")
    ]
    files.append(Alternate(_at("roll_call_popolo", shown.slug), FILE_TYPES["json"], "Popolo"))
    oembed = f"{_at('oembed')}?{urlencode({'url': origin + path, 'format': 'json'})}"
    return [*files, Alternate(oembed, FILE_TYPES["oembed"], title)]


@pass_context
def roll_calls(context: Context) -> Metadata:
    """Return the metadata of a list of texts or of recorded votes."""
    name = str(context["of"]).replace("_", "-")
    files = [(form, _at("download", name, form)) for form in ("csv", "json", "parquet")]
    return _listing(context, [*files, ("atom", _at("feed", name))])


@pass_context
def state(context: Context) -> Metadata:
    """Return the metadata of a member state's page."""
    code = context["state"].code
    files = [("json", _at("state_file", code, "json")), ("atom", _at("state_feed", code))]
    return _listing(context, files, (_("Member states"), _at("states")))


@pass_context
def bloc(context: Context) -> Metadata:
    """Return the metadata of a bloc's page."""
    slug = context["bloc"].slug
    files = [("json", _at("bloc_file", slug, "json")), ("atom", _at("bloc_feed", slug))]
    return _listing(context, files, (_("Blocs"), _at("blocs")))


@pass_context
def subject(context: Context) -> Metadata:
    """Return the metadata of a subject's list of texts."""
    files = [(form, _at("download", "resolutions", form)) for form in ("csv", "json", "parquet")]
    return _listing(context, [*files, ("atom", _at("feed", "resolutions"))], (_("Subjects"), _at("subjects")))


def _listing(context: Context, files: Sequence[tuple[str, str]], *steps: tuple[str, str]) -> Metadata:
    """Return the metadata of a page with a listing; ``files`` take the listing's query."""
    request, listing = context["request"], context["listing"]
    path = canonical(request.path, request.GET, listing.ignored, without=("page",) if listing.page_error else ())
    query = canonical("", listing.query_of_files, listing.ignored)
    alternates = [
        Alternate(f"{file}{query}", FILE_TYPES[form], f"{context['page_title']} ({form})")
        for form, file in (files if listing.is_valid else ())
    ]
    return _page(context, path, steps, alternates)


@pass_context
def home(context: Context, record: Record) -> Metadata:
    """Return the metadata of the front page, with the data set."""
    data = _at("data")
    total = coverage_of(record).total
    period = (total.first.date, total.last.date) if total.first and total.last else None
    described = dataset(
        origin_of(context["request"]), data, version_of(record), period, _files(FIRST_TABLES), methods=_at("methods")
    )
    feed = Alternate(_at("feed", "resolutions"), FILE_TYPES["atom"], _("Resolutions"))
    title = f"{context['page_title']}{context['page_suffix']}"
    about = _page(context, _at("home"), (), [feed], title=title)
    return replace(about, data=[*about.data, described])


@pass_context
def data(context: Context) -> Metadata:
    """Return the metadata of the data page, with every file."""
    request, total = context["request"], context["coverage"].total
    path = _at("data")
    period = (total.first.date, total.last.date) if total.roll_calls else None
    described = dataset(origin_of(request), path, context["version"], period, _files(TABLES), methods=_at("methods"))
    package = Alternate(_at("data_file", "datapackage.json"), FILE_TYPES["json"], "datapackage.json")
    about = _page(context, path, (), [package])
    return replace(about, data=[*about.data, described])


def _files(tables: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return (name, media type, path) of the archive, and of ``tables`` in each format."""
    names = [(ARCHIVE, ARCHIVE_TYPE)] + [
        (f"{table}.{form}", kind) for table in tables for form, kind in MEDIA_TYPES.items()
    ]
    return [(name, kind, _at("data_file", name)) for name, kind in names]
