"""Two more bodies, from a real file: import, lists, pages, files, feeds and API answer for them as for any."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from resolutions.models import Body, Session
from tests.conftest import connected_to, made_once
from tests.resolutions.corpora import FOLDER
from tests.web.records import get, one, text, texts
from votes.models import BodyMembership, Finding, RollCall, Vote
from votes.record.record import SHARED
from web.serving.page_cache import PageCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

NAME = "hrc_roll_calls_1947_2026.csv.gz"
BODIES = {"HRC": ("Human Rights Council", "A/HRC/"), "CHR": ("Commission on Human Rights", "E/CN.4/")}
VOTES = {"HRC": 1038, "CHR": 667}


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Return the rows of the file, read apart from the importer."""
    import pandas as pd  # noqa: PLC0415  # for these tests alone

    table = pd.read_csv(FOLDER / NAME, dtype=str, keep_default_na=False)
    return tuple({str(name): str(cell) for name, cell in row.items()} for row in table.to_dict("records"))


def imported() -> str:
    """Import the file as its documentation shows; return what the command says."""
    said = io.StringIO()
    for code, (name, prefix) in BODIES.items():
        call_command("add_body", code, name, symbols=prefix, majority="simple-majority", stdout=said)
    call_command("import_votes", str(FOLDER / NAME), stdout=said)
    return said.getvalue()


@pytest.fixture(scope="session")
def third_body_database(
    django_db_setup: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> str:
    """Return the name of a database into which the file is imported."""
    if not (FOLDER / NAME).exists():
        pytest.skip(f"{NAME} not found; set PLENARY_CORPORA to the folder that has it")
    with django_db_blocker.unblock():
        return made_once(imported)


@pytest.fixture
def third_body(third_body_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give the test that database, to read only."""
    SHARED.forget()
    PageCache.pages.forget()
    with django_db_blocker.unblock(), connected_to(third_body_database):
        yield
    SHARED.forget()
    PageCache.pages.forget()


def answered(address: str) -> str:
    """Return the whole answer of a file; one that is streamed must be read to its end."""
    response = Client().get(address)
    return (response.getvalue() if response.streaming else response.content).decode()


def fetched(address: str) -> Any:
    return json.loads(answered(address))


def test_imports_every_roll_call_with_its_tally(third_body: None):
    found = dict(
        Counter(RollCall.objects.published().filter(body__code__in=BODIES).values_list("body__code", flat=True))
    )
    assert found == VOTES
    stated: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for row in rows():
        lists = {choice: row[choice].split() for choice in "YNA"}
        counted = tuple(str(len({*lists[choice]})) for choice in "YNA")
        stated[row["body"], row["date"]].append((row["yes"], row["no"], row["abstaining"], *counted))
    recorded = defaultdict(list)
    facts = ("announced_yes", "announced_no", "announced_abstaining", "tally__yes", "tally__no", "tally__abstaining")
    for body, date, *figures in RollCall.objects.filter(body__code__in=BODIES).values_list(
        "body__code", "date", *facts
    ):
        recorded[body, date.isoformat()].append(tuple(map(str, figures)))
    assert {key: sorted(of) for key, of in recorded.items()} == {key: sorted(of) for key, of in stated.items()}


def test_seats_are_those_of_the_terms_and_the_electorate_of_nearly_every_vote(third_body: None):
    sizes: dict[str, set[int]] = defaultdict(set)
    for code in BODIES:
        for date in {row["date"] for row in rows() if row["body"] == code}:
            day = datetime.date.fromisoformat(date)
            sizes[code].add(BodyMembership.objects.filter(body__code=code).on(day).count())
    assert sizes["HRC"] <= {46, 47}, "46 while the Russian Federation’s seat was vacant"
    assert {min(sizes["CHR"]), max(sizes["CHR"])} == {17, 53}
    russia = BodyMembership.objects.get(body__code="HRC", state__code="RUS", since__year=2021)
    assert russia.until == datetime.date(2022, 5, 12), "the first vote after its suspension"
    assert not BodyMembership.objects.filter(body__code="HRC", state__code="SVN", since__year=2011).exists()
    assert Finding.objects.filter(kind="electorate", roll_call__body__code__in=BODIES).count() < 0.04 * 1705


def test_sessions_are_those_of_each_body(third_body: None):
    assert str(Session.objects.get(body__code="HRC", code="51")) == "Fifty-first session"
    assert str(Session.objects.get(body__code="HRC", code="S-33")) == "Thirty-third special session"
    resolution = RollCall.objects.get(slug="e-cn-4-res-1984-54")
    assert resolution.session
    assert (resolution.session.code, resolution.session.number) == ("40", 40)
    assert RollCall.objects.get(slug="e-cn-4-res-1992-s-2-1").session.code == "S-2"  # type: ignore[union-attr]


def test_what_is_imported_again_changes_nothing_and_keeps_corrections(third_body: None):
    with transaction.atomic():
        vote = Vote.objects.filter(roll_call__slug="a-hrc-res-51-1", choice="N")[0]
        Vote.objects.filter(pk=vote.pk).update(choice="A")
        BodyMembership.objects.filter(body__code="HRC", state__code="RUS", since__year=2021).update(until="2022-04-07")

        again = imported()

        assert "1,705 unchanged" in again
        assert "0 added, 0 changed, 0 removed" in again
        assert Vote.objects.get(pk=vote.pk).choice == "A"
        assert BodyMembership.objects.filter(body__code="HRC", until="2022-04-07").count() == 1
        transaction.set_rollback(True)


class TestPages:
    """The pages of a third body."""

    @pytest.mark.parametrize("code", BODIES)
    def test_list_filters_by_it(self, third_body: None, code: str):
        page = get(f"/roll-calls/?body={code}")
        assert page.select(f"#body-{code}[checked]")
        (count,) = [one(label, ".count") for label in page.select("label") if label.select(f"#body-{code}")]
        assert int("".join(filter(str.isdigit, text(count)))) == VOTES[code]
        assert text(one(page, "title")).startswith(f"Recorded votes in the {BODIES[code][0]}")

    def test_session_is_of_its_body(self, third_body: None):
        expected = sum(row["symbol"].startswith(("A/HRC/RES/51/", "A/HRC/51/", "A/HRC/DEC/51/")) for row in rows())
        by_key, by_code = (fetched(f"/roll-calls.json?{query}") for query in ("session=HRC-51", "body=HRC&session=51"))
        assert len(by_key["rows"]) == len(by_code["rows"]) == expected
        assert not get("/roll-calls/?session=51").select(".row")

    def test_unknown_body_names_those_on_record(self, third_body: None):
        page = get("/roll-calls/?body=XX")
        assert "choose one of GA, SC, CHR, HRC." in text(page)

    def test_vote_is_explained_by_its_own_rule(self, third_body: None):
        page = text(one(get("/resolutions/A/HRC/RES/51/1"), "main"))
        assert "Human Rights Council" in page
        assert "Fifty-first session" in page
        assert "two-thirds" not in page
        assert "rule 86 of the Assembly" not in page

    def test_state_has_its_votes_and_seats(self, third_body: None):
        page = text(one(get("/states/NOR/?body=HRC"), "main"))
        assert "Human Rights Council" in page

    def test_front_page_counts_it(self, third_body: None):
        assert "Human Rights Council" in text(get("/data/"))

    def test_bloc_has_its_cohesion(self, third_body: None):
        assert "Human Rights Council" in text(one(get("/blocs/eu/?body=HRC"), "main"))

    def test_agreement_is_among_its_members(self, third_body: None):
        answer = fetched("/api/v1/agreement/?body=HRC&since=2024-01-01&until=2024-12-31")
        assert len(answer["states"]) == 47

    def test_problems_are_filtered_by_it(self, third_body: None):
        page = get("/data/quality/?body=CHR")
        assert texts(page, "#body option") == [
            *("Any", "General Assembly", "Security Council", "Commission on Human Rights", "Human Rights Council"),
        ]


class TestFiles:
    """Files, feeds and the API."""

    def test_csv_has_its_votes(self, third_body: None):
        lines = list(csv.DictReader(io.StringIO(answered("/roll-calls.csv?body=CHR"))))
        assert len(lines) == VOTES["CHR"]
        assert {line["body"] for line in lines} == {"CHR"}

    def test_feed_has_its_votes(self, third_body: None):
        feed = answered("/roll-calls.atom?body=HRC")
        assert "A/HRC/RES/61/" in feed
        assert "Human Rights Council" in feed

    def test_api_has_its_votes_members_and_errors(self, third_body: None):
        first = fetched("/api/v1/roll-calls/?body=HRC&page_size=1")["results"]
        assert first[0]["body"] == "HRC"
        assert [body["code"] for body in fetched("/api/v1/bodies/")["results"]] == ["CHR", "GA", "HRC", "SC"]
        assert len(fetched("/api/v1/memberships/?body=HRC&on=2024-06-01&page_size=100")["results"]) == 47
        refused = fetched("/api/v1/memberships/?body=XX")
        assert refused["errors"]["body"] == ["Unknown value “XX”; choose one of GA, SC, CHR, HRC."]

    def test_search_finds_it_by_name_and_symbol(self, third_body: None):
        assert "Human Rights Council" in text(get("/suggestions/?q=human+rights+cou"))
        assert "A/HRC/RES/51/1" in text(get("/roll-calls/?q=HRC/RES/51/1"))
        assert Body.objects.get(code="HRC").symbol_prefix == "A/HRC/"
