"""Permissions in the admin, address by address and role by role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from resolutions.models import OtherSymbol, Resolution
from tests.votes.admin.pages import errors, fields, list_url, messages, page, recorded, text_of, url
from tests.votes.connections import execute
from tests.votes.roles import ROLES, make_user
from votes.editing.publishing import publish, unpublish, withdraw
from votes.editing.votes import record_votes
from votes.models import (
    Amendment,
    Correction,
    Finding,
    MemberState,
    RetiredAddress,
    Revision,
    RollCall,
    Statement,
    Vote,
)

if TYPE_CHECKING:
    from tests.votes.conftest import World

SECRET = "flumequux"
LIST = "/admin/votes/rollcall/"
ENTERING = ("Recorders", "Verifiers", "Administrators", "superuser")
VERIFYING = ("Verifiers", "Administrators", "superuser")
ADMINISTERING = ("Administrators", "superuser")


class Desk:
    """A draft that a colleague entered and a published roll call, each with all that hangs on it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.colleague = User.objects.create_user("colleague", is_staff=True)
        self.draft = self.roll_call("secret", "A/RES/79/999")
        self.public = self.roll_call("public", "A/RES/79/998")
        self.draft.entered_by.add(self.colleague)
        publish(roll_calls=[self.public])
        self.public.refresh_from_db()

    def roll_call(self, slug: str, symbol: str) -> RollCall:
        text = self.world.resolution(symbol, title=f"Peace {SECRET}" if slug == "secret" else "Peace")
        roll_call = self.world.roll_call(
            slug, resolution=text, title="", decisive=True, note=SECRET if slug == "secret" else "",
            announced_yes=1, announced_no=1,
        )  # fmt: skip
        record_votes(roll_call=roll_call, choices={"USA": "N", "FRA": "Y"})
        OtherSymbol.objects.create(resolution=text, symbol=f"A/79/L.{symbol[-3:]}")
        Correction.objects.create(roll_call=roll_call, state=MemberState.objects.get(code="FRA"), intended="A")
        Statement.objects.create(
            roll_call=roll_call, source=roll_call.source, format="ga-voting", reference=SECRET, facts={}
        )
        Finding.objects.create(kind="no-votes", key=slug, origin="record", roll_call=roll_call)
        return roll_call


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def logged_in(role: str) -> Client:
    """Return a browser in which somebody of a role has logged in; of the role "anonymous", nobody."""
    client = Client()
    if role != "anonymous":
        client.force_login(make_user(role))
    return client


def statuses(desk: Desk) -> list[str]:
    return [RollCall.objects.get(pk=roll_call.pk).status for roll_call in (desk.draft, desk.public)]


# Every address


def addresses(desk: Desk) -> list[str]:
    """Return every address of the admin of the record, with the draft and all that hangs on it where one is named."""
    instances = {
        RollCall: desk.draft,
        Resolution: text_of(desk.draft),
        Vote: desk.draft.votes.get(state__code="FRA"),
        Correction: desk.draft.corrections.get(),
        Statement: desk.draft.statements.get(),
        Finding: desk.draft.findings.get(),
        OtherSymbol: text_of(desk.draft).other_symbols.get(),
    }
    found = ["/admin/", "/admin/votes/", "/admin/resolutions/", f"{LIST}merge/?kept=secret&duplicate=public"]
    found += ["/admin/votes/revision/deletions/"]
    found += [f"{LIST}new/", f"{LIST}{desk.draft.pk}/fill/", f"{LIST}{desk.draft.pk}/withdraw/"]
    for label in ("votes", "resolutions"):
        for model in apps.get_app_config(label).get_models():
            if admin.site.is_registered(model):
                name = f"admin:{model._meta.label_lower.replace('.', '_')}"
                instance = instances.get(model) or model._default_manager.first()
                found += [
                    reverse(f"{name}_changelist"),
                    reverse(f"{name}_changelist") + "?q=secret",
                    reverse(f"{name}_add"),
                ]
                if instance:
                    found += [reverse(f"{name}_{view}", args=[instance.pk]) for view in ("change", "delete", "history")]
    for of, field in (("rollcall", "resolution"), ("rollcall", "session"), ("correction", "state")):
        found.append(f"/admin/autocomplete/?app_label=votes&model_name={of}&field_name={field}&term=79")
    return found


@pytest.mark.parametrize("role", ["anonymous", "nobody"])
def test_without_a_role_drafts_are_invisible_at_every_address(desk: Desk, role: str):
    client = logged_in(role)
    shown = {}
    for address in addresses(desk):
        for answer in (client.get(address), client.post(address, {"action": "publish", "reason": "x", "post": "yes"})):
            assert SECRET not in answer.content.decode(), address
            assert "secret" not in answer.content.decode().replace("?q=secret", "").replace("kept=secret", ""), address
            shown[address] = answer.status_code
    if role == "anonymous":
        assert set(shown.values()) == {302}
    else:
        # The first page is open to all staff, and has nothing on it; applications without a model are not found.
        assert {address for address, code in shown.items() if code == 200} == {"/admin/"}
        assert {code for address, code in shown.items() if address != "/admin/"} == {403, 404, 405}
    assert statuses(desk) == ["draft", "published"]


@pytest.mark.parametrize("role", ENTERING)
def test_each_role_sees_drafts(desk: Desk, role: str):
    client = logged_in(role)
    assert SECRET in client.get(url(desk.draft)).content.decode()
    assert "secret" in client.get(LIST).content.decode()


# By deed, who may; everybody else is refused and changes nothing


def publishes(client: Client, desk: Desk) -> bool:
    client.post(LIST, {"action": "publish", "_selected_action": [desk.draft.pk]})
    return statuses(desk)[0] == "published"


def publishes_by_form(client: Client, desk: Desk) -> bool:
    answer = client.get(url(desk.draft))
    if answer.status_code == 200:
        client.post(url(desk.draft), fields(page(answer)) | {"status": "published"})
    return statuses(desk)[0] == "published"


def unpublishes(client: Client, desk: Desk) -> bool:
    client.post(LIST, {"action": "unpublish", "_selected_action": [desk.public.pk], "reason": "Wrong."})
    return statuses(desk)[1] == "draft"


def withdraws(client: Client, desk: Desk) -> bool:
    client.post(f"{LIST}{desk.public.pk}/withdraw/", {"reason": "Wrong."})
    return RetiredAddress.objects.filter(slug="public", kind="withdrawn", reason="Wrong.").exists()


def put_on_a_draft(roll_call: RollCall) -> None:
    """Give the text of a roll call the symbol of a draft, which another text may be the final form of."""
    made = text_of(roll_call)
    made.symbol = "A/79/L.99"
    made.save()


def merges(client: Client, desk: Desk) -> bool:
    put_on_a_draft(desk.draft)
    client.post(f"{LIST}merge/?kept=public&duplicate=secret", {"reason": "The same."})
    return not RollCall.objects.filter(slug="secret").exists()


def enters_votes(client: Client, desk: Desk) -> bool:
    answer = client.get(url(desk.draft))
    if answer.status_code == 200 and page(answer).select("input[name=_save]"):
        client.post(url(desk.draft), fields(page(answer)) | {"votes-USA": "A"})
    return recorded(desk.draft)["USA"] == "A"


def amends(client: Client, desk: Desk) -> bool:
    page_of_draft = client.get(url(desk.public))
    data = fields(page(page_of_draft)) if page_of_draft.status_code == 200 else {}
    client.post(url(desk.public), data | {"votes-USA": "A", "announced_no": "0", "announced_abstaining": "1",
                                             "reason": "The record."})  # fmt: skip
    confirm()
    return recorded(desk.public)["USA"] == "A"


def confirm() -> None:
    """Have a second person confirm what was proposed, if anything was."""
    for amendment in Amendment.objects.all():
        client = Client()
        client.force_login(make_user("Verifiers", "second"))
        client.post(f"/admin/votes/amendment/{amendment.pk}/decide/", {"_confirm": "1"})


def adds_a_draft(client: Client, desk: Desk) -> bool:
    facts = {
        "title": "To adjourn", "kind": "motion", "body": desk.world.assembly.pk, "date": "2024-12-17",
        "date_precision": "day", "method": "recorded", "requirement": "not-stated", "result": "adopted",
        "source": desk.world.source.pk, "status": "published",
    }  # fmt: skip
    client.post(f"{LIST}add/", facts)
    found = RollCall.objects.filter(title="To adjourn").first()
    assert not found or (found.status == "draft" and found.entered_by.get().is_staff)
    return found is not None


def deletes_a_draft(client: Client, desk: Desk) -> bool:
    client.post(url(desk.draft, "delete"), {"post": "yes", "reason": "Entered twice."})
    return not RollCall.objects.filter(slug="secret").exists()


def deletes_a_draft_of_their_own(client: Client, desk: Desk) -> bool:
    if "_auth_user_id" in client.session:
        desk.draft.entered_by.add(client.session["_auth_user_id"])
    return deletes_a_draft(client, desk)


def undoes_a_change(client: Client, desk: Desk) -> bool:
    execute("UPDATE votes_publication SET at = at - interval '1 day'")
    RollCall.objects.filter(pk=desk.public.pk).update(note="Changed.")
    client.post(f"/admin/votes/revision/{Revision.objects.latest('pk').pk}/undo/", {"reason": "A slip."})
    return RollCall.objects.get(pk=desk.public.pk).note != "Changed."


def deletes_what_is_public(client: Client, desk: Desk) -> bool:
    sent = {"post": "yes", "reason": "Gone."}
    text = text_of(desk.public)
    for instance in (desk.public, text):
        client.post(url(instance, "delete"), sent)
        client.post(list_url(type(instance)), {"action": "delete_selected", "_selected_action": [instance.pk], **sent})
    return not RollCall.objects.filter(slug="public").exists() or not Resolution.objects.filter(pk=text.pk).exists()


def changes_a_draft_text(client: Client, desk: Desk) -> bool:
    return changes_text(client, text_of(desk.draft), {})


def changes_a_public_text(client: Client, desk: Desk) -> bool:
    return changes_text(client, text_of(desk.public), {"reason": "A misprint."})


def changes_text(client: Client, text: Any, more: dict[str, str]) -> bool:
    answer = client.get(url(text))
    if answer.status_code == 200 and page(answer).select("input[name=_save]"):
        client.post(url(text), fields(page(answer)) | {"title": "War", **more})
    else:
        client.post(url(text), {"title": "War", **more})
    confirm()
    return Resolution.objects.get(pk=text.pk).title == "War"


def publishes_a_text(client: Client, desk: Desk) -> bool:
    client.post("/admin/resolutions/resolution/", {"action": "publish", "_selected_action": [text_of(desk.draft).pk]})
    return Resolution.objects.get(pk=text_of(desk.draft).pk).status == "published"


def acknowledges(client: Client, desk: Desk) -> bool:
    finding = desk.draft.findings.get()
    client.post("/admin/votes/finding/", {
        "action": "acknowledge_selected", "_selected_action": [finding.pk], "reason": "It may.",
        "seen": f"{finding.pk}@{finding.found.isoformat()}",
    })  # fmt: skip
    return desk.draft.findings.get().reason == "It may."


def opens_imports(client: Client, desk: Desk) -> bool:
    return client.get("/admin/votes/importrun/add/").status_code == 200


def makes_an_account(client: Client, desk: Desk) -> bool:
    word = "correct horse battery"
    data = {"username": "new", "usable_password": "true", "password1": word, "password2": word}
    client.post("/admin/auth/user/add/", data)
    return User.objects.filter(username="new").exists()


def writes_beside_the_forms(client: Client, desk: Desk) -> bool:
    """Try what only another page may write: single corrections, symbols, votes, retired addresses, the history."""
    codes = [
        client.post("/admin/votes/correction/add/", {"roll_call": desk.public.pk, "state": 1, "intended": "Y"}),
        client.post(url(desk.public.corrections.get()), {"intended": "N"}),
        client.post(url(text_of(desk.public).other_symbols.get()), {"symbol": "A/79/L.1", "kind": "draft"}),
        client.post("/admin/votes/retiredaddress/add/", {"slug": "x", "kind": "withdrawn", "reason": "x"}),
    ]
    return {answer.status_code for answer in codes} != {403}


DEEDS = {
    adds_a_draft: ENTERING,
    enters_votes: ENTERING,
    changes_a_draft_text: ENTERING,
    deletes_a_draft: VERIFYING,
    deletes_a_draft_of_their_own: ENTERING,
    undoes_a_change: VERIFYING,
    publishes: VERIFYING,
    publishes_by_form: VERIFYING,
    publishes_a_text: VERIFYING,
    unpublishes: VERIFYING,
    withdraws: VERIFYING,
    merges: VERIFYING,
    amends: VERIFYING,
    changes_a_public_text: VERIFYING,
    acknowledges: ADMINISTERING,
    opens_imports: ADMINISTERING,
    makes_an_account: ADMINISTERING,
    deletes_what_is_public: (),
    writes_beside_the_forms: (),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_each_action_is_allowed_only_to_its_roles(desk: Desk, deed: Any, role: str):
    before = (statuses(desk), recorded(desk.draft), recorded(desk.public), RollCall.objects.count())
    may = role in DEEDS[deed]
    assert deed(logged_in(role), desk) == may
    if not may:
        assert (statuses(desk), recorded(desk.draft), recorded(desk.public), RollCall.objects.count()) == before


# Accounts


def test_an_administrator_makes_nobody_a_superuser_and_leaves_superusers_alone(desk: Desk):
    client = logged_in("Administrators")
    own, root = User.objects.get(username="administrators"), User.objects.create_superuser("root")

    client.post(url(own), fields(page(client.get(url(own)))) | {"is_superuser": "on"})
    assert not User.objects.get(pk=own.pk).is_superuser
    assert client.post(url(root), {"username": "root2"}).status_code == 403
    password = {"password1": "correct horse battery", "password2": "correct horse battery"}
    assert client.post(f"/admin/auth/user/{root.pk}/password/", password).status_code == 403
    client.post(url(root, "delete"), {"post": "yes"})
    assert User.objects.filter(username="root").exists()


# The forms say what is missing


def test_author_of_a_draft_is_told_that_another_must_publish(desk: Desk):
    client = logged_in("Verifiers")
    enters_votes(client, desk)
    told = (
        "You entered or changed secret or its text, so another person must publish it. Leave it as a "
        "draft: verifiers find it under “waiting for verification”. On a site with a single editor, set "
        "PUBLISH_OWN_ENTRIES=1."
    )
    data = fields(page(client.get(url(desk.draft)))) | {
        "status": "published", "announced_no": "0", "announced_abstaining": "1",
    }  # fmt: skip
    assert errors(page(client.post(url(desk.draft), data))) == [told]
    RollCall.objects.filter(pk=desk.draft.pk).update(announced_no=None)
    assert messages(client.post(LIST, {"action": "publish", "_selected_action": [desk.draft.pk]})) == [told]
    assert statuses(desk)[0] == "draft"


def test_changing_and_publishing_a_draft_in_one_save_is_refused(desk: Desk):
    client = logged_in("Verifiers")
    data = fields(page(client.get(url(desk.draft)))) | {"status": "published", "note": "Another."}
    [told] = errors(page(client.post(url(desk.draft), data)))
    assert told.startswith("You entered or changed secret")

    data["note"] = SECRET
    data |= {"corrections-TOTAL_FORMS": "1", "corrections-0-intended": "N"}
    assert errors(page(client.post(url(desk.draft), data))) == [
        "Save this as a draft. Someone other than the person who enters corrections must publish them."
    ]
    assert statuses(desk)[0] == "draft"


@pytest.mark.parametrize("hide", [False, True])
@pytest.mark.parametrize(
    "changed",
    [
        {"note": "Another."},
        {"votes-USA": "A", "announced_no": "0"},
        {"corrections-0-intended": "N"},
        {"status": "other"},
    ],
    ids=["facts", "votes", "corrections", "status"],
)
def test_changing_a_roll_call_that_was_public_needs_a_reason(desk: Desk, changed: dict[str, str], hide: bool):
    client = logged_in("Verifiers")
    if hide:
        unpublish(roll_calls=[desk.public])
    if "status" in changed:
        changed = {"status": "published" if hide else "draft"}
    data = fields(page(client.get(url(desk.public)))) | changed
    assert errors(page(client.post(url(desk.public), data))) == ["This has been public. Enter a reason for the change."]
    assert recorded(desk.public)["USA"] == "N"
    assert client.post(url(desk.public), data | {"reason": "The record."}).status_code == 302


def test_unchanged_save_needs_no_reason_and_adds_no_author(desk: Desk):
    client = logged_in("Verifiers")
    assert client.post(url(desk.public), fields(page(client.get(url(desk.public))))).status_code == 302
    assert not desk.public.entered_by.exists()


def test_changing_a_published_text_or_its_symbols_needs_a_reason(desk: Desk):
    client = logged_in("Verifiers")
    text = url(text_of(desk.public))
    for changed in ({"title": "War"}, {"other_symbols-0-symbol": "A/79/L.1"}):
        data = fields(page(client.get(text))) | changed
        assert errors(page(client.post(text, data))) == ["This has been public. Enter a reason for the change."]
        assert client.post(text, data | {"reason": "A misprint."}).status_code == 302


def test_differing_totals_need_a_reason_beside_the_field(desk: Desk):
    client = logged_in("Verifiers")
    RollCall.objects.filter(pk=desk.draft.pk).update(announced_yes=3)
    data = fields(page(client.get(url(desk.draft)))) | {"status": "published"}
    answer = page(client.post(url(desk.draft), data))
    assert len(answer.select(".field-difference_reason .errorlist li")) == 1
    client.post(url(desk.draft), data | {"difference_reason": "The President misspoke."})
    assert statuses(desk)[0] == "published"


# Withdrawing and merging


def test_withdrawing_needs_a_reason_and_explains_the_effect(desk: Desk):
    client = logged_in("Verifiers")
    assert page(client.get(url(desk.public))).select(f"a[href='{LIST}{desk.public.pk}/withdraw/']")
    assert not page(client.get(url(desk.draft))).select(f"a[href='{LIST}{desk.draft.pk}/withdraw/']")
    asked = page(client.get(f"{LIST}{desk.public.pk}/withdraw/"))
    assert asked.select_one("textarea[name=reason]")
    assert page(client.post(f"{LIST}{desk.public.pk}/withdraw/", {"reason": " "})).select_one(".errornote")
    assert statuses(desk)[1] == "published"


def test_deleting_what_was_public_suggests_withdrawing(desk: Desk):
    unpublish(roll_calls=[desk.public])
    client = logged_in("superuser")
    assert client.get(url(desk.public, "delete")).status_code == 403
    asked = page(client.post(LIST, {"action": "delete_selected", "_selected_action": [desk.public.pk]}))
    assert "public has been published, so it cannot be deleted. Withdraw it first." in asked.text
    withdraw(roll_call=desk.public, reason="Twice.")
    client.post(url(desk.public, "delete"), {"post": "yes", "reason": "Twice."})
    assert not RollCall.objects.filter(slug="public").exists()


def test_two_records_are_compared_before_they_are_merged(desk: Desk):
    client = logged_in("Verifiers")
    put_on_a_draft(desk.draft)
    record_votes(roll_call=desk.draft, choices={"USA": "A", "GBR": "Y", "FRA": "Y"})
    acted = client.post(LIST, {"action": "merge_selected", "_selected_action": [desk.draft.pk, desk.public.pk]})
    assert acted["Location"] == f"{LIST}merge/?kept=public&duplicate=secret"
    compared = page(client.get(acted["Location"]))
    rows = [[cell.text for cell in row.select("th, td")] for row in compared.select("tbody tr")]
    assert ["United States", "Against", "Abstaining differs"] in rows
    assert ["United Kingdom", "–", "In favour differs"] in rows
    assert ["France", "In favour", "In favour"] in rows
    assert ["Note", "–", SECRET] in rows

    refused = page(client.post(acted["Location"], {"reason": "The same."}))
    assert errors(refused) == ["This field is required."]
    client.post(acted["Location"], {"reason": "The same.", "although_votes_differ": "on"})
    assert not RollCall.objects.filter(slug="secret").exists()
    assert recorded(desk.public) == {"USA": "N", "FRA": "Y"}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "?kept=secret&duplicate=public",
            "public has been published, so its address must redirect to a published record",
        ),
        ("?kept=public&duplicate=public", "Choose two records of the same vote."),
        ("?kept=public&duplicate=nowhere", "Select a valid choice."),
    ],
)
def test_records_that_cannot_be_merged_are_named(desk: Desk, query: str, told: str):
    client = logged_in("Verifiers")
    for answer in (client.get(f"{LIST}merge/{query}"), client.post(f"{LIST}merge/{query}", {"reason": "x"})):
        [error] = errors(page(answer))
        assert error.startswith(told)
    assert RollCall.objects.filter(slug__in=["secret", "public"]).count() == 2


# Work lists


@pytest.mark.parametrize(
    ("role", "lists"),
    [
        ("nobody", []),
        ("Recorders", ["My drafts 1", "Sent back with a comment 0", "With findings 2", "Withdrawn 0"]),
        (
            "Verifiers",
            [
                *("My drafts 1", "Sent back with a comment 0", "Waiting for verification 1", "With findings 2"),
                *("Withdrawn 0", "Errors reported by readers 0"),
            ],
        ),
    ],
)
def test_index_shows_the_work_lists(desk: Desk, role: str, lists: list[str]):
    client = logged_in(role)
    Finding.objects.exclude(roll_call__in=[desk.draft, desk.public]).delete()
    own = desk.world.roll_call("own")
    own.entered_by.add(User.objects.get(username=role.lower()))

    shown = page(client.get("/admin/"))

    assert [" ".join(row.get_text(" ").split()) for row in shown.select("#work tr")] == lists
    for link in shown.select("#work a"):
        count = int(link.find_parent("tr").select_one("td").text)
        assert len(page(client.get(link["href"])).select("#result_list tbody tr")) == count
