"""Reading the admin's pages as a browser does, and what there is to see on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from votes.editing.votes import record_votes

if TYPE_CHECKING:
    from django.db.models import Model

    from resolutions.models import Resolution
    from tests.votes.conftest import World
    from votes.models import RollCall


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


def text(node: Any) -> str:
    """Return what is read in a part of a page, on one line."""
    return " ".join(node.get_text(" ").split())


def table(soup: Any, selector: str, cells: str = "th, td") -> list[list[str]]:
    """Return the text of each cell in the rows that ``selector`` finds."""
    return [[text(cell) for cell in row.select(cells)] for row in soup.select(selector)]


def errors(soup: Any) -> list[str]:
    """Return what the page says is wrong."""
    return [item.text.strip() for item in soup.select(".errorlist li")]


def messages(response: Any) -> list[str]:
    """Return the messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def url(instance: Any, view: str = "change") -> str:
    """Return the address of a page of ``instance``."""
    return reverse(f"admin:{instance._meta.label_lower.replace('.', '_')}_{view}", args=[instance.pk])


def list_url(model: type[Model]) -> str:
    """Return the address of the list of a model."""
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


def votes(choices: dict[str, str]) -> dict[str, str]:
    """Return choices as the sheet sends them."""
    return {f"votes-{code}": choice for code, choice in choices.items()}


def recorded(roll_call: RollCall) -> dict[str, str]:
    """Return the votes on record by state code."""
    return dict(roll_call.votes.values_list("state__code", "choice"))


def text_of(roll_call: RollCall) -> Resolution:
    """Return what a roll call was about."""
    assert roll_call.resolution
    return roll_call.resolution


def logged_in(name: str) -> Client:
    """Return a browser in which somebody who may do everything has logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def staff(name: str, *permissions: str) -> User:
    """Return a new account that may enter the admin, and do what ``permissions`` say."""
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def draft(world: World, choices: dict[str, str] | None = None, **values: Any) -> RollCall:
    """Return a draft of a text of the Assembly, with votes where ``choices`` are given."""
    roll_call = world.roll_call("a-res-79-999", resolution=world.resolution(), title="", decisive=True, **values)
    if choices:
        record_votes(roll_call=roll_call, choices=choices)
    return roll_call


def new_text(world: World, **values: Any) -> dict[str, Any]:
    """Return what the page for a new text sends."""
    return {
        "symbol": "A/RES/79/999",
        "title": "Peace",
        "body": world.assembly.pk,
        "session": world.session.pk,
        "kind": "resolution",
        "status": "draft",
        "other_symbols-TOTAL_FORMS": "0",
        "other_symbols-INITIAL_FORMS": "0",
        **values,
    }
