"""The explanation under a tally, and contradictions it reports."""

import pytest

from tests.factories import day, make_body, make_roll_call, make_seat, make_state
from votes.models import BodyMembership, MemberState, RollCall, Vote
from votes.record.record import load
from votes.reports.breakdown import Breakdown
from votes.reports.explanation import Explanation
from votes.reports.roll_call_context import RollCallContext


def explain(roll_call: RollCall) -> Explanation:
    RollCall.objects.filter(pk=roll_call.pk).update(status="published")
    context = RollCallContext.of(roll_call)
    return Explanation.of(roll_call, Breakdown.of(roll_call, load(), context.intended).states, context)


def landmark(slug: str) -> RollCall:
    return RollCall.objects.with_tally().get(slug=slug)


class TestLandmarks:
    """The landmark roll calls."""

    @pytest.mark.parametrize(
        ("slug", "text"),
        [
            (
                "a-res-es-11-7",
                "Adopted: 93 of 111 present and voting were in favour (83.8%), two-thirds or more.",
            ),
            (
                "a-res-2758-xxvi",
                "Adopted: 76 of 111 present and voting were in favour (68.5%), two-thirds or more.",
            ),
            (
                "a-res-68-262",
                "Adopted: 100 of 111 present and voting were in favour (90.1%), two-thirds or more.",
            ),
            (
                "s-2022-155",
                (
                    "Vetoed: 11 votes in favour of the 9 needed, but a permanent member voted against: "
                    "Russian Federation."
                ),
            ),
            ("s-res-2774-2025", "Adopted: 10 votes in favour, 9 needed, and no permanent member against."),
        ],
    )
    def test_explanation_of_landmark_votes_is_right(self, record: None, slug: str, text: str):
        explanation = explain(landmark(slug))

        assert explanation.text == text
        assert explanation.findings == ()

    def test_landmarks_have_no_contradictions(self, record: None):
        found = {r.slug: explain(r).findings for r in RollCall.objects.published().with_tally()}

        assert len(found) == 22
        assert {slug: findings for slug, findings in found.items() if findings} == {}

    def test_the_permanent_members_against_are_named(self, record: None):
        assert [line.state.code for line in explain(landmark("s-2022-155")).permanent_against] == ["RUS"]
        assert explain(landmark("s-res-2774-2025")).permanent_against == ()
        assert explain(landmark("a-res-es-11-7")).permanent_against == ()

    def test_explanation_makes_no_query(self, record: None, django_assert_num_queries):
        for slug in ("s-2022-155", "a-res-es-11-7"):
            roll_call = landmark(slug)
            context = RollCallContext.of(roll_call)
            states = Breakdown.of(roll_call, load(), context.intended).states
            with django_assert_num_queries(0):
                Explanation.of(roll_call, states, context)

    def test_differing_announced_and_counted_totals_are_reported(self, record: None):
        roll_call = landmark("a-res-es-11-7")
        RollCall.objects.filter(pk=roll_call.pk).update(announced_yes=94, announced_abstaining=64)
        explanation = explain(landmark("a-res-es-11-7"))

        assert explanation.findings == (
            "In favour: 94 announced, but 93 counted from the votes.",
            "Abstaining: 64 announced, but 65 counted from the votes.",
        )
        # The sentence is that of the announced figures, which the page gives as the tally.
        assert explanation.text.startswith("Adopted: 94 of 112 ")

    def test_result_that_contradicts_the_totals_is_reported(self, record: None):
        RollCall.objects.filter(slug="a-res-es-11-7").update(result="rejected")

        explanation = explain(landmark("a-res-es-11-7"))
        assert explanation.findings == ("Recorded as rejected, but the figures give adopted.",)
        assert explanation.text.startswith("Rejected: 93 of 111 present and voting were in favour (83.8%)")

    def test_unrecorded_veto_is_reported(self, record: None):
        RollCall.objects.filter(slug="s-2022-155").update(result="rejected")

        assert explain(landmark("s-2022-155")).findings == ("Recorded as rejected, but the figures give vetoed.",)


class TestAssembly:
    """Roll calls with totals only, so that the figures are in plain view."""

    @pytest.mark.parametrize(
        ("requirement", "result", "announced", "text"),
        [
            (
                "simple-majority",
                "adopted",
                (59, 55, 20),
                "Adopted: 59 of 114 present and voting were in favour (51.8%), less than two-thirds.",
            ),
            (
                "simple-majority",
                "adopted",
                (80, 40, 0),
                "Adopted: 80 of 120 present and voting were in favour (66.7%), two-thirds or more.",
            ),
            (
                "simple-majority",
                "rejected",
                (50, 50, 20),
                (
                    "Rejected: 50 of 100 present and voting were in favour "
                    "(50.0%). Adoption takes more votes in favour than against."
                ),
            ),
            (
                "not-stated",
                "rejected",
                (30, 80, 20),
                (
                    "Rejected: 30 of 110 present and voting were in favour "
                    "(27.3%). Adoption takes more votes in favour than against."
                ),
            ),
            (
                "two-thirds",
                "rejected",
                (59, 55, 16),
                (
                    "Rejected: 59 of 114 present and voting were in favour "
                    "(51.8%). A two-thirds majority, 76, was required."
                ),
            ),
            (
                "two-thirds",
                "adopted",
                (80, 40, 16),
                (
                    "Adopted: 80 of 120 present and voting were in favour "
                    "(66.7%). A two-thirds majority, 80, was required."
                ),
            ),
            ("simple-majority", "rejected", (0, 0, 50), "Rejected: nobody voted in favour or against."),
            (
                "not-stated",
                "not-stated",
                (59, 55, 20),
                ("Result not recorded: 59 of 114 present and voting were in favour (51.8%), less than two-thirds."),
            ),
        ],
    )
    def test_explanation_states_share_and_majority(
        self, db: None, requirement: str, result: str, announced: tuple[int, ...], text: str
    ):
        roll_call = make_roll_call(
            method="non-recorded", requirement=requirement, result=result, announced=(*announced, 0)
        )
        explanation = explain(roll_call)

        assert explanation.text == text
        assert explanation.findings == ()

    @pytest.mark.parametrize(
        ("requirement", "result", "announced", "finding"),
        [
            ("two-thirds", "adopted", (79, 40), "Recorded as adopted, but the figures give rejected."),
            ("simple-majority", "adopted", (50, 50), "Recorded as adopted, but the figures give rejected."),
            ("not-stated", "rejected", (80, 40), "Recorded as rejected, but the figures give adopted."),
        ],
    )
    def test_result_that_contradicts_the_totals_is_reported(self, db: None, requirement, result, announced, finding):
        roll_call = make_roll_call(method="non-recorded", requirement=requirement, result=result, announced=announced)

        assert explain(roll_call).findings == (finding,)

    @pytest.mark.parametrize("result", ["adopted", "rejected"])
    def test_no_finding_between_simple_and_two_thirds_if_majority_is_not_stated(self, db: None, result: str):
        assert explain(make_roll_call(method="non-recorded", result=result, announced=(59, 55))).findings == ()

    def test_adoption_without_a_vote_is_explained_as_such(self, db: None):
        explanation = explain(make_roll_call(method="without-vote", result="adopted"))

        assert explanation == Explanation("Adopted without a vote.", (), ())

    @pytest.mark.parametrize(
        ("method", "result", "text"),
        [
            ("recorded", "adopted", "Adopted. Recorded vote; who voted how is not on record."),
            ("roll-call", "rejected", "Rejected. Roll-call vote; who voted how is not on record."),
            ("recorded", "not-stated", "Recorded vote; who voted how is not on record."),
            (
                "non-recorded",
                "adopted",
                "Adopted. Non-recorded vote; neither the tally nor who voted how is on record.",
            ),
        ],
    )
    def test_missing_votes_and_totals_are_explained(self, db: None, method: str, result: str, text: str):
        assert explain(make_roll_call(method=method, result=result)) == Explanation(text, (), ())

    def test_charter_amendment_is_measured_by_all_members_of_the_day(self, record: None):
        # Totals only, and nobody announces the non-voting: the electorate is the membership on the date, 193.
        roll_call = make_roll_call(
            method="non-recorded", requirement="two-thirds-of-members", result="rejected", announced=(120, 0, 5)
        )
        explanation = explain(roll_call)

        assert explanation.text == (
            "Rejected: 120 of 120 present and voting were in favour "
            "(100.0%). Two-thirds of all members, 129, were required."
        )
        assert explanation.findings == ()

    def test_charter_amendment_with_all_votes_is_explained(self, record: None):
        codes = list(MemberState.objects.members_of(make_body(), day("2024-12-17")).values_list("code", flat=True))
        votes = dict(zip(codes, "Y" * 129 + "N" * 10 + "A" * 4 + "X" * 50, strict=True))
        roll_call = make_roll_call(votes=votes, requirement="two-thirds-of-members", result="adopted")

        assert explain(roll_call).text == (
            "Adopted: 129 of 139 present and voting were in favour "
            "(92.8%). Two-thirds of all members, 129, were required."
        )


class TestCouncil:
    """A council of fifteen, two of them permanent."""

    PERMANENT = ("QPA", "QPB")

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        self.council = make_body("SC")
        BodyMembership.objects.filter(body=self.council).delete()
        self.codes = [*self.PERMANENT, *(f"QQ{letter}" for letter in "ABCDEFGHIJKLM")]
        for code in self.codes:
            state = make_state(code)
            make_seat(state=state, body=self.council, permanent=code in self.PERMANENT)

    def explain(self, choices: str, result: str, requirement: str = "security-council-substantive") -> Explanation:
        votes = dict(zip(self.codes, choices, strict=True))
        return explain(make_roll_call(body=self.council, votes=votes, result=result, requirement=requirement))

    def test_both_vetoes_are_named(self):
        explanation = self.explain("NN" + "Y" * 13, "vetoed")

        assert explanation.text == (
            "Vetoed: 13 votes in favour of the 9 needed, but permanent members voted against: State QPA, State QPB."
        )
        assert [line.state.code for line in explanation.permanent_against] == ["QPA", "QPB"]
        assert explanation.findings == ()

    def test_too_few_votes_are_a_rejection_whoever_is_against(self):
        explanation = self.explain("NN" + "Y" * 8 + "A" * 5, "rejected")

        assert explanation.text == "Rejected: 8 votes in favour of the 9 needed."
        assert explanation.findings == ()

    def test_one_vote_is_in_the_singular(self):
        assert self.explain("YNNNNA" + "A" * 9, "rejected").text == "Rejected: 1 vote in favour of the 9 needed."

    def test_vote_of_an_elected_member_against_is_not_a_veto(self):
        explanation = self.explain("YY" + "N" * 3 + "Y" * 10, "adopted")

        assert explanation.permanent_against == ()
        assert explanation.findings == ()
        assert "no permanent member against" in explanation.text

    def test_abstention_or_absence_of_a_permanent_member_is_not_a_veto(self):
        explanation = self.explain("AX" + "Y" * 13, "adopted")

        assert explanation.permanent_against == ()
        assert explanation.findings == ()

    def test_procedural_vote_has_no_veto_and_does_not_deny_votes_against(self):
        # As when the Council called the emergency special session of 2022: 11-1-3, Russia against, adopted.
        explanation = self.explain("NY" + "Y" * 10 + "AAA", "adopted", "security-council-procedural")

        assert explanation.findings == ()
        assert explanation.text.startswith("Adopted: 11 votes in favour")
        assert "no permanent member against" not in explanation.text

    @pytest.mark.parametrize(
        ("date", "requirement", "rule"),
        [
            (
                "1965-12-31",
                "security-council-substantive",
                "Until the end of 1965, seven of the Council’s eleven members had to be in favour and no permanent ",
            ),
            (
                "1966-01-01",
                "security-council-substantive",
                "Nine of the Council’s fifteen members have to be in favour and no permanent member against ",
            ),
            (
                "1965-12-31",
                "security-council-procedural",
                "Until the end of 1965, a question of procedure needed seven ",
            ),
            (
                "1966-01-01",
                "security-council-procedural",
                "A question of procedure needs nine of the Council’s fifteen ",
            ),
        ],
    )
    def test_required_majority_is_that_of_the_day(self, date: str, requirement: str, rule: str):
        roll_call = make_roll_call(
            body=self.council, date=day(date), result="adopted", requirement=requirement, announced=(7, 0, 4)
        )

        assert explain(roll_call).rule.startswith(rule)

    def test_veto_implies_the_substantive_majority(self):
        explanation = self.explain("N" + "Y" * 14, "vetoed", "not-stated")

        assert explanation.text == (
            "Vetoed: 14 votes in favour of the 9 needed, but a permanent member voted against: State QPA."
        )
        assert explanation.rule.startswith("Nine of the Council’s fifteen members")
        assert self.explain("Y" * 15, "adopted", "not-stated").rule == ""

    def test_without_a_stated_majority_only_the_votes_are_given(self):
        explanation = self.explain("YY" + "Y" * 10 + "AAA", "adopted", "not-stated")

        assert explanation.text == "Adopted: 12 votes in favour."
        assert explanation.findings == ()

    @pytest.mark.parametrize(
        ("choices", "result"),
        [("N" + "Y" * 14, "vetoed"), ("Y" * 8 + "A" * 7, "rejected"), ("N" + "Y" * 14, "adopted")],
    )
    def test_without_a_stated_majority_the_council_has_no_findings(self, choices: str, result: str):
        assert self.explain(choices, result, "not-stated").findings == ()

    def test_the_permanent_members_are_those_of_the_day(self):
        MemberState.objects.get(code="QPA").body_memberships.update(until="2000-01-01")
        explanation = self.explain("NY" + "Y" * 13, "adopted")

        assert explanation.permanent_against == ()
        assert explanation.findings == ("Votes of 15 states are recorded; the body had 14 members on that date.",)

    def test_members_without_an_entry_are_counted(self):
        self.codes = self.codes[:12]

        assert self.explain("Y" * 12, "adopted").findings == (
            "The votes do not include 3 of the 15 members of the body on that date.",
        )

    def test_a_changed_vote_changes_the_explanation(self):
        roll_call = make_roll_call(
            body=self.council,
            votes=dict.fromkeys(self.codes, "Y"),
            result="adopted",
            requirement="security-council-substantive",
        )
        Vote.objects.filter(roll_call=roll_call, state__code="QPA").update(choice="N")

        assert explain(landmark(roll_call.slug)).findings == ("Recorded as adopted, but the figures give vetoed.",)
