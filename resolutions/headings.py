"""Subject headings of the UN Digital Library as people write them, and in addresses.

The library writes ``CUBA--UNITED STATES``; readers see ``Cuba–United States``.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import slugify

from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

ACRONYMS = "AIDS HIV IAEA ICJ ITU NATO NPT OAU OECD UN UNDOF UNDP UNEP UNESCO UNICEF UNIFIL UNITAR UNRWA WHO WTO"

PLACES = """
Africa, American Samoa, Anguilla, Antarctica, Arab countries, Asia, Atlantic Ocean, Balkans, Bermuda, British Virgin
Islands, Caribbean, Cayman Islands, Central Africa, Central America, Central Asia, Chagos Archipelago, Crimea, Cyprus,
Dead Sea, East Timor, Eastern Europe, Europe, Falkland Islands, French Polynesia, Gaza, Geneva, Gibraltar, Golan
Heights, Guam, Indian Ocean, Jerusalem, Kampuchea, Kosovo, Latin America, Libya, Malvinas, Mayotte, Mediterranean,
Middle East, Montserrat, New Caledonia, New York, Pacific Islands, Pacific Ocean, Palestine, Palestinians, Pitcairn,
Puerto Rico, Saint Helena, South Asia, South Atlantic, South Atlantic Ocean, South-East Asia, Southeast Asia, Southern
Africa, Southern Rhodesia, Southwest Asia, Syria, Taiwan, Tibet, Tokelau, Turks and Caicos Islands, United States
Virgin Islands, Vienna, Western Sahara, Yugoslavia
"""

BODIES = """
2030 Agenda, Additional Protocol I, Additional Protocol II, African Union, Agenda 21,
Association of Southeast Asian Nations, Central European Initiative, Collective Security Treaty Organization,
Commonwealth of Independent States, Conference on Disarmament, Council of Europe, Credentials Committee,
Decade for Women, Disengagement Observer Force, Economic and Social Council, Economic Cooperation Organization,
European Union, General Assembly, Human Rights Council, Inter-Parliamentary Union, Interim Force,
International Court of Justice, International Criminal Court, International Organization of La Francophonie,
International Tribunal, League of Arab States, Millennium Summit, Nazism,
Office of the High Commissioner for Human Rights, Olympic Games,
Organisation for the Prohibition of Chemical Weapons, Organisation of Islamic Cooperation,
Organization for Democracy and Economic Development - GUAM, Organization for Security and Cooperation in Europe,
Pacific Islands Forum, Preparatory Commission for the Comprehensive Nuclear-Test-Ban Treaty Organization,
Review Conference, Secretariat, Security Council, Shanghai Cooperation Organization, Trusteeship Council, World Assembly
"""

MONTHS = "Jan., Feb., Mar., Apr., June, July, Aug., Sept., Oct., Nov., Dec."

WRITTEN_OUT = {"sess.": "session", "spec.": "special", "decl.": "declaration"}
"""What the library abbreviates."""


@lru_cache(maxsize=1024)
def heading_name(heading: str) -> str:
    """Return a heading as people write it: ``DISARMAMENT--GENERAL AND COMPLETE`` is Disarmament–General and complete.

    A heading that is not written in capitals keeps its letters.
    """
    parts = (part.strip() for part in heading.split("--"))
    return "–".join(map(_lowered, parts) if heading.isupper() else parts)


def heading_slug(heading: str) -> str:
    """Return what stands for a heading in an address: ``cuba-united-states``.

    Spellings that differ in case, accents and punctuation alone have one slug: they are one subject.
    """
    return slugify(fold(heading_name(heading)).replace("–", " "))


def _lowered(part: str) -> str:
    """Return a part of a heading with capitals where a sentence has them."""
    text = re.sub(r"^UN\. ", "UN ", part).replace(" : ", ", ")
    text = _pattern().sub(lambda found: _names()[found[0].lower()], text.lower())
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Return what finds the names in a text in small letters, the longest first."""
    longest_first = sorted(_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the names that keep their capitals, by themselves in small letters, and what abbreviations stand for."""
    curated = [*ACRONYMS.split(), *", ".join(" ".join(text.split()) for text in (PLACES, BODIES, MONTHS)).split(", ")]
    return {name.lower(): name for name in [*_states(), *curated]} | WRITTEN_OUT


def _states() -> Iterator[str]:
    """Yield the names that member states have and had."""
    for name in ("states.csv", "state_names.csv"):
        with (settings.BASE_DIR / "data" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from filter(None, (row["name"], row["official_name"]))
