"""An editor enters texts and their symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resolutions.models import OtherSymbol, Resolution, Status
from tests.votes.admin.pages import draft, errors, fields, list_url, messages, new_text, page, text_of, url
from votes.editing.publishing import publish

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World


def test_a_resolution_is_added_from_the_page_of_its_roll_call(editor: Client, world: World):
    data = new_text(world, symbol="a/res/79/999", _popup="1")
    data |= {"other_symbols-TOTAL_FORMS": "1", "other_symbols-0-symbol": "A/79/L.999", "other_symbols-0-kind": "draft"}

    added = editor.post("/admin/resolutions/resolution/add/?_to_field=id&_popup=1", data)

    resolution = Resolution.objects.get(symbol="A/RES/79/999")
    assert added.status_code == 200
    assert f"&quot;value&quot;: &quot;{resolution.pk}&quot;" in added.content.decode()
    assert resolution.other_symbols.get().symbol == "A/79/L.999"


def test_a_text_with_published_roll_calls_stays_published(editor: Client, world: World):
    roll_call = draft(world, {"USA": "N"})
    publish(roll_calls=[roll_call])
    why = "This text has published roll calls: a-res-79-999. Unpublish them first."

    text = url(text_of(roll_call))
    data = fields(page(editor.get(text)))
    data["reason"] = "A mistake."
    assert errors(page(editor.post(text, data | {"status": "draft"}))) == [why]
    acted = editor.post(list_url(Resolution), {"action": "unpublish", "_selected_action": [text_of(roll_call).pk]})
    assert messages(acted) == [f"A/RES/79/999: {why}"]
    assert errors(page(editor.post(text, data | {"body": world.council.pk}))) == [
        "This text has roll calls of another body. Change them first.",
        "This session belongs to the General Assembly.",
    ]


@pytest.mark.django_db(transaction=True)
def test_error_of_the_database_is_a_message_and_nothing_is_saved(
    editor: Client, world: World, monkeypatch: pytest.MonkeyPatch
):
    roll_call = draft(world, {"USA": "N"})
    publish(roll_calls=[roll_call])
    text = url(text_of(roll_call))
    data = fields(page(editor.get(text))) | {"status": "draft"}
    # As if another editor published the roll call right after the form was checked.
    monkeypatch.setattr("resolutions.admin.resolutions.ResolutionForm.clean", lambda form: form.cleaned_data)

    answer = editor.post(text, data)

    assert answer["Location"] == text
    assert messages(answer)[-1] == (
        "Nothing was saved: A roll call can be published only if its resolution is published and belongs "
        "to the same body."
    )
    assert Resolution.objects.get(pk=text_of(roll_call).pk).status == Status.PUBLISHED


@pytest.mark.parametrize("spelling", ["A/RES/79/999", "a/res/79/999 ", "R/79/999"])
def test_second_text_with_another_spelling_of_a_symbol_is_refused(editor: Client, world: World, spelling: str):
    world.resolution()
    other = world.resolution("A/RES/79/998")
    data = fields(page(editor.get(url(other)))) | {"symbol": spelling}

    assert errors(page(editor.post(url(other), data))) == ["Another resolution already has this symbol."]


def test_changed_public_symbol_still_leads_to_its_text(editor: Client, world: World):
    resolution = world.resolution("A/RES/79/998")
    Resolution.objects.filter(pk=resolution.pk).update(status="published")
    changed = {"symbol": "A/RES/79/997", "reason": "A misprint."}
    editor.post(url(resolution), fields(page(editor.get(url(resolution)))) | changed)

    moved = editor.get("/resolutions/A/RES/79/998")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/resolutions/A/RES/79/997")


@pytest.mark.parametrize("symbol", ["1A" * 50, "S/" + "1/" * 48 + "1", "ß" * 100, "ﬃ" * 100])
def test_longest_symbol_fits_the_derived_fields(world: World, symbol: str):
    resolution = world.resolution()
    resolution.symbol = symbol
    resolution.save()

    resolution.refresh_from_db()
    assert resolution.symbol.upper() == symbol.upper()


def test_other_symbols_are_compared_in_normalised_spelling(editor: Client, world: World):
    OtherSymbol.objects.create(resolution=world.resolution("A/RES/79/998"), symbol="A/79/L.7", kind="variant")
    resolution = world.resolution()
    data = fields(page(editor.get(url(resolution)))) | {"other_symbols-TOTAL_FORMS": "3"}
    for number, (symbol, kind) in enumerate([("A/79/L.8", "draft"), ("a/79/l.8", "draft"), ("A/79/L.7", "variant")]):
        data |= {f"other_symbols-{number}-symbol": symbol, f"other_symbols-{number}-kind": kind}

    assert errors(page(editor.post(url(resolution), data))) == [
        "This text already has this symbol.",
        "This spelling already belongs to another text.",
    ]


def test_a_resolution_is_picked_by_any_spelling(editor: Client, world: World):
    resolution = world.resolution()

    answer = editor.get(
        "/admin/autocomplete/",
        {"term": "r/79/999", "app_label": "votes", "model_name": "rollcall", "field_name": "resolution"},
    )

    assert answer.json()["results"] == [{"id": str(resolution.pk), "text": "A/RES/79/999"}]
