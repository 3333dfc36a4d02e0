"""Size limits of requests and uploads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from config.uploads import LIMIT


@pytest.mark.django_db
def test_files_beyond_the_limit_are_refused_before_they_are_stored():
    # The login form is open to all; its token against forged requests is looked for among the fields, which reads
    # the files as well.
    stranger = Client(enforce_csrf_checks=True)
    stranger.get("/admin/login/")
    large = SimpleUploadedFile("large.csv", b"x" * (LIMIT + 1))
    small = SimpleUploadedFile("small.csv", b"x" * 1000)
    assert stranger.post("/admin/login/", {"file": large}).status_code == 400
    assert stranger.post("/admin/login/", {"file": small}).status_code == 403


@pytest.mark.django_db
def test_files_within_the_limit_arrive_whole():
    content = bytes(range(256)) * (3 * 1024**2 // 256)  # more than is kept in memory
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("own.csv", content), "field": "value"})
    stored: Any = request.FILES["file"]
    with stored:
        assert stored.read() == content
    assert request.POST["field"] == "value"


@pytest.mark.django_db
def test_import_page_has_its_own_upload_limit(client: Client):
    client.force_login(User.objects.create_superuser("admin"))
    large = SimpleUploadedFile("large.csv", b"x" * (LIMIT + 1))
    # It is read and found to be none of the known layouts.
    assert client.post("/admin/votes/importrun/add/", {"chosen": large}).status_code in (200, 302)


def test_pasted_megabyte_and_sheet_of_193_rows_are_accepted():
    pasted = "Côte d’Ivoire, Türkiye, " * (1024**2 // len("Côte d’Ivoire, Türkiye, ".encode()))
    rows = {f"sheet-{number}": "Y" for number in range(193)}
    body = urlencode({"text": pasted, **rows})
    request = RequestFactory().post("/", body, content_type="application/x-www-form-urlencoded")
    assert request.POST["text"] == pasted
    assert len(request.POST) == 194


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["x=" + "y" * 4 * 1024**2, "&".join(f"x{n}=1" for n in range(1001))])
def test_more_text_or_more_fields_than_any_form_has_are_refused(client: Client, body: str):
    answer = client.post("/admin/login/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert BeautifulSoup(answer.content, "html.parser").h1.text == "This request was refused"  # type: ignore[union-attr]  # it is there
