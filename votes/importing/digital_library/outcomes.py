"""The UN Digital Library's file of outcomes: one row a text of the General Assembly, with and without a vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from votes.importing.digital_library.roll_calls import LAYOUTS, Reading
from votes.importing.digital_library.tables import NO_VOTES, edition, facts_of, stated
from votes.importing.formats import GA_OUTCOMES, check, names
from votes.importing.problems import Problems
from votes.importing.tables import collect, has_rows

if TYPE_CHECKING:
    from votes.importing.edition import Edition, Known
    from votes.importing.files import OpenFile


def read(file: OpenFile, known: Known) -> Edition:
    """Return what a file of outcomes says, without votes; raise UnfitFileError where it is no such file."""
    layout = LAYOUTS[GA_OUTCOMES]
    columns = names(file.header, GA_OUTCOMES, check(file.header, GA_OUTCOMES, file.name))
    (said,) = collect(file, stated(file, layout, columns))
    has_rows(file, said)
    reading = Reading(layout, known, Problems(file.name, columns))
    records = reading.records(facts_of(said))
    rows = int(said["count"].sum())
    if repeated := rows - said.height:
        reading.notes.append(f"Duplicate rows skipped: {repeated}.")
    roll_calls = [roll_call for _record, roll_call in reading.adopted(records)]
    return edition(file, reading, roll_calls, NO_VOTES, rows=rows)
