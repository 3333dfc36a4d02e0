"""The data version moves with every commit of public data, in commit order, and with nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from resolutions.models import Body, OtherSymbol, Resolution, Session, Topic
from tests.factories import (
    make_bloc,
    make_body,
    make_membership,
    make_resolution,
    make_roll_call,
    make_source,
    make_state,
)
from tests.votes.connections import connected, execute, rows
from tests.votes.importing.editions import Stated, ga_file, imported
from tests.waiting import wait_until
from votes.editing.publishing import publish, unpublish
from votes.editing.votes import record_votes
from votes.exporting.package import current_version
from votes.models import (
    Bloc,
    BodyMembership,
    Correction,
    Finding,
    ImportRun,
    MemberState,
    RetiredAddress,
    RollCall,
    Source,
    Statement,
    StateName,
    Tally,
    Vote,
)
from votes.record.version import VERSION, data_version, fold

transactional = pytest.mark.django_db(transaction=True)


@contextmanager
def moving(by: int) -> Iterator[None]:
    """Expect the version to move by so much."""
    before = data_version()
    yield
    assert data_version() - before == by


class Record:
    """A published roll call with a text, a vote and all that may hang on them, and the same as a draft."""

    def __init__(self, status: str) -> None:
        self.state = make_state()
        self.session = Session.objects.create(
            body=make_body(), code=f"{status[:3]}", name=status, number=900 + len(status)
        )
        self.topic = Topic.objects.create(slug=status, name=status)
        self.text = make_resolution(f"A/RES/99/{len(status)}", status=status)
        self.roll_call = make_roll_call(
            f"a-{status}-one", resolution=self.text, status=status, votes={self.state.code: "Y"}
        )
        self.vote = Vote.objects.get(roll_call=self.roll_call)
        self.other = OtherSymbol.objects.create(resolution=self.text, symbol="A/99/L.1")
        self.text.topics.add(self.topic)
        self.correction = Correction.objects.create(roll_call=self.roll_call, state=self.state, intended="N")
        self.statement = Statement.objects.create(
            roll_call=self.roll_call, source=make_source(), format="ga-voting", reference="1", facts={}
        )
        self.finding = Finding.objects.create(
            kind="totals", key=status, origin="record", roll_call=self.roll_call, resolution=self.text
        )
        self.of_text = Finding.objects.create(
            kind="totals", key=f"{status} text", origin="record", resolution=self.text
        )


@pytest.fixture
def shown(db: None) -> Record:
    return Record("published")


@pytest.fixture
def draft(db: None) -> Record:
    return Record("draft")


TOUCHES: dict[str, Callable[[Record], object]] = {
    "the title of a text": lambda r: Resolution.objects.filter(pk=r.text.pk).update(title="x"),
    "a text saved": lambda r: r.text.save(),
    "a topic added": lambda r: r.text.topics.add(Topic.objects.create(slug="new", name="new")),
    "topics cleared": lambda r: r.text.topics.clear(),
    "a symbol changed": lambda r: OtherSymbol.objects.filter(pk=r.other.pk).update(kind="variant"),
    "a symbol removed": lambda r: r.other.delete(),
    "a note": lambda r: RollCall.objects.filter(pk=r.roll_call.pk).update(note="x"),
    "a roll call saved": lambda r: r.roll_call.save(),
    "a vote changed": lambda r: Vote.objects.filter(pk=r.vote.pk).update(choice="N"),
    "a vote added": lambda r: Vote.objects.create(roll_call=r.roll_call, state=make_draft_state(), choice="N"),
    "a correction changed": lambda r: Correction.objects.filter(pk=r.correction.pk).update(intended="A"),
    "a correction removed": lambda r: r.correction.delete(),
    "a statement changed": lambda r: Statement.objects.filter(pk=r.statement.pk).update(votes="FRAY"),
    "a statement removed": lambda r: r.statement.delete(),
    "a finding acknowledged": lambda r: Finding.objects.filter(pk=r.finding.pk).update(reason="x"),
    "a finding of a text": lambda r: Finding.objects.filter(pk=r.of_text.pk).update(reason="x"),
    "a finding removed": lambda r: r.finding.delete(),
    "the roll call removed": lambda r: (r.correction.delete(), r.roll_call.delete()),
}
OF_DRAFTS = {name: touch for name, touch in TOUCHES.items() if name != "a topic added"}  # a new topic is public


def make_draft_state() -> MemberState:
    """Return a state that is there already, for a new one is public."""
    return MemberState.objects.get(code="QZZ")


class TestWhatMovesIt:
    """Everything public, and no draft."""

    @pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
    def test_change_of_a_published_roll_call_or_text_moves_the_version(
        self, touch: Callable[[Record], object], shown: Record
    ):
        make_state("QZZ")
        start_transaction()
        with moving(by=1):
            touch(shown)

    @pytest.mark.parametrize("touch", OF_DRAFTS.values(), ids=OF_DRAFTS)
    def test_change_of_a_draft_does_not_move_the_version(self, touch: Callable[[Record], object], draft: Record):
        make_state("QZZ")
        start_transaction()
        with moving(by=0):
            touch(draft)

    @pytest.mark.parametrize(
        "touch",
        [
            lambda: Body.objects.filter(code="GA").update(name="x"),
            lambda: Session.objects.create(body=Body.objects.get(code="GA"), code="98", name="x", number=98),
            lambda: Topic.objects.create(slug="new", name="x"),
            lambda: Source.objects.filter(slug="voeten").update(note="x"),
            lambda: make_state("QZZ"),
            lambda: MemberState.objects.get(code="FRA").successors.add(MemberState.objects.get(code="USA")),
            lambda: StateName.objects.create(
                state=MemberState.objects.get(code="FRA"), name="Gaul", until="1900-01-01"
            ),
            lambda: BodyMembership.objects.filter(state__code="FRA").update(note="x"),
            lambda: make_bloc("new"),
            lambda: make_membership(bloc=Bloc.objects.get(slug="eu"), state=MemberState.objects.get(code="USA")),
            lambda: Finding.objects.create(kind="bloc-dates", key="x", origin="record"),
            lambda: RetiredAddress.objects.create(slug="gone", kind="withdrawn", reason="x"),
        ],
        ids=[
            *("body", "session", "topic", "source", "state", "successor", "name", "seat", "bloc", "membership"),
            *("finding", "retired address"),
        ],
    )
    @pytest.mark.usefixtures("record")
    def test_change_of_reference_data_moves_the_version(self, touch: Callable[[], object]):
        start_transaction()
        with moving(by=1):
            touch()

    def test_publishing_and_unpublishing_move_the_version(self, draft: Record):
        start_transaction()
        with moving(by=1):
            publish(roll_calls=[draft.roll_call])
        start_transaction()
        with moving(by=1):
            unpublish(roll_calls=[draft.roll_call])

    def test_moving_a_vote_between_draft_and_published_moves_the_version(self, draft: Record, shown: Record):
        draft.correction.delete()
        for target in (shown, draft):
            start_transaction()
            with moving(by=1):
                Vote.objects.filter(pk=draft.vote.pk).update(roll_call=target.roll_call)

    def test_reading_or_touching_no_row_does_not_move_the_version(self, shown: Record):
        start_transaction()
        with moving(by=0):
            list(Vote.objects.all())
            RollCall.objects.filter(slug="nothing").update(note="x")
            Vote.objects.filter(roll_call__slug="nothing").delete()
            Resolution.objects.bulk_create([])
            execute("INSERT INTO resolutions_topic (slug, name) SELECT slug, name FROM resolutions_topic WHERE false")
            execute("UPDATE votes_vote SET choice = 'Y' WHERE false")
            execute("SELECT * FROM votes_rollcall FOR UPDATE")

    def test_upsert_without_effect_does_not_move_the_version(self, shown: Record):
        start_transaction()
        with moving(by=0):
            execute(
                "INSERT INTO resolutions_topic (slug, name) VALUES (%s, 'x') ON CONFLICT DO NOTHING", shown.topic.slug
            )
        with moving(by=1):
            execute(
                "INSERT INTO resolutions_topic (slug, name) VALUES (%s, 'x') "
                "ON CONFLICT (slug) DO UPDATE SET name = 'y'",
                shown.topic.slug,
            )

    def test_change_of_internal_tables_does_not_move_the_version(self, shown: Record):
        start_transaction()
        with moving(by=0):
            Tally.objects.filter(roll_call=shown.roll_call).update(yes=1)
            ImportRun.objects.create(
                state="checked", format="ga-voting", started="2025-01-01T00:00Z", finished="2025-01-01T00:00Z", files=[]
            )
        with moving(by=0):  # It changed nothing; see ImportRunQuerySet.public.
            ImportRun.objects.update(state="done")
        with moving(by=1):
            ImportRun.objects.update(votes_changed=1)


def start_transaction() -> None:
    """Have what follows counted as a transaction of its own."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")
    execute("DELETE FROM votes_change WHERE transaction = pg_current_xact_id()")


MERGE = """
MERGE INTO votes_vote v USING votes_rollcall r ON v.roll_call_id = r.id WHEN MATCHED THEN UPDATE SET choice = 'X'
"""
COPY = "COPY votes_vote (roll_call_id, state_id, choice) FROM STDIN"


class TestEveryWay:
    """By whatever way it is written."""

    @pytest.mark.parametrize(
        "ways",
        [
            ["UPDATE votes_rollcall SET note = 'x'"],
            ["DELETE FROM votes_correction", "DELETE FROM votes_vote"],
            ["TRUNCATE votes_vote CASCADE"],
            ["TRUNCATE votes_finding"],
            ["TRUNCATE resolutions_resolution CASCADE"],
            ["WITH changed AS (UPDATE votes_vote SET choice = 'A' RETURNING id) SELECT count(*) FROM changed"],
            [MERGE],
        ],
        ids=["update", "delete", "truncate", "truncate findings", "truncate cascade", "with", "merge"],
    )
    def test_sql_that_changes_public_data_moves_the_version(self, ways: list[str], shown: Record):
        start_transaction()
        with moving(by=1):
            for way in ways:
                execute(way)

    def test_truncating_empty_or_draft_rows_does_not_move_the_version(self, draft: Record):
        start_transaction()
        with moving(by=0):
            execute("TRUNCATE votes_correction")
            execute("TRUNCATE votes_correction")
            execute("TRUNCATE votes_statement")

    def test_copy_of_votes_moves_the_version(self, shown: Record):
        state = make_state("QZZ")
        start_transaction()
        with moving(by=1), connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write_row((shown.roll_call.pk, state.pk, "A"))

    def test_copy_of_votes_of_a_draft_does_not_move_the_version(self, draft: Record):
        state = make_state("QZZ")
        start_transaction()
        with moving(by=0), connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write_row((draft.roll_call.pk, state.pk, "A"))


@transactional
@pytest.mark.usefixtures("record")
class TestTransactions:
    """One row a transaction, and none of what was taken back."""

    def test_transaction_moves_the_version_once(self):
        topic = Topic.objects.all()[0]
        with moving(by=1), transaction.atomic():
            for name in ("a", "b", "c"):
                topic.name = name
                topic.save()
                Body.objects.update(name=name)
        with moving(by=3):
            for name in ("a", "b", "c"):
                topic.name = name
                topic.save()

    def test_rolled_back_change_does_not_move_the_version(self):
        with moving(by=0):
            with transaction.atomic():
                Topic.objects.update(name="x")
                transaction.set_rollback(True)
            with pytest.raises(IntegrityError):
                Topic.objects.update(slug="the same")

    def test_rolled_back_savepoint_does_not_hide_a_committed_change(self):
        draft = make_roll_call()
        with moving(by=0), transaction.atomic():
            RollCall.objects.filter(pk=draft.pk).update(note="x")
            with transaction.atomic():
                Topic.objects.update(name="x")
                transaction.set_rollback(True)
        with moving(by=1), transaction.atomic():
            with transaction.atomic():
                Topic.objects.update(name="x")
                transaction.set_rollback(True)
            Topic.objects.update(name="y")
        with moving(by=1), transaction.atomic():
            Topic.objects.update(name="x")
            with transaction.atomic():
                Topic.objects.update(name="y")
                transaction.set_rollback(True)

    def test_transaction_sees_its_own_version(self):
        before = data_version()
        with transaction.atomic():
            Topic.objects.update(name="x")
            assert data_version() == before + 1

    def test_import_moves_the_version_once_and_a_dry_run_does_not(self, tmp_path: Path):
        Vote.objects.all().delete()
        name = ga_file(tmp_path / "ga.csv", Stated("A/RES/79/1"), Stated("A/RES/79/2", number=2))
        with moving(by=0):
            imported(name, dry_run=True)
        with moving(by=1):
            imported(name)
        with moving(by=0):
            imported(name)
        assert ImportRun.objects.count() == 2 * ImportRun.objects.public().count() == 2

    def test_saving_a_sheet_moves_the_version_once(self):
        roll_call = RollCall.objects.get(slug="a-res-es-11-7")
        choices = dict(roll_call.votes.values_list("state__code", "choice"))
        with moving(by=0):
            assert record_votes(roll_call=roll_call, choices=choices) == 0
        with moving(by=1):
            assert record_votes(roll_call=roll_call, choices={**choices, "USA": "A", "FRA": "X"}) == 2

    def test_reading_the_version_takes_one_query(self, django_assert_num_queries: Any):
        with django_assert_num_queries(1):
            assert isinstance(data_version(), int)


SEE = "SELECT (SELECT count(*) FROM votes_change), (SELECT string_agg(name, ',' ORDER BY slug) FROM resolutions_topic)"


@transactional
@pytest.mark.usefixtures("record")
class TestCommitOrder:
    """A number belongs to exactly its data, whoever began first."""

    def test_overlapping_transactions_get_versions_in_commit_order(self):
        Topic.objects.all().delete()
        Topic.objects.bulk_create(Topic(slug=slug, name="old") for slug in ("a", "b"))
        start = data_version()
        with connected() as first, connected() as second, connected() as reader, connected() as careful:
            seen: list[tuple[int, str]] = []

            def see(who: psycopg.Connection[Any] = reader) -> None:
                row = who.execute(SEE).fetchone()
                assert row
                seen.append((row[0] - start, row[1]))

            careful.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            see(careful)
            first.execute("UPDATE resolutions_topic SET name = 'first' WHERE slug = 'a'")
            second.execute("UPDATE resolutions_topic SET name = 'second' WHERE slug = 'b'")  # does not wait
            see()
            second.commit()
            see()
            first.commit()
            see()
            see(careful)
            careful.commit()
            see(careful)

        assert seen == [
            (0, "old,old"),
            (0, "old,old"),
            (1, "old,second"),
            (2, "first,second"),
            (0, "old,old"),
            (2, "first,second"),
        ]

    def test_no_version_names_two_states_of_the_data(self):
        Topic.objects.all().delete()
        Topic.objects.bulk_create(Topic(slug=slug, name="old") for slug in "abcd")
        named: dict[int, set[str]] = {}
        writers = {slug: connected() for slug in "abcd"}
        with connected() as reader:

            def look() -> None:
                row = reader.execute(SEE).fetchone()
                reader.commit()
                assert row
                named.setdefault(row[0], set()).add(row[1])

            for number in range(3):
                for slug, writer in writers.items():
                    writer.execute("UPDATE resolutions_topic SET name = %s WHERE slug = %s", [str(number), slug])
                    look()
                for slug in ("dacb", "bdca", "acbd")[number]:
                    writers[slug].rollback() if (slug, number) == ("c", 1) else writers[slug].commit()
                    look()
        for writer in writers.values():
            writer.close()

        assert all(len(states) == 1 for states in named.values())
        assert len(named) == 12

    def test_an_editor_does_not_wait_for_an_import(self, tmp_path: Path):
        made = make_roll_call(status="published")
        with connected() as editor:

            def edit(*_: object) -> None:
                editor.execute("UPDATE votes_rollcall SET note = note || 'x' WHERE id = %s", [made.pk])
                editor.commit()

            imported(ga_file(tmp_path / "ga.csv", Stated("A/RES/79/1")), progress=edit)

        assert RollCall.objects.get(pk=made.pk).note == "xx"


@transactional
@pytest.mark.usefixtures("record")
class TestFolding:
    """Many rows become one, and nobody sees another number for it."""

    def test_folding_keeps_the_version_and_its_day(self):
        Topic.objects.create(slug="peace", name="Peace")
        for name in "abcde":
            Topic.objects.filter(slug="peace").update(name=name)
        before = current_version()
        topic = "UPDATE resolutions_topic SET name = %s WHERE slug = 'peace'"
        with connected() as careful, connected() as writer:
            writer.execute(topic, ["under way"])
            careful.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            early = careful.execute(VERSION).fetchone()

            # An older transaction anywhere in the cluster, in another database too, holds folding back.
            held_back = "SELECT 1 FROM votes_change WHERE transaction >= pg_snapshot_xmin(pg_current_snapshot())"
            wait_until(lambda: not rows(held_back))
            folded = fold(more_than=3)

            assert current_version() == before
            assert careful.execute(VERSION).fetchone() == early == (before.number,)
            writer.commit()
            assert data_version() == before.number + 1
            careful.commit()
            assert careful.execute(VERSION).fetchone() == (before.number + 1,)
        assert folded >= 5
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM votes_change")
            assert cursor.fetchone() == (2,)

    def test_few_rows_are_not_folded(self):
        assert (fold(), fold(more_than=10_000)) == (0, 0)


@transactional
def test_migration_is_reversible():
    with moving(by=1):
        Body.objects.create(code="X", name="x")
    triggers = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'note_%' ORDER BY 1, 2"

    before = rows(triggers)
    try:
        MigrationExecutor(connection).migrate([("votes", "0003_imports")])
        assert rows(triggers) == []
        Body.objects.filter(code="X").update(name="y")
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('votes_change'), to_regproc('votes_note_change')")
            assert cursor.fetchone() == (None, None)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    assert rows(triggers) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^(resolutions|votes)_'")
        tables = {table for (table,) in cursor.fetchall()}
    events = ("note_delete", "note_insert", "note_truncate", "note_update")
    # A tally is its votes counted, and moves with them. The history is written by what moves it, and holds what happens
    # out of public view, which does not.
    history = {"votes_historyevent", "votes_publication", "votes_revision"}
    # Who entered what is for editors.
    entered = {"votes_rollcall_entered_by", "resolutions_resolution_entered_by"}
    # So is what is proposed, reported or sent back.
    entered |= {"votes_amendment", "votes_errorreport", "votes_returneddraft"}
    watched = sorted(tables - history - entered - {"votes_change", "votes_tally"})
    assert before == [(table, event) for table in watched for event in events]
    assert data_version() == 1, "the sources got another precedence on the way"
    with moving(by=1):
        Body.objects.filter(code="X").delete()
