"""Keeping findings in step with the checks."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from tests.factories import make_bloc, make_roll_call, make_state
from tests.votes.verification.conftest import make_statement
from votes.models import Finding, ImportRun, RollCall
from votes.verification.acknowledgement import acknowledge, withdraw
from votes.verification.check import Changes, check_record, counts, replace_findings
from votes.verification.finding import NewFinding, fit

pytestmark = pytest.mark.django_db


def found(key: str = "totals:a", details: dict[str, Any] | None = None, **subject: int) -> NewFinding:
    return NewFinding("totals", key, details or {"differences": [["Y", 1, 2]]}, **subject)


def step(*rows: NewFinding, origin: str = "a-file", run: ImportRun | None = None) -> tuple[int, int, int, int]:
    changes = replace_findings(origin=origin, found=rows, run=run)
    return (changes.added, changes.changed, changes.removed, changes.unchanged)


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor")


def make_run() -> ImportRun:
    now = timezone.now()
    return ImportRun.objects.create(format="ga-voting", started=now, finished=now, by_name="x", files=[])


class TestStepping:
    """What is written, and what is not."""

    def test_findings_are_added_kept_changed_and_removed(self):
        assert step(found("a"), found("b"), found("c")) == (3, 0, 0, 0)
        assert step(found("b"), found("c", {"differences": []}), found("d")) == (1, 1, 1, 1)
        assert sorted(Finding.objects.filter(origin="a-file").values_list("key", "details")) == [
            ("b", {"differences": [["Y", 1, 2]]}),
            ("c", {"differences": []}),
            ("d", {"differences": [["Y", 1, 2]]}),
        ]

    def test_unchanged_findings_write_nothing(self, django_assert_num_queries):
        roll_call = make_roll_call()
        rows = [found("a", {"pair": ("x", None), "number": 1.5}, roll_call_id=roll_call.pk), found("b")]
        step(*rows)
        before = list(Finding.objects.order_by("pk").values())

        # The lock, and what is known.
        with django_assert_num_queries(4) as queries:
            assert step(*rows) == (0, 0, 0, 2)
        assert [q["sql"].split()[0] for q in queries] == ["SAVEPOINT", "LOCK", "SELECT", "RELEASE"]
        assert list(Finding.objects.order_by("pk").values()) == before
        assert not Changes(0, 0, 0, 2).wrote

    def test_findings_of_other_origins_are_kept(self):
        step(found("a"))
        step(found("b"), origin="another")
        step(origin="another")

        assert list(Finding.objects.values_list("key", flat=True)) == ["a"]

    def test_acknowledgement_lasts_while_the_details_are_unchanged(self, editor: User):
        step(found("a"), found("b"))
        rows = {row.key: row for row in Finding.objects.all()}
        assert acknowledge(seen={row.pk: row.found for row in rows.values()}, reason=" As printed. ", by=editor)

        step(found("a"), found("b", {"differences": [["Y", 1, 3]]}))

        same, changed = Finding.objects.order_by("key")
        assert (same.reason, same.acknowledged_by) == ("As printed.", editor)
        assert same.acknowledged_at
        assert same.found == rows["a"].found
        # It must be looked at again; what was said stays for who looks.
        assert (changed.reason, changed.acknowledged_by, changed.acknowledged_at) == ("As printed.", None, None)
        assert changed.found > rows["b"].found
        assert list(Finding.objects.open()) == [changed]

    def test_finding_moved_to_another_vote_stays_acknowledged(self, editor: User):
        one, other = make_roll_call(), make_roll_call()
        step(found("a", roll_call_id=one.pk))
        row = Finding.objects.get()
        acknowledge(seen={row.pk: row.found}, reason="As printed.", by=editor)

        assert step(found("a", roll_call_id=other.pk)) == (0, 1, 0, 0)

        row.refresh_from_db()
        assert row.roll_call_id == other.pk
        assert row.acknowledged_at

    def test_finding_names_the_run_that_found_its_details(self):
        first, second = make_run(), make_run()
        step(found("a"), found("b"), run=first)
        step(found("a"), found("b", {"differences": []}), run=second)

        assert dict(Finding.objects.values_list("key", "run")) == {"a": first.pk, "b": second.pk}

    def test_first_finding_of_a_key_is_kept(self):
        assert step(found("a", {"differences": [1]}), found("a", {"differences": [2]})) == (1, 0, 0, 0)
        assert Finding.objects.get().details == {"differences": [1]}

    def test_long_keys_stay_distinct_when_shortened(self):
        one, other = "k" * 400 + "a", "k" * 400 + "b"

        assert fit("k" * 300) == "k" * 300
        assert len(fit(one)) == len(fit(other)) == 300
        assert fit(one) != fit(other)
        assert fit(fit(one)) == fit(one)
        assert step(found(one), found(other)) == (2, 0, 0, 0)
        assert step(found(one), found(other)) == (0, 0, 0, 2)

    def test_longest_names_fit_the_columns(self):
        slug = "s" * 120
        taken = make_roll_call(slug, result="adopted")
        make_statement(taken, source="o" * 50, result="rejected")

        check_record()

        assert Finding.objects.get(kind="sources").key == f"sources:{slug}:{'o' * 50}:ga-voting"


class TestRecord:
    """All checks together."""

    @pytest.fixture
    def everything(self) -> RollCall:
        """Write a record with something wrong of most kinds."""
        make_state("QQA")
        taken = make_roll_call(
            "a-vote", votes={"QQA": "N"}, announced=(1, 0, 0, 0), result="adopted", status="published"
        )
        make_statement(taken, result="rejected")
        make_statement(make_roll_call("a-draft", kind="motion"))
        make_roll_call("empty", kind="motion", status="published")
        make_bloc("qqa")
        return taken

    def test_every_check_is_run_and_counted(self, everything: RollCall):
        checked = check_record()

        assert checked.counts == {
            "totals": (1, 0),
            "electorate": (1, 0),
            "sources": (1, 0),
            "result": (1, 0),
            "no-votes": (1, 0),
            "no-symbol": (1, 0),
            "bloc-dates": (1, 0),
            "unmatched": (1, 0),
        }
        assert checked.open == 8
        assert checked.changes == Changes(added=8, changed=0, removed=0, unchanged=0)
        assert set(Finding.objects.values_list("origin", flat=True)) == {Finding.RECORD}
        assert all(str(finding) for finding in Finding.objects.all())

    def test_fixed_findings_are_removed_and_others_not_rewritten(self, everything: RollCall):
        check_record()
        everything.votes.update(choice="Y")

        assert check_record().changes == Changes(added=0, changed=0, removed=2, unchanged=6)
        assert check_record().changes == Changes(added=0, changed=0, removed=0, unchanged=6)

    def test_findings_of_files_are_kept_and_counted(self, everything: RollCall, editor: User):
        step(found("a"), origin="ga-voting")
        row = Finding.objects.get()
        acknowledge(seen={row.pk: row.found}, reason="As printed.", by=editor)

        assert check_record().counts["totals"] == (1, 1)
        assert counts()["totals"] == (1, 1)

    def test_query_count_does_not_grow_with_roll_calls(self, everything: RollCall, django_assert_num_queries):
        check_record()
        with django_assert_num_queries(28):
            check_record()
        for at in range(5):
            other = make_roll_call(f"vote-{at}", votes={"QQA": "N"}, announced=(1, 0, 0, 0), result="adopted")
            make_statement(other, result="rejected", votes="QQAA")
        check_record()
        with django_assert_num_queries(28):
            check_record()

    def test_failed_check_leaves_the_findings_unchanged(self, everything: RollCall):
        check_record()
        everything.votes.update(choice="Y")

        def broken():
            yield found("x")
            raise RuntimeError("lost")

        with pytest.raises(RuntimeError, match="lost"):
            check_record(checks=[broken])
        assert Finding.objects.count() == 8


class TestAcknowledging:
    """Why a finding may stand."""

    def test_acknowledging_needs_a_reason(self, editor: User):
        step(found("a"))
        row = Finding.objects.get()
        with pytest.raises(ValueError, match="with a reason"):
            acknowledge(seen={row.pk: row.found}, reason=" \n", by=editor)

    def test_finding_changed_since_it_was_seen_is_not_acknowledged(self, editor: User):
        step(found("a"), found("b"))
        seen = {row.pk: row.found for row in Finding.objects.all()}
        step(found("a"), found("b", {"differences": []}))

        assert acknowledge(seen=seen, reason="As printed.", by=editor) == [Finding.objects.get(key="a").pk]
        assert list(Finding.objects.open().values_list("key", "reason")) == [("b", "")]

    def test_withdrawing_an_acknowledgement_removes_its_reason(self, editor: User):
        step(found("a"))
        row = Finding.objects.get()
        acknowledge(seen={row.pk: row.found}, reason="As printed.", by=editor)

        assert withdraw(findings=[row.pk]) == 1
        assert withdraw(findings=[row.pk]) == 0
        row.refresh_from_db()
        assert (row.reason, row.acknowledged_at, row.acknowledged_by) == ("", None, None)


@pytest.mark.django_db(transaction=True)
def test_check_waits_for_a_concurrent_one(record: None):
    """The lock is the one that imports take; readers and editors never want it."""
    other = connection.copy()
    try:
        with transaction.atomic():
            replace_findings(origin="a-file", found=[found("a")], run=None)
            other.ensure_connection()
            with pytest.raises(LockNotAvailable), other.connection.transaction():
                other.connection.execute("LOCK TABLE votes_importrun IN SHARE UPDATE EXCLUSIVE MODE NOWAIT")
    finally:
        other.close()
        Finding.objects.all().delete()
