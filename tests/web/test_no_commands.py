"""No page tells a reader to run a command."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.web.addresses import every_address
from votes.models import ImportRun, RollCall

pytestmark = pytest.mark.usefixtures("record")

COMMANDS = re.compile(r"manage\.py|fit_ideal_points|import_votes|check_record|load_record|make run|sha256sum|<code>\$")
OF_OPERATORS = {"/readyz", "/healthz", "/metrics"}
PAGES = [
    path for path in every_address() if not re.search(r"\.(csv|json|parquet|atom|svg|png|zip|md|yaml|xml|txt)$", path)
]


def said(address: str) -> list[str]:
    """Return the commands that a page names."""
    response = Client().get(address, follow=True)
    body = b"".join(response) if response.streaming else response.content
    return COMMANDS.findall(body.decode(errors="replace"))


@pytest.mark.parametrize("address", [path for path in PAGES if path not in OF_OPERATORS and "/data/" not in path[6:]])
def test_no_page_names_a_command(address: str):
    assert said(address) == []


@pytest.mark.parametrize(
    "address", ["/", "/data/", "/data/quality/", "/ideal-points/", "/resolutions/", "/vetoes/", "/agreement/"]
)
def test_no_page_of_an_empty_record_names_a_command(address: str):
    RollCall.objects.all().delete()
    ImportRun.objects.all().delete()

    assert said(address) == []


def test_no_template_or_message_names_a_command():
    """What pages say under conditions that no test meets."""
    folders = [settings.BASE_DIR / "templates", settings.BASE_DIR / "web", settings.BASE_DIR / "static" / "plenary"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".py", ".js", ".txt"}]
    named = {
        path.name: found
        for path in files
        if "admin" not in path.parts and (found := COMMANDS.findall(path.read_text(encoding="utf-8")))
    }

    # /readyz is for who runs the site, and nothing else says what it lacks.
    assert named == {"health.py": ["manage.py"]}


def test_page_of_missing_ideal_points_names_no_command():
    page = Client().get("/ideal-points/").content.decode()

    assert "No estimates yet. They are computed within a few minutes" in page
