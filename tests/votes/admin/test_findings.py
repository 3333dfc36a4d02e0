"""Findings in the admin: listing, filtering and acknowledging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from tests.factories import make_bloc, make_resolution, make_roll_call, make_source, make_state
from tests.votes.admin.pages import fields, messages, page, staff, url
from votes.models import Finding
from votes.verification.acknowledgement import acknowledge
from votes.verification.check import replace_findings
from votes.verification.finding import NewFinding as Found

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

LIST = "/admin/votes/finding/"


@pytest.fixture
def editor(client: Client) -> User:
    """Return an editor who has logged in."""
    user = User.objects.create_superuser("editor")
    client.force_login(user)
    return user


@pytest.fixture
def findings() -> dict[str, Finding]:
    """Return findings about a public vote, a draft, a text, a state in a bloc, and a row of a file."""
    text = make_resolution("A/RES/99/7", status="published")
    shown = make_roll_call("a-vote", resolution=text, status="published", kind="paragraph")
    draft = make_roll_call("a-draft", resolution=make_resolution("A/RES/99/8"), source=make_source("voeten"))
    state, bloc = make_state("QQA", name="Ruritania"), make_bloc("a-bloc", short_name="The Bloc")
    file = {"problem": "unknown-code", "file": "ga.csv", "line": 7, "column": "ms_code", "value": "QQZ", "name": "Q"}
    bloc_details = {"problem": "never", "state": "Ruritania", "bloc": "The Bloc", "since": "1958-01-01"}
    write(
        Found("electorate", "shown", {"strangers": [], "missing": ["QQB"]}, roll_call_id=shown.pk),
        Found("no-votes", "draft", {}, roll_call_id=draft.pk),
        Found("duplicate-symbol", "text", {"symbol": "A/RES/99/7", "slugs": ["a", "b"]}, resolution_id=text.pk),
        Found("bloc-dates", "bloc", bloc_details, state_id=state.pk, bloc_id=bloc.pk),
    )
    write(Found("unknown-code", "file", file), origin="ga-voting")
    return {finding.key: finding for finding in Finding.objects.all()}


def write(*found: Found, origin: str = "record") -> None:
    replace_findings(origin=origin, found=found, run=None)


def keys(response: Any) -> set[str]:
    """Return the keys of the findings listed."""
    pks = [str(box["value"]) for box in page(response).select("input[name=_selected_action]")]
    return set(Finding.objects.filter(pk__in=pks).values_list("key", flat=True))


def test_list_shows_findings_with_links_to_record_and_page(client: Client, editor: User, findings: dict[str, Finding]):
    rows = {
        row.select("[name=_selected_action]")[0]["value"]: row
        for row in page(client.get(LIST)).select("#result_list tbody tr")
    }

    def cells(key: str) -> tuple[str, list[Any]]:
        row = rows[str(findings[key].pk)]
        links = [link["href"] for link in row.select(".field-record a, .field-public_page a")]
        return row.select(".field-sentence")[0].text, links

    subjects = {key: finding.subject for key, finding in findings.items()}
    pk = {key: subject.pk for key, subject in subjects.items() if subject}
    assert cells("shown") == (
        "Votes do not match the members on that date: members without a vote: QQB.",
        [f"/admin/votes/rollcall/{pk['shown']}/change/", "/roll-calls/a-vote/"],
    )
    assert cells("draft")[1] == [f"/admin/votes/rollcall/{pk['draft']}/change/"]
    assert cells("text")[1] == [f"/admin/resolutions/resolution/{pk['text']}/change/", "/resolutions/A/RES/99/7"]
    assert cells("bloc")[1] == [f"/admin/votes/memberstate/{pk['bloc']}/change/", "/states/QQA/"]
    assert cells("file") == (
        "ga.csv, line 7, column ms_code: Unknown state code “QQZ” (Q); its rows were not imported.",
        [],
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "A/RES/99/7"}, {"shown", "text"}),
        ({"q": "a/res/99/8"}, {"draft"}),
        ({"q": "a-dra"}, {"draft"}),
        ({"q": "qqa"}, {"bloc"}),
        ({"q": "QQB"}, {"shown"}),
        ({"q": "qqz"}, {"file"}),
        ({"q": "a-bloc"}, {"bloc"}),
        ({"q": "nowhere"}, set()),
        ({"kind__exact": "no-votes"}, {"draft"}),
        ({"acknowledged": "yes"}, {"shown"}),
        ({"acknowledged": "no"}, {"draft", "text", "bloc", "file"}),
        ({"origin": "ga-voting"}, {"file"}),
        ({"roll_call__source__id__exact": "editor"}, {"shown"}),
    ],
)
def test_findings_can_be_searched_and_filtered(
    client: Client, editor: User, findings: dict[str, Finding], query: dict[str, str], found: set[str]
):
    acknowledge(seen={findings["shown"].pk: findings["shown"].found}, reason="As printed.", by=editor)
    source = findings["shown"].roll_call
    assert source
    query = {name: str(source.source_id) if value == "editor" else value for name, value in query.items()}

    assert keys(client.get(LIST, query)) == found


def test_reason_acknowledges_a_finding_and_removing_it_withdraws(
    client: Client, editor: User, findings: dict[str, Finding]
):
    finding = findings["shown"]
    soup = page(client.get(url(finding)))
    assert [area["name"] for area in soup.select("#finding_form textarea")] == ["reason"]
    assert soup.select("#finding_form select") == []

    client.post(url(finding), fields(soup) | {"reason": "  As printed.\n"})

    finding.refresh_from_db()
    assert (finding.reason, finding.acknowledged_by) == ("As printed.", editor)
    assert finding.acknowledged_at
    assert LogEntry.objects.get().get_change_message() == "Changed Reason."

    # Saving the page as it stands keeps who it was, and when.
    colleague = User.objects.create_superuser("colleague")
    client.force_login(colleague)
    before = finding.acknowledged_at
    client.post(url(finding), fields(page(client.get(url(finding)))))
    finding.refresh_from_db()
    assert (finding.acknowledged_by, finding.acknowledged_at) == (editor, before)

    client.post(url(finding), fields(page(client.get(url(finding)))) | {"reason": " "})
    finding.refresh_from_db()
    assert not finding.reason
    assert Finding.objects.filter(pk=finding.pk, acknowledged_by=None, acknowledged_at=None).exists()


def test_saving_an_unchanged_reason_acknowledges_again(client: Client, editor: User, findings: dict[str, Finding]):
    finding = findings["file"]
    acknowledge(seen={finding.pk: finding.found}, reason="As printed.", by=editor)
    write(Found("unknown-code", "file", {**finding.details, "rows": 8}), origin="ga-voting")
    finding.refresh_from_db()
    assert finding.acknowledged_at is None

    soup = page(client.get(url(finding)))
    assert fields(soup)["reason"] == "As printed."
    client.post(url(finding), fields(soup))

    finding.refresh_from_db()
    assert finding.acknowledged_at


def test_finding_changed_since_the_page_was_opened_is_not_acknowledged(
    client: Client, editor: User, findings: dict[str, Finding]
):
    finding = findings["file"]
    data = fields(page(client.get(url(finding))))
    write(Found("unknown-code", "file", {**finding.details, "rows": 8}), origin="ga-voting")

    refused = page(client.post(url(finding), data | {"reason": "As printed."}))

    assert [item.text for item in refused.select(".errorlist li")] == [
        "The finding has changed since you opened this page. Check it again before you acknowledge it."
    ]
    finding.refresh_from_db()
    assert (finding.reason, finding.acknowledged_at) == ("", None)


def test_only_the_reason_of_a_finding_can_be_edited(client: Client, editor: User, findings: dict[str, Finding]):
    finding = findings["shown"]
    data = fields(page(client.get(url(finding)))) | {"kind": "totals", "origin": "x", "details": "{}"}

    client.post(url(finding), data)

    finding.refresh_from_db()
    assert (finding.kind, finding.origin) == ("electorate", "record")
    assert finding.details == {"strangers": [], "missing": ["QQB"]}
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{finding.pk}/delete/", {"post": "yes"}).status_code == 403
    assert not page(client.get(LIST)).select("option[value=delete_selected]")


def chosen(findings: dict[str, Finding], *some: str) -> dict[str, Any]:
    """Return what the list sends when findings are ticked and the action is chosen."""
    return {
        "action": "acknowledge_selected",
        "index": "0",
        "select_across": "0",
        "_selected_action": [findings[key].pk for key in some],
    }


def confirmed(soup: Any, reason: str) -> dict[str, str]:
    """Return what the page that asks for the reason sends."""
    form = soup.select("#content form")[0]
    data = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    return data | {"reason": reason}


def test_several_are_acknowledged_with_one_reason(client: Client, editor: User, findings: dict[str, Finding]):
    asked = page(client.post(LIST, chosen(findings, "shown", "file")))

    assert [item.text for item in asked.select("#content li")] == [
        f"a-vote: {findings['shown'].sentence}",
        str(findings["file"].sentence),
    ]
    assert Finding.objects.open().count() == 5

    done = client.post(LIST, confirmed(asked, "As printed."))

    assert messages(done) == ["2 findings acknowledged."]
    assert set(Finding.objects.filter(reason="As printed.", acknowledged_by=editor).values_list("key", flat=True)) == {
        "shown",
        "file",
    }
    assert Finding.objects.open().count() == 3
    assert LogEntry.objects.count() == 2


def test_acknowledging_without_a_reason_asks_again(client: Client, editor: User, findings: dict[str, Finding]):
    asked = page(client.post(LIST, chosen(findings, "shown")))

    again = page(client.post(LIST, confirmed(asked, "  ")))

    assert [note.text for note in again.select(".errornote")] == ["Enter a reason."]
    assert Finding.objects.open().count() == 5


def test_findings_changed_meanwhile_are_not_acknowledged_with_the_others(
    client: Client, editor: User, findings: dict[str, Finding]
):
    asked = page(client.post(LIST, chosen(findings, "shown", "file")))
    write(Found("unknown-code", "file", {**findings["file"].details, "rows": 8}), origin="ga-voting")

    done = client.post(LIST, confirmed(asked, "As printed."))

    assert messages(done) == [
        "1 finding acknowledged.",
        "1 finding has changed since you opened the page. Check it again before you acknowledge it.",
    ]
    assert set(Finding.objects.open().values_list("key", flat=True)) == {"draft", "text", "bloc", "file"}


def test_forged_list_of_findings_is_refused(client: Client, editor: User, findings: dict[str, Finding]):
    asked = page(client.post(LIST, chosen(findings, "shown")))

    assert client.post(LIST, confirmed(asked, "As printed.") | {"seen": "1@yesterday"}).status_code == 400


def test_view_permission_does_not_allow_acknowledging(client: Client, findings: dict[str, Finding]):
    client.force_login(staff("reader", "view_finding"))

    soup = page(client.get(url(findings["shown"])))

    assert "members without a vote: QQB" in soup.text
    assert not soup.select("textarea, input[name=seen], input[name=_save]")
    assert client.post(url(findings["shown"]), {"reason": "Mine."}).status_code == 403
    client.post(LIST, chosen(findings, "shown") | {"reason": "Mine.", "seen": "1@2020-01-01"})
    assert Finding.objects.open().count() == 5


def test_the_list_takes_a_bounded_number_of_queries(
    client: Client, editor: User, findings: dict[str, Finding], django_assert_num_queries
):
    with django_assert_num_queries(8):
        page(client.get(LIST))
    write(*(Found("no-votes", f"no-votes:{at}", {}, roll_call_id=make_roll_call().pk) for at in range(10)))
    with django_assert_num_queries(8):
        page(client.get(LIST))
