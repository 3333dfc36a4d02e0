"""When a recorded vote was published, and when what the public sees of it last changed."""

import pytest
from django.contrib.postgres.functions import TransactionNow

from resolutions.attribution import attributed
from tests.factories import make_roll_call
from votes.models import RollCall, Vote
from votes.reports.publication_dates import published

pytestmark = pytest.mark.usefixtures("record")


def landmark(symbol: str = "A/RES/ES-11/7") -> RollCall:
    return RollCall.objects.get(decisive=True, resolution__symbol=symbol)


def test_what_never_changed_is_of_the_day_it_was_published():
    keys = list(RollCall.objects.values_list("pk", flat=True))
    found = published(keys)

    assert sorted(found) == sorted(keys)
    assert [key for key, one in found.items() if one.updated != one.first] == []


def test_a_changed_vote_and_a_changed_text_are_of_the_day_they_changed():
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


def test_drafts_are_not_published():
    assert published([make_roll_call().pk]) == {}
