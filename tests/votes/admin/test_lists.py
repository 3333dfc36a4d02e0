"""Every list and page of the admin: shown, searched, filtered, and the models that are only looked at."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.utils import timezone

from resolutions.attribution import attributed
from resolutions.models import OtherSymbol, Resolution, RetiredText
from tests.votes.admin.pages import draft, list_url, page, table, text_of, url
from votes.models import (
    Amendment,
    Correction,
    CutPoint,
    ErrorReport,
    Finding,
    HistoryEvent,
    IdealPoint,
    IdealPointFit,
    ImportRun,
    MemberState,
    RetiredAddress,
    ReturnedDraft,
    Revision,
    RollCall,
    SourceCorrection,
    Statement,
    Tally,
    Vote,
)

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from tests.votes.conftest import World


LIST = "/admin/votes/rollcall/"
MODELS = [
    model
    for label in ("resolutions", "votes")
    for model in apps.get_app_config(label).get_models()
    if not model._meta.auto_created
]
READ_ONLY: list[Any] = [
    *(Correction, CutPoint, HistoryEvent, IdealPoint, IdealPointFit, OtherSymbol, RetiredAddress, RetiredText),
    *(ReturnedDraft, Revision, SourceCorrection, Statement, Tally, Vote),
]


def test_every_model_is_registered_in_the_admin():
    assert not [model for model in MODELS if not admin.site.is_registered(model)]


def one_of_each(world: World) -> None:
    """Write a row of each model that the reference facts have none of."""
    roll_call = draft(world, {"USA": "N"})
    OtherSymbol.objects.create(resolution=text_of(roll_call), symbol="A/79/L.5")
    Correction.objects.create(roll_call=roll_call, state=MemberState.objects.get(code="USA"), intended="A")
    stated = {"roll_call": roll_call, "source": roll_call.source}
    Statement.objects.create(**stated, format="ga-voting", reference="1", symbol_key="A-RES-79-999", facts={})
    SourceCorrection.objects.create(**stated, fact="USA", old="Y", new="N", reason="Why", document="A/79/PV.1")
    now = timezone.now()
    files = [{"name": "a-res-79-999.csv", "sha256": "0" * 64, "rows": 1}]
    ImportRun.objects.create(format="ga-voting", by_name="usa", started=now, finished=now, files=files)
    RetiredAddress.objects.create(slug="usa-a-res-79-999", kind="withdrawn", reason="Twice.", roll_call=roll_call)
    RetiredText.objects.create(symbol="A/RES/79/999 (USA) a-res-79-999", symbol_key="GONE", reason="Twice.")
    ann = User.objects.create_user("usa-a-res-79-999")
    Amendment.objects.create(roll_call=roll_call, by=ann, reason="USA", changes=[["Note", "", "a"]])
    ReturnedDraft.objects.create(roll_call=roll_call, comment="The vote of the USA is missing.")
    ErrorReport.objects.create(
        page="/roll-calls/a-res-79-999/", wrong="USA", right="y", document="z", roll_call=roll_call
    )
    key = "no-votes:a-res-79-999"
    Finding.objects.create(kind="no-votes", key=key, origin="record", roll_call=roll_call, found=now)
    with attributed(by_name="usa", reason="a-res-79-999"):
        MemberState.objects.filter(code="USA").update(note="A change to published data.")
    counts = dict.fromkeys(("data_version", "iterations", "roll_calls", "items", "states", "votes"), 1)
    fit = IdealPointFit.objects.create(
        fitted_at=now, digest="0" * 32, model="a model", settings={}, converged=True, change=0, bound=0, **counts
    )
    usa = MemberState.objects.get(code="USA")
    IdealPoint.objects.create(fit=fit, state=usa, session=79, estimate=1, standard_error=0.1, votes=1)
    CutPoint.objects.create(fit=fit, roll_call=roll_call, session=79, discrimination=1, lower=0, upper=0, roll_calls=1)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_can_be_searched_and_filtered_and_every_page_opens(
    editor: Client, world: World, model: type[Model], django_assert_max_num_queries: DjangoAssertNumQueries
):
    one_of_each(world)

    with django_assert_max_num_queries(14):
        shown = page(editor.get(list_url(model)))

    assert shown.select("#result_list tbody tr")
    assert shown.select_one("#searchbar")
    page(editor.get(list_url(model), {"q": "usa a-res-79-999"}))
    # One choice of each filter: the next one makes the same query with another value.
    for choices in shown.select("#changelist-filter ul"):
        link = choices.select_one("li:not(.selected) a")
        assert link is None or editor.get(list_url(model) + link["href"]).status_code == 200
    page(editor.get(url(model._default_manager.order_by("pk").first())))


@pytest.mark.parametrize("model", READ_ONLY)
def test_models_written_elsewhere_are_read_only(editor: Client, world: World, model: type[Model]):
    one_of_each(world)
    instance = model._default_manager.order_by("pk").first()

    assert editor.get(list_url(model) + "add/").status_code == 403
    assert editor.post(url(instance), {"yes": 5, "choice": "Y", "reason": "x"}).status_code == 403
    assert editor.post(url(instance, "delete"), {"post": "yes"}).status_code == 403
    assert not page(editor.get(url(instance))).select("input[name=_save]")
    assert not page(editor.get(list_url(model))).select("option[value=delete_selected]")


def test_list_filters_roll_calls_by_differing_or_missing_totals(editor: Client, world: World):
    draft(world, {"USA": "N"}, announced_yes=1, announced_no=1)
    world.roll_call("empty")

    for figures, slug in (("differ", "a-res-79-999"), ("none", "empty")):
        shown = page(editor.get(LIST, {"status__exact": "draft", "figures": figures}))
        assert table(shown, "#result_list tbody tr", ".field-slug") == [[slug]]


@pytest.mark.parametrize("term", ["usa a-res-79-999", "A/RES/79/999 USA", "USA a-res-79"])
def test_a_vote_is_found_by_state_and_roll_call(editor: Client, world: World, term: str):
    draft(world, {"USA": "N", "FRA": "Y"})

    shown = page(editor.get(list_url(Vote), {"q": term}))

    assert table(shown, "#result_list tbody tr") == [["United States", "Against", "a-res-79-999"]]


@pytest.mark.parametrize("term", ["a/res/79/999", "79/999", "A-RES-79-999", "péace", "A/79/L.5"])
@pytest.mark.parametrize("model", [Resolution, RollCall])
def test_texts_and_roll_calls_are_found_by_symbol_and_title(
    editor: Client, world: World, model: type[Model], term: str
):
    roll_call = draft(world)
    OtherSymbol.objects.create(resolution=text_of(roll_call), symbol="A/79/L.5")

    found = page(editor.get(list_url(model), {"q": term, "status__exact": "draft"}))

    assert len(found.select("#result_list tbody tr")) == 1
    missed = page(editor.get(list_url(model), {"q": "A/RES/79/9990"}))
    assert not missed.select("#result_list tbody tr")


@pytest.mark.parametrize("by", ["page", "list"])
def test_referenced_rows_cannot_be_deleted_and_the_references_are_counted(editor: Client, world: World, by: str):
    roll_call = draft(world)
    france = MemberState.objects.get(code="FRA")
    referenced = [(text_of(roll_call), "1 roll call"), (france, f"{france.votes.count()} votes")]
    # States are deleted one by one, each with its reason.
    for instance, protected in referenced if by == "page" else referenced[:1]:
        where = url(instance, "delete") if by == "page" else list_url(type(instance))
        data: dict[str, Any] = {"post": "yes"}
        if by == "list":
            data |= {"action": "delete_selected", "_selected_action": [instance.pk]}
        assert protected in page(editor.post(where, data)).text
        assert type(instance)._default_manager.filter(pk=instance.pk).exists()


def test_dates_and_numbers_read_as_on_pages(editor: Client, world: World):
    at = datetime.datetime(2025, 2, 24, 14, 5, tzinfo=datetime.UTC)
    files = [{"name": "votes.csv", "sha256": "5" * 64, "rows": 12345}]
    run = ImportRun.objects.create(format="ga-voting", by_name="x", started=at, finished=at, files=files, rows=12345)

    [row] = table(page(editor.get(list_url(ImportRun))), "#result_list tbody tr")
    assert row[0] == "24 February 2025, 14:05"
    assert any("12 345 read" in cell for cell in row)
    shown = page(editor.get(url(run)))
    assert shown.select_one(".field-started .readonly").text == "24 February 2025, 14:05"
    month = draft(world)
    RollCall.objects.filter(pk=month.pk).update(date="2024-12-01", date_precision="month")
    dates = {row[1]: row[3] for row in table(page(editor.get(LIST)), "#result_list tbody tr")}
    assert dates[month.slug] == "December 2024"
