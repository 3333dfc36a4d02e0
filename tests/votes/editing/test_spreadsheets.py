"""Voting sheets in CSV and XLSX files."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import openpyxl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from openpyxl.worksheet.formula import ArrayFormula

from tests.votes.entry.electorates import LANDMARKS, landmark, names
from votes.editing import spreadsheets
from votes.editing.spreadsheets import CHOICES, LIMIT, MOST_ROWS, WORDS, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from votes.editing.filling import Reading

TODAY = names("GA", datetime.date(2024, 12, 17))


def csv_of(rows: Iterable[Iterable[str]], *, delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode()


def workbook(*sheets: Iterable[Iterable[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes, name: str = "sheet.csv") -> Reading:
    return read_file(name, content, TODAY)


def refusal(content: bytes, name: str = "sheet.csv") -> str:
    with pytest.raises(ValidationError) as refused:
        read(content, name)
    [message] = refused.value.messages
    return message


def told(reading: Reading) -> list[str]:
    return [problem.message for problem in reading.problems]


# What is read


@pytest.mark.parametrize("slug", LANDMARKS)
@pytest.mark.parametrize("how", ["codes.csv", "names.csv", "names.xlsx"])
def test_landmark_vote_in_a_file_is_read_completely(slug: str, how: str):
    row, choices = landmark(slug)
    electorate = names(row["body"], datetime.date.fromisoformat(row["date"]))
    rows = [(code if how.startswith("codes") else electorate.name(code), c) for code, c in sorted(choices.items())]

    reading = read_file(how, workbook(rows) if how.endswith("xlsx") else csv_of(rows), electorate)

    assert (reading.choices, reading.problems, reading.missing) == (choices, (), ())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_is_read_in_every_dialect_of_spreadsheets(delimiter: str, encoding: str):
    rows = [["Member State", "Vote"], ["Côte d’Ivoire", "Y"], ["", ""], ["Iran (Islamic Republic of)", "abstaining"]]

    reading = read(csv_of(rows, delimiter=delimiter).decode().encode(encoding))

    assert (reading.choices, told(reading)) == ({"CIV": "Y", "IRN": "A"}, [])


@pytest.mark.parametrize(
    ("rows", "choices"),
    [
        ([["usa is no code", ""], ["USA", "N"]], {"USA": "N"}),
        ([["ms_code", "ms_name", "ms_vote", "date"], ["FRA", "FRANCE", "Y", "2024"]], {"FRA": "Y"}),
        ([["Vote", "Name"], ["in favour", "Turkey"]], {"TUR": "Y"}),
        ([[" Swaziland ", " no "]], {"SWZ": "N"}),
        ([["Korea, Republic of", "Y"]], {"KOR": "Y"}),
        ([["Country", "Vote:"], ["French Republic", "Y"]], {"FRA": "Y"}),
        ([["DELEGATION", "Recorded vote"], ["fra", "nv"], ["Usa", "N"]], {"FRA": "X", "USA": "N"}),
        (
            [
                ["Votes on A/RES/79/1, as announced"],
                ["17 December 2024", "A/79/PV.54"],
                ["state", "vote"],
                ["FRA", "Y"],
            ],
            {"FRA": "Y"},
        ),
        ([["Votes on A/RES/79/1, as announced"], ["Korea, Republic of", "Y"], ["FRA", "N"]], {"KOR": "Y", "FRA": "N"}),
        (
            [["code", "country", "vote"], ["FR", "France", "Y"], ["", "Germany", "N"], ["USA", "Murica", "A"]],
            {"FRA": "Y", "DEU": "N", "USA": "A"},
        ),
        ([["FRA", "Y", ""], ["DEU", "X", "a remark of no one’s interest"]], {"FRA": "Y", "DEU": "X"}),
    ],
)
def test_columns_are_known_by_their_names_or_are_the_first_two(rows: list[list[str]], choices: dict[str, str]):
    assert read(csv_of(rows)).choices == read(workbook(rows)).choices == choices


@pytest.mark.parametrize(("word", "choice"), CHOICES.items())
def test_choice_is_read_from_letters_or_words(word: str, choice: str):
    assert read(csv_of([["France", word.upper()]])).choices == {"FRA": choice}


def test_no_word_means_two_choices():
    assert len(CHOICES) == sum(map(len, WORDS.values()))


def test_members_in_no_row_are_named():
    reading = read(csv_of([["Afghanistan", "Y"], ["Albania", "?"]]))

    assert (len(reading.missing), reading.missing[:2]) == (192, ("Albania", "Algeria"))


# What is wrong with a row


@pytest.mark.parametrize(
    ("row", "message", "suggestions"),
    [
        (["Albanya", "Y"], "Row 3: Unknown state: “Albanya”.", ["ALB", "MYS"]),
        (["Korea", "Y"], "Row 3: “Korea” could mean more than one state; write the name in full.", ["KOR", "PRK"]),
        (
            ["Yugoslavia", "Y"],
            "Row 3: Yugoslavia was not a member on that date; it was ignored.",
            ["BIH", "HRV", "MKD", "SVN"],
        ),
        (["France", "maybe"], "Row 3: “maybe” is not a choice. Enter Y, N, A or X.", []),
        (["France", ""], "Row 3: the choice for France is missing. Enter Y, N, A or X, or delete the row.", []),
        (["", "Y"], "Row 3: the state is missing. Enter its name or code.", []),
        (["ISR", "N"], "Row 3: Israel is already in row 2; this row was ignored. Delete one of the two rows.", []),
        (["=HYPERLINK(A1)", "Y"], "Row 3: formulas are not supported. Enter the value itself.", []),
        (["+France", "Y"], "Row 3: formulas are not supported. Enter the value itself.", []),
        (["@France", "Y"], "Row 3: formulas are not supported. Enter the value itself.", []),
        (["France", "=IF(A1,1,2)"], "Row 3: formulas are not supported. Enter the value itself.", []),
        (["France", "-1"], "Row 3: formulas are not supported. Enter the value itself.", []),
    ],
)
def test_problems_name_the_row_of_the_file(row: list[str], message: str, suggestions: list[str]):
    rows = [["state", "choice"], ["Israel", "Y"], row]
    for reading in (read(csv_of(rows)), read(workbook(rows))):
        assert told(reading) == [message]
        assert [code for code, _name in reading.problems[0].suggestions] == suggestions
        assert reading.choices == ({} if "Israel" in message else {"ISR": "Y"})


def test_rows_are_counted_as_the_spreadsheet_counts_them():
    rows = [[], ["state", "choice"], [], ["Nowhere", "Y"]]

    assert [told(read(content))[0][:6] for content in (csv_of(rows), workbook(rows))] == ["Row 4:", "Row 4:"]


def test_an_array_formula_is_refused_like_any_other():
    rows = [["state", "choice"], ["France", ArrayFormula("B2", "=A1:A2")]]

    assert told(read(workbook(rows))) == ["Row 2: formulas are not supported. Enter the value itself."]


# What is refused as a whole


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "The file has no rows."),
        ("a.csv", b"\n,,\n", "The file has no rows."),
        ("a.csv", b"x" * (LIMIT + 1), "This file is larger than 1 MB, the limit for a voting sheet."),
        ("a.csv", b"FRA,Y\n" * (MOST_ROWS + 1), "This file has more than 1000 rows, the limit for a voting sheet."),
        ("a.csv", b"FRA,Y\0\n", "This is not a CSV file. Save it as CSV or XLSX and upload it again."),
        (
            "a.csv",
            b"FRA,2024,Y\n",
            (
                "Cannot tell which columns to read. Name them “state” and “choice” in the first row, or keep "
                "only those two columns."
            ),
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0", "This is not an XLSX file. Save it as XLSX or CSV and upload it again."),
        ("a.xlsx", b"FRA,Y\n", "This is not an XLSX file. Save it as XLSX or CSV and upload it again."),
        (
            "a.csv",
            b"PK\x03\x04 and no more",
            "This XLSX file cannot be read. Save it again as XLSX or CSV and upload it again.",
        ),
    ],
)
def test_file_that_is_not_a_voting_sheet_is_refused(name: str, content: bytes, message: str):
    assert refusal(content, name) == message


def test_unterminated_cell_is_refused():
    assert refusal(b'"' + b"x" * 200_000).startswith("Row 1 cannot be read as CSV: ")


def test_a_workbook_with_too_many_rows_is_refused():
    rows = [["FRA", "Y"]] * (MOST_ROWS + 1)

    assert refusal(workbook(rows)) == "This file has more than 1000 rows, the limit for a voting sheet."


def test_a_workbook_of_two_sheets_is_refused():
    assert refusal(workbook([["FRA", "Y"]], [["DEU", "Y"]])) == (
        "The file has 2 sheets. Save only the sheet with the votes and upload that."
    )


def test_empty_sheets_of_a_workbook_do_not_matter():
    assert read(workbook([], [["FRA", "Y"]], [["", " "]])).choices == {"FRA": "Y"}
    assert refusal(workbook([], [])) == "The file has no rows."


def test_a_title_with_a_comma_does_not_divide_the_rows():
    assert read(b"Votes, as announced\nFRA;Y\nKorea, Republic of;N\n").choices == {"FRA": "Y", "KOR": "N"}


def replaced(content: bytes, part: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, data if name == part else old.read(name))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch):
    bomb = replaced(workbook([["FRA", "Y"]]), SHEET, b" " * 50_000_000)
    assert len(bomb) < LIMIT
    monkeypatch.setattr(openpyxl, "load_workbook", None)

    assert (
        refusal(bomb) == "This file is too large once uncompressed. Save only the sheet with the votes and upload that."
    )


def test_an_archive_of_too_many_parts_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(spreadsheets.MOST_PARTS + 1):
            archive.writestr(str(number), b"")

    assert refusal(file.getvalue()).startswith("This file is too large once uncompressed")


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"<worksheet",
        b"<html/>",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))
        + b"]><worksheet>&i;</worksheet>",
    ],
)
def test_broken_or_malicious_workbook_is_refused(part: bytes):
    message = refusal(replaced(workbook([["FRA", "Y"]]), SHEET, part))

    assert message in {
        "This XLSX file cannot be read. Save it again as XLSX or CSV and upload it again.",
        "The file has no rows.",
    }


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"PK\x03\x04" + b"\0" * 60)
def test_any_upload_is_read_or_refused(content: bytes):
    try:
        reading = read(content)
    except ValidationError:
        return
    assert len(reading.choices) + len(reading.missing) <= 193


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(TODAY.electorate.members)), st.sampled_from("YNAX")),
        unique_by=lambda row: row[0],
        min_size=1,
    )
)
def test_a_sheet_written_to_csv_is_read_back(rows: list[tuple[str, str]]):
    assert read(csv_of(rows)).choices == dict(rows)
