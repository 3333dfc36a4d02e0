"""Positions and differences of states and blocs: selection and parsing."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_bloc, make_membership, make_roll_call, make_state
from tests.votes.random_record import CODES, RECORD, SLUGS, Record, Stage, records
from votes.record.parties import Accord, Difference, Party, Position
from votes.record.record import Record as Reading
from votes.record.record import load

WORDS = ["for", "against", "abstain", "nonvoting"]


def found(condition: Position | Difference | Accord, record: Reading) -> set[str]:
    return set(record.matrix.slugs[condition.met(record)].tolist())


def position(text: str, record: Reading) -> set[str]:
    return found(Position.parse(text, record), record)


def difference(text: str, record: Reading) -> set[str]:
    return found(Difference.parse(text, record), record)


parties = st.one_of(st.sampled_from(CODES), st.sampled_from(SLUGS))
groups = st.lists(st.sampled_from(CODES), min_size=2, max_size=4, unique=True)


@given(record=records(), group=groups)
@settings(RECORD, max_examples=40)
def test_positions_are_those_counted_by_hand(stage: Stage, record: Record, group: list[str]):
    with stage.holding(record):
        read = load()
        for party in [*SLUGS, *group]:
            for word in [*WORDS, "tied"] if party in SLUGS else WORDS:
                expected = {t.slug for t in record.taken if record.position_of(party, t) == word}
                assert position(f"{party}:{word}", read) == expected, (party, word)


@given(record=records(), group=groups, word=st.sampled_from(WORDS))
@settings(RECORD, max_examples=40)
def test_several_states_each_took_the_position(stage: Stage, record: Record, group: list[str], word: str):
    expected = {t.slug for t in record.taken if all(record.position_of(code, t) == word for code in group)}

    with stage.holding(record):
        assert position(f"{','.join(group)}:{word}", load()) == expected


@given(record=records(), pairs=st.lists(st.tuples(parties, parties), min_size=4, max_size=8, unique=True))
@settings(RECORD, max_examples=40)
def test_differ_and_same_need_a_position_of_both_parties(stage: Stage, record: Record, pairs: list[tuple[str, str]]):
    with stage.holding(record):
        read = load()
        for one, other in pairs:
            differed: set[str] = set()
            agreed: set[str] = set()
            for taken in record.taken:
                first, second = record.position_of(one, taken), record.position_of(other, taken)
                real = {"for", "against", "abstain"}
                if first in real and second in real:
                    (differed if first != second else agreed).add(taken.slug)
            text = f"{one}~{other}"
            assert difference(text, read) == differed, text
            assert found(Accord.parse(text, read), read) == agreed, text


class TestByHand:
    """One of each, in plain view."""

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        self.a, self.b, self.c, self.d = (make_state(code) for code in ("QQA", "QQB", "QQC", "QQD"))
        self.bloc = make_bloc("bloc-a", members=(self.a, self.b, self.c))

    def took(self, text: str, **votes: str) -> bool:
        roll_call = make_roll_call(votes=votes, status="published")
        record = load()
        return roll_call.slug in found((Difference if "~" in text else Position).parse(text, record), record)

    @pytest.mark.parametrize(
        ("word", "votes"),
        [
            ("for", {"QQA": "Y", "QQB": "Y", "QQC": "N"}),
            ("for", {"QQA": "Y", "QQB": "X", "QQC": "X"}),
            ("for", {"QQA": "Y", "QQD": "N"}),
            ("against", {"QQA": "N", "QQB": "N", "QQC": "A"}),
            ("abstain", {"QQA": "A", "QQB": "A", "QQC": "Y"}),
            ("tied", {"QQA": "Y", "QQB": "N", "QQC": "A"}),
            ("tied", {"QQA": "Y", "QQB": "N", "QQD": "N"}),
            ("nonvoting", {"QQA": "X", "QQD": "Y"}),
        ],
    )
    def test_a_bloc_has_one_position(self, word: str, votes: dict[str, str]):
        for other in [*WORDS, "tied"]:
            assert self.took(f"bloc-a:{other}", **votes) == (other == word), other

    def test_bloc_outside_the_electorate_has_no_position(self):
        assert not any(self.took(f"bloc-a:{word}", QQD="Y") for word in [*WORDS, "tied"])

    def test_state_that_was_no_member_has_no_position(self):
        assert not any(self.took(f"QQA:{word}", QQB="Y") for word in WORDS)

    def test_a_state_differs_from_its_own_bloc(self):
        assert self.took("QQC~bloc-a", QQA="Y", QQB="Y", QQC="N")
        assert not self.took("QQC~bloc-a", QQA="Y", QQB="Y", QQC="X")
        assert not self.took("QQC~bloc-a", QQA="Y", QQB="A", QQC="N")

    def test_two_blocs_differ_only_where_both_took_positions(self):
        make_bloc("bloc-b", members=(self.d,))

        assert self.took("bloc-a~bloc-b", QQA="Y", QQD="A")
        assert not self.took("bloc-a~bloc-b", QQA="Y", QQD="Y")
        assert not self.took("bloc-a~bloc-b", QQA="Y", QQD="X")
        assert not self.took("bloc-a~bloc-a", QQA="Y")

    def test_membership_is_that_of_the_day(self):
        bloc = make_bloc("bloc-b")
        make_membership(bloc=bloc, state=self.d, since="2020-01-01", until="2024-12-17")
        assert not self.took("bloc-b:for", QQD="Y")

        make_membership(bloc=bloc, state=self.d, since="2024-12-17", until="2024-12-18")
        assert self.took("bloc-b:for", QQD="Y")

    @pytest.mark.parametrize("status", ["suspended", "observer"])
    def test_only_full_members_count_for_a_blocs_position(self, status: str):
        make_membership(bloc=make_bloc("bloc-b"), state=self.d, status=status)

        assert not any(self.took(f"bloc-b:{word}", QQD="Y") for word in WORDS)


class TestParsing:
    """What an address may say, and what is said back."""

    @pytest.fixture(autouse=True)
    def start(self, db: None) -> None:
        make_state("QQA", name="Ruritania")
        make_state("QQB", name="Grand Fenwick")
        make_bloc("bloc-a", short_name="The Bloc")
        make_bloc("b77")
        self.record = load()

    @pytest.mark.parametrize(
        ("text", "names"),
        [("QQA", "Ruritania"), ("QQB,QQA", "Grand Fenwick, Ruritania"), ("bloc-a", "The Bloc"), ("b77", "b77")],
    )
    def test_parties_are_parsed_and_named(self, text: str, names: str):
        assert str(Party.parse(text, self.record)) == names
        assert Party.parse(text, self.record).text == text

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "“” should look like USA:against or eu:for."),
            ("QQA", "“QQA” should look like USA:against or eu:for."),
            (":for", "“:for” should look like USA:against or eu:for."),
            ("QQZ:for", "Unknown state code: “QQZ”."),
            ("QQZ,QQA,QQY:for", "Unknown state code: “QQZ”, “QQY”."),
            ("QQA,bloc-a:for", "Unknown state code: “bloc-a”."),
            ("QQA,:for", "Unknown state code: “”."),
            ("QQA, QQB:for", "Unknown state code: “ QQB”. Did you mean QQB?"),
            ("Qqa:for", "Unknown state code: “Qqa”. Did you mean QQA?"),
            ("bloc--a:for", "Unknown state code: “bloc--a”."),
            ("no-such:for", "Unknown bloc: “no-such”."),
            ("qqa:for", "Unknown bloc: “qqa”. Write state codes in upper case."),
            (
                "QQA:yes",
                "“yes” is not a position of Ruritania; choose one of for, against, abstain, nonvoting.",
            ),
            ("QQA:", "“” is not a position of Ruritania; choose one of for, against, abstain, nonvoting."),
            ("QQA:For", "“For” is not a position of Ruritania; choose one of for, against, abstain, nonvoting."),
            ("QQA:tied", "“tied” is not a position of Ruritania; choose one of for, against, abstain, nonvoting."),
            (
                "QQA,QQB:tied",
                (
                    "“tied” is not a position of Ruritania, Grand Fenwick; choose one of "
                    "for, against, abstain, nonvoting."
                ),
            ),
            ("QQA:for:", "“for:” is not a position of Ruritania; choose one of for, against, abstain, nonvoting."),
            (
                "bloc-a:tie",
                "“tie” is not a position of The Bloc; choose one of for, against, abstain, nonvoting, tied.",
            ),
        ],
    )
    def test_invalid_position_is_explained(self, text: str, message: str):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            Position.parse(text, self.record)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "“” should name two states or blocs, such as USA~eu."),
            ("QQA", "“QQA” should name two states or blocs, such as USA~eu."),
            ("QQA~", "“QQA~” should name two states or blocs, such as USA~eu."),
            ("~QQA", "“~QQA” should name two states or blocs, such as USA~eu."),
            ("QQA,QQB~bloc-a", "“QQA,QQB~bloc-a” should name two states or blocs, such as USA~eu."),
            ("QQA~no-such", "Unknown bloc: “no-such”."),
            ("QQZ~bloc-a", "Unknown state code: “QQZ”."),
            ("QQA~QQB~bloc-a", "Unknown state code: “QQB~bloc-a”."),
        ],
    )
    def test_invalid_difference_is_explained(self, text: str, message: str):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            Difference.parse(text, self.record)

    @pytest.mark.parametrize("text", ["QQ\x00:for", "\x00:for", "QQA:\x00"])
    def test_a_null_character_is_an_unknown_value(self, text: str):
        with pytest.raises(ValueError, match=r"Unknown state code|is not a position"):
            Position.parse(text, self.record)

    def test_code_with_a_null_character_is_an_error(self):
        with pytest.raises(ValueError, match="Unknown state code:"):
            Position.parse("Q\x00QA:for", self.record)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("QQA:against", "Ruritania: Against"),
            ("QQA,QQB:for", "Ruritania, Grand Fenwick: In favour"),
            ("bloc-a:tied", "The Bloc: Tied"),
            ("b77:nonvoting", "b77: Non-voting"),
        ],
    )
    def test_position_is_described_in_words(self, text: str, words: str):
        assert str(Position.parse(text, self.record)) == words

    def test_difference_is_described_in_words(self):
        assert str(Difference.parse("QQA~bloc-a", self.record)) == "Ruritania and The Bloc took different positions"
