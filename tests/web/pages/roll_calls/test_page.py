"""The page of a text and its vote: A/RES/ES-11/7 and others."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.test import Client

from tests.web.records import Maker, Twin, get, one, problems, rows, table, text, texts
from votes.models import Correction, MemberState, RollCall

pytestmark = pytest.mark.usefixtures("record")

PEACE = "/resolutions/A/RES/ES-11/7"

AGAINST = [
    "Belarus",
    "Burkina Faso",
    "Burundi",
    "Central African Republic",
    "Democratic People's Republic of Korea",
    "Equatorial Guinea",
    "Eritrea",
    "Haiti",
    "Hungary",
    "Israel",
    "Mali",
    "Marshall Islands",
    "Nicaragua",
    "Niger",
    "Palau",
    "Russian Federation",
    "Sudan",
    "United States",
]


def test_page_shows_result_totals_and_explanation():
    page = get(PEACE)

    assert texts(page, ".page-head .overline > *") == [
        "A/RES/ES-11/7",
        "General Assembly",
        "Eleventh emergency special session",
        "24 February 2025",
    ]
    assert texts(page, "h1") == ["Advancing a comprehensive, just and lasting peace in Ukraine"]
    assert texts(page, ".verdict > p") == [
        "Tally: 93-18-65 adopted",
        "Adopted: 93 of 111 present and voting were in favour (83.8%), two-thirds or more.",
        "The votes on record add up to the announced tally.",
    ]
    assert texts(page, ".totals dt") == ["In favour", "Against", "Abstaining", "Non-voting"]
    assert texts(page, ".totals dd") == ["93", "18", "65", "17"]
    assert text(one(page, "head > title")) == "A/RES/ES-11/7: 93-18-65 · Plenary"


def test_members_are_named_in_four_groups():
    page = get(PEACE)

    assert texts(page, ".group h3") == ["In favour 93", "Against 18", "Abstaining 65", "Non-voting 17"]
    assert texts(page, ".group-N li") == AGAINST
    assert [len(page.select(f".group-{choice} li")) for choice in "YNAX"] == [93, 18, 65, 17]
    assert texts(page, ".group-X li") == [
        "Afghanistan",
        "Azerbaijan",
        "Benin",
        "Bolivia (Plurinational State of)",
        "Cameroon",
        "Congo",
        "Democratic Republic of the Congo",
        "Dominica",
        "Ecuador",
        "Eswatini",
        "Georgia",
        "Guinea-Bissau",
        "Madagascar",
        "Morocco",
        "South Sudan",
        "Turkmenistan",
        "Venezuela (Bolivarian Republic of)",
    ]


def bloc_table(address: str) -> dict[str, list[str]]:
    """Return figures, position, cohesion and who broke, by bloc."""
    return {row[0]: row[2:] for row in table(get(address), ".bloc-table") if len(row) > 1}


def test_blocs_show_totals_position_cohesion_and_breaks_on_the_date():
    found = bloc_table(PEACE)

    assert found["EU"] == ["26", "1", "0", "0", "In favour", "0.94", "Hungary"]
    assert found["NATO"] == [
        "29", "2", "1", "0", "In favour", "0.86", "Hungary, North Macedonia, United States",
    ]  # fmt: skip
    assert found["BRICS"] == ["2", "1", "7", "0", "Abstaining", "0.55", "Egypt, Indonesia, Russian Federation"]
    assert found["Permanent five"] == ["2", "2", "1", "0", "Tied", "0.10", ""]
    assert found["Baltic states"] == ["3", "0", "0", "0", "In favour", "1.00", ""]
    assert "Warsaw Pact" not in found
    assert "G8" not in found


@pytest.mark.parametrize("symbol", ["A/RES/ES-11/7", "A/RES/2758(XXVI)", "A/RES/71/258", "S/2022/155"])
def test_every_bloc_equals_the_reference_implementation(twin: Twin, symbol: str):
    cast = next(cast for cast in twin.casts if cast.symbol == symbol)
    links = {str(a["href"]).split("/")[2]: text(a) for a in get(f"/resolutions/{symbol}").select(".bloc-table th a")}
    found = bloc_table(f"/resolutions/{symbol}")
    words = {"In favour": "for", "Against": "against", "Abstaining": "abstain", "Tied": "tied", "–": "nonvoting"}

    expected = {}
    for slug in {slug for slug, *_ in twin.memberships}:
        choices = twin.members(slug, cast)
        if choices:
            numbers = [list(choices.values()).count(choice) for choice in "YNAX"]
            voting, largest = sum(numbers[:3]), max(numbers[:3])
            exact = (Decimal(largest) - Decimal(voting - largest) / 2) / max(voting, 1)
            cohesion = str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP)) if voting > 1 else "–"
            position = twin.position(slug, cast)
            broke = sum(numbers[:3]) - largest if position != "tied" else 0
            expected[slug] = [*map(str, numbers), position, cohesion, broke]
    shown = {}
    for slug, name in links.items():
        *numbers_shown, position, cohesion_shown, who = found[name]
        counted = int(who.split()[0]) if who[:1].isdigit() else who.count(",") + 1 if who else 0
        shown[slug] = [*numbers_shown, words[position], cohesion_shown, counted]
    assert shown == expected


def test_bloc_links_keep_the_date():
    assert one(get(PEACE), ".bloc-table a[href^='/blocs/eu/']")["href"] == "/blocs/eu/?on=2025-02-24"


def test_table_filters_rows_and_shows_totals():
    page = get(f"{PEACE}?bloc=nato&choice=against")

    assert table(page, ".sheet") == [
        ["Hungary", "HUN", "Against", "0-1-0"],
        ["United States", "USA", "Against", "0-2-0"],
    ]
    assert text(one(page, ".sheet-totals")) == "2 members: 0-2-0"
    assert text(one(page, "select#bloc option[selected]")) == "NATO"
    assert text(one(page, "select#choice option[selected]")) == "Against"


def test_whole_table_is_sorted_by_each_order():
    by_name = table(get(PEACE), ".sheet")
    assert len(by_name) == 193
    assert by_name[:3] == [
        ["Afghanistan", "AFG", "Non-voting", "0-0-0"],
        ["Albania", "ALB", "In favour", "1-0-0"],
        ["Algeria", "DZA", "Abstaining", "1-0-1"],
    ]
    assert [row[0] for row in by_name if row[0].startswith("C")][-3:] == ["Cuba", "Cyprus", "Czechia"]
    assert by_name[-1] == ["Zimbabwe", "ZWE", "Abstaining", "93-18-65"]

    by_vote = table(get(f"{PEACE}?sort=choice"), ".sheet")
    assert [row[0] for row in by_vote[93:111]] == AGAINST
    assert [by_vote[n][3] for n in (0, 92, 110, 175, 192)] == ["1-0-0", "93-0-0", "93-18-0", "93-18-65", "93-18-65"]
    codes = [row[1] for row in table(get(f"{PEACE}?sort=code"), ".sheet")]
    assert codes == sorted(codes)
    assert text(one(get(PEACE), ".sheet-totals")) == "193 members: 93-18-65, 17 non-voting"


def test_invalid_table_filter_is_an_error_and_shows_no_rows():
    page = get(f"{PEACE}?bloc=NATO&choice=no&sort=size")

    assert problems(page) == [
        "No member of a bloc “NATO” was in this electorate.",
        "“no” is not a vote; choose one of for, against, abstain, nonvoting.",
        "Can’t sort by “size”; choose name, choice or code.",
    ]
    assert table(page, ".sheet") == []
    assert table(get(f"{PEACE}?bloc=warsaw-pact"), ".sheet") == []


def test_unknown_parameter_is_named():
    assert [problem for problem in problems(get(f"{PEACE}?blok=nato")) if "blok" in problem]


def test_unchanged_table_form_selects_what_it_shows():
    page = get(f"{PEACE}?bloc=nato&choice=&sort=")

    assert problems(page) == []
    assert len(table(page, ".sheet")) == 32


def test_htmx_gets_only_the_table():
    response = Client().get(f"{PEACE}?bloc=nato", headers={"HX-Request": "true"})

    assert response.headers["Vary"] == "HX-Request, HX-History-Restore-Request"
    assert response.content.count(b"<table") == 1
    assert b"<h1" not in response.content


def test_page_links_to_documents_and_error_report():
    page = get(PEACE)

    assert [str(a["href"]) for a in page.select("dl.facts a")] == [
        "https://docs.un.org/en/A/RES/ES-11/7",
        "https://docs.un.org/en/A/ES-11/L.10",
        "/resolutions/?topic=eastern-europe",
        "/reading-a-vote/#majorities",
        "/reading-a-vote/#announced-and-counted",
        "/roll-calls/a-res-es-11-7.csv",
        "/roll-calls/a-res-es-11-7.json",
    ]
    (report,) = (str(a["href"]) for a in page.select("main a[href^='/report/']"))
    assert text(one(get(report), ".lead")) == (
        "Advancing a comprehensive, just and lasting peace in Ukraine (A/RES/ES-11/7, 24 February 2025)"
    )
    assert problems(get("/contact/?about=nothing"))[0] == "No published vote: nothing."
    assert text(one(page, "#citation")) == (
        "Plenary, “Advancing a comprehensive, just and lasting peace in Ukraine”, A/RES/ES-11/7, recorded vote of "
        "24 February 2025, 93-18-65. http://testserver/resolutions/A/RES/ES-11/7"
    )


def test_veto_is_explained_with_the_member_that_cast_it():
    page = get("/resolutions/S/2022/155")

    assert texts(page, ".verdict > p") == [
        "Tally: 11-1-3 vetoed",
        "Vetoed: 11 votes in favour of the 9 needed, but a permanent member voted against: Russian Federation.",
        (
            "Nine of the Council’s fifteen members have to be in favour and no permanent member against "
            "(Charter, Article 27)."
        ),
        "All vetoes in the Security Council",
        "The votes on record add up to the announced tally.",
    ]
    assert texts(page, ".group h3") == ["In favour 11", "Against 1", "Abstaining 3"]
    assert texts(page, ".group li") == [
        "Albania", "Brazil", "France permanent", "Gabon", "Ghana", "Ireland", "Kenya", "Mexico", "Norway",
        "United Kingdom permanent", "United States permanent", "Russian Federation permanent", "China permanent",
        "India", "United Arab Emirates",
    ]  # fmt: skip
    assert bloc_table("/resolutions/S/2022/155")["WEOG"] == ["4", "0", "0", "0", "In favour", "1.00", ""]
    assert bloc_table("/resolutions/S/2022/155")["Nordic countries"] == ["1", "0", "0", "0", "In favour", "–", ""]


def test_old_votes_use_the_names_of_their_date():
    page = get("/resolutions/A/RES/2758(XXVI)")
    shown = set(texts(page, ".group-N li"))

    assert len(shown) == 35
    assert shown >= {"Dahomey", "Upper Volta", "Khmer Republic", "Ivory Coast", "Malagasy Republic", "Swaziland"}
    assert not shown & {"Benin", "Burkina Faso", "Cambodia", "Côte d'Ivoire", "Madagascar", "Eswatini"}
    assert "Ceylon" in texts(page, ".group-Y li")
    assert "Sri Lanka" not in texts(page, "li, th")


def test_names_of_the_date_are_sorted_alphabetically():
    names = texts(get("/resolutions/A/RES/2758(XXVI)"), ".group-N li")

    assert names == sorted(names)


def test_differing_totals_are_both_shown():
    RollCall.objects.filter(slug="a-res-es-11-7").update(announced_no=17)

    assert texts(get(PEACE), ".verdict .problem > p, .verdict .problem li") == [
        "The record is inconsistent: announced 93-17-65, counted from the votes 93-18-65.",
        "Against: 17 announced, but 18 counted from the votes.",
    ]
    assert "add up" not in text(one(get(PEACE), ".verdict"))


def test_correction_is_shown_with_the_vote():
    roll_call, state = RollCall.objects.get(slug="a-res-es-11-7"), MemberState.objects.get(code="HUN")
    Correction.objects.create(roll_call=roll_call, state=state, intended="A")
    page = get(PEACE)

    assert text(one(page, "#corrections")) == (
        "* Hungary is recorded as against and later said it had intended to vote abstaining. "
        "The recorded vote and the tally do not change."
    )
    assert [text(li) for li in page.select(".group-N li") if li.select("sup")] == ["Hungary* correction"]
    assert text(one(page, ".tally-large .tally")) == "93-18-65"


def test_other_votes_on_a_text_are_listed_and_have_pages(maker: Maker):
    decided = RollCall.objects.select_related("resolution").get(slug="a-res-es-11-7")
    maker.roll_call(
        "a-res-es-11-7-2", "USA:Y RUS:N", resolution=decided.resolution, session=decided.session, kind="amendment",
        title="Draft amendment A/ES-11/L.12", date=datetime.date(2025, 2, 24), result="rejected",
    )  # fmt: skip
    page = get(PEACE)

    assert rows(page) == [("A/RES/ES-11/7", "2025-02-24", "1-1-0", "rejected")]
    assert one(page, "ol.rows a")["href"] == "/roll-calls/a-res-es-11-7-2/"
    own = get("/roll-calls/a-res-es-11-7-2/")
    assert texts(own, "h1") == ["Draft amendment A/ES-11/L.12"]
    assert text(one(own, ".explanation")) == (
        "Rejected: 1 of 2 present and voting were in favour (50.0%). Adoption takes more votes in favour than against."
    )
    assert one(own, "article > p a")["href"] == PEACE


def test_texts_with_totals_only_or_no_vote_have_pages(maker: Maker):
    hands = maker.text("A/RES/79/801")
    maker.roll_call("hands", method="non-recorded", resolution=hands, decisive=True, announced_yes=2, announced_no=1)
    consensus = maker.text("A/RES/79/802")
    maker.roll_call("consensus", method="without-vote", resolution=consensus, decisive=True)
    maker.text("A/RES/79/803")

    page = get("/resolutions/A/RES/79/801")
    assert text(one(page, ".tally-large")) == "2-1 adopted non-recorded vote (totals only)"
    assert text(one(page, ".checked")) == "As announced. Who voted how is not on record."
    assert page.select(".sheet, .bloc-table, .group") == []
    assert text(one(get("/resolutions/A/RES/79/802"), ".verdict")) == "Adopted without a vote."
    assert texts(get("/resolutions/A/RES/79/803"), ".empty") == ["No recorded vote on this text has been published."]
