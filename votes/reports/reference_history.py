"""History of reference facts: states, their names and seats, blocs and their members, bodies and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from resolutions.dates import dated, from_iso
from resolutions.models import Body
from votes.models import Bloc, BlocMembership, BodyMembership, HistoryEvent, MemberState, StateName
from votes.models.history import HistoryEventKind as Kind
from votes.periods import last_day

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from django.db.models import Model, QuerySet

MODELS = {
    Kind.STATE: MemberState,
    Kind.STATE_NAME: StateName,
    Kind.SEAT: BodyMembership,
    Kind.BLOC: Bloc,
    Kind.BLOC_MEMBERSHIP: BlocMembership,
    Kind.BODY: Body,
}
OF_STATE = (Kind.STATE, Kind.STATE_NAME, Kind.SUCCESSOR, Kind.SEAT)
KINDS = (*OF_STATE, Kind.BLOC, Kind.BLOC_MEMBERSHIP, Kind.BODY, Kind.SESSION)
# What of a row is public, in the order to show it.
FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.STATE: ("name", "official_name", "iso2", "note"),
    Kind.STATE_NAME: ("name", "official_name", "since", "until"),
    Kind.SUCCESSOR: (),
    Kind.SEAT: ("since", "until", "permanent", "note"),
    Kind.BLOC: ("short_name", "name", "kind", "description", "source", "note"),
    Kind.BLOC_MEMBERSHIP: ("status", "since", "until", "note"),
    Kind.BODY: ("name",),
    Kind.SESSION: ("name", "opened", "closed"),
}


@dataclass(frozen=True)
class Change:
    """One row that was added, changed or removed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """What one revision changed."""

    at: datetime.datetime
    who: str
    """In words that name nobody."""
    by: str
    """The account, or who ran the command; for editors."""
    reason: str
    changes: Sequence[Change]


def reference_events() -> QuerySet[HistoryEvent]:
    """Return the events of reference facts."""
    return HistoryEvent.objects.filter(kind__in=KINDS)


def events_named(of: str) -> QuerySet[HistoryEvent]:
    """Return the events of the state, bloc or body with this code or slug."""
    code, slug = of.upper(), of.lower()
    return reference_events().filter(
        Q(kind__in=OF_STATE, subject=code)
        | Q(kind=Kind.BLOC_MEMBERSHIP, name=code)
        | Q(kind__in=(Kind.BLOC, Kind.BLOC_MEMBERSHIP), subject=slug)
        | Q(kind=Kind.BODY, subject=code)
        | Q(kind=Kind.SEAT, name=code)
    )


def history_of_reference(instance: Model) -> list[Entry]:
    """Return the changes of a state, bloc or body, or of what one of their rows is about, newest first."""
    if isinstance(instance, BlocMembership):
        about = Q(kind=Kind.BLOC_MEMBERSHIP, subject=instance.bloc.slug, name=instance.state.code)
        return entries(reference_events().filter(about))
    if isinstance(instance, BodyMembership):
        about = Q(kind=Kind.SEAT, subject=instance.state.code, name=instance.body.code)
        return entries(reference_events().filter(about))
    if isinstance(instance, StateName):
        return entries(reference_events().filter(kind=Kind.STATE_NAME, subject=instance.state.code))
    return entries(events_named(str(getattr(instance, "slug", "") or getattr(instance, "code", ""))))


def entries(events: QuerySet[HistoryEvent]) -> list[Entry]:
    """Return events by revision in words, newest first: three queries."""
    names = _Names(
        dict(MemberState.objects.values_list("code", "name")), dict(Bloc.objects.values_list("slug", "short_name"))
    )
    rows = events.select_related("revision").order_by("-revision", "id")
    return [
        Entry(
            at=revision.at,
            who=_who(revision),
            by=revision.by_name,
            reason=revision.reason,
            changes=[change for event in of_revision for change in _changes(event, names)],
        )
        for revision, of_revision in groupby(rows, key=lambda event: event.revision)
    ]


def _who(revision: Any) -> str:
    if revision.import_run_id:
        return _("an import")
    if revision.command:
        return _("the command %(command)s") % {"command": revision.command}
    if revision.by_id or revision.by_name:
        return _("an editor")
    return _("someone with direct access to the database (role %(role)s)") % {"role": revision.role}


@dataclass(frozen=True)
class _Names:
    states: Mapping[str, str]
    blocs: Mapping[str, str]


def _changes(event: HistoryEvent, names: _Names) -> list[Change]:
    kind, old, new = Kind(event.kind), event.old, event.new
    label = _label(event, names)
    if old is None or new is None:
        return [Change(label, *(_("none") if data is None else _whole(kind, data, event.name) for data in (old, new)))]
    return [
        Change(
            _("%(what)s, %(field)s") % {"what": label, "field": _field(kind, column)},
            *(_words(kind, column, data) for data in (old, new)),
        )
        for column in FIELDS[kind]
        if old.get(column) != new.get(column)
    ]


def _label(event: HistoryEvent, names: _Names) -> str:
    state = {"state": names.states.get(event.subject, event.subject)}
    match Kind(event.kind):
        case Kind.BLOC_MEMBERSHIP:
            about = {
                "state": names.states.get(event.name, event.name),
                "bloc": names.blocs.get(event.subject, event.subject),
            }
            return _("membership of %(state)s in %(bloc)s") % about
        case Kind.SEAT:
            return _("seat of %(state)s (%(body)s)") % {**state, "body": event.name}
        case Kind.STATE_NAME:
            return _("former name of %(state)s") % state
        case Kind.SUCCESSOR:
            return _("successor of %(state)s") % state
        case Kind.STATE:
            return state["state"]
        case Kind.BLOC:
            return names.blocs.get(event.subject, event.subject)
        case kind:
            return f"{capfirst(kind.label)} {event.subject}"


def _whole(kind: Kind, data: Mapping[str, Any], name: str) -> str:
    """Return a row that came or went, in words."""
    if kind == Kind.SUCCESSOR:
        return name
    words = [_words(kind, column, data) for column in FIELDS[kind] if column in ("name", "status") and data.get(column)]
    if data.get("since") or data.get("until"):
        words.append(_period(data))
    return ", ".join(words) or _("added")


def _period(data: Mapping[str, Any]) -> str:
    since, until = (_date(data, name) for name in ("since", "until"))
    if since and until:
        return _("%(since)s to %(until)s") % {"since": since, "until": until}
    return _("since %(since)s") % {"since": since} if since else _("to %(until)s") % {"until": until}


def _date(data: Mapping[str, Any], name: str) -> str:
    """Return a date in words, of an end the last day."""
    found = from_iso(data.get(name) or "")
    if not found:
        return ""
    precision = data.get(f"{name}_precision", "day")
    day = last_day(found[0], precision) if name in ("until", "closed") and _is_interval(data) else found[0]
    return dated(day, precision)


def _is_interval(data: Mapping[str, Any]) -> bool:
    """Tell whether a row ends before the day that is stored, as seats and memberships do and sessions do not."""
    return "since_precision" in data


def _field(kind: Kind, column: str) -> str:
    model = MODELS.get(kind)
    return str(model._meta.get_field(column).verbose_name) if model else column  # type: ignore[union-attr]


def _words(kind: Kind, column: str, data: Mapping[str, Any]) -> str:
    value = data.get(column)
    if value in (None, ""):
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column in ("since", "until", "opened", "closed"):
        return _date(data, column)
    model = MODELS.get(kind)
    choices = dict(model._meta.get_field(column).flatchoices) if model else {}  # type: ignore[union-attr]
    return str(choices.get(value, value))
