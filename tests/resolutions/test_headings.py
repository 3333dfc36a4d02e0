"""Names and slugs of subject headings."""

import pytest

from resolutions.headings import heading_name, heading_slug
from tests.resolutions.corpora import headings


@pytest.mark.parametrize(
    ("heading", "name", "slug"),
    [
        ("CUBA--UNITED STATES", "Cuba–United States", "cuba-united-states"),
        ("PALESTINE QUESTION", "Palestine question", "palestine-question"),
        (
            "TERRITORIES OCCUPIED BY ISRAEL--HUMAN RIGHTS",
            "Territories occupied by Israel–Human rights",
            "territories-occupied-by-israel-human-rights",
        ),
        ("HUMAN RIGHTS--IRAN (ISLAMIC REPUBLIC OF)", "Human rights–Iran (Islamic Republic of)", None),
        ("HUMAN RIGHTS--DEMOCRATIC PEOPLE'S REPUBLIC OF KOREA", None, None),
        ("SOUTH AFRICA--FOREIGN INTERESTS", "South Africa–Foreign interests", None),
        ("LIBYAN ARAB JAMAHIRIYA--UNITED STATES", "Libyan Arab Jamahiriya–United States", None),
        ("BOSNIA AND HERZEGOVINA SITUATION", "Bosnia and Herzegovina situation", None),
        ("WESTERN SAHARA QUESTION", "Western Sahara question", None),
        ("SOUTH-EAST ASIA--NUCLEAR-WEAPON-FREE ZONES", "South-East Asia–Nuclear-weapon-free zones", None),
        ("OAU--UN", "OAU–UN", "oau-un"),
        ("HIV/AIDS--DECLARATIONS", "HIV/AIDS–Declarations", "hivaids-declarations"),
        ("NUCLEAR WEAPONS USE--ICJ OPINION", "Nuclear weapons use–ICJ opinion", None),
        ("UN INTERIM FORCE IN LEBANON--FINANCING", "UN Interim Force in Lebanon–Financing", None),
        ("UNIFIL--FINANCING", "UNIFIL–Financing", None),
        ("TELEVISION--INTERNATIONAL DAYS (21 NOV.)", "Television–International days (21 Nov.)", None),
        ("UN--BUDGET (1986-1987)", "UN–Budget (1986-1987)", "un-budget-1986-1987"),
        (
            "DISARMAMENT--UN. GENERAL ASSEMBLY (10TH SPECIAL SESS. : 1978)--RECOMMENDATIONS",
            "Disarmament–UN General Assembly (10th special session, 1978)–Recommendations",
            "disarmament-un-general-assembly-10th-special-session-1978-recommendations",
        ),
        ("WOMEN--DISARMAMENT", "Women–Disarmament", None),  # not “wOman”
        ("CÔTE D'IVOIRE--ELECTIONS", "Côte d'Ivoire–Elections", "cote-divoire-elections"),
        # Written by an editor: kept.
        ("Cuba--United States", "Cuba–United States", "cuba-united-states"),
        ("War on drugs in New Zealand", "War on drugs in New Zealand", None),
    ],
)
def test_heading_gets_a_readable_name_and_a_slug(heading, name, slug):
    if name:
        assert heading_name(heading) == name
    if slug:
        assert heading_slug(heading) == slug
    assert heading_name(heading_name(heading)) == heading_name(heading)
    assert heading_slug(heading_name(heading)) == heading_slug(heading)


def test_only_spellings_of_the_same_heading_share_a_slug():
    slugs: dict[str, list[str]] = {}
    for heading in sorted(headings()):
        slugs.setdefault(heading_slug(heading), []).append(heading)
    assert all(0 < len(slug) <= 200 for slug in slugs)
    # The same subject, written with and without its dashes.
    assert [same for same in slugs.values() if len(same) > 1] == [
        ["CULTURAL PROPERTY RESTITUTION", "CULTURAL PROPERTY--RESTITUTION"],
        ["HUMAN RIGHTS ADVANCEMENT", "HUMAN RIGHTS--ADVANCEMENT"],
    ]
