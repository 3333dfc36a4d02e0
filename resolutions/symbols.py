"""United Nations document symbols: one function reads every spelling a source uses into one form.

A symbol names a text (``A/RES/ES-11/7``, ``S/2022/155``), and each source spells it its own way: the
Digital Library writes ``A/RES/302(IV)[ B ]`` and ``A/RES/80/5 A``, elsewhere one meets ``A/RES/80/5A``,
Voeten's tables say ``R/73/31`` and ``ESS/10/19``. ``parse`` turns any of them into a ``Symbol`` that has
the United Nations' spelling for display, a key by which two spellings are the same symbol, and a key that
sorts naturally. ``loose`` is for what a reader types when none of the spellings is quite right.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# The last sessions whose resolutions were numbered through, with the session in Roman numerals after the
# number: A/RES/3541(XXX), A/RES/2252(ES-V), A/RES/3362(S-VII).
LAST_ROMAN_SESSION = {"": 30, "ES-": 5, "S-": 7}

# Voeten's prefixes for the three kinds of Assembly session.
VOETEN_SESSIONS = {"R": "", "ESS": "ES-", "SS": "S-"}

ROMAN_DIGITS = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))

# A part of a resolution: a letter or letters, a range of them, a Roman numeral, or RULE-73.
PART = r"(?:RULE-\d+|[A-Z]{1,5}(?: ?- ?[A-Z]{1,5})?)"
PARTS = rf"(?P<parts>{PART}(?:[ /]{PART})*)"

NUMBERED_BY_SESSION = re.compile(
    rf"A/(?P<type>RES|DEC)/(?P<kind>ES-|S-|)(?P<session>\d{{1,3}})/(?P<number>\d{{1,4}})(?:[ /]?\[? ?{PARTS} ?\]?)?"
)
NUMBERED_THROUGH = re.compile(
    rf"A/(?P<type>RES|DEC)/(?P<number>\d{{1,4}})(?: (?P<early>[A-Z]))? ?"
    rf"\((?P<kind>ES-|S-|)(?P<session>[IVX]+)\)(?: ?\[? ?{PARTS} ?\]?)?"
)
SECURITY_COUNCIL = re.compile(r"S/RES/(?P<number>\d{1,4}) ?(?:\((?P<year>\d{4})\)|/(?P<year2>\d{4}))")
VOETEN = re.compile(
    r"(?P<kind>R|ESS|SS)/(?P<session>\d{1,2})/(?P<number>\d{1,4})(?:/?(?P<parts>[A-Z]{1,5}(?:/[A-Z]{1,5})*))?"
)
# Drafts, meetings and reports keep their own spelling: A/79/L.48, A/ES-11/PV.19, S/2022/155.
OTHER = re.compile(r"(?!A/RES/|A/DEC/|S/RES/)[AES](?:/[A-Z0-9.()\-]+)+(?: ?\[[A-Z0-9]\])?")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A document symbol: ``text`` as the United Nations spells it, ``key`` for equality, ``sort_key`` for order."""

    text: str
    key: str
    sort_key: str

    def __str__(self) -> str:
        """Return the United Nations' spelling."""
        return self.text


def to_roman(number: int) -> str:
    """Return a session's number, 1 to 39, in Roman numerals."""
    numeral = ""
    for digit, value in ROMAN_DIGITS:
        count, number = divmod(number, value)
        numeral += digit * count
    return numeral


def from_roman(numeral: str) -> int:
    """Return the number a well-formed Roman numeral up to XXXIX stands for; raise ValueError for any other."""
    for number in range(1, 40):
        if to_roman(number) == numeral:
            return number
    raise ValueError(f"{numeral!r} is not a session in Roman numerals")


@lru_cache(maxsize=16384)  # more than the texts of the record: an import asks for each several times
def parse(text: str) -> Symbol:
    """Read a symbol in any spelling met in the official files, in Voeten's tables or on a document.

    Raises ValueError, saying what was met, for anything that is not a whole symbol.
    """
    tidy = re.sub(r"\s+", " ", text.replace("\u2011", "-").replace("\u2013", "-")).strip().upper()
    tidy = re.sub(r" ?/ ?", "/", tidy)
    if match := NUMBERED_BY_SESSION.fullmatch(tidy):
        return _of_assembly(match["type"], match["kind"], int(match["session"]), match["number"], match["parts"])
    if match := NUMBERED_THROUGH.fullmatch(tidy):
        session = from_roman(match["session"])
        return _of_assembly(match["type"], match["kind"], session, match["number"], match["early"] or match["parts"])
    if match := SECURITY_COUNCIL.fullmatch(tidy):
        number, year = int(match["number"]), match["year"] or match["year2"]
        return _symbol(f"S/RES/{number} ({year})", f"S/RES/{number:05}")
    if match := VOETEN.fullmatch(tidy):
        kind = VOETEN_SESSIONS[match["kind"]]
        return _of_assembly("RES", kind, int(match["session"]), match["number"], match["parts"])
    if OTHER.fullmatch(tidy) and any(character.isdigit() for character in tidy):
        return _symbol(re.sub(r"REV\.|ADD\.|CORR\.", lambda word: word[0].capitalize(), tidy))
    raise ValueError(f"{text!r} is not a United Nations document symbol")


def parse_or_none(text: str) -> Symbol | None:
    """Return the symbol ``text`` spells, or None where it spells none."""
    try:
        return parse(text)
    except ValueError:
        return None


def loose(text: str) -> str:
    """Return the words and numbers of ``text`` between hyphens, for finding what a reader meant.

    ``A/RES/ES-11/7`` becomes ``-A-RES-ES-11-7-``, and so do ``a-res-es-11-7`` and ``A RES ES 11 7``; the
    loose form of ``es-11/7``, ``-ES-11-7-``, is part of it, and that of ``es-11/70`` is not.
    """
    words = re.findall(r"[0-9]+|[^\W\d_]+", text.upper())
    return f"-{'-'.join(words)}-" if words else ""


def looks_like_symbol(text: str) -> bool:
    """Tell whether a reader's words are meant as a symbol or a piece of one, not as words of a title."""
    text = text.strip()
    if not any(character.isdigit() for character in text) or re.search(r"[^\W\d]{6,}", text):
        return False
    return bool(
        re.search(r"\d/|/\d|/[A-Za-z]+/", text)
        or re.match(r"(?i)(?:[AS]|A-RES|S-RES|RES|ES|ESS|A-DEC)[/ -]", text)
        or re.fullmatch(r"\d{2,4} ?[A-Z]? ?\((?:\d{4}|[IVXLivxl]+|[ES]+-[IVX]+)\)", text)
        or re.fullmatch(r"\d{3,4}", text)
    )


def _of_assembly(kind_of_text: str, kind: str, session: int, number: str, parts: str | None) -> Symbol:
    """Return the symbol of a General Assembly text by its session (of ``kind`` "", ``ES-`` or ``S-``) and number."""
    number = str(int(number))
    if session < 1 or number == "0":
        raise ValueError(f"{number} of session {session} is not a United Nations document symbol")
    part = re.sub(r" ?- ?", "-", parts.replace("/", " ")) if parts else ""
    sort_session = f"{kind or '0'}{session:04}"
    sort_key = f"A/{kind_of_text}/{sort_session}/{number:0>5}"
    if session <= LAST_ROMAN_SESSION[kind]:
        text = f"A/{kind_of_text}/{number}({kind}{to_roman(session)})" + (f"[{part}]" if part else "")
    else:
        text = f"A/{kind_of_text}/{kind}{session}/{number}" + (f" {part}" if part else "")
    return _symbol(text, f"{sort_key} {part}".rstrip())


def _symbol(text: str, sort_key: str | None = None) -> Symbol:
    """Return the symbol spelled ``text``, by default sorted with every number in it padded."""
    key = re.sub(r"[ \[\]]", "", text).upper()
    return Symbol(text, key, sort_key or re.sub(r"\d+", lambda digits: digits[0].zfill(5), key))
