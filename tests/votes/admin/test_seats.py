"""An editor changes the seats of a body as one table, and takes them over from CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from resolutions.models import Body
from tests.factories import make_body
from tests.votes.admin.pages import page
from votes.models import BodyMembership, HistoryEvent, MemberState

if TYPE_CHECKING:
    from django.test import Client

    from tests.votes.conftest import World

PAGE = "/admin/votes/bodymembership/of/HRC/"
NEW = "state,since,until\nNOR,2027-01-01,2030-01-01\nSweden,2027-01-01,\n"


@pytest.fixture
def council(world: World) -> Body:
    """Return the Human Rights Council with two members."""
    body = Body.objects.create(code="HRC", name="Human Rights Council", symbol_prefix="A/HRC/")
    for key, code, until in ((1234567, "FRA", "2024-01-01"), (1234568, "CUB", None)):
        state = MemberState.objects.get(code=code)
        BodyMembership.objects.create(pk=key, body=body, state=state, since="2021-01-01", until=until)
    return body


def seats(body: Body) -> list[tuple[str, str, str]]:
    """Return the seats of a body: state, since, until."""
    rows = BodyMembership.objects.filter(body=body).order_by("state__code", "since")
    return [
        (code, str(since), str(until or "")) for code, since, until in rows.values_list("state__code", "since", "until")
    ]


def sent(client: Client, **data: Any) -> Any:
    return page(client.post(PAGE, {"preview": "1", **data}))


def told(shown: Any) -> list[str]:
    """Return the problems that a page tells."""
    return [" ".join(item.get_text().split()) for item in shown.select("#problems li")]


def changes(shown: Any) -> list[list[str]]:
    """Return the changes of the preview: state, before, after."""
    rows = shown.select(".seats-changes tbody tr")
    return [[" ".join(cell.get_text().split()) for cell in row.select("th, td")] for row in rows]


def saved(client: Client, shown: Any, **data: Any) -> Any:
    """Send what was previewed again, to be saved."""
    previewed = shown.select("[name=previewed]")[0]["value"]
    return client.post(PAGE, {"save": "1", "previewed": previewed, **data})


def test_csv_is_previewed_and_then_saved_with_a_reason(editor: Client, council: Body):
    shown = sent(editor, text=NEW)
    assert changes(shown) == [
        ["Norway", "–", "1 January 2027 to 31 December 2029"],
        ["Sweden", "–", "since 1 January 2027"],
    ]
    assert len(seats(council)) == 2, "a preview saves nothing"

    again = page(saved(editor, shown, text=NEW))
    assert "Enter a reason for the change." in again.get_text()
    assert len(seats(council)) == 2

    assert saved(editor, shown, text=NEW, reason="Elections of October 2026").status_code == 302
    assert ("NOR", "2027-01-01", "2030-01-01") in seats(council)


def test_uploaded_file_is_kept_for_saving_and_changes_an_end(editor: Client, council: Body):
    content = "﻿country;since;until\r\nCUB;2021-01-01;2026-01-01\r\n".encode()
    shown = sent(editor, file=SimpleUploadedFile("seats.csv", content))
    assert changes(shown) == [["Cuba", "since 1 January 2021", "1 January 2021 to 31 December 2025"]]
    saved(editor, shown, text=shown.select("#id_text")[0].get_text(), reason="Its term ended")
    assert ("CUB", "2021-01-01", "2026-01-01") in seats(council)
    event = HistoryEvent.objects.filter(kind="seat").latest("pk")
    assert event.revision.reason == "Its term ended"


def test_table_changes_removes_and_adds(editor: Client, council: Body):
    dates = page(editor.get(PAGE)).select("form[method=post] input[type=date]")
    entered = {field["name"]: field.get("value", "") for field in dates}
    assert (entered["until-1234567"], entered["until-1234568"]) == ("2024-01-01", "")
    data = {**entered, "until-1234568": "2027-01-01", "remove-1234567": "on"}
    data |= {"state-0": "nor", "new-since-0": "2024-01-01"}
    shown = sent(editor, **data)
    assert [change[0] for change in changes(shown)] == ["Cuba", "France", "Norway"]
    saved(editor, shown, **data, reason="By the list")
    assert seats(council) == [("CUB", "2021-01-01", "2027-01-01"), ("NOR", "2024-01-01", "")]


def test_complete_csv_removes_the_rest(editor: Client, council: Body):
    shown = sent(editor, text=NEW, is_complete="on")
    assert [(name, after) for name, _before, after in changes(shown)][:2] == [
        ("Cuba", "removed"),
        ("France", "removed"),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("NRO,2027-01-01,", "Line 2: unknown state “NRO”. Did you mean"),
        (",2027-01-01,", "Line 2: the state is missing. Enter its code, such as NOR."),
        ("NOR,1.1.2027,", "Line 2: “1.1.2027” is not a date; dates look like 2026-01-31."),
        ("NOR,,", "Line 2: the first day is missing. Enter a date, such as 2026-01-31."),
        ("NOR,2027-01-01,2026-01-01", "Line 2: the seat ends before it begins."),
        ("CUB,2025-01-01,", "Line 2: Cuba already has a seat at that time (since 1 January 2021)."),
    ],
)
def test_wrong_line_is_named_and_nothing_can_be_saved(editor: Client, council: Body, line: str, problem: str):
    shown = sent(editor, text=f"state,since,until\n{line}\n")
    assert [one.startswith(problem) for one in told(shown)] == [True], told(shown)
    assert not shown.select("[name=save]")
    assert line in shown.select("#id_text")[0].get_text(), "what was typed is kept"


def test_header_without_a_column_is_refused(editor: Client, council: Body):
    assert told(sent(editor, text="state,since\nNOR,2027-01-01\n")) == [
        "The first line lacks the column until. The columns are state, since and until."
    ]


def test_change_in_between_is_not_overwritten(editor: Client, council: Body):
    text = "CUB,2021-01-01,2026-01-01"
    shown = sent(editor, text=text)
    BodyMembership.objects.filter(body=council, state__code="CUB").update(until="2025-01-01")
    again = page(saved(editor, shown, text=text, reason="Its term ended"))
    assert changes(again) == [["Cuba", "1 January 2021 to 31 December 2024", "1 January 2021 to 31 December 2025"]]
    assert ("CUB", "2021-01-01", "2025-01-01") in seats(council), "what was not previewed is not saved"


def test_adjacent_seats_can_move_their_common_boundary(editor: Client, council: Body):
    france = MemberState.objects.get(code="FRA")
    BodyMembership.objects.create(body=council, state=france, since="2024-01-01")
    first, second = BodyMembership.objects.filter(body=council, state=france).order_by("since")
    for boundary in ("2025-01-01", "2023-01-01"):
        data = {f"since-{first.pk}": "2021-01-01", f"until-{first.pk}": boundary}
        data |= {f"since-{second.pk}": boundary, f"until-{second.pk}": ""}
        shown = sent(editor, **data)
        assert saved(editor, shown, **data, reason="Corrected").status_code == 302
        assert [row[1:] for row in seats(council) if row[0] == "FRA"] == [("2021-01-01", boundary), (boundary, "")]


def test_assembly_shows_its_members_of_a_day_in_few_queries(
    editor: Client, council: Body, django_assert_max_num_queries
):
    make_body("GA")
    with django_assert_max_num_queries(20):
        shown = page(editor.get("/admin/votes/bodymembership/of/GA/?on=2024-06-01"))
    assert len(shown.select("input[name^=since-]")) == 193


def test_recorder_without_permission_is_refused(client: Client, council: Body, django_user_model: Any):
    client.force_login(django_user_model.objects.create_user("visitor", is_staff=True))
    assert client.get(PAGE).status_code == 403
