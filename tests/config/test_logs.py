"""Log records: one line each, without secrets, and never an error of the request."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory

from config import logs
from config.gunicorn_logs import Logs
from web.serving.current_request import CURRENT, CurrentRequest


def record(message: str, *arguments: object, error: BaseException | None = None, **more: Any) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("plenary.test", logging.WARNING, __file__, 1, message, arguments, info)
    made.__dict__.update(more)
    return made


NASTY = "a\nERROR forged: b\r\x1b[31m\x00\u2028\u2029\x85\x0b\x0c\ud800é"


def test_json_record_is_one_line_whatever_the_message():
    written = logs.JSONFormatter().format(record("said %s", NASTY, path=NASTY))
    assert len(written.splitlines()) == 1
    fields = json.loads(written)
    assert (fields["message"], fields["path"]) == (f"said {NASTY}", NASTY)
    assert (fields["level"], fields["logger"]) == ("WARNING", "plenary.test")


def test_newlines_in_a_message_do_not_split_a_text_line():
    written = logs.TextFormatter().format(record("said %s", NASTY))
    assert len(written.splitlines()) == 1
    assert written.endswith(r"said a\nERROR forged: b\r\x1b[31m\x00\u2028\u2029\x85\x0b\x0c\ud800é")


def test_traceback_lines_cannot_be_mistaken_for_records():
    error = ValueError("bad\n2026-01-01 ERROR forged")
    assert logs.TextFormatter().format(record("Trouble", error=error)).splitlines()[1:] == [
        "    ValueError: bad",
        "    2026-01-01 ERROR forged",
    ]
    written = logs.JSONFormatter().format(record("Trouble", error=error))
    assert len(written.splitlines()) == 1
    assert json.loads(written)["traceback"] == "ValueError: bad\n2026-01-01 ERROR forged"


def test_extra_attributes_of_libraries_are_not_logged():
    """Django hangs the request on it, whose text has the whole address."""
    request = RequestFactory().get("/?token=abc")
    fields = json.loads(
        logs.JSONFormatter().format(record("Trouble", request=request, status_code=500, params=["abc"]))
    )
    assert sorted(fields) == ["level", "logger", "message", "pid", "time"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Internal Server Error: /admin/password_reset/MQ/abc-123/", "Internal Server Error: /admin/password_reset/…"),
        ("Error handling request GET /search?token=abc HTTP", "Error handling request GET /search?… HTTP"),
        ("Invalid request from ip=192.0.2.7: no", "Invalid request from a client: no"),
        ("Is this right? Yes.", "Is this right? Yes."),
    ],
)
def test_messages_of_libraries_are_stripped_of_secrets(message: str, said: str):
    assert logs.redact(message) == said


def test_record_has_the_id_of_its_request():
    made = record("x")
    token = CURRENT.set(CurrentRequest("0123456789abcdef", RequestFactory().get("/")))
    try:
        assert logs.RequestIdFilter().filter(made) is True
    finally:
        CURRENT.reset(token)
    assert json.loads(logs.JSONFormatter().format(made))["request_id"] == "0123456789abcdef"
    assert logs.TextFormatter().format(made).endswith("x [0123456789abcdef]")
    other = record("y")
    logs.RequestIdFilter().filter(other)
    assert "request_id" not in json.loads(logs.JSONFormatter().format(other))


@pytest.mark.parametrize(
    ("environment", "as_json", "access"),
    [
        ({}, False, "CRITICAL"),
        ({"PRODUCTION": "1"}, True, "INFO"),
        ({"LOG_FORMAT": "json"}, True, "INFO"),
        ({"PRODUCTION": "1", "LOG_FORMAT": "text"}, False, "INFO"),
        ({"LOG_LEVEL": "info"}, False, "INFO"),
    ],
)
def test_production_logs_json_and_requests(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], as_json: bool, access: str
):
    for name in ("PRODUCTION", "LOG_FORMAT", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made = logs.configuration()
    assert made["formatters"]["plenary"]["as_json"] is as_json
    assert made["loggers"]["plenary.access"]["level"] == access


FAILS_TO_WRITE = """
import logging, os
from config import logs
handler = logs.StderrHandler()
handler.setFormatter(logs.JSONFormatter())
log = logging.getLogger("x")
log.addHandler(handler)
for _ in range(3):
    log.error("said")
os.write(1, b"went on")
"""


@pytest.mark.parametrize("where", ["full", "closed pipe", "closed"])
def test_record_that_cannot_be_written_is_dropped_without_an_error(where: str):
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "w") as full:  # noqa: PTH123  # a device
        done = subprocess.run(
            [sys.executable, "-c", FAILS_TO_WRITE if where != "closed" else f"import os; os.close(2){FAILS_TO_WRITE}"],
            stdout=subprocess.PIPE,
            stderr=writing if where == "closed pipe" else full,
            cwd=settings.BASE_DIR,
            check=True,
        )
    os.close(writing)
    assert done.stdout == b"went on"


def test_gunicorn_logs_in_the_same_format(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    from gunicorn.config import Config  # noqa: PLC0415  # it looks at the command line's terminal when it is imported

    monkeypatch.setenv("LOG_FORMAT", "json")
    theirs = Logs(Config())
    theirs.error("Worker (pid:%s) was sent %s\nforged", 7, "SIGKILL!")
    try:
        (written,) = capfd.readouterr().err.splitlines()
    finally:
        for handler in list(theirs.error_log.handlers):
            theirs.error_log.removeHandler(handler)
    fields = json.loads(written)
    assert (fields["logger"], fields["message"]) == ("gunicorn.error", "Worker (pid:7) was sent SIGKILL!\nforged")
