"""What tests of the checks start from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from resolutions.models import Body
from tests.factories import make_source
from votes.models import RollCall, Statement
from votes.verification.finding import NewFinding


@pytest.fixture
def organ(db: None) -> Body:
    return Body.objects.create(code="QQ", name="Organ")


def about(check: Callable[[], Iterator[NewFinding]], *roll_calls: RollCall) -> dict[str, dict[str, Any]]:
    """Return the details of what a check finds in ``roll_calls``, by slug."""
    slugs = {roll_call.pk: roll_call.slug for roll_call in roll_calls}
    found = [row for row in check() if row.roll_call_id in slugs]
    by_slug = {slugs[row.roll_call_id]: dict(row.details) for row in found if row.roll_call_id}
    assert len(by_slug) == len(found)
    return by_slug


def make_statement(
    roll_call: RollCall, *, votes: str = "", source: str = "un-digital-library", layout: str = "ga-voting", **facts: Any
) -> Statement:
    """Return what a file of a source says of ``roll_call``."""
    return Statement.objects.create(
        roll_call=roll_call, source=make_source(source), format=layout, reference="7", facts=facts, votes=votes
    )
