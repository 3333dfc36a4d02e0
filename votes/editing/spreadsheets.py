"""Reading voting sheets from uploaded CSV and XLSX files: one row for each member state, with its choice.

What a file may hold is bounded before any of it is read, and no cell is ever evaluated: one that holds a formula is
refused by its row.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from itertools import chain, dropwhile, islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from resolutions.text import fold
from votes.editing.filling import Pointed, Reading
from votes.entry.names import key
from votes.entry.problems import Kind, Problem, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from votes.entry.names import Names

LIMIT = 1024**2
"""Bytes of a file."""
UNPACKED_LIMIT = 4 * 1024**2
"""Bytes of all parts of an XLSX file, which is a ZIP archive, once they are unpacked."""
MOST_PARTS = 200
MOST_ROWS = 1000
MOST_COLUMNS = 20
LONGEST_CELL = 200
"""How many characters of a cell are read: no name is longer."""
MOST_PROBLEMS = 300

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""

STATE_HEADERS = (
    *("code", "ms_code", "iso3", "iso code", "state code", "country code"),
    *("member state", "member states", "state", "member", "country", "country name", "delegation", "name", "ms_name"),
)
"""What a column of states is called, the best first: a code is never ambiguous."""
CHOICE_HEADERS = ("choice", "vote", "votes", "vote cast", "recorded vote", "ms_vote", "position")
HEADER_WITHIN = 20
"""In how many rows, from the top, the header is looked for: titles and notes may stand before it."""

WORDS = {
    "Y": ("y", "yes", "in favour", "in favor", "favour", "favor", "for"),
    "N": ("n", "no", "against"),
    "A": ("a", "abstaining", "abstain", "abstained", "abstention", "abstains"),
    "X": (
        "x",
        "non-voting",
        "non voting",
        "nonvoting",
        "nv",
        "not voting",
        "absent",
        "did not vote",
        "not participating",
    ),
}
CHOICES = {word: choice for choice, words in WORDS.items() for word in words}

Row = tuple[int, list[str]]
"""A row's number in the file, from 1, and its cells."""


def read_file(name: str, content: bytes, names: Names) -> Reading:
    """Return what a file says of the vote of ``names``: its type is told by what is in it, and by nothing else.

    Raises ValidationError, saying what to do, for a file that cannot be read as a whole; what is wrong with a row
    is among the problems.
    """
    if len(content) > LIMIT:
        raise ValidationError(_("This file is larger than 1 MB, the limit for a voting sheet."))
    is_workbook = content.startswith(b"PK\x03\x04")
    if not is_workbook and name.lower().endswith((".xlsx", ".xls", ".ods", ".numbers")):
        raise ValidationError(_("This is not an XLSX file. Save it as XLSX or CSV and upload it again."))
    rows = _rows_of_workbook(content) if is_workbook else _rows_of_text(content)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise ValidationError(_("The file has no rows."))
    return _read_rows(filled, names)


def _rows_of_text(content: bytes) -> Iterator[Row]:
    """Yield the rows of a CSV file with commas, semicolons or tabs, as spreadsheets write it."""
    text = _decoded(content)
    if "\0" in text:
        raise ValidationError(_("This is not a CSV file. Save it as CSV or XLSX and upload it again."))
    # A title may have a comma where the rows have tabs, and a name where they have semicolons.
    lines = text.splitlines()
    delimiter = max("\t;,", key=lambda mark: sum(mark in line for line in lines))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if reader.line_num > MOST_ROWS:
                raise _too_many_rows()
            yield reader.line_num, [_cell(cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error as error:
        raise ValidationError(
            _("Row %(row)d cannot be read as CSV: %(error)s.") % {"row": reader.line_num, "error": error}
        ) from error


def _decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or what spreadsheets write on Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows_of_workbook(content: bytes) -> Iterator[Row]:
    """Yield the rows of the one sheet of an XLSX file that is not empty; formulas come as the text they are."""
    import openpyxl  # noqa: PLC0415  # a tenth of a second and ten megabytes, for the few who upload a workbook

    refused = ValidationError(_("This XLSX file cannot be read. Save it again as XLSX or CSV and upload it again."))
    try:
        _check_archive(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that are not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            read = (islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_ROWS + 1) for sheet in visible)
            sheets = [rows for rows in map(list, read) if any(map(_cell, chain.from_iterable(rows)))]
            if len(sheets) > 1:
                raise ValidationError(
                    _("The file has %(count)d sheets. Save only the sheet with the votes and upload that.")
                    % {"count": len(sheets)}
                )
    except ValidationError:
        raise
    except Exception as error:  # whatever is broken in it, its reader has an exception of its own
        raise refused from error
    for rows in sheets:
        if len(rows) > MOST_ROWS:
            raise _too_many_rows()
        yield from enumerate(([_cell(cell) for cell in cells] for cells in rows), start=1)


def _check_archive(content: bytes) -> None:
    """Raise ValidationError for an archive that is too large unpacked; zipfile unpacks no more than it announces."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise ValidationError(
            _("This file is too large once uncompressed. Save only the sheet with the votes and upload that.")
        )


def _too_many_rows() -> ValidationError:
    return ValidationError(
        _("This file has more than %(most)d rows, the limit for a voting sheet.") % {"most": MOST_ROWS}
    )


def _cell(value: Any) -> str:
    if type(value).__name__ in ("ArrayFormula", "DataTableFormula"):  # openpyxl's
        return FORMULA[0]
    text = "" if value is None else str(value)
    return text[:LONGEST_CELL].strip(" \n\xa0\ufeff")


def _read_rows(rows: Sequence[Row], names: Names) -> Reading:
    states_at, choice_at, body = _layout(rows)
    problems: list[Pointed] = []
    said: dict[str, tuple[int, str]] = {}
    doubted: set[str] = set()
    for number, cells in body:
        *states, choice = (cells[at] if at < len(cells) else "" for at in (*states_at, choice_at))
        try:
            code, letter = _read_row(list(filter(None, states)), choice, names)
            if code in said:
                doubted.add(code)
                details = {"state": names.name(code), "row": said[code][0]}
                raise WrongRowError(
                    _("%(state)s is already in row %(row)d; this row was ignored. Delete one of the two rows.")
                    % details
                )
            said[code] = (number, letter)
        except WrongRowError as wrong:
            if len(problems) >= MOST_PROBLEMS:
                raise ValidationError(
                    _("More than %(most)d rows could not be read. Is this a voting sheet?") % {"most": MOST_PROBLEMS}
                ) from None
            told = _("Row %(row)d: %(problem)s") % {"row": number, "problem": wrong.told}
            near = tuple((code, names.name(code)) for code in wrong.suggestions)
            problems.append(Pointed(told, len(problems) + 1, near))
    choices = {code: letter for code, (_number, letter) in said.items() if code not in doubted}
    missing = sorted((fold(names.name(code)), names.name(code)) for code in names.electorate.members - set(said))
    return Reading(choices=choices, problems=tuple(problems), missing=tuple(name for _key, name in missing))


class WrongRowError(Exception):
    """What is wrong with a row."""

    def __init__(self, told: str, suggestions: Iterable[str] = ()) -> None:
        super().__init__(told)
        self.told = told
        self.suggestions = tuple(suggestions)


def _layout(rows: Sequence[Row]) -> tuple[list[int], int, Sequence[Row]]:
    """Return where states stand, the best column first, where choices do, and the rows of states.

    Without a header these are the first two columns, below rows with a single cell, which are titles.
    """
    for at, (_number, cells) in enumerate(rows[:HEADER_WITHIN]):
        headers = [fold(cell).strip(" .:*") for cell in cells]
        states = [headers.index(header) for header in STATE_HEADERS if header in headers]
        choices = [headers.index(header) for header in CHOICE_HEADERS if header in headers]
        if states and choices:
            return states, choices[0], rows[at + 1 :]
    body = list(dropwhile(lambda row: _filled(row) == 1, rows)) or rows
    if _filled(body[0]) > 2:
        raise ValidationError(
            _(
                "Cannot tell which columns to read. Name them “state” and “choice” in the first row, or keep "
                "only those two columns."
            )
        )
    return [0], 1, body


def _filled(row: Row) -> int:
    return sum(map(bool, row[1]))


def _read_row(states: Sequence[str], choice: str, names: Names) -> tuple[str, str]:
    """Return code and choice of a row; ``states`` are its cells with a state, the best first."""
    is_formula = choice.startswith(FORMULA) and choice not in CHOICES
    if is_formula or any(state.startswith(FORMULA) for state in states):
        raise WrongRowError(_("formulas are not supported. Enter the value itself."))
    if not states:
        raise WrongRowError(
            _("the state is missing. Enter its name or code.") if choice else _("the state and the choice are missing.")
        )
    code = _code(states, names)
    letter = CHOICES.get(fold(choice))
    if not choice:
        raise WrongRowError(
            _("the choice for %(state)s is missing. Enter Y, N, A or X, or delete the row.")
            % {"state": names.name(code)}
        )
    if letter is None:
        raise WrongRowError(_("“%(choice)s” is not a choice. Enter Y, N, A or X.") % {"choice": choice[:60]})
    return code, letter


def _code(states: Sequence[str], names: Names) -> str:
    """Return the code of the member that the first cell names that names one; raise the first one's error for none.

    A table may have codes of its own beside the names.
    """
    first: WrongRowError | None = None
    for state in states:
        try:
            return _code_of(state, names)
        except WrongRowError as wrong:
            first = first or wrong
    assert first is not None
    raise first


def _code_of(state: str, names: Names) -> str:
    """Return the code of the one member that a cell names by code or name; raise WrongRowError where there is none."""
    if state.upper() in names.electorate.states:
        codes: tuple[str, ...] = (state.upper(),)
    elif found := names.find_text(state):
        codes = found.codes
    else:
        nearest = names.nearest(key(state))
        raise WrongRowError(message(Problem(Kind.UNKNOWN, details={"text": state[:60]}), _), nearest)
    if len(codes) > 1:
        raise WrongRowError(message(Problem(Kind.AMBIGUOUS, details={"text": state[:60]}), _), codes)
    code = codes[0]
    if code not in names.electorate.members:
        related = sorted(names.electorate.states[code].related & names.electorate.members)
        raise WrongRowError(message(Problem(Kind.NOT_A_MEMBER, details={"state": names.name(code)}), _), related)
    return code
