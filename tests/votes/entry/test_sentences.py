"""Sentences about a vote: figures, results, symbols, and what delegations had intended."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.votes.entry.electorates import names
from votes.entry.problems import Kind
from votes.entry.vote_text import understand

if TYPE_CHECKING:
    from votes.entry.understood import Understood

DAY = datetime.date(2025, 2, 24)


def read(text: str, body: str = "GA") -> Understood:
    return understand(text, names(body, DAY))


def figures(understood: Understood) -> tuple[int | None, ...]:
    return tuple(understood.announced.get(choice) for choice in ("Y", "N", "A"))


@pytest.mark.parametrize(
    ("text", "expected", "result"),
    [
        ("The text was adopted by 93 votes to 18, with 65 abstentions (resolution ES-11/7).", (93, 18, 65), "adopted"),
        (
            (
                "By a recorded vote of 93 in favour to 18 against, with 65 abstentions, the Assembly adopted "
                "the resolution."
            ),
            (93, 18, 65),
            "adopted",
        ),
        ("The amendment was not adopted by a vote of 20 to 93, with 65 abstentions.", (20, 93, 65), "rejected"),
        ("The draft resolution was rejected by 45 votes to 58, with 17 abstentions.", (45, 58, 17), "rejected"),
        ("The draft resolution was adopted by 154 votes to none, with 6 abstentions.", (154, 0, 6), "adopted"),
        ("The draft resolution was adopted by 154 votes to nil, with no abstentions.", (154, 0, 0), "adopted"),
        ("Operative paragraph 2 was retained by 95 votes to 10.", (95, 10, None), "adopted"),
        (
            (
                "The draft resolution received 11 votes in favour, 1 against and 3 abstentions. The draft "
                "resolution has not "
                "been adopted owing to the negative vote of a permanent member."
            ),
            (11, 1, 3),
            "vetoed",
        ),
        (
            (
                "There were thirteen votes in favour, one against and one abstention. It was not adopted, owing to the "
                "negative votes of two permanent members of the Council."
            ),
            (13, 1, 1),
            "vetoed",
        ),
        (
            (
                "The draft resolution received 8 votes in favour, two against and 5 abstentions. It has not "
                "been adopted, "
                "having failed to obtain the required number of votes."
            ),
            (8, 2, 5),
            "rejected",
        ),
        (
            "The draft was adopted by 10 votes in favour (Algeria, China), to none against, with 5 abstentions.",
            (10, 0, 5),
            "adopted",
        ),
        ("The result of the voting is: 12 in favour, none against, 3 abstaining.", (12, 0, 3), None),
        ("It was adopted\nby 93\u00a0votes to\n18, with 65 absten-\ntions.", (93, 18, 65), "adopted"),
        ("Adopting the text after rejecting an amendment, by 93 votes to 18, it closed.", (93, 18, None), None),
        (
            "The draft resolution received 15 votes in favour. It has been adopted unanimously.",
            (15, None, None),
            "adopted",
        ),
        ("Adopted unanimously.", (None, None, None), "adopted"),
    ],
)
def test_totals_and_result_are_read_from_a_sentence(
    text: str, expected: tuple[int | None, ...], result: str | None
) -> None:
    understood = read(text)
    assert figures(understood) == expected
    assert understood.result == result
    assert understood.is_unanimous == ("unanimous" in text)


@pytest.mark.parametrize(
    "text",
    [
        "It rained on 3 days, and 2 votes were taken.",
        "Resolution 377 A (V) of 3 November 1950 and 5 to 7 others.",
        "There were 40 speakers in favour of it.",
    ],
)
def test_numbers_that_are_not_totals_are_ignored(text: str) -> None:
    understood = read(text)
    assert understood.announcements == ()
    assert [problem.kind for problem in understood.problems] == [Kind.NOTHING]


@pytest.mark.parametrize(
    ("text", "resolution", "draft"),
    [
        (
            "Draft resolution A/ES-11/L.10 was adopted by 9 votes to 1 (resolution ES-11/7).",
            "A/RES/ES-11/7",
            "A/ES-11/L.10",
        ),
        (
            "Draft resolution A/L.630 was adopted by 76 votes to 35 (resolution 2758 (XXVI)).",
            "A/RES/2758(XXVI)",
            "A/L.630",
        ),
        (
            "The draft resolution (document A/79/L.5) was adopted by 9 votes to 1 (resolution 79/5 A).",
            "A/RES/79/5 A",
            "A/79/L.5",
        ),
        (
            "Draft decision A/79/L.5/Rev.1 was adopted by 9 votes to 1 (decision 79/512).",
            "A/DEC/79/512",
            "A/79/L.5/Rev.1",
        ),
        (
            (
                "The draft received 10 votes in favour, none against and 5 abstentions. It has been adopted as "
                "resolution "
                "2774 (2025)."
            ),
            "S/RES/2774 (2025)",
            "",
        ),
        (
            (
                "The Council adopted resolution 2774\n(2025), recalling resolution 2202 (2015), by 10 votes in "
                "favour to "
                "none against."
            ),
            "S/RES/2774 (2025)",
            "",
        ),
        (
            (
                "The Council has before it draft resolution contained in document S/2022/\n155.\n\nIt received "
                "11 votes in "
                "favour, 1 against and 3 abstentions."
            ),
            "",
            "S/2022/155",
        ),
        ("By 9 votes to 1, it was adopted (A/RES/79/5).", "A/RES/79/5", ""),
    ],
)
def test_symbols_of_text_and_draft_are_read_from_a_sentence(text: str, resolution: str, draft: str) -> None:
    understood = read(text)
    assert (understood.resolution, understood.draft) == (resolution, draft)
    assert understood.problems == ()
    for written in (*understood.resolutions, *understood.drafts):
        letters = "".join(filter(str.isalnum, text[written.place.start : written.place.end]))
        assert letters in "".join(filter(str.isalnum, written.symbol))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "[Subsequently, the delegations of Haiti and Mozambique informed the Secretariat that they had "
                "intended to "
                "vote in favour.]"
            ),
            [("HTI", "Y"), ("MOZ", "Y")],
        ),
        (
            "[Subsequently, the delegation of the Niger advised the Secretariat that it had intended to abstain.]",
            [("NER", "A")],
        ),
        (
            (
                "[The delegations of Antigua and Barbuda, Bosnia and Herzegovina and Trinidad and Tobago informed the "
                "Secretariat that they had intended to vote against.]"
            ),
            [("ATG", "N"), ("BIH", "N"), ("TTO", "N")],
        ),
        (
            (
                "[Subsequently, the delegation of Haiti informed the Secretariat that it had intended to vote "
                "in favour and "
                "the delegation of Chad that it had intended to abstain.]"
            ),
            [("HTI", "Y"), ("TCD", "A")],
        ),
        (
            (
                "[Subsequently, the delegation of Haiti informed the Secretariat that it had intended to vote "
                "in favour.]\n"
                "[Subsequently, the delegation of Chad informed the Secretariat that it had not intended to "
                "participate in "
                "the vote.]"
            ),
            [("HTI", "Y"), ("TCD", "X")],
        ),
        (
            (
                "Subsequently, the delegation of Guinea-\nBissau informed the Secretariat that it had "
                "in-\ntended to vote in "
                "favour."
            ),
            [("GNB", "Y")],
        ),
    ],
)
def test_stated_intentions_become_corrections(text: str, expected: list[tuple[str, str]]) -> None:
    understood = read(f"In favour: France\n{text}")
    assert [(intent.code, intent.intended) for intent in understood.corrections] == expected
    assert understood.problems == ()
    assert understood.choices == {"FRA": "Y"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (
            "[Subsequently, the delegation of Atlantis informed the Secretariat that it had intended to abstain.]",
            [Kind.UNKNOWN],
        ),
        (
            "[Subsequently, the delegation of Korea informed the Secretariat that it had intended to abstain.]",
            [Kind.AMBIGUOUS],
        ),
        ("[Subsequently, Chad informed the Secretariat that it had intended to abstain.]", [Kind.NOT_UNDERSTOOD]),
        (
            "[Subsequently, the delegation of Chad informed the Secretariat that it had intended to speak.]",
            [Kind.NOT_UNDERSTOOD],
        ),
        (
            "[Subsequently, the delegation of Chad informed the Secretariat that it had not intended to abstain.]",
            [Kind.NOT_UNDERSTOOD],
        ),
        (
            "[Subsequently, the delegation of France informed the Secretariat that it had intended to vote in favour.]",
            [Kind.CORRECTED_TO_THE_SAME],
        ),
        (
            (
                "[The delegation of Chad informed the Secretariat that it had intended to abstain.] [The "
                "delegation of Chad "
                "informed the Secretariat that it had intended to vote against.]"
            ),
            [Kind.CORRECTED_TWICE],
        ),
        ("The delegation of Chad had intended to vote in favour, said its representative.", []),
    ],
)
def test_unreadable_intentions_are_reported(text: str, kinds: list[Kind]) -> None:
    understood = read(f"In favour: France.\n\n{text}")
    assert [problem.kind for problem in understood.problems] == kinds
    assert understood.choices == {"FRA": "Y"}
