"""Drafts of the General Assembly to vote on, beside the reference facts."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest

from resolutions.models import Body, Resolution, Session
from tests.votes.random_record import Stage
from votes.models import MemberState, RollCall, Source

DAY = datetime.date(2024, 12, 17)


@dataclass
class World:
    """What the tests of votes and of their admin start from."""

    assembly: Body
    council: Body
    session: Session
    source: Source
    codes: list[str]
    """The 193 members of the Assembly on the day."""

    def resolution(self, symbol: str = "A/RES/79/999", **values: Any) -> Resolution:
        return Resolution.objects.create(
            **{"body": self.assembly, "session": self.session, "symbol": symbol, "title": "Peace", **values}
        )

    def roll_call(self, slug: str = "a-motion", **values: Any) -> RollCall:
        return RollCall.objects.create(
            **{
                "slug": slug,
                "body": self.assembly,
                "date": DAY,
                "title": "A motion",
                "source": self.source,
                **values,
            }
        )


@pytest.fixture
def world(record: None) -> World:
    assembly = Body.objects.get(code="GA")
    return World(
        assembly=assembly,
        council=Body.objects.get(code="SC"),
        session=Session.objects.get(body=assembly, code="79"),
        source=Source.objects.get(slug="editor"),
        codes=list(MemberState.objects.members_of(assembly, DAY).values_list("code", flat=True)),
    )


@pytest.fixture
def stage(db: None) -> Stage:
    """Return the states that stay while random records come and go."""
    return Stage.new()
