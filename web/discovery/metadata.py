"""Metadata for search engines, link previews and feed readers: JSON-LD (schema.org), Open Graph and Twitter cards.

Pure functions of what a page shows. A text put to the vote is a ``CreativeWork`` and not its subtype ``Legislation``:
most resolutions are recommendations, and failed drafts are texts too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.choices import Choice
from votes.exporting.papers import AUTHORS, COVERAGE, MEDIA_TYPES, TITLE, citation
from votes.models import RollCall
from votes.models.intervals import DatePrecision
from votes.reports.wording import sentence, unknown_votes
from votes.rules import Result
from web.display.dates import dated
from web.display.labels import choice_label
from web.lists.sentences import counted_otherwise
from web.serving.parameters import BOX, FOREIGN, address

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from votes.exporting.papers import DataVersion
    from votes.record.roll_calls import ListedRollCall

SITE = "Plenary"
CARD = (1200, 630)
"""Width and height of a share card."""


@dataclass(frozen=True, slots=True)
class Image:
    """A link preview image of size ``CARD``: its path and alternative text."""

    path: str
    alt: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """An alternate of a page: path, media type and title."""

    path: str
    type: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata in a page's <head>; all addresses are paths."""

    title: str
    description: str
    path: str
    """The canonical path, without parameters that change nothing."""
    data: Sequence[Mapping[str, Any]]
    """The schema.org nodes of the page."""
    kind: str = "website"
    """The Open Graph type: ``website`` or ``article``."""
    image: Image | None = None
    alternates: Sequence[Alternate] = field(default_factory=tuple)

    def properties(self, origin: str) -> dict[str, str]:
        """Return the Open Graph properties; ``origin`` is the site's, such as ``https://plenary.example``."""
        properties = {
            "og:site_name": SITE,
            "og:type": self.kind,
            "og:title": self.title,
            "og:description": self.description,
            "og:url": origin + self.path,
        }
        if self.image:
            width, height = CARD
            properties |= {
                "og:image": origin + self.image.path,
                "og:image:type": "image/png",
                "og:image:width": str(width),
                "og:image:height": str(height),
                "og:image:alt": self.image.alt,
            }
        return properties

    @property
    def json_ld(self) -> dict[str, Any]:
        """Return the JSON-LD of the page."""
        return {"@context": "https://schema.org", "@graph": list(self.data)}


def canonical(path: str, parameters: QueryDict, ignored: Iterable[str] = (), *, without: Collection[str] = ()) -> str:
    """Return the canonical address of a page: sorted parameters, without those that change nothing.

    These are empty ones, tracking parameters, the first page, ``ignored`` (``name`` or ``name=value``), and those in
    ``without``. Repeated values keep their order, since states are shown in that order.
    """
    vain = set(ignored)
    query = QueryDict(mutable=True)
    for name, values in sorted(parameters.lists()):
        filled = [value for value in values if value and f"{name}={value}" not in vain]
        is_vain = name in vain or name in without or BOX.fullmatch(name) or name.startswith(FOREIGN)
        if filled and not is_vain and (name, filled) != ("page", ["1"]):
            query.setlist(name, filled)
    return address(path, query)


def in_words(roll_call: RollCall | ListedRollCall, named: Mapping[Choice, Sequence[str]] | None = None) -> str:
    """Return a vote in sentences: result, tally, date, and the number of states by choice.

    ``named`` are states to name after their choice: the Security Council's permanent members.
    """
    totals = roll_call.totals
    day = dated(roll_call.date, roll_call.date_precision)
    when = (_("on %(day)s") if roll_call.date_precision == DatePrecision.DAY else _("in %(day)s")) % {"day": day}
    known = roll_call.result != Result.NOT_STATED
    result = str(Result(roll_call.result).label).capitalize() if known else _("Put to the vote")
    if totals is None:
        if roll_call.method == RollCall.Method.WITHOUT_VOTE:
            return _("%(result)s without a vote %(when)s.") % {"result": result, "when": when}
        return f"{result} {when}. {sentence(unknown_votes(roll_call))}"
    parts = []
    for choice, figure in zip(Choice, (totals.yes, totals.no, totals.abstaining, totals.non_voting), strict=True):
        if figure is None:
            continue
        names = (named or {}).get(choice)
        parts.append(f"{choice_label(choice).lower()} {figure}" + (f" ({', '.join(names)})" if names else ""))
    text = f"{result} {totals} {when}. {sentence(', '.join(parts))}"
    if counted := counted_otherwise(roll_call):
        text += " " + _("As announced; counted from the votes: %(figures)s.") % {"figures": counted}
    if roll_call.method == RollCall.Method.NON_RECORDED:
        text = f"{text} {_('A non-recorded vote: who voted how is not on record.')}"
    if roll_call.method == RollCall.Method.BALLOT:
        text = f"{text} {_('A secret ballot or election: who voted how is secret.')}"
    return f"{text} {_('In brackets: permanent members of the Security Council.')}" if named else text


def web_page(origin: str, path: str, title: str, description: str, **more: Any) -> dict[str, Any]:
    """Return a schema.org WebPage."""
    return {
        "@type": "WebPage",
        "@id": origin + path,
        "url": origin + path,
        "name": title,
        "description": description,
        "inLanguage": get_language(),
        "isPartOf": {"@type": "WebSite", "name": SITE, "url": f"{origin}/"},
        **more,
    }


def breadcrumbs(origin: str, *steps: tuple[str, str]) -> dict[str, Any]:
    """Return a schema.org BreadcrumbList from (name, path) pairs, starting at the front page."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": origin + path}
            for place, (name, path) in enumerate(steps, 1)
        ],
    }


def creative_work(
    origin: str,
    path: str,
    *,
    symbol: str,
    title: str,
    body: str,
    document: str,
    data: str,
    other_symbols: Iterable[str] = (),
    topics: Iterable[str] = (),
    description: str = "",
    published: str = "",
    image: Image | None = None,
) -> dict[str, Any]:
    """Return a text put to the vote as a schema.org CreativeWork; ``data`` is the path of its data set."""
    said: dict[str, Any] = {
        "@type": "CreativeWork",
        "@id": origin + path,
        "url": origin + path,
        "identifier": symbol,
        "name": title,
        "inLanguage": "en",
        "description": description,
        "datePublished": published,
        "alternateName": list(other_symbols),
        "about": [{"@type": "Thing", "name": topic} for topic in topics],
        "creator": {
            "@type": "Organization",
            "name": body,
            "parentOrganization": {"@type": "Organization", "name": "United Nations"},
        },
        "sameAs": document,
        "image": origin + image.path if image else "",
        "isPartOf": {"@type": "Dataset", "@id": origin + data, "name": TITLE, "url": origin + data},
    }
    return {name: value for name, value in said.items() if value}


def dataset(
    origin: str,
    data: str,
    version: DataVersion,
    period: tuple[datetime.date, datetime.date] | None,
    files: Iterable[tuple[str, str, str]],
    *,
    methods: str,
) -> dict[str, Any]:
    """Return the record as a schema.org Dataset.

    ``data`` is the path of its page, ``methods`` that of how its figures are computed, ``period`` the dates of the
    first and the last vote (many are known to the month only), ``files`` are (name, media type, path) of each download.
    """
    own = origin + data
    said: dict[str, Any] = {
        "@type": "Dataset",
        "@id": own,
        "url": own,
        "name": TITLE,
        "description": COVERAGE,
        "identifier": own,
        "version": str(version.number),
        "dateModified": version.changed.isoformat(timespec="seconds") if version.changed else "",
        "temporalCoverage": f"{period[0]:%Y-%m}/{period[1]:%Y-%m}" if period else "",
        "license": f"{own}#terms",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": AUTHORS, "url": f"{origin}/"},
        "citation": citation(version, own).text,
        "keywords": ["United Nations", "General Assembly", "Security Council", "recorded votes", "roll calls"],
        "variableMeasured": [str(choice.label) for choice in Choice],
        "measurementTechnique": origin + methods,
        "usageInfo": f"{own}#cite",
        "distribution": [
            {"@type": "DataDownload", "name": name, "encodingFormat": kind, "contentUrl": origin + path}
            for name, kind, path in files
        ],
    }
    return {name: value for name, value in said.items() if value}


ARCHIVE_TYPE = "application/zip"
FILE_TYPES = {
    **MEDIA_TYPES,
    "json": "application/json",
    "atom": "application/atom+xml",
    "oembed": "application/json+oembed",
}
