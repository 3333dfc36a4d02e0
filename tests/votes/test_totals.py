"""Totals of a roll call, worked out by hand."""

import pytest

from votes.choices import Choice
from votes.totals import Totals, differences, plurality


def test_totals_of_es_11_7_match_the_record():
    totals = Totals(93, 18, 65, 17)

    assert str(totals) == "93-18-65"
    assert totals.present_and_voting == 111
    assert totals.voting == 176
    assert totals.members == 193
    assert totals.share_in_favour == pytest.approx(83.78, abs=0.01)
    assert totals.position == Choice.YES
    assert not totals.is_tied
    assert totals.cohesion == pytest.approx((93 - 83 / 2) / 176)


def test_totals_count_choices():
    assert Totals.count("YYNAXXXY") == Totals(3, 1, 1, 3)
    assert Totals.count([]) == Totals(0, 0, 0, 0)
    assert [Totals(3, 1, 2, 4).of(choice) for choice in "YNAX"] == [3, 1, 2, 4]


@pytest.mark.parametrize(
    ("totals", "cohesion"),
    [
        (Totals(1, 0, 0), 1),
        (Totals(0, 0, 7), 1),
        (Totals(1, 1, 1), 0),
        (Totals(2, 1, 0), 0.5),
        (Totals(5, 5, 0), 0.25),
        (Totals(0, 3, 1), 0.625),
        (Totals(2, 1, 0, 190), 0.5),
        (Totals(0, 0, 0, 9), None),
        (Totals(0, 0, None, None), None),
    ],
)
def test_cohesion_worked_by_hand(totals: Totals, cohesion: float | None):
    assert totals.cohesion == (cohesion if cohesion is None else pytest.approx(cohesion))


@pytest.mark.parametrize(
    ("totals", "position", "tied"),
    [
        (Totals(2, 1, 1), Choice.YES, False),
        (Totals(1, 2, 1), Choice.NO, False),
        (Totals(1, 1, 2), Choice.ABSTAINING, False),
        (Totals(1, 0, 0, 50), Choice.YES, False),
        (Totals(2, 2, 1), None, True),
        (Totals(2, 1, 2), None, True),
        (Totals(1, 2, 2), None, True),
        (Totals(1, 1, 1), None, True),
        (Totals(0, 0, 0, 5), None, False),
        (Totals(0, 0, 0, 0), None, False),
        (Totals(3, 3, None, None), None, True),
    ],
)
def test_position_is_the_plurality_of_those_who_voted(totals: Totals, position: Choice | None, tied: bool):
    assert totals.position == position
    assert totals.is_tied == tied
    assert plurality(totals.yes, totals.no, totals.abstaining or 0) == position


def test_unannounced_figure_is_not_zero():
    totals = Totals(11, 1, None, None)

    assert str(totals) == "11-1"
    assert (totals.present_and_voting, totals.voting, totals.members) == (12, 12, 12)
    assert totals.of("A") == totals.of("X") == 0
    assert differences(Totals(11, 1, 3, 0), totals.figures) == []


def test_share_is_none_if_nobody_voted():
    assert Totals(0, 0, 12).share_in_favour is None


def test_differences_are_listed_figure_by_figure():
    assert differences(Totals(93, 18, 65, 17), (93, 18, 65, 17)) == differences(None, (1, 2, 3, 4)) == []
    assert differences(Totals(93, 18, 65, 17), (94, 18, 64, None)) == [
        (Choice.YES, 93, 94),
        (Choice.ABSTAINING, 65, 64),
    ]


@pytest.mark.parametrize(("word", "choice"), [("for", "Y"), ("against", "N"), ("abstain", "A"), ("nonvoting", "X")])
def test_words_of_addresses_map_to_choices(word: str, choice: str):
    assert Choice.from_word(word) == choice
    assert Choice(choice).word == word


@pytest.mark.parametrize("word", ["", "For", "yes", "tied", "Y", "abstaining"])
def test_unknown_word_is_refused_with_the_valid_words(word: str):
    with pytest.raises(ValueError, match=r"^Unknown choice “.*”; the choices are for, against, abstain, nonvoting.$"):
        Choice.from_word(word)
