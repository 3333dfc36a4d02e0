"""Files of the pages of states and blocs: tables as CSV, everything as JSON, charts as SVG and PNG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from web.files.answers import csv_file, json_file, picture_file
from web.serving.parameters import address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse, QueryDict

    from votes.record.record import Record
    from web.lists.listing import Listing
    from web.pictures.picture import Picture


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file."""

    header: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return the rows as JSON objects."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]


def rounded(share: float | None, digits: int = 6) -> float | None:
    """Return a share rounded for files, which also contain the counts it is computed from."""
    return None if share is None else round(share, digits)


def send(
    request: HttpRequest,
    record: Record,
    listing: Listing,
    *,
    name: str,
    form: str,
    sheet: Callable[[], Sheet] | None,
    json_document: Callable[[], dict[str, Any]],
    picture: Callable[[], Picture],
) -> HttpResponse:
    """Return the file in ``form`` (csv, json, svg or png), or a problem document; content is made only if needed."""
    if refused := listing.refused:
        return refused
    if form == "csv" and sheet:
        table = sheet()
        return csv_file(request, record, name, table.header, table.rows)
    if form == "json":
        return json_file(request, record, name, {"query": dict(request.GET.lists()), **json_document()})
    return picture_file(request, record, name, form, picture)


def links(parameters: QueryDict, path: str, files: Sequence[str]) -> dict[str, str]:
    """Return the addresses of ``files`` (``.json``, ``/blocs.csv``) of ``path``, with the page's query.

    Keys are template-friendly names: ``json``, ``blocs_csv``.
    """
    query = parameters.copy()
    query.pop("page", None)
    return {file.strip("./").replace(".", "_"): address(f"{path}{file}", query) for file in files}
