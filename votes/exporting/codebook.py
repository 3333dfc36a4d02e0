"""The codebook: what each exported table and column means, read from the docstrings of the typed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from resolutions.models import ResolutionKind, SessionKind
from votes.choices import Choice
from votes.exporting.tables import TABLES
from votes.models import Format, RetiredAddress
from votes.models.blocs import BlocKind, MembershipStatus
from votes.models.intervals import DatePrecision
from votes.models.roll_calls import RollCallKind, RollCallMethod
from votes.rules import Requirement, Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrPromise

    from votes.exporting.tables import Column, Table

YES_OR_NO = {"yes": _("yes"), "no": _("no")}
CODES: Mapping[str, Mapping[str, StrPromise | str]] = {
    "sessions.kind": dict(SessionKind.choices),
    "state-names.since_precision": dict(DatePrecision.choices),
    "state-names.until_precision": dict(DatePrecision.choices),
    "body-memberships.permanent": YES_OR_NO,
    "body-memberships.since_precision": dict(DatePrecision.choices),
    "body-memberships.until_precision": dict(DatePrecision.choices),
    "blocs.kind": dict(BlocKind.choices),
    "bloc-memberships.since_precision": dict(DatePrecision.choices),
    "bloc-memberships.until_precision": dict(DatePrecision.choices),
    "bloc-memberships.status": dict(MembershipStatus.choices),
    "resolutions.kind": dict(ResolutionKind.choices),
    "roll-calls.decisive": YES_OR_NO,
    "roll-calls.date_precision": dict(DatePrecision.choices),
    "roll-calls.kind": dict(RollCallKind.choices),
    "roll-calls.method": dict(RollCallMethod.choices),
    "roll-calls.requirement": dict(Requirement.choices),
    "roll-calls.result": dict(Result.choices),
    "votes.choice": dict(Choice.choices),
    "corrections.intended": {code: label for code, label in Choice.choices if code != Choice.NON_VOTING},
    "statements.format": dict(Format.choices),
    "retired-addresses.kind": dict(RetiredAddress.Kind.choices),
}
"""The columns that hold one of a few codes, with what each code means."""


def codes(table: str, column: str) -> Mapping[str, StrPromise | str]:
    """Return what each code of a column means, empty where the column holds no codes."""
    return CODES.get(f"{table}.{column}", {})


GENERAL = """\
Every table is a CSV file, UTF-8, comma-separated, LF line ends, with a header line, and a Parquet file with the same
rows and columns. An empty cell is unknown, open or not applicable; in Parquet it is null. Dates are ISO dates. Rows
have a fixed order, so that the same record always gives the same bytes.

A text that a spreadsheet would run as a formula has an apostrophe in front in CSV; in Parquet it stands as it is.

Only what the public sees is exported: no draft of an editor, no account. Of a recorded vote that was withdrawn that is
its name, the day and the reason, and the text it was on.
"""


def markdown() -> str:
    """Return the codebook as Markdown, in English whatever the active language."""
    with translation.override("en"):
        return "\n".join(["# Codebook", "", GENERAL, *map(_section, TABLES.values())])


def _section(table: Table) -> str:
    head = [f"## {table.name}", table.description, "", f"Key: {_quoted(table.key)}."]
    head += [f"{_quoted(key.columns)} names a row of {key.table} ({_quoted(key.references)})." for key in table.foreign]
    rows = [f"| `{column.name}` | {_type(column)} | {_meaning(table, column)} |" for column in table.columns]
    return "\n".join([*head, "", "| column | type | meaning |", "|---|---|---|", *rows, ""])


def _quoted(names: Sequence[str]) -> str:
    """Return names of columns as Markdown shows them."""
    return ", ".join(f"`{name}`" for name in names)


def _type(column: Column) -> str:
    return f"{column.kind}, may be empty" if column.optional else column.kind


def _meaning(table: Table, column: Column) -> str:
    """Return what a column means in one cell of a Markdown table, with its codes."""
    said = column.description.replace("``", "`").replace("|", "\\|")
    meanings = "; ".join(f"`{code}` {label}" for code, label in codes(table.name, column.name).items())
    return f"{said} Codes: {meanings}." if meanings else said
