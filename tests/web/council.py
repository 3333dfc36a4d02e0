"""Votes of the Security Council for tests: rows cut from the table of drafts that were not adopted."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from votes.models import RollCall

if TYPE_CHECKING:
    from tests.web.records import Maker

# Symbol, day, title, result, what was put to the vote, and who chose what, as the file and its notes have them.
ROWS = """\
S/PV.23,1946-02-16,Letter from the Heads of the Lebanese and Syrian delegations,vetoed,text,AUS BRA CHN EGY MEX NLD USA,SUN,POL,FRA GBR
S/PV.45,1946-06-18,The Spanish question,vetoed,text,AUS BRA CHN EGY FRA GBR MEX NLD USA,POL SUN,,
S/PV.45,1946-06-18,The Spanish question,vetoed,paragraph,AUS BRA CHN EGY FRA GBR MEX NLD USA,POL SUN,,
S/3502,1955-12-13,Admission of new Members,vetoed,paragraph,BRA FRA GBR IRN NZL PER SUN TUR,CHN,BEL USA,
S/3710,1956-10-30,Concerning the Palestine question,vetoed,text,CHN CUB IRN PER SUN USA YUG,FRA GBR,AUS BEL,
S/9696,1970-03-17,Question concerning the situation in Southern Rhodesia,vetoed,text,BDI CHN ESP NPL POL SLE SUN SYR ZMB,GBR USA,COL FIN FRA NIC,
S/10771,1972-08-25,Admission of new Members Bangladesh,vetoed,text,ARG BEL FRA GBR IND ITA JPN PAN SUN USA YUG,CHN,GIN SDN SOM,
S/2007/14,2007-01-12,Myanmar,vetoed,text,BEL FRA GBR GHA ITA PAN PER SVK USA,CHN RUS ZAF,COG IDN QAT,
S/2023/772,2023-10-16,The situation in the Middle East,rejected,text,ARE CHN GAB MOZ RUS,FRA GBR JPN USA,ALB BRA CHE ECU GHA MLT,
S/2023/970,2023-12-08,The situation in the Middle East,vetoed,text,ALB ARE BRA CHE CHN ECU FRA GAB GHA JPN MLT MOZ RUS,USA,GBR,
Oral amendment,2023-12-22,The situation in the Middle East,vetoed,amendment,ARE BRA CHN ECU FRA GAB GHA MLT MOZ RUS,USA,ALB CHE GBR JPN,
"""  # noqa: E501  # rows of a file


def write_council(maker: Maker) -> None:
    """Write them; one that goes by its meeting, or by nothing, has no text."""
    numbers: dict[str, int] = {}
    for symbol, date, title, result, kind, *cast in csv.reader(io.StringIO(ROWS)):
        numbers[symbol] = number = numbers.get(symbol, 0) + 1
        is_meeting = symbol.startswith("S/PV.")
        resolution = None
        if symbol.startswith("S/") and not is_meeting:
            resolution = maker.text(symbol, body=maker.council, session=None, kind="draft", title=title)
        is_whole = kind == RollCall.Kind.TEXT
        votes = " ".join(
            f"{code}:{choice}" for choice, codes in zip("YNAX", cast, strict=True) for code in codes.split()
        )
        maker.roll_call(
            re.sub("[^a-z0-9]+", "-", f"{symbol}-{number}".lower()),
            votes,
            body=maker.council,
            session=None,
            resolution=resolution,
            decisive=bool(resolution and is_whole),
            title="" if resolution and is_whole else title,
            date=date,
            meeting=symbol if is_meeting else "",
            ordinal=number if is_meeting else None,
            kind=kind,
            result=result,
            requirement="security-council-substantive",
        )
