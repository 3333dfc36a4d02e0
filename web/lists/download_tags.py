"""The links by which what a list shows can be taken away as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse

from web.serving.parameters import address

if TYPE_CHECKING:
    from web.lists.listing import Listing

register = template.Library()

FORMS = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


@register.inclusion_tag("components/downloads.html")
def downloads(listing: Listing, of: str) -> dict[str, object]:
    """Return the links to the files of what ``listing`` selects, all of its pages; ``of`` is the list's name."""
    asked = listing.query_of_files
    tables = ["resolutions"] if of == "resolutions" else ["roll-calls", "votes"]
    links = {
        table: [(label, address(reverse("web:download", args=[table, form]), asked)) for form, label in FORMS.items()]
        for table in tables
    }
    return {"links": links if listing.is_valid else {}, "method": listing.method}
