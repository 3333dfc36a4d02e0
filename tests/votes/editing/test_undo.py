"""Undoing changes from the history: a change, a merge, a withdrawal, a deletion, an import."""

import datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings

from resolutions.attribution import attributed
from resolutions.models import OtherSymbol, Resolution, RetiredText, Topic
from tests.votes.conftest import World
from tests.votes.connections import execute
from tests.votes.importing.editions import Stated, ga_file, imported
from tests.votes.roles import make_user
from votes.editing.merging import merge
from votes.editing.publishing import publish, unpublish, withdraw
from votes.editing.undo import import_undo, undo, undo_import, undoable
from votes.editing.votes import record_votes
from votes.models import (
    BlocMembership,
    Correction,
    HistoryEvent,
    ImportRun,
    MemberState,
    RetiredAddress,
    Revision,
    RollCall,
    Statement,
)
from votes.reports.history import history_of

VOTES = {"USA": "N", "FRA": "Y", "GBR": "A"}


def public(world: World, slug: str = "a-vote", **values: object) -> RollCall:
    """Return a vote that has been public for long."""
    roll_call = world.roll_call(slug, **values)
    record_votes(roll_call=roll_call, choices=VOTES)
    publish(roll_calls=[roll_call])
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    return RollCall.objects.get(pk=roll_call.pk)


def last() -> Revision:
    return Revision.objects.latest("pk")


def votes_of(roll_call: RollCall) -> dict[str, str]:
    return dict(roll_call.votes.values_list("state__code", "choice"))


def amend(
    roll_call: RollCall, *, reason: str = "A slip.", votes: dict[str, str] | None = None, **facts: object
) -> None:
    with attributed(reason=reason):
        for name, value in facts.items():
            setattr(roll_call, name, value)
        roll_call.save()
        if votes is not None:
            record_votes(roll_call=roll_call, choices=votes)


class TestAChange:
    """A published change goes back as a new change."""

    def test_facts_and_votes_are_as_before_and_the_history_has_both_changes(self, world: World):
        roll_call = public(world, note="One.")
        amend(roll_call, note="Two.", title="Another title", votes={"USA": "Y", "FRA": "Y", "CHN": "A"})
        changed, user = last(), make_user("Verifiers")

        undo(revision=changed, reason="It was right before.", by=user)

        roll_call.refresh_from_db()
        assert (roll_call.note, roll_call.title, roll_call.search_text) == ("One.", "A motion", "a motion")
        assert votes_of(roll_call) == VOTES
        assert roll_call.status == "published"
        entries = history_of(roll_call, {}).entries
        assert [(entry.reason, entry.undoes) for entry in entries] == [
            ("It was right before.", changed.at),
            ("A slip.", None),
        ]
        assert [(change.name, change.before, change.after) for change in entries[0].changes][:2] == [
            ("title", "Another title", "A motion"),
            ("note", "Two.", "One."),
        ]
        assert last().by_name == user.username

    def test_an_undo_can_be_undone_and_the_change_undone_again(self, world: World):
        roll_call = public(world, note="One.")
        amend(roll_call, note="Two.")
        changed = last()
        undo(revision=changed, reason="Wrong.")
        with pytest.raises(ValidationError, match="has already been undone"):
            undo(revision=changed, reason="Again.")
        undo(revision=last(), reason="It was right after all.")
        roll_call.refresh_from_db()
        assert roll_call.note == "Two."
        undo(revision=changed, reason="No.")
        roll_call.refresh_from_db()
        assert roll_call.note == "One."

    def test_what_was_changed_since_is_named_and_nothing_goes_back(self, world: World):
        roll_call = public(world, note="One.")
        amend(roll_call, note="Two.", title="Another", votes=VOTES | {"USA": "Y", "FRA": "A"})
        changed = last()
        amend(roll_call, reason="Later.", note="Three.", votes=VOTES | {"USA": "X", "FRA": "A"})

        with pytest.raises(ValidationError) as refused:
            undo(revision=changed, reason="Wrong.")

        assert refused.value.messages == [
            "Nothing was undone, because this has been changed since: a-vote: note; vote a-vote USA."
        ]
        roll_call.refresh_from_db()
        assert (roll_call.note, roll_call.title) == ("Three.", "Another")
        assert votes_of(roll_call)["FRA"] == "A"

    def test_what_a_constraint_forbids_is_refused_and_named(self, world: World):
        roll_call = public(world, meeting="A/79/PV.1", ordinal=1)
        amend(roll_call, ordinal=2)
        changed = last()
        public(world, "another", meeting="A/79/PV.1", ordinal=1)
        with pytest.raises(ValidationError, match=r"no longer allows it: .*ordinal.*already exists"):
            undo(revision=changed, reason="Wrong.")
        roll_call.refresh_from_db()
        assert roll_call.ordinal == 2

    def test_a_text_gets_its_title_topics_and_symbols_back(self, world: World):
        text = world.resolution()
        public(world, resolution=text)
        topic = Topic.objects.first()
        assert topic
        with attributed(reason="Typed wrongly."):
            Resolution.objects.filter(pk=text.pk).update(title="War")
            text.topics.add(topic)
            text.other_symbols.create(symbol="A/79/L.5")
        undo(revision=last(), reason="Wrong.", by=make_user("Verifiers"))
        text = Resolution.objects.get(pk=text.pk)
        assert (text.title, text.search_text.strip()) == ("Peace", "peace")
        assert not text.topics.exists()
        assert not text.other_symbols.exists()

    def test_a_membership_that_was_ended_goes_on(self, world: World):
        membership = BlocMembership.objects.filter(until=None).first()
        assert membership
        with attributed(reason="They left."):
            membership.until = datetime.date(2030, 1, 1)
            membership.save()
        undo(revision=last(), reason="They did not.", by=make_user("Administrators"))
        membership.refresh_from_db()
        assert membership.until is None

    def test_a_reason_is_needed(self, world: World):
        amend(public(world), note="Two.")
        with pytest.raises(ValidationError, match="Enter a reason"):
            undo(revision=last(), reason=" ")

    @pytest.mark.parametrize("role", ["nobody", "Recorders"])
    def test_who_may_not_amend_may_not_undo(self, world: World, role: str):
        amend(public(world), note="Two.")
        user = make_user(role)
        assert not undoable([last().pk], by=user)
        with pytest.raises(PermissionDenied):
            undo(revision=last(), reason="Wrong.", by=user)
        assert undoable([last().pk], by=make_user("Verifiers"))


class TestAWithdrawal:
    """A vote that was withdrawn is published again, by the rules of publishing."""

    def test_it_answers_again_and_decides_its_text(self, world: World):
        roll_call = public(world, resolution=world.resolution(), decisive=True)
        withdraw(roll_call=roll_call, reason="A mistake.")
        undo(revision=last(), reason="No mistake.", by=make_user("Verifiers"))
        roll_call.refresh_from_db()
        assert (roll_call.status, roll_call.decisive) == ("published", True)
        assert not RetiredAddress.objects.exists()
        undo(revision=last(), reason="A mistake after all.", by=make_user("Verifiers", "bob"))
        roll_call.refresh_from_db()
        assert (roll_call.status, roll_call.decisive) == ("draft", False)
        assert RetiredAddress.objects.get().reason == "A mistake."

    def test_whoever_entered_it_does_not_publish_it(self, world: World):
        roll_call = public(world)
        user = make_user("Verifiers")
        roll_call.entered_by.add(user)
        withdraw(roll_call=roll_call, reason="A mistake.")
        with override_settings(PUBLISH_OWN_ENTRIES=False), pytest.raises(ValidationError, match="another person must"):
            undo(revision=last(), reason="No mistake.", by=user)
        roll_call.refresh_from_db()
        assert roll_call.status == "draft"
        assert RetiredAddress.objects.filter(slug=roll_call.slug).exists()

    def test_recorders_may_not(self, world: World):
        withdraw(roll_call=public(world), reason="A mistake.")
        with pytest.raises(PermissionDenied):
            undo(revision=last(), reason="No mistake.", by=make_user("Recorders"))

    def test_unpublishing_is_undone_by_publishing(self, world: World):
        roll_call = public(world)
        unpublish(roll_calls=[roll_call], reason="Look again.")
        undo(revision=last(), reason="It is right.", by=make_user("Verifiers"))
        roll_call.refresh_from_db()
        assert roll_call.status == "published"


class TestAMerge:
    """Both records come back, with votes, texts and addresses."""

    @pytest.mark.parametrize("was_public", [True, False])
    def test_everything_is_as_before(self, world: World, was_public: bool):
        final = world.resolution("A/RES/79/5")
        draft = world.resolution("A/79/L.5", kind="draft")
        kept = public(world, "kept", resolution=final, title="", decisive=True)
        duplicate = world.roll_call("twice", resolution=draft, title="", decisive=True)
        record_votes(roll_call=duplicate, choices=VOTES | {"USA": "Y"})
        if was_public:
            publish(roll_calls=[duplicate])
            execute("UPDATE votes_publication SET at = at - interval '1 day'")
        recorder = make_user("Recorders")
        duplicate.entered_by.add(recorder)
        france = MemberState.objects.get(code="FRA")
        Correction.objects.create(roll_call=duplicate, state=france, intended="N")
        Statement.objects.create(
            roll_call=duplicate, source=world.source, format="ga-voting", reference="7", facts={"a": 1}, votes="USAY"
        )
        before = _everything()

        merge(kept=kept, duplicate=duplicate, reason="The same.", although_votes_differ=True)
        assert not RollCall.objects.filter(slug="twice").exists()
        assert not Resolution.objects.filter(symbol="A/79/L.5").exists()
        assert kept.statements.get().reference == "7"
        undo(revision=last(), reason="Not the same.", by=make_user("Verifiers"))

        assert _everything() == before
        assert list(RollCall.objects.get(slug="twice").entered_by.all()) == [recorder]

    def test_older_addresses_lead_to_the_duplicate_again(self, world: World):
        kept, duplicate, older = (public(world, slug) for slug in ("kept", "twice", "older"))
        merge(kept=duplicate, duplicate=older, reason="The same.")
        merge(kept=kept, duplicate=duplicate, reason="These, too.")
        undo(revision=last(), reason="No.", by=make_user("Verifiers"))
        assert [(address.slug, address.leads_to) for address in RetiredAddress.objects.all()] == [("older", "twice")]

    def test_the_undoing_of_a_merge_can_be_undone(self, world: World):
        merge(kept=public(world, "kept"), duplicate=public(world, "twice"), reason="The same.")
        undo(revision=last(), reason="Not the same.")
        undo(revision=last(), reason="The same after all.")
        assert not RollCall.objects.filter(slug="twice").exists()
        assert [(address.slug, address.leads_to) for address in RetiredAddress.objects.all()] == [("twice", "kept")]

    def test_who_may_not_merge_may_not_undo_it(self, world: World):
        merge(kept=public(world, "kept"), duplicate=public(world, "twice"), reason="The same.")
        user = make_user("Verifiers")
        user.groups.clear()
        with pytest.raises(PermissionDenied):
            undo(revision=last(), reason="No.", by=user)


def _everything() -> list[object]:
    """Return what a merge touches."""
    models = (
        *(RollCall.objects.all(), Resolution.objects.all(), OtherSymbol.objects.all(), Correction.objects.all()),
        *(RetiredAddress.objects.all(), Statement.objects.all(), RetiredText.objects.all()),
    )
    rows: list[object] = [list(queryset.order_by("pk").values()) for queryset in models]
    return [*rows, [votes_of(one) for one in RollCall.objects.order_by("pk")]]


class TestADeletion:
    """A deleted draft is kept for editors, and comes back with what it held."""

    def test_a_draft_comes_back_with_votes_and_who_entered_it(self, world: World):
        recorder = make_user("Recorders")
        text = world.resolution("A/79/L.5")
        text.other_symbols.create(symbol="A/79/L.5/Rev.1")
        draft = world.roll_call("draft", resolution=text)
        record_votes(roll_call=draft, choices=VOTES, by=recorder)
        before = _everything()
        with attributed(by=recorder, reason="Entered twice."):
            draft.delete()
            text.delete()

        [vote, deleted] = HistoryEvent.objects.deletions().order_by("pk")
        assert (vote.subject, vote.internal, vote.revision.reason) == ("draft", True, "Entered twice.")
        assert deleted.subject == "A/79/L.5"
        undo(revision=last(), reason="They are two.", by=recorder)

        assert _everything() == before
        restored = RollCall.objects.get(slug="draft")
        assert list(restored.entered_by.all()) == [recorder]
        assert history_of(restored, {}).entries == []

    def test_somebody_elses_draft_takes_a_verifier(self, world: World):
        draft = world.roll_call("draft")
        with attributed(by=make_user("Recorders"), reason="Entered twice."):
            draft.delete()
        with pytest.raises(PermissionDenied):
            undo(revision=last(), reason="No.", by=make_user("Recorders", "ruth"))
        undo(revision=last(), reason="No.", by=make_user("Verifiers"))
        assert RollCall.objects.filter(slug="draft").exists()

    def test_a_name_that_was_given_again_is_refused(self, world: World):
        with attributed(reason="Entered twice."):
            world.roll_call("draft").delete()
        world.roll_call("draft")
        with pytest.raises(ValidationError, match=r"slug.*draft.*already exists"):
            undo(revision=last(), reason="No.")

    def test_a_public_text_that_is_deleted_leaves_its_address_whichever_way(self, world: World):
        world.resolution("A/RES/79/5", status="published")
        execute("UPDATE votes_publication SET at = at - interval '1 day'")
        execute("DELETE FROM resolutions_resolution WHERE symbol = 'A/RES/79/5'")
        gone = RetiredText.objects.get()
        assert (gone.symbol, gone.reason) == ("A/RES/79/5", "It was removed from the record.")
        undo(revision=last(), reason="No.")
        assert Resolution.objects.get(symbol="A/RES/79/5").title == "Peace"
        assert not RetiredText.objects.exists()


class TestAnImport:
    """What an import added is withdrawn, and what it changed goes back."""

    def test_added_votes_are_withdrawn_and_changed_ones_go_back(self, world: World, tmp_path: Path):
        old = Stated(symbol="A/RES/79/501", votes="CHNN FRAY", number=1, title="Old")
        run = _import(tmp_path, "a", [old])
        execute("UPDATE votes_publication SET at = at - interval '1 day'")
        second = _import(
            tmp_path,
            "b",
            [
                Stated(symbol="A/RES/79/501", votes="CHNA FRAY", number=1, title="New"),
                Stated(symbol="A/RES/79/502", votes="CHNN FRAY", number=2),
                Stated(symbol="A/RES/79/503", votes="CHNN FRAY", number=3),
            ],
        )
        execute("UPDATE votes_publication SET at = at - interval '1 day'")
        amend(RollCall.objects.get(slug="a-res-79-503"), reason="Seen.", note="Checked.")

        told = import_undo(second)
        done = undo_import(run=second, reason="The wrong file.", by=make_user("Administrators"))

        assert told == done
        assert (len(done.votes), len(done.texts), done.changed, done.unknown) == (1, 1, ["a-res-79-503"], 0)
        changed = RollCall.objects.get(slug="a-res-79-501")
        assert votes_of(changed) == {"CHN": "N", "FRA": "Y"}
        assert changed.resolution
        assert changed.resolution.title == "Old"
        assert dict(RollCall.objects.filter(slug__startswith="a-res-79-50").values_list("slug", "status")) == {
            "a-res-79-501": "published",
            "a-res-79-502": "draft",
            "a-res-79-503": "published",
        }
        assert RetiredAddress.objects.get().reason == "The wrong file."
        assert RetiredText.objects.get().symbol == "A/RES/79/502"
        second.refresh_from_db()
        assert second.undone
        with pytest.raises(ValidationError, match="already been undone"):
            undo_import(run=second, reason="Again.")
        assert not run.undone

    def test_what_it_removed_comes_back(self, world: World, tmp_path: Path):
        both = [Stated(symbol=f"A/RES/79/50{n}", votes="CHNN FRAY", number=n, title=f"No. {n}") for n in (1, 2)]
        both.append(Stated(symbol="A/RES/79/509", votes="CHNN", number=9, date="2024-12-20"))
        _import(tmp_path, "a", both)
        execute("UPDATE votes_publication SET at = at - interval '1 day'")
        second = _import(tmp_path, "b", [both[0], both[2]], allow_removals=True)
        gone = RetiredAddress.objects.get()
        assert (gone.slug, gone.reason) == ("a-res-79-502", "Its source no longer has it, so an import removed it.")
        assert RetiredText.objects.get().symbol == "A/RES/79/502"
        undo_import(run=second, reason="The file was cut.")
        back = RollCall.objects.get(slug="a-res-79-502")
        assert (back.status, votes_of(back)) == ("published", {"CHN": "N", "FRA": "Y"})
        assert not RetiredAddress.objects.exists()
        assert not RetiredText.objects.exists()
        assert back.statements.get().reference

    def test_a_removed_vote_has_its_name_again_when_a_later_file_has_it(self, world: World, tmp_path: Path):
        both = [Stated(symbol=f"A/RES/79/50{n}", votes="CHNN FRAY", number=n, date=f"2024-12-1{n}") for n in (1, 2, 3)]
        _import(tmp_path, "a", both)
        execute("UPDATE votes_publication SET at = at - interval '1 day'")
        _import(tmp_path, "b", [both[0], both[2]], allow_removals=True)
        _import(tmp_path, "c", both)
        assert RollCall.objects.get(slug="a-res-79-502").status == "published"
        assert not RetiredAddress.objects.exists()

    def test_only_who_may_import_may(self, world: World, tmp_path: Path):
        run = _import(tmp_path, "a", [Stated(symbol="A/RES/79/501")])
        with pytest.raises(PermissionDenied):
            undo_import(run=run, reason="No.", by=make_user("Verifiers"))


def _import(folder: Path, name: str, stated: list[Stated], **how: object) -> ImportRun:
    return imported(ga_file(folder / f"{name}.csv", *stated), **how).runs[0]
