"""The reader of each format. Importing this module loads Polars, which the web workers never do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from votes.importing import human_rights, sciences_po
from votes.importing.digital_library import member_states, outcomes
from votes.importing.digital_library import reader as digital_library
from votes.importing.edition import UnfitFileError
from votes.importing.formats import (
    GA_OUTCOMES,
    GA_VOTING,
    HRC_VOTING,
    MEMBER_STATES,
    PLENARY,
    SC_NOT_ADOPTED,
    SC_VOTING,
    VOETEN,
    check,
    recognise,
)
from votes.importing.plenary import package
from votes.importing.voeten import reader as voeten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from votes.importing.digital_library.member_states import MemberStatesEdition
    from votes.importing.edition import Edition, Known
    from votes.importing.files import OpenFile

FILE_READERS: dict[str, Callable[[OpenFile, Known], Edition | MemberStatesEdition]] = {
    # One module reads both voting files, and a file may have the columns of both.
    GA_VOTING: partial(digital_library.read, form=GA_VOTING),
    SC_VOTING: partial(digital_library.read, form=SC_VOTING),
    GA_OUTCOMES: outcomes.read,
    MEMBER_STATES: member_states.read,
    SC_NOT_ADOPTED: sciences_po.read,
    HRC_VOTING: human_rights.read,
}
"""The formats of which each file is an edition."""

TABLES_READERS: dict[str, Callable[[Mapping[str, OpenFile], Known], Edition]] = {
    VOETEN: voeten.read,
    PLENARY: package.read,
}
"""The formats of which all files together are one edition, by the name of their table."""


def read_editions(
    files: Sequence[OpenFile], known: Known, form: str | None = None
) -> list[Edition | MemberStatesEdition]:
    """Return what the files say: Voeten's tables are one edition, so are Plenary's, any other file is its own.

    ``form`` is the format of all of them; by default each is recognised. Raises UnfitFileError.
    """
    groups: dict[tuple[str, int], dict[str, OpenFile]] = {}
    for number, file in enumerate(files):
        if form:
            found, table = form, check(file.header, form, file.name)
        else:
            found, table = recognise(file.header, file.name)
        group = groups.setdefault((found, 0 if found in TABLES_READERS else number), {})
        if table in group:
            raise UnfitFileError(
                f"it is the same table as {group[table].name}, “{table}” of {found}. Import one of the two.",
                file=file.name,
            )
        group[table] = file
    return [_read(found, group, known) for (found, _number), group in groups.items()]


def _read(form: str, tables: dict[str, OpenFile], known: Known) -> Edition | MemberStatesEdition:
    if form in TABLES_READERS:
        return TABLES_READERS[form](tables, known)
    (file,) = tables.values()
    return FILE_READERS[form](file, known)
