"""History of a recorded vote: what changed after publication, when, by whom and why.

The database writes it (see the migration that made the triggers). Read here is what the public saw change: events
while a record was out of public view count where it came back, together and from the last public value to the next,
so that nothing of a draft shows and nothing can be changed unseen by taking a record out of view meanwhile.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from resolutions.dates import iso_dated
from resolutions.headings import heading_name
from resolutions.models import OtherSymbol, Resolution
from votes.choices import Choice
from votes.models import HistoryEvent, RetiredAddress, RollCall
from votes.models.history import HistoryEventKind as Kind
from votes.record.databases import reader
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

QUERY = """
SELECT e.id, e.kind, e.subject, e.name, e.roll_call IS NOT NULL, e.shown, e.old::text, e.new::text,
    v.id, v.at, v.role, v.by_id IS NOT NULL, v.by_name, v.reason, v.command, v.import_run_id, s.name, u.at
FROM (
    SELECT * FROM votes_historyevent WHERE roll_call = %(roll_call)s::bigint
    UNION ALL SELECT * FROM votes_historyevent WHERE resolution = %(resolution)s AND roll_call IS NULL
    UNION ALL SELECT e.* FROM votes_historyevent e
    JOIN votes_revision v ON v.id = e.revision_id
    JOIN votes_publication p ON p.kind = 'roll-call' AND p.key = %(roll_call)s::bigint AND p.at < v.at
    WHERE e.kind = 'truncated' AND e.name IN ('vote', 'correction')
) e
JOIN votes_revision v ON v.id = e.revision_id
LEFT JOIN votes_importrun i ON i.id = v.import_run_id
LEFT JOIN votes_source s ON s.id = i.source_id
LEFT JOIN votes_revision u ON u.id = v.undoes_id
WHERE NOT e.internal
ORDER BY e.id
"""

FIRST = 5
"""How many changes the page of a roll call shows of its latest amendment."""

FIGURES = ("method", "requirement", "result", *ANNOUNCED)
# What of a row the public sees, in the order to show it; what a model gains is not public until it is named here.
FIELDS = {
    Kind.ROLL_CALL: (
        *("slug", "body", "session", "resolution_symbol", "decisive", "title", "date", "date_precision", "meeting"),
        *("ordinal", "kind", *FIGURES, "note", "difference_reason", "absences_derived", "not_legible", "source"),
        "source_reference",
    ),
    Kind.RESOLUTION: ("symbol", "body", "session", "kind", "title", "agenda", "subjects"),
}
MODELS = {Kind.ROLL_CALL: RollCall, Kind.RESOLUTION: Resolution}
# Rows of which only one thing can change.
VALUES = {
    Kind.VOTE: "choice",
    Kind.CORRECTION: "intended",
    Kind.TOPIC: "name",
    Kind.OTHER_SYMBOL: "symbol",
    Kind.ADDRESS: "slug",
}
ORDER = [
    *(Kind.TRUNCATED, Kind.ROLL_CALL, Kind.ADDRESS, Kind.VOTE, Kind.CORRECTION, Kind.RESOLUTION, Kind.OTHER_SYMBOL),
    Kind.TOPIC,
]

UNTOLD = (Kind.STATEMENT, Kind.ROLL_CALL_EDITOR, Kind.RESOLUTION_EDITOR)
"""What is kept for undoing a deletion, and told nobody."""


class Event(NamedTuple):
    """A row of ``QUERY``."""

    key: int
    kind: str
    subject: str
    name: str
    of_roll_call: bool
    shown: bool
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    revision: int
    at: datetime.datetime
    role: str
    has_account: bool
    by_name: str
    reason: str
    command: str
    import_run: int | None
    source: str | None
    undoes: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, from one value to another; None where there was or is none."""

    kind: str
    """Of ``HistoryEvent.Kind``."""
    name: str
    """The field, or for a vote or a correction the code of the state."""
    label: str
    """The same in words."""
    old: Any
    new: Any
    before: str
    """``old`` in words."""
    after: str


@dataclass(slots=True)
class Entry:
    """What one revision made public, or in the full history what it changed."""

    at: datetime.datetime
    who: str
    """In words that name nobody."""
    by: str
    """The account, or who ran the command; for editors."""
    role: str
    """The database role; for editors."""
    reason: str
    import_run: int | None
    revision: int = 0
    """The key of the revision."""
    undoes: datetime.datetime | None = None
    """When the change was made that this one takes back."""
    hidden_since: datetime.datetime | None = None
    """Since when it had been out of public view, where another transaction had taken it out."""
    hidden_reason: str = ""
    is_draft: bool = False
    """Whether it happened out of public view; only in the full history."""
    changes: Sequence[Change] = field(default_factory=tuple)

    @property
    def amends(self) -> bool:
        """Tell whether votes, announced totals, the result or what it is judged by changed."""
        return any(
            change.kind in (Kind.VOTE, Kind.TRUNCATED) or (change.kind == Kind.ROLL_CALL and change.name in FIGURES)
            for change in self.changes
        )

    @property
    def first(self) -> Sequence[Change]:
        """Return the changes to show where there is little room."""
        return self.changes[:FIRST]

    @property
    def more(self) -> int:
        return len(self.changes) - len(self.first)


@dataclass(frozen=True, slots=True)
class History:
    """The changes of a roll call and its text, newest first."""

    entries: Sequence[Entry]

    @property
    def amendments(self) -> list[Entry]:
        """Return those that changed votes, announced totals, the result or what it is judged by."""
        return [entry for entry in self.entries if entry.amends]


def history_of(roll_call: RollCall, names: Mapping[str, str], *, full: bool = False) -> History:
    """Read the history of a roll call and its text, in one query; ``names`` has those of the states by their code.

    With ``full``, for editors, each revision has what it changed by itself, also while it was out of public view.
    """
    return _history({"roll_call": roll_call.pk, "resolution": roll_call.resolution_id}, names, full=full)


def history_of_text(text: Resolution, *, full: bool = False) -> History:
    """Read the history of a text alone, in one query."""
    return _history({"roll_call": None, "resolution": text.pk}, {}, full=full)


def changes_of(revision: int, names: Mapping[str, str]) -> list[tuple[str, list[Change]]]:
    """Return what a revision changed, by the record that it is of, as its slug or symbol; for editors."""
    found: dict[str, list[Change]] = {}
    events = HistoryEvent.objects.filter(revision=revision).exclude(kind__in=UNTOLD).order_by("pk")
    whole = {event.roll_call for event in events if event.kind == Kind.ROLL_CALL and None in (event.old, event.new)}
    for event in events:
        # What was deleted or came back did so with all that was on it.
        if event.kind in (Kind.VOTE, Kind.CORRECTION) and event.roll_call in whole:
            continue
        changes = found.setdefault(event.subject, [])
        if event.kind in FIELDS or event.kind in VALUES or event.kind == Kind.TRUNCATED:
            changes += _changes(Kind(event.kind), event.name, event.old, event.new, names, full=True)
        else:
            changes += _reference_changes(Kind(event.kind), event.name, event.old, event.new)
    return [(subject, changes) for subject, changes in found.items() if changes]


def _reference_changes(kind: Kind, name: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[Change]:
    """Return the changes of a reference fact, by the names of its columns."""
    label = " ".join(filter(None, (str(kind.label), name)))
    if old is None or new is None:
        said = ("–", _("added")) if old is None else (_("on record"), _("removed"))
        return [Change(kind, name, label, old, new, *said)]
    return [
        Change(
            kind,
            column,
            f"{label}, {column.replace('_', ' ')}",
            old.get(column),
            value,
            *map(_said, (old.get(column), value)),
        )
        for column, value in new.items()
        if old.get(column) != value
    ]


def _said(value: Any) -> str:
    """Return a value of a reference fact in words."""
    if value in (None, ""):
        return _("none")
    return str(value)


def _history(keys: dict[str, int | None], names: Mapping[str, str], *, full: bool) -> History:
    with reader().cursor() as cursor:
        cursor.execute(QUERY, keys)
        events = [_event(row) for row in cursor.fetchall()]
    entries = [
        entry for entry in (_entry(made, names, full=full) for made in _made(events, full=full)) if entry is not None
    ]
    return History(entries[::-1])


@dataclass
class Made:
    """The events that one revision made public."""

    by: Event
    events: list[Event] = field(default_factory=list)


def _event(row: Sequence[Any]) -> Event:
    old, new = (None if text is None else json.loads(text) for text in row[6:8])
    return Event._make([*row[:6], old, new, *row[8:]])


def _made(events: Iterable[Event], *, full: bool) -> list[Made]:
    """Return the events by the revision that made them public, in the order of the first of each.

    Roll call and text leave public view and come back each by itself. What waits to come back is not public.
    """
    waiting: dict[bool, list[Event]] = defaultdict(list)
    made: dict[tuple[int, bool], Made] = {}
    for event in events:
        if full:
            made.setdefault((event.revision, event.shown), Made(event)).events.append(event)
            continue
        waiting[event.of_roll_call].append(event)
        if event.shown:
            made.setdefault((event.revision, True), Made(event)).events += waiting.pop(event.of_roll_call)
    return list(made.values())


def _entry(made: Made, names: Mapping[str, str], *, full: bool) -> Entry | None:
    nets: dict[tuple[str, str], list[Event]] = {}
    hidden = None
    for event in made.events:
        nets.setdefault((event.kind, "" if event.kind in MODELS else event.name), []).append(event)
        if event.at != made.by.at and _status(event.old) == "published" and _status(event.new) == "draft":
            hidden = hidden or event
    if any(e.kind == Kind.ROLL_CALL and None in (e.old, e.new) for e in made.events):
        # A record that was deleted or came back did so with all that was on it.
        nets = {net: events for net, events in nets.items() if net[0] not in (Kind.VOTE, Kind.CORRECTION)}
    changes = []
    # By kind, then by the name of the state or of what else it is of.
    in_order = sorted(nets, key=lambda net: (ORDER.index(Kind(net[0])), names.get(net[1], net[1]), net[1]))
    for kind, name in in_order:
        events = nets[kind, name]
        changes += _changes(Kind(kind), name, events[0].old, events[-1].new, names, full=full)
    if not changes and not hidden:
        return None
    by = made.by
    return Entry(
        at=by.at,
        who=_who(by),
        by=by.by_name,
        role=by.role,
        reason=by.reason,
        import_run=by.import_run,
        revision=by.revision,
        undoes=by.undoes,
        hidden_since=hidden.at if hidden else None,
        hidden_reason=hidden.reason if hidden else "",
        is_draft=not by.shown,
        changes=changes,
    )


def _status(data: dict[str, Any] | None) -> str | None:
    return (data or {}).get("status")


def _who(event: Event) -> str:
    if event.import_run:
        return _("an import of %(source)s") % {"source": event.source} if event.source else _("an import")
    if event.command:
        return _("the command %(command)s") % {"command": event.command}
    if event.has_account or event.by_name:
        return _("an editor")
    return _("someone with direct access to the database (role %(role)s)") % {"role": event.role}


def _changes(
    kind: Kind,
    name: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    names: Mapping[str, str],
    *,
    full: bool,
) -> list[Change]:
    if kind == Kind.TRUNCATED:
        rows = (old or {}).get("rows" if full else "followed")
        label = _("all votes on record") if name == Kind.VOTE else _("all corrections on record")
        return [Change(kind, name, label, rows, None, str(rows), _("removed"))]
    if kind in VALUES:
        return _changed_value(kind, name, old, new, names)
    if old is None or new is None:
        whole = (old or new or {}).get("slug") or (old or new or {}).get("symbol")
        before, after = (None, whole) if old is None else (whole, None)
        said = ("–", str(whole)) if old is None else (str(whole), _("removed"))
        return [Change(kind, "", str(kind.label), before, after, *said)]
    fields = (*FIELDS[kind], "status") if full else FIELDS[kind]
    return [
        Change(
            kind,
            column,
            _label(kind, column),
            old.get(column),
            new.get(column),
            _words(kind, column, old.get(column)),
            _words(kind, column, new.get(column)),
        )
        for column in fields
        if old.get(column) != new.get(column)
    ]


def _changed_value(
    kind: Kind, name: str, old: dict[str, Any] | None, new: dict[str, Any] | None, names: Mapping[str, str]
) -> list[Change]:
    """Return the change of a row that says one thing, if it says another now."""
    column = VALUES[kind]
    before, after = ((None if data is None else data.get(column, name)) for data in (old, new))
    if before == after:
        return []
    if kind == Kind.OTHER_SYMBOL:
        label = str(OtherSymbol.Kind((new or old or {})["kind"]).label)
    elif kind == Kind.TOPIC:
        label = _("topic")
    elif kind == Kind.ADDRESS:
        is_merged = (new or old or {})["kind"] == RetiredAddress.Kind.MERGED
        label = _("merged record") if is_merged else _("withdrawn record")
    elif kind == Kind.CORRECTION:
        label = _("correction of %(state)s") % {"state": names.get(name, name)}
    else:
        label = names.get(name, name)
    return [Change(kind, name, label, before, after, *(_value(kind, value) for value in (before, after)))]


def _value(kind: Kind, value: str | None) -> str:
    if value is None:
        return _("no entry") if kind == Kind.VOTE else _("none")
    return str(Choice(value).label) if kind in (Kind.VOTE, Kind.CORRECTION) else value


def _label(kind: Kind, column: str) -> str:
    own = str(MODELS[kind]._meta.get_field(column.removesuffix("_symbol")).verbose_name)  # type: ignore[union-attr]
    return _("%(field)s of the text") % {"field": own} if kind == Kind.RESOLUTION else own


def _words(kind: Kind, column: str, value: Any) -> str:
    if value in (None, "", []):
        return _("none")
    if isinstance(value, list):
        return " · ".join(map(heading_name, value)) if column == "subjects" else ", ".join(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column == "date":
        return iso_dated(value)
    model_field: Any = MODELS[kind]._meta.get_field(column.removesuffix("_symbol"))
    return str(dict(model_field.flatchoices).get(value, value))
