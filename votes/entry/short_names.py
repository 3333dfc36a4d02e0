"""Short, colloquial and older names of states that texts use but the United Nations does not; those in other languages.

A name that two states go by is given to both: it is then ambiguous wherever both had a seat.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES_FILE = Path(__file__).resolve().parents[2] / "data" / "state_names_languages.csv"

SHORT_NAMES: dict[str, tuple[str, ...]] = {
    "ARE": ("UAE",),
    "BHS": ("The Bahamas", "Bahamas, The", "Bahamas (the)"),
    "BIH": ("Bosnia", "Bosnia-Herzegovina"),
    "BLR": ("Byelorussia", "Belorussia", "Byelorussian Soviet Socialist Republic"),
    "BRN": ("Brunei",),
    "CAF": ("Central African Rep.",),
    "CHN": ("People's Republic of China",),
    "CIV": ("Ivory Coast",),
    "COD": ("DRC", "DR Congo", "D.R. Congo", "Congo (Kinshasa)", "Democratic Republic of Congo", "Zaïre"),
    "COG": ("Congo (Brazzaville)", "Republic of Congo"),
    "CPV": ("Cape Verde",),
    "CZE": ("Czech Republic",),
    "DDR": ("East Germany", "GDR", "Germany"),
    "DEU": ("Federal Republic of Germany",),
    "FSM": ("Micronesia", "Federated States of Micronesia"),
    "GBR": ("UK", "Great Britain", "Britain", "United Kingdom of Great Britain and Northern Ireland"),
    "GER": ("West Germany", "FRG", "Germany", "Federal Republic of Germany"),
    "GMB": ("The Gambia", "Gambia, The", "Gambia (the)"),
    "IRN": ("Iran",),
    "KHM": ("Kampuchea",),
    "KOR": ("South Korea", "S. Korea", "ROK"),
    "LAO": ("Lao PDR", "Laos"),
    "LBY": ("Libya", "Socialist People's Libyan Arab Jamahiriya"),
    "LKA": ("Ceylon",),
    "MDA": ("Moldova",),
    "MKD": ("Macedonia", "FYROM", "FYR Macedonia", "TFYR of Macedonia"),
    "MMR": ("Burma",),
    "MYS": ("Malaya",),
    "NLD": ("Netherlands", "Kingdom of the Netherlands"),
    "PNG": ("PNG",),
    "PRK": ("North Korea", "N. Korea", "DPRK", "DPR Korea", "DPR of Korea"),
    "RUS": ("Russia",),
    "SRB": ("Republic of Serbia",),
    "STP": ("São Tomé and Príncipe", "Sao Tome"),
    "SUN": ("USSR", "Soviet Union"),
    "SWZ": ("Swaziland",),
    "SYR": ("Syria",),
    "TLS": ("East Timor",),
    "TTO": ("Trinidad",),
    "TUR": ("Turkey",),
    "TZA": ("Tanzania",),
    "UKR": ("Ukrainian Soviet Socialist Republic",),
    "USA": ("US", "USA", "United States of America"),
    "VNM": ("Vietnam",),
    "YEM": ("North Yemen",),
    "YMD": ("South Yemen", "Yemen, Democratic", "People's Democratic Republic of Yemen"),
    "ZAF": ("Union of South Africa",),
}


@cache
def other_languages() -> Mapping[str, tuple[str, ...]]:
    """Return the names of states in the other official languages, by code."""
    found: dict[str, list[str]] = defaultdict(list)
    with NAMES_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["code"]].append(row["name"])
    return {code: tuple(names) for code, names in found.items()}
