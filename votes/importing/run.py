"""Running an import: read, compare, write and check, in one transaction."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from resolutions.attribution import attributed
from votes.importing import corrections
from votes.importing.digital_library.member_states import MemberStatesEdition
from votes.importing.edition import Edition, RowProblem
from votes.importing.files import OpenFile, opened
from votes.importing.formats import recognise
from votes.importing.matching import REJECTED
from votes.importing.new_facts import add_facts
from votes.importing.new_states import add_states
from votes.importing.planning import Planner
from votes.importing.readers import read_editions
from votes.importing.record import Record, known
from votes.importing.writing import write
from votes.models import Finding, Format, ImportRun, MemberState, Source
from votes.verification.check import check_record, replace_findings
from votes.verification.finding import NewFinding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.contrib.auth.models import User

    from votes.importing.plan import Plan

SHRINKING_NAMED = 10

COMMAND = "import_votes"
"""What the history calls an import, also one begun in the admin."""


# Why a vote stood without a text, once it is on one: another source has confirmed the symbol.
SETTLED = Q(details__problem__in=["page-number", "votes-disagree"], roll_call__resolution__isnull=False)


class ImportRefusedError(Exception):
    """An import was refused or failed; nothing was written."""


@dataclass
class Report:
    """What an import did, or would do: a run for each edition, and what to tell."""

    runs: list[ImportRun] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: int = 0
    """How many findings the record has afterwards that nobody has acknowledged."""
    wrote: bool = False
    """Whether anything but the runs was written."""
    left_out: set[str] = field(default_factory=set)
    """The permanent names of roll calls that belong to other votes here."""


def import_files(
    names: Sequence[str],
    *,
    by: User | None = None,
    by_name: str,
    file_format: str | None = None,
    dry_run: bool = False,
    allow_removals: bool = False,
    stdin: BinaryIO | None = None,
    corrector: corrections.Corrector | None = None,
    say: Callable[[str], None] = lambda line: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Import files, folders or addresses; raise UnfitFileError or ImportRefusedError, and nothing is written.

    ``by`` and ``by_name`` say who does it. With ``dry_run`` all is done and taken back, so that the report is what the
    import would give. ``corrector`` has the known faults of sources, by default those that ship. ``say`` is told each
    step, ``progress`` how many of how many votes are written.
    """
    with opened(names, stdin=stdin) as files, explained(), without_collecting(), transaction.atomic():
        begin(say)
        with attributed(by=by, by_name=by_name, command=COMMAND):
            report = _import(
                files,
                who={"by": by, "by_name": by_name},
                file_format=file_format,
                allow_removals=allow_removals,
                corrector=corrector or corrections.Corrector(corrections.load()),
                say=say,
                progress=progress,
            )
        if dry_run:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    for run in report.runs if dry_run else ():
        run.pk, run.state = None, ImportRun.State.CHECKED
    return report


def begin(say: Callable[[str], None]) -> None:
    """Let no other import run, and see one state of the record until the end.

    Locking a table takes no snapshot, so what is seen is what the import that was waited for has left. The lock is
    one that neither readers nor editors ever want.
    """
    lock = "LOCK TABLE votes_importrun IN SHARE UPDATE EXCLUSIVE MODE"
    with connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try:
            with transaction.atomic():
                cursor.execute(f"{lock} NOWAIT")
        except OperationalError:
            say("Another import is running; waiting until it has finished.")
            cursor.execute(lock)


@contextmanager
def explained() -> Iterator[None]:
    """Turn database errors into ImportRefusedError; the transaction is rolled back, so nothing was written."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state and state.startswith("40"):
            raise ImportRefusedError(
                "Someone changed the record while the import was running. Nothing was written; run it again."
            ) from error
        raise ImportRefusedError(
            f"Lost the connection to the database ({_first_line(error)}). Nothing was written."
        ) from error
    except DatabaseError as error:
        raise ImportRefusedError(
            f"The database rejected the import ({_first_line(error)}). Nothing was written."
        ) from error


@contextmanager
def without_collecting() -> Iterator[None]:
    """Turn off cyclic garbage collection: an import makes hundreds of thousands of objects without reference cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _import(
    files: list[OpenFile],
    *,
    who: dict[str, Any],
    file_format: str | None,
    allow_removals: bool,
    corrector: corrections.Corrector,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> Report:
    from votes.importing.plenary import package  # noqa: PLC0415  # it reads the source of its tables, which a first start need not

    report = Report()
    began = timezone.now()
    tables = _own_tables(files, file_format)
    if tables:
        facts = package.load_facts(tables)
        report.wrote = any(facts.added.values())
        report.notes += [f"not changed: {difference}" for difference in facts.differences]
    say(f"Reading {', '.join(file.name for file in files)}")
    for edition in read_editions(files, known(), file_format):
        about = ImportRun(
            pk=new_run_key(),
            format=edition.format,
            source=Source.objects.filter(slug=edition.source).first(),
            started=began,
            files=[{"name": file.name, "sha256": file.sha256, "rows": file.rows} for file in edition.files],
            rows=edition.rows,
            rejected=edition.rejected,
            **who,
        )
        with attributed(import_run=about.pk):
            if isinstance(edition, MemberStatesEdition):
                report.wrote |= _take_states(edition, about)
            else:
                corrector.apply(edition)
                added = add_facts(edition)
                report.wrote |= bool(added)
                edition.notes += added
                plan = _plan(edition, allow_removals=allow_removals, say=say)
                report.wrote |= take(edition, about, *plan, progress=progress)
                report.left_out |= {problem.value for problem in plan[0].problems if problem.problem in REJECTED}
        report.runs.append(about)
        report.notes += edition.notes
        began = timezone.now()
    if tables:
        report.wrote |= package.finish(tables, left_out=report.left_out)
        retired = package.retire(tables, left_out=report.left_out)
        report.wrote |= retired.added > 0
        report.notes += retired.notes
    if report.wrote:
        say("Checking the record")
        Finding.objects.filter(SETTLED).delete()
        check_record()
    report.findings = Finding.objects.open().count()
    return report


def new_run_key() -> int:
    """Return the key of a run that begins, so that the history can name it before the run is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('votes_importrun', 'id'))")
        return int(cursor.fetchone()[0])


def _own_tables(files: list[OpenFile], file_format: str | None) -> dict[str, OpenFile]:
    if file_format not in (None, Format.PLENARY):
        return {}
    recognised = [(recognise(file.header, file.name), file) for file in files]
    return {table: file for (form, table), file in recognised if form == Format.PLENARY}


def _take_states(edition: MemberStatesEdition, run: ImportRun) -> bool:
    """Add the states that the record does not have; return whether anything was written."""
    run.changes = add_states(edition)
    states = dict(MemberState.objects.values_list("code", "pk"))
    found = [
        NewFinding(
            kind=problem.kind,
            key=_key(edition.format, problem),
            details=_details(problem),
            state_id=states.get(str(problem.details.get("state"))),
        )
        for problem in edition.problems
    ]
    return _finish(run, found) or bool(run.changes)


def _plan(edition: Edition, *, allow_removals: bool, say: Callable[[str], None]) -> tuple[Plan, Record]:
    """Return what an edition changes in the record; raise ImportRefusedError where it would take things away."""
    say(f"Comparing {len(edition.roll_calls):,} roll calls and {len(edition.votes):,} votes with the record")
    record = Record.read()
    plan = Planner(record, edition, votes_by_roll_call(edition.votes)).make()
    if plan.shrinking and not allow_removals:
        raise ImportRefusedError(refusal(plan))
    return plan, record


def take(edition: Edition, run: ImportRun, plan: Plan, record: Record, *, progress: Callable[[int, int], None]) -> bool:
    """Import one edition; return whether anything was written."""
    run.rejected += plan.rejected
    run.added, run.changed, run.unchanged = len(plan.new_roll_calls), len(plan.changed), plan.unchanged
    run.removed, run.resolutions_added = len(plan.removed_roll_calls), len(plan.new_texts)
    run.changes = plan.changes[: ImportRun.CHANGES_KEPT]
    if not plan.is_empty:
        written = write(plan, record, edition, progress)
        run.votes_added, run.votes_changed = written.votes_added, written.votes_changed
        run.votes_removed = written.votes_removed
    found = _new_findings([*edition.problems, *plan.problems], edition, plan)
    return _finish(run, [*found, *_of_other_periods(edition)], found=len(found)) or not plan.is_empty


def _finish(run: ImportRun, findings: Sequence[NewFinding], *, found: int | None = None) -> bool:
    """Keep the run, and bring the findings in files of its layout in step; return whether any of them moved."""
    run.findings = len(findings) if found is None else found
    run.finished = timezone.now()
    run.save(force_insert=True)
    return replace_findings(origin=run.format, found=findings, run=run).wrote


def refusal(plan: Plan) -> str:
    """Return the error for an edition that would remove data."""
    named = "; ".join(plan.shrinking[:SHRINKING_NAMED])
    more = len(plan.shrinking) - SHRINKING_NAMED
    return (
        f"This edition lacks data that an earlier edition of the same source has for the same body and period: {named}"
        f"{f'; and {more} more' if more > 0 else ''}. Nothing was written. Check that the file is complete. "
        "To remove these data, import it again with --allow-removals."
    )


def votes_by_roll_call(votes: pl.DataFrame) -> dict[int, str]:
    """Return the votes of each roll call, by its ref, as statements write them: “AFGY ALBN”, by code."""
    joined = (
        votes.lazy()
        .select("ref", vote=pl.col("state").cast(pl.String) + pl.col("choice").cast(pl.String))
        .sort("ref", "vote")
        .group_by("ref", maintain_order=True)
        .agg(pl.col("vote").str.join(" "))
        .collect()
    )
    return dict(joined.iter_rows())


def period_of(edition: Edition) -> tuple[str, str]:
    """Return the first and the last day of an edition."""
    dates = [stated.date.isoformat() for stated in edition.roll_calls]
    return (min(dates), max(dates)) if dates else ("", "")


def _new_findings(problems: Sequence[RowProblem], edition: Edition, plan: Plan) -> list[NewFinding]:
    first, last = period_of(edition)
    found = []
    for problem in problems:
        stated = None if problem.ref is None else edition.roll_calls[problem.ref]
        since, until = (stated.date.isoformat(),) * 2 if stated else (first, last)
        found.append(
            NewFinding(
                kind=problem.kind,
                key=_key(edition.format, problem),
                details={**_details(problem), "since": since, "until": until},
                roll_call_id=None if problem.ref is None else plan.roll_call_of(problem.ref),
            )
        )
    return found


def _key(form: str, problem: RowProblem) -> str:
    """Return what tells a finding in a file from others, whatever line it stands on."""
    return f"{form}:{problem.problem}:{problem.reference}:{problem.column}:{problem.value}"


def _details(problem: RowProblem) -> dict[str, Any]:
    said = {name: getattr(problem, name) for name in ("file", "line", "column", "value", "problem", "rows")}
    return {**said, **problem.details}


def _of_other_periods(edition: Edition) -> Iterator[NewFinding]:
    """Yield the findings in files of the same layout about other periods, which this edition says nothing of."""
    first, last = period_of(edition)
    for finding in Finding.objects.filter(origin=edition.format):
        since, until = finding.details.get("since", ""), finding.details.get("until", "")
        if since and not (first <= since and until <= last):
            yield NewFinding(
                kind=finding.kind,
                key=finding.key,
                details=finding.details,
                roll_call_id=finding.roll_call_id,
                resolution_id=finding.resolution_id,
                state_id=finding.state_id,
                bloc_id=finding.bloc_id,
            )
