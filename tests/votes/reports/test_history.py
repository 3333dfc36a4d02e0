"""The history of published data: every change is recorded, and no change of a draft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from resolutions.attribution import attributed
from resolutions.models import OtherSymbol, Resolution, Topic
from tests.factories import make_bloc, make_membership, make_resolution, make_roll_call, make_state
from tests.votes.connections import connected, execute, rows
from tests.votes.importing.editions import Stated, ga_file, imported
from votes.editing.publishing import publish, unpublish
from votes.models import (
    BlocMembership,
    Correction,
    HistoryEvent,
    ImportRun,
    MemberState,
    Revision,
    RollCall,
    StateName,
    Vote,
)
from votes.record.version import data_version
from votes.reports.history import FIELDS, MODELS, Entry, History, history_of

transactional = pytest.mark.django_db(transaction=True)

NAMES = {"QZA": "Aland", "QZB": "Beland"}


@pytest.fixture
def shown(db: None) -> RollCall:
    """Return a published roll call with a text and two votes that have been public for long."""
    return long_published()


def long_published() -> RollCall:
    for code, name in NAMES.items():
        make_state(code, name=name)
    text = make_resolution("A/RES/99/1", status="published")
    made = make_roll_call("a-vote", resolution=text, status="published", votes={"QZA": "Y", "QZB": "N"}, title="")
    age()
    return made


def age() -> None:
    """Have what is public been so since another transaction, and forget what led to it."""
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    execute("TRUNCATE votes_historyevent, votes_revision")


def next_transaction() -> None:
    """Have what follows counted as a transaction of its own."""
    execute("ALTER TABLE votes_revision DISABLE TRIGGER keep")
    execute("UPDATE votes_revision SET transaction = transaction - 1, at = at - interval '1 hour'")
    execute("ALTER TABLE votes_revision ENABLE TRIGGER keep")


def history(roll_call: RollCall, *, full: bool = False) -> History:
    return history_of(RollCall.objects.get(pk=roll_call.pk), NAMES, full=full)


def said(entry: Entry) -> list[tuple[str, str, str]]:
    """Return what changed, from what to what."""
    return [(change.label, change.before, change.after) for change in entry.changes]


def all_said(roll_call: RollCall, *, full: bool = False) -> list[list[tuple[str, str, str]]]:
    return [said(entry) for entry in history(roll_call, full=full).entries]


def events() -> list[tuple[str, str, str]]:
    return list(HistoryEvent.objects.order_by("pk").values_list("kind", "subject", "name"))


def choose(code: str, choice: str) -> None:
    Vote.objects.filter(state__code=code).update(choice=choice)


class TestWhatIsRecorded:
    """Each change of what is public, with what it was before and after."""

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("UPDATE votes_vote SET choice = 'A' WHERE choice = 'Y'", [("Aland", "In favour", "Abstaining")]),
            ("DELETE FROM votes_vote WHERE choice = 'N'", [("Beland", "Against", "no entry")]),
            (
                (
                    "INSERT INTO votes_correction (roll_call_id, state_id, intended, reference) "
                    "SELECT roll_call_id, state_id, 'A', '' FROM votes_vote WHERE choice = 'Y'"
                ),
                [("correction of Aland", "none", "Abstaining")],
            ),
            (
                "UPDATE votes_rollcall SET announced_yes = 2, result = 'rejected', date = '2024-12-18'",
                [
                    ("date", "17 December 2024", "18 December 2024"),
                    ("result", "not stated", "rejected"),
                    ("announced in favour", "none", "2"),
                ],
            ),
            ("UPDATE resolutions_resolution SET title = 'War'", [("title of the text", "Peace", "War")]),
            (
                (
                    "INSERT INTO resolutions_resolution_topics (resolution_id, topic_id) "
                    "SELECT r.id, t.id FROM resolutions_resolution r, resolutions_topic t"
                ),
                [("topic", "none", "Disarmament")],
            ),
            (
                (
                    "INSERT INTO resolutions_othersymbol (resolution_id, kind, symbol, symbol_key, symbol_loose) "
                    "SELECT id, 'draft', 'A/99/L.1', 'x', 'x' FROM resolutions_resolution"
                ),
                [("draft symbol", "none", "A/99/L.1")],
            ),
            (
                (
                    "WITH gone AS (DELETE FROM votes_vote WHERE choice = 'N' RETURNING id) "
                    "UPDATE votes_vote SET choice = 'X' WHERE choice = 'Y'"
                ),
                [("Aland", "In favour", "Non-voting"), ("Beland", "Against", "no entry")],
            ),
            (
                (
                    "MERGE INTO votes_vote v USING votes_memberstate s ON s.id = v.state_id AND s.code = 'QZB' "
                    "WHEN MATCHED THEN UPDATE SET choice = 'Y'"
                ),
                [("Beland", "Against", "In favour")],
            ),
        ],
    )
    @pytest.mark.usefixtures("record")
    def test_changes_by_sql_are_recorded(self, sql: str, expected: list[tuple[str, str, str]]):
        Topic.objects.all().delete()
        Topic.objects.create(slug="disarmament", name="Disarmament")
        made = alone()

        execute(sql)

        assert all_said(made) == [expected]

    def test_update_to_the_same_value_is_not_recorded(self, shown: RollCall):
        shown.save()
        Vote.objects.update(choice=F("choice"))
        execute("UPDATE votes_rollcall SET note = note")
        execute("UPDATE votes_rollcall SET search_text = 'x'")

        assert events() == []

    def test_vote_added_to_a_published_roll_call_is_recorded(self, shown: RollCall):
        make_state("QZC", name="Celand")

        record_votes_anyhow(shown, {"QZC": "A"})

        assert all_said(shown) == [[("QZC", "no entry", "Abstaining")]]

    def test_change_reverted_in_one_transaction_is_not_recorded(self, shown: RollCall):
        choose("QZA", "N")
        choose("QZA", "Y")
        vote = Vote.objects.get(state__code="QZB")
        vote.delete()
        Vote.objects.create(roll_call=vote.roll_call, state=vote.state, choice="A")

        assert all_said(shown) == [[("Beland", "Against", "Abstaining")]]

    def test_changes_show_old_and_new_value_newest_first(self, shown: RollCall):
        for choice in "NAX":
            choose("QZA", choice)
            next_transaction()

        assert all_said(shown) == [
            [("Aland", "Abstaining", "Non-voting")],
            [("Aland", "Against", "Abstaining")],
            [("Aland", "In favour", "Against")],
        ]

    def test_moved_vote_is_recorded_for_both_roll_calls(self, shown: RollCall):
        other = make_roll_call("b-vote", status="published")
        age()

        Vote.objects.filter(state__code="QZA").update(roll_call=other)

        assert all_said(shown) == [[("Aland", "In favour", "no entry")]]
        assert all_said(other) == [[("Aland", "no entry", "In favour")]]

    def test_changes_of_reference_data_are_recorded(self, shown: RollCall):
        state = MemberState.objects.get(code="QZA")
        bloc = make_bloc("lands", members=(state,))
        StateName.objects.create(state=state, name="Old", until="2000-01-01")
        added = [("bloc", "lands", ""), ("bloc-membership", "lands", "QZA"), ("state-name", "QZA", "2000-01-01")]
        assert events() == added

        BlocMembership.objects.filter(bloc=bloc).update(until="2020-01-01")
        StateName.objects.filter(state=state).update(name="Older")
        make_membership(bloc=bloc, state=MemberState.objects.get(code="QZB"))
        BlocMembership.objects.filter(state=state).delete()
        MemberState.objects.filter(code="QZA").update(name="New")
        bloc.delete()

        assert events() == [
            *added,
            ("bloc-membership", "lands", "QZA"),
            ("state-name", "QZA", "2000-01-01"),
            ("bloc-membership", "lands", "QZB"),
            ("bloc-membership", "lands", "QZA"),
            ("state", "QZA", ""),
            ("bloc-membership", "lands", "QZB"),
            ("bloc", "lands", ""),
        ]
        first = HistoryEvent.objects.order_by("pk")[len(added)]
        assert first.old
        assert first.new
        assert (first.old["until"], first.new["until"]) == (None, "2020-01-01")

    def test_history_survives_deletion_of_its_subject(self, shown: RollCall):
        User.objects.create(username="ann")
        with attributed(by=User.objects.get(), reason="Entered twice."):
            shown.delete()
        User.objects.all().delete()

        votes = [("vote", "a-vote", "QZA"), ("vote", "a-vote", "QZB")]
        assert events() == [*votes, ("address", "a-vote", "a-vote"), ("roll-call", "a-vote", "")]
        last = HistoryEvent.objects.get(kind="roll-call")
        assert last.old
        assert (last.old["slug"], last.old["resolution_symbol"], last.new) == ("a-vote", "A/RES/99/1", None)
        revision = Revision.objects.get()
        assert (revision.by_name, revision.reason) == ("ann", "Entered twice.")
        assert [said(entry) for entry in history_of(RollCall(pk=last.key), NAMES).entries] == [
            [("recorded vote", "a-vote", "removed")]
        ], "its votes went with it"


def alone() -> RollCall:
    """Return the published roll call, the only one with its text."""
    for model in (Correction, Vote):
        model.objects.all().delete()
    execute("DELETE FROM votes_statement; DELETE FROM votes_finding; DELETE FROM votes_cutpoint")
    RollCall.objects.all().delete()
    OtherSymbol.objects.all().delete()
    Resolution.objects.all().delete()
    return long_published()


def record_votes_anyhow(roll_call: RollCall, choices: dict[str, str]) -> None:
    """Add votes, of members or not."""
    for code, choice in choices.items():
        Vote.objects.create(roll_call=roll_call, state=MemberState.objects.get(code=code), choice=choice)


class TestDrafts:
    """Nothing of what is not public, and no way around the history through a draft."""

    def test_changes_of_a_draft_are_not_recorded(self, db: None):
        state = make_state("QZA")
        draft = make_roll_call("secret", resolution=make_resolution("A/RES/99/2"), votes={"QZA": "Y"})
        next_transaction()
        Vote.objects.update_or_create(roll_call=draft, state=state, defaults={"choice": "N"})
        RollCall.objects.filter(pk=draft.pk).update(note="secret")
        publish(roll_calls=[draft])
        Vote.objects.filter(roll_call=draft).update(choice="A")
        new_state = [("state", "QZA", "")]  # public as soon as it is there
        assert events() == new_state

        draft.refresh_from_db()
        unpublish(roll_calls=[draft])
        draft.delete()
        assert events() == new_state

    def test_changes_while_unpublished_are_recorded_on_publishing(self, shown: RollCall):
        with attributed(reason="Under review.", by_name="ann"):
            unpublish(roll_calls=[shown])
        next_transaction()
        for choice in "XA":
            choose("QZA", choice)
            next_transaction()
        choose("QZB", "X")
        choose("QZB", "N")
        RollCall.objects.filter(pk=shown.pk).update(note="secret")
        RollCall.objects.filter(pk=shown.pk).update(note="open")
        assert history(shown).entries == []

        next_transaction()
        with attributed(reason="Reviewed.", by_name="ann"):
            publish(roll_calls=[RollCall.objects.get(pk=shown.pk)])

        (entry,) = history(shown).entries
        assert said(entry) == [("note", "none", "open"), ("Aland", "In favour", "Abstaining")]
        assert (entry.reason, entry.hidden_reason) == ("Reviewed.", "Under review.")
        assert entry.hidden_since is not None
        assert entry.hidden_since < entry.at

    def test_unpublishing_and_publishing_unchanged_is_an_entry_without_changes(self, shown: RollCall):
        unpublish(roll_calls=[shown])
        next_transaction()
        shown.refresh_from_db()
        publish(roll_calls=[shown])

        (entry,) = history(shown).entries
        assert said(entry) == []
        assert entry.hidden_since is not None

    def test_save_through_a_draft_is_one_change(self, shown: RollCall):
        with attributed(by_name="ann", reason="Misread."):
            unpublish(roll_calls=[shown])
            choose("QZA", "N")
            shown.refresh_from_db()
            publish(roll_calls=[shown])

        (entry,) = history(shown).entries
        assert said(entry) == [("Aland", "In favour", "Against")]
        assert (entry.who, entry.by, entry.reason, entry.hidden_since) == ("an editor", "ann", "Misread.", None)

    def test_editors_see_changes_while_unpublished(self, shown: RollCall):
        unpublish(roll_calls=[shown])
        next_transaction()
        choose("QZA", "N")

        assert [(entry.is_draft, said(entry)) for entry in history(shown, full=True).entries] == [
            (True, [("Aland", "In favour", "Against")]),
            (True, [("status", "published", "draft")]),
        ]

    def test_changes_while_unpublished_do_not_move_the_data_version(self, shown: RollCall):
        unpublish(roll_calls=[shown])
        execute("DELETE FROM votes_change WHERE transaction = pg_current_xact_id()")
        before = data_version()
        choose("QZA", "N")

        assert data_version() == before
        assert events()[-1] == ("vote", "a-vote", "QZA")


class TestWho:
    """Who and why, as far as it was said."""

    def test_change_without_attribution_names_the_database_role(self, shown: RollCall):
        choose("QZA", "N")

        (entry,) = history(shown).entries
        role = connection.settings_dict["USER"] or Revision.objects.get().role
        assert entry.who == f"someone with direct access to the database (role {role})"
        assert (entry.by, entry.reason) == ("", "")

    def test_attribution_applies_within_its_block_only(self, shown: RollCall):
        ann = User.objects.create(username="ann")
        with attributed(by=ann):
            choose("QZA", "N")
            with attributed(reason=" The verbatim record "):
                choose("QZA", "A")
            with attributed(by=ann):
                choose("QZB", "A")
        choose("QZB", "Y")

        assert [(e.by, e.reason, said(e)) for e in history(shown).entries] == [
            ("", "", [("Beland", "Abstaining", "In favour")]),
            ("ann", "The verbatim record", [("Aland", "Against", "Abstaining")]),
            ("ann", "", [("Aland", "In favour", "Against"), ("Beland", "Against", "Abstaining")]),
        ]

    def test_rolled_back_change_leaves_no_reason(self, shown: RollCall):
        def fail() -> None:
            with attributed(by_name="ann", reason="no"):
                choose("QZA", "N")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        choose("QZA", "A")

        assert [(e.by, e.reason, said(e)) for e in history(shown).entries] == [
            ("", "", [("Aland", "In favour", "Abstaining")])
        ]
        assert Revision.objects.count() == 1

    def test_change_by_a_command_names_it(self, shown: RollCall):
        with attributed(command="load_reference"):
            choose("QZA", "N")

        assert [entry.who for entry in history(shown).entries] == ["the command load_reference"]

    def test_history_takes_one_query(self, shown: RollCall, django_assert_num_queries: Any):
        for choice in "NAXY" * 3:
            choose("QZA", choice)
            next_transaction()
        found = RollCall.objects.get(pk=shown.pk)
        with django_assert_num_queries(1):
            assert len(history_of(found, NAMES).entries) == 12


@transactional
@pytest.mark.usefixtures("record")
class TestOtherWays:
    """By an import, and by somebody else's connection."""

    def test_import_is_named_and_a_first_import_leaves_no_history(self, tmp_path: Path):
        execute("TRUNCATE votes_historyevent")
        imported(ga_file(tmp_path / "1.csv", Stated("A/RES/79/1", votes="FRAY USAN")))
        assert events() == []

        imported(ga_file(tmp_path / "2.csv", Stated("A/RES/79/1", votes="FRAA USAN")), dry_run=True)
        assert events() == []
        imported(ga_file(tmp_path / "3.csv", Stated("A/RES/79/1", votes="FRAA USAN")))

        made = RollCall.objects.get(resolution__symbol="A/RES/79/1")
        (entry,) = history(made).entries
        assert ("FRA", "In favour", "Abstaining") in said(entry)
        run = ImportRun.objects.latest("pk")
        assert (entry.import_run, entry.by) == (run.pk, "somebody")
        assert entry.who == f"an import of {run.source}"

        run.delete()
        assert [entry.who for entry in history(made).entries] == ["an import"]

    def test_change_over_another_connection_names_its_role(self):
        made = RollCall.objects.get(slug="a-res-es-11-7")
        role = "plenary_test_clerk"
        execute(f"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'clerk'")
        tables = "votes_vote, votes_tally, votes_change, votes_rollcall, votes_memberstate, resolutions_resolution"
        execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}")
        try:
            parameters = {**connection.get_connection_params(), "user": role, "password": "clerk"}
            with psycopg.connect(**{k: v for k, v in parameters.items() if k != "cursor_factory"}) as psql:
                psql.execute(
                    "UPDATE votes_vote SET choice = 'A' WHERE roll_call_id = %s AND state_id = "
                    "(SELECT id FROM votes_memberstate WHERE code = 'USA')",
                    [made.pk],
                )
        finally:
            execute(f"DROP OWNED BY {role}; DROP ROLE {role}")

        (entry,) = history(made).entries
        assert entry.who == f"someone with direct access to the database (role {role})"
        assert entry.role == role
        assert said(entry) == [("USA", "Against", "Abstaining")]
        assert abs((Revision.objects.get().at - entry.at).total_seconds()) == 0

    def test_truncating_is_recorded(self):
        made = RollCall.objects.get(slug="a-res-es-11-7")
        draft = make_roll_call(votes={"USA": "Y"})
        execute("TRUNCATE votes_historyevent")
        votes = Vote.objects.count()
        with attributed(by_name="ann", reason="Start again."):
            execute("TRUNCATE votes_vote, votes_correction")

        (entry,) = history(made).entries
        assert said(entry) == [("all votes on record", str(votes - 1), "removed")]
        assert (entry.by, entry.reason, entry.amends) == ("ann", "Start again.", True)
        event = HistoryEvent.objects.get(kind="truncated", name="vote")
        assert (event.subject, event.old) == ("votes_vote", {"rows": votes, "followed": votes - 1})
        with transaction.atomic():
            publish_anyhow(draft)
        assert history(draft).entries == []

    def test_truncating_an_empty_table_is_not_recorded(self):
        execute("DELETE FROM votes_correction")
        execute("TRUNCATE votes_historyevent")
        execute("TRUNCATE votes_correction")

        assert events() == []

    def test_concurrent_changes_keep_their_own_attribution(self):
        made = RollCall.objects.get(slug="a-res-es-11-7")
        keys = {
            code: Vote.objects.get(roll_call=made, state__code=code).pk for code in ("FRA", "USA")
        }  # each of them writes one
        update = "UPDATE votes_vote SET choice = 'X' WHERE id = %s"
        with connected() as first, connected() as second:
            first.execute("SELECT set_config('plenary.because', '{\"reason\": \"one\"}', true)")
            first.execute(update, [keys["FRA"]])
            first.commit()
            second.execute(update, [keys["USA"]])
            first.execute("SELECT 1")
            second.commit()
            first.commit()

        assert sorted((e.reason, e.changes[0].name) for e in history(made).entries) == [("", "USA"), ("one", "FRA")]

    def test_removing_a_vote_waits_for_a_concurrent_publication(self):
        state = MemberState.objects.get(code="USA")
        draft = make_roll_call(votes={"USA": "Y"})
        with connected() as publisher, connected() as psql:
            publisher.execute("UPDATE votes_rollcall SET status = 'published' WHERE id = %s", [draft.pk])
            with pytest.raises(psycopg.errors.LockNotAvailable):
                psql.execute("DELETE FROM votes_vote WHERE roll_call_id = %s", [draft.pk])
            psql.rollback()
            publisher.commit()
            psql.execute("DELETE FROM votes_vote WHERE roll_call_id = %s", [draft.pk])
            psql.commit()

        assert all_said(draft) == [[(state.code, "In favour", "no entry")]]


def publish_anyhow(roll_call: RollCall) -> None:
    RollCall.objects.filter(pk=roll_call.pk).update(status="published")


@transactional
def test_migration_is_reversible():
    shown = make_roll_call(status="published", votes={make_state("QZA").code: "Y"})
    triggers = (
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname ~ '^(trail|publication)_' ORDER BY 1, 2"
    )

    before = rows(triggers)
    try:
        MigrationExecutor(connection).migrate([("votes", "0006_ideal_points")])
        assert rows(triggers) == []
        Vote.objects.update(choice="N")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    assert rows(triggers) == before
    # What was public before there was a history is followed from then on.
    Vote.objects.update(choice="A")
    assert all_said(shown) == [[("Aland", "Against", "Abstaining")]]


def test_every_public_column_has_a_label_and_exists():
    """What a model gains is either named as public or known not to be."""
    hidden = {"id", "status", "needs_status", "search_text", "search", "symbol_key", "symbol_loose", "symbol_sort"}
    for kind, model in MODELS.items():
        columns = {re.sub("^resolution$", "resolution_symbol", field.name) for field in model._meta.fields}
        assert columns - hidden - set(FIELDS[kind]) == set()
        assert set(FIELDS[kind]) - columns == set()


class TestAgainstReplaying(TestCase):
    """Whatever is done, the public entries lead from what the public first saw to what it sees now."""

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(["QZA", "QZB"]), st.sampled_from(["Y", "N", "A", "X", None])),
                st.sampled_from(["publish", "unpublish", "commit"]),
            ),
            max_size=12,
        )
    )
    def test_replaying_the_entries_gives_the_current_votes(self, steps: list[Any]):
        shown = long_published()
        public = seen = dict(shown.votes.values_list("state__code", "choice"))
        first = dict(public)
        for step in steps:
            if step == "commit":
                next_transaction()
            elif step == "publish":
                RollCall.objects.filter(pk=shown.pk).update(status="published")
            elif step == "unpublish":
                RollCall.objects.filter(pk=shown.pk).update(status="draft")
            else:
                code, choice = step
                Vote.objects.filter(roll_call=shown, state__code=code).delete()
                if choice:
                    record_votes_anyhow(shown, {code: choice})
            if RollCall.objects.get(pk=shown.pk).status == "published":
                public = dict(Vote.objects.filter(roll_call=shown).values_list("state__code", "choice"))
        seen = first
        for entry in history(shown).entries[::-1]:
            for change in entry.changes:
                assert seen.get(change.name) == change.old
                assert change.old != change.new
                seen = {**seen, change.name: change.new}
        assert {code: choice for code, choice in seen.items() if choice} == public


def test_history_cannot_be_updated_or_deleted(shown: RollCall):
    choose("QZA", "A")
    role = "plenary_test_writer"
    tables = "votes_historyevent, votes_revision"
    execute(f"CREATE ROLE {role}; GRANT SELECT, UPDATE, DELETE, TRUNCATE ON {tables} TO {role}")
    for what, statement in {
        "UPDATE of votes_historyevent": "UPDATE votes_historyevent SET id = id",
        "UPDATE of votes_revision": "UPDATE votes_revision SET id = id",
        "DELETE of votes_historyevent": "DELETE FROM votes_historyevent",
        "DELETE of votes_revision": "DELETE FROM votes_revision",
        "TRUNCATE of votes_historyevent": f"SET LOCAL ROLE {role}; TRUNCATE votes_historyevent",
        "TRUNCATE of votes_revision": f"SET LOCAL ROLE {role}; TRUNCATE votes_revision",
    }.items():
        refusal = f"The history is kept as it was written: {what} is refused"
        with pytest.raises(ProgrammingError, match=refusal), transaction.atomic():
            execute(statement)
    assert all_said(shown) == [[("Aland", "In favour", "Abstaining")]]

    execute(f"TRUNCATE {tables}")
    assert history(shown).entries == []
