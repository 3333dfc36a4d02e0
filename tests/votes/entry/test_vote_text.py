"""Parsing short texts: choices and reported problems."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from tests.votes.entry.electorates import names
from votes.entry.problems import CHOICES, SENTENCES, Kind, Problem, message
from votes.entry.vote_text import understand

DAY = datetime.date(2025, 2, 24)


def lists(text: str, body: str = "GA", date: datetime.date = DAY) -> dict[str, str]:
    understood = understand(text, names(body, date))
    return {found.choice: " ".join(named.code for named in found.named) for found in understood.lists}


def problems(text: str, body: str = "GA", date: datetime.date = DAY) -> list[tuple[str, str]]:
    """Return the kinds of problems with the words that they point at."""
    found = understand(text, names(body, date)).problems
    return [(one.kind, text[one.place.start : one.place.end] if one.place else "") for one in found]


@pytest.mark.parametrize(
    ("heading", "choice"),
    [
        ("In favour:", "Y"),
        ("IN FAVOR :", "Y"),
        ("Yes:", "Y"),
        ("Against:", "N"),
        ("No:", "N"),
        ("Abstaining:", "A"),
        ("Abstain:", "A"),
        ("Abstentions:", "A"),
        ("Absten-\ntions (1):", "A"),
        ("Absent:", "X"),
        ("Absent or not voting:", "X"),
        ("Non-voting:", "X"),
        ("Non-\nvoting:", "X"),
        ("Not voting:", "X"),
        ("Not participating:", "X"),
        ("Not participating in the vote:", "X"),
        ("Abstaining –", "A"),
        ("Abstaining\n", "A"),
    ],
)
def test_heading_sets_the_choice_of_its_list(heading: str, choice: str) -> None:
    assert lists(f"{heading} Chad") == {choice: "TCD"}


@pytest.mark.parametrize("text", ["Those against Chad, Mali", "It was in favour of Chad:", "Nigeria: no: Chad"])
def test_prose_is_not_a_heading(text: str) -> None:
    assert lists(text) == {}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Albania, Andorra and Angola", "ALB AND AGO"),
        ("Albania; Andorra; Angola.", "ALB AND AGO"),
        ("Albania\nAndorra\nAngola\n", "ALB AND AGO"),
        ("Albania\n\nAndorra\n\nAngola", "ALB AND AGO"),
        ("ALBANIA, ANDORRA", "ALB AND"),
        ("Mozam-\nbique, Guinea-\nBissau, Timor-\nLeste", "MOZ GNB TLS"),
        ("Papua New\nGuinea, Equatorial\nGuinea, Guinea", "PNG GNQ GIN"),
        ("Niger, Nigeria, Dominica, Dominican Republic", "NER NGA DMA DOM"),
        ("Congo, Democratic Republic of the, Congo, Democratic Republic of the Congo", "COD COG"),
        ("Congo, Democratic Republic of the Congo", "COG COD"),
        ("Korea, Republic of, Kuwait", "KOR KWT"),
        ("Palau, Republic of\nKorea, Peru, Republic\nof Moldova, Peru, Republic of, Fiji", "PLW KOR PER MDA FJI"),
        ("Antigua and Barbuda and Trinidad and Tobago and Zambia", "ATG TTO ZMB"),
        ("Saint Vincent and\nthe Grenadines, and Sao Tome and Principe", "VCT STP"),
        ("Serbia and Montenegro", "SRB MNE"),
        ("St. Lucia, St. Kitts and Nevis, Dem. Rep. of the Congo.", "LCA KNA COD"),
        ("Georgia\n\nA/ES-11/PV.19 24/02/2025\n18/34 25-04567\n\n, Germany, Papua New\n12\nGuinea", "GEO DEU PNG"),
        ("the Netherlands, the Gambia", "NLD GMB"),
        ("None", ""),
        ("Nil.", ""),
    ],
)
def test_names_in_a_list_are_read_in_any_layout(text: str, codes: str) -> None:
    assert lists(f"In favour: {text}") == {"Y": codes}


def test_serbia_and_montenegro_was_one_state() -> None:
    assert lists("In favour: Serbia and Montenegro", date=datetime.date(2005, 1, 1)) == {"Y": "SCG"}


def test_table_of_figures_is_not_a_list() -> None:
    text = "In favour: 2\nAgainst: 1\nAbstaining: 0\n\nIn favour:\nChad, Mali\n\nAgainst:\nFiji\n"
    assert lists(text) == {"Y": "TCD MLI", "N": "FJI"}
    assert problems(text) == []
    assert understand(text, names("GA", DAY)).announced == {"Y": 2, "N": 1, "A": 0}


def test_states_in_brackets_are_lists_where_there_are_no_headings() -> None:
    text = (
        "Adopted by 12 votes in favour, to 1 against (Russian Federation), with 2 abstentions (China and Algeria), "
        "the resolution stands."
    )
    assert lists(text, "SC") == {"N": "RUS", "A": "CHN DZA"}
    assert problems(text, "SC") == []


def test_list_continues_after_a_page_break() -> None:
    assert lists("In favour: Albania,\n\nIn favour (continued): Chad") == {"Y": "ALB TCD"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In favour: Chad, Atlantis, Mali", [("unknown", "Atlantis")]),
        ("In favour: Atlantis", [("unknown", "Atlantis")]),
        ("In favour: Chad, Korea", [("ambiguous", "Korea")]),
        ("In favour: Chad, Yugoslavia", [("not-a-member", "Yugoslavia")]),
        ("In favour: Chad, Mali, Tshad, Chad", [("unknown", "Tshad"), ("named-twice", "Chad")]),
        ("In favour: Chad\nAgainst: Mali, Chad", [("in-two-lists", "Chad")]),
        ("In favour: Chad\nIn favour: Mali", [("heading-twice", "In favour:")]),
        ("In favour: Chad. Mali", [("name-after-end", "Mali")]),
        ("In favour:\nChad\nAtlantis\nMali\nTogo", [("name-after-end", "Mali")]),
        ("In favour:\n\nChad\n\nAtlantis\n\nMali\n\nTogo", [("name-after-end", "Mali")]),
        ("In favour: Chad\nAtlantis, Papua New Guinea", [("name-after-end", "Papua New Guinea")]),
        ("In favour: Chad. The rest were away.\nAgainst: Mali", [("not-understood", "The rest were away.")]),
        ("In favour: Chad, all who had spoken before, Mali", [("unknown", "all who had spoken before")]),
        (
            "In favour: Chad, the representatives of all those whose names are to be found in the annex, Mali",
            [("not-understood", "the representatives of all those whose names are to be found in the annex, Mali")],
        ),
        ("In favour: 3. Chad", [("total", "In favour:")]),
        ("In favour (3): Chad", [("total", "In favour (3):")]),
        (
            "In favour: Chad\nAgainst:\nNone\nAdopted by 3 votes to 1, with no abstentions.",
            [("total", "In favour:"), ("total", "Against:")],
        ),
        (
            "Adopted by 3 votes to 1. Rejected by 2 votes to 1.",
            [("totals-differ", "Rejected by 2 votes to 1"), ("results-differ", "Rejected by 2 votes to 1")],
        ),
        (
            (
                "Draft resolution A/79/L.1 was adopted by 3 votes to 1.\n\nDraft resolution A/79/L.2 was "
                "adopted by 3 votes "
                "to 1."
            ),
            [("symbols-differ", "A/79/L.2")],
        ),
        ("", [("nothing", "")]),
    ],
)
def test_problems_of_a_text_are_reported(text: str, expected: list[tuple[str, str]]) -> None:
    assert problems(text) == expected


def test_problems_suggest_nearby_states() -> None:
    understood = understand("In favour: Zambiaa, Korea, Yugoslavia, Xyzzy", names("GA", DAY))
    unknown, ambiguous, no_member, nothing_near = understood.problems
    assert unknown.suggestions[0] == "ZMB"
    assert ambiguous.suggestions == ("KOR", "PRK")
    assert no_member.suggestions == ("BIH", "HRV", "MKD", "SVN")
    assert nothing_near.suggestions == ()
    assert understood.choices == {}


def test_state_in_two_lists_or_without_a_seat_has_no_choice() -> None:
    understood = understand("In favour: Chad, Mali, Zaire, Yugoslavia\nAgainst: Chad", names("GA", DAY))
    assert understood.choices == {"MLI": "Y", "COD": "Y"}
    assert len(understood.not_mentioned) == len(names("GA", DAY).electorate.members) - 3
    assert understood.not_mentioned[:3] == ("AFG", "ALB", "DZA")


def test_assembly_member_without_a_council_seat_is_not_a_member() -> None:
    understood = understand("In favour: Chad, Denmark", names("SC", DAY))
    assert understood.choices == {"DNK": "Y"}
    assert [(one.kind, one.details["code"]) for one in understood.problems] == [(Kind.NOT_A_MEMBER, "TCD")]


def test_a_list_ends_where_speeches_begin() -> None:
    text = (
        "Abstaining:\nChina, India\n\nThe President: I thank France, Mexico and Chad.\n\n"
        "In favour of: nothing.\nMexico, speaking after the vote, agreed with Fiji."
    )
    assert lists(text) == {"A": "CHN IND"}
    assert problems(text) == []


def test_positions_refer_to_the_pasted_text() -> None:
    text = "In favour:\r\n  Mozam-\r\nbique,\u00a0Co\u0302te d’Ivoire\r\n\r\n12\r\n\r\n, Guinea-\r\nBissau"
    (found,) = understand(text, names("GA", DAY)).lists
    assert [text[one.place.start : one.place.end] for one in found.named] == [
        "Mozam-\r\nbique",
        "Co\u0302te d’Ivoire",
        "Guinea-\r\nBissau",
    ]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_problem_has_a_message(kind: Kind) -> None:
    details: dict[str, str | int] = dict.fromkeys(("announced", "counted", "difference", "number", "other_number"), 2)
    details |= {"text": "t", "state": "Chad", "code": "TCD", "choice": "Y", "other": "N", "symbols": "A/1"}
    said = message(Problem(kind, details=details))
    assert "%" not in said
    assert said.endswith((".", "?", "”."))
    seen: list[str] = []

    def translate(text: str) -> str:
        seen.append(text)
        return text

    assert message(Problem(kind, details=details), translate) == said
    assert seen[-1] == SENTENCES[kind]


def test_message_of_differing_totals_names_choice_and_difference() -> None:
    problem = understand("In favour (3): Chad", names("GA", DAY)).problems[0]
    assert message(problem) == "“In favour”: 3 announced, 1 in the list, a difference of -2."
    assert message(problem, {SENTENCES[Kind.TOTAL]: "%(choice)s %(difference)d", CHOICES["Y"]: "Pour"}.__getitem__) == (
        "Pour -2"
    )


def test_parser_does_not_import_django() -> None:
    code = "import sys, votes.entry.vote_text, votes.entry.printing; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
