"""``manage.py serve``, which is all of ``make run`` after the installation."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection

from config.management.commands.serve import Command
from tests.stack.processes import free_port
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DEBUG")}
    return {**inherited, "PLENARY_HOME": str(home), "PYTHONUNBUFFERED": "1", "RECORD": "none", **more}


def serve(home: Path, port: int, *options: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), *options],
        cwd=settings.BASE_DIR,
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def serving(
    home: Path, port: int, *options: str, stop_signal: signal.Signals = signal.SIGINT, until: str = "Serving"
) -> Iterator[list[str]]:
    """Serve, yield what was said ``until`` it serves, and end as a terminal would: the signal to the whole group."""
    process = serve(home, port, *options)
    said: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if until in line:
                break
        yield said
    finally:
        os.killpg(process.pid, stop_signal)
        process.communicate(timeout=PATIENCE)


def get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return str(answer.read(), "utf-8")


def remaining_processes(home: Path) -> list[str]:
    """Return the command lines that still name ``home``, after giving the keeper time to stop its server."""
    deadline = time.monotonic() + PATIENCE
    while True:
        running = subprocess.run(["ps", "-eo", "stat=,args="], capture_output=True, text=True, check=True).stdout
        lines = [line for line in running.splitlines() if str(home) in line and not line.startswith("Z")]
        if not lines or time.monotonic() > deadline:
            return lines
        time.sleep(0.2)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dossier d'été") / "plenary"


def test_first_start_loads_the_record_and_any_stop_keeps_it_and_leaves_no_process(home: Path):
    port = free_port()
    with serving(home, port) as said:
        assert "Reference facts loaded: 202 member states, 52 blocs, 22 landmark roll calls." in said
        assert any(
            re.fullmatch(r"Created account: admin, password \S{20} \(shown only once\)\.", line) for line in said
        )
        page = get(port, "/resolutions/A/RES/ES-11/7")
        assert '<strong class="tally">93-18-65</strong>' in page
        stylesheet = re.search(r'href="(/static/plenary/plenary\.[0-9a-f]+\.css)"', page)
        assert stylesheet
        assert "--paper" in get(port, stylesheet[1])
    assert remaining_processes(home) == []

    for stop_signal in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        with serving(home, port, stop_signal=stop_signal) as said:
            assert not [line for line in said if "loaded" in line or "Created account" in line or "Migrations" in line]
            assert "93-18-65" in get(port, "/resolutions/"), stop_signal
        assert remaining_processes(home) == [], stop_signal


def test_reload_option_reloads_code_and_templates_and_caches_no_page(home: Path):
    port = free_port()
    with serving(home, port, "--reload", until="Created account"):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/about/", timeout=PATIENCE) as answer:
                    page, status = answer.read().decode(), answer.headers.get("Cache-Status", "")
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
    assert "hit" not in status
    assert 'href="/static/plenary/plenary.css"' in page  # not the file collected under the sum of its contents
    assert remaining_processes(home) == []


def test_port_in_use_is_one_line_that_suggests_another(home: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = serve(home, port)
        said, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said == (
        f"CommandError: Port {port} on 127.0.0.1 is not available (Address already in use). "
        f"Stop the program that uses it, or choose another port: make run PORT={port + 1}\n"
    )
    assert not (home / "postgresql").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x/y", "plenary: DATABASE_URL is not the address of a PostgreSQL server."),
        ("postgresql://127.0.0.1:1/x", "plenary: cannot use the database at DATABASE_URL: connection failed"),
    ],
)
def test_invalid_database_url_is_one_line_and_starts_no_embedded_server(home: Path, url: str, said: str):
    process = serve(home, free_port(), DATABASE_URL=url)
    output, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output.startswith(said)
    assert output.count("\n") == 1
    assert not (home / "postgresql").exists()


def test_secret_key_is_made_once_and_readable_by_its_owner_only(home: Path):
    command = [sys.executable, "-c", "from config import settings; print(settings.SECRET_KEY)"]
    keys = {
        subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment(home), capture_output=True, text=True, check=True
        ).stdout
        for _start in range(2)
    }
    assert len(keys) == 1
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("engine", "said", "answer"),
    [
        ("config.postgresql", None, {"PUBLISH_OWN_ENTRIES": "1"}),
        ("config.postgresql", "0", {}),
        ("config.postgresql", "1", {}),
        ("django.db.backends.postgresql", None, {}),
    ],
)
def test_own_entries_are_publishable_by_default_on_the_embedded_server_only(monkeypatch, engine, said, answer):
    monkeypatch.setitem(connection.settings_dict, "ENGINE", engine)
    monkeypatch.delenv("PUBLISH_OWN_ENTRIES", raising=False)
    if said is not None:
        monkeypatch.setenv("PUBLISH_OWN_ENTRIES", said)
    out = io.StringIO()
    assert Command(stdout=out).publishing_environment() == answer
    assert ("PUBLISH_OWN_ENTRIES=0" in out.getvalue()) == bool(answer)
