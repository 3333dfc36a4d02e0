"""Metadata of an export: data package description, README and citation."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation

from votes.exporting.codebook import codes
from votes.models.intervals import DatePrecision

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from votes.exporting.tables import Column, ForeignKey, Table
    from votes.models import Source
    from votes.models.intervals import Day
    from votes.reports.coverage import Coverage

NAME = "plenary-record"
TITLE = "Plenary: the open record of how the world votes"
AUTHORS = "The Plenary authors"
COVERAGE = (
    "Recorded votes of the bodies of the United Nations: who voted how, from named sources. "
    "Coverage differs by body and year and is stated for each: a text that is missing here may still have been put to "
    "a vote."
)
README = """\
# {title}

{coverage}

{held}

Each table is available as CSV and as Parquet. `CODEBOOK.md` explains the columns; `datapackage.json` has the
same descriptions for programs, with the data version and its date. `sha256sum --check SHA256SUMS` checks the files.

## Citing
{authors}. {title}. Give the data version and its date (see
`datapackage.json`), and name the source too: each recorded vote has one.

## Sources and terms
How a state voted is a fact, and nobody owns facts. The terms of the sources are:

{terms}

## A site of your own
`manage.py import_votes FOLDER` rebuilds the record in an empty Plenary, including permanent names and retired
addresses. Exporting it again gives the same tables, byte for byte.
"""
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
TYPES = {"text": "string", "integer": "integer", "date": "date"}
"""The kinds of columns in the words of Frictionless table schemas."""


@dataclass(frozen=True)
class DataVersion:
    """A state of the record: the number of its changes, and when the last of them was."""

    number: int
    changed: datetime.datetime | None

    @property
    def key(self) -> str:
        """Return a name that no other state has, of another database neither."""
        return f"{self.number}-{self.changed:%Y%m%dT%H%M%S.%f}" if self.changed else f"{self.number}"


@dataclass(frozen=True)
class File:
    """A table in one of its two forms."""

    name: str
    table: str
    form: str
    """``csv`` or ``parquet``."""
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Citation:
    """How to cite a data version, in a sentence and as BibTeX."""

    text: str
    bibtex: str


def citation(version: DataVersion, address: str) -> Citation:
    """Return how to cite the record of ``version``, found at ``address``."""
    note = f"Data version {version.number}{f' of {version.changed:%Y-%m-%d}' if version.changed else ''}"
    entry = {
        "author": f"{{{AUTHORS}}}",
        "title": f"{{{TITLE}}}",
        **({"year": str(version.changed.year)} if version.changed else {}),
        "note": note,
        "url": address,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in entry.items())
    return Citation(f"{AUTHORS}. {TITLE}. {note}. {address}", f"@misc{{plenary{version.number},\n{lines}}}")


def readme(sources: Iterable[Source], covered: Coverage) -> str:
    """Return the note to the reader of a package, with what it holds and the terms of each source."""
    return README.format(
        title=TITLE,
        coverage=textwrap.fill(COVERAGE, 100),
        held=_holdings(covered),
        authors=AUTHORS,
        terms=_terms(sources),
    )


def _holdings(covered: Coverage) -> str:
    """Return a list of what the record holds of each body, by group of votes, in English."""
    with translation.override("en"):
        return "\n".join(
            f"- {body.name}, {str(group.label).lower()}: {holding.roll_calls:,}, {_day(holding.first)} to "
            f"{_day(holding.last)}{''.join(f'; {extent.label} {_years(years)}' for extent, years in holding.extents)}."
            for body in covered.bodies
            for group, holding in body.holdings.items()
        )


def _day(day: Day) -> str:
    return day.date.isoformat()[: {DatePrecision.DAY: 10, DatePrecision.MONTH: 7}.get(DatePrecision(day.precision), 4)]


def _years(ranges: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in ranges)


def _terms(sources: Iterable[Source]) -> str:
    terms = ([f"**{s.name}**: {s.licence}.", s.note, f"<{s.url}>" if s.url else ""] for s in sources)
    return "\n".join(f"- {' '.join(filter(None, parts))}" for parts in terms)


def description(
    version: DataVersion, files: Sequence[File], tables: Sequence[Table], sources: Sequence[Source]
) -> dict[str, Any]:
    """Return the description as a Frictionless Data Package, version 1."""
    described = {table.name: table for table in tables}
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE,
        "description": COVERAGE,
        "version": str(version.number),
        **({"created": version.changed.isoformat()} if version.changed else {}),
        "licenses": [{"title": f"{s.name}: {s.licence}", "path": s.url or "README.md"} for s in sources],
        "sources": [{"title": s.name, **({"path": s.url} if s.url else {})} for s in sources],
        "contributors": [{"title": AUTHORS, "role": "author"}],
        "resources": [_resource(file, described[file.table]) for file in files],
    }


def _resource(file: File, table: Table) -> dict[str, Any]:
    """Describe a file; the schema stands with the CSV file, and holds for the other as well."""
    resource = {
        "name": file.table if file.form == "csv" else f"{file.table}-{file.form}",
        "path": file.name,
        "description": table.description,
        "format": file.form,
        "mediatype": MEDIA_TYPES[file.form],
        "table": file.table,
        "rows": file.rows,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.form != "csv":
        return {**resource, "profile": "data-resource"}
    dialect = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
    return {
        **resource,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": dialect,
        "schema": {
            "fields": [_field(table, column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": list(key.columns), "reference": {"resource": key.table, "fields": list(key.references)}}
                for key in table.foreign
                if _is_checkable(table, key)
            ],
            "missingValues": [""],
        },
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    known = list(codes(table.name, column.name))
    constraints: dict[str, Any] = {} if column.optional else {"required": True}
    if known:
        constraints["enum"] = known
    if table.key == (column.name,):
        constraints["unique"] = True
    return {
        "name": column.name,
        "type": TYPES[column.kind],
        "description": column.description,
        **({"constraints": constraints} if constraints else {}),
    }


def _is_checkable(table: Table, key: ForeignKey) -> bool:
    """Tell whether a key can be stated: readers take one of several columns for broken where one of them is empty."""
    optional = {column.name for column in table.columns if column.optional}
    return len(key.columns) == 1 or not optional & {*key.columns}
