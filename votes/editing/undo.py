"""Undoing changes: what the history recorded is written back, as a new change with its own reason.

A revision is undone as a whole or not at all. An import is undone record by record, since it may be large and be long
ago: what somebody changed since stays as it is, and is named.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from resolutions.attribution import attributed
from resolutions.models import Body, OtherSymbol, Resolution, Session, Status, Topic
from votes.editing import publishing
from votes.editing.merging import MERGE
from votes.editing.publishing import AMEND, PUBLISH, WITHDRAW
from votes.models import (
    Bloc,
    BlocMembership,
    BodyMembership,
    Correction,
    Format,
    HistoryEvent,
    ImportRun,
    MemberState,
    RetiredAddress,
    Revision,
    RollCall,
    Source,
    Statement,
    StateName,
    Vote,
)
from votes.models.history import HistoryEventKind as Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.contrib.auth.models import User
    from django.db.models import Model, QuerySet

IMPORT = "votes.add_importrun"
AMEND_TEXT, PUBLISH_TEXT = "resolutions.amend_resolution", "resolutions.publish_resolution"

# In the order in which rows need each other.
MODELS: dict[str, Any] = {
    Kind.BODY: Body,
    Kind.SESSION: Session,
    Kind.SUBJECT: Topic,
    Kind.SOURCE: Source,
    Kind.STATE: MemberState,
    Kind.STATE_NAME: StateName,
    Kind.SUCCESSOR: MemberState.successors.through,
    Kind.SEAT: BodyMembership,
    Kind.BLOC: Bloc,
    Kind.BLOC_MEMBERSHIP: BlocMembership,
    Kind.RESOLUTION: Resolution,
    Kind.TOPIC: Resolution.topics.through,
    Kind.OTHER_SYMBOL: OtherSymbol,
    Kind.RESOLUTION_EDITOR: Resolution.entered_by.through,
    Kind.ROLL_CALL: RollCall,
    Kind.VOTE: Vote,
    Kind.CORRECTION: Correction,
    Kind.STATEMENT: Statement,
    Kind.ROLL_CALL_EDITOR: RollCall.entered_by.through,
    Kind.ADDRESS: RetiredAddress,
}
OF_ROLL_CALL = {Kind.ROLL_CALL, Kind.VOTE, Kind.CORRECTION, Kind.STATEMENT, Kind.ROLL_CALL_EDITOR, Kind.ADDRESS}
OF_TEXT = {Kind.RESOLUTION, Kind.TOPIC, Kind.OTHER_SYMBOL, Kind.RESOLUTION_EDITOR}
# What the history leaves out, as it follows from other columns.
DERIVED = {
    Kind.RESOLUTION: ("symbol_key", "symbol_loose", "symbol_sort", "search_text"),
    Kind.OTHER_SYMBOL: ("symbol_key", "symbol_loose"),
    Kind.ROLL_CALL: ("search_text",),
    Kind.STATE: ("sort_name",),
}
NAMED = 10
"""How many conflicts a refusal names."""
RECORDS_AT_ONCE = 200


@dataclass(slots=True)
class Row:
    """A row as it was before a change and after it; None where there was none."""

    kind: str
    key: int
    subject: str
    name: str
    roll_call: int | None
    resolution: int | None
    old: dict[str, Any] | None
    new: dict[str, Any] | None

    @property
    def changed(self) -> list[str]:
        """Return the columns that the change gave another value."""
        if self.old is None or self.new is None:
            return []
        return [name for name in _columns(self.kind) if name in self.old and self.old[name] != self.new.get(name)]

    @property
    def record(self) -> tuple[int | None, int | None]:
        """Return the key of the roll call, or that of the text, that it is part of."""
        return (self.roll_call, None) if self.roll_call else (None, self.resolution)


# Who may


def permissions(revisions: Collection[int]) -> dict[int, set[str]]:
    """Return, by the key of a revision, the permissions that undoing it takes; none for one that cannot be undone."""
    events = HistoryEvent.objects.filter(revision__in=revisions).order_by()
    told = events.values_list(
        *("revision", "revision__import_run", "kind", "internal", "old__status", "new__status"),
        *("old__kind", "new__kind"),
    )
    needed: dict[int, set[str]] = defaultdict(set)
    emptied = set()
    for revision, run, kind, internal, *values in told.distinct():
        emptied |= {revision} if kind == Kind.TRUNCATED else set()
        needed[revision] |= {IMPORT} if run else _permissions(kind, internal, *values)
    for of in needed.values():
        if MERGE in of:
            of -= {AMEND, AMEND_TEXT, PUBLISH, PUBLISH_TEXT}
        elif WITHDRAW in of:
            of -= {AMEND}
    return {revision: of for revision, of in needed.items() if revision not in emptied}


def _permissions(kind: str, internal: bool, *values: str | None) -> set[str]:
    """Return what undoing a change of a row takes, by the values of its status and kind before and after."""
    was, became, *kinds = values
    if kind == Kind.ADDRESS:
        return {MERGE} if RetiredAddress.Kind.MERGED in kinds else {WITHDRAW}
    if kind in OF_ROLL_CALL:
        if internal:
            return {"votes.add_rollcall"}
        return {PUBLISH} if kind == Kind.ROLL_CALL and was and became and was != became else {AMEND}
    if kind in OF_TEXT:
        if internal:
            return {"resolutions.add_resolution"}
        return {PUBLISH_TEXT} if kind == Kind.RESOLUTION and was and became and was != became else {AMEND_TEXT}
    if kind not in MODELS:
        return set()
    options = MODELS[Kind.STATE if kind == Kind.SUCCESSOR else kind]._meta
    return {f"{options.app_label}.change_{options.model_name}"}


def undoable(revisions: Collection[int], *, by: User) -> set[int]:
    """Return the keys of those of ``revisions`` that ``by`` may undo and that are not undone."""
    done = _undone(Revision.objects.filter(pk__in=revisions)).values_list("pk", flat=True)
    own = set(Revision.objects.filter(pk__in=revisions, by=by.pk).values_list("pk", flat=True))
    return {
        revision
        for revision, needed in permissions(revisions).items()
        if needed and revision not in {*done} and _may(by, needed, is_own=revision in own)
    }


def is_undone(revision: Revision) -> bool:
    """Tell whether a revision was undone, and its undoing was not."""
    return _undone(Revision.objects.filter(pk=revision.pk)).exists()


def _undone(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """Return those that were undone, and whose undoing was not."""
    return revisions.filter(pk__in=Revision.objects.filter(undoes__isnull=False, undone_by=None).values("undoes"))


def _may(by: User, needed: set[str], *, is_own: bool) -> bool:
    """Tell whether a person may; a deleted draft of somebody else takes one who may publish."""
    is_draft = bool(needed & {"votes.add_rollcall", "resolutions.add_resolution"})
    return by.has_perms(needed) and (not is_draft or is_own or by.has_perm(PUBLISH))


# Undoing a revision


@transaction.atomic
def undo(*, revision: Revision, reason: str, by: User | None = None) -> None:
    """Write back what ``revision`` changed, as a new change that says which one it undoes.

    A vote or text that becomes public by this does so under the rules of publishing. Raises ValidationError, naming
    what is in the way, and changes nothing, without a ``reason``, where something has been changed since, and where
    the record as it is now does not allow it; PermissionDenied for a person who may not do what is undone.
    """
    needed = permissions([revision.pk]).get(revision.pk)
    if not needed:
        raise ValidationError(_("This change cannot be undone, because the history does not record all of it."))
    if by is not None and not _may(by, needed, is_own=revision.by_id == by.pk):
        raise PermissionDenied
    if revision.import_run_id:
        raise ValidationError(_("This change was made by an import. Undo it from the page of the import."))
    _check_reason(reason)
    if is_undone(revision):
        raise ValidationError(_("This change has already been undone."))
    rows = _net(HistoryEvent.objects.filter(revision=revision))
    _lock(rows)
    if conflicts := _conflicts(rows):
        raise ValidationError(
            _("Nothing was undone, because this has been changed since: %(what)s.") % {"what": _named(conflicts)}
        )
    with _explained(), attributed(by=by, reason=reason, undoes=revision.pk), connection.cursor() as cursor:
        # What brings back a draft is no change to published data, but it is on record that it was undone.
        cursor.execute("SELECT votes_current_revision()")
        _write(rows, by=by, reason=reason)


@transaction.atomic
def changed_since(revision: Revision) -> str:
    """Return what of a revision has been changed since, in words; empty where nothing is in the way."""
    return _named(_conflicts(_net(HistoryEvent.objects.filter(revision=revision))))


def _named(conflicts: Sequence[tuple[Row, str]]) -> str:
    """Return conflicts in words, the first of them by name."""
    named = [_label(*conflict) for conflict in conflicts[:NAMED]]
    if more := len(conflicts) - len(named):
        named.append(_("%(count)d more") % {"count": more})
    return "; ".join(named)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(_("Enter a reason for undoing this. It is shown in the history."))


@contextmanager
def _explained() -> Iterator[None]:
    """Take back what the database refuses, and tell it as a ValidationError."""
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    except IntegrityError as refused:
        raise _refusal(refused) from refused


def _refusal(refused: IntegrityError) -> ValidationError:
    """Return the error of what the database refuses, with the values that it names."""
    diagnosis = getattr(refused.__cause__, "diag", None)
    detail = getattr(diagnosis, "message_detail", None) or getattr(diagnosis, "message_primary", None) or refused
    return ValidationError(
        _("Nothing was undone, because the record has changed since and no longer allows it: %(detail)s")
        % {"detail": detail}
    )


def _net(events: Iterable[HistoryEvent]) -> list[Row]:
    """Return what events changed together, by row.

    A row that went from one record to another has an event under each, in any order.
    """
    rows: dict[tuple[str, int | None], Row] = {}
    for event in sorted(events, key=lambda event: event.pk):
        about = (event.kind, event.key)
        if event.kind not in MODELS or event.key is None:
            continue
        if (row := rows.get(about)) is None:
            keys = (event.roll_call, event.resolution)
            rows[about] = Row(event.kind, event.key, event.subject, event.name, *keys, event.old, event.new)
        elif event.old != row.new and row.old is None:
            row.old = event.old
        else:
            row.new = event.new
    order = list(MODELS)
    return sorted(
        (row for row in rows.values() if row.old != row.new), key=lambda row: (order.index(Kind(row.kind)), row.key)
    )


def _columns(kind: str) -> list[str]:
    """Return the columns of a kind of rows that the history has."""
    left_out = DERIVED.get(Kind(kind), ())
    fields = MODELS[kind]._meta.concrete_fields
    return [field.column for field in fields if not field.generated and field.column not in left_out]


def _lock(rows: Sequence[Row]) -> None:
    """Lock the records of ``rows``, in the order in which those who edit them do."""
    for model, keys in (
        (RollCall, {row.roll_call for row in rows if row.roll_call}),
        (Resolution, {row.resolution for row in rows if row.resolution}),
    ):
        list(model.objects.filter(pk__in=keys).order_by("pk").select_for_update().values_list("pk"))


def _by_kind(rows: Iterable[Row]) -> dict[str, list[Row]]:
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    return kinds


def _on_record(kind: str, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return rows as they are now, locked."""
    table = connection.ops.quote_name(MODELS[kind]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, to_jsonb(r)::text FROM {table} r WHERE id = ANY (%s) ORDER BY id FOR UPDATE", [list(keys)]
        )
        return {key: json.loads(data) for key, data in cursor.fetchall()}


def _conflicts(rows: Iterable[Row]) -> list[tuple[Row, str]]:
    """Return what is no longer as the change left it: the row, and the column, empty for the row as a whole."""
    found = []
    for kind, of_kind in _by_kind(rows).items():
        now = _on_record(kind, [row.key for row in of_kind])
        for row in of_kind:
            there = now.get(row.key)
            if row.new is None or there is None:
                found += [(row, "")] if (row.new is None) != (there is None) else []
                continue
            names = row.changed if row.old is not None else [name for name in _columns(kind) if name in row.new]
            found += [(row, name) for name in names if there.get(name) != row.new.get(name)]
    return found


def _label(row: Row, column: str) -> str:
    """Return what has been changed, in words."""
    of = " ".join(filter(None, (row.subject, row.name if row.name != row.subject else "")))
    if row.kind not in (Kind.ROLL_CALL, Kind.RESOLUTION) or not column:
        return f"{Kind(row.kind).label} {of}"
    field = next(field for field in MODELS[row.kind]._meta.concrete_fields if field.column == column)
    return f"{of}: {field.verbose_name}"


def _write(rows: Sequence[Row], *, by: User | None, reason: str) -> None:
    """Write rows back to what they were."""
    status = {row.key: row.old["status"] for row in rows if row.kind == Kind.ROLL_CALL and "status" in row.changed}  # type: ignore[index]
    public = {key for key, was in status.items() if was == Status.PUBLISHED}
    _check_texts(rows, by=by)
    # Publishing gives them back: the address of what was withdrawn, and its place before its text.
    rows = [row for row in rows if not (row.kind == Kind.ADDRESS and row.old is None and _withdrawn_of(row) in public)]
    for kind, of_kind in reversed(_by_kind(rows).items()):
        if keys := [row.key for row in of_kind if row.old is None]:
            MODELS[kind]._default_manager.filter(pk__in=keys).delete()
    for kind, of_kind in _by_kind(rows).items():
        _update(kind, [row for row in of_kind if row.old and row.new], keep={"status", "decisive"} if public else set())
    if hidden := [key for key in status if key not in public]:
        publishing.unpublish(roll_calls=RollCall.objects.filter(pk__in=hidden), by=by, reason=reason)
    for kind, of_kind in _by_kind(rows).items():
        back = [row.old for row in of_kind if row.old and row.new is None]
        if kind == Kind.ADDRESS:
            # The database has retired the address of what was just deleted; it led somewhere before.
            RetiredAddress.objects.filter(slug__in=[values["slug"] for values in back]).delete()
        _insert(kind, back)
    if public:
        publishing.publish(roll_calls=RollCall.objects.filter(pk__in=public), by=by, reason=reason)


def _withdrawn_of(row: Row) -> int | None:
    """Return the key of the roll call that a retired address says was withdrawn."""
    data = row.new or {}
    return data.get("roll_call_id") if data.get("kind") == RetiredAddress.Kind.WITHDRAWN else None


def _check_texts(rows: Iterable[Row], *, by: User | None) -> None:
    """Raise ValidationError where a text that ``by`` entered would become public."""
    back = [
        row.key
        for row in rows
        if row.kind == Kind.RESOLUTION and "status" in row.changed and row.old and row.old["status"] == Status.PUBLISHED
    ]
    if by is None or settings.PUBLISH_OWN_ENTRIES or not back:
        return
    if own := Resolution.objects.filter(pk__in=back, entered_by=by).first():
        raise ValidationError(
            _("You entered or changed %(symbol)s, so another person must publish it.") % {"symbol": own.symbol}
        )


def _update(kind: str, rows: Sequence[Row], *, keep: set[str]) -> None:
    """Give rows the values that they had before, but in the columns of roll calls to ``keep``."""
    now = _on_record(kind, [row.key for row in rows])
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        left = {"status", *keep} if kind == Kind.ROLL_CALL else set()
        if columns := [name for name in row.changed if name not in left]:
            assert row.old is not None
            values = {name: row.old[name] for name in columns}
            derived = _derived(kind, {**now[row.key], **values})
            groups[(*columns, *derived)].append({"id": row.key, **values, **derived})
    for names, data in groups.items():
        setting = ", ".join(f'"{name}" = d."{name}"' for name in names)
        _execute("UPDATE {table} t SET " + setting + " FROM {rows} d WHERE d.id = t.id", kind, data)


def _insert(kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows with the keys that they had."""
    known = _columns(kind)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        values = {name: row[name] for name in known if name in row}
        values |= _derived(kind, values)
        groups[tuple(values)].append(values)
    for names, data in groups.items():
        columns = ", ".join(f'"{name}"' for name in names)
        _execute(f"INSERT INTO {{table}} ({columns}) SELECT {columns} FROM {{rows}} d", kind, data)
        if kind == Kind.STATEMENT:
            # Merging copies them to the record that is kept. One row of a file is about one vote.
            _execute(
                "DELETE FROM {table} s USING {rows} d WHERE s.source_id = d.source_id AND s.format = d.format "
                "AND s.reference = d.reference AND d.reference <> '' AND s.roll_call_id <> d.roll_call_id "
                "AND s.id > d.id",
                kind,
                data,
            )


def _derived(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a row that follow from others."""
    names = DERIVED.get(Kind(kind), ())
    if not names:
        return {}
    fields = {field.column: field.attname for field in MODELS[kind]._meta.concrete_fields if not field.generated}
    one: Model = MODELS[kind](**{fields[name]: value for name, value in values.items() if name in fields})
    derive = one.derive_symbol if kind == Kind.OTHER_SYMBOL else one.derive  # type: ignore[attr-defined]
    derive()
    return {name: getattr(one, name) for name in names}


def _execute(sql: str, kind: str, data: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement with rows of a kind, as the history has them."""
    table = connection.ops.quote_name(MODELS[kind]._meta.db_table)
    rows = f"jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=table, rows=rows), [json.dumps(data)])


# Undoing an import


@dataclass(frozen=True, slots=True)
class ImportUndo:
    """What undoing an import would do, or did."""

    votes: Sequence[int]
    """The keys of the roll calls that it added, to be withdrawn."""
    texts: Sequence[int]
    """The keys of the texts that it added and that are left without a vote."""
    rows: int
    """How many rows go back to what they were before."""
    changed: Sequence[str]
    """What somebody has changed since, which stays as it is."""
    unknown: int
    """How many roll calls it added of which the database does not know which they are."""


ADDED = """
SELECT r.id, r.slug, r.status = 'published', EXISTS (
    SELECT FROM votes_historyevent e JOIN votes_revision v ON v.id = e.revision_id
    WHERE NOT e.internal AND v.import_run_id IS DISTINCT FROM %(run)s
        AND (e.roll_call = r.id OR e.resolution = r.resolution_id AND e.roll_call IS NULL)
) OR EXISTS (
    SELECT FROM votes_statement s
    WHERE s.roll_call_id = r.id AND s.source_id <> %(source)s
)
FROM votes_publication p JOIN votes_rollcall r ON r.id = p.key
WHERE p.kind = 'roll-call' AND p.import_run_id = %(run)s
ORDER BY r.slug
"""
LEFT_WITHOUT_A_VOTE = """
SELECT t.id FROM votes_publication p JOIN resolutions_resolution t ON t.id = p.key AND t.status = 'published'
WHERE p.kind = 'resolution' AND p.import_run_id = %(run)s AND NOT EXISTS (
    SELECT FROM votes_rollcall r
    WHERE r.resolution_id = t.id AND r.status = 'published' AND r.id <> ALL (%(votes)s::bigint[])
) AND NOT EXISTS (
    SELECT FROM votes_historyevent e JOIN votes_revision v ON v.id = e.revision_id
    WHERE e.resolution = t.id AND e.roll_call IS NULL AND NOT e.internal AND v.import_run_id IS DISTINCT FROM %(run)s
)
"""
WITHDRAW_VOTES = """
INSERT INTO votes_retiredaddress (slug, kind, reason, roll_call_id, resolution_id, at, by_id)
SELECT slug, 'withdrawn', %(reason)s, id, resolution_id, transaction_timestamp(), %(by)s
FROM votes_rollcall WHERE id = ANY (%(votes)s)
ON CONFLICT (slug) DO NOTHING
"""
RETIRE_TEXTS = """
INSERT INTO resolutions_retiredtext (symbol, symbol_key, reason, at, by_id)
SELECT symbol, symbol_key, %(reason)s, transaction_timestamp(), %(by)s
FROM resolutions_resolution WHERE id = ANY (%(texts)s)
ON CONFLICT (symbol_key) DO NOTHING
"""


@transaction.atomic
def import_undo(run: ImportRun) -> ImportUndo:
    """Return what undoing an import would do."""
    votes, changed, known = _added(run)
    rows = 0
    for batch in _batches(run):
        untouched, conflicts = _untouched(batch)
        rows += len(untouched)
        changed += conflicts
    return ImportUndo(votes, _texts(run, votes), rows, sorted({*changed}), max(0, run.added - known))


@transaction.atomic
def undo_import(*, run: ImportRun, reason: str, by: User | None = None) -> ImportUndo:
    """Withdraw what an import added, and write back what it changed and removed; return what was done.

    What somebody has changed since stays as it is. The data of votes withdrawn stay as drafts, so that the same file
    does not bring them back. Raises ValidationError without a ``reason``, for what is not a finished import or is
    undone, and where the database refuses; PermissionDenied for a person who may not import.
    """
    publishing.check_permission(by, IMPORT)
    _check_reason(reason)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state != ImportRun.State.DONE:
        raise ValidationError(_("This import changed nothing, so there is nothing to undo."))
    if run.undone:
        raise ValidationError(_("This import has already been undone."))
    revision = Revision.objects.filter(import_run=run).order_by("pk").first()
    with _explained(), attributed(by=by, reason=reason, undoes=revision.pk if revision else None):
        votes, changed, known = _added(run)
        texts, rows = _texts(run, votes), 0
        for batch in _batches(run):
            _lock(batch)
            untouched, conflicts = _untouched(batch)
            _write(untouched, by=None, reason=reason)
            rows += len(untouched)
            changed += conflicts
        RollCall.objects.filter(pk__in=votes).update(status=Status.DRAFT, decisive=False)
        Resolution.objects.filter(pk__in=texts).update(status=Status.DRAFT)
        values = {"votes": votes, "texts": texts, "reason": reason.strip(), "by": by.pk if by else None}
        with connection.cursor() as cursor:
            cursor.execute(WITHDRAW_VOTES, values)
            cursor.execute(RETIRE_TEXTS, values)
        run.undone = timezone.now()
        run.save(update_fields=["undone"])
    return ImportUndo(votes, texts, rows, sorted({*changed}), max(0, run.added - known))


def _added(run: ImportRun) -> tuple[list[int], list[str], int]:
    """Return what an import added and nobody changed since, the names of the rest, and how many are known."""
    if run.format == Format.RECORD:
        return [], [], 0
    with connection.cursor() as cursor:
        cursor.execute(ADDED, {"run": run.pk, "source": run.source_id})
        added = cursor.fetchall()
    votes = [key for key, _slug, is_public, is_changed in added if is_public and not is_changed]
    changed = [slug for _key, slug, is_public, is_changed in added if is_public and is_changed]
    return votes, changed, len(added)


def _texts(run: ImportRun, votes: list[int]) -> list[int]:
    """Return the texts that an import added and that have no vote but ``votes``."""
    if run.format == Format.RECORD:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LEFT_WITHOUT_A_VOTE, {"run": run.pk, "votes": votes})
        return [key for (key,) in cursor.fetchall()]


def _batches(run: ImportRun) -> Iterable[list[Row]]:
    """Yield what an import changed, some records at a time."""
    events = HistoryEvent.objects.filter(revision__import_run=run).order_by()
    for field, of in (("resolution", events.filter(roll_call=None)), ("roll_call", events)):
        keys = list(of.exclude(**{field: None}).values_list(field, flat=True).distinct().order_by(field))
        for start in range(0, len(keys), RECORDS_AT_ONCE):
            yield _net(of.filter(**{f"{field}__in": keys[start : start + RECORDS_AT_ONCE]}))
    # An address that stands for nothing came with a removal, and goes when what was removed comes back.
    yield _net(events.filter(roll_call=None, resolution=None).exclude(kind=Kind.ADDRESS))


def _untouched(rows: list[Row]) -> tuple[list[Row], list[str]]:
    """Return the rows of records that are as the import left them, and the names of the others."""
    conflicts = [row for row, _column in _conflicts(rows)]
    touched = {row.record for row in conflicts if row.record != (None, None)}
    alone = {(row.kind, row.key) for row in conflicts}
    left = [row for row in rows if row.record not in touched and (row.kind, row.key) not in alone]
    return left, [row.subject for row in conflicts]
