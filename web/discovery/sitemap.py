"""The sitemap: every public page with its last modification."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from votes.record.record import CACHED_VERSIONS
from votes.reports.publication_dates import published

if TYPE_CHECKING:
    import datetime

    from votes.analysis.matrix import Mask
    from votes.exporting.papers import DataVersion
    from votes.record.record import Record

PAGE = 1000
"""Maximum number of URLs per part of a section, so that each is quick to generate."""

OF_THE_RECORD = (
    *("home", "resolutions", "roll_calls", "subjects", "states", "blocs", "agreement", "compare_states"),
    *("compare_roll_calls", "ideal_points", "vetoes", "data", "codebook", "quality", "changes"),
)
"""Pages that change with the record."""

OF_THE_SITE = ("about", "reading", "methods", "cookbook", "api_guide", "contact", "privacy")
"""Pages that change with a release, at an unknown time."""


class Page(NamedTuple):
    """A URL with its last modification, None if unknown."""

    path: str
    changed: datetime.datetime | None


@lru_cache(maxsize=CACHED_VERSIONS)
def _times(record: Record) -> dict[int, datetime.datetime]:
    """Return when each roll call was published or last amended, by primary key."""
    return {key: one.updated for key, one in published(record.register.keys.tolist()).items()}


class Pages(Sitemap):  # type: ignore[type-arg]  # generic for type checkers alone
    """A small section of the sitemap."""

    limit = PAGE

    def __init__(self, pages: list[Page]) -> None:
        self.pages = pages

    def items(self) -> list[Page]:
        """Return the pages."""
        return self.pages

    def location(self, item: Any) -> str:
        """Return the URL of a page."""
        return str(item.path)

    def lastmod(self, item: Any) -> datetime.datetime | None:
        """Return the last modification of a page."""
        changed: datetime.datetime | None = item.changed
        return changed

    def get_latest_lastmod(self) -> datetime.datetime | None:
        """Return the last modification of the section."""
        return max((page.changed for page in self.items() if page.changed), default=None)


class RollCallPages(Pages):
    """The pages of roll calls, last modified when published or amended."""

    def __init__(self, record: Record, among: Mask) -> None:
        self.record = record
        self.keys = record.register.keys[np.flatnonzero(among)].tolist()

    def items(self) -> Any:
        """Return primary keys; only those of the requested part are looked up."""
        return self.keys

    def location(self, item: Any) -> str:
        """Return the URL of the page."""
        return self.record.roll_calls_by_key([item])[0].get_absolute_url()

    def lastmod(self, item: Any) -> datetime.datetime | None:
        """Return when the roll call was published or last amended."""
        return _times(self.record)[item]

    def get_latest_lastmod(self) -> datetime.datetime | None:
        """Return the last modification of the section."""
        return max((_times(self.record)[key] for key in self.keys), default=None)


def sections(record: Record, version: DataVersion) -> dict[str, type[Sitemap[Any]] | Sitemap[Any]]:
    """Return the sitemap's sections. Pages of states and blocs depend on the whole record and change with it."""
    decisive = record.register.decisive
    changed = version.changed
    return {
        "texts": RollCallPages(record, decisive),
        "roll-calls": RollCallPages(record, ~decisive),
        "subjects": Pages([Page(reverse("web:subject", args=[slug]), changed) for slug in record.texts_by_subject]),
        "states": Pages([Page(reverse("web:state", args=[code]), changed) for code in record.states]),
        "blocs": Pages([Page(reverse("web:bloc", args=[slug]), changed) for slug in record.blocs]),
        "pages": Pages(
            [
                *(Page(reverse(f"web:{name}"), changed) for name in OF_THE_RECORD),
                *(Page(reverse(f"web:{name}"), None) for name in OF_THE_SITE),
            ]
        ),
    }
