"""Coverage of the record, against the stated rule."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from resolutions.models import Body, Session
from tests.factories import day, make_resolution, make_roll_call, make_source
from tests.resolutions.corpora import FOLDER as CORPORA
from votes.models import RollCall, Statement
from votes.models.intervals import Day
from votes.reports.coverage import Extent, Group, Holding, Reach, coverage

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from votes.reports.coverage import BodyLine


@pytest.fixture
def bare(record: None) -> None:
    """Take the small set's votes away, so that a test's are all there are."""
    RollCall.objects.all().delete()


def write(slug: str, date: str, *, edition: str | None = "", source: str = "un-digital-library", **values: Any) -> None:
    """Write a published vote; with an ``edition``, its last day or nothing, a source's file states it."""
    said = {"body": Body.objects.get(code=values.pop("body", "GA")), "result": "adopted", **values}
    roll_call = make_roll_call(slug, date=day(date), **said)
    RollCall.objects.filter(pk=roll_call.pk).update(status="published")
    if edition is not None:
        Statement.objects.create(
            roll_call=roll_call,
            source=make_source(source),
            format="ga-voting",
            reference=slug,
            facts={},
            edition=day(edition) if edition else None,
        )


def years(first: int, last: int, number: int = 4, **values: Any) -> None:
    """Write ``number`` votes a year, the first in January."""
    for year in range(first, last + 1):
        for place in range(number):
            write(f"vote-{values.get('kind', '')}{year}-{place}", f"{year}-{1 + 11 * place // number:02}-15", **values)


def body(code: str = "GA") -> BodyLine:
    """Return what is held of a body."""
    return next(line for line in coverage().bodies if line.code == code)


def holding(code: str = "GA", group: Group = Group.TEXT) -> Holding:
    """Return what is held of a group of a body's votes."""
    return body(code).holdings[group]


def extents(of: Holding) -> dict[str, list[tuple[int, int]]]:
    return {extent.value: ranges for extent, ranges in of.extents}


def test_years_with_single_votes_are_thin_and_others_absent(record: None):
    """The small set comes without editions: 20 votes of the Assembly, of 1971 to 2025."""
    of = holding()

    assert (of.roll_calls, of.first, of.last) == (20, Day(day("1971-10-25"), "day"), Day(day("2025-02-24"), "day"))
    assert of.reaches == ()
    counted = Counter(date.year for date in RollCall.objects.filter(body__code="GA").values_list("date", flat=True))
    assert {one.year: one.held.roll_calls for one in of.years if one.held.extent == Extent.THIN} == counted
    assert {one.held.extent for one in of.years if one.year not in counted} == {Extent.ABSENT}
    assert [of.years[0].year, of.years[-1].year] == [1946, 2025]


def test_empty_record_has_no_coverage(bare: None):
    whole = coverage()

    assert (whole.total.roll_calls, whole.total.first, whole.bodies) == (0, None, [])


class TestEditions:
    """What sources' files cover."""

    def test_years_that_an_edition_covers_are_complete(self, bare: None):
        years(1946, 1950)
        write("last", "1951-03-02")

        assert holding().reaches == (Reach(day("1946-01-01"), day("1951-03-02")),)
        assert extents(holding()) == {"complete": [(1946, 1950)], "thin": [(1951, 1951)]}
        last = holding().years[-1]
        assert (last.held.roll_calls, last.held.reaches_to) == (1, day("1951-03-02"))
        assert [month.extent for month in last.months[:4]] == [
            Extent.NONE, Extent.NONE, Extent.THIN, Extent.ABSENT,
        ]  # fmt: skip

    def test_coverage_ends_on_the_day_of_the_edition(self, bare: None):
        years(1946, 1950, number=5, edition="1952-12-31")

        assert extents(holding()) == {"complete": [(1946, 1950)], "none": [(1951, 1952)]}

    def test_coverage_begins_in_the_month_of_the_first_vote(self, bare: None):
        years(1960, 1962, edition="1962-12-31")
        assert extents(holding())["complete"] == [(1960, 1962)]
        RollCall.objects.filter(slug="vote-1960-0").delete()

        assert holding().reaches[0].first == day("1960-03-01")
        assert extents(holding()) == {"complete": [(1961, 1962)], "thin": [(1960, 1960)], "absent": [(1946, 1959)]}

    def test_first_year_of_a_body_is_complete_from_its_first_vote(self, bare: None):
        write("first", "1946-02-16")
        years(1947, 1947, number=6, edition="1947-12-31")

        assert extents(holding())["complete"] == [(1946, 1947)]

    def test_one_vote_a_year_is_a_selection_and_covers_nothing(self, bare: None):
        years(1946, 1957, number=1)

        assert holding().reaches == ()
        assert extents(holding()) == {"thin": [(1946, 1957)]}

    def test_votes_added_by_an_editor_cover_nothing(self, bare: None):
        years(1946, 1948, edition="1948-12-31")
        write("entered", "1950-05-05", edition=None)

        assert extents(holding()) == {"complete": [(1946, 1948)], "thin": [(1950, 1950)], "absent": [(1949, 1949)]}

    def test_adjacent_editions_cover_one_period(self, bare: None):
        years(1946, 1947, edition="1947-12-31")
        years(1948, 1949, source="voeten")
        years(1952, 1953, source="another")

        assert holding().reaches == (
            Reach(day("1946-01-01"), day("1949-09-15")),
            Reach(day("1952-01-01"), day("1953-09-15")),
        )
        assert extents(holding())["complete"] == [(1946, 1948), (1952, 1952)]

    def test_each_group_of_votes_has_its_own_coverage(self, bare: None):
        years(1946, 1949, edition="1949-12-31")
        years(1947, 1947, number=6, kind="paragraph", source="voeten", edition="1948-12-31")
        write("lost", "1948-05-05", result="rejected", edition=None)
        write("without", "1949-05-05", method="without-vote")

        assert extents(holding()) == {"complete": [(1946, 1949)]}
        assert extents(holding(group=Group.PART)) == {
            "complete": [(1947, 1947)], "none": [(1948, 1948)], "absent": [(1946, 1946), (1949, 1949)],
        }  # fmt: skip
        assert extents(holding(group=Group.NOT_ADOPTED))["thin"] == [(1948, 1948)]
        assert holding(group=Group.NOT_RECORDED).extents == []
        assert body().roll_calls == 23

    def test_coverage_ignores_drafts(self, bare: None):
        years(1946, 1947)
        write("draft", "1950-01-01")
        RollCall.objects.filter(slug="draft").update(status="draft")

        assert holding().years[-1].year == 1947


class TestFew:
    """Years with strikingly few votes."""

    def test_year_below_a_quarter_of_the_surrounding_median_is_thin(self, bare: None):
        years(1946, 1950, number=12)
        years(1951, 1951, number=2)
        years(1952, 1954, number=12)
        write("end", "1955-01-01")

        assert extents(holding()) == {"complete": [(1946, 1950), (1952, 1954)], "thin": [(1951, 1951), (1955, 1955)]}
        assert [one.year for one in holding().years if one.held.is_few] == [1951]

    def test_year_at_a_quarter_or_among_sparse_years_is_not_thin(self, bare: None):
        years(1946, 1950, number=12)
        years(1951, 1951, number=3)
        write("end", "1952-01-01")
        assert extents(holding())["complete"] == [(1946, 1951)]

        RollCall.objects.all().delete()
        years(1946, 1950, number=7)
        years(1951, 1951, number=1)
        write("end", "1952-01-01")
        assert extents(holding())["complete"] == [(1946, 1951)]


class TestNumbers:
    """The Council's resolutions are numbered through."""

    @pytest.fixture
    def council(self, bare: None) -> None:
        """Write S/RES/1 to 8, four a year, without number 5."""
        organ = Body.objects.get(code="SC")
        for number in range(1, 9):
            if number == 5:
                continue
            text = make_resolution(f"S/RES/{number} (1946)", body=organ, status="published")
            year = 1946 + (number - 1) // 4
            write(f"s-res-{number}", f"{year}-{1 + 3 * ((number - 1) % 4):02}-10", body="SC", resolution=text)

    def test_a_year_in_which_a_number_may_be_missing_is_thin(self, council: None):
        of = holding("SC")

        assert extents(of) == {"thin": [(1946, 1947)]}
        (gap,) = of.years[1].held.missing
        assert (gap.first, gap.last, gap.after, gap.before) == (5, 5, day("1946-10-10"), day("1947-04-10"))

    def test_gaps_in_numbers_outside_the_coverage_are_ignored(self, council: None):
        organ = Body.objects.get(code="SC")
        far = make_resolution("S/RES/2000 (2011)", body=organ, status="published")
        write("far", "2011-07-27", body="SC", resolution=far, edition=None)
        near = make_resolution("S/RES/5 (1947)", body=organ, status="published")
        write("near", "1947-01-10", body="SC", resolution=near, edition="1947-12-31")

        assert extents(holding("SC"))["complete"] == [(1946, 1947)]


class TestSessions:
    """How much of a session's whole texts is held."""

    def test_regular_session_lasts_until_the_next(self, bare: None):
        sessions = {code: Session.objects.get(code=code) for code in ("78", "79", "ES-11")}
        for number in range(6):
            write(f"a-{number}", f"2023-{9 + number // 2:02}-1{number}", session=sessions["78"])
        write("b", "2024-10-10", session=sessions["79"], edition="2024-12-31")
        write("c", "2024-03-03", session=sessions["ES-11"])

        held = {line.code: line.held for line in body().sessions}
        assert [line.code for line in body().sessions] == ["78", "ES-11", "79"]
        assert held["78"].extent == Extent.COMPLETE
        # Session 80 was opened on 9 September 2025, and the edition ends before.
        assert (held["79"].extent, held["79"].reaches_to) == (Extent.THIN, day("2024-12-31"))


def test_a_month_comes_before_its_days_and_ends_after_them(bare: None):
    write("month", "1950-12-01", date_precision="month")
    write("day", "1950-12-01")

    assert body().first == body().last == Day(datetime.date(1950, 12, 1), "month")


def test_coverage_takes_one_query(bare: None, django_assert_num_queries: DjangoAssertNumQueries):
    with django_assert_num_queries(1):
        coverage()
    years(1946, 1950)
    with django_assert_num_queries(1):
        coverage()


class TestTheWholeRecord:
    """The record that ships, with figures computed apart, with pandas."""

    @pytest.fixture
    def council(self) -> pd.DataFrame:
        """Return the library's resolutions of the Council, a row a resolution."""
        path = CORPORA / "sc_voting_1946_2026.csv.gz"
        if not path.exists():
            pytest.skip(f"{path.name} is not there to compute from; PLENARY_CORPORA names the folder that has it")
        return pd.read_csv(path, dtype=str, keep_default_na=False).drop_duplicates("resolution")

    def test_coverage_of_the_council_matches_its_resolution_numbers(self, whole_record: None, council: pd.DataFrame):
        numbers = council["resolution"].str.extract(r"S/RES/(\d+)")[0].astype(int)
        missing = sorted({*range(1, numbers.max() + 1)} - {*numbers})
        of = holding("SC")

        gaps = {gap for one in of.years for gap in one.held.missing}
        assert [number for gap in gaps for number in range(gap.first, gap.last + 1)] == missing == [2812, 2813, 2814]
        assert of.last == Day(day(council["date"].max()), "day")
        # Those without a vote by name were adopted without a vote.
        recorded = council[~council["vote_note"].str.contains("without vote")]
        by_year = Counter(recorded["date"].str[:4].astype(int))
        assert {one.year: one.held.roll_calls for one in of.years} == by_year
        assert extents(of) == {"complete": [(1946, 2024)], "thin": [(2025, 2026)]}

    def test_coverage_of_the_assembly_matches_the_known_years(self, whole_record: None):
        texts, parts = holding(), holding(group=Group.PART)

        assert texts.reaches == (Reach(day("1946-01-01"), day("2025-12-18")),)
        # In session 19 no recorded vote was taken.
        assert extents(texts) == {
            "complete": [(1946, 1963), (1965, 2024)], "thin": [(2025, 2025)], "none": [(1964, 1964)],
            "absent": [(2026, 2026)],
        }  # fmt: skip
        held = RollCall.objects.filter(body__code="GA").exclude(kind="text")
        assert {one.year for one in parts.years if one.held.roll_calls} == {
            date.year for date in held.values_list("date", flat=True)
        }
        assert parts.reaches[-1].last == held.latest("date").date
        assert [one.held.extent for one in parts.years if one.year > parts.reaches[-1].last.year] == [Extent.ABSENT] * 9

    def test_coverage_of_drafts_not_adopted_matches_the_known_years(self, whole_record: None):
        of = holding("SC", Group.NOT_ADOPTED)

        assert (
            of.roll_calls
            == RollCall.objects.filter(body__code="SC", kind="text", result__in=("rejected", "vetoed")).count()
        )
        assert extents(of)["thin"] == [(2025, 2025)]
        assert extents(of)["absent"] == [(2026, 2026)]
        assert Group.NOT_ADOPTED not in body().holdings
