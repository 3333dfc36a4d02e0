"""The record in memory: loading, queries, sharing between threads, and versions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from tests.factories import (
    day,
    make_bloc,
    make_membership,
    make_resolution,
    make_roll_call,
    make_state,
)
from tests.votes.random_record import CODES, RECORD, Stage, records
from tests.votes.random_record import Record as Drawn
from tests.waiting import PATIENCE
from votes.analysis.matrix import LETTERS
from votes.models import Bloc, BlocMembership, BodyMembership, Correction, MemberState, RollCall, StateName, Vote
from votes.record import record as module
from votes.record.record import SHARED, Record, load, reading, record_of_snapshot
from votes.record.snapshot import snapshot
from votes.record.version import data_version


def plain(record: Record) -> dict[str, dict[str, str]]:
    """Return the choices of each roll call, letters by code."""
    letters = {code: letter for letter, code in LETTERS.items()}
    return {
        str(slug): {state: letters[choice] for state, choice in zip(record.matrix.states, row, strict=True) if choice}
        for slug, row in zip(record.matrix.slugs, record.matrix.choices.tolist(), strict=True)
    }


def by_hand() -> dict[str, dict[str, str]]:
    """Return the same, a vote at a time."""
    votes: dict[str, dict[str, str]] = {}
    for vote in Vote.objects.filter(roll_call__status="published").select_related("roll_call", "state"):
        votes.setdefault(vote.roll_call.slug, {})[vote.state.code] = vote.choice
    return votes


class TestLoad:
    """One query, and everything in it."""

    def test_landmarks_are_loaded_as_stored(self, record: None):
        read = load()

        assert plain(read) == by_hand()
        assert len(read.matrix) == 22
        assert read.version == data_version()
        assert read.matrix.slugs.tolist() == [
            r.slug for r in sorted(RollCall.objects.published(), key=lambda r: (r.date, r.slug))
        ]
        es = read.matrix.rows_by_slug["a-res-es-11-7"]
        assert np.bincount(read.matrix.choices[es], minlength=5).tolist() == [9, 93, 65, 18, 17]
        assert (
            str(read.matrix.dates[es]),
            read.matrix.bodies[es],
            read.matrix.sessions[es],
            read.matrix.kinds[es],
        ) == (
            "2025-02-24",
            "GA",
            "ES-11",
            "text",
        )
        assert read.matrix.states == tuple(MemberState.objects.order_by("code").values_list("code", flat=True))
        assert read.register.keys.tolist() == list(RollCall.objects.newest_first().values_list("pk", flat=True))
        assert [read.matrix.slugs[row] for row in read.register.rows] == list(
            RollCall.objects.newest_first().values_list("slug", flat=True)
        )
        for topic in read.matrix.topic_slugs:
            about = RollCall.objects.filter(resolution__topics__slug=topic).values_list("slug", flat=True)
            assert set(read.matrix.slugs[read.matrix.on_topic(topic)].tolist()) == set(about)
        assert {
            (slug, held.state, held.since, held.until)
            for slug, bloc in read.blocs.items()
            for held in bloc.group.memberships
        } == set(BlocMembership.objects.full().values_list("bloc__slug", "state__code", "since", "until"))
        assert {(s.code, name) for s in read.states.values() for name, _since, _until in s.former} == set(
            StateName.objects.values_list("state__code", "name")
        )

    def test_states_have_their_name_of_the_day(self, record: None):
        benin = load().states["BEN"]
        assert [benin.name_on(day(text)) for text in ("1975-11-10", "1979-11-14")] == ["Dahomey", "Benin"]

    def test_loading_takes_one_query(self, record: None, django_assert_num_queries: Any):
        with django_assert_num_queries(1):
            load()

    def test_empty_record_is_loaded(self, db: None):
        for model in (Correction, Vote, RollCall, BlocMembership, Bloc, BodyMembership, StateName, MemberState):
            model.objects.all().delete()
        read = load()
        assert (read.matrix.choices.shape, len(read.register), read.states, read.blocs) == ((0, 0), 0, {}, {})
        assert (read.matrix.rows().tolist(), read.register.by_closeness.tolist()) == ([], [])

    def test_matrix_excludes_drafts_and_roll_calls_without_votes(self, db: None):
        make_state("QQA")
        make_roll_call("a-draft", votes={"QQA": "Y"})
        make_roll_call("without-votes", status="published", method="without-vote")
        make_roll_call("with-votes", status="published", votes={"QQA": "X"})

        read = load()
        assert plain(read) == {"with-votes": {"QQA": "X"}} | {s: v for s, v in by_hand().items() if s != "with-votes"}
        assert "a-draft" not in read.matrix.slugs
        in_register = RollCall.objects.filter(pk__in=read.register.keys.tolist()).values_list("slug", flat=True)
        assert {"with-votes", "without-votes"} <= set(in_register)
        assert "a-draft" not in in_register

    @given(drawn=records())
    @settings(RECORD, max_examples=15)
    def test_any_record_equals_reading_it_vote_by_vote(self, stage: Stage, drawn: Drawn):
        with stage.holding(drawn):
            read = load()
            voted = {taken.slug: taken.choices for taken in drawn.taken if taken.choices}
            assert {slug: choices for slug, choices in plain(read).items() if slug.startswith("random")} == voted
            for slug, bloc in stage.blocs.items():
                mask = read.blocs[bloc.slug].group.mask(read.matrix)
                for taken in drawn.taken:
                    if taken.choices:
                        row = mask[read.matrix.rows_by_slug[taken.slug]]
                        members = {read.matrix.states[column] for column in np.flatnonzero(row)}
                        assert members == set(drawn.choices_of(slug, taken)), (slug, taken)

    @pytest.fixture
    def stage(self, db: None) -> Stage:
        assert CODES
        return Stage.new()

    def test_keys_beyond_four_bytes_are_refused(self, db: None):
        state = make_state("QQA", pk=2**31)
        make_roll_call(status="published", votes={state.code: "Y"})
        with pytest.raises(DataError, match="integer out of range"):
            load()


class TestWithinATransactionThatMayWrite:
    """What nobody else sees is shared with nobody."""

    def test_uncommitted_changes_are_seen_only_by_their_transaction(self, db: None):
        make_state("QQA")
        with reading() as before:
            assert "own" not in before.matrix.slugs
        make_roll_call("own", status="published", votes={"QQA": "Y"})
        with reading() as after:
            assert "own" in after.matrix.slugs
        assert SHARED._records == {}


def in_threads(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Return what ``work`` returns in each of so many threads, each with a connection of its own."""

    def one(at: int) -> Any:
        try:
            return work(at)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number), timeout=PATIENCE))


@pytest.mark.django_db(transaction=True)
class TestSharing:
    """One record a version, whoever asks, and everything of one moment."""

    @pytest.fixture(autouse=True)
    def start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state = make_state("QQA")
        self.roll_call = make_roll_call("first", status="published", votes={"QQA": "Y"})
        self.loads: list[int] = []
        real = module.load

        def counted() -> Record:
            self.before_load()
            record = real()
            self.loads.append(record.version)
            return record

        self.before_load: Callable[[], None] = lambda: None
        monkeypatch.setattr(module, "load", counted)

    def test_many_threads_load_each_version_once(self):
        together = threading.Barrier(8)

        def read(_at: int) -> Record:
            together.wait(PATIENCE)
            with reading() as record:
                return record

        first, *others = in_threads(8, read)
        assert all(other is first for other in others)
        assert self.loads == [data_version()]

    @pytest.mark.parametrize(("awaited", "loads"), [([], [1, 2, 3, 1]), ([1], [1, 2, 3])])
    def test_version_a_thread_waits_for_is_not_dropped(
        self, monkeypatch: pytest.MonkeyPatch, awaited: list[int], loads: list[int]
    ):
        shared, loaded = module.Shared(), list[int]()

        def load_version(version: int) -> Any:
            loaded.append(version)
            return SimpleNamespace(version=version)

        for version in (1, 2, 3, 1):
            monkeypatch.setattr(module, "load", partial(load_version, version))
            shared.at(version)
            shared._awaited = list(awaited)

        assert loaded == loads

    def test_record_is_loaded_again_after_a_change(self):
        with reading() as before:
            pass
        with reading() as again:
            assert again is before
        Vote.objects.filter(roll_call=self.roll_call).update(choice="N")
        changed = in_threads(4, lambda _at: self.choice())
        assert changed == ["N"] * 4
        assert len(self.loads) == 2
        assert plain(before)["first"] == {"QQA": "Y"}

    def choice(self) -> str:
        with reading() as record:
            return plain(record)["first"]["QQA"]

    def test_changed_draft_does_not_reload_the_record(self):
        self.choice()
        make_roll_call("a-draft", votes={"QQA": "N"})
        self.choice()
        assert len(self.loads) == 1

    def test_request_keeps_the_version_it_began_with(self):
        """A reader whose snapshot is older neither waits for the load of the new version nor sees it."""
        loading, go_on = threading.Event(), threading.Event()
        began, changed = threading.Event(), threading.Event()

        def hold() -> None:
            if self.loads:
                loading.set()
                assert go_on.wait(PATIENCE)

        self.choice()
        self.before_load = hold

        def old(_at: int) -> tuple[str, str]:
            with snapshot():
                version = data_version()
                began.set()
                assert loading.wait(PATIENCE)
                # The new version is being loaded at this moment, by somebody who holds the lock.
                seen = plain(record_of_snapshot())["first"]["QQA"]
                assert record_of_snapshot().version == version
                in_database = Vote.objects.get(roll_call=self.roll_call).choice
                go_on.set()
                return seen, in_database

        def new(_at: int) -> tuple[str, str]:
            assert changed.wait(PATIENCE)
            return self.choice(), "N"

        def change(_at: int) -> tuple[str, str]:
            assert began.wait(PATIENCE)
            Vote.objects.filter(roll_call=self.roll_call).update(choice="N")
            changed.set()
            return "", ""

        assert in_threads(3, lambda at: (old, new, change)[at](at)) == [("Y", "Y"), ("N", "N"), ("", "")]
        assert len(self.loads) == 2

    def test_failed_load_is_retried_by_the_next_request(self):
        def fail() -> None:
            raise RuntimeError("lost")

        self.before_load = fail
        with pytest.raises(RuntimeError, match="lost"), reading():
            pass
        assert not connection.in_atomic_block
        self.before_load = lambda: None
        assert self.choice() == "Y"

    def test_pages_never_mix_versions_while_editors_write(self):
        """Each change flips the vote and the title together; a reader compares memory with the database."""
        self.roll_call.resolution = None
        stop = threading.Event()

        def write(_at: int) -> int:
            flips = 0
            while not stop.is_set():
                choice = "NY"[flips % 2]
                with transaction.atomic():
                    Vote.objects.filter(roll_call=self.roll_call).update(choice=choice)
                    RollCall.objects.filter(pk=self.roll_call.pk).update(title=f"All {choice}")
                flips += 1
            return flips

        def read(_at: int) -> int:
            mixed = 0
            try:
                for _round in range(60):
                    with reading() as record:
                        choice = plain(record)["first"]["QQA"]
                        title = RollCall.objects.get(pk=self.roll_call.pk).title
                        mixed += record.version != data_version()
                        mixed += title not in (f"All {choice}", "A motion")
            finally:
                if _at == 1:
                    stop.set()
            return mixed

        # One reader ends the writer; the other two go on over a record at rest.
        flips, *mixed = in_threads(4, lambda at: write(at) if at == 0 else read(at))
        assert flips > 0
        assert mixed == [0, 0, 0]
        assert len(self.loads) == len(set(self.loads))

    def test_cached_record_costs_a_snapshot_and_the_version_query(self):
        self.choice()
        with CaptureQueriesContext(connection) as queries, reading():
            pass
        assert [query["sql"].split()[0] for query in queries] == ["BEGIN", "SET", "SELECT", "COMMIT"]


def test_membership_is_that_of_the_date(db: None):
    bloc = make_bloc("bloc-a")
    make_membership(bloc=bloc, state=make_state("QQA"), since="2020-01-01", until="2024-12-17")
    make_membership(bloc=bloc, state=make_state("QQB"), since="2024-12-17")
    make_membership(bloc=bloc, state=make_state("QQC"), since="2020-01-01", status="observer")
    votes = {"QQA": "Y", "QQB": "N", "QQC": "A"}
    make_roll_call("before", status="published", date=day("2024-12-16"), votes=votes)
    make_roll_call("after", status="published", date=day("2024-12-17"), votes=votes)

    read = load()
    totals = {slug: read.bloc_totals["bloc-a"][row].tolist() for slug, row in read.matrix.rows_by_slug.items()}
    assert (totals["before"], totals["after"]) == ([0, 1, 0, 0, 0], [0, 0, 0, 1, 0])


def test_topics_of_a_vote_are_those_of_its_text(db: None):
    text = make_resolution(status="published")
    topic = text.topics.create(slug="lighthouses", name="Lighthouses")
    make_state("QQA")
    make_roll_call("lit", status="published", resolution=text, votes={"QQA": "Y"})
    make_roll_call("dark", status="published", votes={"QQA": "Y"})

    matrix = load().matrix
    assert matrix.slugs[matrix.on_topic(topic.slug)].tolist() == ["lit"]


def test_subjects_are_sorted_by_name(db: None):
    for number, headings in enumerate(
        [
            ["AFRICAN UNION--UN", "AFRICA--DEVELOPMENT"],
            ["CUBA--UNITED STATES", "CUBA - UNITED STATES"],
            ["CUBA--UNITED STATES", "??"],
            [],
        ]
    ):
        text = make_resolution(f"A/RES/99/{number + 1}", status="published", subjects=headings)
        make_roll_call(f"on-{number}", resolution=text, decisive=number < 2, status="published")
    make_roll_call("drafted", resolution=make_resolution("A/RES/99/9", subjects=["SECRET"]))
    make_roll_call("motion", status="published")

    record = load()

    assert [(one.slug, one.name, one.headings) for one in record.subjects.values()] == [
        ("africa-development", "Africa–Development", ("AFRICA--DEVELOPMENT",)),
        ("african-union-un", "African Union–UN", ("AFRICAN UNION--UN",)),
        ("cuba-united-states", "Cuba–United States", ("CUBA--UNITED STATES", "CUBA - UNITED STATES")),
    ]
    assert record.texts_by_subject == {"africa-development": 1, "african-union-un": 1, "cuba-united-states": 1}
    keys = record.register.keys[record.register.on_subjects(["cuba-united-states"])].tolist()
    assert {*RollCall.objects.filter(pk__in=keys).values_list("slug", flat=True)} == {"on-1", "on-2"}
