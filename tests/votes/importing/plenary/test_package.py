"""Importing Plenary's own export: reading, problems, facts and finishing."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import pytest
from django.db import connection

from resolutions.models import Body, OtherSymbol, Resolution, Topic
from tests.factories import day, make_roll_call, make_votes
from votes.exporting.streams import csv_chunks
from votes.exporting.tables import TABLES
from votes.importing import formats
from votes.importing.edition import UnfitFileError
from votes.importing.files import OpenFile
from votes.importing.plenary import package
from votes.importing.record import known
from votes.models import Bloc, Correction, MemberState, RollCall, Source, Statement, StateName

pytestmark = pytest.mark.usefixtures("record")

SLUG = "a-res-es-11-7"


class Export:
    """An export in a folder, whose files a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for table in TABLES.values():
            (folder / f"{table.name}.csv").write_bytes(b"".join(csv_chunks(table)))

    def change(self, table: str, *changes: tuple[str, str]) -> None:
        path = self.folder / f"{table}.csv"
        content = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in content
            content = content.replace(old, new)
        path.write_text(content, encoding="utf-8")

    def before(self, table: str, column: str) -> None:
        """Leave out the last columns of a file from ``column`` on, as releases did that did not have them."""
        path = self.folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        place = rows[0].index(column)
        assert {*rows[0][place:]} <= {*formats.LATER[table]}
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(row[:place] for row in rows)

    def add(self, table: str, *lines: str) -> int:
        """Add lines to a file; return the line of the first."""
        path = self.folder / f"{table}.csv"
        before = path.read_text(encoding="utf-8")
        path.write_text(before + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return before.count("\n") + 1

    def files(self, *tables: str) -> dict[str, OpenFile]:
        """Return the files of ``tables``, by default of all."""
        return {table: self.file(table) for table in tables or TABLES}

    def file(self, table: str) -> OpenFile:
        path = self.folder / f"{table}.csv"
        header = tuple(path.read_text(encoding="utf-8").partition("\n")[0].split(","))
        return OpenFile(path.name, path, "0" * 64, header)


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


class TestReading:
    """What an edition holds."""

    def test_the_header_of_each_table_is_known(self, export: Export):
        headers = {table: file.header for table, file in export.files().items()}
        assert headers == {
            table: tuple(column.name for column in of) for table, of in formats.COLUMNS["plenary"].items()
        }
        assert len(set(headers.values())) == len(headers)

    def test_roll_call_is_read_with_its_text(self, export: Export):
        edition = package.read(export.files(), known())

        assert (edition.format, edition.source, len(edition.roll_calls), edition.problems) == ("plenary", "", 22, [])
        assert [(file.name, file.rows) for file in edition.files] == [
            ("resolutions.csv", 22), ("roll-calls.csv", 22), ("votes.csv", 3638),
        ]  # fmt: skip
        assert [stated.ref for stated in edition.roll_calls] == list(range(22))
        (stated,) = (stated for stated in edition.roll_calls if stated.slug == SLUG)
        assert (stated.source, stated.body, stated.session, stated.decisive) == ("landmark", "GA", "ES-11", True)
        assert (stated.date, stated.date_precision) == (datetime.date(2025, 2, 24), "day")
        assert stated.announced == (93, 18, 65, 17)
        assert (stated.kind, stated.method, stated.result) == ("text", "recorded", "adopted")
        assert stated.symbol_key == "A/RES/ES-11/7"
        assert stated.text
        assert (stated.text.symbol.text, stated.text.kind) == ("A/RES/ES-11/7", "resolution")
        assert stated.text.title == Resolution.objects.get(symbol="A/RES/ES-11/7").title
        assert stated.line == edition.roll_calls.index(stated) + 2

    def test_reason_for_differing_totals_is_read_where_the_file_has_it(self, tmp_path: Path):
        RollCall.objects.filter(slug=SLUG).update(announced_no=19, difference_reason="-1 was misheard.")
        export = Export(tmp_path)
        assert [s.difference_reason for s in package.read(export.files(), known()).roll_calls if s.slug == SLUG] == [
            "-1 was misheard."
        ]

        export.before("roll-calls", "difference_reason")
        assert formats.recognise(export.file("roll-calls").header) == ("plenary", "roll-calls")
        assert {stated.difference_reason for stated in package.read(export.files(), known()).roll_calls} == {""}

    def test_subjects_and_absences_of_later_releases_are_read(self, tmp_path: Path):
        Resolution.objects.filter(symbol="A/RES/ES-11/7").update(subjects=["UKRAINE QUESTION", "PEACE--=1, 2"])
        RollCall.objects.filter(slug=SLUG).update(absences_derived=True, not_legible=["AFG", "VEN"])
        export = Export(tmp_path)

        def said() -> list[tuple[object, ...]]:
            stated = package.read(export.files(), known()).roll_calls
            return [(s.text and s.text.subjects, s.absences_derived, s.not_legible) for s in stated if s.slug == SLUG]

        assert said() == [(("UKRAINE QUESTION", "PEACE--=1, 2"), True, ("AFG", "VEN"))]

        export.before("roll-calls", "absences")
        export.before("resolutions", "subjects")
        export.before("statements", "edition")
        for table in formats.LATER:
            assert formats.recognise(export.file(table).header) == ("plenary", table)
        assert said() == [((), False, ())]

    def test_votes_read_equal_those_on_record(self, export: Export):
        edition = package.read(export.files(), known())
        slugs = [stated.slug for stated in edition.roll_calls]

        read = {(slugs[ref], state, choice) for ref, state, choice in edition.votes.iter_rows()}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.slug, s.code, v.choice FROM votes_vote v JOIN votes_rollcall r ON r.id = v.roll_call_id "
                "JOIN votes_memberstate s ON s.id = v.state_id"
            )
            assert read == set(cursor.fetchall())
        assert edition.votes.columns == ["ref", "state", "choice"]
        assert len(edition.votes) == len(read) == 3638

    def test_formula_escapes_are_removed_from_texts(self, tmp_path: Path):
        text = Resolution.objects.create(
            body=Body.objects.get(code="GA"), symbol="A/RES/79/900", title="=1+1", agenda="'=quoted", status="published"
        )
        OtherSymbol.objects.create(resolution=text, symbol="-1 of Nowhere", kind="variant")
        OtherSymbol.objects.create(resolution=text, symbol="A/79/L.900", kind="draft")
        text.topics.add(*Topic.objects.filter(slug__in=["human-rights", "arms-control"]))
        make_roll_call("odd", resolution=text, title='@motion\r\n"x", y', note="'n", status="published")

        edition = package.read(Export(tmp_path).files(), known())

        (stated,) = (stated for stated in edition.roll_calls if stated.slug == "odd")
        assert (stated.title, stated.note, stated.decisive, stated.session) == ('@motion\r\n"x", y', "'n", False, None)
        said = stated.text
        assert said
        assert (said.title, said.agenda) == ("=1+1", "'=quoted")
        assert (said.variants, said.drafts) == (("-1 of Nowhere",), ("A/79/L.900",))
        assert said.topics == ("arms-control", "human-rights")

    def test_texts_without_a_vote_are_read(self, tmp_path: Path):
        council = Body.objects.get(code="SC")
        Resolution.objects.create(body=council, symbol="S/2024/239", kind="draft", title="T", status="published")
        Resolution.objects.create(body=council, symbol="No number", kind="draft", title="T", status="published")
        export = Export(tmp_path)

        said = {text.symbol.text: (body, session, text) for body, session, text in package.texts(export.files())}

        assert len(said) == 24
        assert said["S/2024/239"][:2] == ("SC", None)
        assert said["A/RES/ES-11/7"][:2] == ("GA", "ES-11")
        # A symbol that no rule reads gets the keys that the record gives it.
        strange, recorded = said["No number"][2].symbol, Resolution.objects.get(symbol="No number")
        assert (strange.key, strange.sort_key) == (recorded.symbol_key, recorded.symbol_sort)
        assert package.texts(export.files("votes")) == []


class TestProblems:
    """Rows that cannot be taken are counted and named; what no export has makes the files unfit."""

    def test_invalid_votes_are_reported_and_left_out(self, export: Export):
        line = export.add(
            "votes",
            f"{SLUG},A/RES/ES-11/7,2025-02-24,QQQ,Atlantis,Y",
            f"{SLUG},A/RES/ES-11/7,2025-02-24,QQQ,Atlantis,N",
            f"{SLUG},A/RES/ES-11/7,2025-02-24,VAT,Holy See,P",
            "nowhere,,2025-02-24,FRA,France,Y",
            f"{SLUG},A/RES/ES-11/7,2025-02-24,FRA,France,A",
            f"{SLUG},A/RES/ES-11/7,2025-02-24,USA,United States,N",
        )
        MemberState.objects.create(code="VAT", name="Holy See")

        edition = package.read(export.files(), known())

        said = {
            problem.problem: (problem.kind, problem.line, problem.column, problem.value, problem.rows, problem.rejected)
            for problem in edition.problems
        }
        france = 1 + (export.folder / "votes.csv").read_text(encoding="utf-8").splitlines().index(
            f"{SLUG},A/RES/ES-11/7,2025-02-24,FRA,France,Y"
        )
        assert said == {
            "unknown-roll-call": ("unmatched", line + 3, "roll_call", "nowhere", 1, 1),
            "unknown-code": ("unknown-code", line, "state", "QQQ", 2, 2),
            "unknown-choice": ("unreadable", line + 2, "choice", "P", 1, 1),
            "vote-twice": ("conflict", france, "choice", "A, Y", 2, 2),
        }
        details = {problem.problem: dict(problem.details) for problem in edition.problems}
        assert details["unknown-code"] == {"name": "Atlantis"}
        assert details["vote-twice"] == {"state": "FRA", "choices": "A, Y"}
        # France has two votes and so none; the United States has the same one twice and so one.
        assert (edition.rows, edition.rejected, len(edition.votes)) == (22 + 22 + 3638 + 6, 6, 3637)

    def test_unknown_sessions_and_topics_are_reported(self, export: Export):
        export.change("roll-calls", (f"{SLUG},A/RES/ES-11/7,yes,GA,ES-11", f"{SLUG},A/RES/ES-11/7,yes,GA,ES-99"))
        export.change("resolutions", ("human-rights", "human-rights underwater-basketry"))

        edition = package.read(export.files(), known())

        assert {(p.kind, p.problem, p.column, p.value, p.rejected) for p in edition.problems} == {
            ("unreadable", "unknown-session", "session", "ES-99", 0),
            ("unreadable", "unknown-topic", "topics", "underwater-basketry", 0),
        }
        (stated,) = (stated for stated in edition.roll_calls if stated.slug == SLUG)
        assert stated.session is None
        assert all(stated.text and "underwater-basketry" not in stated.text.topics for stated in edition.roll_calls)

    @pytest.mark.parametrize(
        ("table", "old", "new", "message"),
        [
            (
                "roll-calls",
                ",2025-02-24,day",
                ",24/02/2025,day",
                r"roll-calls\.csv, line \d+, column date: “24/02/2025”",
            ),
            ("roll-calls", "93,18,65,17,93", "93,x,65,17,93", r"line \d+, column announced_no: “x” is not a number"),
            (
                "roll-calls",
                "vetoed",
                "defeated",
                "column result: “defeated” is not one of adopted, not-stated, rejected",
            ),
            ("roll-calls", "\na-res-es-11-7,", "\nA_RES,", "column slug: “A_RES” is not a valid permanent name"),
            (
                "roll-calls",
                "\na-res-es-11-7,",
                "\na-res-es-11-1,",
                "column slug: “a-res-es-11-1” is already in an earlier row",
            ),
            ("roll-calls", ",landmark,", ",gossip,", "column source: “gossip” is not one of"),
            (
                "roll-calls",
                "A/RES/ES-11/7",
                "A/RES/ES-11/99",
                ("“A/RES/ES-11/99” is missing from the table of resolutions"),
            ),
            (
                "resolutions",
                "\nA/RES/ES-11/7,",
                "\nA/RES/ES-11/1,",
                "column symbol: “A/RES/ES-11/1” is already in an earlier row",
            ),
            ("resolutions", ",GA,", ",XX,", "column body: “XX” is not one of GA, SC"),
        ],
    )
    def test_cells_no_export_writes_are_refused(self, export: Export, table: str, old: str, new: str, message: str):
        export.change(table, (old, new))

        with pytest.raises(UnfitFileError, match=message):
            package.read(export.files(), known())

    def test_missing_tables_are_named(self, export: Export):
        with pytest.raises(
            UnfitFileError, match=r"at least the tables .*; missing: resolutions, roll-calls\. Give all"
        ):
            package.read(export.files("votes", "states"), known())


class TestFacts:
    """The tables without votes."""

    def test_missing_facts_are_added_and_differing_ones_reported(self, export: Export):
        Bloc.objects.get(slug="baltic").delete()
        StateName.objects.filter(state__code="TUR").delete()
        MemberState.objects.filter(code="FRA").update(name="Gaul")

        report = package.load_facts(export.files())

        assert {name: count for name, count in report.added.items() if count} == {
            "blocs": 1, "memberships of blocs": 3, "former names": 1,
        }  # fmt: skip
        assert report.differences == ["member states: Gaul: name is Gaul, France in the reference facts"]
        assert MemberState.objects.get(code="FRA").name == "Gaul"

    def test_missing_fact_tables_are_skipped(self, export: Export):
        report = package.load_facts(export.files("votes", "topics"))

        assert report.unchanged["topics"] == 28
        assert set(report.unchanged) | {name for name, count in report.added.items() if count} == {"bodies", "topics"}
        assert package.load_facts(export.files("votes")).unchanged == {}

    @pytest.mark.parametrize(
        ("table", "old", "new", "message"),
        [
            ("body-memberships", "\nGA,AFG,", "\nGA,QQQ,", r"^body-memberships\.csv, line 2: unknown value 'QQQ'"),
            ("sessions", "2025-09-09", "yesterday", r"^sessions\.csv, line \d+: .*yesterday"),
            ("blocs", ",alliance,", ",gang,", r"the database rejected the data in the file \(.*bloc_kind"),
            ("sources", ",1,", ",x,", r"^sources\.csv, line \d+: invalid literal"),
        ],
    )
    def test_invalid_facts_change_nothing(self, export: Export, table: str, old: str, new: str, message: str):
        Bloc.objects.all().delete()
        StateName.objects.all().delete()
        Topic.objects.get(slug="arms-control").delete()
        export.change(table, (old, new))

        with pytest.raises(UnfitFileError, match=message):
            package.load_facts(export.files())

        assert not Bloc.objects.exists()
        assert not Topic.objects.filter(slug="arms-control").exists()


class TestFinishing:
    """Corrections, statements, and texts that nobody voted on."""

    @pytest.fixture
    def full(self, tmp_path: Path) -> Export:
        """Return an export with a correction, a statement and a text of its own."""
        roll_call, france = RollCall.objects.get(slug=SLUG), MemberState.objects.get(code="FRA")
        Correction.objects.create(roll_call=roll_call, state=france, intended="A", reference="=A/ES-11/PV.99")
        Statement.objects.create(
            roll_call=roll_call, source=Source.objects.get(slug="voeten"), format="voeten", reference="9999",
            symbol_key="A/RES/ES-11/7", facts={"date": "2025-02", "title": "ü\n'x"}, votes="FRAY USAN",
        )  # fmt: skip
        text = Resolution.objects.create(
            body=Body.objects.get(code="SC"), symbol="S/2024/239", kind="draft", title="T", status="published"
        )
        OtherSymbol.objects.create(resolution=text, symbol="Draft of March", kind="variant")
        text.topics.add(Topic.objects.get(slug="arms-control"))
        return Export(tmp_path)

    def test_missing_rows_are_added_once(self, full: Export):
        for rows in (Correction.objects.all(), Statement.objects.all(), Resolution.objects.filter(symbol="S/2024/239")):
            rows.delete()

        assert package.finish(full.files()) is True

        correction, statement = Correction.objects.get(), Statement.objects.get()
        assert (correction.roll_call.slug, correction.state.code) == (SLUG, "FRA")
        assert (correction.intended, correction.reference) == ("A", "=A/ES-11/PV.99")
        assert (statement.roll_call.slug, statement.source.slug, statement.reference) == (SLUG, "voeten", "9999")
        assert statement.facts == {"date": "2025-02", "title": "ü\n'x"}
        assert statement.votes == "FRAY USAN"
        text = Resolution.objects.get(symbol="S/2024/239")
        assert (text.body.code, text.kind, text.status, text.symbol_sort) == (
            "SC",
            "draft",
            "published",
            "S/02024/00239",
        )
        assert [topic.slug for topic in text.topics.all()] == ["arms-control"]
        assert [(other.kind, other.symbol) for other in text.other_symbols.all()] == [("variant", "Draft of March")]
        assert package.finish(full.files()) is False

    def test_rows_on_record_are_kept(self, full: Export):
        Correction.objects.update(intended="N", reference="by hand")
        Resolution.objects.filter(symbol="S/2024/239").update(title="Other", status="draft")

        assert package.finish(full.files()) is False

        assert Correction.objects.get().reference == "by hand"
        assert Resolution.objects.get(symbol="S/2024/239").title == "Other"

    def test_statements_of_sources_are_updated(self, full: Export):
        said = Statement.objects.get().reference
        Statement.objects.update(reference="other")

        assert package.finish(full.files()) is True
        assert Statement.objects.get().reference == said
        assert package.finish(full.files()) is False

    def test_text_on_record_in_another_spelling_is_not_added_again(self, full: Export):
        Resolution.objects.filter(symbol="S/2024/239").delete()
        other = Resolution.objects.get(symbol="A/RES/ES-11/7")
        OtherSymbol.objects.create(resolution=other, symbol="S/2024/239", kind="variant")

        assert package.finish(full.files()) is False

    def test_rows_of_a_left_out_vote_are_left_out(self, full: Export):
        Correction.objects.all().delete()
        Statement.objects.all().delete()

        assert package.finish(full.files(), left_out=[SLUG]) is False

        assert not Correction.objects.exists()
        assert not Statement.objects.exists()

    @pytest.mark.parametrize(
        ("table", "old", "new", "message"),
        [
            (
                "corrections",
                ",FRA,",
                ",QQQ,",
                r"corrections\.csv, line 2, column state: “QQQ” is neither in the record nor in these files",
            ),
            (
                "corrections",
                f"\n{SLUG},",
                "\nnowhere,",
                r"line 2, column roll_call: “nowhere” is neither in the record nor in these files",
            ),
            ("corrections", ",A,", ",X,", "the database rejected the data in the file .*correction_intended"),
            ("statements", ",voeten,voeten,", ",gossip,voeten,", r"statements\.csv, line 2, column source: “gossip”"),
            ("statements", '"{', '"(', "the database rejected the data in the file .*json"),
        ],
    )
    def test_invalid_rows_change_nothing(self, full: Export, table: str, old: str, new: str, message: str):
        Correction.objects.all().delete()
        Statement.objects.all().delete()
        Resolution.objects.filter(symbol="S/2024/239").delete()
        full.change(table, (old, new))

        with pytest.raises(UnfitFileError, match=message):
            package.finish(full.files())

        assert not Correction.objects.exists()
        assert not Statement.objects.exists()
        assert not Resolution.objects.filter(symbol="S/2024/239").exists()


def test_many_votes_are_read_like_single_ones(tmp_path: Path):
    """The slow twin: the rows of the file, taken one by one."""
    codes = sorted(MemberState.objects.values_list("code", flat=True))
    for number in range(5):
        roll_call = make_roll_call(f"many-{number}", status="published", date=day("2024-12-17"))
        make_votes(roll_call, {code: "YNAX"[(place + number) % 4] for place, code in enumerate(codes)})
    export = Export(tmp_path)

    edition = package.read(export.files(), known())

    refs = {stated.slug: stated.ref for stated in edition.roll_calls}
    with (export.folder / "votes.csv").open(encoding="utf-8", newline="") as file:
        expected = [(refs[row["roll_call"]], row["state"], row["choice"]) for row in csv.DictReader(file)]
    assert len(expected) == 3638 + 5 * 202
    assert list(edition.votes.iter_rows()) == expected
