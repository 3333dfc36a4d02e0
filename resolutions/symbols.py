"""United Nations document symbols: one function reads every spelling a source uses into one form.

A symbol names a text (``A/RES/ES-11/7``, ``S/2022/155``), and each source spells it its own way: the
Digital Library writes ``A/RES/302(IV)[ B ]`` and ``A/RES/80/5 A``, elsewhere one meets ``A/RES/80/5A``,
Voeten's tables say ``R/73/31`` and ``ESS/10/19``. ``parse`` turns any of them into a ``Symbol`` that has
the United Nations' spelling for display, a key by which two spellings are the same symbol, and a key that
sorts naturally. ``loose`` is for what a reader types when none of the spellings is quite right.

A text whose number was not given yet (``A/RES/79/XX``) is named by ``unnumbered`` until it has one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# The last sessions whose resolutions were numbered through, with the session in Roman numerals after the
# number: A/RES/3541(XXX), A/RES/2252(ES-V), A/RES/3362(S-VII). The United Nations writes the first two special
# sessions in Arabic numerals, A/RES/104(S-1); keys have Roman ones throughout.
LAST_ROMAN_SESSION = {"": 30, "ES-": 5, "S-": 7}
IN_ARABIC = {("S-", 1), ("S-", 2)}

# From then on the Council's documents are numbered by year: S/1994/1.
FIRST_COUNCIL_YEAR = 1994

# A higher number in an early symbol is that of a document: A/512/Rev.1.
LAST_SESSION = 150

# Voeten's prefixes for the three kinds of Assembly session.
VOETEN_SESSIONS = {"R": "", "ESS": "ES-", "SS": "S-"}

ROMAN_DIGITS = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))

# A part of a resolution: a letter or letters, a range of them, a Roman numeral (with "Section" before it or not),
# the annex of a part, RULE-73, RULE-33A, PARA.1 or PARA.1-2.
PART = (
    r"(?:RULE-\d+[A-Z]?|PARA\.\d+(?:-\d+)?|SECTION ?[IVX]{1,5}|[A-Z]ANNEX"
    r"|[A-Z]{1,5}(?: ?- ?[A-Z]{1,5})?)"
)
PARTS = rf"(?P<parts>{PART}(?:[ /]{PART})*)"

NUMBERED_BY_SESSION = re.compile(
    rf"A/(?P<type>RES|DEC)/(?P<kind>ES-|S-|)(?P<session>\d{{1,3}})//?(?P<number>\d{{1,4}})(?:[ /]?\[? ?{PARTS} ?\]?)?"
)
NUMBERED_THROUGH = re.compile(
    rf"A/(?P<type>RES|DEC)/(?P<number>\d{{1,4}})(?: (?P<early>[A-Z]))? ?"
    rf"\((?:(?P<kind>ES-|S-|)(?P<session>[IVX]+)|(?P<special>ES-|S-)(?P<arabic>\d{{1,3}}))\)(?: ?\[? ?{PARTS} ?\]?)?"
)
# The one resolution of two sessions, on the credentials of both.
OF_TWO_SESSIONS = re.compile(r"A/RES/996 ?\(ES-I ?AND ?II\)")
UNNUMBERED = re.compile(r"A/(?P<type>RES|DEC)/(?P<kind>ES-|S-|)(?P<session>\d{1,3})/X{1,5}")
UNNUMBERED_RECORD = re.compile(rf"{UNNUMBERED.pattern} ?\(RECORD ?(?P<record>\d{{1,12}})\)")
SECURITY_COUNCIL = re.compile(r"S/RES/(?P<number>\d{1,4}) ?(?:\((?P<year>\d{4})\)|/(?P<year2>\d{4}))")
VOETEN = re.compile(
    r"(?P<kind>R|ESS|SS)/(?P<session>\d{1,2})/(?P<number>\d{1,4})(?:/?(?P<parts>[A-Z]{1,5}(?:/[A-Z]{1,5})*))?"
)
# Drafts, meetings and reports keep their own spelling: A/79/L.48, A/ES-11/PV.19, S/2022/155. Notes that
# lists of drafts add after the symbol are not part of it: as amended, with a corrigendum, at which meeting.
OTHER = re.compile(
    r"(?P<symbol>(?!A/RES/|A/DEC/|S/RES/)[AES](?:/[A-Z0-9.()\-]+?)+(?: ?\[[A-Z0-9]\])?)"
    r"(?: ?\((?:AS (?:AMENDED|CORRECTED)\)|INCORPORATING THE AMENDMENT\) ?S/\d+)"
    r"| AND (?:S/\d+/)?(?:ADD|CORR)\.\d+(?: ?& ?\d+)*"
    r"|, S/PV\.\d+)?"
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A document symbol: ``text`` as the United Nations spells it, ``key`` for equality, ``sort_key`` for order."""

    text: str
    key: str
    sort_key: str

    def __str__(self) -> str:
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
    tidy = re.sub(r"\b(REV|ADD|CORR|PV|L)\. (?=\d)", r"\1.", re.sub(r" ?/ ?", "/", tidy))
    if match := NUMBERED_BY_SESSION.fullmatch(tidy):
        return _of_assembly(match["type"], match["kind"], int(match["session"]), match["number"], match["parts"])
    if match := NUMBERED_THROUGH.fullmatch(tidy):
        kind = match["special"] or match["kind"]
        session = int(match["arabic"]) if match["arabic"] else from_roman(match["session"])
        return _of_assembly(match["type"], kind, session, match["number"], match["early"] or match["parts"])
    if OF_TWO_SESSIONS.fullmatch(tidy):
        return _symbol("A/RES/996(ES-I and II)", "A/RES/ES-0001/00996 AND II")
    if match := UNNUMBERED_RECORD.fullmatch(tidy):
        return _of_record(match, match["record"])
    if match := SECURITY_COUNCIL.fullmatch(tidy):
        number, year = int(match["number"]), match["year"] or match["year2"]
        return _symbol(f"S/RES/{number} ({year})", f"S/RES/{number:05}")
    if match := VOETEN.fullmatch(tidy):
        kind = VOETEN_SESSIONS[match["kind"]]
        return _of_assembly("RES", kind, int(match["session"]), match["number"], match["parts"])
    if (match := OTHER.fullmatch(tidy)) and any(character.isdigit() for character in match["symbol"]):
        return _symbol(re.sub(r"REV\.|ADD\.|CORR\.", lambda word: word[0].capitalize(), match["symbol"]))
    raise ValueError(f"{text!r} is not a United Nations document symbol")


def parse_or_none(text: str) -> Symbol | None:
    """Return the symbol ``text`` spells, or None where it spells none."""
    try:
        return parse(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Named:
    """What a symbol says by itself of the text or meeting it names; empty or None where it says nothing."""

    body: str = ""
    """The code of the body."""
    session: str = ""
    """The code of the Assembly's session: ``79``, ``ES-11``."""
    year: int | None = None
    is_final: bool = False
    """Whether it is the number of a resolution or decision, which is given once the body and session are settled."""


@lru_cache(maxsize=16384)
def named(text: str) -> Named:
    """Return what the symbol ``text`` says of body, session and year.

    Drafts and meetings of the Assembly name their session since the thirty-first; an earlier ``A/512/Rev.1`` is a
    document of its own number.
    """
    symbol = parse_or_none(text)
    if symbol is None:
        return Named()
    if match := re.match(r"A/(?:RES|DEC)/(0|ES-|S-)(\d{4})/(?!.*AND II)", symbol.sort_key):
        return Named("GA", f"{match[1].lstrip('0')}{int(match[2])}", is_final=True)
    if symbol.key.startswith(("A/RES/", "A/DEC/")):
        return Named("GA", is_final=True)
    if symbol.key.startswith("S/RES/"):
        year = re.search(r"\((\d{4})\)", symbol.text)
        return Named("SC", year=int(year[1]) if year else None, is_final=True)
    if match := re.match(r"S/(?:(19\d\d|20\d\d)/\d)?", symbol.key):
        year_of_draft = int(match[1]) if match[1] and int(match[1]) >= FIRST_COUNCIL_YEAR else None
        return Named("SC", year=year_of_draft)
    if match := re.match(r"A/(?:C\.\d/|BUR/)?(ES-|S-|)(\d{1,3})/", symbol.key):
        number = int(match[2])
        if LAST_ROMAN_SESSION[match[1]] < number <= LAST_SESSION:
            return Named("GA", f"{match[1]}{number}")
    return Named("GA" if re.match(r"A/(?:L|PV|C\.\d|BUR)[./]", symbol.key) else "")


def unnumbered(text: str, record: str) -> Symbol | None:
    """Return the symbol of a text whose number is still written as X's, ``A/RES/79/XX``, by its ``record`` number.

    It is ``A/RES/79/XX (record 4082671)``, which is its own and of no other text. None for any other text, and where
    ``record`` is no number.
    """
    match = UNNUMBERED.fullmatch(text.strip().upper())
    return _of_record(match, record) if match and re.fullmatch(r"[0-9]{1,12}", record) else None


def is_unnumbered(key: str) -> bool:
    """Tell whether a symbol's key is that of a text without a number."""
    return UNNUMBERED_RECORD.fullmatch(key) is not None


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
        or re.fullmatch(r"\d{2,4} ?[A-Z]? ?\((?:\d{4}|[IVXLivxl]+|[ES]+-(?:[IVX]+|\d+))\)", text)
        or re.fullmatch(r"\d{3,4}", text)
    )


def _of_assembly(kind_of_text: str, kind: str, session: int, number: str, parts: str | None) -> Symbol:
    """Return the symbol of a General Assembly text by its session (of ``kind`` "", ``ES-`` or ``S-``) and number."""
    number = str(int(number))
    if session < 1 or number == "0":
        raise ValueError(f"{number} of session {session} is not a United Nations document symbol")
    part = _part(parts) if parts else ""
    sort_key = f"A/{kind_of_text}/{kind or '0'}{session:04}/{number:0>5} {_padded(part)}".rstrip()
    if session > LAST_ROMAN_SESSION[kind]:
        return _symbol(f"A/{kind_of_text}/{kind}{session}/{number}" + (f" {part}" if part else ""), sort_key)
    of_key = f"A/{kind_of_text}/{number}({kind}{to_roman(session)})" + (f"[{part}]" if part else "")
    is_arabic = (kind, session) in IN_ARABIC
    text = of_key.replace(f"({kind}{to_roman(session)})", f"({kind}{session})") if is_arabic else of_key
    return Symbol(text, _key(of_key), sort_key)


def _part(parts: str) -> str:
    """Return a part as it is written: ``A-C``, ``XIV`` for a section, ``A ANNEX``."""
    parts = re.sub(r" ?- ?", "-", parts.replace("/", " "))
    return re.sub(r"SECTION ?", "", re.sub(r"\b([A-Z])ANNEX\b", r"\1 ANNEX", parts))


def _of_record(match: re.Match[str], record: str) -> Symbol:
    """Return the symbol of a text without a number, by its number in the library, sorted after those that have one."""
    kind_of_text, kind, session = match["type"], match["kind"], int(match["session"])
    text = f"A/{kind_of_text}/{kind}{session}/XX (record {int(record)})"
    return _symbol(text, f"A/{kind_of_text}/{kind or '0'}{session:04}/XX {int(record):012}")


def _symbol(text: str, sort_key: str | None = None) -> Symbol:
    """Return the symbol spelled ``text``, by default sorted with every number in it padded."""
    key = _key(text)
    return Symbol(text, key, sort_key or _padded(key))


def _key(text: str) -> str:
    """Return what a symbol is known by."""
    return re.sub(r"[ \[\]]", "", text).upper()


def _padded(text: str) -> str:
    """Return ``text`` with every number in it padded, so that it sorts by them."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(5), text)
