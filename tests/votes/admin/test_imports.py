"""Importing files in the admin, with a fake child process and with a real one."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.votes.admin.pages import errors, messages, page, staff, table, text
from votes.admin import imports, upload_forms
from votes.importing.uploads import storage
from votes.importing.uploads.storage import RETENTION, Outcome, Upload, find
from votes.models import Finding, Format, ImportRun, RollCall, Vote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIST = "/admin/votes/importrun/"
ADD = f"{LIST}add/"
CONTENT = b"undl_id,ms_code\n1,USA\n"

FakeChild = dict[str, Any]


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    """Keep uploads in a folder of the test's own."""
    settings.HOME = tmp_path
    return tmp_path / "uploads"


@pytest.fixture
def editor(client: Client, db: None) -> User:
    """Return an editor who may import, logged in."""
    user = staff("editor", "add_importrun", "view_importrun", "view_finding")
    client.force_login(user)
    return user


@pytest.fixture
def fake_child(monkeypatch: pytest.MonkeyPatch) -> FakeChild:
    """Replace the child process: ``dry`` and ``real`` are values of a run and an outcome, ``calls`` its arguments."""
    play: FakeChild = {"dry": ({}, {}), "real": ({}, {}), "calls": []}

    def process(upload: Upload, *, by: User, dry_run: bool) -> Outcome:
        play["calls"].append((upload.file_format, upload.allow_removals, by.get_username(), dry_run))
        run, outcome = play["dry" if dry_run else "real"]
        if not outcome.get("error"):
            ImportRun.objects.filter(upload=upload.token).delete()
            make_run(upload=upload.token, state="checked" if dry_run else "done", by=by, **run)
        return upload.conclude(Outcome(**{"wrote": True, **outcome}))

    monkeypatch.setattr(imports, "process", process)
    return play


def make_run(**values: Any) -> ImportRun:
    """Return a new run."""
    now = timezone.now()
    files = [{"name": "votes.csv", "sha256": "5" * 64, "rows": 12345}]
    defaults = {"format": "sc-voting", "started": now, "finished": now, "by_name": "editor", "files": files}
    return ImportRun.objects.create(**{**defaults, **values})


def redirect_of(response: Any) -> str:
    """Return the address to which a response redirects."""
    assert response.status_code == 302
    return str(response.url)


def items(soup: Any, heading: str) -> list[str]:
    """Return the lines of the list below a heading."""
    (module,) = [box for box in soup.select(".module") if (h := box.find("h2")) and text(h).startswith(heading)]
    return [text(item) for item in module.select("li")]


def upload(client: Client, *files: SimpleUploadedFile, **data: Any) -> Any:
    """Send the form, by default with one file; what is in it comes in the order in which a browser sends it."""
    chosen = list(files) or [SimpleUploadedFile("votes.csv", CONTENT)]
    return client.post(ADD, {"file_format": "", **data, "chosen": chosen})


def stored(home: Path) -> list[str]:
    """Return the tokens of what is kept."""
    return [path.name for path in home.iterdir()] if home.exists() else []


def uploaded(client: Client, *files: SimpleUploadedFile, **data: Any) -> tuple[str, str]:
    """Upload; return the token and the address of the upload's page."""
    response = upload(client, *files, **data)
    assert response.status_code == 302, text(page(response).select_one("#content"))
    return response.url.rstrip("/").rpartition("/")[2], response.url


def confirm(client: Client, url: str) -> Any:
    """Press the button “Import” on the upload's page."""
    soup = page(client.get(url))
    assert soup.select_one("[name=_import]")["value"] == "Import"
    return client.post(url, {"_import": "Import", "seen": soup.select_one("[name=seen]")["value"]})


# Who may


def test_import_pages_require_login(client: Client, db: None, home: Path):
    for response in (client.get(ADD), upload(client), client.post(f"{LIST}uploads/{'0' * 32}/", {"_import": "1"})):
        assert redirect_of(response).startswith("/admin/login/")
    assert stored(home) == []


def test_view_permission_does_not_allow_uploading(client: Client, db: None, home: Path, fake_child: FakeChild):
    importer = Client()
    importer.force_login(staff("importer", "add_importrun", "view_importrun"))
    token, url = uploaded(importer)
    client.force_login(staff("reader", "view_importrun"))
    listed = page(client.get(LIST))
    assert listed.select(".object-tools a") == []
    assert page(client.get(f"{LIST}{ImportRun.objects.get().pk}/change/"))
    seen = page(importer.get(url)).select_one("[name=seen]")["value"]
    for response in (
        client.get(ADD),
        upload(client),
        client.get(url),
        client.post(url, {"_import": "Import", "seen": seen}),
        client.post(url, {"_discard": "Discard"}),
    ):
        assert response.status_code == 403
    assert stored(home) == [token]
    assert [dry for *_rest, dry in fake_child["calls"]] == [True]


def test_a_forged_request_stores_nothing(home: Path, db: None, fake_child: FakeChild):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff("editor", "add_importrun"))
    assert upload(client).status_code == 403
    assert stored(home) == []
    token = page(client.get(ADD)).select_one("[name=csrfmiddlewaretoken]")["value"]
    response = upload(client, csrfmiddlewaretoken=token)
    assert response.status_code == 302
    assert client.post(redirect_of(response), {"_discard": "Discard"}).status_code == 403
    assert len(stored(home)) == 1


# Uploading


def test_files_are_stored_byte_for_byte_and_checked_as_chosen(client: Client, editor: User, fake_child: FakeChild):
    button = page(client.get(LIST)).select_one(".object-tools a")
    assert (text(button), button["href"]) == ("Import a file", ADD)
    form = page(client.get(ADD)).select_one("#content-main form")
    assert form["enctype"] == "multipart/form-data"
    assert form.select_one("[name=chosen]").has_attr("multiple")
    assert [option["value"] for option in form.select("[name=file_format] option")] == ["", *Format.values]
    assert "At most 1 GB. Checking may take up to 10 minutes, and waits while another import is running." in text(form)

    big = bytes(range(256)) * 4096
    two = (SimpleUploadedFile("votes.csv", CONTENT), SimpleUploadedFile("../../roll calls.csv.gz", big))
    token, _url = uploaded(client, *two, file_format="voeten", allow_removals="on")
    kept = find(token)
    assert kept is not None
    assert [path.read_bytes() for path in kept.paths] == [CONTENT, big]
    assert [file.name for file in kept.files] == ["votes.csv", "roll calls.csv.gz"]
    assert fake_child["calls"] == [("voeten", True, "editor", True)]
    assert (kept.by, kept.file_format, kept.allow_removals) == ("editor", "voeten", True)


def test_file_is_never_loaded_into_memory_whole(
    client: Client, editor: User, fake_child: FakeChild, monkeypatch: pytest.MonkeyPatch
):
    sizes = []
    write = storage.Receiver.write

    def weighed(receiver: storage.Receiver, chunk: bytes) -> None:
        sizes.append(len(chunk))
        write(receiver, chunk)

    monkeypatch.setattr(storage.Receiver, "write", weighed)
    uploaded(client, SimpleUploadedFile("votes.csv", b"x" * 1_000_000))
    assert sum(sizes) == 1_000_000
    assert max(sizes) <= 64 * 1024


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "This field is required."),
        ({"chosen": SimpleUploadedFile("votes.csv", b"")}, "The submitted file is empty."),
        (
            {"chosen": SimpleUploadedFile("votes.csv", CONTENT), "file_format": "xlsx"},
            "Select a valid choice. xlsx is not one of the available choices.",
        ),
    ],
)
def test_form_with_an_error_stores_nothing(
    client: Client, fake_child: FakeChild, home: Path, data: dict[str, Any], error: str
):
    assert errors(page(client.post(ADD, {"file_format": "", **data}))) == [error]
    assert stored(home) == []
    assert fake_child["calls"] == []


@pytest.mark.usefixtures("editor", "fake_child")
@pytest.mark.parametrize("announced", [True, False])
def test_oversized_upload_is_refused_with_an_explanation(
    client: Client, home: Path, monkeypatch: pytest.MonkeyPatch, announced: bool
):
    monkeypatch.setattr(storage, "LIMIT", 1000)
    if announced:
        monkeypatch.setattr(upload_forms, "LIMIT", 1000)
        monkeypatch.setattr(upload_forms, "FORM_BYTES", 0)
    soup = page(upload(client, SimpleUploadedFile("a.csv", b"x" * 600), SimpleUploadedFile("b.csv", b"x" * 100_000)))
    (error,) = [text(item) for item in soup.select(".field-chosen .errorlist li")]
    assert error.startswith("The upload is larger than")
    assert error.endswith("compressed with gzip if necessary.")
    assert stored(home) == []


# What would change


def test_page_shows_the_changes_before_importing(client: Client, editor: User, fake_child: FakeChild):
    row = {"file": "votes.csv", "line": 3, "column": "ms_code", "value": "QQQ", "name": "<b>"}
    row |= {"problem": "unknown-code"}
    run: dict[str, Any] = {"added": 1, "changed": 2, "unchanged": 3000, "removed": 4, "resolutions_added": 8}
    run |= {"votes_added": 5, "votes_changed": 6, "votes_removed": 7, "rows": 12345, "rejected": 9, "findings": 3}
    run |= {"changes": ["s-res-1: DNK Y → –", "s-res-2: <i>"]}
    outcome = {"found": [{"kind": "unknown-code", "details": row}], "notes": ["42 subjects."], "open_findings": 11}
    fake_child["dry"] = (run, outcome)
    _token, url = uploaded(client)
    soup = page(client.get(url))
    assert text(soup.select_one("h1")) == "Preview of the import"
    assert table(soup, ".imports-counts tr") == [
        ["", "Added", "Changed", "Unchanged", "Removed"],
        ["Roll calls", "1", "2", "3 000", "4"],
        ["Votes", "5", "6", "", "7"],
        ["Resolutions", "8", "", "", ""],
    ]
    assert "12 345 rows read, 9 rejected; 3 findings about rows." in text(soup)
    assert text(soup.select_one("details[open] summary")) == "2 changes to existing records"
    assert [text(item) for item in soup.select("details li")] == ["s-res-1: DNK Y → –", "s-res-2: <i>"]
    assert items(soup, "Findings about rows") == [
        "votes.csv, line 3, column ms_code: Unknown state code “QQQ” (<b>); its rows were not imported."
    ]
    assert "And 2 more. After the import, all are listed under Findings." in text(soup)
    assert items(soup, "Notes") == ["42 subjects."]
    assert "After the import, 11 findings will be open." in text(soup)
    assert [button["name"] for button in soup.select("input[type=submit]")] == ["_import", "_discard", "_check"]
    assert not soup.select("#content script, #content style, #content [style]")
    waiting = page(client.get(ADD)).select_one(".imports-list a")
    assert (text(waiting), waiting["href"]) == ("votes.csv", url)


def test_a_list_of_changes_that_is_cut_short_says_so(client: Client, editor: User, fake_child: FakeChild):
    fake_child["dry"] = ({"changes": [f"s-res-{number}: title" for number in range(ImportRun.CHANGES_KEPT)]}, {})
    _token, url = uploaded(client)
    details = page(client.get(url)).select_one("details")
    assert text(details.summary) == "The first 1 000 changes to existing records (only these are kept)"
    assert not details.has_attr("open")
    lines = page(client.get(f"{LIST}{ImportRun.objects.get().pk}/change/")).select(
        ".field-changes_listed .readonly div"
    )
    assert [text(line) for line in lines[:2]] == ["Only the first 1 000 are kept.", "s-res-0: title"]
    assert len(lines) == 1001


def test_refused_import_is_explained_and_can_be_checked_again(client: Client, editor: User, fake_child: FakeChild):
    fake_child["dry"] = ({}, {"error": "This edition would remove s-res-1. Nothing was written."})
    token, url = uploaded(client)
    soup = page(client.get(url))
    assert text(soup.select_one("h1")) == "Import not possible"
    assert text(soup.select_one(".errornote")) == (
        "This edition would remove s-res-1. Nothing was written. "
        "Check it again below (with “Allow removals” if the data should be removed), or discard it."
    )
    assert [button["name"] for button in soup.select("input[type=submit]")] == ["_discard", "_check"]

    response = client.post(url, {"_import": "Import", "seen": soup.select_one("[name=seen]")["value"]})
    assert [dry for *_rest, dry in fake_child["calls"]] == [True]
    assert messages(response) == [
        "This upload has been checked again since you opened this page. Review the new result before you import it."
    ]

    fake_child["dry"] = ({"removed": 1}, {})
    assert redirect_of(client.post(url, {"_check": "Check again", "file_format": "", "allow_removals": "on"})) == url
    assert fake_child["calls"][1:] == [("", True, "editor", True)]
    soup = page(client.get(url))
    assert soup.select_one("[name=allow_removals]").has_attr("checked")
    assert soup.select_one("[name=_import]")
    assert ImportRun.objects.get().upload == token


def test_import_without_changes_says_so(client: Client, editor: User, fake_child: FakeChild):
    fake_child["dry"] = fake_child["real"] = ({"unchanged": 2}, {"wrote": False})
    _token, url = uploaded(client)
    assert "Nothing would change: the record already has everything in these files." in text(page(client.get(url)))
    assert messages(confirm(client, url)) == ["Imported. The record already had everything in these files."]


def test_unchecked_upload_can_only_be_checked(client: Client, editor: User, fake_child: FakeChild, home: Path):
    token, url = uploaded(client)
    (home / token / "outcome.json").unlink()
    soup = page(client.get(url))
    assert "This upload has not been checked yet." in text(soup)
    assert [button["name"] for button in soup.select("input[type=submit]")] == ["_discard", "_check"]


def test_invalid_format_choice_checks_nothing(client: Client, editor: User, fake_child: FakeChild):
    _token, url = uploaded(client)
    soup = page(client.post(url, {"_check": "Check again", "file_format": "xlsx"}))
    assert text(soup.select_one(".errorlist")).startswith("Select a valid choice.")
    assert len(fake_child["calls"]) == 1


# Importing


def test_confirming_imports_and_shows_the_actual_changes(
    client: Client, editor: User, fake_child: FakeChild, home: Path
):
    fake_child["dry"] = ({"added": 5}, {})
    fake_child["real"] = ({"added": 3, "findings": 2}, {"notes": ["2 of them were there."]})
    token, url = uploaded(client)
    response = confirm(client, url)
    run = ImportRun.objects.get()
    assert (run.state, run.added, run.upload) == ("done", 3, token)
    assert redirect_of(response) == f"{LIST}{run.pk}/change/"
    assert fake_child["calls"] == [("", False, "editor", True), ("", False, "editor", False)]
    assert messages(response) == [
        'Imported. <a href="/admin/votes/finding/?origin=sc-voting">2 findings are about rows of these files.</a>',
        "2 of them were there.",
    ]
    assert stored(home) == []
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_flag, entry.object_id) == (editor, ADDITION, str(run.pk))
    assert page(client.get("/admin/votes/finding/?origin=sc-voting"))

    again = client.post(url, {"_import": "Import", "seen": "whatever"})
    assert redirect_of(again) == f"{LIST}{run.pk}/change/"
    assert messages(again) == ["This upload has already been imported."]
    assert len(fake_child["calls"]) == 2
    assert redirect_of(client.get(url)) == redirect_of(again)


def test_importer_without_view_permission_returns_to_the_index(client: Client, db: None, fake_child: FakeChild):
    client.force_login(staff("importer", "add_importrun"))
    _token, url = uploaded(client)
    assert redirect_of(client.post(url, {"_discard": "Discard"})) == "/admin/"
    _token, url = uploaded(client)
    assert redirect_of(confirm(client, url)) == "/admin/"
    assert redirect_of(client.get(url)) == "/admin/"


def test_importing_several_editions_redirects_to_the_list(client: Client, editor: User, fake_child: FakeChild):
    token, url = uploaded(client)
    make_run(upload=token, state="done")
    make_run(upload=token, state="done")
    make_run(upload="", state="done")
    ImportRun.objects.filter(state="checked").delete()
    response = client.get(url)
    assert redirect_of(response) == f"{LIST}?upload={token}"
    assert len(page(client.get(redirect_of(response))).select("#result_list tbody tr")) == 2


def test_confirming_needs_the_check_that_was_shown(client: Client, editor: User, fake_child: FakeChild):
    _token, url = uploaded(client)
    seen = page(client.get(url)).select_one("[name=seen]")["value"]
    client.post(url, {"_check": "Check again", "file_format": "", "allow_removals": "on"})
    response = client.post(url, {"_import": "Import", "seen": seen})
    assert messages(response) == [
        "This upload has been checked again since you opened this page. Review the new result before you import it."
    ]
    assert [dry for *_rest, dry in fake_child["calls"]] == [True, True]
    assert redirect_of(confirm(client, url)).endswith("/change/")


def test_failed_import_is_explained_and_keeps_the_upload(
    client: Client, editor: User, fake_child: FakeChild, home: Path
):
    fake_child["real"] = ({}, {"error": "Someone changed the record while the import was running."})
    token, url = uploaded(client)
    response = confirm(client, url)
    assert redirect_of(response) == url
    soup = page(client.get(url))
    assert [text(item) for item in soup.select(".messagelist li")] == ["Nothing was imported. See the error below."]
    assert text(soup.select_one(".errornote")).startswith("Someone changed the record while the import was running.")
    assert stored(home) == [token]
    assert LogEntry.objects.count() == 0


def test_upload_being_imported_cannot_be_imported_again_or_discarded(
    client: Client, editor: User, fake_child: FakeChild, home: Path
):
    token, url = uploaded(client)
    kept = find(token)
    assert kept
    with kept.claimed():
        response = client.post(url, {"_discard": "Discard"})
    assert redirect_of(response) == url
    assert messages(response) == [
        "This upload is being checked or imported right now. Wait a moment, then reload the page."
    ]
    assert stored(home) == [token]


# Not importing


def test_discarding_removes_the_files(client: Client, editor: User, fake_child: FakeChild, home: Path):
    _token, url = uploaded(client)
    response = client.post(url, {"_discard": "Discard"})
    assert redirect_of(response) == LIST
    assert messages(response) == ["The upload was discarded. Nothing was imported."]
    assert stored(home) == []
    gone = client.post(url, {"_import": "Import", "seen": "x"})
    assert redirect_of(gone) == LIST
    assert messages(gone)[-1] == (
        "The uploaded files were deleted: they were imported or discarded, or were older than a day. Upload them again."
    )


def test_upload_expires_after_a_day(client: Client, editor: User, fake_child: FakeChild, home: Path):
    token, url = uploaded(client)
    run = ImportRun.objects.get()
    state = page(client.get(f"{LIST}{run.pk}/change/")).select_one(".field-state_now .readonly")
    assert text(state) == "checked, nothing written. Import or discard it"
    assert state.find("a")["href"] == url

    path = home / token / "upload.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "stored": (timezone.now() - RETENTION).isoformat()}))
    for response in (client.get(url), client.post(url, {"_import": "Import", "seen": "x"})):
        assert redirect_of(response) == LIST
    state = page(client.get(f"{LIST}{run.pk}/change/")).select_one(".field-state_now .readonly")
    assert text(state) == (
        "checked, nothing written. The uploaded files were deleted, so they can no longer be imported. "
        "Upload them again."
    )
    assert page(client.get(ADD)).select(".imports-list") == []


@pytest.mark.parametrize("token", ["0" * 32, "..", "%2e%2e", "upload.json"])
def test_unknown_upload_is_redirected_or_not_found(client: Client, editor: User, token: str):
    response = client.get(f"{LIST}uploads/{token}/")
    assert response.status_code in (302, 404)


# What was imported


def test_list_and_page_show_what_an_import_changed(client: Client, editor: User):
    run = make_run(
        state="done", rows=12345, rejected=2, added=43, unchanged=1, votes_added=645, votes_removed=2,
        resolutions_added=43, findings=3, changes=["s-res-1: DNK Y → –", "<i>"],
    )  # fmt: skip
    make_run(state="checked", format="voeten", by_name="someone")
    shown = page(client.get(f"{LIST}?format__exact=sc-voting&state__exact=done"))
    assert [cells[1:] for cells in table(shown, "#result_list tbody tr")] == [
        [
            "done",
            "votes.csv",
            "43 added, 1 unchanged",
            "645 added, 2 removed",
            "12 345 read, 2 rejected",
            "3",
            "editor",
            "UN Digital Library: Security Council voting",
        ]
    ]
    for term, number in (("OTES.csv", 2), ("5" * 64, 2), ("someone", 1), ("vote.csv", 0)):
        assert len(page(client.get(LIST, {"q": term})).select("#result_list tbody tr")) == number
    soup = page(client.get(f"{LIST}{run.pk}/change/"))
    assert text(soup.select_one(".field-files_read .readonly")) == f"votes.csv , 12 345 rows SHA-256 {'5' * 64}"
    assert [text(line) for line in soup.select(".field-changes_listed .readonly div")] == ["s-res-1: DNK Y → –", "<i>"]
    assert soup.select_one(".field-findings_link a")["href"] == "/admin/votes/finding/?origin=sc-voting"
    assert soup.select("[name=_save]") == []


def test_import_runs_cannot_be_edited_or_deleted(client: Client, db: None):
    client.force_login(User.objects.create_superuser("admin"))
    done, checked = make_run(state="done"), make_run(state="checked")
    assert client.post(f"{LIST}{done.pk}/change/", {"by_name": "me"}).status_code == 403
    assert client.post(f"{LIST}{done.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [done.pk, checked.pk], "post": "yes"})
    assert ImportRun.objects.count() == 2
    assert client.post(f"{LIST}{checked.pk}/delete/", {"post": "yes"}).status_code == 302
    assert ImportRun.objects.get() == done


# With a real child

MEMBERS = ("CHN", "DNK", "DZA", "FRA", "GBR", "GRC", "GUY", "KOR", "PAK", "PAN", "RUS", "SLE", "SOM", "SVN", "USA")
HEADER = (
    *("undl_id", "ms_code", "ms_name", "permanent_member", "ms_vote", "date", "resolution", "draft", "meeting"),
    *("description", "agenda", "subjects", "vote_note", "total_yes", "total_no", "total_abstentions"),
    *("total_non_voting", "total_ms", "modality", "undl_link"),
)


def council(*symbols: str, columns: Sequence[str] = HEADER, wrong: str = "") -> bytes:
    """Return a file of the Security Council's votes of 2025; the Russian Federation abstains, or votes ``wrong``."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(columns)
    for number, symbol in enumerate(symbols):
        for code in MEMBERS:
            choice = (wrong or "A") if code == "RUS" else "Y"
            row = [4072364 + number, code, code, "", choice, "2025-01-15", symbol, "", "", f"On {symbol}", "", "", ""]
            rows.writerow([*row, 14, 0, 1, 0, 15, "Vote, recorded", "https://digitallibrary.un.org/record/1"])
    return file.getvalue().encode()


@pytest.fixture
def live(transactional_db: None, record: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> User:
    """Let the child find the tests' database; return who is logged in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    info = connection.connection.info
    parameters = {**info.get_parameters(), "password": info.password}
    url = f"postgresql:///?{urlencode({name: value for name, value in parameters.items() if value})}"
    monkeypatch.setenv("DATABASE_URL", url)
    user = User.objects.create_superuser("editor")
    client.force_login(user)
    return user


def test_uploaded_file_is_checked_imported_and_published(client: Client, live: User, home: Path):
    content = council("S/RES/2768 (2025)", "S/RES/2769 (2025)", wrong="Q")
    token, url = uploaded(client, SimpleUploadedFile("sc.csv.gz", gzip.compress(content)))
    before = RollCall.objects.count(), Vote.objects.count()
    checked = ImportRun.objects.get()
    assert (checked.state, checked.upload, checked.by) == ("checked", token, live)
    assert (checked.added, checked.votes_added, checked.rejected, checked.findings) == (2, 28, 2, 2)
    assert not RollCall.objects.filter(slug="s-res-2768-2025").exists()
    assert Finding.objects.filter(origin="sc-voting").count() == 0
    soup = page(client.get(url))
    assert table(soup, ".imports-counts tbody tr", "td") == [
        ["2", "0", "0", "0"],
        ["28", "0", "", "0"],
        ["2", "", "", ""],
    ]
    assert items(soup, "Findings about rows") == [
        (
            "sc.csv.gz, line 12, column ms_vote: Unknown choice “Q” (expected Y, N, A, X or NV); the row was "
            "not imported."
        ),
        (
            "sc.csv.gz, line 27, column ms_vote: Unknown choice “Q” (expected Y, N, A, X or NV); the row was "
            "not imported."
        ),
    ]

    response = confirm(client, url)
    run = ImportRun.objects.get()
    assert redirect_of(response) == f"{LIST}{run.pk}/change/"
    assert (run.state, run.upload, run.by, run.by_name) == ("done", token, live, "editor")
    assert (run.added, run.votes_added, run.rejected, run.findings) == (2, 28, 2, 2)
    assert (RollCall.objects.count(), Vote.objects.count()) == (before[0] + 2, before[1] + 28)
    assert Finding.objects.filter(origin="sc-voting", run=run).count() == 2
    assert run.files == [{"name": "sc.csv.gz", "sha256": checked.files[0]["sha256"], "rows": 30}]
    assert stored(home) == []
    assert LogEntry.objects.get().object_id == str(run.pk)
    assert (
        messages(client.post(url, {"_import": "Import", "seen": "x"}))[-1] == "This upload has already been imported."
    )


def test_removal_refused_by_the_child_process_offers_a_way_out(client: Client, live: User):
    confirm(client, uploaded(client, SimpleUploadedFile("a.csv", council("S/RES/2768 (2025)", "S/RES/2769 (2025)")))[1])
    fewer = council("S/RES/2768 (2025)", wrong="Q")
    _token, url = uploaded(client, SimpleUploadedFile("b.csv", fewer))
    error = text(page(client.get(url)).select_one(".errornote"))
    assert error.startswith("This edition lacks data that an earlier edition of the same source has")
    assert "the vote of RUS" in error
    client.post(url, {"_check": "Check again", "file_format": "", "allow_removals": "on"})
    confirm(client, url)
    run = ImportRun.objects.latest("pk")
    assert (run.state, run.removed, run.votes_removed) == ("done", 1, 16)
    assert not Vote.objects.filter(roll_call__slug="s-res-2768-2025", state__code="RUS").exists()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (
            council("S/RES/2768 (2025)") + b"1,caf\xe9,",
            "votes.csv, line 17: the byte 0xE9 is not UTF-8.",
        ),
        (
            council("S/RES/2768 (2025)", columns=[*HEADER[:-1], "date"]),
            "votes.csv, line 1, column date: two columns have this name.",
        ),
    ],
)
def test_unfit_file_is_explained_by_the_child_process(client: Client, live: User, content: bytes, error: str):
    _token, url = uploaded(client, SimpleUploadedFile("votes.csv", content))
    note = text(page(client.get(url)).select_one(".errornote"))
    assert note.startswith(error)
    assert "Nothing was written. Fix the file or download it again" in note
    assert ImportRun.objects.count() == 0


def test_changes_since_the_check_are_taken_into_account(client: Client, live: User):
    content = council("S/RES/2768 (2025)")
    _first, one = uploaded(client, SimpleUploadedFile("a.csv", content))
    _second, two = uploaded(client, SimpleUploadedFile("a.csv", content))
    assert messages(confirm(client, one))[-1] == "Imported."
    assert messages(confirm(client, two))[-1] == "Imported. The record already had everything in these files."
    assert list(ImportRun.objects.order_by("pk").values_list("added", "unchanged", "state")) == [
        (1, 0, "done"),
        (0, 1, "done"),
    ]
