"""Reading pages in tests as a reader does: rows, facets, tables and messages, by their text."""

from __future__ import annotations

import datetime
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from resolutions.models import Body, Resolution, Session, Status, Topic
from votes.models import BlocMembership, MemberState, RollCall, Source, Vote
from votes.record import record as record_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The landmark votes as the list shows them: symbol, date, tally, result.
LANDMARKS = [
    ("S/RES/2774 (2025)", "2025-02-24", "10-0-5", "adopted"),
    ("A/RES/ES-11/8", "2025-02-24", "93-8-73", "adopted"),
    ("A/RES/ES-11/7", "2025-02-24", "93-18-65", "adopted"),
    ("A/RES/ES-11/1", "2022-03-02", "141-5-35", "adopted"),
    ("S/2022/155", "2022-02-25", "11-1-3", "vetoed"),
    ("A/RES/75/192", "2020-12-16", "64-23-86", "adopted"),
    ("A/RES/74/7", "2019-11-07", "187-3-2", "adopted"),
    ("A/RES/73/195", "2018-12-19", "152-5-12", "adopted"),
    ("A/RES/ES-10/19", "2017-12-21", "128-9-35", "adopted"),
    ("A/RES/71/258", "2016-12-23", "113-35-13", "adopted"),
    ("A/RES/71/248", "2016-12-21", "105-15-52", "adopted"),
    ("A/RES/71/187", "2016-12-19", "117-40-31", "adopted"),
    ("A/RES/68/262", "2014-03-27", "100-11-58", "adopted"),
    ("A/RES/67/19", "2012-11-29", "138-9-41", "adopted"),
    ("A/RES/61/295", "2007-09-13", "143-4-11", "adopted"),
    ("A/RES/60/251", "2006-03-15", "170-4-3", "adopted"),
    ("A/RES/46/86", "1991-12-16", "111-25-13", "adopted"),
    ("A/RES/42/18", "1987-11-12", "94-2-48", "adopted"),
    ("A/RES/41/38", "1986-11-20", "79-28-33", "adopted"),
    ("A/RES/34/22", "1979-11-14", "91-21-29", "adopted"),
    ("A/RES/3379(XXX)", "1975-11-10", "72-35-32", "adopted"),
    ("A/RES/2758(XXVI)", "1971-10-25", "76-35-17", "adopted"),
]
FILE_LINKS = ".picture-files a:not([href^='/report/'])"
SYMBOLS = [symbol for symbol, *_ in LANDMARKS]

WORDS = {"Y": "for", "N": "against", "A": "abstain", "X": "nonvoting"}


def get(address: str, *, status: int = 200, **headers: str) -> BeautifulSoup:
    """Return the page at ``address``, which must answer with ``status``, where need be after a redirect to it."""
    response = Client().get(address, headers=headers or None, follow=status == 200)
    assert response.status_code == status, (address, response.status_code, response.headers.get("Location"))
    return BeautifulSoup(response.content, "html.parser")


def one(page: Tag, selector: str) -> Tag:
    """Return the only element that ``selector`` finds."""
    found = page.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def text(element: Tag) -> str:
    """Return the text of an element as it reads, without the spaces of the source."""
    return " ".join(element.get_text().split())


def texts(page: Tag, selector: str) -> list[str]:
    """Return the text of every element that ``selector`` finds, in order."""
    return [text(element) for element in page.select(selector)]


def rows(page: Tag) -> list[tuple[str, str, str, str]]:
    """Return symbol, date, tally and result of each row of a list of roll calls."""
    return [
        (
            text(one(row, ".symbol")),
            str(one(row, "time")["datetime"]),
            text(one(row, ".row-how .tally")) if row.select(".row-how .tally") else "",
            text(one(row, ".row-how .result")),
        )
        for row in page.select("ol.rows > li")
    ]


def symbols(page: Tag) -> list[str]:
    """Return the symbols of the rows of a list."""
    return [symbol for symbol, *_ in rows(page)]


def selected(page: Tag) -> int:
    """Return how many recorded votes the list says its filters select."""
    return int(text(one(page, ".selection strong")))


def facets(page: Tag) -> dict[str, dict[str, int]]:
    """Return the counts of each facet by value; its "any" has the empty value."""
    found = {}
    for fieldset in page.select("fieldset.facet"):
        name = str(one(fieldset, ":scope > label:first-of-type input")["name"])
        labels = fieldset.select("label")
        found[name] = {str(one(label, "input")["value"]): int(text(one(label, ".count"))) for label in labels}
    for option in page.select("select#session option"):
        count = text(option).rpartition("(")[2].rstrip(")")
        found.setdefault("session", {})[str(option["value"])] = int(count)
    return found


def table(page: Tag, selector: str) -> list[list[str]]:
    """Return the text of the cells of a table's body, by row."""
    return [[text(cell) for cell in row.select("th, td")] for row in one(page, selector).select("tbody tr")]


def problems(page: Tag) -> list[str]:
    """Return what the page says is wrong with its address: one text a problem."""
    return texts(page, ".problem li") or texts(page, ".problem")


@dataclass(frozen=True)
class Cast:
    """A roll call with its votes by member-state code, as the slow twin reads it."""

    symbol: str
    date: datetime.date
    choices: dict[str, str]


@dataclass
class Twin:
    """Who took which position, worked out vote by vote: what the pages' queries must agree with."""

    casts: list[Cast] = field(default_factory=list)
    memberships: list[tuple[str, str, datetime.date, datetime.date | None]] = field(default_factory=list)

    @classmethod
    def read(cls) -> Twin:
        """Read the public roll calls that stand for their text, newest first, and all full memberships."""
        choices: dict[int, dict[str, str]] = {}
        for roll_call, code, choice in Vote.objects.values_list("roll_call", "state__code", "choice"):
            choices.setdefault(roll_call, {})[code] = choice
        public = RollCall.objects.filter(status="published", decisive=True).select_related("resolution")
        in_order = sorted(public, key=lambda r: SYMBOLS.index(r.resolution.symbol) if r.resolution else 0)
        return cls(
            [Cast(r.resolution.symbol, r.date, choices.get(r.pk, {})) for r in in_order if r.resolution],
            list(
                BlocMembership.objects.filter(status="member").values_list(
                    "bloc__slug", "state__code", "since", "until"
                )
            ),
        )

    def members(self, slug: str, cast: Cast) -> dict[str, str]:
        """Return the choices of a bloc's members of the date, by code."""
        codes = {
            code
            for bloc, code, since, until in self.memberships
            if bloc == slug and since <= cast.date and (until is None or cast.date < until)
        }
        return {code: choice for code, choice in cast.choices.items() if code in codes}

    def position(self, who: str, cast: Cast) -> str:
        """Return the position of a state or a bloc in the words of addresses, or nothing where it had no part."""
        if who.isupper():
            return WORDS.get(cast.choices.get(who, ""), "")
        counts = Counter(self.members(who, cast).values())
        if not counts:
            return ""
        by_number = Counter({choice: counts[choice] for choice in "YNA"}).most_common()
        if by_number[0][1] == 0:
            return "nonvoting"
        return "tied" if by_number[0][1] == by_number[1][1] else WORDS[by_number[0][0]]

    def holds(self, condition: str, cast: Cast) -> bool:
        """Tell whether ``position=USA:against``, ``differ=USA~eu`` or ``same=USA~eu`` holds."""
        name, _, value = condition.partition("=")
        if name in ("differ", "same"):
            one, other = (self.position(who, cast) for who in value.split("~"))
            took = {"for", "against", "abstain"}
            return one in took and other in took and (one == other) == (name == "same")
        who, _, word = value.partition(":")
        return all(self.position(party, cast) == word for party in who.split(","))

    def select(self, *conditions: str) -> list[str]:
        """Return the symbols of the roll calls for which all conditions hold, newest first."""
        return [cast.symbol for cast in self.casts if all(self.holds(c, cast) for c in conditions)]


SUBJECTS = {
    "A/RES/ES-11/8": ["UKRAINE--POLITICAL CONDITIONS"],
    "A/RES/ES-11/7": ["UKRAINE--POLITICAL CONDITIONS"],
    "A/RES/ES-11/1": ["UKRAINE--POLITICAL CONDITIONS"],
    "A/RES/75/192": ["HUMAN RIGHTS--REPORTS"],
    "A/RES/74/7": ["CUBA--UNITED STATES"],
    "A/RES/73/195": ["UN CONFERENCES", "MILLENNIUM SUMMIT (2000 : NEW YORK)"],
    "A/RES/ES-10/19": ["TERRITORIES OCCUPIED BY ISRAEL--SETTLEMENT POLICY"],
    "A/RES/71/258": ["NUCLEAR DISARMAMENT NEGOTIATIONS"],
    "A/RES/71/248": ["ARMED CONFLICTS PREVENTION"],
    "A/RES/71/187": ["HUMAN RIGHTS ADVANCEMENT"],
    "A/RES/68/262": ["ARMED CONFLICTS PREVENTION--MEDIATION"],
    "A/RES/67/19": ["PALESTINE QUESTION"],
    "A/RES/61/295": ["UN. HUMAN RIGHTS COUNCIL--REPORTS"],
    "A/RES/60/251": ["UN CONFERENCES", "MILLENNIUM SUMMIT (2000 : NEW YORK)"],
    "A/RES/46/86": ["RACIAL DISCRIMINATION"],
    "A/RES/42/18": ["NICARAGUA--UNITED STATES"],
    "A/RES/41/38": ["LIBYAN ARAB JAMAHIRIYA--UNITED STATES"],
}
"""The headings of the landmark texts in the UN Digital Library's file of 1946 to 2025."""


def give_subjects() -> None:
    """Give the landmark texts their subjects."""
    for text_of in Resolution.objects.filter(symbol__in=SUBJECTS):
        text_of.subjects = SUBJECTS[text_of.symbol]
        text_of.save()


@contextmanager
def loading_once() -> Iterator[None]:
    """Load the record once for all requests within, between which nothing is written, instead of for each."""
    loaded = record_module.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_module, "load", lambda: loaded)
        yield


DAY = datetime.date(2024, 12, 17)


@dataclass
class Maker:
    """Writes further records, published ones unless told otherwise."""

    assembly: Body
    council: Body
    session: Session
    source: Source
    topic: Topic

    def text(self, symbol: str, **values: object) -> Resolution:
        """Return a new text of the Assembly."""
        return Resolution.objects.create(
            **{
                "body": self.assembly,
                "session": self.session,
                "symbol": symbol,
                "title": "Peace and quiet",
                "status": Status.PUBLISHED,
                **values,
            }
        )

    def roll_call(self, slug: str, votes: str = "", **values: object) -> RollCall:
        """Return a new roll call of the Assembly; ``votes`` such as ``USA:Y FRA:N`` says who voted how."""
        roll_call = RollCall.objects.create(
            **{
                "slug": slug,
                "body": self.assembly,
                "session": self.session,
                "date": DAY,
                "title": "A motion",
                "source": self.source,
                "result": "adopted",
                "status": Status.PUBLISHED,
                **values,
            }
        )
        chosen = dict(pair.split(":") for pair in votes.split())
        states = {state.code: state for state in MemberState.objects.filter(code__in=chosen)}
        Vote.objects.bulk_create(Vote(roll_call=roll_call, state=states[c], choice=chosen[c]) for c in chosen)
        return roll_call

    def many(self, numbers: Iterable[int]) -> None:
        """Write a text and its roll call for each number: bodies, kinds, results and topics in turn."""
        kinds = RollCall.Kind.values
        for number in numbers:
            council = number % 4 == 0
            resolution = self.text(
                f"S/2024/{number}" if council else f"A/RES/79/{number}",
                body=self.council if council else self.assembly,
                session=None if council else self.session,
                kind="draft" if council else "resolution",
                title=f"Item {number} on lighthouses",
            )
            if number % 3 == 0:
                resolution.topics.add(self.topic)
            self.roll_call(
                f"item-{number}",
                f"USA:{'YNAX'[number % 4]} FRA:Y RUS:{'NA'[number % 2]} CHN:N",
                body=resolution.body,
                session=resolution.session,
                resolution=resolution,
                decisive=True,
                kind=kinds[number % len(kinds)],
                result=["adopted", "rejected", "not-stated"][number % 3],
                title="" if number % 2 else f"Paragraph {number}",
            )
