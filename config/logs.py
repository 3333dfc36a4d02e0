"""Logging: a line of text on a laptop, an object of JSON in production.

A line has no query values except those of public filters, no cookies, no bodies, and no client addresses unless
LOG_ADDRESSES is set. Writing may fail (full disk, closed pipe); callers do not notice.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import re
from typing import Any

# A handler that fails would print a traceback, to where writing has just failed.
logging.raiseExceptions = False
# What no line shows need not be found out for each.
logging.logThreads = logging.logMultiprocessing = False

STDERR = 2

# Addresses that carry a secret, and what gunicorn says of requests that are none.
SECRET_PATH = re.compile(r"(/password_reset/)[^\s'\"]+")
QUERY = re.compile(r"(/[^\s?]*)\?\S+")
FROM = re.compile(r"\bfrom ip=[0-9a-fA-F.:]*[0-9a-fA-F]")

FIELDS = (
    "request_id", "method", "route", "path", "query", "status", "bytes", "ms", "sql_ms", "queries", "cache", "user",
    "address", "sql",
)  # fmt: skip
"""What an object may have besides: what a library hangs on its records, such as the request itself, is not among it."""

ENCODER = json.JSONEncoder(default=str, separators=(",", ":"))


def redact(message: str) -> str:
    """Return a message without queries, the tokens of links for new passwords and clients' addresses."""
    if "?" in message:
        message = QUERY.sub(r"\1?…", message)
    if "/password_reset/" in message:
        message = SECRET_PATH.sub(r"\1…", message)
    if "from ip=" in message and not logs_addresses():
        message = FROM.sub("from a client", message)
    return message


def logs_addresses() -> bool:
    """Tell whether clients' addresses may be logged."""
    return os.environ.get("LOG_ADDRESSES", "") == "1"


def escape_unprintable(text: str) -> str:
    """Return ``text`` with each character that could end the line, or command a terminal, written as its number."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


class StderrHandler(logging.Handler):
    """Writes each record to standard error with one call, so that lines of several processes do not mix."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; drop it if writing fails."""
        try:
            os.write(STDERR, f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
        except Exception:  # noqa: BLE001  # logging must never break an answer
            self.handleError(record)


class RequestIdFilter(logging.Filter):
    """Puts the id of the request that is being answered into each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Imported here, since logging is set up before there are settings.
        from web.serving.current_request import CURRENT  # noqa: PLC0415

        if request := CURRENT.get():
            record.request_id = request.id
        return True


class JSONFormatter(logging.Formatter):
    """A record as one object of JSON in one line, with the fields that are named above and no others.

    Fields are allowed by name, unlike in most libraries, so that no secret is written by accident.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; JSON writes what could end it as its number."""
        fields = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "pid": record.process,
            "message": redact(record.getMessage()),
        }
        attributes = record.__dict__
        fields |= {name: attributes[name] for name in FIELDS if attributes.get(name) is not None}
        if record.exc_info:
            fields["traceback"] = redact(self.formatException(record.exc_info))
        return ENCODER.encode(fields)


class TextFormatter(logging.Formatter):
    """A record in a line to read, and a traceback, set in, below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's name
        """Return the line, with what belongs to it, and nothing that could pass for another line."""
        parts = [super().formatMessage(record)]
        if sql := getattr(record, "sql", None):
            parts.append(f"{record.__dict__['ms']} ms on {record.__dict__['route']}: {sql}")
        if request_id := getattr(record, "request_id", None):
            parts.append(f"[{request_id}]")
        return escape_unprintable(redact(" ".join(parts)))

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the library's name
        """Return the traceback, each line set in."""
        lines = redact(super().formatException(ei)).split("\n")
        return "\n".join(f"    {escape_unprintable(line)}" for line in lines)


def formatter(*, as_json: bool) -> logging.Formatter:
    """Return what turns a record into what is written."""
    return JSONFormatter() if as_json else TextFormatter()


def is_json() -> bool:
    """Tell whether lines are objects: as LOG_FORMAT says, and where it says nothing in production."""
    wanted = os.environ.get("LOG_FORMAT", "")
    return wanted == "json" or (not wanted and os.environ.get("PRODUCTION", "") == "1")


def configuration() -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, and a line a request where lines are objects."""
    level = (os.environ.get("LOG_LEVEL", "") or "warning").upper()
    has_access_lines = is_json() or level in ("INFO", "DEBUG") or os.environ.get("PRODUCTION", "") == "1"
    # Names and addresses of who failed to log in: the admin shows them, and forgets them when that is over.
    failures = "WARNING" if logs_addresses() else "CRITICAL"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plenary": {"()": "config.logs.formatter", "as_json": is_json()}},
        "filters": {"request": {"()": "config.logs.RequestIdFilter"}},
        "handlers": {"stderr": {"()": "config.logs.StderrHandler", "formatter": "plenary", "filters": ["request"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "plenary.access": {"level": "INFO" if has_access_lines else "CRITICAL"},
            "django": {"handlers": [], "propagate": True, "level": "WARNING"},
            # The line of the request has its status; what went wrong is said once.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "axes": {"level": failures},
        },
    }
