"""Writing a plan: bulk loading against the slow way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from django.db import DataError, IntegrityError, connection, transaction

from resolutions.models import Resolution
from tests.votes.connections import rows
from tests.votes.importing.editions import Stated, contents, library, planned, rolled_back, taken, voeten, votes_of
from votes.importing import loading
from votes.importing.planning import Planner
from votes.importing.record import Record
from votes.importing.run import votes_by_roll_call
from votes.importing.writing import Written, write
from votes.models import Correction, MemberState, RollCall, Statement, Tally, Vote
from votes.record.version import data_version

pytestmark = pytest.mark.usefixtures("record")

SAID = (
    Stated("A/RES/79/1", number=1, date="2024-12-02", votes="CHNN FRAY GBRY RUSN USAA"),
    Stated("A/RES/79/2", number=2, date="2024-12-17", votes="CHNY FRAY USAX", topics=("human-rights",)),
    Stated("A/RES/79/3", number=3, date="2024-12-19", votes="", method="without-vote", drafts=("A/79/L.3",)),
)
CATALOGUE = """
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull::text
FROM pg_attribute WHERE attrelid = 'votes_vote'::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY 1, 2, 3
"""
# Triggers that keep foreign keys have names of their own each time, and are compared by what they do.
FOREIGN_KEYS = """
SELECT tgrelid::regclass::text, tgfoid::regproc::text, tgenabled::text, tgdeferrable, tginitdeferred, count(*)
FROM pg_trigger WHERE tgisinternal GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


def catalogue() -> list[tuple[Any, ...]]:
    return [*rows(CATALOGUE), *rows(FOREIGN_KEYS)]


@pytest.fixture
def _no_votes(record: None) -> None:
    Vote.objects.all().delete()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, _no_votes: None) -> list[str]:
    """Have even few votes loaded bare; return what was said to the table on the way."""
    monkeypatch.setattr(loading, "MANY", 1)
    said: list[str] = []
    plain = loading.Bare.__enter__

    def entered(self: loading.Bare) -> None:
        plain(self)
        said.append("bare")

    monkeypatch.setattr(loading.Bare, "__enter__", entered)
    return said


WRONG_VOTES = pytest.mark.parametrize(
    ("wrong", "error", "match"),
    [
        (lambda votes: votes.with_columns(choice=pl.lit("Q")), IntegrityError, "vote_choice"),
        (lambda votes: votes.with_columns(choice=pl.lit("YY")), DataError, "too long"),
        (lambda votes: pl.concat([votes, votes.head(1)]), IntegrityError, "one_vote_a_state_and_roll_call"),
        (
            lambda votes: votes.with_columns(ref=pl.lit(2, pl.UInt32)).unique("state"),
            IntegrityError,
            "recorded no votes",
        ),
        (
            lambda votes: votes.with_columns(state=pl.lit("QQQ")),
            pl.exceptions.InvalidOperationError,
            "replace_strict",
        ),
    ],
    ids=["no choice", "too long", "twice", "of a text without a vote", "of no state"],
)


class TestBare:
    """A record without votes."""

    def test_bulk_load_equals_the_slow_way(self, bare: list[str], monkeypatch: pytest.MonkeyPatch):
        with rolled_back():
            taken(library(*SAID))
            assert bare == ["bare"]
            fast = contents(landmarks=True), sorted(Tally.objects.values_list("roll_call__slug", "cast")), statements()
        monkeypatch.setattr(loading, "MANY", 10**9)

        taken(library(*SAID))

        assert bare == ["bare"]
        slow = contents(landmarks=True), sorted(Tally.objects.values_list("roll_call__slug", "cast")), statements()
        assert fast == slow
        assert votes_of("a-res-79-1") == "CHNN FRAY GBRY RUSN USAA"
        assert str(Tally.objects.get(roll_call__slug="a-res-79-2")) == "2-0-0"
        assert Vote.objects.count() == 8

    def test_bulk_load_restores_constraints_indexes_and_triggers(self, bare: list[str]):
        before = catalogue()

        taken(library(*SAID))

        assert bare == ["bare"]
        assert catalogue() == before
        kinds = {(row[0], row[2]) for row in before if row[1] == "votes_vote"}
        assert {("trigger", "tally_insert"), ("trigger", "note_insert"), ("constraint", "vote_choice")} <= kinds
        assert ("constraint", "correction_of_vote") in {(row[0], row[2]) for row in before}

    def test_constraints_are_enforced_after_a_bulk_load(self, bare: list[str]):
        taken(library(*SAID))
        vote = Vote.objects.get(roll_call__slug="a-res-79-1", state__code="CHN")

        with pytest.raises(IntegrityError, match="vote_choice"), transaction.atomic():
            Vote.objects.filter(pk=vote.pk).update(choice="Q")
        with pytest.raises(IntegrityError, match="one_vote_a_state"), transaction.atomic():
            Vote.objects.create(roll_call=vote.roll_call, state=vote.state, choice="Y")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="correction_of_vote"), transaction.atomic():
            Correction.objects.create(roll_call=vote.roll_call, state=MemberState.objects.get(code="BRA"), intended="Y")
        vote.delete()
        assert str(Tally.objects.get(roll_call__slug="a-res-79-1")) == "2-1-1"

    @WRONG_VOTES
    def test_invalid_vote_fails_the_whole_bulk_load(
        self,
        bare: list[str],
        wrong: Callable[[pl.DataFrame], pl.DataFrame],
        error: type[Exception],
        match: str,
    ):
        before = contents(landmarks=True), catalogue()
        edition = library(*SAID)
        edition.votes = wrong(edition.votes)

        with pytest.raises(error, match=match):
            taken(edition)

        assert (contents(landmarks=True), catalogue()) == before

    def test_bulk_load_also_adds_votes_to_roll_calls_on_record(self, bare: list[str]):
        taken(library(replace(SAID[0], votes="", method="non-recorded", totals=(2, 2, 1, 0))))

        taken(library(*SAID))

        assert bare == ["bare"]
        assert votes_of("a-res-79-1") == SAID[0].votes
        assert str(Tally.objects.get(roll_call__slug="a-res-79-1")) == "2-2-1"

    @pytest.mark.usefixtures("_no_votes")
    def test_few_votes_are_not_loaded_in_bulk(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(loading, "Bare", None)

        taken(library(*SAID))

        assert votes_of("a-res-79-1") == SAID[0].votes


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have even few votes come together into the live record; return what ways they took."""
    monkeypatch.setattr(loading, "MANY", 1)
    monkeypatch.setattr(loading, "Bare", None)
    said: list[str] = []
    plain = loading.Together.__enter__

    def entered(self: loading.Together) -> None:
        plain(self)
        said.append("together")

    monkeypatch.setattr(loading.Together, "__enter__", entered)
    return said


class TestTogether:
    """A live record, into which many votes come by somebody who may have them checked as one set."""

    def test_batch_check_equals_the_slow_way(self, together: list[str], monkeypatch: pytest.MonkeyPatch):
        with rolled_back():
            taken(library(*SAID))
            fast = contents(landmarks=True), statements()
        monkeypatch.setattr(loading, "MANY", 10**9)

        taken(library(*SAID))

        assert together == ["together"]
        assert (contents(landmarks=True), statements()) == fast
        assert votes_of("a-res-79-1") == "CHNN FRAY GBRY RUSN USAA"
        assert str(Tally.objects.get(roll_call__slug="a-res-79-2")) == "2-0-0"

    def test_triggers_fire_again_after_a_batch_check(self, together: list[str]):
        before = catalogue()

        taken(library(*SAID))

        assert (together, catalogue()) == (["together"], before)
        assert rows("SHOW session_replication_role") == [("origin",)]
        Vote.objects.get(roll_call__slug="a-res-79-1", state__code="CHN").delete()
        assert str(Tally.objects.get(roll_call__slug="a-res-79-1")) == "2-1-1"

    @WRONG_VOTES
    def test_invalid_vote_fails_the_whole_batch(
        self,
        together: list[str],
        wrong: Callable[[pl.DataFrame], pl.DataFrame],
        error: type[Exception],
        match: str,
    ):
        before = contents(landmarks=True)
        edition = library(*SAID)
        edition.votes = wrong(edition.votes)

        with pytest.raises(error, match=match):
            taken(edition)

        assert contents(landmarks=True) == before
        assert rows("SHOW session_replication_role") == [("origin",)]

    def test_vote_of_an_unknown_state_fails_the_whole_batch(self, together: list[str]):
        edition, record = library(*SAID), Record.read()
        record.states["CHN"] = 10**9
        plan = Planner(record, edition, votes_by_roll_call(edition.votes)).make()

        with (
            pytest.raises(IntegrityError, match="2 votes refer to an unknown roll call or member state"),
            transaction.atomic(),
        ):
            write(plan, record, edition, lambda done, total: None)

        assert together == ["together"]
        assert not RollCall.objects.filter(slug="a-res-79-1").exists()

    def test_batch_moves_the_data_version(self, together: list[str]):
        with rolled_back():
            rows("DELETE FROM votes_change RETURNING 1")
            taken(library(*SAID))
            assert data_version() == 1

    def test_without_the_privilege_each_vote_is_checked_singly(self, together: list[str]):
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE plain")
            cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
            cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO plain")
            cursor.execute("SET LOCAL ROLE plain")

            taken(library(*SAID))

            cursor.execute("RESET ROLE")
        assert together == []
        assert votes_of("a-res-79-1") == SAID[0].votes
        assert str(Tally.objects.get(roll_call__slug="a-res-79-1")) == "2-2-1"


def statements() -> list[tuple[Any, ...]]:
    return list(
        Statement.objects.order_by("roll_call__slug").values_list(
            "roll_call__slug", "source__slug", "format", "reference", "symbol_key", "facts", "votes"
        )
    )


class TestWrite:
    """What is written, and what is told of it."""

    def test_writing_reports_counts_and_progress(self):
        taken(library(SAID[0]))
        edition = library(replace(SAID[0], votes="BRAY CHNN FRAN RUSN USAA"), SAID[1])
        record = Record.read()
        told: list[tuple[int, int]] = []

        plan = Planner(record, edition, votes_by_roll_call(edition.votes)).make()
        written = write(plan, record, edition, lambda done, total: told.append((done, total)))

        assert written == Written(votes_added=4, votes_changed=1, votes_removed=1)
        assert told == [(0, 3), (3, 3)]

    def test_no_progress_is_reported_without_votes_to_add(self):
        taken(library(SAID[0]))
        edition, record = library(replace(SAID[0], title="Otherwise")), Record.read()
        told: list[tuple[int, int]] = []

        plan = Planner(record, edition, votes_by_roll_call(edition.votes)).make()
        write(plan, record, edition, lambda done, total: told.append((done, total)))

        assert told == []

    def test_any_text_is_written_unchanged(self):
        strange = "a\tb\nc\\N\\d “e” 'f' , ; \u2028 \\."
        said = replace(SAID[0], title=strange, note="\\N", agenda=strange)

        taken(library(said))

        text = Resolution.objects.get(symbol="A/RES/79/1")
        assert (text.title, text.agenda, RollCall.objects.get(slug="a-res-79-1").note) == (strange, strange, "\\N")
        assert planned(library(said)).is_empty

    def test_primary_keys_come_from_the_sequences(self):
        taken(library(*SAID))

        for model in (Resolution, RollCall, Vote, Statement):
            last = model._default_manager.order_by("-pk").first()
            assert last
            assert rows(f"SELECT last_value FROM {model._meta.db_table}_id_seq") == [(last.pk,)]  # noqa: S608
        more = Resolution.objects.create(body=RollCall.objects.all()[0].body, symbol="A/RES/79/77", title="More")
        assert more.pk > Resolution.objects.get(symbol="A/RES/79/3").pk

    def test_refusal_by_the_database_is_a_django_error(self):
        long = replace(SAID[0], meeting="A/79/PV." + "1" * 40)

        with pytest.raises(DataError, match="too long"):
            taken(library(long))

    def test_roll_calls_without_a_text_are_found_by_their_title(self):
        taken(voeten(Stated("", number=9, kind="motion", title="Motion to adjourn")))

        assert [r.slug for r in RollCall.objects.search("adjourn")] == ["ga-2024-12-17-1"]
