"""What was deleted: drafts, texts and reference facts, by whom, why, and what it held. For editors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from resolutions.dates import iso_dated
from resolutions.models import Resolution
from votes.choices import Choice
from votes.models import HistoryEvent, MemberState, Revision, RollCall
from votes.models.history import HistoryEventKind as Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.models.history import HistoryEventQuerySet

FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    Kind.ROLL_CALL: (RollCall, ("title", "resolution_symbol", "date", "meeting", "kind", "result", "note", "source")),
    Kind.RESOLUTION: (Resolution, ("title", "session", "kind", "agenda")),
}
NOT_TOLD = (
    *("id", "body_id", "state_id", "bloc_id", "session_id", "description"),
    *("since_precision", "until_precision"),
)


@dataclass(slots=True)
class Deletion:
    """One record that was deleted."""

    event: HistoryEvent
    undone: bool
    """Whether it was undone; it may have been deleted again."""
    facts: list[tuple[str, str]] = field(default_factory=list)
    """What it held, in words."""
    votes: list[tuple[str, list[str]]] = field(default_factory=list)
    """By choice, the names of the states."""


def deletions() -> HistoryEventQuerySet:
    """Return the deletions, newest first, each with its revision."""
    undone = Revision.objects.filter(undoes=OuterRef("revision"))
    found: HistoryEventQuerySet = HistoryEvent.objects.deletions().select_related("revision")
    return found.annotate(undone=Exists(undone)).order_by("-revision_id", "pk")


def described(events: Sequence[HistoryEvent]) -> list[Deletion]:
    """Return what some deletions held, in two queries."""
    names = dict(MemberState.objects.values_list("code", "name"))
    votes: dict[tuple[int, int | None], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    more: dict[tuple[int, int | None], list[tuple[str, str]]] = defaultdict(list)
    parts = HistoryEvent.objects.filter(
        revision__in={event.revision_id for event in events},
        kind__in=[Kind.VOTE, Kind.CORRECTION, Kind.OTHER_SYMBOL],
        new__isnull=True,
    )
    for part in parts.order_by("pk"):
        of, old = (part.revision_id, part.roll_call or part.resolution), part.old or {}
        name = names.get(part.name, part.name)
        if part.kind == Kind.VOTE:
            votes[of][old["choice"]].append(name)
        elif part.kind == Kind.CORRECTION:
            more[of].append((_("correction of %(state)s") % {"state": name}, str(Choice(old["intended"]).label)))
        else:
            more[of].append((_("other symbol"), part.name))
    found = []
    for event in events:
        of = (event.revision_id, event.roll_call or event.resolution)
        deletion = Deletion(event, undone=getattr(event, "undone", False), facts=_facts(event) + more[of])
        if event.kind == Kind.ROLL_CALL:
            chosen = votes[of]
            deletion.votes = [(str(Choice(c).label), sorted(chosen[c])) for c in Choice.values if chosen[c]]
        found.append(deletion)
    return found


def _facts(event: HistoryEvent) -> list[tuple[str, str]]:
    """Return what a deleted row said, in words."""
    old = event.old or {}
    if event.kind not in FIELDS:
        told = {name: value for name, value in old.items() if name not in NOT_TOLD and value not in (None, "", False)}
        return [(name.replace("_", " "), str(value)) for name, value in told.items()]
    model, names = FIELDS[event.kind]
    facts = []
    for name in names:
        if value := old.get(name):
            about = model._meta.get_field(name.removesuffix("_symbol"))
            words = iso_dated(value) if name == "date" else str(dict(about.flatchoices).get(value, value))
            facts.append((str(about.verbose_name), words))
    return facts
