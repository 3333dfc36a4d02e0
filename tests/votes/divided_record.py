"""A small record with a line in it: states from one end to the other, and roll calls that cut between them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from resolutions.models import Body, Session
from tests.factories import make_resolution, make_roll_call
from votes.editing.ideal_points import fit_record, store
from votes.record.record import reading
from votes.reports.ideal_points import Estimates, Material, estimates_of, is_stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from votes.models import RollCall

LINE = (
    "CUB", "PRK", "SYR", "RUS", "BLR", "VEN", "CHN", "IND", "EGY", "IDN", "BRA", "MEX",
    "ARG", "TUR", "JPN", "SWE", "NOR", "ITA", "DEU", "FRA", "CAN", "GBR", "ISR", "USA",
)  # fmt: skip
"""From one end to the other."""


def cut(at: int, *, width: int = 2, absent: Iterable[str] = ()) -> dict[str, str]:
    """Return choices by code: from place ``at`` on in favour, the ``width`` before them abstaining, others against."""
    places = enumerate(LINE)
    choices = {code: "Y" if place >= at else "A" if place >= at - width else "N" for place, code in places}
    return {**choices, **dict.fromkeys(absent, "X")}


def turned(choices: Mapping[str, str]) -> dict[str, str]:
    """Return the choices of those who were asked the opposite."""
    return {code: {"Y": "N", "N": "Y"}.get(choice, choice) for code, choice in choices.items()}


def put(slug: str, session: int | str, votes: Mapping[str, str], *, title: str = "", **values: object) -> RollCall:
    """Return a published roll call of the Assembly on a whole text, in December of the year the session opened."""
    assembly = Body.objects.get(code="GA")
    number = int(session) if str(session).isdigit() else 79
    held = Session.objects.get(body=assembly, code=str(session))
    text = make_resolution(
        f"A/RES/{session}/{slug.rpartition('-')[2]}", title=title or slug, session=held, status="published"
    )
    about: dict[str, Any] = {
        "date": datetime.date(1945 + number, 12, 1),
        "session": held,
        "resolution": text,
        "title": "",
        "kind": "text",
        "status": "published",
        "result": "adopted",
        **values,
    }
    return make_roll_call(slug, votes=votes, **about)


def divided(sessions: Iterable[int] = (49, 50), cuts: Iterable[int] = (3, 6, 9, 12, 15, 18, 21)) -> list[RollCall]:
    """Return a roll call for each session and cut, every other one turned; the text at a cut is put every session."""
    return [
        put(
            f"divided-{session}-{9000 + at}",
            session,
            turned(cut(at)) if place % 2 else cut(at),
            title=f"{'abcdefghijklmnopqrstuvwxyz'[at]} question",
        )
        for session in sessions
        for place, at in enumerate(cuts)
    ]


def material() -> Material:
    with reading() as record:
        return Material.of(record)


def fitted() -> Estimates:
    store(fit_record())
    with reading() as record:
        estimates = estimates_of(record)
    assert estimates is not None
    return estimates


def stale() -> bool:
    with reading() as record:
        estimates = estimates_of(record)
        assert estimates is not None
        return is_stale(record, estimates)
