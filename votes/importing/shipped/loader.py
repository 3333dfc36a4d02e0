"""Loading ``data/record/``: in full into a new database, and only the changes after an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from resolutions.attribution import attributed
from votes.editing.reference import Rows, landmarks, load_facts
from votes.importing import corrections
from votes.importing.planning import Planner
from votes.importing.record import KnownStatement, Record, known
from votes.importing.run import begin, explained, new_run_key, take, votes_by_roll_call, without_collecting
from votes.importing.shipped import layout
from votes.importing.shipped.loaded import is_loaded
from votes.importing.shipped.reader import read
from votes.models import Format, ImportRun, RollCall, Source, SourceCorrection
from votes.verification.check import check_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from votes.importing.corrections import Correction

COMMAND = "load_record"
FACTS = ("sources.csv", "topics.csv", "sessions.csv")
"""The reference facts that the roll calls of a newer edition may name for the first time."""


def load_shipped(
    folder: Path = layout.FOLDER,
    *,
    by_name: str,
    say: Callable[[str], None] = lambda line: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportRun | None:
    """Bring the record in ``folder`` into the database; return None where this edition is there already.

    Of each fact three values are compared: what the edition before said, what this one says, and what is on record.
    What an editor entered or changed stays, and so does what a newer edition of the same source says. Raises
    UnfitFileError for a bad file and ImportRefusedError where the database refuses; then nothing is written.
    """
    checksum = layout.checksum(folder)
    if is_loaded(checksum):
        return None
    with explained(), without_collecting(), transaction.atomic():
        begin(say)
        if is_loaded(checksum):  # by whoever was waited for
            return None
        run = ImportRun(
            pk=new_run_key(),
            format=Format.RECORD,
            started=timezone.now(),
            by_name=by_name,
        )
        with attributed(by_name=by_name, command=COMMAND, import_run=run.pk):
            load_facts(Rows({name: settings.BASE_DIR / "data" / name for name in FACTS}))
            say("Reading the record")
            edition = read(folder, known())
            corrected = corrections.load(folder / layout.CORRECTIONS)
            corrections.Corrector(corrected).apply(edition)
            run.files = [{"name": folder.name, "sha256": checksum, "rows": edition.rows}]
            run.rows = edition.rows
            record = Record.read()
            _state_landmarks(record)
            plan = Planner(record, edition, votes_by_roll_call(edition.votes)).make()
            say(f"Writing {len(plan.new_roll_calls):,} roll calls and changing {len(plan.changed):,}")
            wrote = take(edition, run, plan, record, progress=progress)
            if _correct(corrected) or wrote:
                say("Checking the record")
                check_record()
    return run


def _state_landmarks(record: Record) -> None:
    """Let the small facts, where they are as they came, give way to the record, as what a source stated would.

    They were put on record without statements, so without this their values would be taken for an editor's.
    """
    key = record.sources["landmark"][0] if "landmark" in record.sources else None
    by_slug = {r.slug: r for r in record.roll_calls.values() if r.source == key}
    for facts, votes in landmarks(settings.BASE_DIR / "data") if by_slug else ():
        roll_call = by_slug.get(facts["slug"])
        if roll_call and not record.statements.get(roll_call.id):
            record.statements[roll_call.id].append(
                KnownStatement(
                    id=0,
                    roll_call=roll_call.id,
                    source=roll_call.source,
                    format=Format.PLENARY,
                    edition=None,
                    reference="",
                    symbol_key="",
                    facts=facts,
                    votes=votes,
                )
            )


def _correct(corrected: Iterable[Correction]) -> bool:
    """Bring the corrections of sources in step with the file; return whether any was added, changed or removed."""
    decided = RollCall.objects.published().decisive().values_list("resolution__symbol_key", "pk")
    roll_calls = dict(decided)
    sources = dict(Source.objects.values_list("slug", "pk"))
    wanted = {
        (roll_calls[row.symbol.key], sources[row.source], row.fact): (row.old, row.new, row.reason, row.document)
        for row in corrected
        if row.symbol.key in roll_calls
    }
    there = {
        (row.roll_call_id, row.source_id, row.fact): (row.old, row.new, row.reason, row.document)
        for row in SourceCorrection.objects.all()
    }
    if wanted == there:
        return False
    SourceCorrection.objects.all().delete()
    SourceCorrection.objects.bulk_create(
        SourceCorrection(
            roll_call_id=roll_call, source_id=source, fact=fact, old=old, new=new, reason=reason, document=document
        )
        for (roll_call, source, fact), (old, new, reason, document) in wanted.items()
    )
    return True
