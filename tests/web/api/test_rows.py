"""Rows, filters and fields of the API equal those of downloads and pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.web.api.asking import ask, errors
from tests.web.records import Maker
from votes.models import Correction, MemberState, RollCall
from web.lists.filters import RollCallFilter

pytestmark = pytest.mark.usefixtures("record")


def downloaded(address: str) -> dict[str, Any]:
    """Return the content of a JSON file."""
    found: dict[str, Any] = json.loads(Client().get(address).getvalue())
    return found


@pytest.mark.parametrize("of", ["roll-calls", "resolutions"])
@pytest.mark.parametrize("query", ["q=ukraine&order=relevance", "body=SC", "position=USA:against&order=closeness"])
def test_a_list_has_the_rows_of_the_download(of: str, query: str):
    rows = ask(f"/{of}/?page_size=500&{query}")["results"]
    assert rows == downloaded(f"/{of}.json?{query}")["rows"]
    assert rows


def test_every_filter_of_the_pages_is_one_of_the_api():
    schema = json.loads(Client().get("/api/v1/openapi.json").content)
    names = {parameter["name"] for parameter in schema["paths"]["/api/v1/roll-calls/"]["get"]["parameters"]}
    assert names == {*RollCallFilter.base_filters, "cursor", "page_size", "fields"}


def test_a_roll_call_has_its_votes_corrections_and_blocs():
    usa = MemberState.objects.get(code="USA")
    roll_call = RollCall.objects.get(slug="a-res-es-11-7")
    Correction.objects.create(roll_call=roll_call, state=usa, intended="A", reference="A/ES-11/PV.20")
    found = ask("/roll-calls/a-res-es-11-7/")
    file = downloaded("/roll-calls/a-res-es-11-7.json")

    votes, corrections, blocs = (found.pop(name) for name in ("votes", "corrections", "blocs"))
    assert found.pop("source_corrections") == []
    assert found.pop("data_version") == file["data_version"]
    assert found == file["roll_call"]
    assert votes == [{n: row[n] for n in ("state", "state_name", "choice")} for row in file["rows"]]
    assert len(votes) == 193
    assert corrections == [{"state": "USA", "intended": "A", "reference": "A/ES-11/PV.20"}]
    assert (found["counted_yes"], found["announced_yes"]) == (93, 93)
    # Counted anew, vote by vote, for a bloc that was of one mind but for one and for one that was not.
    of = {line["bloc"]: line for line in blocs}
    chosen = {vote["state"]: vote["choice"] for vote in votes}
    members = [row["code"] for row in ask("/memberships/?bloc=eu&on=2025-02-24&page_size=50")["results"]]
    assert len(members) == 27
    counted = [sum(chosen[code] == choice for code in members) for choice in "YNAX"]
    assert list(of["eu"].values()) == ["eu", *counted, "for"]
    assert list(of["eu"]) == ["bloc", "yes", "no", "abstaining", "non_voting", "position"]
    assert [line["bloc"] for line in blocs] == sorted(of)


def test_a_text_has_all_its_recorded_votes(maker: Maker):
    resolution = RollCall.objects.get(slug="a-res-es-11-7").resolution
    maker.roll_call("its-paragraph", "USA:N FRA:Y", resolution=resolution, session=resolution.session,  # type: ignore[union-attr]  # it has one
                    kind="paragraph", title="Paragraph 2", date="2025-02-24")  # fmt: skip
    found = ask("/resolutions/A/RES/ES-11/7")
    assert found["symbol"] == "A/RES/ES-11/7"
    assert found["body"] == "GA"
    assert {roll_call["slug"]: len(roll_call["votes"]) for roll_call in found["roll_calls"]} == {
        "a-res-es-11-7": 193,
        "its-paragraph": 2,
    }
    alone = ask("/roll-calls/a-res-es-11-7/")
    assert {**next(r for r in found["roll_calls"] if r["slug"] == "a-res-es-11-7"), "data_version": 0} == {
        **alone,
        "data_version": 0,
    }


@pytest.mark.parametrize(
    ("spelling", "to"),
    [
        ("/resolutions/a/res/es-11/7?fields=symbol", "/resolutions/A/RES/ES-11/7?fields=symbol"),
        ("/resolutions/A/RES/ES-11/7/", "/resolutions/A/RES/ES-11/7"),
        ("/resolutions/A/RES/2758 (XXVI)", "/resolutions/A/RES/2758(XXVI)"),
        ("/roll-calls/A-RES-ES-11-7/", "/roll-calls/a-res-es-11-7/"),
        ("/states/usa/", "/states/USA/"),
        ("/blocs/EU/", "/blocs/eu/"),
    ],
)
def test_other_spellings_lead_to_the_canonical_one(spelling: str, to: str):
    response = Client().get(f"/api/v1{spelling}")
    assert (response.status_code, response.headers["Location"]) == (301, f"/api/v1{to}")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_near_miss_of_a_symbol_is_a_404():
    assert Client().get("/resolutions/es-11/7").status_code == 302  # a reader is led on
    assert ask("/resolutions/es-11/7", status=404)["detail"] == "“es-11/7” is not in this record."


def test_symbol_of_several_texts_is_a_404(maker: Maker):
    from resolutions.models import OtherSymbol  # noqa: PLC0415  # for this test alone

    for number in (1, 2):
        OtherSymbol.objects.create(resolution=maker.text(f"A/RES/79/90{number}"), symbol="A/79/L.90")
    assert ask("/resolutions/A/79/L.90", status=404)["detail"] == "Several resolutions have the symbol “A/79/L.90”."


def test_states_and_blocs_have_all_their_facts():
    serbia = ask("/states/SRB/")
    assert (serbia["name"], serbia["seats"][0]["body"]) == ("Serbia", "GA")
    kingdom = ask("/blocs/eu/?fields=slug,members")
    assert list(kingdom) == ["data_version", "slug", "members"]
    left = [row for row in kingdom["members"] if row["code"] == "GBR"]
    assert [(row["since"], row["until"]) for row in left] == [("1973-01-01", "2020-02-01")]
    former = ask("/states/TUR/?fields=former_names")["former_names"]
    assert [row["name"] for row in former] == ["Turkey"]
    assert sorted(former[0]) == ["name", "official_name", "since", "since_precision", "until", "until_precision"]


def test_memberships_are_filtered_by_state_bloc_body_and_day():
    rows = ask("/memberships/?state=GBR&page_size=500")["results"]
    assert {row["code"] for row in rows} == {"GBR"}
    assert {(row["body"] is None) != (row["bloc"] is None) for row in rows} == {True}
    permanent = ask("/memberships/?body=SC&on=2025-01-01")["results"]
    assert len(permanent) == 15
    assert [row["code"] for row in permanent if row["permanent"] == "yes"] == ["CHN", "FRA", "GBR", "RUS", "USA"]
    assert "eu" in {row["bloc"] for row in ask("/memberships/?state=GBR&on=2020-01-31")["results"]}
    assert "eu" not in {row["bloc"] for row in ask("/memberships/?state=GBR&on=2020-02-01")["results"]}


def test_agreement_equals_the_file_of_the_page():
    query = "state=USA&state=FRA&state=SUN&since=1946-01-01&measure=kappa&order=name"
    found, file = ask(f"/agreement/?{query}"), json.loads(Client().get(f"/agreement.json?{query}").content)
    del found["data_version"], file["record"]
    assert found == file
    assert errors("/agreement/?state=USA&measure=x&since=y") == {
        "state": ["Choose at least two states."],
        "measure": ["Unknown value “x”; choose one of agreement, lijphart, coincidence, kappa."],
        "since": ["“y” is not a date; dates look like 2022-03-02."],
    }


def test_only_the_requested_fields_are_returned():
    rows = ask("/roll-calls/?fields=date,slug&page_size=2")["results"]
    assert [list(row) for row in rows] == [["slug", "date"]] * 2
    full = ask("/roll-calls/a-res-es-11-7/")
    assert ask("/roll-calls/a-res-es-11-7/?fields=title,votes") == {
        name: full[name] for name in ("data_version", "title", "votes")
    }
    assert list(ask("/?fields=states")) == ["data_version", "states"]
    (said,) = errors("/states/?fields=code,nmae,x")["fields"]
    assert said.startswith("Unknown field “nmae”, “x”; choose from code, iso2, name,")
