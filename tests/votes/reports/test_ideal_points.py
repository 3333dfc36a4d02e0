"""Ideal points on record: material, staleness, estimates and cut points."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resolutions.models import Body, Resolution
from tests.factories import make_roll_call
from tests.votes.divided_record import LINE, cut, divided, fitted, material, put, stale, turned
from votes.analysis.matrix import ABSTAINING, NO, YES
from votes.models import MemberState, RollCall, Vote
from votes.record.record import reading
from votes.reports.ideal_points import MINIMUM, MODEL, Cut, Material, cut_point_of

pytestmark = pytest.mark.usefixtures("record")


class TestMaterial:
    """Which roll calls enter, in which session, and what tells that they are the same as at another time."""

    def test_only_assembly_votes_are_fitted_by_regular_session(self):
        found = material()

        assert set(found.matrix.bodies.tolist()) == {"GA"}
        assert dict(zip(found.matrix.slugs.tolist(), found.sessions.tolist(), strict=True)) == {
            "a-res-2758-xxvi": 26,
            "a-res-3379-xxx": 30,
            "a-res-34-22": 34,
            "a-res-41-38": 41,
            "a-res-42-18": 42,
            "a-res-46-86": 46,
            "a-res-60-251": 60,
            "a-res-61-295": 61,
            "a-res-67-19": 67,
            "a-res-68-262": 68,
            "a-res-71-187": 71,
            "a-res-71-248": 71,
            "a-res-71-258": 71,
            # Emergency special sessions count to the regular session that opened nearest: 12 September 2017,
            # 14 September 2021 (or 13 September 2022, which is farther from 2 March 2022) and 10 September 2024.
            "a-res-es-10-19": 72,
            "a-res-73-195": 73,
            "a-res-74-7": 74,
            "a-res-75-192": 75,
            "a-res-es-11-1": 76,
            "a-res-es-11-7": 79,
            "a-res-es-11-8": 79,
        }

    def test_roll_call_without_a_session_counts_in_the_nearest(self):
        put("vote-1", 50, cut(4))
        RollCall.objects.filter(slug="vote-1").update(session=None, date=datetime.date(1990, 1, 1))

        found = material()

        assert found.sessions[found.matrix.slugs.tolist().index("vote-1")] == 44

    @pytest.mark.parametrize(
        ("kind", "session", "enters"),
        [
            ("text", 50, True), ("motion", 50, True), ("procedural", 50, True), ("amendment", 50, False),
            ("paragraph", 50, False), ("paragraph-amendment", 50, False), ("amendment", 44, True),
            ("paragraph", 44, True), ("paragraph-amendment", 44, True), ("paragraph", 45, False),
        ],
    )  # fmt: skip
    def test_votes_on_parts_of_texts_are_fitted_up_to_1989_only(self, kind: str, session: int, enters: bool):
        put("vote-1", session, cut(4), kind=kind)

        assert ("vote-1" in material().matrix.slugs.tolist()) is enters

    def test_drafts_are_not_fitted(self):
        put("vote-1", 50, cut(4), status="draft")

        assert "vote-1" not in material().matrix.slugs.tolist()

    def test_repeated_texts_are_one_item(self):
        divided(sessions=(49, 50), cuts=(4, 9))

        found = material()

        labels = dict(zip(found.matrix.slugs.tolist(), found.items.tolist(), strict=True))
        assert labels["divided-49-9004"] == labels["divided-50-9004"]
        assert labels["divided-49-9009"] == labels["divided-50-9009"]
        assert len(set(labels.values())) == len(labels) - 2

    def test_successor_continues_a_seat_unless_they_overlap(self):
        # The reference facts know of many successors; the Soviet Union has one, and both have voted.
        put("vote-1", 49, {"RUS": "Y", "USA": "N"})
        assert material().continues == {"RUS": "SUN"}

        # Had it voted after its successor, its points could not come first.
        put("vote-2", 50, {"SUN": "Y", "USA": "N"})
        assert material().continues == {}

    def test_digest_depends_only_on_what_is_fitted(self):
        made = divided()
        digest = material().digest
        assert len(digest) == 32
        assert material().digest == digest

        def after(change: Any) -> str:
            change()
            return material().digest

        # What a reader sees and the model does not.
        assert after(lambda: RollCall.objects.update(note="seen")) == digest
        assert after(lambda: MemberState.objects.filter(code="USA").update(name="U.S.")) == digest
        assert after(lambda: RollCall.objects.filter(slug="s-2022-155").delete()) == digest
        # Each of what it does see.
        changes = (
            lambda: Vote.objects.filter(roll_call=made[0], state__code="USA").update(choice="A"),
            lambda: Vote.objects.filter(roll_call=made[0], state__code="USA").update(choice="X"),
            lambda: Resolution.objects.filter(roll_calls=made[1]).update(title="Another text"),
            lambda: RollCall.objects.filter(pk=made[2].pk).update(title="Another title"),
            lambda: RollCall.objects.filter(pk=made[3].pk).update(session=made[-1].session),
            lambda: RollCall.objects.filter(pk=made[4].pk).update(status="draft"),
            MemberState.objects.get(code="SUN").successors.clear,
        )
        seen = [digest, *map(after, changes)]
        assert len(set(seen)) == len(changes) + 1

    def test_material_takes_a_fixed_number_of_queries(self):
        divided()
        with reading() as record, CaptureQueriesContext(connection) as queries:
            assert Material.of(record).digest
        assert len(queries) == 4


class TestStale:
    """Whether the estimates are of today's votes."""

    def test_fit_is_not_stale_after_unrelated_changes(self):
        divided()
        fitted()
        assert not stale()
        RollCall.objects.update(note="seen")
        assert not stale()

    def test_fit_is_stale_after_an_edit_until_it_is_reverted(self):
        divided()
        fitted()
        vote = Vote.objects.get(roll_call__slug="a-res-74-7", state__code="USA")

        Vote.objects.filter(pk=vote.pk).update(choice="A")
        assert stale()
        Vote.objects.filter(pk=vote.pk).update(choice=vote.choice)
        assert not stale()

    def test_fit_is_stale_when_the_model_has_changed(self, monkeypatch: pytest.MonkeyPatch):
        divided()
        fitted()
        monkeypatch.setattr("votes.reports.ideal_points.MODEL", f"{MODEL}, another")
        assert stale()


class TestEstimates:
    """What pages read."""

    def test_points_from_too_few_votes_are_not_shown(self):
        divided(sessions=(50,), cuts=(6, 9, 12, 15, 18))
        Vote.objects.filter(roll_call__slug="divided-50-9006", state__code="IND").update(choice="X")

        estimates = fitted()

        assert list(estimates.by_session) == [50]
        assert {point.state for point in estimates.by_session[50]} == {*LINE} - {"IND"}
        assert estimates.by_state["IND"][50].votes == MINIMUM - 1
        assert list(estimates.by_state) == sorted(estimates.by_state)
        assert [p.estimate for p in estimates.by_session[50]] == sorted(p.estimate for p in estimates.by_session[50])

    def test_sessions_of_a_period_are_those_with_votes_in_it(self):
        estimates = fitted()

        # ES-11/1 of 2 March 2022 is filed in the seventy-sixth.
        assert estimates.days[76] == (datetime.date(2022, 3, 2), datetime.date(2022, 3, 2))
        assert estimates.days[71] == (datetime.date(2016, 12, 19), datetime.date(2016, 12, 23))
        assert estimates.sessions_between(None, None) == sorted(estimates.days)
        day = datetime.date(2016, 12, 23)
        assert estimates.sessions_between(day, None)[0] == 71
        assert estimates.sessions_between(day + datetime.timedelta(days=1), None)[0] == 72
        assert estimates.sessions_between(None, datetime.date(2016, 12, 19))[-1] == 68
        assert estimates.sessions_between(None, datetime.date(2016, 12, 20))[-1] == 71
        assert estimates.sessions_between(day, datetime.date(2016, 12, 24)) == [71]


@pytest.mark.parametrize(
    ("cut_at", "point"),
    [
        (Cut(1, 2.0, -1.0, 2.0, 1), 0.25),
        (Cut(1, -0.5, -1.0, 2.0, 1), -1.0),
        (Cut(1, 4.0, 1.0, 1.0, 1), 0.25),
        (Cut(1, 0.0, 1.0, 1.0, 1), np.inf),
        (Cut(1, 0.0, -1.0, -1.0, 1), -np.inf),
    ],
)
def test_outer_positions_are_equally_likely_at_the_cut_point(cut_at: Cut, point: float):
    assert cut_at.point == point


class TestCutPoint:
    """What is said of one roll call."""

    def division(self, slug: str) -> Any:
        with reading() as record:
            return cut_point_of(RollCall.objects.get(slug=slug), record)

    def test_no_division_before_a_fit(self):
        divided()
        assert self.division("divided-50-9012") is None

    @pytest.mark.parametrize(("slug", "sides"), [("divided-50-9012", (YES, NO)), ("divided-50-9009", (NO, YES))])
    def test_division_with_three_positions_has_both_sides(self, slug: str, sides: tuple[int, int]):
        divided()
        estimates = fitted()

        found = self.division(slug)

        assert found.sides == sides
        assert found.is_within
        assert not found.is_stale
        assert found.cut == estimates.cuts[RollCall.objects.get(slug=slug).pk]
        assert [point.estimate for point, _choice in found.points] == sorted(p.estimate for p, _c in found.points)
        assert len(found.points) == len(LINE)
        assert sum(choice == ABSTAINING for _point, choice in found.points) == 2
        # Two abstain; the line was made so that all others stand where they should, but for a neighbour or two.
        assert len(found.on_sides) == len(LINE) - 2
        assert sum(found.on_sides) >= len(LINE) - 4

    def test_division_with_two_positions_has_one_cut(self):
        divided()
        put("vote-1", 50, cut(12, width=12, absent=["USA"]))
        put("vote-2", 50, turned(cut(12, width=12)))

        fitted()
        one, other = self.division("vote-1"), self.division("vote-2")

        assert (one.sides, other.sides) == ((ABSTAINING, YES), (NO, ABSTAINING)[::-1])
        assert len(one.points) == len(one.on_sides) == len(LINE) - 1
        assert one.cut.lower == one.cut.upper

    def test_states_on_the_wrong_side_are_counted(self):
        divided()
        put("vote-1", 50, {**cut(12, width=0), "USA": "N"})

        fitted()
        found = self.division("vote-1")

        wrong = [p.state for (p, _c), is_right in zip(found.points, found.on_sides, strict=True) if not is_right]
        assert "USA" in wrong
        assert len(found.on_sides) == len(LINE)

    def test_vote_with_all_states_on_one_side_is_not_divided(self):
        divided()
        put("vote-1", 50, {**dict.fromkeys(LINE, "Y"), "IDN": "N"})

        fitted()
        found = self.division("vote-1")

        assert not found.is_within
        assert found.expected == YES
        assert sorted(found.sides) == [YES, NO]

    def test_division_from_stale_estimates_is_stale(self):
        divided()
        fitted()
        Vote.objects.filter(roll_call__slug="a-res-74-7", state__code="USA").update(choice="A")

        assert self.division("divided-50-9012").is_stale

    def test_no_division_for_votes_that_were_not_fitted(self):
        divided()
        put("vote-1", 50, dict.fromkeys(LINE, "Y"))
        put("vote-2", 50, {code: "YN"[place % 2] for place, code in enumerate(LINE[: MINIMUM - 1])})
        put("vote-3", 50, cut(12), kind="paragraph")
        fitted()
        # Later than the fit.
        put("vote-4", 50, cut(12))

        for slug in ("a-res-es-11-7", "s-2022-155", "vote-1", "vote-2", "vote-3", "vote-4"):
            assert self.division(slug) is None, slug

    def test_no_division_for_a_roll_call_without_votes(self):
        divided()
        fitted()
        bare = make_roll_call("vote-1", body=Body.objects.get(code="GA"), status="published", announced=(5, 1))

        assert self.division(bare.slug) is None
