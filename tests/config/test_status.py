"""The admin's status page."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.test import Client, override_settings

from votes.models import ImportRun
from web.serving import metrics
from web.serving.release import RELEASE

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def editor(client: Client) -> Client:
    user = User.objects.create_user("ana", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_importrun"))
    client.force_login(user)
    return client


def shown(client: Client) -> dict[str, str]:
    """Return what the page says, by what it is about."""
    page = BeautifulSoup(client.get("/admin/status/").content, "html.parser")
    assert page.h1
    assert page.h1.text == "Status"
    return {row.th.text: row.td.text for row in page.select("#content tr") if row.th and row.td}


def test_status_page_shows_release_database_and_record(editor: Client, tmp_path: Path):
    with override_settings(BACKUP_DIR=tmp_path):
        said = shown(editor)
    assert said["Release"] == RELEASE
    assert said["Last import"] == "none yet"
    assert said["Last backup"] == f"none in {tmp_path}"
    assert said["Redis"] == "not used: each process has its own page cache"
    assert said["Size of the database"].endswith(" MB")
    assert int(said["Data version"].replace(" ", "")) > 0


def test_status_page_links_to_the_last_import(editor: Client):
    now = datetime.datetime.now(datetime.UTC)
    run = ImportRun.objects.create(format="voeten", started=now, finished=now, by_name="ana", files=[])
    checked = now + datetime.timedelta(hours=1)
    ImportRun.objects.create(state="checked", format="voeten", started=checked, finished=checked, by_name="b", files=[])
    page = BeautifulSoup(editor.get("/admin/status/").content, "html.parser")
    (link,) = page.select("#content a[href*=importrun]")
    assert (link["href"], link.text) == (
        f"/admin/votes/importrun/{run.pk}/change/",
        "Voeten: votes, roll calls and issues",
    )


def test_status_page_shows_the_cache_hit_rate(editor: Client, monkeypatch: pytest.MonkeyPatch):
    counted = {"plenary_cache": {"hit": 700.0, "not-modified": 200.0, "miss": 100.0, "bypass": 5.0}}
    monkeypatch.setattr(metrics, "totals", lambda name: counted.get(name, {}))
    assert shown(editor)["Answered from the page cache"] == "90.0% of 1\u202f000 answers"


def test_status_page_makes_at_most_9_queries(editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries):
    editor.get("/admin/status/")
    with django_assert_max_num_queries(9):
        editor.get("/admin/status/")


def test_status_page_needs_the_permission_to_view_imports(editor: Client):
    page = BeautifulSoup(editor.get("/admin/").content, "html.parser")
    assert [link.text for link in page.select("#user-tools a[href='/admin/status/']")] == ["Status"]
    other = Client()
    other.force_login(User.objects.create_user("ben", is_staff=True))
    assert other.get("/admin/status/").status_code == 403
    assert Client().get("/admin/status/").status_code == 302
