"""The page of ideal points, its files and errors, and the cut point on the page of a vote."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from resolutions.models import Resolution
from tests.conftest import connected_to, database_with
from tests.votes.divided_record import LINE, cut, divided, put
from tests.web.records import FILE_LINKS, get, one, problems, table, text, texts
from votes.models import CutPoint, IdealPoint, IdealPointFit, MemberState, Vote
from web.pages.ideal_points.files import HEADER
from web.pages.ideal_points.question import PERMANENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag
    from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

pytestmark = pytest.mark.usefixtures("record")

PAGE = "/ideal-points/"
NAME = "div.scroll.points-box table"


def fit() -> None:
    """Fit seven questions put in each of two sessions, beside the landmark votes."""
    divided()
    call_command("fit_ideal_points", stdout=io.StringIO())


@pytest.fixture(scope="session")
def fitted_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), database_with(fit) as name:
        yield name


@pytest.fixture(scope="class")
def in_fitted_database(fitted_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), connected_to(fitted_database):
        yield


@pytest.fixture
def fitted(in_fitted_database: None, record: None) -> IdealPointFit:
    """Return the fit, made once."""
    return IdealPointFit.objects.get()


def page_of(query: str = "") -> Tag:
    return get(PAGE + query)


def rows_of(query: str = "") -> list[dict[str, str]]:
    response = Client().get(f"/ideal-points.csv{query}")
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def json_of(query: str = "", status: int = 200) -> dict[str, Any]:
    response = Client().get(f"/ideal-points.json{query}")
    assert response.status_code == status, response.content
    content: dict[str, Any] = response.json()
    return content


def figure(value: float, digits: int = 2) -> str:
    """Return a figure as a table has it."""
    size = f"{abs(value):.{digits}f}"
    return size if not float(size) else f"{'+' if value > 0 else '−'}{size}"


class TestNothingFitted:
    """Before anybody ran the command."""

    def test_page_says_that_estimates_are_missing(self):
        page = page_of("?state=USA")

        assert text(one(page, ".empty")).startswith("No estimates yet.")
        assert page.select("form.question, table, svg.picture") == []

    @pytest.mark.parametrize("form", ["csv", "json", "svg", "png"])
    def test_files_are_a_404_before_a_fit(self, form: str):
        response = Client().get(f"/ideal-points.{form}")

        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["detail"] == "No ideal points have been estimated yet."

    def test_recorded_vote_has_no_cut_point_before_a_fit(self):
        assert get("/roll-calls/a-res-74-7/").select("#cut-point") == []


@pytest.mark.usefixtures("fitted")
class TestPage:
    """What a reader finds."""

    def test_default_shows_permanent_members_and_the_last_session(self):
        page = page_of()

        assert problems(page) == []
        chart, strip = page.select("svg.picture")
        drawn = set(IdealPoint.objects.filter(state__code__in=PERMANENT).values_list("state__code", flat=True))
        assert {text(name) for name in chart.select("text.f-ink")} == drawn == {*PERMANENT}
        assert texts(page, "h2") == [
            "Ideal points by session",
            "All states in session 50 (1995)",
            "How they are estimated",
        ]
        assert texts(strip, "title") == ["Ideal points of session 50"]

    def test_table_has_every_state_of_the_session_with_vote_counts(self):
        page = page_of("?session=49")

        points = IdealPoint.objects.filter(session=49).select_related("state").order_by("-estimate")
        shown = table(page, NAME)
        assert sorted(shown) == sorted(
            [
                f"{p.state.name} {p.state.code}",
                figure(p.estimate),
                figure(p.standard_error).lstrip("+"),
                str(p.votes),
            ]
            for p in points
        )
        estimates = [float(cells[1].replace("−", "-")) for cells in shown]
        assert len(estimates) == len(LINE)
        assert estimates == sorted(estimates, reverse=True)
        chosen = {text(code) for code in page.select(f"{NAME} tr.chosen-row .code")}
        assert chosen == {"CHN", "FRA", "GBR", "RUS", "USA"}

    def test_table_has_the_points_of_the_lines(self):
        page = page_of("?state=USA&state=CUB&since=1990-01-01&until=1995-12-31")

        found = {
            (p.state.code, p.session): p
            for p in IdealPoint.objects.filter(state__code__in=("USA", "CUB")).select_related("state")
        }
        shown = table(page, "table.points-by-session")
        assert [cells[0] for cells in shown] == ["50 (1995)", "49 (1994)", "46 (1991)"]
        for cells, session in zip(shown[:2], (50, 49), strict=True):
            for cell, code in zip(cells[1:], ("USA", "CUB"), strict=True):
                point = found[code, session]
                assert cell.startswith(f"{figure(point.estimate)} ±{point.standard_error:.2f}")
                assert cell.endswith("7")
        # One landmark vote in session 46 is too few; the figure stands there of how many there are.
        assert shown[2][1:] == ["–1", "–1"]

    def test_states_keep_the_order_of_the_address(self):
        page = page_of("?state=ISR&state=BRA&state=ISR")

        assert texts(page, "table.points-by-session thead th") == ["Session", "ISR", "BRA"]
        assert sorted(str(box["value"]) for box in page.select("input[name=state][checked]")) == ["BRA", "ISR"]
        assert texts(page, ".state-boxes summary") == ["2 member states chosen"]

    def test_points_from_too_few_votes_are_counted(self):
        Vote.objects.filter(roll_call__slug__startswith="divided-50", state__code="IND").exclude(
            roll_call__slug__in=["divided-50-9003", "divided-50-9006"]
        ).update(choice="X")
        call_command("fit_ideal_points", stdout=io.StringIO())

        page = page_of("?session=50")

        assert "1 member state with fewer than 5 votes is not shown." in texts(page, "p.hint")
        assert "IND" not in texts(page, f"{NAME} .code")
        india = [row for row in rows_of("?state=IND") if row["session"] == "50"]
        assert [(row["estimate"], row["standard_error"], row["low"], row["high"], row["votes"]) for row in india] == [
            ("", "", "", "", "2")
        ]

    def test_adjacent_sessions_are_linked(self):
        [link] = [a for a in page_of("?state=USA").select(".picture-files a") if "session=49" in str(a["href"])][:1]

        assert (text(link), str(link["href"])) == ("49 (1994)", "/ideal-points/?state=USA&session=49")
        options = page_of("?session=49").select("#session option")
        assert [(str(o["value"]), text(o), o.has_attr("selected")) for o in options] == [
            ("", "Latest", False), ("50", "50 (1995)", False), ("49", "49 (1994)", True),
        ]  # fmt: skip

    def test_period_limits_lines_and_strip(self):
        page = page_of("?until=1995-08-31")

        assert texts(page, "#strip") == ["All states in session 49 (1994)"]
        assert "50 (1995)" not in texts(page, "table.points-by-session tbody th")

    def test_period_without_a_session_to_show_has_no_strip(self):
        # Landmark votes alone, one in each session.
        page = page_of("?since=2006-01-01&until=2012-12-31")

        assert problems(page) == []
        assert page.select("#strip") == []
        assert [cells[0] for cells in table(page, "table.points-by-session")] == ["67 (2012)", "61 (2006)", "60 (2005)"]

    @pytest.mark.parametrize(
        ("query", "is_said"),
        [
            ("", True), ("?state=CHN&since=1972-06-01", False), ("?state=USA", False), ("?until=1970-12-31", False),
            ("?state=CHN&state=USA", True),
        ],
    )  # fmt: skip
    def test_change_of_chinas_seat_is_noted_if_china_spans_it(self, query: str, is_said: bool):
        # A vote before the landmark of October 1971.
        put("early-9003", 24, cut(9))
        call_command("fit_ideal_points", stdout=io.StringIO())

        assert ("25 October 1971" in text(one(page_of(query), "main"))) is is_said

    def test_page_states_model_data_version_and_convergence(self, fitted: IdealPointFit):
        facts = one(page_of(), "dl.facts")

        said = dict(zip(texts(facts, "dt"), texts(facts, "dd"), strict=True))
        assert said["Model"] == fitted.model
        assert said["Data version"] == f"{fitted.data_version} (the votes are still the same)"
        assert said["Convergence"] == f"after {fitted.iterations} steps"
        assert said["From"] == (
            f"{fitted.votes:,} votes of {fitted.states} member states in 34 recorded votes of the General Assembly "
            "on 27 questions"
        ).replace(",", " ", 1)

    def test_stale_estimates_are_marked_and_shown(self, fitted: IdealPointFit):
        Vote.objects.filter(roll_call__slug="a-res-74-7", state__code="USA").update(choice="A")

        page = page_of()

        [said] = texts(page, ".problem")
        assert said.startswith("These estimates are out of date: votes have been added or changed since")
        assert f"data version {fitted.data_version}" in said
        # They are shown all the same.
        assert len(page.select("svg.picture")) == 2
        assert json_of()["fit"]["stale"] is True

    def test_unconverged_fit_is_marked(self):
        IdealPointFit.objects.update(converged=False, iterations=1)

        page = page_of()

        assert texts(page, ".problem") == [
            "These estimates are not final: the fit was stopped after 1 step, before it converged."
        ]
        assert texts(page, "dl.facts dd")[-1] == "none after 1 step"

    def test_query_count_does_not_grow_with_the_record(self, django_assert_num_queries: DjangoAssertNumQueries):
        with django_assert_num_queries(9):
            page_of()
        divided(sessions=(51, 52, 53))
        call_command("fit_ideal_points", stdout=io.StringIO())
        with django_assert_num_queries(9):
            page_of()


@pytest.mark.usefixtures("fitted")
class TestRefused:
    """What cannot be answered, beside what is wrong with it."""

    BAD = [
        ("topic=decolonization", "topic", "Topic", "Ideal points are estimated from all recorded votes of a session"),
        ("topic=nope", "topic", "Topic", "nope"),
        ("subject=cuba-united-states", "subject", "Subject", "not by topic, subject or kind"),
        ("subject=fish", "subject", "Subject", "Unknown subject: “fish”."),
        ("kind=text", "kind", "Put to the vote", "not by topic, subject or kind"),
        ("body=SC", "body", "Body", "for the General Assembly only"),
        ("body=XX", "body", "Body", "XX"),
        ("state=usa", "state", "States", "Unknown state code: “usa”"),
        ("state=USA&state=XXX&state=YYY", "state", "States", "“XXX”, “YYY”"),
        ("state=EAZ", "state", "States", "No ideal point was estimated for Zanzibar"),
        ("&".join(f"state={code}" for code in LINE[:9]), "state", "States", "Choose at most 8 states"),
        ("session=48", "session", "Session", "for session “48”"),
        ("session=last", "session", "Session", "for session “last”"),
        ("session=74", "session", "Session", "for session “74”"),
        ("session=٤٩", "session", "Session", "“٤٩”"),
        ("session=50&until=1995-08-31", "session", "Session", "Session 50 is not in the period"),
        ("since=2030-01-01", "since", "From", "No session has ideal points in this period"),
        ("until=1945-12-31", "until", "To", "No session has ideal points in this period"),
        ("since=x", "since", "From", "x"),
        ("since=2000-01-01&until=1998-12-31", "until", "To", "ends before it begins"),
    ]

    def test_invalid_value_is_an_error_and_shows_nothing(self):
        # In one test, since each would fit anew.
        Resolution.objects.filter(symbol="A/RES/74/7").update(subjects=["CUBA--UNITED STATES"])
        for query, name, label, said in self.BAD:
            page = page_of(f"?{query}")

            found = problems(page)
            assert [error.partition(":")[0] for error in found] == [label], query
            assert said in found[0], query
            assert page.select("svg.picture, table") == [], query
            if name in ("state", "session", "since", "until"):
                assert said in text(one(page, f"#{name}-error")), query
                assert len(page.select(f"[aria-describedby~={name}-error][aria-invalid=true]")) == 1, query
            for form in ("csv", "json", "svg", "png"):
                response = Client().get(f"/ideal-points.{form}?{query}")
                assert response.status_code == 400, query
                assert response.headers["Content-Type"] == "application/problem+json", query
                errors = response.json()["errors"]
                assert list(errors) == [name], query
                assert said in errors[name][0], query

    def test_body_parameter_may_name_the_assembly(self):
        assert problems(page_of("?body=GA")) == []
        assert rows_of("?body=GA") == rows_of()

    def test_unknown_or_repeated_parameter_is_named(self):
        assert (
            "nothing=1" in text(one(page_of("?nothing=1"), ".problem"))
            or "nothing" in problems(page_of("?nothing=1"))[0]
        )
        assert json_of("?nothing=1", 400)["errors"].keys() == {"nothing"}
        assert json_of("?session=49&session=50", 400)["errors"].keys() == {"session"}

    def test_empty_form_fields_are_dropped_from_the_address(self):
        response = Client().get(f"{PAGE}?state=USA&session=&since=&until=")

        assert (response.status_code, response.headers["Location"]) == (302, f"{PAGE}?state=USA")


@pytest.mark.usefixtures("fitted")
class TestFiles:
    """The same as files."""

    def test_csv_has_every_estimate(self):
        rows = rows_of()

        assert list(rows[0]) == list(HEADER)
        points = IdealPoint.objects.select_related("state").order_by("state__code", "session")
        assert [(row["state"], row["session"], row["votes"]) for row in rows] == [
            (p.state.code, str(p.session), str(p.votes)) for p in points
        ]
        for row, point in zip(rows, points, strict=True):
            assert int(row["year"]) == 1945 + point.session
            assert row["name"] == point.state.name
            if point.votes < 5:
                assert (row["estimate"], row["standard_error"], row["low"], row["high"]) == ("", "", "", "")
            else:
                estimate, error = float(row["estimate"]), float(row["standard_error"])
                assert (estimate, error) == (point.estimate, point.standard_error)
                assert float(row["low"]) == pytest.approx(estimate - 1.96 * error, abs=1e-4)
                assert float(row["high"]) == pytest.approx(estimate + 1.96 * error, abs=1e-4)

    @pytest.mark.parametrize(
        ("query", "states", "sessions"),
        [
            ("?state=USA&state=CUB&since=1990-01-01&until=1995-12-31", {"USA", "CUB"}, {"46", "49", "50"}),
            ("?session=49", {*LINE}, {"49"}),
            ("?session=49&state=USA", {"USA"}, {"49"}),
        ],
    )
    def test_files_follow_states_sessions_and_period(self, query: str, states: set[str], sessions: set[str]):
        rows = rows_of(query)

        assert {row["state"] for row in rows} == states
        assert {row["session"] for row in rows} == sessions
        assert [list(map(str, (p["state"], p["session"], p["votes"]))) for p in json_of(query)["points"]] == [
            [row["state"], row["session"], row["votes"]] for row in rows
        ]

    def test_json_names_the_fit(self, fitted: IdealPointFit):
        content = json_of("?state=USA&session=49&since=1990-01-01")

        assert content["question"] == {"since": "1990-01-01", "state": ["USA"], "session": 49}
        assert content["minimum"] == 5
        fit = content["fit"]
        assert {name: fit[name] for name in ("model", "data_version", "digest", "stale", "converged")} == {
            "model": fitted.model,
            "data_version": fitted.data_version,
            "digest": fitted.digest,
            "stale": False,
            "converged": True,
        }
        assert (fit["roll_calls"], fit["questions"], fit["votes"]) == (34, 27, fitted.votes)
        [point] = content["points"]
        assert list(point) == list(HEADER)

    def test_svg_and_png_show_lines_or_a_session(self):
        lines = Client().get("/ideal-points.svg?state=USA")
        strip = Client().get("/ideal-points.svg?state=USA&session=49")

        assert b'<title id="t">Ideal points over the sessions: United States</title>' in lines.content
        assert b'<title id="t">Ideal points of session 49</title>' in strip.content
        assert lines.headers["Content-Type"] == "image/svg+xml"
        drawn = Client().get("/ideal-points.png?session=49")
        assert drawn.content.startswith(b"\x89PNG")

    def test_page_links_to_the_files(self):
        links = page_of("?state=USA&since=1990-01-01").select(f"{FILE_LINKS}[rel=nofollow]")

        asked = [(urlsplit(str(a["href"])).path, parse_qs(urlsplit(str(a["href"])).query)) for a in links]
        own = {"state": ["USA"], "since": ["1990-01-01"]}
        named = {**own, "session": ["50"]}
        assert asked == [
            ("/ideal-points.svg", own),
            ("/ideal-points.png", own),
            ("/ideal-points.csv", own),
            ("/ideal-points.json", own),
            ("/ideal-points.svg", named),
            ("/ideal-points.png", named),
            ("/ideal-points.csv", {"session": ["50"]}),
            ("/ideal-points.json", {"session": ["50"]}),
        ]
        for link in links:
            assert Client().get(str(link["href"])).status_code == 200, link

    def test_same_query_has_the_same_bytes(self):
        for form in ("csv", "json", "svg"):
            one_time, other = (Client().get(f"/ideal-points.{form}?state=USA") for _time in range(2))
            assert one_time.content == other.content
            assert one_time.headers["ETag"] == other.headers["ETag"]


@pytest.mark.usefixtures("fitted")
class TestRecordedVote:
    """The cut point on the page of a recorded vote."""

    def section(self, slug: str) -> Tag:
        [heading] = get(f"/roll-calls/{slug}/").select("#cut-point")
        section = heading.find_parent("section")
        assert section is not None
        return section

    def test_cut_point_and_sides_are_described(self):
        section = self.section("divided-50-9009")

        cut_point = CutPoint.objects.get(roll_call__slug="divided-50-9009")
        at = (cut_point.lower + cut_point.upper) / 2 / cut_point.discrimination
        sentence = text(one(section, "p.prose"))
        assert sentence.startswith(
            f"At an ideal point of {figure(at)} a member state was as likely “against” as “in favour”: further down "
            "“against” is more likely, further up “in favour”. Of the 22 that took either position, "
        )
        assert sentence.endswith("stand on the side where the model expects them.")
        votes = Vote.objects.filter(roll_call__slug="divided-50-9009")
        assert text(one(section, "svg desc")) == (
            f"{votes.filter(choice='Y').count()} in favour, {votes.filter(choice='A').count()} abstaining and "
            f"{votes.filter(choice='N').count()} against, along the line of ideal points."
        )
        assert [str(a["href"]) for a in section.select("a")] == ["/ideal-points/?session=50"]
        assert "with the votes on the same text in other sessions, 2 in all" in text(one(section, "figcaption"))
        assert section.select("strong") == []

    def test_reversed_vote_has_its_sides_swapped(self):
        assert "further up “against”" in text(one(self.section("divided-50-9012"), "p.prose"))

    def test_vote_with_all_states_on_one_side_is_described_as_undivided(self):
        put("vote-1", 50, {**dict.fromkeys(LINE, "Y"), "IDN": "N"})
        call_command("fit_ideal_points", stdout=io.StringIO())

        section = self.section("vote-1")

        assert text(one(section, "p.prose")) == (
            "The line does not divide this vote: all states stand on the same side of the estimated cut point, where "
            "“in favour” is the more likely position."
        )
        assert "same text" not in text(one(section, "figcaption"))

    def test_stale_estimates_are_marked(self):
        Vote.objects.filter(roll_call__slug="a-res-74-7", state__code="USA").update(choice="A")

        assert texts(self.section("divided-50-9009"), "strong") == [
            "The estimates are out of date: votes have been added or changed since they were made."
        ]

    @pytest.mark.parametrize("slug", ["a-res-es-11-7", "s-2022-155"])
    def test_no_cut_point_for_votes_that_were_not_fitted(self, slug: str):
        assert get(f"/roll-calls/{slug}/").select("#cut-point") == []

    def test_names_are_escaped(self):
        MemberState.objects.filter(code="USA").update(name="<b>U</b>")
        call_command("fit_ideal_points", stdout=io.StringIO())

        for address in (PAGE, "/roll-calls/divided-50-9009/", "/ideal-points.svg?session=50"):
            assert b"<b>U" not in Client().get(address).content, address
