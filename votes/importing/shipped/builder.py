"""Building ``data/record/`` from the sources' files: imported in the order of precedence, then written row by row.

Everything that an import does with the files is done here too (matching, precedence, doubles), because it is an
import: into a record without votes, in a transaction that is taken back.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.text import slugify

from resolutions.symbols import loose
from votes.editing.reference import remove_landmarks
from votes.editing.votes import free_slug
from votes.importing import corrections
from votes.importing.edition import UnfitFileError, parse_votes
from votes.importing.files import opened
from votes.importing.formats import recognise
from votes.importing.record import Record
from votes.importing.run import ImportRefusedError, import_files
from votes.importing.shipped import layout
from votes.models import Format, ImportRun, RollCall, Source
from votes.models.intervals import DatePrecision
from votes.models.roll_calls import RollCallKind
from votes.rules import Requirement, Result
from votes.totals import ANNOUNCED, FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from votes.importing.record import KnownRollCall, KnownText

ORDER = (Format.GA_VOTING, Format.SC_VOTING, Format.GA_OUTCOMES, Format.SC_NOT_ADOPTED, Format.VOETEN)
"""The layouts that a record is built from, the better source first."""

UNNAMED = {
    RollCallKind.TEXT: "Vote on a whole text",
    RollCallKind.AMENDMENT: "Vote on an amendment",
    RollCallKind.PARAGRAPH: "Vote on a paragraph",
    RollCallKind.PARAGRAPH_AMENDMENT: "Vote on an amendment to a paragraph",
    RollCallKind.MOTION: "Vote on a motion",
    RollCallKind.PROCEDURAL: "Vote on a procedural question",
}
"""What a roll call is called of which the record may say no more: Voeten's descriptions are his."""

NOTES = {
    "adopted without vote": "",
    "corrected": "The table that this vote was taken from marks it as corrected, without saying what was corrected.",
}
"""What notes of the library's files become: nothing where the method says it."""

EDITION_COLUMNS = ("format", "file", "sha256", "rows")


def build(
    files: Sequence[str], folder: Path, *, by_name: str, say: Callable[[str], None] = lambda line: None
) -> dict[str, int]:
    """Write the record of ``files`` into ``folder``; return how many roll calls each of its files has.

    ``folder`` may have a ``corrections.csv``, and an older record, whose slugs stay. The database must have the
    reference facts and no votes but the small set's; it is left as it was. Raises UnfitFileError, ImportRefusedError,
    and ValueError for a correction whose old value is in none of the files.
    """
    corrector = corrections.Corrector(corrections.load(folder / layout.CORRECTIONS))
    with transaction.atomic():
        remove_landmarks()
        if RollCall.objects.exists():
            raise ImportRefusedError("The database already has votes. Build the record in an empty database.")
        for group in _in_order(files):
            import_files(group, by_name=by_name, corrector=corrector, say=say)
        if missed := corrector.missed:
            missed_rows = "; ".join(
                f"{row.symbol} {row.fact} “{row.old}” ({row.source}, {row.edition})" for row in missed
            )
            raise ValueError(f"corrections.csv has corrections that match nothing in the files: {missed_rows}.")
        record = Record.read()
        sources = {key: slug for slug, key in Source.objects.values_list("slug", "pk")}
        editions = [
            (run.format, file["name"], file["sha256"], str(file["rows"]))
            for run in ImportRun.objects.filter(format__in=ORDER)
            for file in run.files
        ]
        transaction.set_rollback(True)
    rows = _rows(record, sources, _slugs(folder))
    return _write(folder, rows, sorted(editions))


def _in_order(files: Sequence[str]) -> list[list[str]]:
    """Return the files by layout, the better source first; Voeten's tables go together."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in files:
        with opened([name]) as given:
            for file in given:
                form, _table = recognise(file.header, file.name)
                if form not in ORDER:
                    raise UnfitFileError(f"a record can only be built from: {', '.join(ORDER)}.", file=file.name)
                groups[form].append(name)
    return [groups[form] for form in ORDER if form in groups]


def _slugs(folder: Path) -> dict[tuple[str, str, str], str]:
    """Return the slugs that the record in ``folder`` gives, by source, reference and symbol: addresses are cited."""
    slugs = {}
    for path in layout.record_files(folder):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["slug"]:
                    slugs[row["source"], row["reference"], row["symbol"]] = row["slug"]
    return slugs


def _rows(
    record: Record, sources: Mapping[int, str], before: Mapping[tuple[str, str, str], str]
) -> list[dict[str, str]]:
    bodies = {key: code for code, key in record.bodies.items()}

    def place(roll_call: KnownRollCall) -> tuple[Any, ...]:
        key = record.texts[roll_call.text].key if roll_call.text else ""
        day = (roll_call.date, bodies[roll_call.body], _natural(key), not roll_call.decisive)
        return (
            *day,
            _natural(roll_call.meeting),
            roll_call.ordinal or 0,
            sources[roll_call.source],
            _natural(roll_call.reference),
        )

    ordered = sorted(record.roll_calls.values(), key=place)
    roles = layout.roles((r.kind, record.texts[r.text].key if r.text else "") for r in ordered)
    rows = [
        _row(record, roll_call, role, sources[roll_call.source], bodies)
        for roll_call, role in zip(ordered, roles, strict=True)
    ]
    taken = {slug for row in rows if (slug := before.get(_name(row)))}
    for row, role, roll_call in zip(rows, roles, ordered, strict=True):
        if role.is_decisive != roll_call.decisive:
            raise ValueError(
                f"{roll_call.slug}: the order of the rows would make another vote the decisive one of its text."
            )
        if roll_call.decisive:  # its symbol makes its slug
            continue
        row["slug"] = before.get(_name(row)) or free_slug(
            of_symbol=slugify(loose(row["symbol"])),
            decisive=False,
            of_date=f"{row['body'].lower()}-{row['date'][:7] if row['precision'] else row['date']}",
            taken=taken,
        )
        taken.add(row["slug"])
    return rows


def _name(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["source"], row["reference"], row["symbol"]


def _natural(text: str) -> str:
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), text)


def _row(
    record: Record, roll_call: KnownRollCall, role: layout.Role, source: str, bodies: Mapping[int, str]
) -> dict[str, str]:
    text = record.texts[roll_call.text] if roll_call.text else None
    lists: dict[str, list[str]] = defaultdict(list)
    for state, choice in parse_votes(record.votes.get(roll_call.id, "")).items():
        lists[choice].append(state)
    cells: dict[str, Any] = {
        "date": roll_call.date.isoformat(),
        "precision": "" if roll_call.date_precision == DatePrecision.DAY else roll_call.date_precision,
        "body": bodies[roll_call.body],
        "session": record.session_codes.get(roll_call.session, "") if roll_call.session else "",
        "symbol": text.symbol if text else "",
        "meeting": roll_call.meeting,
        "ordinal": roll_call.ordinal,
        "kind": roll_call.kind,
        "method": roll_call.method,
        "result": "" if roll_call.result == Result.NOT_STATED else roll_call.result,
        "requirement": "" if roll_call.requirement == Requirement.NOT_STATED else roll_call.requirement,
        "title": _title(roll_call, text if role.states_text else None, source),
        **dict(zip(FIGURES, (getattr(roll_call, name) for name in ANNOUNCED), strict=True)),
        **{column: " ".join(sorted(lists[choice])) for column, choice in layout.LISTS.items()},
        "absences": "derived" if roll_call.absences_derived else "",
        "not_legible": " ".join(roll_call.not_legible),
        "note": NOTES.get(roll_call.note, roll_call.note),
        "source": source,
        "reference": layout.cell_of(roll_call.reference),
    }
    if text and role.states_text:
        cells |= {
            "drafts": layout.SEPARATOR.join(text.drafts),
            "agenda": text.agenda,
            "subjects": layout.SEPARATOR.join(text.subjects),
        }
    return {column: "" if cells.get(column) is None else str(cells[column]) for column in layout.COLUMNS}


def _title(roll_call: KnownRollCall, text: KnownText | None, source: str) -> str:
    """Return the title of the ``text`` that a row states or else its own; of Voeten's, what kind of vote it was."""
    if source == "voeten":
        return "" if roll_call.text else f"{UNNAMED[RollCallKind(roll_call.kind)]} (Voeten’s {roll_call.reference})"
    return text.title if text else roll_call.title


def _write(folder: Path, rows: Iterable[dict[str, str]], editions: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """Write the files, and take away those of an older record; return how many rows each has."""
    files: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        files[layout.file_name(row["body"], datetime.date.fromisoformat(row["date"]))].append(row)
    folder.mkdir(parents=True, exist_ok=True)
    for path in layout.record_files(folder):
        path.unlink()
    for name, of_file in files.items():
        _write_csv(folder / name, layout.COLUMNS, ([row[column] for column in layout.COLUMNS] for row in of_file))
    _write_csv(folder / layout.EDITIONS, EDITION_COLUMNS, editions)
    return {name: len(of_file) for name, of_file in sorted(files.items())}


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
