"""The public page of changes to states and blocs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resolutions.attribution import attributed
from tests.factories import day
from votes.models import Bloc, BlocMembership, MemberState

if TYPE_CHECKING:
    from django.test import Client


def test_a_new_and_an_ended_membership_are_listed_with_their_reasons(client: Client, record: None):
    assert "No changes since" in client.get("/data/changes/").content.decode()
    norway, eu = MemberState.objects.get(code="NOR"), Bloc.objects.get(slug="eu")
    with attributed(by_name="an officer", reason="Treaty of Oslo."):
        made = BlocMembership.objects.create(state=norway, bloc=eu, since=day("2025-09-01"))
    with attributed(by_name="an officer", reason="It did not last."):
        made.until = day("2025-10-01")
        made.save()

    for address in ("/data/changes/", "/data/changes/?of=eu", "/data/changes/?of=NOR"):
        shown = client.get(address).content.decode()
        assert "Treaty of Oslo." in shown
        assert "<td>none</td><td>member, since 1 September 2025</td>" in shown
        assert "<td>none</td><td>30 September 2025</td>" in shown
        assert "an officer" not in shown, "nobody is named in public"
    assert "Treaty of Oslo." not in client.get("/data/changes/?of=nato").content.decode()
