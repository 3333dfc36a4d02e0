"""An editor at work in the admin."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from resolutions.attribution import because
from resolutions.models import OtherSymbol, Resolution, Status
from tests.factories import make_roll_call, make_state
from votes.editing.publishing import publish
from votes.editing.votes import record_votes
from votes.models import (
    Bloc,
    BodyMembership,
    Correction,
    CutPoint,
    Finding,
    IdealPoint,
    IdealPointFit,
    ImportRun,
    MemberState,
    RetiredAddress,
    RollCall,
    SourceCorrection,
    Statement,
    Tally,
    Vote,
)
from votes.totals import Totals

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client
    from pytest_django import Settings

    from tests.votes.conftest import World

MODELS = [
    model
    for label in ("resolutions", "votes")
    for model in apps.get_app_config(label).get_models()
    if not model._meta.auto_created
]


@pytest.fixture
def editor(client: Client, world: World, settings: Settings) -> Client:
    """Return a browser in which an editor has logged in, who enters and publishes alone."""
    settings.PUBLISH_OWN_ENTRIES = True
    client.force_login(User.objects.create_superuser("editor"))
    return client


def page(response: Any) -> Any:
    """Return a page that was shown."""
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def fields(soup: Any) -> dict[str, Any]:
    """Return what a browser would send of the form as it stands."""
    form = soup.select_one("#content-main form")
    data = {}
    for field in form.select("input[name], textarea[name]"):
        kind = field.get("type")
        if kind == "submit" or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        text = field.text.removeprefix("\n") if field.name == "textarea" else ""
        data[field["name"]] = field.get("value", "on" if kind == "checkbox" else text)
    for select in form.select("select[name]"):
        chosen = select.select("option[selected]") or select.select("option")[: not select.has_attr("multiple")]
        if chosen:
            values = [option.get("value", "") for option in chosen]
            data[select["name"]] = values if select.has_attr("multiple") else values[0]
    return {name: value for name, value in data.items() if "__prefix__" not in name}


def errors(soup: Any) -> list[str]:
    """Return what the page says is wrong."""
    return [item.text.strip() for item in soup.select(".errorlist li")]


def said(response: Any) -> list[str]:
    """Return the messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def url(instance: Any, page: str = "change") -> str:
    return reverse(f"admin:{instance._meta.label_lower.replace('.', '_')}_{page}", args=[instance.pk])


def list_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


ADD = "/admin/votes/rollcall/add/"
LIST = "/admin/votes/rollcall/"


def facts(world: World, **values: Any) -> dict[str, Any]:
    """Return the facts of a roll call as an editor enters them."""
    return {
        "date": "2024-12-17",
        "date_precision": "day",
        "kind": "text",
        "method": "recorded",
        "requirement": "not-stated",
        "result": "adopted",
        "source": world.source.pk,
        **values,
    }


def votes(choices: dict[str, str]) -> dict[str, str]:
    """Return choices as the sheet sends them."""
    return {f"votes-{code}": choice for code, choice in choices.items()}


def draft(world: World, **values: Any) -> RollCall:
    """Return a draft of a text of the Assembly."""
    return world.roll_call("a-res-79-999", resolution=world.resolution(), title="", decisive=True, **values)


def text_of(roll_call: RollCall) -> Resolution:
    """Return what a roll call was about."""
    assert roll_call.resolution
    return roll_call.resolution


# Entering a roll call


def test_from_the_facts_to_the_votes_to_the_public(editor: Client, world: World):
    resolution = world.resolution()
    page(editor.get(ADD))

    added = editor.post(
        ADD,
        facts(
            world,
            resolution=resolution.pk,
            announced_yes=190,
            announced_no=2,
            announced_abstaining=1,
            announced_non_voting=0,
        ),
    )

    roll_call = RollCall.objects.get(slug="a-res-79-999")
    assert added["Location"] == url(roll_call)
    assert said(added)[-1] == ("The facts are saved as a draft. Now enter who voted how, and publish it at the end.")
    assert (roll_call.body, roll_call.session) == (world.assembly, world.session)
    assert (roll_call.decisive, roll_call.status) == (True, Status.DRAFT)

    sheet = page(editor.get(added["Location"]))
    rows = sheet.select("[role=radiogroup]")
    assert len(rows) == 193
    assert rows[0].select_one(f"#{rows[0]['aria-labelledby']}").text.split() == ["Afghanistan", "AFG"]
    assert [" ".join(label.text.split()) for label in rows[0].select("label")] == [
        "In favour",
        "Against",
        "Abstaining",
        "Non-voting",
        "No entry",
    ]
    assert not sheet.select(".sheet-row select")
    assert not sheet.select(".viewsitelink")

    choices = dict.fromkeys(world.codes, "Y") | {"USA": "N", "ISR": "N", "FRA": "A"}
    data = fields(sheet) | votes(choices) | {"status": "published"}
    saved = editor.post(added["Location"], data)

    assert saved["Location"] == LIST
    assert said(saved) == [
        "Published: a-res-79-999.",
        "Also published: A/RES/79/999.",
        f'The roll call “<a href="{added["Location"]}">a-res-79-999</a>” was changed successfully.',
    ]
    roll_call.refresh_from_db()
    assert roll_call.status == text_of(roll_call).status == Status.PUBLISHED
    assert roll_call.counted == roll_call.announced == Totals(190, 2, 1, 0)
    assert page(editor.get(added["Location"])).select_one(".viewsitelink")["href"] == "/resolutions/A/RES/79/999"


def test_one_vote_is_changed_and_the_history_says_which(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices=dict.fromkeys(world.codes, "Y"))
    before = set(roll_call.votes.exclude(state__code__in=["USA", "FRA"]).values_list("pk", "choice"))
    data = fields(page(editor.get(url(roll_call))))
    assert data["votes-USA"] == "Y"

    editor.post(url(roll_call), data | votes({"USA": "N", "FRA": ""}))

    assert roll_call.votes.get(state__code="USA").choice == "N"
    assert not roll_call.votes.filter(state__code="FRA").exists()
    assert before == set(roll_call.votes.exclude(state__code="USA").values_list("pk", "choice"))
    assert LogEntry.objects.get().get_change_message() == "Changed Votes: N: USA; –: FRA."


def test_saving_a_page_as_it_stands_changes_nothing(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})

    editor.post(url(roll_call), fields(page(editor.get(url(roll_call)))))

    assert LogEntry.objects.get().get_change_message() == "No fields changed."
    assert dict(roll_call.votes.values_list("state__code", "choice")) == {"USA": "N"}


def test_differing_totals_and_missing_entries_are_named(editor: Client, world: World):
    roll_call = draft(world, announced_yes=3, announced_no=1, announced_abstaining=0)
    data = fields(page(editor.get(url(roll_call))))

    saved = editor.post(url(roll_call), data | votes({"USA": "N", "FRA": "Y", "GBR": "Y"}))

    assert said(saved)[:2] == [
        "Counted and announced totals of a-res-79-999 differ: In favour 2 counted, 3 announced.",
        "190 members of the body have no entry in a-res-79-999.",
    ]
    shown = page(editor.get(url(roll_call))).select_one(".field-comparison .readonly").text
    assert shown == "Counted 2-1-0, announced 3-1-0. They differ: In favour 2 counted, 3 announced."


def test_states_are_named_as_they_were_called_on_the_date(editor: Client, world: World):
    roll_call = draft(world, date=datetime.date(1986, 1, 1))

    names = [row.text for row in page(editor.get(url(roll_call))).select(".sheet-state")]

    assert len(names) == 159
    assert "Burma BMR" not in names
    assert any(name.startswith("Burma") for name in names)
    assert any("DDR" in name for name in names)
    assert not any(name.startswith("Myanmar") for name in names)


def test_a_motion_without_a_resolution_is_named_by_body_and_date(editor: Client, world: World):
    editor.post(ADD, facts(world, body=world.assembly.pk, title="To adjourn", kind="motion"))

    roll_call = RollCall.objects.get(title="To adjourn")
    assert (roll_call.slug, roll_call.decisive, roll_call.resolution) == ("ga-2024-12-17-1", False, None)


def test_only_the_first_vote_on_a_whole_text_decides_it_by_itself(editor: Client, world: World):
    resolution = world.resolution()
    for kind in ("paragraph", "text", "text"):
        editor.post(ADD, facts(world, resolution=resolution.pk, kind=kind))

    assert list(resolution.roll_calls.order_by("pk").values_list("slug", "decisive")) == [
        ("a-res-79-999-1", False),
        ("a-res-79-999", True),
        ("a-res-79-999-2", False),
    ]


@pytest.mark.parametrize("method", ["non-recorded", "without-vote"])
def test_what_records_no_votes_has_no_sheet(editor: Client, world: World, method: str):
    roll_call = draft(world, method=method)
    sheet = page(editor.get(url(roll_call)))
    assert not sheet.select("[data-sheet]")

    editor.post(url(roll_call), fields(sheet) | {"status": "published"})

    roll_call.refresh_from_db()
    assert roll_call.status == Status.PUBLISHED


def test_a_resolution_is_added_from_the_page_of_its_roll_call(editor: Client, world: World):
    added = editor.post(
        "/admin/resolutions/resolution/add/?_to_field=id&_popup=1",
        {
            "_popup": "1",
            "symbol": "a/res/79/999",
            "title": "Peace",
            "body": world.assembly.pk,
            "session": world.session.pk,
            "kind": "resolution",
            "status": "draft",
            "other_symbols-TOTAL_FORMS": "1",
            "other_symbols-INITIAL_FORMS": "0",
            "other_symbols-0-symbol": "A/79/L.999",
            "other_symbols-0-kind": "draft",
        },
    )

    resolution = Resolution.objects.get(symbol="A/RES/79/999")
    assert added.status_code == 200
    assert f"&quot;value&quot;: &quot;{resolution.pk}&quot;" in added.content.decode()
    assert resolution.other_symbols.get().symbol == "A/79/L.999"


# What is refused, beside the field


def refused(editor: Client, roll_call: RollCall, changes: dict[str, Any]) -> list[str]:
    """Return what the page says against changing a roll call."""
    data = fields(page(editor.get(url(roll_call))))
    return errors(page(editor.post(url(roll_call), data | changes)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Choose the body, or a resolution that tells it."),
        ({"title": "", "body": "GA"}, "A roll call without a resolution needs a title."),
        ({"body": "SC", "session": "79"}, "This is a session of the General Assembly."),
        ({"body": "SC", "resolution": "A/RES/79/999"}, "A/RES/79/999 is a text of the General Assembly."),
        ({"body": "GA", "result": "vetoed"}, "Only the Security Council has a veto."),
        (
            {"body": "GA", "requirement": "security-council-procedural"},
            "This is a requirement of the Security Council.",
        ),
        (
            {"body": "GA", "meeting": "A/79/PV.54", "ordinal": 1},
            "a-motion already has this place in the meeting.",
        ),
        ({"body": "GA", "slug": "a-motion"}, "Roll call with this Slug already exists."),
        (
            {"body": "GA", "method": "without-vote", "announced_yes": 1},
            "A text adopted without a vote has no totals.",
        ),
        ({"body": "GA", "date": "2024-02-30"}, "Enter a valid date."),
    ],
)
def test_facts_that_contradict_each_other_are_refused(
    editor: Client, world: World, values: dict[str, Any], message: str
):
    world.roll_call(meeting="A/79/PV.54", ordinal=1)
    keys = {
        "GA": world.assembly.pk,
        "SC": world.council.pk,
        "79": world.session.pk,
        "A/RES/79/999": world.resolution().pk,
    }
    data = facts(world, title="Another motion") | {
        name: keys.get(value, value) if isinstance(value, str) else value for name, value in values.items()
    }

    assert message in errors(page(editor.post(ADD, data)))
    assert RollCall.objects.filter(status=Status.DRAFT).count() == 1


def test_a_second_decisive_roll_call_is_refused(editor: Client, world: World):
    first = draft(world)
    second = world.roll_call("second", resolution=first.resolution)

    assert refused(editor, second, {"decisive": "on"}) == ["Another roll call of this resolution is the decisive one."]


def test_only_a_roll_call_of_a_text_decides_one(editor: Client, world: World):
    assert refused(editor, world.roll_call(), {"decisive": "on"}) == [
        "Only a roll call of a resolution can decide one."
    ]


def test_a_vote_of_a_state_that_is_no_member_is_refused(editor: Client, world: World):
    roll_call = draft(world)

    assert refused(editor, roll_call, votes({"SUN": "Y", "FRA": "Q"})) == [
        "No choice among Y, N, A and X: FRA.",
        "Not members of the General Assembly on 2024-12-17: SUN. Check the date, or the memberships of the body.",
    ]
    assert not roll_call.votes.exists()


def test_a_date_on_which_some_had_no_seat_is_refused_and_nothing_is_lost(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"SSD": "A", "USA": "N"})
    data = fields(page(editor.get(url(roll_call)))) | {"date": "2010-01-01"}

    answer = page(editor.post(url(roll_call), data))

    assert errors(answer) == [
        "Not members of the General Assembly on 2010-01-01: SSD. Check the date, or the memberships of the body."
    ]
    first, *others = answer.select("[role=radiogroup]")
    assert first.select_one(".sheet-warning").text == "not a member on this date"
    assert first.select_one("input[checked]")["name"] == "votes-SSD"
    assert first.select_one("input[checked]")["value"] == "A"
    assert len(others) == 192
    assert dict(roll_call.votes.values_list("state__code", "choice")) == {"SSD": "A", "USA": "N"}


def test_votes_are_not_dropped_for_a_method_that_has_none(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})

    assert refused(editor, roll_call, {"method": "non-recorded"}) == [
        "No votes by member state can be recorded where the method is “non-recorded vote (totals only)”."
    ]


def test_publishing_without_votes_is_refused(editor: Client, world: World):
    roll_call = draft(world)
    message = "a-res-79-999 has no votes yet. Enter them, or choose a method that records totals only."

    assert refused(editor, roll_call, {"status": "published"}) == [message]
    acted = editor.post(LIST, {"action": "publish", "_selected_action": [roll_call.pk]})
    assert said(acted) == [message]
    roll_call.refresh_from_db()
    assert roll_call.status == Status.DRAFT


def test_a_published_roll_call_keeps_its_votes(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    publish(roll_calls=[roll_call])

    assert refused(editor, roll_call, votes({"USA": ""}) | {"reason": "A mistake."}) == [
        "a-res-79-999 has no votes yet. Enter them, or choose a method that records totals only."
    ]


def test_votes_that_someone_else_changed_meanwhile_are_not_overwritten_unseen(editor: Client, world: World):
    roll_call = draft(world)
    data = fields(page(editor.get(url(roll_call)))) | votes({"FRA": "Y"})
    record_votes(roll_call=roll_call, choices={"USA": "N"})

    answer = page(editor.post(url(roll_call), data))

    [error] = errors(answer)
    assert error == (
        "Someone else changed these votes since you opened this page. "
        "Your entries are below and not saved yet; saving again replaces theirs."
    )
    assert dict(roll_call.votes.values_list("state__code", "choice")) == {"USA": "N"}
    editor.post(url(roll_call), fields(answer))
    assert dict(roll_call.votes.values_list("state__code", "choice")) == {"FRA": "Y"}


def test_a_form_that_was_cut_short_leaves_the_votes(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    data = fields(page(editor.get(url(roll_call))))

    editor.post(url(roll_call), {k: v for k, v in data.items() if not k.startswith("votes")} | {"note": "X"})

    assert RollCall.objects.get(pk=roll_call.pk).note == "X"
    assert roll_call.votes.count() == 1


# Publication


def test_roll_calls_are_published_and_unpublished_from_the_list(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})

    acted = editor.post(LIST, {"action": "publish", "_selected_action": [roll_call.pk]})
    assert said(acted) == ["1 roll call published.", "Also published: A/RES/79/999."]
    assert RollCall.objects.published().filter(pk=roll_call.pk).exists()

    action = {"action": "unpublish", "_selected_action": [roll_call.pk]}
    asked = fields(page(editor.post(LIST, action)))
    assert RollCall.objects.published().filter(pk=roll_call.pk).exists()
    acted = editor.post(LIST, asked | {"reason": "The meeting was another."})
    assert said(acted)[-1] == "1 roll call unpublished."
    assert not RollCall.objects.published().filter(pk=roll_call.pk).exists()
    assert LogEntry.objects.count() == 2


def test_a_text_with_published_roll_calls_stays_published(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    publish(roll_calls=[roll_call])
    why = "This text has published roll calls, which need it: a-res-79-999. Unpublish them first."

    text = url(text_of(roll_call))
    data = fields(page(editor.get(text)))
    data["reason"] = "A mistake."
    assert errors(page(editor.post(text, data | {"status": "draft"}))) == [why]
    acted = editor.post(list_url(Resolution), {"action": "unpublish", "_selected_action": [text_of(roll_call).pk]})
    assert said(acted) == [f"A/RES/79/999: {why}"]
    assert errors(page(editor.post(text, data | {"body": world.council.pk}))) == [
        "This text has roll calls of another body. Change them first.",
        "This is a session of the General Assembly.",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_only_the_database_sees_is_a_message_and_nothing_is_saved(editor: Client, world: World, monkeypatch):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    publish(roll_calls=[roll_call])
    text = url(text_of(roll_call))
    data = fields(page(editor.get(text))) | {"status": "draft"}
    # As if another editor published the roll call right after the form was checked.
    monkeypatch.setattr("resolutions.admin.resolutions.ResolutionForm.clean", lambda form: form.cleaned_data)

    answer = editor.post(text, data)

    assert answer["Location"] == text
    assert said(answer)[-1] == (
        "Nothing was saved. The database refused it: "
        "A published roll call needs its resolution published, and by the same body."
    )
    assert Resolution.objects.get(pk=text_of(roll_call).pk).status == Status.PUBLISHED


def test_the_permanent_name_is_shown_and_not_entered(editor: Client, world: World):
    roll_call = draft(world)
    data = fields(page(editor.get(url(roll_call))))
    assert "slug" not in data

    editor.post(url(roll_call), data | {"slug": "another"})

    roll_call.refresh_from_db()
    assert roll_call.slug == "a-res-79-999"


# Texts and their symbols


@pytest.mark.parametrize("spelling", ["A/RES/79/999", "a/res/79/999 ", "R/79/999"])
def test_one_text_a_symbol_whatever_the_spelling(editor: Client, world: World, spelling: str):
    world.resolution()
    other = world.resolution("A/RES/79/998")
    data = fields(page(editor.get(url(other)))) | {"symbol": spelling}

    assert errors(page(editor.post(url(other), data))) == ["Another resolution already has this symbol."]


def test_a_public_symbol_that_is_changed_goes_on_leading_to_its_text(editor: Client, world: World):
    resolution = world.resolution("A/RES/79/998")
    Resolution.objects.filter(pk=resolution.pk).update(status="published")
    changed = {"symbol": "A/RES/79/997", "reason": "A misprint."}
    editor.post(url(resolution), fields(page(editor.get(url(resolution)))) | changed)

    moved = editor.get("/resolutions/A/RES/79/998")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/resolutions/A/RES/79/997")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("choice", "intended", "told"),
    [
        ("Y", "Y", "This is how its vote is recorded."),
        ("", "Y", "It has no vote in this roll call to correct."),
    ],
)
def test_a_correction_is_of_a_vote_and_to_another(choice: str, intended: str, told: str):
    state = make_state()
    roll_call = make_roll_call(votes={state.code: choice} if choice else {})
    with pytest.raises(ValidationError, match=told):
        Correction(roll_call=roll_call, state=state, intended=intended).full_clean()


@pytest.mark.parametrize("symbol", ["1A" * 50, "S/" + "1/" * 48 + "1", "ß" * 100, "ﬃ" * 100])
def test_the_longest_symbol_has_room_for_what_is_derived_from_it(editor: Client, world: World, symbol: str):
    resolution = world.resolution()
    data = fields(page(editor.get(url(resolution)))) | {"symbol": symbol}
    editor.post(url(resolution), data)

    resolution.refresh_from_db()
    assert resolution.symbol.upper() == symbol.upper()


def test_other_symbols_are_told_apart_by_what_they_spell(editor: Client, world: World):
    OtherSymbol.objects.create(resolution=world.resolution("A/RES/79/998"), symbol="A/79/L.7", kind="variant")
    resolution = world.resolution()
    data = fields(page(editor.get(url(resolution)))) | {"other_symbols-TOTAL_FORMS": "3"}
    for number, (symbol, kind) in enumerate([("A/79/L.8", "draft"), ("a/79/l.8", "draft"), ("A/79/L.7", "variant")]):
        data |= {f"other_symbols-{number}-symbol": symbol, f"other_symbols-{number}-kind": kind}

    assert errors(page(editor.post(url(resolution), data))) == [
        "This text already has this symbol.",
        "This spelling already belongs to another text.",
    ]


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


def test_a_resolution_is_picked_by_any_spelling(editor: Client, world: World):
    resolution = world.resolution()

    answer = editor.get(
        "/admin/autocomplete/",
        {"term": "r/79/999", "app_label": "votes", "model_name": "rollcall", "field_name": "resolution"},
    )

    assert answer.json()["results"] == [{"id": str(resolution.pk), "text": "A/RES/79/999"}]


# Lists, and what is only looked at


def test_every_model_is_registered():
    assert not [model for model in MODELS if not admin.site.is_registered(model)]


def one_of_each(world: World) -> None:
    """Write a row of each model that the reference facts have none of."""
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    OtherSymbol.objects.create(resolution=text_of(roll_call), symbol="A/79/L.5")
    Correction.objects.create(roll_call=roll_call, state=MemberState.objects.get(code="USA"), intended="A")
    Statement.objects.create(
        roll_call=roll_call,
        source=roll_call.source,
        format="ga-voting",
        reference="1",
        symbol_key="A-RES-79-999",
        facts={},
    )
    SourceCorrection.objects.create(
        roll_call=roll_call, source=roll_call.source, fact="USA", old="Y", new="N", reason="Why", document="A/79/PV.1"
    )
    now = timezone.now()
    ImportRun.objects.create(
        format="ga-voting",
        by_name="usa",
        started=now,
        finished=now,
        files=[{"name": "a-res-79-999.csv", "sha256": "0" * 64, "rows": 1}],
    )
    RetiredAddress.objects.create(slug="usa-a-res-79-999", kind="withdrawn", reason="Twice.", roll_call=roll_call)
    Finding.objects.create(
        kind="no-votes", key="no-votes:a-res-79-999", origin="record", roll_call=roll_call, found=now
    )
    with because(by_name="usa", reason="a-res-79-999"):
        MemberState.objects.filter(code="USA").update(note="A change to published data.")
    fit = IdealPointFit.objects.create(
        fitted_at=now,
        data_version=1,
        digest="0" * 32,
        model="a model",
        settings={},
        iterations=1,
        converged=True,
        change=0,
        bound=0,
        roll_calls=1,
        items=1,
        states=1,
        votes=1,
    )
    usa = MemberState.objects.get(code="USA")
    IdealPoint.objects.create(fit=fit, state=usa, session=79, estimate=1, standard_error=0.1, votes=1)
    CutPoint.objects.create(fit=fit, roll_call=roll_call, session=79, discrimination=1, lower=0, upper=0, roll_calls=1)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_is_shown_searched_and_filtered(editor: Client, world: World, model: type[Model]):
    one_of_each(world)

    shown = page(editor.get(list_url(model)))

    assert shown.select("#result_list tbody tr")
    assert shown.select_one("#searchbar")
    page(editor.get(list_url(model), {"q": "usa a-res-79-999"}))
    for link in shown.select("#changelist-filter a")[:12]:
        page(editor.get(list_url(model) + link["href"]))


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_a_bounded_number_of_queries(
    editor: Client, world: World, model: type[Model], django_assert_max_num_queries
):
    draft(world)
    with django_assert_max_num_queries(14):
        page(editor.get(list_url(model)))


@pytest.mark.parametrize("model", MODELS)
def test_every_page_of_one_record_is_shown(editor: Client, world: World, model: type[Model]):
    one_of_each(world)
    instance = model._default_manager.order_by("pk").first()

    page(editor.get(url(instance)))


def test_a_list_of_differing_figures(editor: Client, world: World):
    roll_call = draft(world, announced_yes=1, announced_no=1)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    world.roll_call("empty")

    def listed(**query: str) -> list[str]:
        rows = page(editor.get(LIST, {"status__exact": "draft", **query})).select("#result_list tbody tr")
        return [row.select_one(".field-slug").text for row in rows]

    assert listed(figures="differ") == ["a-res-79-999"]
    assert listed(figures="none") == ["empty"]


@pytest.mark.parametrize("term", ["usa a-res-79-999", "A/RES/79/999 USA", "USA a-res-79"])
def test_a_vote_is_found_by_state_and_roll_call(editor: Client, world: World, term: str):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N", "FRA": "Y"})

    rows = page(editor.get(list_url(Vote), {"q": term})).select("#result_list tbody tr")

    assert [row.get_text(" ") for row in rows] == ["United States Against a-res-79-999"]


@pytest.mark.parametrize("model", [Tally, Vote])
def test_votes_and_tallies_are_looked_at_only(editor: Client, world: World, model: type[Model]):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    instance = model._default_manager.get(roll_call=roll_call)

    assert editor.get(list_url(model) + "add/").status_code == 403
    assert editor.post(url(instance), {"yes": 5, "choice": "Y"}).status_code == 403
    assert editor.post(url(instance, "delete"), {"post": "yes"}).status_code == 403
    assert not page(editor.get(url(instance))).select("input[name=_save]")
    assert not page(editor.get(list_url(model))).select("option[value=delete_selected]")


def test_who_may_only_look_sees_the_votes_as_text(client: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N", "FRA": "Y"})
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_rollcall"))
    client.force_login(reader)

    shown = page(client.get(url(roll_call)))

    assert shown.select_one(".field-votes .readonly").text == "In favour: FranceAgainst: United States"
    assert client.post(url(roll_call), votes({"USA": "Y"})).status_code == 403


# Deleting


def test_a_draft_goes_with_its_votes(editor: Client, world: World):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices={"USA": "N"})
    asked = page(editor.get(url(roll_call, "delete"))).text
    assert "Votes: 1" in asked

    editor.post(url(roll_call, "delete"), {"post": "yes"})

    assert not RollCall.objects.filter(pk=roll_call.pk).exists()


@pytest.mark.parametrize("by", ["page", "list"])
def test_what_others_stand_on_is_not_deleted_and_the_page_counts_them(editor: Client, world: World, by: str):
    roll_call = draft(world)
    france = MemberState.objects.get(code="FRA")
    for instance, held_by in ((text_of(roll_call), "1 roll call"), (france, f"{france.votes.count()} votes")):
        where = url(instance, "delete") if by == "page" else list_url(type(instance))
        data: dict[str, Any] = {"post": "yes"}
        if by == "list":
            data |= {"action": "delete_selected", "_selected_action": [instance.pk]}
        assert held_by in page(editor.post(where, data)).text
        assert type(instance)._default_manager.filter(pk=instance.pk).exists()


# States and blocs


def test_overlapping_seats_are_refused_on_the_page(editor: Client, world: World):
    state = MemberState.objects.get(code="IDN")
    data = fields(page(editor.get(url(state))))
    assert data["body_memberships-INITIAL_FORMS"] == str(state.body_memberships.count())
    count = int(data["body_memberships-TOTAL_FORMS"])
    for number, (since, until) in enumerate((("2050-01-01", "2052-01-01"), ("2051-01-01", ""))):
        data |= {
            f"body_memberships-{count + number}-body": str(world.council.pk),
            f"body_memberships-{count + number}-since": since,
            f"body_memberships-{count + number}-until": until,
            f"body_memberships-{count + number}-since_precision": "day",
            f"body_memberships-{count + number}-until_precision": "day",
        }
    data["body_memberships-TOTAL_FORMS"] = str(count + 2)

    assert errors(page(editor.post(url(state), data))) == ["These dates overlap those of another row."]
    assert not BodyMembership.objects.filter(since__year__gte=2050).exists()


def test_a_state_is_added_then_its_seats(editor: Client, world: World):
    added = editor.post("/admin/votes/memberstate/add/", {"code": "ZZZ", "name": "Ruritania", "_continue": "1"})

    state = MemberState.objects.get(code="ZZZ")
    assert added["Location"] == url(state)
    assert page(editor.get(added["Location"])).select("#body_memberships-group")


def test_the_largest_bloc_is_shown_in_few_queries_and_few_fields(
    editor: Client, world: World, django_assert_max_num_queries
):
    bloc = max(Bloc.objects.all(), key=lambda bloc: bloc.memberships.count())

    with django_assert_max_num_queries(20):
        shown = page(editor.get(url(bloc)))

    assert len(fields(shown)) < 500
    assert editor.post(url(bloc), fields(shown))["Location"] == list_url(Bloc)


# How much it takes


@pytest.mark.parametrize("count", [1, 193])
def test_the_page_takes_as_many_queries_for_193_votes_as_for_one(
    editor: Client, world: World, count: int, django_assert_max_num_queries
):
    roll_call = draft(world)
    record_votes(roll_call=roll_call, choices=dict.fromkeys(world.codes[:count], "Y"))
    with django_assert_max_num_queries(20):
        shown = page(editor.get(url(roll_call)))
    data = fields(shown) | votes(dict.fromkeys(world.codes[:count], "N"))

    with django_assert_max_num_queries(55):
        editor.post(url(roll_call), data)

    assert RollCall.objects.get(pk=roll_call.pk).tally.no == count
