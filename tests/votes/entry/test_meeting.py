"""Cutting the record of a meeting into its votes.

The verbatim records are real, taken from their PDFs; what is right is counted from the official record of votes, not
from the sentences that announce it. No real record in French or Spanish is at hand: those texts are written here by
the United Nations' usage.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import itertools
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resolutions.symbols import parse
from tests.votes.entry.electorates import names
from tests.votes.entry.hostile import HOSTILE
from votes.entry.meeting import cut, kind_of
from votes.entry.pdf import PdfError, PdfFault, read_pdf
from votes.entry.problems import Kind
from votes.entry.understood import ANNOUNCED
from votes.entry.vote_text import understand

if TYPE_CHECKING:
    from votes.entry.meeting import CutVote
    from votes.entry.understood import Understood

VERBATIM = Path(__file__).resolve().parents[4] / "shared" / "data" / "verbatim"
needs_records = pytest.mark.skipif(not VERBATIM.is_dir(), reason="the verbatim records are not at hand")

VOTES = {
    "ga_65_71.txt": (datetime.date(2010, 12, 21), "A/65/PV.71", 15),
    "ga_65_71.pdf": (datetime.date(2010, 12, 21), "A/65/PV.71", 15),
    "ga_48_46.txt": (datetime.date(1993, 11, 1), "A/48/PV.46", 5),
    "ga_79_29.txt": (datetime.date(2024, 10, 29), "A/79/PV.29", 1),
    "sc_2018_8422.txt": (datetime.date(2018, 12, 13), "S/PV.8422", 1),
    "sc_2026_10100.pdf": (datetime.date(2026, 1, 30), "S/PV.10100", 1),
    "ga_64_121.pdf": (datetime.date(2010, 9, 13), "A/64/PV.121", 0),
    "ga_76_102.txt": (datetime.date(2022, 9, 8), "A/76/PV.102", 0),
}


def text_of(name: str) -> str:
    path = VERBATIM / name
    return read_pdf(path.read_bytes()) if path.suffix == ".pdf" else path.read_text(encoding="utf-8")


def read(text: str) -> list[tuple[CutVote, Understood]]:
    """Return the votes of a record with what their lists say."""
    record = cut(text)
    of = names(record.sitting.body, record.sitting.date or datetime.date(2010, 12, 21))
    return [(one, understand(text[one.start : one.end], of)) for one in record.votes]


@cache
def on_record() -> dict[str, dict[str, dict[str, str]]]:
    """Return who voted how by meeting and resolution, as the official files hold it; absent members left out."""
    meetings = {meeting for _date, meeting, _number in VOTES.values()}
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for name in ("ga_voting_1946_2025.csv.gz", "sc_voting_1946_2026.csv.gz"):
        with gzip.open(VERBATIM.parent / name, "rt", encoding="utf-8", newline="") as file:
            lines = (line for line in file if any(meeting in line for meeting in meetings))
            for row in csv.DictReader(itertools.chain([next(file)], lines)):
                if row["ms_vote"] != "X":
                    found[row["meeting"]][parse(row["resolution"]).text][row["ms_code"]] = row["ms_vote"]
    return found


@needs_records
@pytest.mark.parametrize("name", VOTES)
def test_every_state_of_every_vote_of_the_real_records_is_read(name: str) -> None:
    date, meeting, number = VOTES[name]
    text = text_of(name)
    sitting = cut(text).sitting
    assert (sitting.date, sitting.meeting) == (date, meeting)
    votes = read(text)
    assert [one.ordinal for one, _found in votes] == list(range(1, number + 1))
    for one, found in votes:
        assert found.problems == (), one.subject
        assert one.sentence
        counted = Counter(found.choices.values())
        assert [found.announced.get(choice, 0) for choice in ANNOUNCED] == [counted[choice] for choice in ANNOUNCED]
    expected = on_record()[meeting]
    texts = {one.resolution: dict(found.choices) for one, found in votes if one.kind == "text"}
    assert {symbol: texts[symbol] for symbol in expected} == expected


@needs_records
def test_kinds_corrections_and_titles_of_the_real_records() -> None:
    votes = read(text_of("ga_65_71.txt"))
    assert [one.ordinal for one, _found in votes if one.kind != "text"] == [6]
    amendment = votes[5][0]
    assert (amendment.subject, amendment.kind) == ("Amendment contained in document A/65/L.53", "amendment")
    assert amendment.resolution == "A/RES/65/208"
    assert {
        one.ordinal: [(i.code, i.intended) for i in found.corrections] for one, found in votes if found.corrections
    } == {
        2: [("COD", "Y")],
        5: [("GMB", "A")],
        7: [("SAU", "A")],
    }
    assert votes[8][0].title == "Human rights and unilateral coercive measures"
    paragraphs = read(text_of("ga_48_46.txt"))
    assert [(one.kind, one.subject, one.resolution) for one, _found in paragraphs] == [
        ("paragraph", "Eighth preambular paragraph", "A/RES/48/14"),
        ("paragraph", "Ninth preambular paragraph", "A/RES/48/14"),
        ("paragraph", "Operative paragraph 7", "A/RES/48/14"),
        ("paragraph", "Operative paragraph 8", "A/RES/48/14"),
        ("text", "Draft resolution A/48/L.13 and Corr.1, as a whole", "A/RES/48/14"),
    ]
    assert {one.draft for one, _found in paragraphs} == {"A/48/L.13"}


FRENCH = """Nations Unies A/65/PV.71
Assemblée générale
Soixante-cinquième session
71e séance plénière
Mardi 21 décembre 2010, à 15 heures
New York

Le Président : Le projet de résolution I est intitulé « Rapport du Conseil des droits de l’homme ». Un vote
enregistré a été demandé.
Il est procédé au vote enregistré.
Votent pour :
Afrique du Sud, Bolivie (État plurinational de), Bosnie-Herzégovine, Congo, Côte d’Ivoire, États-Unis
d’Amérique, Iran (République islamique d’), Jamahiriya arabe libyenne, République démocratique du
A/65/PV.71

7 10-70469

Congo, République-Unie de Tanzanie, Royaume-Uni de Grande-Bretagne et d’Irlande du Nord, Saint-Vincent-et-les
Grenadines, Trinité-et-Tobago
Votent contre :
Israël, ex-République yougoslave de Macédoine
S’abstiennent :
Allemagne, Guinée-Bissau et Papouasie-Nouvelle-Guinée
Par 13 voix contre 2, avec 3 abstentions, le projet de résolution I est adopté (résolution 65/195).
[La délégation de l’Arabie saoudite a ultérieurement informé le Secrétariat qu’elle avait eu l’intention de voter
contre; les délégations de l’Angola et du Bénin ont informé le Secrétariat qu’elles entendaient s’abstenir.]
Le Président : Nous passons à l’amendement publié sous la cote A/65/L.53.
Il est procédé au vote enregistré.
Votent pour :
Suède
Votent contre :
Néant
S’abstiennent :
Chine
L’amendement A/65/L.53 n’est pas adopté, par une voix contre zéro, avec une abstention.
"""

SPANISH = """Naciones Unidas A/65/PV.71
Asamblea General
Sexagésimo quinto período de sesiones
71ª sesión plenaria
Martes 21 de diciembre de 2010, 15.00 horas
Nueva York

El Presidente: El proyecto de resolución A/65/L.20 se titula “Informe del Consejo de Derechos Humanos”. Se ha
solicitado votación registrada.
Se procede a votación registrada.
Votos a favor:
Antigua y Barbuda, Arabia Saudita, Bosnia y Herzegovina, Congo, Côte d’Ivoire, Estados Unidos de América, Irán
(República Islámica del), Jamahiriya Árabe Libia, República Democrática del Congo, República Popular
Democrática de Corea, Reino Unido de Gran Bretaña e Irlanda del Norte, Trinidad y Tabago, Turquía
Votos en contra:
Israel, la ex República Yugoslava de Macedonia
Abstenciones:
Alemania, Guinea-Bissau y Papua Nueva Guinea
Por 13 votos contra 2 y 3 abstenciones, queda aprobado el proyecto de resolución A/65/L.20 (resolución 65/195).
[Posteriormente, la delegación de Angola informó a la Secretaría de que había tenido la intención de votar a favor.]
El Presidente: Someteré a votación el párrafo 7.
Se procede a votación nominal.
Votos a favor:
Suecia
Votos en contra:
Ninguno
Abstenciones:
China
Queda rechazado el párrafo 7 por 1 voto contra ninguno y 1 abstención.
"""


def test_record_in_french_is_read() -> None:
    assert cut(FRENCH).sitting.date == datetime.date(2010, 12, 21)
    (first, text), (second, amendment) = read(FRENCH)
    yes = ["ZAF", "BOL", "BIH", "COG", "CIV", "USA", "IRN", "LBY", "COD", "TZA", "GBR", "VCT", "TTO"]
    assert text.choices == {
        **dict.fromkeys(yes, "Y"),
        **dict.fromkeys(["ISR", "MKD"], "N"),
        **dict.fromkeys(["DEU", "GNB", "PNG"], "A"),
    }
    assert text.problems == ()
    assert (text.announced, text.result) == ({"Y": 13, "N": 2, "A": 3}, "adopted")
    assert {one.code: one.intended for one in text.corrections} == {"SAU": "N", "AGO": "A", "BEN": "A"}
    assert (first.kind, first.resolution, first.label) == ("text", "A/RES/65/195", "i")
    assert first.title == "Rapport du Conseil des droits de l’homme"
    assert (first.subject, second.subject) == ("Projet de résolution I", "Amendement A/65/L.53")
    assert (second.kind, amendment.choices, amendment.result) == ("amendment", {"SWE": "Y", "CHN": "A"}, "rejected")
    assert amendment.problems == ()


def test_record_in_spanish_is_read() -> None:
    assert cut(SPANISH).sitting.date == datetime.date(2010, 12, 21)
    (first, text), (second, paragraph) = read(SPANISH)
    yes = ["ATG", "SAU", "BIH", "COG", "CIV", "USA", "IRN", "LBY", "COD", "PRK", "GBR", "TTO", "TUR"]
    assert text.choices == {
        **dict.fromkeys(yes, "Y"),
        **dict.fromkeys(["ISR", "MKD"], "N"),
        **dict.fromkeys(["DEU", "GNB", "PNG"], "A"),
    }
    assert text.problems == ()
    assert (text.announced, text.result) == ({"Y": 13, "N": 2, "A": 3}, "adopted")
    assert {one.code: one.intended for one in text.corrections} == {"AGO": "Y"}
    assert (first.kind, first.resolution, first.draft) == ("text", "A/RES/65/195", "A/65/L.20")
    assert (second.kind, second.is_by_roll, paragraph.result) == ("paragraph", True, "rejected")
    assert (paragraph.choices, paragraph.problems) == ({"SWE": "Y", "CHN": "A"}, ())


ROLL_CALL = """United Nations
GENERAL
ASSEMBLY
TWENTY-SECOND SESSION
Official Records
1595th
PLENARY MEETING
Monday, 6 November 1967,
at 3 p.m.
NEW YORK

The PRESIDENT: I shall first put to the vote the motion for adjournment of the debate moved by the
representative of Guinea.
A vote was taken by roll-call.
Mexico, having been drawn by lot by the President, was called upon to vote first.
In favour: Mexico, Netherlands, Congo (Democratic
1595th meeting—6 November 1967 5
Republic of), Congo (Brazzaville), Upper Vol-
ta, Byelorussian Soviet Socialist Republic.
Against: Union of Soviet Socialist Republics, United
States of America.
Abstaining: Ceylon.
The motion was rejected by 6 votes to 2, with 1 abstention.
The PRESIDENT: I now put to the vote draft resolution A/L.531, entitled "Question of peace".
At the request of the representative of Cuba, a vote was taken by roll-call on it.
In favour: Mexico, Upper Volta.
Against: None.
Abstaining: Ceylon.
The draft resolution was adopted by 2 votes to none, with 1 abstention.
The PRESIDENT: We shall elect two members.
A vote was taken by secret ballot.
In favour of the candidate: Mexico, Ceylon.
"""

COUNCIL = """United Nations S/PV.2938
Security Council
Forty-fifth year
2938th meeting
Thursday, 2 August 1990, 6 a.m.

The PRESIDENT: I put to the vote the draft resolution contained in document S/21425.
A vote was taken by show of hands.
In favour: Canada, China, Colombia, Cote d'Ivoire, Cuba, Ethiopia, Finland, France, Malaysia, Romania, Union of
Soviet Socialist Republics, United Kingdom of Great Britain and Northern Ireland, Zaire
Against: United States of America
Abstaining: Yemen
The PRESIDENT: The result of the voting is as follows: 13 votes in favour, 1 against and 1 abstention. The draft
resolution has not been adopted, owing to the negative vote of a permanent member of the Council.
Mr. SMITH (Canada): We voted in favour: Canada, France and others did so as well.
"""


def test_roll_calls_of_early_sessions_are_read_and_secret_ballots_are_not() -> None:
    record = cut(ROLL_CALL)
    assert (record.sitting.meeting, record.sitting.session) == ("A/PV.1595", "22")
    assert record.sitting.date == datetime.date(1967, 11, 6)
    assert record.ballots == 1
    (motion, moved), (text, voted) = read(ROLL_CALL)
    assert (motion.kind, motion.is_by_roll, motion.subject, moved.result) == ("motion", True, "Motion", "rejected")
    assert moved.choices == {
        **dict.fromkeys(["MEX", "NLD", "COD", "COG", "BFA", "BLR"], "Y"),
        **dict.fromkeys(["SUN", "USA"], "N"),
        "LKA": "A",
    }
    assert moved.problems == ()
    assert (text.kind, text.draft, text.title, voted.result) == ("text", "A/L.531", "Question of peace", "adopted")
    assert voted.choices == {"MEX": "Y", "BFA": "Y", "LKA": "A"}


PROVISIONAL = """General Assembly, Forty-first session, 54th meeting, Monday, 3 November 1986

The PRESIDENT: We shall now take a decision on draft resolution A/41/L.2. A recorded vote has been requested.

     A recorded vote was taken.

     In favour:   Afghanistan, Byelorussian Soviet Socialist

EMS/9                         A/41/PV.54
                               26-30

                  Republic, Democratic Yemen, German Democratic
                  Republic, Lao People's Democratic Republic

     Against:     Israel, Germany, Federal Republic of, United States of America

     Abstaining:  Belgium, Brunei Darussalam

     Draft resolution A/41/L.2 was adopted by 5 votes to 3, with 2
abstentions (resolution 41/5).*

     * Subsequently, the delegations of Angola and Benin advised the Secretariat that they had
intended to vote in favour.

     Mr. SMITH (United Kingdom): We voted
     in favour: it is a good text.
The PRESIDENT: I put to the vote the proposal of Cuba that the item be included in the agenda. A vote was taken by
roll call.
In favour: Peru, Cuba.
Against: Israel. Abstaining: None.
The result of the vote was 2 in favour and 1 against, with no abstentions. The proposal was adopted.
The PRESIDENT: We turn to paragraphs 3 and 4.
A recorded vote was taken. In favour: Peru, Cuba. Against: Israel. Abstaining: Chad.
By 2 votes to 1, with 1 abstention, operative paragraphs 3 and 4 were retained.
"""


def test_provisional_records_footnotes_and_votes_on_one_line_are_read() -> None:
    votes = [(one, found) for one, found in read(PROVISIONAL) if found.choices]
    assert [(one.kind, one.subject) for one, _found in votes] == [
        ("text", "Draft resolution A/41/L.2"),
        ("motion", "Proposal"),
        ("paragraph", "Operative paragraphs 3 and 4"),
    ]
    assert [dict(found.announced) for _one, found in votes] == [
        {"Y": 5, "N": 3, "A": 2},
        {"Y": 2, "N": 1, "A": 0},
        {"Y": 2, "N": 1, "A": 1},
    ]
    assert [problem for _one, found in votes for problem in found.problems] == []
    assert [(one.code, one.intended) for one in votes[0][1].corrections] == [("AGO", "Y"), ("BEN", "Y")]


def test_vote_of_the_council_is_read_with_its_veto_and_a_speech_is_none() -> None:
    [(text, voted)] = read(COUNCIL)
    assert (text.draft, voted.result, voted.announced) == ("S/21425", "vetoed", {"Y": 13, "N": 1, "A": 1})
    assert len(voted.choices) == 15
    assert voted.problems == ()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Operative paragraph 7", "paragraph"),
        ("Draft resolution III, as amended", "text"),
        ("Draft resolution A/48/L.13, as a whole", "text"),
        ("The amendment to operative paragraph 3", "paragraph-amendment"),
        ("The amendments contained in document A/65/L.53", "amendment"),
        ("The motion for division", "motion"),
        ("The words “and others”", "paragraph"),
        ("Le huitième alinéa du préambule", "paragraph"),
        ("La enmienda", "amendment"),
        ("Draft decision II", "text"),
    ],
)
def test_kind_is_that_of_what_was_voted_on(said: str, kind: str) -> None:
    assert kind_of(said) == kind


HEADS = [
    "46th meeting",
    "General Assembly - Forty-eighth session",
    "18 November 1993",
    "46th meeting - Thursday, 18 November 1993 23",
    "22 General Assembly - Forty-eighth session",
    "General Assembly — Twenty-second Session — Plenary Meetings",
    "A/65/PV.71\n\n7 10-70469",
    "29/10/2024 A/79/PV.29\n\n17/38 24-19856",
    "S/PV.8422 The situation in the Central African Republic 13/12/2018\n2/9 18-43649",
    "EMS/9 A/42/PV.71\n26-30",
    "46e séance – 18 novembre 1993",
    "Assemblée générale – Quarante-huitième session",
    "46ª sesión – 18 de noviembre de 1993",
    "Asamblea General – Cuadragésimo octavo período de sesiones",
]
HALVES = [
    ("Democratic", "Republic of the Congo", "COD"),
    ("Papua New", "Guinea", "PNG"),
    ("Guinea-", "Bissau", "GNB"),
    ("Democratic People's", "Republic of Korea", "PRK"),
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(("first", "second", "code"), HALVES)
def test_head_of_a_page_does_not_break_a_name_in_two(head: str, first: str, second: str, code: str) -> None:
    of = names("GA", datetime.date(2010, 12, 21))
    found = understand(f"In favour: Cuba, {first}\n{head}\n{second}, Denmark", of)
    assert found.choices == {"CUB": "Y", code: "Y", "DNK": "Y"}
    assert found.problems == ()


@pytest.mark.parametrize(("first", "second", "code"), HALVES)
def test_name_that_an_unknown_line_interrupts_is_doubted(first: str, second: str, code: str) -> None:
    of = names("GA", datetime.date(2010, 12, 21))
    found = understand(f"In favour: Cuba, {first}\nSTRANGE HEAD\n{second}, Denmark", of)
    assert found.choices == {"CUB": "Y", "DNK": "Y"}
    assert [code in problem.suggestions for problem in found.problems] == [True]


@pytest.mark.parametrize(
    "middle",
    [
        "Congo, Dem. Rep.",
        "Congo, D.R.",
        "Guinea\nSTRANGE HEAD\nBissau",
        "Guinea, Bisssau",
        "Demcratic Republic of the, Congo",
    ],
)
def test_half_a_name_is_never_the_shorter_state_and_its_neighbours_stay(middle: str) -> None:
    of = names("GA", datetime.date(2010, 12, 21))
    found = understand(f"In favour: Colombia, {middle}, Costa Rica", of)
    assert found.choices == {"COL": "Y", "CRI": "Y"}
    assert [problem.kind for problem in found.problems] == [Kind.HALF_A_NAME]


@pytest.mark.parametrize(
    ("lists", "kind"),
    [
        ("In favour: Chad, Cuba.\nAgainst: Israel.\nAbstaming: Albania, Andorra.", Kind.HEADING_UNKNOWN),
        ("In favour: Chad, Cuba.\nAgainst: Israel.\nAbst@ining: Albania", Kind.HEADING_UNKNOWN),
        ("In favour: Chad, Cuba.\nAgainst: Israel.\n\nAbstaming\nAlbania, Andorra.", Kind.NAME_AFTER_END),
        ("In favour: Chad, Cuba\nAga1nst: Israel\nAbstaining: Albania, Andorra.", Kind.HEADING_UNKNOWN),
        ("ln favour: Chad, Cuba.\nAgainst: Israel.\nAbstaining: Albania, Andorra.", Kind.HEADING_UNKNOWN),
        ("ln favour\nChad, Cuba.\nAgainst: Israel.\nAbstaining: Albania, Andorra.", Kind.NO_HEADING),
    ],
)
def test_list_under_an_unreadable_heading_is_reported_and_goes_to_no_other(lists: str, kind: Kind) -> None:
    of = names("GA", datetime.date(2010, 12, 21))
    found = understand(f"A recorded vote was taken.\n{lists}\n", of)
    assert kind in {problem.kind for problem in found.problems}
    right = {"TCD": "Y", "CUB": "Y", "ISR": "N", "ALB": "A", "AND": "A"}
    assert found.choices.items() < right.items()


def test_vote_without_a_readable_heading_is_still_a_vote_of_the_meeting() -> None:
    text = FRENCH.replace("Votent", "V0tent").replace("S’abstiennent", "S’abst1ennent")
    votes = read(text)
    assert [found.choices for _one, found in votes] == [{}, {}]
    assert all(Kind.HEADING_UNKNOWN in {problem.kind for problem in found.problems} for _one, found in votes)


@pytest.mark.parametrize("unit", [*HOSTILE.values(), "A recorded vote was taken.\n", "\nIn favour:\nChad\nAgainst:\n"])
def test_cutting_a_hostile_text_ends(unit: str) -> None:
    record = cut(unit * (200_000 // len(unit)))
    assert len(record.votes) <= 150


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"%PDF-1.7 nothing", PdfFault.BROKEN),
        (b"hello", PdfFault.BROKEN),
        (b"%PDF-" + b" " * (10 * 1024**2), PdfFault.TOO_LONG),
    ],
)
def test_file_that_is_no_readable_pdf_is_refused(content: bytes, fault: PdfFault) -> None:
    with pytest.raises(PdfError) as error:
        read_pdf(content)
    assert error.value.fault == fault
