"""Adding member states that a file has and the record does not, with their seats and former names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resolutions.models import Body
from votes.models import BodyMembership, MemberState, StateName

if TYPE_CHECKING:
    from votes.importing.digital_library.member_states import MemberStatesEdition, StatedDate


def add_states(edition: MemberStatesEdition) -> list[str]:
    """Add the new states of ``edition``; return in words what was added."""
    assembly = Body.objects.get(code=Body.GENERAL_ASSEMBLY)
    for stated in edition.states:
        state = MemberState.objects.create(code=stated.code, name=stated.name)
        BodyMembership.objects.create(body=assembly, state=state, **_interval(stated.since, stated.until))
        StateName.objects.bulk_create(
            StateName(state=state, name=former.name, **_interval(former.since, former.until))
            for former in stated.former_names
            if former.until
        )
    return [f"{stated.code}: {stated.name}, a Member from {stated.since.first}" for stated in edition.states]


def _interval(since: StatedDate, until: StatedDate | None) -> dict[str, Any]:
    interval: dict[str, Any] = {"since": since.first, "since_precision": since.precision}
    return interval | ({"until": until.first, "until_precision": until.precision} if until else {})
