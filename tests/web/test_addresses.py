"""Addresses: other spellings redirect, near misses are suggested, others are not found."""

import pytest
from django.test import Client

from tests.web.records import Maker, get, one, text, texts

pytestmark = pytest.mark.usefixtures("record")


@pytest.mark.parametrize(
    ("written", "symbol", "status"),
    [
        # Known spellings redirect for good.
        ("a/res/es-11/7", "A/RES/ES-11/7", 301),
        ("ESS/11/7", "A/RES/ES-11/7", 301),
        ("A/ES-11/L.10", "A/RES/ES-11/7", 301),
        ("a/res/es-11/7?bloc=nato&choice=against", "A/RES/ES-11/7?bloc=nato&choice=against", 301),
        ("S/RES/2774(2025)", "S/RES/2774%20(2025)", 301),
        ("S/RES/2774/2025", "S/RES/2774%20(2025)", 301),
        ("S/RES/2774%20%20(2025)", "S/RES/2774%20(2025)", 301),
        ("s/res/2774 (2025)", "S/RES/2774%20(2025)", 301),
        ("S/2025/112", "S/RES/2774%20(2025)", 301),
        ("A/RES/2758%20(XXVI)", "A/RES/2758(XXVI)", 301),
        ("A/L.630", "A/RES/2758(XXVI)", 301),
        ("R/71/258", "A/RES/71/258", 301),
        ("A/RES/ES-11/7/", "A/RES/ES-11/7", 301),
        # Near misses redirect for now.
        ("es-11/7", "A/RES/ES-11/7", 302),
        ("A-RES-ES-11-7", "A/RES/ES-11/7", 302),
        ("a-res-es-11-7", "A/RES/ES-11/7", 302),
        ("2758", "A/RES/2758(XXVI)", 302),
        ("S/RES/2774", "S/RES/2774%20(2025)", 302),
        ("es-11/7?bloc=nato", "A/RES/ES-11/7?bloc=nato", 302),
    ],
)
def test_any_spelling_leads_to_its_text(written: str, symbol: str, status: int):
    response = Client().get(f"/resolutions/{written}")

    assert (response.status_code, response.headers["Location"]) == (status, f"/resolutions/{symbol}")
    assert Client().get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "canonical",
    ["A/RES/ES-11/7", "S/RES/2774%20(2025)", "A/RES/2758(XXVI)", "S/2022/155", "A/RES/3379(XXX)"],
)
def test_canonical_spelling_is_a_200(canonical: str):
    assert Client().get(f"/resolutions/{canonical}").status_code == 200


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/states/usa/", "/states/USA/"),
        ("/states/usa/?choice=against", "/states/USA/?choice=against"),
        ("/blocs/NATO/", "/blocs/nato/"),
        ("/blocs/NATO/?on=2022-03-02", "/blocs/nato/?on=2022-03-02"),
        ("/roll-calls/A-RES-ES-11-7/", "/roll-calls/a-res-es-11-7/"),
        ("/resolutions", "/resolutions/"),
        ("/states/USA", "/states/USA/"),
        ("/about", "/about/"),
    ],
)
def test_other_spellings_redirect_permanently_with_their_query(written: str, meant: str):
    response = Client().get(written)

    assert (response.status_code, response.headers.get("Location")) == (301, meant)


def test_ambiguous_near_miss_is_not_guessed():
    page = get("/resolutions/es-11", status=404)

    assert texts(page, "h1") == ["Not in this record"]
    assert text(one(page, ".lead")) == "“es-11” is not in this record."
    assert texts(page, "main .meant li") == [
        "A/RES/ES-11/8 The path to peace",
        "A/RES/ES-11/7 Advancing a comprehensive, just and lasting peace in Ukraine",
        "A/RES/ES-11/1 Aggression against Ukraine",
    ]


@pytest.mark.parametrize(
    ("address", "asked", "suggested"),
    [
        ("/resolutions/kampuchea", "kampuchea", ["/resolutions/A/RES/34/22"]),
        ("/resolutions/A/RES/99/258", "A/RES/99/258", []),
        ("/nowhere/jerusalem", "nowhere/jerusalem", []),
        ("/search/jerusalem", "jerusalem", ["/resolutions/A/RES/ES-10/19"]),
        ("/states/QQQ/", "QQQ", []),
        ("/states/Norway/", "Norway", ["/states/NOR/"]),
        ("/norway", "norway", ["/states/NOR/"]),
        ("/states/ivoire/", "ivoire", ["/states/CIV/"]),
        ("/states/Türkiye/", "Türkiye", ["/states/TUR/"]),
        ("/blocs/european-union/", "european-union", ["/blocs/eu/"]),
        ("/blocs/non-aligned-movement/", "non-aligned-movement", ["/blocs/non-aligned/"]),
        ("/blocs/warsaw/", "warsaw", ["/blocs/warsaw-pact/"]),
        ("/roll-calls/es-11-7/", "es-11-7", ["/resolutions/A/RES/ES-11/7"]),
        ("/A/RES/ES-11/7", "A/RES/ES-11/7", ["/resolutions/A/RES/ES-11/7"]),
    ],
)
def test_wrong_address_links_to_a_search(address: str, asked: str, suggested: list[str]):
    page = get(address, status=404)

    is_missing = address.startswith(("/resolutions/", "/states/", "/blocs/", "/roll-calls/"))
    assert texts(page, "h1") == ["Not in this record" if is_missing else "Page not found"]
    assert one(page, "#not-found-q")["value"] == asked
    assert [str(a["href"]) for a in page.select("main .meant a")] == suggested
    assert one(page, "main form.search")["action"] == "/resolutions/"


@pytest.mark.parametrize("address", ["/blocs/nope/", "/roll-calls/nope/", "/states/XXX/", "/resolutions/nope"])
def test_not_found_page_explains_the_reason(address: str):
    reason = text(one(get(address, status=404), ".lead"))

    assert "matches the given query" not in reason
    assert "“" in reason


@pytest.mark.parametrize(
    "address",
    [
        "/resolutions/%00",
        "/states/%00/",
        "/blocs/%00/",
        "/roll-calls/%00/",
        "/%00",
        "/resolutions/%F0%9F%98%80",
        "/resolutions/%ff",
        "/resolutions/-",
        "/resolutions/" + "A" * 3000,
        "/resolutions/../../etc/passwd",
        "/states/%3Cscript%3E/",
    ],
)
def test_malformed_addresses_are_a_404(address: str):
    page = get(address, status=404)

    assert page.select("script:not([src])") == []


@pytest.mark.parametrize(
    "address",
    ["/contact/?about=%00", "/resolutions/?position=%00:for", "/resolutions/?differ=%00~USA", "/resolutions/?q=%00"],
)
def test_null_characters_in_parameters_are_a_200(address: str):
    assert Client().get(address).status_code == 200


def test_new_text_can_make_a_near_miss_ambiguous(maker: Maker):
    assert Client().get("/resolutions/11/7").status_code == 302
    resolution = maker.text("A/C.3/11/7")
    maker.roll_call("other", "USA:Y", resolution=resolution, decisive=True)

    assert Client().get("/resolutions/11/7").status_code == 404
