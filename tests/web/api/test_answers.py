"""What holds of every API response: errors, ETags, methods, CORS, rate limit and drafts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from tests.web.api.asking import ask, errors
from tests.web.lists.test_retired import REASON, withdrawn
from tests.web.records import Maker
from tests.web.test_drafts import secrets
from votes.editing.merging import merge
from votes.editing.publishing import publish
from votes.models import RetiredAddress, RollCall

pytestmark = pytest.mark.usefixtures("record")

ADDRESSES = [
    "/",
    "/resolutions/",
    "/resolutions/A/RES/ES-11/7",
    "/roll-calls/",
    "/roll-calls/a-res-es-11-7/",
    "/states/",
    "/states/USA/",
    "/blocs/",
    "/blocs/eu/",
    "/memberships/",
    "/agreement/?bloc=p5",
    "/bodies/",
    "/sessions/",
    "/topics/",
    "/sources/",
]


def test_unknown_or_invalid_parameters_are_errors():
    assert errors("/roll-calls/?positon=USA:for&body=XX&topic=x&differ=USA&q=a&q=b&page=2&who=USA&fields=") == {
        "positon": ["Unknown parameter: “positon”."],
        "page": ["Unknown parameter: “page”."],
        "who": ["Unknown parameter: “who”."],
        "q": ["“q=a” was not applied: the parameter is given more than once, or belongs to a form."],
        "body": ["Unknown value “XX”; choose one of GA, SC."],
        "topic": errors("/resolutions/?topic=x")["topic"],
        "differ": ["“USA” should name two states or blocs, such as USA~eu."],
        "fields": ["“fields” is empty. Give a value or leave it out."],
    }
    assert errors("/states/USA/?on=2020-01-01") == {"on": ["Unknown parameter: “on”."]}
    assert errors("/memberships/?state=usa&bloc=EU&body=XX&on=x") == {
        "state": ["Unknown state code: “usa”."],
        "bloc": ["Unknown bloc: “EU”."],
        "body": ["Unknown value “XX”; choose one of GA, SC."],
        "on": ["“x” is not a date; dates look like 2022-03-02."],
    }


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/roll-calls/nowhere/", "No recorded vote “nowhere” is in this record."),
        ("/resolutions/A/RES/1/1", "“A/RES/1/1” is not in this record."),
        ("/states/XXX/", "No member state with the code “XXX” is in this record."),
        ("/blocs/nope/", "No bloc “nope” is in this record."),
        ("/nowhere/", "Nothing found at “/api/v1/nowhere/”."),
        ("/roll-calls/a b/", "Nothing found at “/api/v1/roll-calls/a b/”."),
    ],
)
def test_missing_object_is_a_404_problem(address: str, said: str):
    assert ask(address, status=404) == {"type": "about:blank", "title": "Not Found", "status": 404, "detail": said}


def test_withdrawn_vote_gives_the_reason_and_merged_vote_redirects(maker: Maker):
    withdrawn(maker)
    day = RetiredAddress.objects.get().at.date()
    gone = ask("/roll-calls/secretquux/", status=410)
    assert gone["detail"] == f"The vote “secretquux” was withdrawn on {day.day} {day:%B %Y}: {REASON}"
    kept = maker.roll_call("kept", "USA:Y FRA:N")
    duplicate = maker.roll_call("other", "USA:Y FRA:N")
    merge(kept=kept, duplicate=duplicate, reason="The same vote.")
    response = Client().get("/api/v1/roll-calls/other/?fields=slug")
    assert (response.status_code, response.headers["Location"]) == (301, "/api/v1/roll-calls/kept/?fields=slug")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_has_an_etag_and_is_public(address: str):
    first = Client().get(f"/api/v1{address}")
    assert (first.status_code, first.headers["Content-Type"]) == (200, "application/json")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Access-Control-Expose-Headers"] == "ETag, Retry-After"
    assert first.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert not first.cookies
    assert "Vary" not in first.headers
    again = Client().get(f"/api/v1{address}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    head = Client().head(f"/api/v1{address}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.content))
    # The answer has just the fields that are described.
    assert Client().get(f"/api/v1{address}").content == first.content


def test_etag_depends_on_data_version_and_address(maker: Maker):
    tags = [Client().get(f"/api/v1/roll-calls/{query}").headers["ETag"] for query in ("", "?page_size=25")]
    maker.roll_call("another", "USA:Y")
    tags.append(Client().get("/api/v1/roll-calls/", headers={"If-None-Match": tags[0]}).headers["ETag"])
    assert len(set(tags)) == 3


def test_matching_etag_saves_the_queries(django_assert_num_queries):
    tag = Client().get("/api/v1/roll-calls/a-res-es-11-7/").headers["ETag"]
    with django_assert_num_queries(2):  # in a test's transaction: whether it is a snapshot, and the record
        Client().get("/api/v1/roll-calls/a-res-es-11-7/", headers={"If-None-Match": tag})
    with django_assert_num_queries(7):
        ask("/roll-calls/a-res-es-11-7/")
    with django_assert_num_queries(4):
        ask("/roll-calls/a-res-es-11-7/?fields=slug")
    with django_assert_num_queries(4):
        ask("/roll-calls/")
    with django_assert_num_queries(9):
        ask("/resolutions/A/RES/ES-11/7")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_methods_are_a_405(method: str):
    response = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/states/")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Method Not Allowed"


def test_cross_origin_requests_are_allowed():
    response = Client().options(
        "/api/v1/states/", headers={"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"}
    )
    assert (response.status_code, response.content) == (204, b"")
    said = {name: value for name, value in response.headers.items() if name.startswith("Access-Control-Allow")}
    assert said == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
        "Access-Control-Allow-Headers": "If-None-Match",
    }
    for file in ("/roll-calls.json", "/votes.csv?q=nothing", "/states/USA.json", "/agreement.csv?body=XX"):
        assert Client().get(file).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in Client().get("/states/").headers


def test_responses_are_json_whatever_the_accept_header():
    assert ask("/bodies/", Accept="text/html")["results"][0]["code"] == "GA"
    assert errors("/bodies/?format=api") == {"format": ["Unknown parameter: “format”."]}


def test_too_many_requests_are_a_429_with_retry_after(settings):
    settings.API_REQUESTS_A_MINUTE = 2
    settings.TRUSTED_PROXIES = 1
    caches["throttle"].clear()

    def asked(forwarded: str) -> int:
        return Client().get("/api/v1/bodies/", headers={"X-Forwarded-For": forwarded}).status_code

    # What stands before our own proxy's address anybody may have made up.
    assert [asked("198.51.100.7"), asked("made-up, 198.51.100.7"), asked("198.51.100.8")] == [200, 200, 200]
    refused = Client().get("/api/v1/bodies/", headers={"X-Forwarded-For": "198.51.100.9, 198.51.100.7"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    wait = refused.headers["Retry-After"]
    assert refused.json()["detail"] == f"Too many requests from your address. Try again in {wait} seconds."
    assert asked("198.51.100.8") == 200
    # Where nobody knows who asks, one would use up what all have.
    assert [asked("nobody") for _time in range(4)] == [200] * 4
    caches["throttle"].clear()


def test_drafts_change_no_response_and_publishing_does(maker: Maker):
    addresses = [
        *ADDRESSES,
        "/resolutions/?q=flumequux",
        "/roll-calls/?q=motionquux",
        "/roll-calls/?order=closeness",
        "/roll-calls/?position=TUV:against",
        "/resolutions/?topic=decolonization",
        "/resolutions/A/RES/79/777",
        "/resolutions/A/79/L.777",
        "/roll-calls/secret-motion/",
        "/roll-calls/a-res-79-777/",
    ]

    def answers() -> dict[str, tuple[int, bytes]]:
        found = {address: Client().get(f"/api/v1{address}") for address in addresses}
        return {address: (answer.status_code, answer.content) for address, answer in found.items()}

    before = answers()
    roll_calls = secrets(maker)
    assert answers() == before
    publish(roll_calls=roll_calls)
    public = answers()

    def without_version(answer: tuple[int, bytes]) -> object:
        return answer[0], {**json.loads(answer[1] or b"{}"), "data_version": 0}

    same = [address for address in addresses if without_version(public[address]) == without_version(before[address])]
    assert same == [
        "/", "/roll-calls/a-res-es-11-7/", "/states/", "/states/USA/", "/blocs/", "/blocs/eu/", "/memberships/",
        "/bodies/", "/sessions/", "/topics/", "/sources/",
    ]  # fmt: skip


def test_a_published_text_with_a_draft_vote_shows_none_of_it(maker: Maker):
    roll_call = secrets(maker)[0]
    assert roll_call.resolution
    roll_call.resolution.status = "published"
    roll_call.resolution.save()
    assert ask("/resolutions/A/RES/79/777")["roll_calls"] == []
    assert "A/RES/79/777" not in {row["symbol"] for row in ask("/resolutions/?page_size=500")["results"]}


def test_openapi_schema_is_valid_without_warnings(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))
    served = Client().get("/api/v1/openapi.yaml")
    assert served.headers["Content-Type"] == "application/vnd.oai.openapi"
    assert served.content == (tmp_path / "openapi.yaml").read_bytes()
    again = Client().get("/api/v1/openapi.json", headers={"If-None-Match": served.headers["ETag"]})
    assert again.status_code == 200
    assert Client().get("/api/v1/openapi.yaml", headers={"If-None-Match": served.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", [address for address in ADDRESSES if "?" not in address])
def test_responses_have_exactly_the_described_fields(address: str):
    schema = json.loads(Client().get("/api/v1/openapi.json").content)
    template = {"USA": "{code}", "eu": "{bloc}", "a-res-es-11-7": "{slug}", "A/RES/ES-11/7": "{symbol}"}
    path = f"/api/v1{address}"
    for value, name in template.items():
        path = path.replace(f"/{value}", f"/{name}") if path.endswith((f"/{value}", f"/{value}/")) else path
    of = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    def compare(value: object, of: dict[str, Any]) -> None:
        while "$ref" in of:
            of = schema["components"]["schemas"][of["$ref"].rpartition("/")[2]]
        if isinstance(value, dict):
            assert set(value) == set(of["properties"]), address
            for name, one in value.items():
                compare(one, of["properties"][name])
        elif isinstance(value, list) and value:
            compare(value[0], of["items"])

    compare(ask(address), of)


def test_publishing_moves_the_data_version_in_responses(maker: Maker):
    before = ask("/")["data_version"]
    RollCall.objects.filter(slug="a-res-es-11-7").update(note="Noted.")
    assert ask("/roll-calls/a-res-es-11-7/?fields=note") == {"data_version": before + 1, "note": "Noted."}
