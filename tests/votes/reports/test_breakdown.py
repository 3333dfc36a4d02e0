"""The breakdown of a roll call by state and bloc, with the names and memberships of its day."""

import pytest
from hypothesis import given, settings

from tests.factories import day, make_bloc, make_membership, make_roll_call, make_state
from tests.votes.random_record import RECORD, SLUGS, WORDS, Record, Stage, records
from votes.choices import Choice
from votes.models import Correction, MemberState, RollCall, StateName
from votes.record.record import load
from votes.reports.breakdown import Breakdown, PartnerBreaks
from votes.reports.roll_call_context import RollCallContext
from votes.totals import Totals


@pytest.fixture
def landmark(record: None) -> RollCall:
    return RollCall.objects.with_tally().get(slug="a-res-es-11-7")


def breakdown_of(roll_call: RollCall) -> Breakdown:
    """Return the breakdown of a roll call in the record as it is, publishing it first."""
    RollCall.objects.filter(pk=roll_call.pk).update(status="published")
    return Breakdown.of(roll_call, load(), RollCallContext.of(roll_call).intended)


def members(breakdown: Breakdown) -> dict[str, set[str]]:
    return {line.bloc.slug: {s.state.code for s in breakdown.of_bloc(line.bloc.slug) or ()} for line in breakdown.blocs}


def test_breakdown_of_es_11_7_matches_the_record(landmark: RollCall):
    breakdown = Breakdown.of(landmark, load(), {})
    lines = {line.state.code: line for line in breakdown.states}
    blocs = {line.bloc.slug: line for line in breakdown.blocs}

    assert Totals.count(line.choice for line in breakdown.states) == Totals(93, 18, 65, 17)
    assert lines["USA"].choice == lines["RUS"].choice == lines["HUN"].choice == Choice.NO
    assert lines["CHN"].choice == Choice.ABSTAINING
    assert [breakdown.states[0].name, breakdown.states[-1].name] == ["Afghanistan", "Zimbabwe"]
    belongs = {slug for slug, codes in members(breakdown).items() if "USA" in codes}
    assert {"nato", "oas", "p5"} <= belongs
    assert not {"eu", "weog"} & belongs
    assert blocs["eu"].totals == Totals(26, 1, 0, 0)
    assert [line.state.code for line in blocs["eu"].against_position] == ["HUN"]
    assert blocs["eu"].position == Choice.YES
    assert blocs["nato"].totals.members == 32
    assert {line.state.code for line in blocs["nato"].against_position} == {"HUN", "MKD", "USA"}
    assert breakdown.corrections == []


def test_breakdown_makes_no_query(landmark, django_assert_num_queries):
    small = make_roll_call(votes={"FRA": "Y", "USA": "N", "RUS": "A"}, status="published")
    record = load()

    for roll_call, states in ((small, 3), (landmark, 193)):
        with django_assert_num_queries(0):
            assert len(Breakdown.of(roll_call, record, {}).states) == states


@given(record=records())
@settings(RECORD, max_examples=30)
def test_breakdown_equals_reading_it_from_the_database(stage: Stage, record: Record):
    with stage.holding(record) as roll_calls:
        for taken in record.taken:
            breakdown = breakdown_of(roll_calls[taken.slug])

            assert [(line.state.code, line.choice) for line in breakdown.states] == sorted(taken.choices.items())
            assert members(breakdown) == {
                s: set(record.choices_of(s, taken)) for s in SLUGS if record.choices_of(s, taken)
            }
            lines = {line.bloc.slug: line for line in breakdown.blocs}
            assert set(lines) == {slug for slug in SLUGS if record.choices_of(slug, taken)}
            for slug, bloc_line in lines.items():
                choices = record.choices_of(slug, taken)
                word = record.position_of(slug, taken)
                assert bloc_line.totals == Totals.count(choices.values())
                assert (bloc_line.position.word if bloc_line.position else None) == (
                    word if word in ("for", "against", "abstain") else None
                )
                assert {against.state.code for against in bloc_line.against_position} == {
                    code
                    for code, choice in choices.items()
                    if word in ("for", "against", "abstain") and choice != "X" and WORDS[choice] != word
                }


class TestByHand:
    """One of each, in plain view."""

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        self.a, self.b, self.c = (
            make_state("QQA", name="Ruritania"),
            make_state("QQB", name="Élbonia"),
            make_state("QQC", name="Zenda"),
        )

    def test_states_are_named_as_they_were_on_the_day(self):
        StateName.objects.create(state=self.a, name="Old Ruritania", until=day("2000-01-01"))
        StateName.objects.create(state=self.a, name="New", since=day("2000-01-01"), until=day("2001-01-01"))

        for date, name in (
            ("1999-12-31", "Old Ruritania"),
            ("2000-01-01", "New"),
            ("2000-12-31", "New"),
            ("2001-01-01", "Ruritania"),
        ):
            assert breakdown_of(make_roll_call(votes={"QQA": "Y"}, date=day(date))).states[0].name == name
            assert self.a.name_on(day(date)) == name

    def test_states_are_sorted_by_their_name_without_accents(self):
        roll_call = make_roll_call(votes={"QQA": "Y", "QQB": "Y", "QQC": "Y"})

        assert [line.name for line in breakdown_of(roll_call).states] == ["Élbonia", "Ruritania", "Zenda"]

    def test_states_are_sorted_by_the_name_they_had(self):
        StateName.objects.create(state=self.c, name="Ârcadia", until=day("2025-01-01"))

        lines = breakdown_of(make_roll_call(votes={"QQA": "Y", "QQB": "Y", "QQC": "Y"})).states
        assert [line.name for line in lines] == ["Ârcadia", "Élbonia", "Ruritania"]

    def test_blocs_are_sorted_by_kind_and_name(self):
        for slug, kind in (("bloc-z", "alliance"), ("bloc-b", "union"), ("bloc-a", "union"), ("bloc-c", "economic")):
            make_bloc(slug, kind=kind, members=(self.a,))
        make_bloc("bloc-of-others", members=(self.b,))
        roll_call = make_roll_call(votes={"QQA": "Y"})

        # In the order in which the kinds are listed: unions, alliances, economic organisations.
        slugs = [line.bloc.slug for line in breakdown_of(roll_call).blocs]
        assert slugs == ["bloc-a", "bloc-b", "bloc-z", "bloc-c"]

    def test_no_dissenters_from_a_split_position(self):
        make_bloc("bloc-a", members=(self.a, self.b))

        (line,) = breakdown_of(make_roll_call(votes={"QQA": "Y", "QQB": "N"})).blocs
        assert line.position is None
        assert line.against_position == ()

    def test_correction_is_shown_with_the_vote(self):
        roll_call = make_roll_call(votes={"QQA": "N", "QQB": "Y"})
        Correction.objects.create(roll_call=roll_call, state=self.a, intended="Y")
        breakdown = breakdown_of(roll_call)

        assert [(line.name, line.choice, line.intended) for line in breakdown.corrections] == [("Ruritania", "N", "Y")]
        assert Totals.count(line.choice for line in breakdown.states) == Totals(1, 1, 0, 0)

    @pytest.mark.parametrize("status", ["suspended", "observer"])
    def test_only_full_members_count_in_a_bloc(self, status: str):
        make_membership(bloc=make_bloc(), state=self.a, status=status)

        breakdown = breakdown_of(make_roll_call(votes={"QQA": "Y"}))
        assert breakdown.blocs == ()
        assert breakdown.of_bloc("eu") is None

    def test_roll_call_without_votes_has_an_empty_breakdown(self):
        assert breakdown_of(make_roll_call()) == Breakdown((), ())

    def test_draft_has_an_empty_breakdown(self):
        assert Breakdown.of(make_roll_call(votes={"QQA": "Y"}), load(), {}) == Breakdown((), ())


def test_landmark_votes_alone_give_no_closest_partners(landmark: RollCall):
    assert PartnerBreaks.of(landmark, load()) is None


def test_notable_breaks_state_the_number_of_partners(db: None):
    states = [make_state() for _ in range(8)]
    for number in range(25):
        choice = "YNA"[number % 3]
        make_roll_call(
            votes={state.code: choice for state in states}, date=day(f"2000-02-{number + 1:02}"), status="published"
        )
    broke = make_roll_call(
        votes={state.code: "N" if state is states[3] else "Y" for state in states}, date=day("2005-02-02"),
        status="published",
    )  # fmt: skip
    record = load()
    found = PartnerBreaks.of(broke, record)

    # The first of the twenty-five was more than five years before.
    assert found is not None
    assert (found.since, found.before, found.roll_calls) == (day("2000-02-02"), day("2005-02-02"), 24)
    assert [(one.state, one.other, one.partners) for one in found.breaks] == [(states[3].code, 7, 7)]


def test_the_council_and_drafts_have_no_notable_breaks(record: None):
    council = RollCall.objects.get(slug="s-2022-155")

    assert PartnerBreaks.of(council, load()) is None
    assert PartnerBreaks.of(make_roll_call(votes={"USA": "Y"}), load()) is None


def test_both_look_ups_of_a_former_name_agree(record: None):
    states = list(MemberState.objects.prefetch_related("former_names"))
    read = load().states

    for date in (day(f"{year}-07-01") for year in range(1946, 2027)):
        assert {s.code: s.name_on(date) for s in states} == {s.code: read[s.code].name_on(date) for s in states}
