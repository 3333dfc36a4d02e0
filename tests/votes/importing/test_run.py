"""A whole import: atomic, reported exactly, and idempotent."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.utils import timezone

from resolutions.models import Resolution
from tests.factories import make_resolution, make_roll_call
from tests.votes.importing.editions import (
    FIRST,
    LIBRARY,
    Stated,
    contents,
    fingerprint,
    ga_file,
    imported,
    outcomes_file,
    sc_file,
    voeten_files,
)
from tests.votes.importing.editions import SECOND as PLAIN_SECOND
from tests.votes.importing.editions import THIRD as PLAIN_THIRD
from votes.editing.votes import record_votes
from votes.importing import run as running
from votes.importing import writing
from votes.importing.edition import UnfitFileError
from votes.importing.run import ImportRefusedError, Report
from votes.models import Finding, Format, ImportRun, MemberState, RollCall, Statement

pytestmark = pytest.mark.usefixtures("record")

SECOND = replace(PLAIN_SECOND, topics=("human-rights",))
THIRD = replace(PLAIN_THIRD, drafts=("A/79/L.3",))
COUNTS = (
    *("rows", "rejected", "added", "changed", "unchanged", "removed", "votes_added", "votes_changed"),
    *("votes_removed", "resolutions_added", "findings"),
)
VOETEN = (
    Stated("A/RES/79/2", number=9001, date="2024-12-17", votes=SECOND.votes),
    Stated("A/RES/79/2", number=9000, date="2024-12-17", kind="amendment", title="An amendment", votes="CHNY USAN"),
    Stated("A/RES/18/99", number=4000, session="18", date="1963-12-11", title="Page 99", votes="FRAY USAN"),
    Stated("", number=9002, date="2024-12-17", kind="paragraph", title="A paragraph", votes="FRAY USAN"),
)


def counts(run: ImportRun) -> dict[str, int]:
    """Return what a run counted, without what is 0."""
    return {name: getattr(run, name) for name in COUNTS if getattr(run, name)}


def the_run(report: Report) -> ImportRun:
    (run,) = report.runs
    return run


def after_the_fact(report: Report) -> list[Any]:
    """Return all of a report that does not depend on the time."""
    runs = [(run.format, run.source, run.files, run.by, run.by_name, counts(run), run.changes) for run in report.runs]
    return [runs, report.notes, report.findings, report.wrote]


class TestAFreshImport:
    """The first edition."""

    def test_first_import_writes_and_counts_everything(self, tmp_path: Path):
        user = User.objects.create(username="editor")
        began = timezone.now()
        said: list[str] = []

        report = imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND, THIRD), by=user, say=said.append)

        assert [(row["slug"], row["votes"], row["tally"]) for row in contents()] == [
            ("a-res-79-1", "CHNN FRAY GBRY RUSN USAA", "2-2-1-0"),
            ("a-res-79-2", "CHNY FRAY USAN", "2-1-0-0"),
            ("a-res-79-3", "CHNX FRAN USAY", "1-1-0-1"),
        ]
        run = ImportRun.objects.get()
        assert run == the_run(report)
        assert (run.state, run.format, run.source and run.source.slug, run.by, run.by_name) == (
            *("done", Format.GA_VOTING, LIBRARY, user, "somebody"),
        )
        assert [(file["name"], len(file["sha256"]), file["rows"]) for file in run.files] == [("ga.csv", 64, 11)]
        assert counts(run) == {"rows": 11, "added": 3, "votes_added": 11, "resolutions_added": 3}
        assert (run.changes, report.wrote) == ([], True)
        assert began <= run.started <= run.finished <= timezone.now()
        assert said == ["Reading ga.csv", "Comparing 3 roll calls and 11 votes with the record", "Checking the record"]
        assert report.findings == Finding.objects.open().count()
        assert set(Finding.objects.values_list("kind", flat=True)) == {"electorate", "result"}

    def test_rejected_rows_are_counted_and_become_findings(self, tmp_path: Path):
        wrong = replace(FIRST, votes="CHNN FRAY QQQY USAZ", totals=(1, 1, 1, 0))

        report = imported(ga_file(tmp_path / "ga.csv", wrong, SECOND))

        assert counts(the_run(report)) == {
            "rows": 7,
            "rejected": 2,
            "added": 2,
            "votes_added": 5,
            "resolutions_added": 2,
            "findings": 2,
        }
        found = Finding.objects.filter(origin=Format.GA_VOTING).order_by("-kind", "key")
        assert [(f.kind, f.key, str(f.roll_call), f.run) for f in found] == [
            ("unreadable", "ga-voting:unknown-choice:A/RES/79/1:ms_vote:Z", "a-res-79-1", the_run(report)),
            ("unknown-code", "ga-voting:unknown-code:A/RES/79/1:ms_code:QQQ", "a-res-79-1", the_run(report)),
        ]
        assert [f.details["line"] for f in found] == [5, 4]
        assert all(f.details["since"] == f.details["until"] == "2024-12-02" for f in found)

    def test_several_files_are_editions_in_one_transaction(self, tmp_path: Path):
        council = Stated("S/RES/2768 (2025)", number=4, date="2025-01-15", votes="CHNA FRAY GBRY RUSA USAY")
        names = ga_file(tmp_path / "ga.csv", FIRST), sc_file(tmp_path / "sc.csv", council)

        report = imported(*names)

        assert [(run.format, counts(run)["added"]) for run in report.runs] == [("ga-voting", 1), ("sc-voting", 1)]
        assert [row["slug"] for row in contents()] == ["a-res-79-1", "s-res-2768-2025"]
        assert [run.format for run in ImportRun.objects.order_by("pk")] == ["ga-voting", "sc-voting"]

    def test_one_unfit_file_stops_the_whole_import(self, tmp_path: Path):
        bad = tmp_path / "bad.csv"
        bad.write_text("<html>Sign in</html>", encoding="utf-8")
        before = fingerprint()

        with pytest.raises(UnfitFileError, match=r"bad\.csv"):
            imported(ga_file(tmp_path / "ga.csv", FIRST), str(bad))

        assert fingerprint() == before


class TestTheSameAgain:
    """A file that was imported already."""

    def test_importing_again_writes_only_the_import_run(self, tmp_path: Path):
        wrong = replace(FIRST, votes="CHNN FRAY QQQY USAZ", drafts=("A/79/L.20", "a/79/l.3", "A/79/L.20"))
        name = ga_file(tmp_path / "ga.csv", wrong, SECOND, THIRD)
        first = imported(name)
        before = fingerprint(without=["votes_importrun"])

        report = imported(name)

        assert fingerprint(without=["votes_importrun"]) == before
        assert counts(the_run(report)) == {"rows": 10, "rejected": 2, "unchanged": 3, "findings": 2}
        assert (report.wrote, report.findings) == (False, first.findings)
        assert ImportRun.objects.count() == 2

    def test_importing_voetens_tables_again_writes_only_the_import_run(self, tmp_path: Path):
        names = voeten_files(tmp_path, *VOETEN)
        first = imported(*names)
        problems = sorted(Finding.objects.filter(origin="voeten").values_list("details__problem", flat=True))
        before = fingerprint(without=["votes_importrun"])

        report = imported(*names)

        assert fingerprint(without=["votes_importrun"]) == before
        assert problems == ["page-number"]
        assert (the_run(report).findings, the_run(first).findings) == (1, 1)
        assert the_run(report).unchanged == 4
        assert str(RollCall.objects.get(title="An amendment").resolution) == "A/RES/79/2"

    def test_importing_several_files_again_in_any_order_writes_nothing(self, tmp_path: Path):
        ga = ga_file(tmp_path / "ga.csv", FIRST, THIRD)
        outcomes = outcomes_file(tmp_path / "outcomes.csv", replace(FIRST, title="Peace!"), THIRD)
        theirs = voeten_files(tmp_path, *VOETEN)
        for names in ([ga], [outcomes], theirs):
            imported(*names)
        before = fingerprint(without=["votes_importrun"])

        for names in (theirs, [ga], [outcomes], [outcomes, ga, *theirs]):
            assert not imported(*names).wrote

        assert fingerprint(without=["votes_importrun"]) == before


class TestANewerEdition:
    """What differs, and only that."""

    def test_newer_edition_reports_its_changes(self, tmp_path: Path):
        imported(ga_file(tmp_path / "ga.csv", FIRST, THIRD))
        untouched = RollCall.objects.filter(slug="a-res-79-3")
        newer = replace(
            FIRST, date="2024-12-03", title="Peace and quiet", totals=(3, 2, 0, 0), votes="CHNN FRAY GBRY RUSN USAY"
        )

        report = imported(ga_file(tmp_path / "newer.csv", newer, SECOND, THIRD))

        assert counts(the_run(report)) == {
            "rows": 11,
            "added": 1,
            "changed": 1,
            "unchanged": 1,
            "votes_added": 3,
            "votes_changed": 1,
            "resolutions_added": 1,
        }
        (change,) = the_run(report).changes
        assert change == (
            "a-res-79-1: date “2024-12-02” → “2024-12-03”; announced_yes “2” → “3”; announced_abstaining “1” → “0”; "
            "text_title “Peace” → “Peace and quiet”; USA A → Y"
        )
        assert untouched.get().votes.count() == 3

    def test_finding_stays_acknowledged_if_only_file_and_line_changed(self, tmp_path: Path):
        wrong = replace(FIRST, votes="CHNN FRAY QQQY USAA", totals=(1, 1, 1, 0))
        imported(ga_file(tmp_path / "ga.csv", wrong))
        Finding.objects.filter(kind="unknown-code").update(acknowledged_at=timezone.now(), reason="A test")

        imported(ga_file(tmp_path / "newer.csv", SECOND, wrong))

        finding = Finding.objects.get(kind="unknown-code")
        assert finding.acknowledged_at is not None
        assert (finding.details["file"], finding.details["line"]) == ("newer.csv", 7)

    def test_finding_is_removed_with_its_fixed_row_and_kept_for_other_periods(self, tmp_path: Path):
        wrong = [replace(said, votes=f"{said.votes} {code}Y") for said, code in ((FIRST, "QQQ"), (THIRD, "QQR"))]
        imported(ga_file(tmp_path / "ga.csv", *wrong))
        assert Finding.objects.filter(origin=Format.GA_VOTING).count() == 2

        imported(ga_file(tmp_path / "december.csv", FIRST, SECOND))

        assert [str(f.roll_call) for f in Finding.objects.filter(origin=Format.GA_VOTING)] == ["a-res-79-3"]


class TestRemovals:
    """An edition that has less."""

    def test_removal_is_refused_and_nothing_is_written(self, tmp_path: Path):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND, THIRD))
        shrunk = ga_file(tmp_path / "shrunk.csv", replace(FIRST, votes="CHNN FRAY GBRY RUSN"), THIRD)
        before = fingerprint()

        with pytest.raises(ImportRefusedError) as told:
            imported(shrunk)

        assert str(told.value) == (
            "This edition lacks data that an earlier edition of the same source has for the same body and "
            "period: a-res-79-1: the vote of USA; a-res-79-2: the whole vote. Nothing was written. Check "
            "that the file is complete. To remove these data, import it again with --allow-removals."
        )
        assert fingerprint() == before

        report = imported(shrunk, allow_removals=True)

        assert counts(the_run(report)) == {
            "rows": 7,
            "changed": 1,
            "unchanged": 1,
            "removed": 1,
            "votes_removed": 4,
        }
        assert [row["slug"] for row in contents()] == ["a-res-79-1", "a-res-79-3"]
        assert not Resolution.objects.filter(symbol="A/RES/79/2").exists()
        assert Statement.objects.count() == 2
        assert not Finding.objects.filter(roll_call__slug="a-res-79-2").exists()
        assert not imported(shrunk).wrote

    def test_first_ten_removals_are_named_and_the_rest_counted(self, tmp_path: Path):
        many = [Stated(f"A/RES/79/{n}", number=n, votes="CHNY FRAN") for n in range(100, 112)]
        imported(ga_file(tmp_path / "ga.csv", FIRST, *many, THIRD))

        with pytest.raises(ImportRefusedError, match=r"; and 2 more\. Nothing was written\.") as told:
            imported(ga_file(tmp_path / "shrunk.csv", FIRST, THIRD))
        assert str(told.value).count("the whole vote") == 10


class TestByHand:
    """What a person wrote survives, and the disagreement is shown."""

    def test_edits_are_kept_and_become_findings(self, tmp_path: Path):
        name = ga_file(tmp_path / "ga.csv", FIRST, SECOND)
        imported(name)
        roll_call = RollCall.objects.get(slug="a-res-79-1")
        record_votes(
            roll_call=roll_call, choices={"CHN": "A", "FRA": "Y", "GBR": "Y", "RUS": "N", "USA": "A", "BRA": "Y"}
        )
        roll_call.date, roll_call.note = "2024-12-01", "Checked by hand."
        roll_call.save()

        imported(name)
        newer = replace(FIRST, date="2024-12-05", votes="CHNX FRAN GBRY RUSN USAA", title="Otherwise")
        imported(ga_file(tmp_path / "newer.csv", newer, SECOND))

        (row,) = contents("A/RES/79/1")
        assert (row["votes"], row["date"], row["note"], row["text"][0]) == (
            "BRAY CHNA FRAN GBRY RUSN USAA",
            "2024-12-01",
            "Checked by hand.",
            "Otherwise",
        )
        (finding,) = Finding.objects.filter(kind="sources", roll_call=roll_call)
        assert finding.details["facts"]["date"] == ["2024-12-01", "2024-12-05"]
        assert finding.details["votes"] == {"BRA": ["Y", None], "CHN": ["A", "X"]}

    def test_editors_draft_and_roll_call_are_kept_and_become_findings(self, tmp_path: Path):
        draft = make_resolution("A/RES/79/1", title="In the works")
        make_roll_call("in-the-works", resolution=draft, decisive=True, title="", votes={"CHN": "Y"})
        own = make_resolution("A/RES/79/2", title="By hand", status="published")
        make_roll_call(
            "by-hand",
            resolution=own,
            decisive=True,
            title="",
            votes={"CHN": "N"},
            status="published",
            source_reference="x",
        )
        before = contents()

        report = imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND, THIRD))

        assert contents("A/RES/79/1", "A/RES/79/2") == before
        assert counts(the_run(report)) == {
            "rows": 11,
            "added": 1,
            "unchanged": 2,
            "votes_added": 3,
            "resolutions_added": 1,
        }
        assert Finding.objects.filter(key__contains="draft-kept:in-the-works").exists()
        assert Finding.objects.get(kind="sources", roll_call__slug="by-hand").details["votes"]["CHN"] == ["N", "Y"]


STAGES = {
    "reading": (running, "read_editions"),
    "comparing": (running, "Planner"),
    "writing texts": (writing, "_resolution_row"),
    "writing statements": (writing, "_statement_row"),
    "removing votes": (writing, "_remove_votes"),
    "changing votes": (writing, "_change_votes"),
    "adding votes": (writing, "_copy_frame"),
    "findings in the file": (running, "replace_findings"),
    "checking": (running, "check_record"),
}


class TestFailing:
    """An import that fails leaves the record as it was."""

    @pytest.mark.parametrize(
        ("stage", "when", "error"),
        [
            *((stage, "after", RuntimeError) for stage in STAGES),
            ("adding votes", "before", IntegrityError),
            ("checking", "before", KeyboardInterrupt),
        ],
    )
    def test_failure_at_any_stage_changes_nothing(
        self, stage: str, when: str, error: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        imported(ga_file(tmp_path / "ga.csv", FIRST, THIRD))
        before = fingerprint()
        newer = ga_file(tmp_path / "new.csv", replace(FIRST, votes="CHNY FRAY GBRY USAA", title="New"), SECOND)
        module, name = STAGES[stage]
        done = getattr(module, name)
        reached = []

        def failing(*args: Any, **options: Any) -> Any:
            if when == "after":
                done(*args, **options)
            reached.append(stage)
            raise error("no more")

        with monkeypatch.context() as patch:
            patch.setattr(module, name, failing)
            refused = error is IntegrityError
            with pytest.raises(ImportRefusedError if refused else error, match="no more") as told:
                imported(newer, allow_removals=True)

        assert reached == [stage]
        assert fingerprint() == before
        if refused:
            assert str(told.value) == "The database rejected the import (no more). Nothing was written."
        assert the_run(imported(newer, allow_removals=True)).changed == 1

    def test_refusal_by_the_database_is_reported(self, tmp_path: Path):
        MemberState.objects.filter(code="ZWE").update(note="")
        text = make_resolution("A/RES/79/1", status="published")
        make_roll_call("amendment", resolution=text, kind="amendment", meeting="A/79/PV.1", ordinal=1)
        before = fingerprint()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE votes_statement ADD CONSTRAINT never CHECK (reference = '')")

            with pytest.raises(ImportRefusedError) as told:
                imported(ga_file(tmp_path / "ga.csv", FIRST))

            cursor.execute("ALTER TABLE votes_statement DROP CONSTRAINT never")
        assert str(told.value) == (
            'The database rejected the import (new row for relation "votes_statement" violates check '
            'constraint "never"). Nothing was written.'
        )
        assert fingerprint() == before


class TestDryRun:
    """What an import would do."""

    def test_dry_run_reports_the_same_as_the_import_and_writes_nothing(self, tmp_path: Path):
        imported(ga_file(tmp_path / "ga.csv", FIRST, THIRD))
        name = ga_file(
            tmp_path / "newer.csv", replace(FIRST, votes="CHNY FRAY GBRY QQQY", title="New", totals=None), SECOND, THIRD
        )
        before = fingerprint()
        dry_said: list[str] = []
        said: list[str] = []

        dry = imported(name, dry_run=True, allow_removals=True, say=dry_said.append)

        assert fingerprint() == before
        assert the_run(dry).pk is None
        assert the_run(dry).state == "checked"
        done = imported(name, allow_removals=True, say=said.append)
        assert after_the_fact(dry) == after_the_fact(done)
        assert dry_said == said
        assert the_run(done).state == "done"
        assert counts(the_run(done)) == {
            "rows": 10,
            "rejected": 1,
            "added": 1,
            "changed": 1,
            "unchanged": 1,
            "votes_added": 3,
            "votes_changed": 1,
            "votes_removed": 2,
            "resolutions_added": 1,
            "findings": 1,
        }

    def test_dry_run_is_refused_where_the_import_would_be(self, tmp_path: Path):
        imported(ga_file(tmp_path / "ga.csv", FIRST, SECOND, THIRD))
        shrunk = ga_file(tmp_path / "shrunk.csv", FIRST, THIRD)
        messages = []
        for dry_run in (True, False):
            with pytest.raises(ImportRefusedError) as told:
                imported(shrunk, dry_run=dry_run)
            messages.append(str(told.value))

        assert messages[0] == messages[1]

    def test_dry_run_checks_deferred_constraints(self, tmp_path: Path):
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE votes_statement ADD CONSTRAINT late UNIQUE (votes) DEFERRABLE INITIALLY DEFERRED"
            )
        name = ga_file(tmp_path / "ga.csv", FIRST, replace(SECOND, votes=FIRST.votes))
        before = fingerprint()

        with pytest.raises(ImportRefusedError, match="late"):
            imported(name, dry_run=True)

        assert fingerprint() == before
