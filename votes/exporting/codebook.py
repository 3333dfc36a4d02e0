"""The codebook: what each exported table and column means, read from the docstrings of the typed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from resolutions.models import Majority, ResolutionKind, SessionKind
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
    "bodies.majority": dict(Majority.choices),
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
Each table is available as CSV (UTF-8, comma-separated, LF line endings, one header line) and as Parquet, with the same
rows and columns. An empty cell means unknown, open-ended or not applicable; in Parquet it is null. Dates are ISO 8601
dates. Rows have a fixed order, so the same record always gives the same bytes.

In CSV, a text that a spreadsheet would run as a formula starts with an apostrophe; in Parquet it does not.

Only public data are exported: no drafts and no accounts. For a withdrawn vote, the export has its permanent name, the
date and the reason of the withdrawal, and the text voted on.
"""


def markdown() -> str:
    """Return the codebook as Markdown, in English whatever the active language."""
    with translation.override("en"):
        return "\n".join(["# Codebook", "", GENERAL, *map(_section, TABLES.values())])


def _section(table: Table) -> str:
    head = [f"## {table.name}", table.description, "", f"Key: {_quoted(table.key)}."]
    head += [
        f"{_quoted(key.columns)} refers to a row of {key.table} ({_quoted(key.references)})." for key in table.foreign
    ]
    rows = [
        f"| `{column.name}` | {column.kind}{', may be empty' if column.optional else ''} | {_meaning(table, column)} |"
        for column in table.columns
    ]
    return "\n".join([*head, "", "| column | type | meaning |", "|---|---|---|", *rows, ""])


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _meaning(table: Table, column: Column) -> str:
    """Return what a column means in one cell of a Markdown table, with its codes."""
    text = column.description.replace("``", "`").replace("|", "\\|")
    meanings = "; ".join(f"`{code}` {label}" for code, label in codes(table.name, column.name).items())
    return f"{text} Codes: {meanings}." if meanings else text
