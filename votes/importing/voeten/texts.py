"""Texts of Voeten's roll calls: their symbols, decisive votes and titles."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from resolutions.symbols import parse_or_none

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from resolutions.symbols import Symbol
    from votes.importing.problems import Problems
    from votes.importing.voeten.aliases import Alias

FIRST_TRUSTED = {"0": 21, "ES-": 6, "S-": 6}
"""The first session of each kind, by its prefix in a sort key, whose numbers are those of resolutions, not of pages."""

SAME_VOTE = 0.95
"""Two roll calls on one text in one month are one vote listed twice where this share of the votes is equal."""

SPECIAL = re.compile(r"(E?S)S/(\d{1,2})(?:/|$)")
OF_ASSEMBLY = re.compile(r"A/(?:RES|DEC)/(0|ES-|S-)(\d{4})/.*")
"""The sort key of a text's symbol: the kind of session and its number."""

ADOPTED = re.compile(r"\s*:\s*resolution\s*/.*$", re.IGNORECASE | re.DOTALL)
AGENDA = re.compile(r"A/\d{2,3}/\d+ \S+ - ")
CODED = re.compile(r"(?:\t\d)+\s*$")
SLASHED = re.compile(r'"*\\[\\"]*')
STRAY = re.compile(r"(?<=[.?]) A$")
QUOTED = re.compile(r"_([^_<>]*)<d3>")


@dataclass(slots=True)
class Row:
    """A roll call as its row says, and what is made of it."""

    row: int
    """Its row in the file, counted from 0."""
    number: int
    """The rcid."""
    date: datetime.date
    precision: str
    kind: str
    unres: str
    descr: str
    short: str
    session: str | None = None
    symbol: Symbol | None = None
    """The symbol of the text that it is on or may be on."""
    trusted: bool = False
    """Whether the symbol is that of a text for certain."""
    decisive: bool = False
    is_section: bool = False
    """Whether what it is called is the name of one section of its text."""

    @property
    def reference(self) -> str:
        """Return the source's own name of it."""
        return f"rcid {self.number}, {self.unres}" if self.unres else f"rcid {self.number}"

    @property
    def title(self) -> str:
        """Return what was put to the vote. From session 71 on the description is the agenda item."""
        if self.is_section:
            return ""
        first, second = (self.short, self.descr) if self.agenda else (self.descr, self.short)
        return tidy(first) or tidy(second)

    @property
    def agenda(self) -> str:
        return " ".join(self.descr.split()) if AGENDA.match(self.descr) else ""


def tidy(text: str) -> str:
    r"""Return a description without what was left in it when the table was made.

    ``\WORDS\\`` are quoted words, tabs and digits at the end are other columns, ``_`` and ``<d3>`` are quotation marks,
    a last ``A`` began the list of votes, and the words after the title say only that it was adopted.
    """
    text = CODED.sub("", text).replace("Â\xa0", " ").replace("<90>", "’")
    text = QUOTED.sub(r'"\1"', text).replace("<d3>", '"')
    text = SLASHED.sub('"', text)
    text = STRAY.sub("", " ".join(ADOPTED.sub("", text).split()))
    if text.endswith('"') and text.count('"') % 2:
        text = text[:-1].rstrip()
    return text


def session_of(unres: str, written: str) -> str:
    """Return the code of the session: by the symbol for special sessions, else as the column says."""
    if match := SPECIAL.match(unres):
        return f"{match[1]}-{int(match[2])}"
    symbol = parse_or_none(unres)
    if symbol and (match := OF_ASSEMBLY.fullmatch(symbol.sort_key)) and match[1] != "0":
        return f"{match[1]}{int(match[2])}"
    return written.strip().removesuffix(".0")


def read_symbols(rows: Iterable[Row], aliases: Mapping[int, Alias], problems: Problems) -> list[str]:
    """Set the symbol of each roll call, and return notes; symbols that certainly lead to no text become problems."""
    unused = []
    for row in rows:
        alias = aliases.get(row.number)
        if alias and alias.unres != row.unres:
            unused.append(row.reference)
            alias = None
        if alias:
            row.kind = alias.kind or row.kind
        if problem := _read_symbol(row, alias):
            _report(row, problem, problems)
    if not unused:
        return []
    return [f"The table of aliases has other symbols for {'; '.join(unused)}; its entries for these were not used."]


def _read_symbol(row: Row, alias: Alias | None) -> str:
    """Set the symbol of a roll call; return the problem with it, if any."""
    if alias and alias.symbol:
        row.symbol, row.trusted = alias.symbol, True
        return ""
    if not row.unres:
        return ""
    if alias:
        return "own-letter"
    symbol = parse_or_none(row.unres)
    if symbol is None:
        return "unread-symbol"
    trusted = _is_trusted(symbol, row.session)
    if row.kind != "text" and not trusted:
        return "page-number"
    row.symbol, row.trusted = symbol, trusted
    return ""


def _is_trusted(symbol: Symbol, session: str | None) -> bool:
    """Tell whether a symbol that Voeten gives in ``session`` is that of a text, and its number not that of a page."""
    match = OF_ASSEMBLY.fullmatch(symbol.sort_key)
    if match is None or int(match[2]) < FIRST_TRUSTED[match[1]]:
        return False
    return match[1] != "0" or session == str(int(match[2]))


def _report(row: Row, problem: str, problems: Problems) -> None:
    problems.add(problem, row=row.row, column="unres", value=row.unres, reference=row.reference)


def one_vote_a_text(
    rows: Sequence[Row], votes: pl.DataFrame, rows_of: Callable[[int], int], problems: Problems
) -> list[Row]:
    """Choose the vote that decided each text; return the roll calls without those that are listed twice.

    It is the first, by rcid, that was not rejected: with votes, and no more in favour than against; one whose own
    symbol is that of the text comes before one that an alias gives it. Another on the same text is the same vote listed
    again, or was on something else that carries no flag, such as a motion: then it stands without a text. ``rows_of``
    is how many rows of the files a number has; ``votes`` has ``number``, ``state`` and ``choice``.
    """
    named: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.number):
        if row.trusted and row.symbol and row.kind == "text":
            named[row.symbol.key].append(row)
    rejected = _rejected(votes)
    cast = _cast(votes, [row.number for group in named.values() if len(group) > 1 for row in group])
    listed_again = set()
    for group in named.values():
        group.sort(key=lambda row: parse_or_none(row.unres) != row.symbol)
        decisive = next((row for row in group if row.number not in rejected), None)
        for row in group:
            if row is decisive:
                row.decisive = True
            elif (
                decisive
                and _may_be_of_one_day(row, decisive)
                and _share(cast[row.number], cast[decisive.number]) >= SAME_VOTE
            ):
                listed_again.add(row.number)
                decisive.is_section |= row.title != decisive.title and parse_or_none(decisive.unres) != decisive.symbol
                one, other = cast[row.number], cast[decisive.number]
                differ = sorted(state for state in one.keys() | other.keys() if one.get(state) != other.get(state))
                _report_again(row, decisive, differ, rows_of(row.number), problems)
            else:
                row.symbol = None
                _report(row, "not-adopted" if row.number in rejected else "second-vote", problems)
    return [row for row in rows if row.number not in listed_again]


def _may_be_of_one_day(one: Row, other: Row) -> bool:
    """Tell whether two roll calls were taken on one day, or may have been where the day of either is not known."""
    if one.precision == other.precision:
        return one.date == other.date
    return (one.date.year, one.date.month) == (other.date.year, other.date.month)


def _report_again(row: Row, kept: Row, differ: Sequence[str], count: int, problems: Problems) -> None:
    """Report that a roll call, of ``count`` rows, is another listed again, and the states whose votes differ."""
    problems.add(
        "listed-otherwise" if differ else "listed-again",
        row=row.row,
        column="unres",
        value=row.unres or row.reference,
        rows=count,
        rejected=count,
        reference=row.reference,
        symbol=kept.symbol.text if kept.symbol else "",
        kept=kept.number,
        differ=len(differ),
        states=", ".join(differ),
    )
    problems.link(row.reference, kept.reference)


def _rejected(votes: pl.DataFrame) -> set[int]:
    """Return the numbers of the roll calls that have votes, and no more of them in favour than against."""
    tally = votes.group_by("number").agg(
        (pl.col("choice") == "Y").sum().cast(pl.Int32).alias("yes"),
        (pl.col("choice") == "N").sum().cast(pl.Int32).alias("no"),
    )
    return set(tally.filter(pl.col("yes") <= pl.col("no"))["number"])


def _cast(votes: pl.DataFrame, numbers: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    cast: dict[int, dict[str, str]] = {number: {} for number in numbers}
    chosen = votes.filter(pl.col("number").is_in(list(cast)) & (pl.col("choice") != "X"))
    for number, state, choice in chosen.iter_rows():
        cast[number][state] = choice
    return cast


def _share(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Return the share of equal votes in the longer of two lists."""
    equal = sum(other.get(state) == choice for state, choice in one.items())
    return equal / max(len(one), len(other), 1)
