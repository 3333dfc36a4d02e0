"""Import of Plenary's own export: a site can be rebuilt from another's download, including permanent names.

The tables that hold no votes come in through ``load_facts`` before the rest is read, for roll calls name states and
sessions; what hangs on roll calls, and texts that nobody voted on, come in through ``finish`` after they are written,
and the addresses of votes that are no longer there through ``retire``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from resolutions.models import Body
from votes.editing.reference import FactError, Report, Rows
from votes.editing.reference import load_facts as load_reference_facts
from votes.exporting.cells import plain
from votes.importing.edition import Edition, FileFacts, UnfitFileError
from votes.importing.plenary.reader import Reader, rows_of
from votes.importing.plenary.retired_addresses import Retired, add_retired, add_retired_texts
from votes.importing.plenary.writing import add_rest
from votes.importing.record import known as known_now
from votes.models import Format, MemberState, RollCall, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from votes.importing.edition import Known, StatedText
    from votes.importing.files import OpenFile

NEEDED = ("resolutions", "roll-calls", "votes")
"""Without these three there is nothing to compare with the record."""

FACTS = {
    name: f"{name.replace('-', '_')}.csv"
    for name in (
        *("bodies", "sources", "topics", "sessions", "states", "state-names", "body-memberships", "blocs"),
        "bloc-memberships",
    )
}
"""The tables of facts, with the names by which ``votes.editing.reference`` knows them."""


def load_facts(files: Mapping[str, OpenFile]) -> Report:
    """Add the bodies, sessions, topics, sources, states, seats and blocs that the record does not have.

    ``files`` has the files by the name of their table; tables without one are left as they are. Raises
    UnfitFileError, and nothing is added, for a row that cannot be read or that the database refuses.
    """
    there = {FACTS[table]: file for table, file in files.items() if table in FACTS}
    if not there:
        return Report()
    rows = Rows(
        paths={name: file.path for name, file in there.items()},
        called={name: file.name for name, file in there.items()},
        clean=plain,
    )
    try:
        return load_reference_facts(rows)
    except FactError as error:
        raise UnfitFileError(str(error)) from error
    except DatabaseError as error:
        raise UnfitFileError(f"{rows.place}: {_refusal(error)}") from error


def read(files: Mapping[str, OpenFile], known: Known) -> Edition:
    """Return what an export says of roll calls, texts and votes; ``files`` has them by the name of their table.

    The record must have the facts that they name, so ``load_facts`` comes first. Raises UnfitFileError where a table
    is missing, where the files are not of one export, and for a cell that no export has.
    """
    if missing := [table for table in NEEDED if table not in files]:
        raise UnfitFileError(
            f"an export needs at least the tables {', '.join(NEEDED)}; missing: {', '.join(missing)}. "
            "Give all of its files, its folder or its archive.",
            file=", ".join(file.name for file in files.values()),
        )
    reader = _reader(known)
    said = reader.texts(rows_of(files["resolutions"]))
    reader.read_roll_calls(rows_of(files["roll-calls"]), {text.symbol.key: text for _body, _session, text in said})
    votes, count = reader.votes_of(files["votes"])
    rows = {"votes": count, "roll-calls": len(reader.roll_calls), "resolutions": len(said)}
    return Edition(
        format=Format.PLENARY,
        source="",
        files=[FileFacts(files[table].name, files[table].sha256, rows[table]) for table in NEEDED],
        roll_calls=reader.roll_calls,
        votes=votes,
        problems=reader.problems,
    )


def texts(files: Mapping[str, OpenFile]) -> list[tuple[str, str | None, StatedText]]:
    """Return all texts of an export with the codes of body and session, those that nobody voted on among them."""
    return _reader(known_now()).texts(rows_of(files["resolutions"])) if "resolutions" in files else []


def finish(files: Mapping[str, OpenFile], *, left_out: Collection[str] = ()) -> bool:
    """Add what hangs on roll calls, and texts that nobody voted on; return whether anything was missing.

    To be called when the roll calls are written. ``left_out`` has the names of those that were not taken, whose
    corrections and statements are not either. What is on record is never touched. Raises UnfitFileError, and nothing
    is added, for what cannot be read or what the database refuses.
    """
    names = {
        "roll_call": frozenset(RollCall.objects.values_list("slug", flat=True)),
        "state": frozenset(MemberState.objects.values_list("code", flat=True)),
        "source": frozenset(Source.objects.values_list("slug", flat=True)),
    }
    corrections = _hanging(files, "corrections", left_out, {name: names[name] for name in ("roll_call", "state")})
    statements = _hanging(files, "statements", left_out, {name: names[name] for name in ("roll_call", "source")})
    try:
        with transaction.atomic():
            return add_rest(texts(files), corrections, statements)
    except DatabaseError as error:
        read_ones = [files[table].name for table in ("resolutions", "corrections", "statements") if table in files]
        raise UnfitFileError(_refusal(error), file=", ".join(read_ones)) from error


def retire(files: Mapping[str, OpenFile], *, left_out: Collection[str] = ()) -> Retired:
    """Add the retired addresses of votes and texts that the record does not have; return how many, and what was left.

    To be called after ``finish``, and with the same ``left_out``. Raises UnfitFileError, and nothing is added, for
    what cannot be read or what the database refuses.
    """
    done = Retired()
    with transaction.atomic():
        for table, add in (
            ("retired-addresses", partial(add_retired, left_out=left_out)),
            ("retired-texts", add_retired_texts),
        ):
            if (file := files.get(table)) is None:
                continue
            try:
                with transaction.atomic():
                    added = add(rows_of(file))
            except DatabaseError as error:
                raise UnfitFileError(_refusal(error), file=file.name) from error
            done = Retired(done.added + added.added, done.notes + added.notes)
    return done


def _hanging(
    files: Mapping[str, OpenFile], table: str, left_out: Collection[str], names: Mapping[str, Collection[str]]
) -> list[Mapping[str, str]]:
    """Return the rows of a table that hang on roll calls that were taken; each column of ``names`` has one of them."""
    rows = [row for row in rows_of(files[table]) if row["roll_call"] not in left_out] if table in files else []
    for row in rows:
        for column, known in names.items():
            row.on_record(column, known)
    return [row.cells for row in rows]


def _reader(known: Known) -> Reader:
    return Reader(
        known,
        bodies=frozenset(Body.objects.values_list("code", flat=True)),
        sources=frozenset(Source.objects.values_list("slug", flat=True)),
    )


def _refusal(error: DatabaseError) -> str:
    return f"the database rejected the data in the file ({str(error).strip().partition(chr(10))[0]})."
