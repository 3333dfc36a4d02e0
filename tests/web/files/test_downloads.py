"""Downloads: rows and order of the page, headers, errors and drafts."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.test import Client

from resolutions.models import OtherSymbol, Resolution, Status
from tests.web.lists.database import by_database
from tests.web.records import SYMBOLS, Maker, Twin, get, symbols, texts
from votes.editing.publishing import publish
from votes.exporting import streams
from votes.exporting.streams import PARQUET
from votes.models import Correction, MemberState, RollCall
from votes.record.record import load
from votes.record.version import data_version

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("record")

QUERIES = [
    "",
    "q=ukraine&order=relevance",
    "q=ES-11/7",
    "since=2016-12-19&until=2022-03-01",
    "differ=USA~eu&order=closeness",
    "position=USA,FRA,GBR:for&utm_source=elsewhere&body=",
    "q=nothingofthekind",
]
"""What each filter selects is held elsewhere; here, that page and files have it alike."""


def answer(address: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return the answer to a program."""
    response = Client().get(address, headers=headers)
    assert response.status_code == status, (address, response.status_code)
    return response


def content(address: str) -> bytes:
    """Return what is sent for an address."""
    return answer(address).getvalue()


def rows(address: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, cell by cell."""
    return list(csv.DictReader(io.StringIO(content(address).decode(), newline="")))


def has(response: Response, status: int) -> dict[str, Any]:
    """Return the problem that an answer says, having its ``status``."""
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = json.loads(response.content)
    assert said["status"] == status
    assert {"type", "title", "status", "detail"} <= {*said}
    return said


@pytest.mark.parametrize("query", QUERIES)
def test_file_has_the_rows_of_the_page_in_order(maker: Maker, query: str):
    maker.many(range(1, 45))
    record = load()
    selected = by_database(QueryDict(query), record)
    for of, records in [("resolutions", selected.decisive()), ("roll-calls", selected)]:
        shown = [(r.slug, str(r.date)) for r in records]
        slug = "roll_call" if of == "resolutions" else "slug"
        in_csv = rows(f"/{of}.csv?{query}")
        assert [(row[slug], row["date"]) for row in in_csv] == shown
        assert symbols(get(f"/{of}/?{query}")) == [row["symbol"] for row in in_csv][:25]
        in_json = json.loads(content(f"/{of}.json?{query}"))["rows"]
        assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in in_json] == in_csv
    votes = rows(f"/votes.csv?{query}")
    assert list(dict.fromkeys(row["roll_call"] for row in votes)) == [slug for slug, _date in shown]
    assert json.loads(content(f"/votes.json?{query}"))["rows"] == [
        {name: cell or None for name, cell in row.items()} for row in votes
    ]


@pytest.mark.parametrize(
    "conditions", [["position=USA:against"], ["differ=USA~eu", "position=RUS:against"], ["position=nato:tied"]]
)
def test_votes_in_files_equal_the_reference_implementation(twin: Twin, conditions: list[str]):
    expected = twin.select(*conditions)

    assert [row["symbol"] for row in rows(f"/resolutions.csv?{'&'.join(conditions)}")] == expected
    votes = {(cast.symbol, code): choice for cast in twin.casts for code, choice in cast.choices.items()}
    assert {(row["symbol"], row["state"]): row["choice"] for row in rows(f"/votes.csv?{'&'.join(conditions)}")} == {
        (symbol, code): choice for (symbol, code), choice in votes.items() if symbol in expected
    }


def test_files_of_landmarks_have_the_expected_cells():
    assert [row["symbol"] for row in rows("/resolutions.csv")] == SYMBOLS
    (row,) = rows("/resolutions.csv?q=ES-11/7")
    assert row == {
        "symbol": "A/RES/ES-11/7", "body": "GA", "session": "ES-11", "kind": "resolution",
        "title": "Advancing a comprehensive, just and lasting peace in Ukraine", "agenda": row["agenda"],
        "topics": "eastern-europe", "draft_symbols": "A/ES-11/L.10", "other_symbols": "", "roll_call": "a-res-es-11-7",
        "date": "2025-02-24", "date_precision": "day", "method": "recorded", "requirement": "not-stated",
        "result": "adopted", "announced_yes": "93", "announced_no": "18", "announced_abstaining": "65",
        "announced_non_voting": "17", "counted_yes": "93", "counted_no": "18", "counted_abstaining": "65",
        "counted_non_voting": "17", "subjects": "",
    }  # fmt: skip
    assert content("/votes.csv?q=S/2022/155").decode() == (
        "roll_call,symbol,date,state,state_name,choice\n"
        "s-2022-155,S/2022/155,2022-02-25,ALB,Albania,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,ARE,United Arab Emirates,A\n"
        "s-2022-155,S/2022/155,2022-02-25,BRA,Brazil,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,CHN,China,A\n"
        "s-2022-155,S/2022/155,2022-02-25,FRA,France,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,GAB,Gabon,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,GBR,United Kingdom,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,GHA,Ghana,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,IND,India,A\n"
        "s-2022-155,S/2022/155,2022-02-25,IRL,Ireland,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,KEN,Kenya,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,MEX,Mexico,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,NOR,Norway,Y\n"
        "s-2022-155,S/2022/155,2022-02-25,RUS,Russian Federation,N\n"
        "s-2022-155,S/2022/155,2022-02-25,USA,United States,Y\n"
    )


def test_files_have_type_name_and_cache_headers():
    headers = answer("/votes.csv?position=USA:against&body=GA").headers

    assert headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert headers["Content-Disposition"] == 'attachment; filename="plenary-votes-usa-against-ga.csv"'
    assert "Content-Length" not in headers
    assert answer("/votes.json").headers["Content-Type"] == "application/json"
    assert answer("/votes.json").headers["Content-Disposition"] == 'attachment; filename="plenary-votes.json"'
    assert answer("/votes.parquet").headers["Content-Type"] == "application/vnd.apache.parquet"
    long = answer(f"/votes.csv?q={'%C3%9F' * 99}").headers["Content-Disposition"]
    assert long == f'attachment; filename="plenary-votes-{"s" * 86}.csv"'


def test_json_states_its_source():
    said = json.loads(content("/resolutions.json?q=ES-11/7"))

    assert said["data_version"] == data_version()
    assert said["record"]["address"] == "http://testserver/resolutions.json?q=ES-11/7"
    assert said["record"]["title"] == "Plenary: the open record of how the world votes"
    assert said["record"]["cite"].startswith("The Plenary authors. Plenary: the open record of how the world votes.")
    assert [source["slug"] for source in said["record"]["sources"]] == [
        "un-digital-library", "voeten", "landmark",
    ]  # fmt: skip
    (row,) = said["rows"]
    assert (row["symbol"], row["counted_yes"], row["topics"]) == ("A/RES/ES-11/7", 93, "eastern-europe")


def test_parquet_has_the_rows_of_csv():
    for of in ("resolutions", "roll-calls", "votes"):
        frame = pl.read_parquet(io.BytesIO(content(f"/{of}.parquet?body=SC")))
        as_text = [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in frame.iter_rows(named=True)
        ]
        assert as_text == rows(f"/{of}.csv?body=SC")
        assert as_text


def test_file_of_one_roll_call_has_its_votes():
    usa = MemberState.objects.get(code="USA")
    Correction.objects.create(roll_call=RollCall.objects.get(slug="a-res-es-11-7"), state=usa, intended="Y")
    votes = rows("/roll-calls/a-res-es-11-7.csv")
    said = json.loads(content("/roll-calls/a-res-es-11-7.json"))

    assert votes == rows("/votes.csv?q=ES-11/7")
    assert len(votes) == 193
    assert said["rows"] == [{name: cell or None for name, cell in row.items()} for row in votes]
    assert (said["roll_call"]["slug"], said["roll_call"]["counted_abstaining"]) == ("a-res-es-11-7", 65)
    assert said["roll_call"]["heading"] == "Advancing a comprehensive, just and lasting peace in Ukraine"
    assert said["corrections"] == [{"roll_call": "a-res-es-11-7", "state": "USA", "intended": "Y", "reference": None}]
    name = answer("/roll-calls/a-res-es-11-7.csv").headers["Content-Disposition"]
    assert name == 'attachment; filename="plenary-a-res-es-11-7.csv"'
    moved = answer("/roll-calls/A-RES-ES-11-7.csv?utm_source=x", 301)
    assert moved.headers["Location"] == "/roll-calls/a-res-es-11-7.csv"


@pytest.mark.parametrize("of", ["resolutions.csv", "roll-calls.json", "votes.parquet"])
@pytest.mark.parametrize(
    ("query", "errors"),
    [
        (
            "position=USA:againts",
            {
                "position": [
                    "“againts” is not a position of United States; choose one of for, against, abstain, nonvoting."
                ]
            },
        ),
        ("since=yesterday", {"since": ["“yesterday” is not a date; dates look like 2022-03-02."]}),
        ("session=ES-99", {"session": ["Unknown session: “ES-99”. Codes look like 79, S-4 and ES-11."]}),
        ("body=XX&foo=1", {"body": ["Unknown value “XX”; choose one of GA, SC."],
         "foo": ["Unknown parameter: “foo”."]}),
        ("page=2", {"page": ["The file has all pages; leave “page” out."]}),
        (
            "body=GA&body=SC",
            {"body": ["“body=GA” was not applied: the parameter is given more than once, or belongs to a form."]},
        ),
        (
            "who=USA&how=for",
            {
                name: [f"“{asked}” was not applied: the parameter is given more than once, or belongs to a form."]
                for name, asked in (("who", "who=USA"), ("how", "how=for"))
            },
        ),
    ],
)  # fmt: skip
def test_unknown_parameter_or_value_is_a_400(of: str, query: str, errors: dict[str, list[str]]):
    said = has(Client().get(f"/{of}?{query}"), 400)

    assert said["title"] == "Bad Request"
    assert said["detail"] == "Nothing was selected: the query has an unknown parameter or value."
    assert said["errors"] == errors


def test_unknown_roll_call_or_parameter_is_a_problem_document():
    assert has(Client().get("/roll-calls/nope.csv"), 404)["detail"] == "No recorded vote “nope” is in this record."
    said = has(Client().get("/roll-calls/s-2022-155.json?choice=against"), 400)
    assert said["errors"] == {"choice": ["Unknown parameter: “choice”."]}


@pytest.mark.parametrize("address", ["/votes.xml", "/roll-calls/s-2022-155.parquet", "/states.csv"])
def test_unknown_formats_are_a_404(address: str):
    answer(address, 404)


def test_post_is_a_405():
    assert Client().post("/votes.csv").status_code == 405


def test_matching_etag_is_a_304(maker: Maker):
    tag = answer("/votes.csv?body=SC").headers["ETag"]
    again = answer("/votes.csv?body=SC", 304, headers={"If-None-Match": tag})
    assert again.headers["ETag"] == tag
    assert not again.getvalue()
    addresses = ["/votes.csv", "/votes.json?body=SC", "/votes.parquet?body=SC", "/roll-calls.csv?body=SC"]
    assert len({tag, *(answer(address).headers["ETag"] for address in addresses)}) == 5

    maker.roll_call("another", "USA:Y", body=maker.council, session=None)
    changed = answer("/votes.csv?body=SC", headers={"If-None-Match": tag})
    assert changed.headers["ETag"] != tag
    assert b"\nanother,,2024-12-17,USA,United States,Y\n" in changed.getvalue()


@pytest.mark.parametrize(
    "address", ["/votes.csv?body=SC", "/roll-calls.json", "/votes.parquet", "/roll-calls/s-2022-155.csv"]
)
def test_head_has_the_headers_of_get_and_no_body(address: str):
    got, head = answer(address), Client().head(address)

    assert head.status_code == 200
    assert head.getvalue() == b""
    given = {"X-Request-ID": ""}  # Each request has its own.
    assert {**head.headers, **given} == {**got.headers, **given}
    assert has_rows(got.getvalue())


def has_rows(sent: bytes) -> bool:
    """Tell whether more than a header was sent."""
    return len(sent) > 500


def test_too_many_parquet_files_at_once_are_a_503():
    with PARQUET, PARQUET:
        response = Client().get("/votes.parquet")
        said = has(response, 503)
        assert Client().head("/votes.parquet").status_code == 200
        assert has_rows(content("/votes.csv"))
    assert response.headers["Retry-After"] == "10"
    assert said["detail"] == "Too many Parquet files are being written. Try again in a moment, or download CSV or JSON."
    assert has_rows(content("/votes.parquet"))


def test_error_while_streaming_breaks_the_transfer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "CHUNK", 1)
    response = answer("/votes.csv")
    monkeypatch.setattr(streams, "vote_lines", lambda batch: "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        response.getvalue()


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("/resolutions.csv", 8),
        ("/roll-calls.csv?session=ES-11", 8),
        ("/votes.csv", 8),
        ("/votes.json", 11),
        ("/votes.csv?position=USA:againts", 2),
        ("/roll-calls/a-res-es-11-7.csv", 5),
        ("/roll-calls/a-res-es-11-7.json", 15),
    ],
)
def test_query_count_does_not_grow_with_rows(
    maker: Maker, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, address: str,
    number: int,
):  # fmt: skip
    monkeypatch.setattr(streams, "FIRST_BATCH", 200)
    client = Client()
    with django_assert_num_queries(number):
        b"".join(client.get(address))
    maker.many(range(1, 45))
    with django_assert_num_queries(number):
        b"".join(client.get(address))


def test_page_links_to_files_of_its_query():
    def offered(address: str, **headers: str) -> list[str]:
        page = BeautifulSoup(Client().get(address, headers=headers).content, "html.parser")
        return [str(a["href"]) for a in page.select(".after a[rel=nofollow]")]

    assert offered("/resolutions/?position=USA:against&page=1&order=closeness") == [
        f"/resolutions.{form}?position=USA%3Aagainst&order=closeness" for form in ("csv", "json", "parquet")
    ]
    files = [f"/{of}.{form}" for of in ("roll-calls", "votes") for form in ("csv", "json", "parquet")]
    assert offered("/roll-calls/") == files
    assert offered("/roll-calls/?q=&body=SC&who=USA", HX_Request="true") == [f"{file}?body=SC" for file in files]
    assert texts(get("/roll-calls/"), "#results .after > p") == [
        "Download this list: CSV · JSON · Parquet",
        "Download who voted how: CSV · JSON · Parquet",
        "How to cite the data",
    ]
    assert offered("/roll-calls/?body=XX") == []
    assert offered("/roll-calls/?q=nothingofthekind") == []
    for file in files:
        assert has_rows(content(f"{file}?body=SC"))


def test_drafts_change_no_file_and_publishing_changes_them(maker: Maker):
    lists = [f"/{of}.{form}" for of in ("resolutions", "roll-calls", "votes") for form in ("csv", "json", "parquet")]
    queries = ["", "?q=quux", "?session=79", "?q=A/79/L.777", "?position=TUV:against", "?order=closeness"]
    addresses = [f"{file}{query}" for file in lists for query in (queries if "parquet" not in file else queries[:1])]
    addresses += ["/roll-calls/a-res-es-11-7.json", "/roll-calls/secret.csv", "/roll-calls/secret.json"]

    def answers() -> dict[str, tuple[int, str, bytes]]:
        found = {}
        for address in addresses:
            response = Client().get(address)
            found[address] = (response.status_code, response.headers.get("ETag", ""), response.getvalue())
        return found

    before = answers()
    text = maker.text("A/RES/79/777", title="Peace quux", agenda="quux", status=Status.DRAFT)
    text.topics.add(maker.topic)
    OtherSymbol.objects.create(resolution=text, symbol="A/79/L.777")
    published = Resolution.objects.get(symbol="A/RES/ES-11/7")
    votes = "TUV:N USA:Y FJI:A"
    drafts = [
        maker.roll_call("secret", votes, resolution=text, decisive=True, title="", status=Status.DRAFT),
        maker.roll_call("secret-motion", votes, title="quux", kind="motion", status=Status.DRAFT),
        maker.roll_call("secret-part", votes, resolution=published, session=published.session, kind="amendment",
                        title="quux", status=Status.DRAFT),
    ]  # fmt: skip
    Correction.objects.create(roll_call=drafts[0], state=MemberState.objects.get(code="FJI"), intended="Y")
    after = answers()
    assert [address for address in addresses if before[address] != after[address]] == []

    publish(roll_calls=drafts)
    public = answers()
    # Every file has another tag now, and those that drafts would have shown in show them.
    assert [address for address in addresses if public[address] == before[address]] == []
    assert public["/roll-calls/secret.csv"][0] == 200
    assert b"A/RES/79/777" in public["/resolutions.csv?q=quux"][2]
    assert b"secret-motion" in public["/votes.csv?position=TUV:against"][2]
