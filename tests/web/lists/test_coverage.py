"""Coverage on the data page, and the note on pages that ask for more."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from resolutions.models import Body, Session
from tests.web.records import Maker, get, one, table, text, texts
from votes.models import RollCall, Source, Statement

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("record")

GA = "General Assembly, 5 January 2024 to 18 December 2025"
SC = "Security Council, 7 January 2025 to 31 December 2025"
SINGLE = "General Assembly, individual votes only; Security Council, individual votes only"


@pytest.fixture
def editions(maker: Maker) -> None:
    """Write votes as sources state them: the Assembly's of 2024 and to 18 December 2025, the Council's of 2025."""
    RollCall.objects.all().delete()
    source = Source.objects.get(slug="un-digital-library")
    votes = [(f"ga-{month}", f"2024-{month:02}-05", maker.assembly, "text") for month in (1, 2, 3, 5, 9, 12)]
    votes += [("ga-last", "2025-12-18", maker.assembly, "text"), ("ga-part", "2024-02-06", maker.assembly, "paragraph")]
    votes += [(f"sc-{month}", f"2025-{month:02}-07", maker.council, "text") for month in range(1, 13)]
    for slug, date, body, kind in votes:
        session = None if body == maker.council else maker.session
        roll_call = maker.roll_call(
            slug, "USA:Y FRA:N", body=body, session=session, kind=kind, date=datetime.date.fromisoformat(date)
        )
        edition = datetime.date(2025, 12, 31) if body == maker.council else None
        Statement.objects.create(
            roll_call=roll_call, source=source, format="ga-voting", reference=slug, facts={}, edition=edition
        )


def line(address: str) -> str:
    """Return the line that says how far the record reaches, empty where there is none."""
    said = texts(get(address), ".beyond")
    assert len(said) < 2
    return (
        said[0].removeprefix("The period reaches beyond this record. ").removesuffix(" What is covered") if said else ""
    )


class TestTheLine:
    """Where the period of a page goes beyond the record."""

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("/resolutions/", ""),
            ("/roll-calls/?body=SC", ""),
            ("/roll-calls/?since=2024-01-01", f"Coverage (Whole texts): {SC}."),
            ("/roll-calls/?since=2025-01-01", ""),
            ("/roll-calls/?since=2025-12-18&body=GA", ""),
            ("/roll-calls/?until=2025-12-18&body=GA", ""),
            ("/roll-calls/?since=2025-01-01&until=2025-12-31&body=SC", ""),
            ("/roll-calls/?since=2025-01-01&until=2025-12-31", f"Coverage (Whole texts): {GA}."),
            ("/roll-calls/?since=2026-02-01&body=GA", f"Coverage (Whole texts): {GA}."),
            ("/roll-calls/?until=2025-12-19&body=GA", f"Coverage (Whole texts): {GA}."),
            ("/roll-calls/?since=2023-12-31&body=GA", f"Coverage (Whole texts): {GA}."),
            ("/roll-calls/?until=2024-12-31&body=SC", f"Coverage (Whole texts): {SC}."),
            ("/roll-calls/?since=2026-02-01", f"Coverage (Whole texts): {GA}; {SC}."),
            ("/roll-calls/?session=79", ""),
            ("/roll-calls/?session=80", f"Coverage (Whole texts): {GA}."),
            ("/roll-calls/?session=80&until=2025-11-30", ""),
            (
                "/roll-calls/?since=2024-01-01&kind=paragraph",
                "Coverage (Amendments, paragraphs and motions): Security Council, none.",
            ),
            (
                "/roll-calls/?since=2024-01-01&result=vetoed&body=SC",
                "Coverage (Drafts rejected or vetoed): Security Council, none.",
            ),
            ("/states/USA/?since=2026-02-01&body=GA", f"Coverage (Whole texts): {GA}."),
            ("/states/TUV/?since=2026-02-01", ""),
            ("/states/USA/", ""),
            ("/blocs/p5/?until=2026-12-31&body=GA", f"Coverage (Whole texts): {GA}."),
            ("/compare/states/?state=USA&state=FRA&since=2026-02-01&body=GA", f"Coverage (Whole texts): {GA}."),
            ("/compare/states/?state=USA&state=FRA", ""),
            ("/agreement/?state=USA&state=FRA&until=2026-12-31", f"Coverage (Whole texts): {GA}."),
            ("/agreement/?state=USA&state=FRA", ""),
        ],
    )
    def test_note_is_shown_if_the_period_exceeds_the_coverage(self, editions: None, address: str, said: str):
        assert line(address) == said

    def test_note_links_to_the_coverage(self, editions: None):
        assert one(get("/roll-calls/?since=2030-01-01"), ".beyond a")["href"] == "/data/#coverage"

    def test_invalid_filter_shows_an_error_and_no_note(self, editions: None):
        assert line("/roll-calls/?since=2030-01-01&topic=nope") == ""

    def test_single_votes_cover_no_period(self):
        assert line("/resolutions/?since=2022-03-01") == f"Coverage (Whole texts): {SINGLE}."

    def test_note_costs_one_query_for_each_data_version(
        self, editions: None, django_assert_num_queries: DjangoAssertNumQueries
    ):
        """Outside a snapshot the record is read anew by each page, and so is what it holds."""
        client = Client()
        client.get("/roll-calls/?body=SC")
        with django_assert_num_queries(2):
            client.get("/roll-calls/?body=SC")
        with django_assert_num_queries(3):
            client.get("/roll-calls/?body=SC&since=2030-01-01")


class TestThePageOfTheData:
    """Strips, and the same in words and tables."""

    def test_data_page_describes_the_coverage_in_words(self, editions: None):
        (ga, sc) = get("/data/").select("section.covered")

        assert texts(ga, "h3") == ["General Assembly"]
        assert texts(ga, ".covered-groups dt") == [
            "Whole texts", "Drafts rejected or vetoed", "Amendments, paragraphs and motions",
        ]  # fmt: skip
        whole, drafts, parts = texts(ga, ".covered-groups dd")
        assert whole == (
            "7 recorded votes, from 5 January 2024 to 18 December 2025. Complete: 2024. Thin: 2025. Absent: 1946–2023. "
            "2025 is covered up to 18 December 2025."
        )
        assert drafts == "None in this record."
        assert parts == "One recorded vote, of 6 February 2024. Complete: 2024. Absent: 1946–2023, 2025."
        assert "Complete: 2025. Absent: 1946–2024." in text(one(sc, ".covered-groups > div:first-child"))

    def test_coverage_picture_agrees_with_the_words(self, editions: None):
        picture = one(get("/data/"), "section.covered:first-of-type svg")

        assert text(one(picture, ":scope > title")) == "Coverage of the General Assembly by year"
        assert text(one(picture, "desc")).startswith(
            "Whole texts: 7 recorded votes, from 5 January 2024 to 18 December 2025. Complete 2024; thin 2025; absent "
            "1946–2023. Drafts rejected or vetoed: None in this record."
        )
        columns = texts(picture, "g title")
        assert len(columns) == 2 * 80
        assert columns[:1] + columns[78:80] == ["1946: 0, absent", "2024: 6, complete", "2025: 1, thin"]

    def test_data_page_has_votes_by_year_and_month(self, editions: None):
        fold = one(get("/data/"), "section.covered:first-of-type details:first-of-type")
        newest, before, *_others, oldest = table(fold, "table")

        assert texts(fold, "thead th")[:4] == ["Year", "Whole texts", "Amendments, paragraphs and motions", "Jan"]
        assert newest == ["2025", "1+", "–", *["0"] * 11, "1+"]
        assert before == ["2024", "6", "1", "1", "1", "1", "0", "1", "0", "0", "0", "1", "0", "0", "1"]
        assert oldest == ["1946", *["–"] * 14]

    def test_data_page_has_votes_by_session(self, editions: None):
        for code, slugs in {"78": ["ga-1", "ga-2"], "80": ["ga-last"]}.items():
            RollCall.objects.filter(slug__in=slugs).update(session=Session.objects.get(code=code))
        fold = get("/data/").select("section.covered:first-of-type details")[1]

        assert table(fold, "table") == [
            ["Seventy-eighth session", "2", "4", "5 January 2024", "5 February 2024", "Thin"],
            ["Seventy-ninth session", "5", "10", "6 February 2024", "5 December 2024", "Complete"],
            ["Eightieth session", "1", "2", "18 December 2025", "18 December 2025", "Thin"],
        ]

    def test_month_only_dates_are_shown_as_months(self, maker: Maker):
        maker.roll_call("month", "USA:Y", date=datetime.date(1946, 1, 1), date_precision="month")

        page = get("/data/")
        assert table(page, "main > .scroll table.coverage")[0][3] == "January 1946"
        assert "from January 1946 to 24 February 2025" in text(page.select(".covered-groups")[0])
        said = text(one(get("/"), ".today"))
        assert said.startswith("23 recorded votes, from January 1946 to 24 February 2025")
        assert "from 1946-01 to 2025-02-24" in Client().get("/llms.txt").content.decode()
        assert "1 January 1946" not in text(page) + said


def test_home_counts_the_votes_of_all_bodies():
    RollCall.objects.filter(body=Body.objects.get(code="SC")).delete()

    assert text(one(get("/"), ".today")).startswith("20 recorded votes, from 25 October 1971 to 24 February 2025.")


def test_home_of_an_empty_record_names_no_bodies():
    RollCall.objects.all().delete()

    assert get("/").select(".today") == []
