"""``manage.py prepare``, which ``serve`` and the containers run before a release."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from votes.models import MemberState


@pytest.mark.django_db
def test_prepared_record_is_left_unchanged(monkeypatch: pytest.MonkeyPatch):
    def nothing(*_: object) -> None:
        raise AssertionError("The record is its editors' now.")

    monkeypatch.setattr("config.management.commands.prepare.load_reference", nothing)
    before = list(MemberState.objects.order_by("pk").values())
    out = StringIO()
    call_command("prepare", stdout=out)
    assert out.getvalue() == ""
    assert list(MemberState.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_change_log_is_compacted_and_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("config.management.commands.prepare.fold", lambda: 1234)
    out = StringIO()

    call_command("prepare", stdout=out)

    assert out.getvalue() == "Compacted the change log of the data version: 1234 entries merged into one.\n"
