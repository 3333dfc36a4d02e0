"""Dates of publication and of the last public change of a vote."""

import pytest
from django.contrib.postgres.functions import TransactionNow

from resolutions.attribution import attributed
from tests.factories import make_roll_call
from votes.models import RollCall, Vote
from votes.reports.publication_dates import published

pytestmark = pytest.mark.usefixtures("record")


def landmark(symbol: str = "A/RES/ES-11/7") -> RollCall:
    return RollCall.objects.get(decisive=True, resolution__symbol=symbol)


def test_unchanged_vote_is_dated_by_its_publication():
    keys = list(RollCall.objects.values_list("pk", flat=True))
    found = published(keys)

    assert sorted(found) == sorted(keys)
    assert [key for key, one in found.items() if one.updated != one.first] == []


def test_changed_vote_or_text_is_dated_by_its_last_change():
    changed, text, other = landmark(), landmark("A/RES/75/192"), landmark("A/RES/74/7")
    with attributed(reason="Misread."):
        Vote.objects.filter(roll_call=changed, state__code="USA").update(choice="A")
    with attributed(reason="A typo."):
        assert text.resolution
        text.resolution.title = "Another title"
        text.resolution.save()
    now = RollCall.objects.annotate(now=TransactionNow()).values_list("now", flat=True)[0]
    found = published([changed.pk, text.pk, other.pk])

    assert [found[one.pk].updated for one in (changed, text)] == [now, now]
    assert found[other.pk].updated == found[other.pk].first < now
    assert found[changed.pk].first == found[other.pk].first


def test_drafts_have_no_publication_date():
    assert published([make_roll_call().pk]) == {}
