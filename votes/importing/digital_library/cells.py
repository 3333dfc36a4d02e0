"""The cells of the UN Digital Library's files, each read by a function that raises ValueError where it cannot."""

from __future__ import annotations

import datetime
import re

METHODS = (
    (re.compile(r"\b(secret )?ballots?\b|\belect(ion|ed)\b"), "ballot"),
    (re.compile(r"without (a )?vote|consensus|acclamation"), "without-vote"),
    (re.compile(r"non ?recorded|not recorded|unrecorded"), "non-recorded"),
    (re.compile(r"roll ?call"), "roll-call"),
    (re.compile(r"recorded"), "recorded"),
)
"""The methods of voting by words of ``modality`` in lower case and without punctuation; the first that is found."""

WITHOUT_VOTE = re.compile(r"\bwithout (a )?vote\b", re.IGNORECASE)
"""What a note on a vote says of a text that was adopted without one."""

CHOICES = {"Y": "Y", "N": "N", "A": "A", "X": "X", "NV": "X"}
"""The choices by ``ms_vote``; editions before 2025 wrote NV for non-voting."""

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"([0-9]{1,3})(?:\.0+)?")
EMERGENCY = re.compile(r"(?:ES-0*([0-9]+)|0*([0-9]+)EMSP)")
SPECIAL = re.compile(r"(?:S-0*([0-9]+)|0*([0-9]+)SP)")
ADOPTED = re.compile(r"\s*:\s*(?:resol[a-z]*|decisions?)\s*(?:/|adopted\b|by\b|$).*$", re.IGNORECASE)
"""What the library adds to a title, misspelt or shortened here and there: `` : resolution / adopted by the General
Assembly``."""
COUNCIL_TITLE = re.compile(r"Security Council resolution [0-9]+ ?\([0-9]{4}\) ?\[(.+)\]\.?", re.IGNORECASE)


def tidy(cell: str | None) -> str:
    """Return a cell with single spaces and none around it; empty text for an empty cell."""
    return " ".join(cell.split()) if cell else ""


def read_date(cell: str) -> datetime.date:
    if not DATE.fullmatch(cell):
        raise ValueError(f"{cell!r} is not a date")
    return datetime.date.fromisoformat(cell)


def read_total(cell: str) -> int | None:
    """Return the number in ``120``, ``120.0`` or ``012``; None for an empty cell."""
    if not cell:
        return None
    match = NUMBER.fullmatch(cell)
    if not match:
        raise ValueError(f"{cell!r} is not a number of votes")
    return int(match[1])


def read_meeting(cell: str) -> str:
    """Return a meeting in one spelling: ``A/34/PV. 67`` is A/34/PV.67, ``A/63/PV.105(Resumption1)`` has spaces."""
    return re.sub(r" ?\((Resumption) ?([0-9]+)\)", r" (\1 \2)", re.sub(r"\bPV\. ", "PV.", cell), flags=re.IGNORECASE)


def read_method(cell: str) -> str | None:
    """Return the method of voting that a ``modality`` names in plain words; None for one that leaves it open."""
    words = " ".join(re.findall(r"[a-z]+", cell.lower()))
    return next((method for pattern, method in METHODS if pattern.search(words)), None)


def read_session(cell: str) -> str:
    """Return the code of a session of the Assembly: ``10emsp`` and ``ES-10`` are ES-10, ``4sp`` is S-4."""
    for pattern, prefix in (NUMBER, ""), (EMERGENCY, "ES-"), (SPECIAL, "S-"):
        if match := pattern.fullmatch(cell.upper()):
            return f"{prefix}{int(next(filter(None, match.groups())))}"
    raise ValueError(f"{cell!r} is not a session")


def read_title(cell: str) -> str:
    """Return the title of a text of the Assembly, without `` : resolution / adopted by the General Assembly``."""
    return ADOPTED.sub("", cell) or cell


def read_description(cell: str) -> str:
    """Return the title in a description of the Council's: what is in brackets after the number, if it has them."""
    match = COUNCIL_TITLE.fullmatch(cell)
    title = match[1].strip() if match else cell
    return title[:1].upper() + title[1:]


def split(cell: str, separators: str) -> tuple[str, ...]:
    """Return the parts of a list in a cell, each once."""
    parts = (part.strip() for part in re.split(f"[{re.escape(separators)}]", cell))
    return tuple(dict.fromkeys(filter(None, parts)))
