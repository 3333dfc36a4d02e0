"""Database constraints, tested without forms and model validation."""

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from resolutions.models import Resolution, Session, Status
from tests.factories import (
    day,
    make_bloc,
    make_body,
    make_membership,
    make_resolution,
    make_roll_call,
    make_seat,
    make_source,
    make_state,
    make_votes,
)
from votes.models import (
    Bloc,
    BlocMembership,
    BodyMembership,
    Correction,
    MemberState,
    RollCall,
    StateName,
    Vote,
)

pytestmark = pytest.mark.django_db


def refused(constraint: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=f'"{constraint}"')


def constraint_of(error: IntegrityError) -> str:
    assert isinstance(error.__cause__, psycopg.Error)
    return error.__cause__.diag.constraint_name or ""


class TestVotes:
    """Votes and corrections."""

    @pytest.mark.parametrize("choice", ["", "y", "Q", "-", " "])
    def test_choice_other_than_the_four_is_refused(self, choice: str):
        roll_call, state = make_roll_call(), make_state()

        with refused("vote_choice"):
            Vote.objects.bulk_create([Vote(roll_call=roll_call, state=state, choice=choice)])

    def test_choice_cannot_be_updated_to_another_letter(self):
        state = make_state()
        roll_call = make_roll_call(votes={state.code: "Y"})

        with refused("vote_choice"):
            Vote.objects.filter(roll_call=roll_call).update(choice="Z")

    def test_second_vote_of_a_state_in_a_roll_call_is_refused(self):
        state = make_state()
        roll_call = make_roll_call(votes={state.code: "Y"})

        with refused("one_vote_a_state_and_roll_call"):
            make_votes(roll_call, {state.code: "N"})

    @pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
    def test_vote_in_a_roll_call_without_recorded_votes_is_refused(self, method: str):
        roll_call, state = make_roll_call(method=method), make_state()

        with pytest.raises(IntegrityError, match="recorded no votes") as told:
            make_votes(roll_call, {state.code: "Y"})
        assert constraint_of(told.value) == "votes_of_recorded_roll_call"

    @pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
    def test_vote_cannot_be_moved_to_a_roll_call_without_recorded_votes(self, method: str):
        state = make_state()
        make_roll_call("from-here", votes={state.code: "Y"})
        there = make_roll_call(method=method)

        with pytest.raises(IntegrityError) as told:
            Vote.objects.filter(roll_call__slug="from-here").update(roll_call=there)
        assert constraint_of(told.value) == "votes_of_recorded_roll_call"

    @pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
    def test_roll_call_with_votes_keeps_a_method_that_records_them(self, method: str):
        state = make_state()
        roll_call = make_roll_call(votes={state.code: "Y"})

        with pytest.raises(IntegrityError, match="has recorded them") as told, transaction.atomic():
            RollCall.objects.filter(pk=roll_call.pk).update(method=method)
        assert constraint_of(told.value) == "votes_of_recorded_roll_call"
        RollCall.objects.filter(pk=roll_call.pk).update(method="roll-call")

    def test_a_roll_call_without_votes_may_change_its_method(self):
        assert RollCall.objects.filter(pk=make_roll_call().pk).update(method="without-vote") == 1

    @pytest.mark.parametrize("intended", ["X", "", "Q"])
    def test_correction_must_intend_a_position(self, intended: str):
        with refused("correction_intended"):
            Correction.objects.create(roll_call=make_roll_call(), state=make_state(), intended=intended)

    def test_correction_needs_a_vote(self):
        Correction.objects.create(roll_call=make_roll_call(), state=make_state(), intended="Y")

        with refused("correction_of_vote"), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_second_correction_of_a_state_in_a_roll_call_is_refused(self):
        state = make_state()
        roll_call = make_roll_call(votes={state.code: "A"})
        Correction.objects.create(roll_call=roll_call, state=state, intended="Y")

        with refused("one_correction_a_state_and_roll_call"):
            Correction.objects.create(roll_call=roll_call, state=state, intended="N")

    def test_a_correction_changes_neither_vote_nor_tally(self):
        state = make_state()
        roll_call = make_roll_call(votes={state.code: "N"})
        Correction.objects.create(roll_call=roll_call, state=state, intended="Y")

        assert str(RollCall.objects.get(pk=roll_call.pk).counted) == "0-1-0"
        assert roll_call.votes.get().choice == "N"


class TestRollCalls:
    """Roll calls on their own."""

    def test_second_decisive_roll_call_of_a_text_is_refused(self):
        resolution = make_resolution()
        make_roll_call(resolution=resolution, decisive=True)
        second = make_roll_call(resolution=resolution)

        with refused("one_decisive_roll_call_a_resolution"):
            RollCall.objects.filter(pk=second.pk).update(decisive=True)

    def test_roll_call_without_a_text_cannot_be_decisive(self):
        roll_call = make_roll_call()

        with refused("decisive_roll_call_has_resolution"):
            RollCall.objects.filter(pk=roll_call.pk).update(decisive=True)

    def test_roll_call_without_a_text_needs_a_title(self):
        with refused("roll_call_has_resolution_or_title"):
            make_roll_call(title="")

    def test_roll_call_of_a_text_needs_no_title(self):
        assert make_roll_call(title="", resolution=make_resolution()).heading == "Peace"

    @pytest.mark.parametrize("announced", [(1,), (None, 1), (None, None, 1), (None, None, None, 1), (0, 0, 0, 0)])
    def test_adoption_without_a_vote_cannot_have_totals(self, announced: tuple[int | None, ...]):
        with refused("without_vote_has_no_totals"):
            make_roll_call(method="without-vote", announced=announced)

    @pytest.mark.parametrize("which", ["yes", "no", "abstaining", "non_voting"])
    def test_negative_total_is_refused(self, which: str):
        roll_call = make_roll_call()

        with refused(f"votes_rollcall_announced_{which}_check"):
            RollCall.objects.filter(pk=roll_call.pk).update(**{f"announced_{which}": -1})

    def test_slug_of_a_roll_call_is_unique(self):
        make_roll_call("once")

        with refused("votes_rollcall_slug_key"):
            make_roll_call("once")

    def test_ordinal_is_unique_within_a_meeting(self):
        make_roll_call(meeting="A/99/PV.1", ordinal=1)
        make_roll_call(meeting="A/99/PV.1", ordinal=2)
        make_roll_call(meeting="A/99/PV.1")
        make_roll_call(meeting="A/99/PV.1")
        make_roll_call(meeting="", ordinal=1)
        make_roll_call(meeting="", ordinal=1)
        make_roll_call(meeting="A/99/PV.1", ordinal=1, body=make_body("SC"))

        with refused("roll_call_ordinal_once_a_meeting"):
            make_roll_call(meeting="A/99/PV.1", ordinal=1)

    def test_precedence_of_a_source_is_unique(self):
        first = make_source("one")

        with refused("votes_source_precedence_key"):
            type(first).objects.create(slug="two", name="two", precedence=first.precedence)


class TestPublishing:
    """A published roll call of a text needs that text published, by the same body."""

    NAME = "published_roll_call_of_published_resolution"

    @staticmethod
    def check() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def refused(self) -> pytest.RaisesExc[IntegrityError]:
        return refused(self.NAME)

    def test_a_published_roll_call_of_a_published_text_is_accepted(self):
        resolution = make_resolution(status=Status.PUBLISHED)
        make_roll_call(resolution=resolution, status=Status.PUBLISHED)
        make_roll_call(resolution=resolution)
        self.check()

    def test_a_draft_roll_call_of_a_draft_is_accepted(self):
        make_roll_call(resolution=make_resolution())
        self.check()

    def test_a_published_roll_call_of_no_text_is_accepted(self):
        make_roll_call(status=Status.PUBLISHED)
        self.check()

    def test_draft_text_cannot_have_a_published_roll_call(self):
        roll_call = make_roll_call(resolution=make_resolution())
        RollCall.objects.filter(pk=roll_call.pk).update(status=Status.PUBLISHED)

        with self.refused(), transaction.atomic():
            self.check()
        RollCall.objects.filter(pk=roll_call.pk).update(status=Status.DRAFT)

    def test_text_and_roll_call_may_be_published_in_either_order(self):
        resolution = make_resolution()
        make_roll_call(resolution=resolution, status=Status.PUBLISHED)
        Resolution.objects.filter(pk=resolution.pk).update(status=Status.PUBLISHED)
        self.check()

    def test_text_with_a_published_roll_call_cannot_become_a_draft(self):
        resolution = make_resolution(status=Status.PUBLISHED)
        make_roll_call(resolution=resolution, status=Status.PUBLISHED)
        self.check()

        with self.refused(), transaction.atomic():
            Resolution.objects.filter(pk=resolution.pk).update(status=Status.DRAFT)

    def test_published_roll_call_and_its_text_are_of_one_body(self):
        resolution = make_resolution(status=Status.PUBLISHED)
        roll_call = make_roll_call(resolution=resolution, body=make_body("SC"))
        self.check()

        with self.refused(), transaction.atomic():
            RollCall.objects.filter(pk=roll_call.pk).update(status=Status.PUBLISHED)

    def test_text_with_a_published_roll_call_cannot_change_its_body(self):
        council = make_body("SC")
        resolution = make_resolution(status=Status.PUBLISHED)
        make_roll_call(resolution=resolution, status=Status.PUBLISHED)
        self.check()

        with self.refused(), transaction.atomic():
            Resolution.objects.filter(pk=resolution.pk).update(body=council)


class Intervals:
    """What holds from one date until another; the kinds of it say how it is written."""

    name: str

    def write(self, since: str | None, until: str | None) -> None:
        raise NotImplementedError

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("2000-01-01", "2005-01-01"), ("2005-01-01", "2010-01-01")),
            (("2005-01-01", "2010-01-01"), ("2000-01-01", "2005-01-01")),
            (("2000-01-01", "2000-01-02"), ("2000-01-02", "2000-01-03")),
        ],
    )
    def test_adjacent_intervals_are_accepted(self, one: tuple[str, str], other: tuple[str, str]):
        self.write(*one)
        self.write(*other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("2000-01-01", "2005-01-02"), ("2005-01-01", "2010-01-01")),
            (("2000-01-01", "2010-01-01"), ("2003-01-01", "2004-01-01")),
            (("2003-01-01", "2004-01-01"), ("2000-01-01", "2010-01-01")),
            (("2000-01-01", "2010-01-01"), ("2000-01-01", "2010-01-01")),
        ],
    )
    def test_overlapping_intervals_are_refused(self, one: tuple[str, str], other: tuple[str, str]):
        self.write(*one)

        with refused(f"{self.name}_no_overlap"):
            self.write(*other)

    @pytest.mark.parametrize("until", ["2000-01-01", "1999-12-31"])
    def test_empty_interval_is_refused(self, until: str):
        # An interval that ends before it begins is no range either: PostgreSQL may say so first.
        with pytest.raises(Exception, match=f"{self.name}_since_before_until|range lower bound"):
            self.write("2000-01-01", until)


class OpenIntervals(Intervals):
    """Intervals that may have no end."""

    def test_interval_after_the_start_of_an_open_one_is_refused(self):
        self.write("2000-01-01", None)

        with refused(f"{self.name}_no_overlap"):
            self.write("2090-01-01", "2091-01-01")

    def test_open_interval_may_follow_a_closed_one(self):
        self.write("2000-01-01", "2005-01-01")
        self.write("2005-01-01", None)


def date(text: str | None) -> Any:
    """Return the date, or None: what a field that must have one makes of it is the database's affair."""
    return day(text) if text else None


class TestSeats(OpenIntervals):
    """Seats in a body."""

    name = "body_membership"

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        self.state = make_state()

    def write(self, since: str | None, until: str | None) -> None:
        BodyMembership.objects.bulk_create(
            [BodyMembership(body=make_body(), state=self.state, since=date(since), until=date(until))]
        )

    def test_seats_of_other_states_and_bodies_may_overlap(self):
        self.write("2000-01-01", None)
        make_seat(state=self.state, body=make_body("SC"), since="2000-01-01")
        make_seat(state=make_state(), since="2000-01-01")


class TestMemberships(OpenIntervals):
    """Memberships of a bloc."""

    name = "bloc_membership"

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        self.state, self.bloc = make_state(), make_bloc()

    def write(self, since: str | None, until: str | None) -> None:
        BlocMembership.objects.bulk_create(
            [BlocMembership(bloc=self.bloc, state=self.state, since=date(since), until=date(until))]
        )

    def test_member_and_suspended_at_once_is_refused(self):
        make_membership(bloc=self.bloc, state=self.state, status="suspended")

        with refused("bloc_membership_no_overlap"):
            make_membership(bloc=self.bloc, state=self.state, since="2000-01-01")

    def test_memberships_of_other_states_and_blocs_may_overlap(self):
        self.write("2000-01-01", None)
        make_bloc(members=(self.state,))
        make_membership(bloc=self.bloc, state=make_state())


class TestFormerNames(Intervals):
    """Names until a date."""

    name = "state_name"

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        self.state = make_state()

    def write(self, since: str | None, until: str | None) -> None:
        StateName.objects.bulk_create([StateName(state=self.state, name="n", since=date(since), until=date(until))])

    def test_former_name_without_a_start_overlaps_all_earlier_ones(self):
        self.write(None, "2005-01-01")

        with refused("state_name_no_overlap"):
            self.write("1990-01-01", "1991-01-01")


class TestForms:
    """What codes and slugs look like."""

    @pytest.mark.parametrize("slug", ["EU", "eu_2", "-eu", "eu-", "a--b", "é", "", "eu 2", "eu\n"])
    def test_a_slug_of_a_bloc_is_in_lower_case(self, slug: str):
        with refused("bloc_slug_form"):
            Bloc.objects.bulk_create([Bloc(slug=slug, short_name="b", name="b", kind="forum")])

    @pytest.mark.parametrize("slug", ["a", "g77", "non-aligned", "a-1-b"])
    def test_valid_bloc_slugs_are_accepted(self, slug: str):
        Bloc.objects.filter(slug=slug).delete()
        make_bloc(slug)

    @pytest.mark.parametrize("code", ["qqq", "QQ", "Q1Q", "", "QQÉ", "Q\nQ"])
    def test_the_code_of_a_state_is_three_capitals(self, code: str):
        with refused("member_state_code_form"):
            MemberState.objects.bulk_create([MemberState(code=code, name="n", sort_name="n")])

    def test_state_code_is_unique(self):
        make_state("QQQ")

        with refused("votes_memberstate_code_key"):
            make_state("QQQ")

    def test_two_letter_code_is_unique_and_optional(self):
        make_state(iso2="")
        make_state(iso2="")
        make_state(iso2="QQ")

        with refused("member_state_iso2_once"):
            make_state(iso2="QQ")

    def test_bloc_slug_equal_to_a_state_code_is_refused(self):
        make_state("QQQ")

        with pytest.raises(Exception, match="This is the code of a member state"):
            make_bloc("qqq").clean()
        make_bloc("qqq-movement").clean()


def membership() -> Any:
    return make_membership(bloc=make_bloc(), state=make_state())


def seat() -> Any:
    return make_seat(state=make_state())


class TestChoices:
    """Each field with a choice has one of its choices, whichever way it is written."""

    @pytest.mark.parametrize(
        ("make", "field", "constraint"),
        [
            (make_roll_call, "kind", "roll_call_kind"),
            (make_roll_call, "method", "roll_call_method"),
            (make_roll_call, "requirement", "roll_call_requirement"),
            (make_roll_call, "result", "roll_call_result"),
            (make_roll_call, "status", "roll_call_status"),
            (make_roll_call, "date_precision", "roll_call_date_precision"),
            (make_resolution, "kind", "resolution_kind"),
            (make_resolution, "status", "resolution_status"),
            (make_bloc, "kind", "bloc_kind"),
            (membership, "status", "bloc_membership_status"),
            (membership, "since_precision", "bloc_membership_since_precision"),
            (seat, "until_precision", "body_membership_until_precision"),
        ],
    )
    def test_value_outside_the_choices_is_refused(self, make: Any, field: str, constraint: str):
        row = make()

        with refused(constraint):
            type(row).objects.filter(pk=row.pk).update(**{field: "week"})

    def test_a_slug_is_in_lower_case(self):
        with refused("roll_call_slug_form"):
            RollCall.objects.filter(pk=make_roll_call().pk).update(slug="Amend-One")

    @pytest.mark.parametrize(
        ("make", "constraint"),
        [(make_roll_call, "roll_call_session_of_body"), (make_resolution, "resolution_session_of_body")],
    )
    def test_session_of_a_roll_call_is_one_of_its_body(self, make: Any, constraint: str):
        assembly, council = make_body("GA"), make_body("SC")
        session = Session.objects.get_or_create(
            body=assembly, code="98", defaults={"number": 98, "name": "Ninety-eighth session"}
        )[0]
        row = make(body=council)
        type(row).objects.filter(pk=row.pk).update(session=session)

        with refused(constraint), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
