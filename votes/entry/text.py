"""Normalisation of pasted text, with the position of every character in the original.

What comes out of PDF files and web pages has accents or not, curly quotes, spaces of many kinds, soft hyphens, words
hyphenated at the ends of lines and page headers in the middle of a list. All of that is taken out by operations on
arrays, never in a loop over characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resolutions.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACE, LINE, PARAGRAPH, DELETED = " ", "\n", "\f", "\0"
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
PLAIN = {"“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "—": "–", "−": "-", "´": "'", "`": "'"}
"""What the folding for search leaves as it is. A hyphen may be a word's break; a dash never is."""

FOLDED = 0x3000
"""Characters from here on are left as they are: no Latin, Greek or punctuation of Western texts among them."""

MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december",
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre",
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
)
DAYS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|lunes|martes|miercoles|jueves|viernes|sabado|domingo"
)
DATE = (
    rf"(?:\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}"
    rf"|(?:(?:{DAYS}),? )?\d{{1,2}}(?:er)? (?:de )?(?:{'|'.join(MONTHS)}) (?:de )?\d{{4}})"
)
MEETING = r"[as] ?(?:/ ?[a-z0-9-]{1,12}){0,3}/ ?pv\. ?\d{1,5}(?: \(resumption \d\)|/[a-z0-9.]{1,12})?"
NUMBERED_MEETING = (
    r"\d{1,5}(?:st|nd|rd|th) (?:plenary )?meeting|\d{1,5}(?:e|eme|re) seance(?: pleniere)?"
    r"|\d{1,5}a sesion(?: plenaria)?"
)
BODY = "general assembly|security council|assemblee generale|conseil de securite|asamblea general|consejo de seguridad"
SESSION = (
    r"[a-z-]{4,20}(?: [a-z-]{2,20}){0,4} (?:session|year)|[a-z-]{4,20}(?: [a-z-]{2,20}){0,4} (?:session|annee)"
    r"|[a-z-]{4,20}(?: [a-z-]{2,20}){0,4} periodo de sesiones"
)
ORDINAL = r"(?:[a-z]{4,12}-)?(?:first|second|third|[a-z]{2,10}th)"
HEAD = rf"(?:{BODY})(?: ?[-–,] ?| )(?:{SESSION})(?: ?[-–,] ?plenary meetings?)?"
# A line of nothing but these is, or of a number, the head or foot of a page.
PAGE_WORDS = "|".join(
    (
        DATE,
        MEETING,
        NUMBERED_MEETING,
        r"\d{1,3}/\d{1,3}",  # 18/34
        r"(?:page )?\d{1,3}(?: of \d{1,3})?",
        r"\d{1,3}(?:-\d{1,3}){1,2}(?:/\d{1,3})?",  # 26-30, the pages of provisional records
        r"[a-z]{2,4}(?:/[a-z]{2,4})?/\d{1,3}",  # EMS/9, who typed them
        r"[-–] \d{1,3} [-–]",
        r"\*?\d\d-?\d{5}\*?(?: \([a-z]\))?",  # the job number, 25-04567 (E)
        r"(?:ga|sc)/\d{4,6}",  # the number of a press release
        HEAD,
        rf"united nations|nations unies|naciones unidas|{BODY}|(?:provisional )?verbatim record|provisional",
        r"official records|documents officiels|documentos oficiales|plenary meetings?",
        rf"{ORDINAL} (?:emergency )?(?:special )?session",
        r"https?://[^ \n\f]{1,300}",
    )
)
PAGE_LINE = "|".join(
    (
        r"[0-9]{1,3}(?=[\n\f])",
        rf"(?:(?:{PAGE_WORDS})(?: [-–|•]|–)?(?: |(?<=–)|(?=[\n\f])))++",
        rf"{DATE} [^\n\f]{{1,300}} {MEETING}",
        rf"{MEETING} [^\n\f]{{1,300}} {DATE}",
        r"\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d\d [^\n\f]{1,300}",  # how browsers head what they print
    )
)
PAGE_LINES = re.compile(rf"([\n\f](?:(?:{PAGE_LINE})[\n\f])++)")
# The head of a page at the end of the line before, where the PDF has no line's end between them; the symbol of a
# meeting is one only where the foot of a page follows.
FOOT = r"(?:\d{1,3}(?:/\d{1,3})? \d\d-\d{5}|\d\d-\d{5} \d{1,3})"
GLUED = re.compile(
    rf"(?<=[^\n\f/])((?=[as] ?/|[0-9]|[gsac][eso][cnsa])(?:(?:{MEETING}(?: {DATE})?|{DATE} {MEETING}"
    rf"|{DATE} [^\n\f]{{1,200}} {MEETING}|{MEETING} [^\n\f]{{1,200}} {DATE})[\n\f](?={FOOT})"
    rf"|(?:\d{{1,4}} )?{HEAD}(?: \d{{1,4}})?[\n\f]|(?:{NUMBERED_MEETING}) ?[-–] ?{DATE}(?: \d{{1,4}})?[\n\f]))"
)
TORN = re.compile(r"\b([B-HJ-Z]) (?=[a-z]{2})")
"""A capital that a PDF has torn off its word: “U se of mercenaries”."""
SURROGATES = re.compile("[\ud800-\udfff]")


class Place(NamedTuple):
    """Where something stands in the text as it was pasted: from ``start`` up to but not including ``end``."""

    start: int
    end: int


@dataclass(frozen=True, eq=False)
class PlainText:
    r"""A pasted text in lower case, without accents; ``\n`` is a line's end, ``\f`` a paragraph's, both for once.

    It begins and ends with one of them, so that what is at the start of a line is after one.
    """

    text: str
    positions: NDArray[np.intp]
    """For each character, its place in the original."""

    def place(self, start: int, end: int) -> Place:
        """Return where in the original the plain text from ``start`` to ``end`` stands, without spaces around it."""
        while start < end and self.text[start] in " \n\f":
            start += 1
        while start < end and self.text[end - 1] in " \n\f":
            end -= 1
        first = int(self.positions[min(start, len(self.positions) - 1)])
        return Place(first, int(self.positions[end - 1]) + 1 if start < end else first)

    def written(self, original: str, start: int, end: int) -> str:
        """Return what stands there as it is written, on one line, without heads of pages in between."""
        said = "".join(
            SPACE if self.text[at] in " \n\f" else original[int(self.positions[at])] for at in range(start, end)
        )
        return " ".join(TORN.sub(r"\1", said).split())


def plain(text: str, *, keep_pages: bool = False) -> PlainText:
    """Return ``text`` plain; in time and memory linear in its length."""
    # Half a character, which no encoding has, is none.
    codes = np.frombuffer(f"\n{SURROGATES.sub('�', text)}\n".encode("utf-32-le"), np.uint32)
    # The two line ends around it have no place of their own.
    positions = np.clip(np.arange(-1, len(codes) - 1), 0, max(len(text) - 1, 0))
    # Windows ends a line with two characters; the first is as good as a space.
    pairs = np.flatnonzero((codes[:-1] == ord("\r")) & (codes[1:] == ord("\n")))
    codes = np.where(codes < FOLDED, _folds()[np.minimum(codes, FOLDED - 1)], codes)
    codes[pairs] = ord(SPACE)
    kept = codes != ord(DELETED)
    codes, positions = _spaced(codes[kept], positions[kept])
    for pages in () if keep_pages else (GLUED, PAGE_LINES):
        codes, positions = _without(pages, codes, positions)
    codes, positions = _unhyphenated(codes, positions)
    return PlainText(_text(codes), positions)


def _spaced(codes: NDArray[np.uint32], positions: NDArray[np.intp]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Return each run of spaces and line ends as one character: the end of a paragraph, of a line, or a space."""
    ends = codes == ord(LINE)
    blank = ends | (codes == ord(SPACE))
    first = blank & ~np.concatenate(([False], blank[:-1]))
    runs = np.flatnonzero(first)
    number = np.add.reduceat(ends.astype(np.intp), runs)
    codes = codes.copy()
    codes[runs] = np.array([ord(SPACE), ord(LINE), ord(PARAGRAPH)], np.uint32)[np.minimum(number, 2)]
    kept = first | ~blank
    return codes[kept], positions[kept]


def _without(
    pages: re.Pattern[str], codes: NDArray[np.uint32], positions: NDArray[np.intp]
) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Return the text without heads and feet of ``pages``: where a page ends, a line does, and no paragraph."""
    # Every second part is pages' ends and beginnings.
    parts = pages.split(_text(codes))
    if len(parts) == 1:
        return codes, positions
    ends = np.cumsum(np.fromiter(map(len, parts), np.intp, len(parts)))
    starts, ends = ends[:-1:2], ends[1::2]
    codes = codes.copy()
    codes[starts] = ord(LINE)
    steps = np.zeros(len(codes) + 1, np.intp)
    np.add.at(steps, starts + 1, 1)
    np.add.at(steps, ends, -1)
    kept = np.cumsum(steps[:-1]) == 0
    kept[starts - 1] &= codes[starts - 1] != ord(SPACE)
    return codes[kept], positions[kept]


def _unhyphenated(
    codes: NDArray[np.uint32], positions: NDArray[np.intp]
) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Return the text with words whole that a line's end divides; before a figure, as in ES-11, the hyphen stays."""
    letters = (codes >= ord("a")) & (codes <= ord("z"))
    figures = (codes >= ord("0")) & (codes <= ord("9"))
    divided = letters[:-3] & (codes[1:-2] == ord("-")) & (codes[2:-1] == ord(LINE))
    kept = np.ones(len(codes), np.bool_)
    kept[2:-1] &= ~(divided & (letters | figures)[3:])
    kept[1:-2] &= ~(divided & letters[3:])
    return codes[kept], positions[kept]


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le")


@cache
def _folds() -> NDArray[np.uint32]:
    """Return what each character below ``FOLDED`` is read as; one that folds into several stays."""
    return np.array([ord(_folded(chr(code))) for code in range(FOLDED)], np.uint32)


def _folded(character: str) -> str:
    if character in LINE_ENDS:
        return LINE
    if character in PLAIN:
        return PLAIN[character]
    category = unicodedata.category(character)
    if category in ("Zs", "Cc"):
        return SPACE
    if category in ("Cf", "Mn", "Me"):
        return DELETED
    found = fold(character)
    return found if len(found) == 1 else character
