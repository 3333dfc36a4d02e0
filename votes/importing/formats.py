"""Recognition of a file's layout by its header, and the columns of every layout with their alternative names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from votes.exporting.tables import TABLES
from votes.importing.edition import UnfitFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GA_VOTING, SC_VOTING, GA_OUTCOMES = "ga-voting", "sc-voting", "ga-outcomes"
SC_NOT_ADOPTED, HRC_VOTING = "sc-not-adopted", "hrc-voting"
MEMBER_STATES, VOETEN, PLENARY = "member-states", "voeten", "plenary"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layout. Names are compared without case and surrounding space."""

    name: str
    aliases: tuple[str, ...] = ()
    """What editions of other years call it."""
    optional: bool = False


def _columns(*names: str, optional: Sequence[str] = ()) -> tuple[Column, ...]:
    return (*map(Column, names), *(Column(name, optional=True) for name in optional))


# What a vote of the Digital Library's files needs is required, and so are the totals: they are announced figures
# that an edition without them would seem to withdraw. What is merely good to have may be missing.
_STATE_AND_CHOICE = (
    Column("ms_code", ("ms_codes",)),
    Column("ms_name", ("ms_names",), optional=True),
    Column("ms_vote", ("ms_votes",)),
)
_TOTALS = (
    Column("total_yes", ("yes",)),
    Column("total_no", ("no",)),
    Column("total_abstentions", ("abstentions",)),
    Column("total_non_voting", ("non-voting",)),
    Column("total_ms", ("total-voting",), optional=True),
)
_RECORD = (
    Column("undl_id"),
    Column("date"),
    Column("resolution", ("resolutions",)),
    *_columns(optional=("draft", "meeting", "subjects", "vote_note", "undl_link")),
    *_TOTALS,
)
_ASSEMBLY = (
    *_RECORD,
    *_columns("session", "title", optional=("committee_report",)),
    Column("agenda_title", ("agenda_titles",), optional=True),
)
_LANGUAGES = ("French", "Spanish", "Arabic", "Chinese", "Russian")

LATER = {
    "bodies": ("symbol_prefix", "majority"),
    "roll-calls": ("difference_reason", "absences", "not_legible"),
    "resolutions": ("subjects",),
    "statements": ("edition",),
}
"""The columns that earlier releases' exports of Plenary do not have."""

COLUMNS: Mapping[str, Mapping[str, tuple[Column, ...]]] = {
    GA_VOTING: {"votes": (*_ASSEMBLY, *_STATE_AND_CHOICE, Column("modality", optional=True))},
    SC_VOTING: {
        "votes": (
            *_RECORD,
            *_STATE_AND_CHOICE,
            *_columns("description", "modality", optional=("agenda", "permanent_member")),
        )
    },
    GA_OUTCOMES: {"outcomes": (*_ASSEMBLY, Column("modality"))},
    MEMBER_STATES: {
        "states": _columns(
            "Member State",
            "ISO Code",
            "Start date",
            "End date",
            optional=(
                "M49 Code",
                "Other Names",
                "Earlier or Later Name",
                "Earlier (a) or Later (b)",
                "Geographic Term",
                "Membership Document Symbol",
                "Scope Note",
                *_LANGUAGES,
            ),
        ),
        # Since August 2026: a row a name as before, with all its periods in one cell.
        "names": _columns(
            "member_state",
            "iso",
            "coverage_periods",
            optional=(
                *("undl_id", "name_status", "m49", "other_names", "earlier_names", "later_names", "geographic_term"),
                *("founding_member", "membership_resolution", "scope_note", "undl_link", "unms_ontology_link"),
                *_LANGUAGES,
            ),
        ),
    },
    SC_NOT_ADOPTED: {
        "votes": _columns(
            *("symbol", "date", "title", "result", "yes", "no", "abstaining", "non_voting", "Y", "N", "A", "X"),
            optional=("vetoed_by", "note"),
        )
    },
    HRC_VOTING: {
        "votes": _columns(
            *("symbol", "date", "body", "title", "yes", "no", "abstaining", "non_voting", "Y", "N", "A", "X"),
            optional=("meeting", "draft"),
        )
    },
    VOETEN: {
        "votes": _columns("rcid", "country", "country_code", "vote"),
        "roll_calls": _columns(
            "rcid", "session", "date", "unres", "amend", "para", "descr", optional=("importantvote", "short")
        ),
        "issues": _columns("rcid", "short_name", "issue"),
    },
    PLENARY: {
        name: tuple(Column(column.name, optional=column.name in LATER.get(name, ())) for column in table.columns)
        for name, table in TABLES.items()
    },
}
"""The columns of each table of each layout."""


def recognise(header: Sequence[str], file: str = "") -> tuple[str, str]:
    """Return the format and the table that a header is of; ``file`` is what messages call the file.

    Raises UnfitFileError, naming the layout that comes closest and what it lacks of it, for any other header.
    """
    return _table(header, [(form, table) for form, tables in COLUMNS.items() for table in tables], file)


def check(header: Sequence[str], form: str, file: str = "") -> str:
    """Return the table of format ``form`` that a header is of; raise UnfitFileError, naming the missing columns."""
    tables = COLUMNS.get(form)
    if not tables:
        raise UnfitFileError(f"unknown format “{form}”. The formats are {', '.join(COLUMNS)}.", file=file)
    return _table(header, [(form, table) for table in tables], file)[1]


def _table(header: Sequence[str], candidates: Sequence[tuple[str, str]], file: str) -> tuple[str, str]:
    """Return that of ``candidates``, format and table, which has most columns in the header and lacks none."""
    found = {candidate: names(header, *candidate) for candidate in candidates}
    complete = [candidate for candidate in candidates if not _missing(candidate, found[candidate])]
    if complete:
        form, table = max(complete, key=lambda candidate: len(found[candidate]))
        _refuse_two_names(header, form, table, file)
        return form, table
    closest = max(
        candidates, key=lambda candidate: (len(found[candidate]), -len(_missing(candidate, found[candidate])))
    )
    missing = ", ".join(_missing(closest, found[closest]))
    if not found[closest]:
        raise UnfitFileError(
            f"the header has no column of a known layout ({', '.join(header)[:200]}). "
            "Check that this is a voting file and that its first line has the column names.",
            file=file,
            line=1,
        )
    form, table = closest
    raise UnfitFileError(
        f"the header matches no known layout. The closest is {form} ({table}); missing columns: {missing}."
        if len({form for form, _table in candidates}) > 1
        else f"the header does not match {form} ({table}). Missing columns: {missing}.",
        file=file,
        line=1,
    )


def _missing(candidate: tuple[str, str], found: Mapping[str, str]) -> list[str]:
    form, table = candidate
    return [c.name for c in COLUMNS[form][table] if not c.optional and c.name not in found]


def names(header: Iterable[str], form: str, table: str) -> dict[str, str]:
    """Return, for each column of a table that the header has, its name in the file by its name in ``COLUMNS``."""
    present = {_folded(name): name for name in header}
    return {
        column.name: present[_folded(name)]
        for column in COLUMNS[form][table]
        for name in reversed((column.name, *column.aliases))
        if _folded(name) in present
    }


def _refuse_two_names(header: Sequence[str], form: str, table: str, file: str) -> None:
    """Raise UnfitFileError where a header has a column twice, under two of its names."""
    folded = [_folded(name) for name in header]
    for column in COLUMNS[form][table]:
        same = [n for n, f in zip(header, folded, strict=True) if f in map(_folded, (column.name, *column.aliases))]
        if len(same) > 1:
            raise UnfitFileError(
                f"{' and '.join(f'“{name}”' for name in same)} are two names of the same column. Remove one of them.",
                file=file,
                line=1,
                column=same[1],
            )


def _folded(name: str) -> str:
    return name.strip().lower()
