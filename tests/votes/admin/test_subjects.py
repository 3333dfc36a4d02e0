"""The subjects of a text in the admin: picked from those on record or new, and the topics that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from resolutions.models import Resolution, Topic
from tests.votes.admin.pages import errors, fields, messages, new_text, page, url
from votes.reports.history import history_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.votes.conftest import World

ADD = "/admin/resolutions/resolution/add/"
CUBA = "CUBA--UNITED STATES"
TREATIES = "NUCLEAR WEAPON TESTS--TREATIES--SIGNATURES, ACCESSIONS, RATIFICATIONS"


@pytest.fixture
def known(world: World) -> Resolution:
    """Return a draft text with two subjects, which are those on record."""
    return world.resolution("A/RES/79/7", subjects=[CUBA, TREATIES])


def subjects_of(soup: Any) -> list[str]:
    """Return what the fields of the subjects have."""
    return [field["value"] for field in soup.select("input[name=subjects]")]


def change(editor: Client, text: Resolution, subjects: list[str], **others: Any) -> Any:
    """Send the page of a text with these subjects; return the answer."""
    return editor.post(url(text), {**fields(page(editor.get(url(text)))), "subjects": subjects, **others})


def test_each_subject_field_suggests_headings_on_record(editor: Client, known: Resolution):
    shown = page(editor.get(url(known)))

    assert subjects_of(shown) == [CUBA, TREATIES, "", "", ""]
    (options,) = shown.select("datalist")
    assert {field["list"] for field in shown.select("input[name=subjects]")} == {options["id"]}
    assert [(option["value"], option.text) for option in options.select("option")] == [
        (CUBA, "Cuba–United States"),
        (TREATIES, "Nuclear weapon tests–Treaties–Signatures, accessions, ratifications"),
    ]
    names = [field["aria-label"] for field in shown.select("input[name=subjects]")]
    assert names == [f"Subject {number}" for number in range(1, 6)]


def test_subjects_are_removed_and_added_in_any_spelling(editor: Client, world: World, known: Resolution):
    other = world.resolution("A/RES/79/8")
    sent = ["", " nuclear weapon  tests–treaties–Signatures, accessions, ratifications ", "PEACE--EDUCATION", ""]

    assert change(editor, other, sent).status_code == 302

    other.refresh_from_db()
    assert other.subjects == [TREATIES, "PEACE--EDUCATION"]
    assert "peace--education" in other.search_text
    assert list(Resolution.objects.filter(search="education")) == [other]


NEW = "To add it, write it as the UN Digital Library does, in capitals with “--” between its parts:"


@pytest.mark.parametrize(
    ("sent", "problems"),
    [
        ([CUBA, "Cuba–United States"], [f"“{CUBA}” is listed twice. Remove one of the two."]),
        (["PEACE", "PEACE"], ["“PEACE” is listed twice. Remove one of the two."]),
        (
            ["Peace–Education", "Fish"],
            [f"Unknown heading: “Peace–Education”. {NEW} PEACE--EDUCATION", f"Unknown heading: “Fish”. {NEW} FISH"],
        ),
        (["WAR|PEACE"], [f"Unknown heading: “WAR|PEACE”. {NEW} WAR PEACE"]),
        (["--"], ["“--” is not a heading: it has no letters."]),
    ],
)
def test_invalid_subjects_are_errors_beside_the_field_and_kept_in_it(
    editor: Client, known: Resolution, sent: list[str], problems: list[str]
):
    answer = page(change(editor, known, sent))

    assert errors(answer) == problems
    assert subjects_of(answer) == [*sent, "", "", ""]
    known.refresh_from_db()
    assert known.subjects == [CUBA, TREATIES]


def test_unchanged_save_changes_nothing(editor: Client, known: Resolution):
    Resolution.objects.update(status="published")
    assert change(editor, known, [CUBA, TREATIES, "", "", ""]).status_code == 302
    known.refresh_from_db()
    assert known.subjects == [CUBA, TREATIES]


def test_a_public_text_changes_with_a_reason_that_the_history_tells(editor: Client, record: None):
    text = Resolution.objects.get(symbol="A/RES/ES-11/7")
    roll_call = text.roll_calls.get()
    assert errors(page(change(editor, text, ["APARTHEID"]))) == ["This has been public. Enter a reason for the change."]

    answer = change(editor, text, ["UKRAINE--POLITICAL CONDITIONS", "WOMEN, PEACE"], reason="Misfiled.")

    assert answer.status_code == 302
    (entry,) = history_of(roll_call, {}).entries
    assert (entry.who, entry.reason) == ("an editor", "Misfiled.")
    assert [(one.label, one.before, one.after) for one in entry.changes] == [
        ("subjects of the text", "none", "Ukraine–Political conditions · Women, peace")
    ]
    shown = page(Client().get(f"/roll-calls/{roll_call.slug}/history/"))
    cells = [cell.text for cell in shown.select("table.changes tbody tr > *")]
    assert cells == ["Subjects of the text", "none", "Ukraine–Political conditions · Women, peace"]
    rows = Client().get(f"/roll-calls/{roll_call.slug}/history.csv").content.decode()
    assert rows.endswith('resolution,subjects,,"UKRAINE--POLITICAL CONDITIONS|WOMEN, PEACE"\r\n')
    assert page(editor.get(url(roll_call, "history"))).select("#published-changes")


def test_history_lists_illegible_choices_by_state_code(record: None):
    text = Resolution.objects.get(symbol="A/RES/ES-11/7")
    text.roll_calls.update(not_legible=["PAK", "VEN"])
    (entry,) = history_of(text.roll_calls.get(), {}).entries
    assert [(one.label, one.before, one.after) for one in entry.changes] == [("illegible", "none", "PAK, VEN")]


def test_new_text_without_topics_gets_those_of_the_rules_with_a_message(editor: Client, world: World):
    answer = editor.post(ADD, new_text(world, subjects=["APARTHEID"], agenda="Question of Palestine"))

    text = Resolution.objects.get(symbol="A/RES/79/999")
    names = list(text.topics.values_list("name", flat=True))
    assert names == ["Apartheid and southern Africa", "Israel and the Palestinians"]
    assert messages(answer)[0] == (
        "Topics chosen from the title, agenda item and subjects: Apartheid and southern Africa; Israel and "
        "the Palestinians. You can change them on the page of the text."
    )


def test_a_choice_of_topics_is_never_changed(editor: Client, world: World):
    chosen = Topic.objects.get(slug="sanctions")
    answer = editor.post(ADD, new_text(world, subjects=["APARTHEID"], topics=[chosen.pk]))
    text = Resolution.objects.get(symbol="A/RES/79/999")
    assert [*text.topics.all()] == [chosen]
    assert not [message for message in messages(answer) if "Topics" in message]

    shown = page(editor.get(url(text)))
    assert "Other topics that match the title, agenda item and subjects: Apartheid and southern Africa." in shown.text
    # An editor may want none.
    assert change(editor, text, ["APARTHEID"], topics=[]).status_code == 302
    assert not text.topics.exists()
    assert change(editor, text, ["APARTHEID"], topics=[], title="Apartheid once more").status_code == 302
    assert not text.topics.exists()


def test_no_message_about_topics_where_no_rule_matches(editor: Client, world: World):
    answer = editor.post(ADD, new_text(world, title="Quux"))
    assert not Resolution.objects.get(symbol="A/RES/79/999").topics.exists()
    assert len(messages(answer)) == 1


def test_a_text_entered_with_its_vote_has_subjects_and_topics_too(editor: Client, world: World):
    address = reverse("admin:votes_rollcall_new") + "?body=GA&date=2024-12-17"
    data = {
        **fields(page(editor.get(address))),
        "text-symbol": "A/RES/79/999", "text-title": "Peace", "text-subjects": ["", CUBA],
    }  # fmt: skip

    answer = editor.post(address, data)

    assert answer.status_code == 302
    text = Resolution.objects.get(symbol="A/RES/79/999")
    assert text.subjects == [CUBA]
    assert {*text.topics.values_list("slug", flat=True)} == {"latin-america", "sanctions"}
    assert messages(answer)[0].startswith("Topics chosen from the title, agenda item and subjects: Latin America")
    refused = page(editor.post(address, {**data, "text-symbol": "A/RES/79/998", "text-subjects": ["Fish", ""]}))
    assert errors(refused)[0].startswith("Unknown heading: “Fish”.")


def test_query_count_does_not_grow_with_headings(
    editor: Client, world: World, known: Resolution, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for number in range(30):
        world.resolution(f"A/RES/79/{number + 100}", subjects=[f"HEADING {number}"])
    with django_assert_max_num_queries(21):
        editor.get(url(known))
