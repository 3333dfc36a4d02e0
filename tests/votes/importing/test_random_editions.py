"""Random editions of two sources and edits, against a reference model."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_votes
from tests.votes.importing.editions import LIBRARY, Stated, contents, library, planned, rolled_back, taken, voeten
from tests.votes.random_record import RECORD
from votes.importing.edition import parse_votes
from votes.models import RollCall, Vote

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.usefixtures("record")

SYMBOLS = ["A/RES/79/1", "A/RES/79/2", "A/RES/79/3"]
STATES = ["CHN", "FRA", "USA"]
PERSON = "a person"
RANK = {PERSON: 0, LIBRARY: 1, "voeten": 2}


@st.composite
def sayings(draw: st.DrawFn, symbol: str, *, month: bool) -> Stated:
    """Return what a file may say of a text. Nobody but a person ever says “A”, and there is always a vote."""
    votes = {state: draw(st.sampled_from("YN ")) for state in STATES}
    said = " ".join(f"{state}{choice}" for state, choice in votes.items() if choice != " ")
    return Stated(
        symbol,
        votes=said or "CHNY",
        number=SYMBOLS.index(symbol) + 1,
        date=draw(st.sampled_from(["2024-11-01", "2024-11-20", "2024-12-17"])),
        title=draw(st.sampled_from(["Peace", "PEACE"])),
        note="" if month else draw(st.sampled_from(["", "One", "Two"])),
        totals=(9, 9, 9, 9),
        month=month,
    )


@st.composite
def editions(draw: st.DrawFn) -> tuple[str, list[Stated]]:
    """Return a source and what it says, its rows in any order."""
    source = draw(st.sampled_from([LIBRARY, "voeten"]))
    return source, [draw(sayings(symbol, month=source == "voeten")) for symbol in draw(st.permutations(SYMBOLS))]


EDITS = st.tuples(st.sampled_from(SYMBOLS), st.sampled_from([*STATES, "note", "title", "date"]))
STEPS = st.lists(st.one_of(editions(), editions(), EDITS), min_size=2, max_size=5)


@dataclass
class Cell:
    """A value and who wrote it."""

    value: str
    by: str


@dataclass
class Twin:
    """The record as a table of cells: whoever goes before writes over the others, and a person over all."""

    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def take(self, source: str, said: list[Stated]) -> None:
        for one in said:
            if RANK[source] > RANK[self.sources.get(one.symbol, source)]:
                continue
            self.sources[one.symbol] = source
            votes = parse_votes(one.votes)
            values = {"date": self._date(one), "title": one.title, **{s: votes.get(s, "") for s in STATES}}
            if one.note:
                values["note"] = one.note
            for name, value in values.items():
                cell = self.cells.setdefault((one.symbol, name), Cell("", "nobody"))
                if cell.by != PERSON and not (name == "date" and self._is_old(cell, value)):
                    cell.value, cell.by = value, source

    def edit(self, symbol: str, name: str) -> None:
        """Change a cell by hand, to what no source says."""
        self.cells[symbol, name] = Cell(
            {"note": "By hand", "title": "By hand", "date": "2024-10-10"}.get(name, "A"), PERSON
        )

    @staticmethod
    def _date(one: Stated) -> str:
        return one.date[:7] if one.month else one.date

    @staticmethod
    def _is_old(cell: Cell, value: str) -> bool:
        """Tell whether a month is that of a day that is known."""
        return len(value) == 7 and len(cell.value) == 10 and cell.value.startswith(value)

    def rows(self) -> dict[str, dict[str, str]]:
        return {
            symbol: {
                "source": source,
                **{
                    name: self.cells.get((symbol, name), Cell("", "")).value
                    for name in ("date", "title", "note", *STATES)
                },
            }
            for symbol, source in self.sources.items()
        }


def edit(symbol: str, name: str) -> None:
    """Change a cell of the record by hand."""
    roll_call = RollCall.objects.get(resolution__symbol=symbol)
    if name == "note":
        roll_call.note = "By hand"
    elif name == "date":
        roll_call.date, roll_call.date_precision = "2024-10-10", "day"
    elif name == "title":
        assert roll_call.resolution
        roll_call.resolution.title = "By hand"
        roll_call.resolution.save()
    else:
        Vote.objects.filter(roll_call=roll_call, state__code=name).delete()
        make_votes(roll_call, {name: "A"})
    roll_call.save()


def on_record() -> dict[str, dict[str, Any]]:
    """Return what is on record of each text, as the twin does."""
    rows = {}
    for row in contents(*SYMBOLS):
        votes = parse_votes(row["votes"])
        date = row["date"] if row["date_precision"] == "day" else row["date"][:7]
        rows[row["symbol"]] = {
            "source": row["source"],
            "date": date,
            "title": row["text"][0],
            "note": row["note"],
            **{state: votes.get(state, "") for state in STATES},
        }
    return rows


@settings(RECORD, max_examples=30)
@given(steps=STEPS)
def test_any_sequence_of_editions_and_edits_equals_the_reference_model(steps: list[Any]):
    twin = Twin()
    with rolled_back():
        for step in steps:
            if isinstance(step[1], list):
                source, said = step
                edition = library(*said) if source == LIBRARY else voeten(*said)
                for stated in edition.roll_calls:
                    stated.corroborate = False
                taken(edition)
                twin.take(source, said)
                assert planned(edition).is_empty
            elif twin.sources:
                edit(*step)
                twin.edit(*step)
            assert on_record() == twin.rows()
