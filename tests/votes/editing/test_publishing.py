"""Publishing, unpublishing and withdrawing: permissions, reasons and effects."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from resolutions.models import Status
from tests.votes.conftest import World
from tests.votes.roles import make_user, migration
from votes.editing.publishing import (
    been_public,
    drafts_of,
    is_deletable,
    publish,
    unpublish,
    waiting_for,
    with_findings,
    withdraw,
    withdrawn,
    work_lists,
)
from votes.editing.votes import record_votes, slug_for
from votes.models import Finding, RetiredAddress, Revision, RollCall

OWN = "You entered or changed a-motion or its text, so another person must publish it"


def drafted(world: World, slug: str = "a-motion", votes: str = "USA:N FRA:Y", **values: object) -> RollCall:
    """Return a new draft with votes that nobody here entered."""
    roll_call = world.roll_call(slug, **values)
    record_votes(roll_call=roll_call, choices=dict(pair.split(":") for pair in votes.split()))
    return RollCall.objects.get(pk=roll_call.pk)


def status(roll_call: RollCall) -> str:
    return RollCall.objects.values_list("status", flat=True).get(pk=roll_call.pk)


class TestWhoPublishes:
    """Not the one who entered."""

    @pytest.mark.parametrize("role", ["Verifiers", "Administrators", "superuser"])
    def test_votes_are_published_by_another_than_their_author(self, world: World, role: str):
        one, other = make_user(role, "one"), make_user(role, "other")
        roll_call = drafted(world)
        record_votes(roll_call=roll_call, choices={"USA": "Y", "FRA": "Y"}, by=one)

        with pytest.raises(ValidationError, match=OWN):
            publish(roll_calls=[roll_call], by=one)
        assert status(roll_call) == Status.DRAFT

        assert publish(roll_calls=[roll_call], by=other) == 1
        assert status(roll_call) == Status.PUBLISHED
        assert list(roll_call.entered_by.all()) == [one]

    def test_resaving_the_same_votes_does_not_make_an_author(self, world: World):
        one = make_user("Verifiers")
        roll_call = drafted(world)
        record_votes(roll_call=roll_call, choices={"USA": "N", "FRA": "Y"}, by=one)
        assert publish(roll_calls=[roll_call], by=one) == 1

    def test_author_of_a_draft_text_cannot_publish_its_vote(self, world: World):
        one = make_user("Verifiers")
        text = world.resolution()
        text.entered_by.add(one)
        roll_call = drafted(world, resolution=text)
        with pytest.raises(ValidationError, match=OWN):
            publish(roll_calls=[roll_call], by=one)

        text.status = Status.PUBLISHED
        text.save()
        assert publish(roll_calls=[roll_call], by=one) == 1

    def test_setting_allows_publishing_own_entries(self, world: World, settings):
        settings.PUBLISH_OWN_ENTRIES = True
        one = make_user("Verifiers")
        roll_call = drafted(world)
        roll_call.entered_by.add(one)
        assert publish(roll_calls=[roll_call], by=one) == 1

    @pytest.mark.parametrize("role", ["nobody", "Recorders"])
    def test_publishing_without_permission_is_refused_in_every_way(self, world: World, role: str):
        user = make_user(role)
        draft, public = drafted(world), drafted(world, "public")
        publish(roll_calls=[public])
        with pytest.raises(PermissionDenied):
            publish(roll_calls=[draft], by=user)
        with pytest.raises(PermissionDenied):
            unpublish(roll_calls=[public], by=user, reason="x")
        with pytest.raises(PermissionDenied):
            withdraw(roll_call=public, by=user, reason="x")
        with pytest.raises(PermissionDenied):
            record_votes(roll_call=public, choices={"USA": "Y"}, by=user)
        assert [status(draft), status(public)] == ["draft", "published"]
        assert dict(public.votes.values_list("state__code", "choice")) == {"USA": "N", "FRA": "Y"}


class TestFigures:
    """What is published agrees with what was announced, or says why not."""

    @pytest.mark.parametrize(
        ("announced", "differ"),
        [
            ({"announced_yes": 1, "announced_no": 1}, ""),
            ({"announced_yes": 1, "announced_no": 1, "announced_abstaining": 0, "announced_non_voting": 0}, ""),
            ({}, ""),
            ({"announced_no": 2}, "Against 1 counted, 2 announced"),
            ({"announced_yes": 3, "announced_no": 1, "announced_abstaining": 1},
             "In favour 1 counted, 3 announced; Abstaining 0 counted, 1 announced"),
        ],
    )  # fmt: skip
    def test_differences_are_named_and_need_a_reason(self, world: World, announced: dict[str, Any], differ: str):
        roll_call = drafted(world, **announced)
        if differ:
            with pytest.raises(ValidationError) as refused:
                publish(roll_calls=[roll_call], by=make_user("Verifiers"))
            assert refused.value.message == (
                f"Counted and announced totals of a-motion differ: {differ}. Correct them, or give the reason for "
                "the difference in the form; it will be public."
            )
            roll_call.difference_reason = "The President misspoke."
            roll_call.save()
        assert publish(roll_calls=[roll_call]) == 1

    def test_blank_reason_is_refused(self, world: World):
        roll_call = drafted(world, announced_yes=2, difference_reason="  ")
        with pytest.raises(ValidationError, match="differ"):
            publish(roll_calls=[roll_call])


class TestReasons:
    """What the public has seen changes for a reason."""

    def test_unpublishing_and_publishing_again_need_a_reason(self, world: World):
        user = make_user("Verifiers")
        roll_call, fresh = drafted(world), drafted(world, "fresh")
        publish(roll_calls=[roll_call])
        assert been_public([roll_call, fresh]) == {roll_call.pk}

        with pytest.raises(ValidationError, match="Give a reason, because these have been public: a-motion"):
            unpublish(roll_calls=[roll_call], by=user, reason=" ")
        unpublish(roll_calls=[roll_call], by=user, reason="Wrong date.")
        assert been_public([roll_call]) == {roll_call.pk}
        with pytest.raises(ValidationError, match="Give a reason, because these have been public: a-motion"):
            publish(roll_calls=[roll_call, fresh], by=user)
        assert [status(roll_call), status(fresh)] == ["draft", "draft"]
        assert publish(roll_calls=[roll_call, fresh], by=user, reason="Date mended.") == 2

    @pytest.mark.django_db(transaction=True)
    def test_history_records_author_and_reason(self, world: World):
        user = make_user("Verifiers")
        roll_call = drafted(world)
        publish(roll_calls=[roll_call])
        before = Revision.objects.count()
        unpublish(roll_calls=[roll_call], by=user, reason="Wrong date.")
        withdraw(roll_call=roll_call, by=user, reason="No such vote.")

        assert list(Revision.objects.order_by("pk").values_list("by_name", "reason")[before:]) == [
            ("verifiers", "Wrong date."),
            ("verifiers", "No such vote."),
        ]


class TestWithdrawing:
    """What should never have stood in the record."""

    def test_withdrawn_vote_is_a_draft_whose_address_gives_the_reason(self, world: World):
        user = make_user("Verifiers")
        roll_call = drafted(world, resolution=world.resolution(), decisive=True, title="")
        publish(roll_calls=[roll_call])

        withdraw(roll_call=roll_call, by=user, reason=" No such vote. ")

        roll_call.refresh_from_db()
        assert (roll_call.status, roll_call.decisive) == (Status.DRAFT, False)
        assert roll_call.votes.count() == 2
        [gone] = RetiredAddress.objects.values_list("slug", "kind", "reason", "roll_call", "by")
        assert gone == ("a-motion", "withdrawn", "No such vote.", roll_call.pk, user.pk)
        assert roll_call.resolution
        assert roll_call.resolution.status == Status.PUBLISHED

    def test_publishing_again_restores_address_and_place(self, world: World):
        roll_call = drafted(world, resolution=world.resolution(), decisive=True, title="")
        publish(roll_calls=[roll_call])
        withdraw(roll_call=roll_call, reason="No such vote.")

        assert publish(roll_calls=[roll_call], by=make_user("Verifiers"), reason="There was.") == 1

        roll_call.refresh_from_db()
        assert (roll_call.status, roll_call.decisive) == (Status.PUBLISHED, True)
        assert not RetiredAddress.objects.exists()

    def test_withdrawing_needs_a_public_vote_and_a_reason(self, world: World):
        roll_call = drafted(world)
        with pytest.raises(ValidationError, match="a-motion has never been published"):
            withdraw(roll_call=roll_call, reason="x")
        publish(roll_calls=[roll_call])
        with pytest.raises(ValidationError, match="Give the reason for the withdrawal"):
            withdraw(roll_call=roll_call, reason=" ")
        assert status(roll_call) == Status.PUBLISHED

    def test_withdrawn_slug_is_never_reused(self, world: World):
        RetiredAddress.objects.create(slug="ga-2024-12-17-1", kind="merged", reason="Twice.")
        slug = slug_for(resolution=None, decisive=False, body_code="GA", date="2024-12-17")
        assert slug == "ga-2024-12-17-2"

    def test_only_never_public_or_withdrawn_votes_can_be_deleted(self, world: World):
        recorder, verifier = make_user("Recorders"), make_user("Verifiers")

        def may() -> tuple[bool, bool]:
            roll_call.refresh_from_db()
            return is_deletable(roll_call, by=recorder), is_deletable(roll_call, by=verifier)

        roll_call = drafted(world)
        assert may() == (False, True), "somebody else's draft"
        roll_call.entered_by.add(recorder)
        assert may() == (True, True)
        publish(roll_calls=[roll_call])
        assert may() == (False, False)
        unpublish(roll_calls=[roll_call])
        assert may() == (False, False)
        withdraw(roll_call=roll_call, reason="Twice.")
        assert may() == (False, True)
        roll_call.delete()
        assert RetiredAddress.objects.get(slug="a-motion").roll_call is None


class TestWorkLists:
    """What is to be done, by whom."""

    def test_work_lists_show_each_user_their_own_drafts_and_those_to_verify(self, world: World, settings):
        one, other, recorder = make_user("Verifiers", "one"), make_user("Verifiers", "other"), make_user("Recorders")
        mine, theirs = drafted(world, "mine"), drafted(world, "theirs")
        empty, totals = world.roll_call("empty"), world.roll_call("totals", method="non-recorded")
        text = world.resolution()
        text.entered_by.add(one)
        of_text = drafted(world, "of-text", resolution=text)
        gone, public = drafted(world, "gone"), drafted(world, "public")
        publish(roll_calls=[gone, public])
        withdraw(roll_call=gone, reason="Twice.")
        for roll_call in (mine, empty, gone, public):
            roll_call.entered_by.add(one)
        for number, acknowledged in enumerate((None, "2025-01-01T00:00Z")):
            Finding.objects.create(
                kind="no-votes", key=f"x{number}", origin="record", roll_call=[empty, mine][number], reason="y",
                acknowledged_at=acknowledged,
            )  # fmt: skip

        def slugs(found) -> set[str]:
            listed = list(found.values_list("slug", flat=True))
            assert len(listed) == len(set(listed))
            return set(listed)

        assert slugs(drafts_of(one)) == {"mine", "empty"}
        assert slugs(drafts_of(recorder)) == set()
        assert slugs(waiting_for(one)) == {"theirs", "totals"}
        assert slugs(waiting_for(other)) == {"theirs", "totals", "mine", "of-text"}
        settings.PUBLISH_OWN_ENTRIES = True
        assert slugs(waiting_for(one)) == {"theirs", "totals", "mine", "of-text"}
        assert slugs(with_findings().filter(status="draft")) == {"empty"}
        assert slugs(withdrawn()) == {"gone"}
        assert list(work_lists(recorder)) == ["mine", "returned", "findings", "withdrawn"]
        assert list(work_lists(one)) == ["mine", "returned", "waiting", "findings", "withdrawn"]
        assert (theirs.slug, totals.slug, of_text.slug) == ("theirs", "totals", "of-text")


class TestRoles:
    """The groups that the migration makes."""

    @pytest.mark.django_db
    def test_each_role_includes_the_permissions_of_the_one_before(self):
        migration.make_roles(apps, None)
        names = {
            role: set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))
            for role in ("Recorders", "Verifiers", "Administrators")
        }
        assert names["Recorders"] < names["Verifiers"] < names["Administrators"]
        assert sorted(names["Verifiers"] - names["Recorders"]) == [
            *("amend_resolution", "amend_rollcall", "change_errorreport", "merge_rollcall", "publish_resolution"),
            *("publish_rollcall", "view_errorreport", "view_historyevent", "view_revision", "withdraw_rollcall"),
        ]
        assert sorted(name for name in names["Recorders"] if not name.startswith("view_")) == [
            *("add_correction", "add_othersymbol", "add_resolution", "add_rollcall"),
            *("change_correction", "change_othersymbol", "change_resolution", "change_rollcall"),
            *("delete_correction", "delete_othersymbol", "delete_resolution", "delete_rollcall"),
        ]
        assert {"add_user", "change_user", "add_importrun", "change_finding"} < names["Administrators"]

    @pytest.mark.django_db
    def test_creating_roles_again_changes_no_permission(self):
        migration.make_roles(apps, None)
        group = Group.objects.get(name="Recorders")
        group.permissions.add(Permission.objects.get(codename="add_importrun"))
        before = (Permission.objects.count(), group.permissions.count(), Group.objects.count())
        migration.make_roles(apps, None)
        assert (Permission.objects.count(), group.permissions.count(), Group.objects.count()) == before

    @pytest.mark.django_db(transaction=True)
    def test_role_migrations_are_reversible(self):
        try:
            MigrationExecutor(connection).migrate([("votes", "0007_history")])
            assert not Group.objects.exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT to_regclass('votes_retiredaddress')")
                assert cursor.fetchone() == (None,)
        finally:
            executor = MigrationExecutor(connection)
            executor.migrate(executor.loader.graph.leaf_nodes())
        assert sorted(Group.objects.values_list("name", flat=True)) == ["Administrators", "Recorders", "Verifiers"]
