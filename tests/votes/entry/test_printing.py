"""Printed sheets of either style parse back to the same sheet."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.votes.entry.electorates import dates, electorate, names
from votes.entry.printing import press_release, verbatim
from votes.entry.vote_text import understand

if TYPE_CHECKING:
    from collections.abc import Callable

    from votes.entry.names import Names
    from votes.entry.understood import Letter

HEADERS = [
    "A/ES-11/PV.19 24/02/2025",
    "18/34 25-04567",
    "24/02/2025 Advancing a comprehensive, just and lasting peace A/ES-11/PV.19",
    "S/PV.8979 - Maintenance of peace, and security, of Ukraine 25/02/2022",
    "Page 12 of 40",
    "United Nations S/PV.8979",
]


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Names, dict[str, Letter]]:
    """Draw an electorate of some date, and what some or all of its members did."""
    of = names(draw(st.sampled_from(["GA", "SC"])), draw(st.sampled_from(dates())))
    members = sorted(of.electorate.members)
    letters: list[Letter | None] = ["Y", "N", "A", "X", None]
    random = draw(st.randoms(use_true_random=False))
    among = draw(st.lists(st.sampled_from(letters), min_size=1, max_size=5))
    drawn = {code: random.choice(among) for code in members}
    return of, {code: letter for code, letter in drawn.items() if letter}


def as_it_is(text: str) -> str:
    return text


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


LAYOUTS: list[Callable[[str], str]] = [
    as_it_is,
    str.upper,
    without_accents,
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(" ", " \u2009"),
    lambda text: text.replace("'", "’"),
    lambda text: re.sub(", (?!Fe)", "; ", text),  # but within a name
    lambda text: text.replace("\n", "\r\n"),
    lambda text: unicodedata.normalize("NFD", text),
]


@st.composite
def pages(draw: st.DrawFn) -> Callable[[str], str]:
    """Draw how a page breaks lines, divides words and puts its head and foot between them."""
    width = draw(st.integers(30, 90))
    divides = draw(st.booleans())
    indent = draw(st.sampled_from(["", "    ", "\t"]))
    heads = draw(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(HEADERS)), max_size=4))
    layout = draw(st.sampled_from(LAYOUTS))

    def page(text: str) -> str:
        lines = [line for paragraph in text.split("\n") for line in broken(paragraph, width, divides=divides)]
        for at, head in heads:
            lines[at:at] = ["", head, ""] if at < len(lines) else []
        return layout("\n".join(indent + line for line in lines))

    return page


def broken(paragraph: str, width: int, *, divides: bool) -> list[str]:
    """Return a paragraph in lines of about ``width`` characters, words divided or not."""
    lines = [""]
    for word in paragraph.split(" "):
        room = width - len(lines[-1])
        if len(word) <= room:
            lines[-1] += f"{word} "
        elif divides and room > 3 and word[: room + 2].isalpha():
            lines[-1] += f"{word[:room]}-"
            lines.append(f"{word[room:]} ")
        elif divides and "-" in word[:room]:
            head, hyphen, tail = word.partition("-")
            lines[-1] += f"{head}{hyphen}"
            lines.append(f"{tail} ")
        else:
            lines.append(f"{word} ")
    return [line.rstrip() for line in lines]


@given(sheets(), pages())
def test_printed_verbatim_record_parses_to_the_same_sheet(
    sheet: tuple[Names, dict[str, Letter]], page: Callable[[str], str]
) -> None:
    of, choices = sheet
    text = page(verbatim(choices, of.electorate, draft="A/ES-11/L.10", resolution="A/RES/ES-11/7"))
    understood = understand(text, of)
    assert understood.problems == ()
    assert understood.choices == {code: choice for code, choice in choices.items() if choice != "X"}
    counted = Counter(choices.values())
    assert understood.announced == {choice: counted[choice] for choice in ("Y", "N", "A")}
    assert (understood.result, understood.draft, understood.resolution) == ("adopted", "A/ES-11/L.10", "A/RES/ES-11/7")


@given(sheets(), pages())
def test_printed_press_release_parses_to_the_same_sheet(
    sheet: tuple[Names, dict[str, Letter]], page: Callable[[str], str]
) -> None:
    of, choices = sheet
    understood = understand(page(press_release(choices, of.electorate, draft="A/C.3/79/L.5", adopted=False)), of)
    assert understood.problems == ()
    assert understood.choices == choices
    assert set(understood.not_mentioned) == of.electorate.members - set(choices)
    assert (understood.result, understood.draft, understood.resolution) == ("rejected", "A/C.3/79/L.5", "")


DAY = datetime.date(2025, 2, 24)
FEW: dict[str, Letter] = {"USA": "N", "CIV": "Y", "TUR": "Y", "FRA": "X", "KOR": "A"}


def test_verbatim_record_is_printed_in_its_style() -> None:
    assert verbatim(FEW, electorate("GA", DAY), draft="A/ES-11/L.10", resolution="A/RES/ES-11/7") == (
        "In favour:\nCôte d'Ivoire, Türkiye\n\n"
        "Against:\nUnited States\n\n"
        "Abstaining:\nRepublic of Korea\n\n"
        "Draft resolution A/ES-11/L.10 was adopted by 2 votes to 1, with 1 abstentions (resolution ES-11/7).\n"
    )


def test_press_release_is_printed_in_its_style() -> None:
    assert press_release({"USA": "Y"}, electorate("GA", DAY)) == (
        "The draft resolution was adopted by a recorded vote of 1 in favour to none against, with no abstentions, "
        "as follows:\n\nIn favour:  United States.\n\nAgainst:  None.\n\nAbstain:  None.\n\nAbsent:  None.\n"
    )
