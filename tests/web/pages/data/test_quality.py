"""The page of known data problems."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.factories import day, make_body, make_resolution, make_roll_call, make_source, make_state
from tests.web.records import get, one, problems, table, text, texts
from votes.models import Finding, ImportRun
from votes.verification.acknowledgement import acknowledge
from votes.verification.check import replace_findings
from votes.verification.finding import NewFinding

pytestmark = pytest.mark.usefixtures("record")

PAGE = "/data/quality/"
NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it the second of March."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def write(*found: NewFinding, origin: str = "record", run: ImportRun | None = None) -> None:
    replace_findings(origin=origin, found=found, run=run)


def make_run(**values: Any) -> ImportRun:
    return ImportRun.objects.create(
        **{"format": "ga-voting", "started": NOW, "finished": NOW, "by_name": "x", "files": [], "added": 1, **values}
    )


def totals(slug: str, *, announced: int = 2, **values: Any) -> NewFinding:
    """Return a finding about a new roll call."""
    roll_call = make_roll_call(slug, **{"status": "published", **values})
    return NewFinding("totals", f"totals:{slug}", {"differences": [["Y", announced, 1]]}, roll_call_id=roll_call.pk)


@pytest.fixture
def findings() -> None:
    """Write findings of every kind of subject, and some that are nobody's business."""
    paper = make_resolution("A/RES/99/7", status="published")
    secret = make_resolution("A/RES/99/8")
    of_text: dict[str, Any] = {"resolution": paper, "title": ""}
    run = make_run(source=make_source("un-digital-library"))
    unknown = {"problem": "unknown-code", "file": "ga.csv", "line": 7, "column": "ms_code", "value": "QQZ", "name": "Q"}
    bloc = {"problem": "never", "state": "Ruritania", "bloc": "The Bloc", "since": "1958-01-01", "until": ""}
    write(
        totals("older", date=day("2001-02-01"), date_precision="month", decisive=True, **of_text),
        totals("newer", date=day("2002-02-03"), kind="amendment", source=make_source("voeten"), **of_text),
        totals("council", body=make_body("SC"), title="To adjourn", date=day("2003-01-01")),
        totals("a-draft", status="draft", title="Not yet to be seen"),
        NewFinding("duplicate-symbol", "text", {"symbol": "A/RES/99/7", "slugs": ["a", "b"]}, resolution_id=paper.pk),
        NewFinding("duplicate-symbol", "draft", {"symbol": "A/RES/99/8", "slugs": ["c"]}, resolution_id=secret.pk),
        NewFinding("bloc-dates", "bloc", bloc, state_id=make_state("QQA", name="Ruritania").pk),
    )
    write(NewFinding("unknown-code", "file", unknown), origin="ga-voting", run=run)
    council = Finding.objects.get(key="totals:council")
    acknowledge(seen={council.pk: council.found}, reason="As printed <1>.", by=User.objects.create_user("ed"))


def rows(page: BeautifulSoup) -> list[tuple[str, str, str]]:
    """Return what each finding is about, the address of that, and the sentence."""
    shown = []
    for row in page.select(".findings > li"):
        about = row.select(".overline")
        link = about[0].select("a")[0] if about else None
        shown.append(
            (text(about[0]) if about else "", str(link["href"]) if link else "", text(one(row, ".finding-sentence")))
        )
    return shown


def test_every_public_finding_has_a_sentence_and_a_link(findings: None):
    assert rows(get(PAGE)) == [
        (
            "A/RES/99/7 General Assembly 3 February 2002 amendment",
            "/roll-calls/newer/",
            "Announced and counted totals differ: In favour: 2 announced, 1 counted.",
        ),
        (
            "A/RES/99/7 General Assembly February 2001",
            "/resolutions/A/RES/99/7",
            "Announced and counted totals differ: In favour: 2 announced, 1 counted.",
        ),
        (
            "To adjourn Security Council 1 January 2003",
            "/roll-calls/council/",
            "Announced and counted totals differ: In favour: 2 announced, 1 counted.",
        ),
        (
            "A/RES/99/7 General Assembly",
            "/resolutions/A/RES/99/7",
            "A/RES/99/7 has more than one vote on the whole text: a, b.",
        ),
        (
            "Ruritania",
            "/states/QQA/",
            (
                "Ruritania is listed in The Bloc from 1 January 1958 to today, when it had no seat "
                "in the General Assembly."
            ),
        ),
        (
            "",
            "",
            "ga.csv, line 7, column ms_code: Unknown state code “QQZ” (Q); its rows were not imported.",
        ),
    ]


def test_drafts_are_neither_shown_nor_counted(findings: None):
    page = get(PAGE)

    assert "A/RES/99/8" not in page.text
    assert "Not yet to be seen" not in page.text
    assert one(page, "section[aria-labelledby=findings] [role=status]").text == "6 problems"


def test_each_kind_has_open_and_acknowledged_counts(findings: None):
    assert table(get(PAGE), ".finding-kinds") == [
        ["Announced and counted totals differ", "2", "1"],
        ["Votes do not match the members on that date", "0", "0"],
        ["New member listed early or missing", "0", "0"],
        ["State listed while it had no seat", "0", "0"],
        ["Sources disagree", "0", "0"],
        ["Result does not match the figures", "0", "0"],
        ["Votes missing", "0", "0"],
        ["Several votes on one text", "1", "0"],
        ["Vote without a resolution", "0", "0"],
        ["Facts contradict each other", "0", "0"],
        ["Impossible dates of a bloc", "1", "0"],
        ["Unknown state code", "1", "0"],
        ["Unreadable cell", "0", "0"],
        ["Contradictory rows", "0", "0"],
        ["Symbol without a matching text", "0", "0"],
    ]
    assert [text(cell) for cell in get(PAGE).select(".finding-kinds tfoot td")] == ["5", "1"]


def test_sections_explain_their_kind(findings: None):
    page = get(PAGE)

    assert texts(page, "section[aria-labelledby=findings] h3") == [
        "Announced and counted totals differ 2 open, 1 acknowledged",
        "Several votes on one text 1 open, 0 acknowledged",
        "Impossible dates of a bloc 1 open, 0 acknowledged",
        "Unknown state code 1 open, 0 acknowledged",
    ]
    assert text(one(page, "#unknown-code + p")) == (
        "A file names a member state by an unknown code; its rows were not imported."
    )


def test_findings_show_source_date_and_reason(findings: None):
    shown = [texts(row, ".hint, .note") for row in get(PAGE).select(".findings > li")]

    assert shown == [
        ["Source: United Nations General Assembly Voting Data (Erik Voeten and others). Found on 2 March 2026."],
        ["Source: Editor. Found on 2 March 2026."],
        ["Source: Editor. Found on 2 March 2026.", "Acknowledged on 2 March 2026: As printed <1>."],
        ["Found on 2 March 2026."],
        ["Found on 2 March 2026."],
        ["Source: United Nations Digital Library. Found on 2 March 2026."],
    ]
    # Who acknowledged it is between editors.
    assert "ed" not in get(PAGE).text.split()


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("kind=totals", ["newer", "older", "council"]),
        ("kind=totals&status=open", ["newer", "older"]),
        ("status=acknowledged", ["council"]),
        ("body=SC", ["council"]),
        ("body=GA", ["newer", "older", "A/RES/99/7"]),
        ("body=SC&status=open", []),
        ("kind=result", []),
    ],
)
def test_findings_can_be_filtered(findings: None, query: str, keys: list[str]):
    page = get(f"{PAGE}?{query}")

    names = {"/roll-calls/newer/": "newer", "/roll-calls/council/": "council"}
    found = [
        names.get(address, "older" if "February 2001" in about else about.split(" General")[0])
        for about, address, _said in rows(page)
    ]
    assert found == keys
    assert texts(page, "p.empty") == ([] if keys else ["No problem matches these filters."])
    asked = dict(part.split("=") for part in query.split("&"))
    chosen = {str(select["name"]): select.select("option[selected]") for select in page.select("main select")}
    assert {name: options[0]["value"] for name, options in chosen.items() if options} == asked


def test_unknown_value_is_an_error_beside_its_field(findings: None):
    page = get(f"{PAGE}?kind=total&body=XX&nonsense=1")

    assert rows(page) == []
    assert texts(page, ".problem li") == [
        (
            "Kind: Unknown value “total”; choose one of totals, electorate, admission, no-seat, sources, result, "
            "no-votes, duplicate-symbol, no-symbol, implausible, bloc-dates, unknown-code, unreadable, conflict, "
            "unmatched."
        ),
        "Body: Unknown value “XX”; choose one of GA, SC.",
    ]
    assert text(one(page, "#body-error")) == "Unknown value “XX”; choose one of GA, SC."
    assert one(page, "#kind")["aria-describedby"] == "kind-error"
    assert texts(page, "p.problem") == ["Ignored unknown parameters: nonsense."]
    assert len(table(page, ".finding-kinds")) == 15


@pytest.mark.parametrize(("query", "tidy"), [("kind=&body=&status=", ""), ("kind=totals&body=", "?kind=totals")])
def test_empty_parameters_redirect_to_the_canonical_address(query: str, tidy: str):
    response = Client().get(f"{PAGE}?{query}")

    assert (response.status_code, response.headers["Location"]) == (302, PAGE + tidy)


def test_long_lists_are_split_into_pages(django_assert_num_queries: Any):
    write(*(totals(f"vote-{number:03}") for number in range(120)))

    first, last = get(f"{PAGE}?kind=totals"), get(f"{PAGE}?kind=totals&page=3")

    assert [len(rows(page)) for page in (first, last)] == [50, 20]
    assert rows(first)[0][1] == "/roll-calls/vote-000/"
    assert rows(last)[-1][1] == "/roll-calls/vote-119/"
    assert one(first, ".pager [rel=next]")["href"] == "?kind=totals&page=2"
    assert problems(get(f"{PAGE}?page=4")) == ["There is no page “4”; the last is 3."]
    with django_assert_num_queries(7):
        Client().get(f"{PAGE}?kind=totals")


def test_page_makes_seven_queries(findings: None, django_assert_num_queries: Any):
    with django_assert_num_queries(7):
        Client().get(PAGE)


def test_page_states_scope_and_date_of_the_checks(findings: None):
    make_run(finished=NOW + datetime.timedelta(days=1), state="checked")
    # One that changed nothing, which the public does not see.
    make_run(finished=NOW + datetime.timedelta(days=2), added=0)

    assert texts(get(PAGE), "section[aria-labelledby=checked] .hint") == [
        (
            "All 25 recorded votes, with 3 638 votes by member state, are compared with the announced totals, the "
            "members of the body on that date, all sources and the required majority. A vote that passes all checks "
            "can still be wrong."
        ),
        (
            "The record is checked whenever an import changes it; the last import was on 2 March 2026. "
            "The newest problem was found on 2 March 2026."
        ),
    ]


def test_record_without_findings_says_so():
    page = get(PAGE)

    assert texts(page, "p.empty") == ["No problems are known."]
    assert page.select(".pager, .findings") == []
    assert "newest problem" not in page.text


def test_findings_of_a_vote_are_on_its_page(findings: None):
    part = one(get("/roll-calls/council/"), "section[aria-labelledby=known]")

    assert texts(part, "h2") == ["Known data problems"]
    assert texts(part, ".finding-sentence, .note") == [
        "Announced and counted totals differ: In favour: 2 announced, 1 counted.",
        "Acknowledged on 2 March 2026: As printed <1>.",
    ]
    assert one(part, "a")["href"] == PAGE
    assert get("/roll-calls/a-res-es-11-7/").select("#known") == []
