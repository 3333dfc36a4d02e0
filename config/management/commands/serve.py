"""Serve Plenary from a checkout: everything a first start needs, then gunicorn."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from config.static_files import fingerprint


class Command(BaseCommand):
    """Prepare the database, load what ships, make the first account, and serve."""

    help = (
        "Prepare the database if needed, then serve the site with gunicorn until it is stopped. Exit "
        "status: 0 when it was stopped, 1 when it cannot start, 2 for a wrong option."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="8000")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--reload",
            action="store_true",
            help=("serve for development: reload code and templates when they are edited"),
        )

    def handle(self, *args: Any, port: str, host: str, reload: bool, **options: Any) -> None:
        """Do what is missing, say what was done, and become gunicorn, or Django's server that reloads."""
        began = time.monotonic()
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CommandError(
                f"“{port}” is not a port. Choose a number from 1 to 65535, such as make run PORT=8000", returncode=2
            )
        self.check_port(host, int(port))
        self.connect()
        with nullcontext() if reload else self.collecting_static_files():
            # Ideal points are estimated behind the running server; see config/gunicorn.conf.py.
            call_command("prepare", no_ideal_points=True, stdout=self.stdout)
        self.make_admin_once()
        # Nothing may stay connected or unwritten when this process becomes another program.
        connection.close()
        address = f"http://{host}:{port}"
        self.stdout.write("")
        self.stdout.write(f"Plenary is running at {address} (ready in {time.monotonic() - began:.1f} s).")
        self.stdout.write(f"  Example page: {address}/resolutions/A/RES/ES-11/7")
        self.stdout.write(
            f"  Data entry:   {address}/admin/ (new password: .venv/bin/python manage.py changepassword admin)"
        )
        publishing = self.publishing_environment()
        self.stdout.write("")
        self.stdout.flush()
        environment = {**os.environ, "BIND": f"{host}:{port}", "PLENARY_TERMINAL": "1", **publishing}
        if settings.RECORD == "whole":
            environment["FIT_IDEAL_POINTS"] = "1"
        server = ["-m", "gunicorn", "-c", "config/gunicorn.conf.py", "config.wsgi"]
        if reload:
            self.stdout.write("  Code and templates reload when you save. The first page takes a few seconds.")
            self.stdout.flush()
            server = ["manage.py", "runserver", f"{host}:{port}"]
            environment |= {"DEBUG": "1", "PAGE_CACHE": "0"}
        os.chdir(settings.BASE_DIR)
        os.execve(sys.executable, [sys.executable, *server], environment)  # noqa: S606  # our own arguments, no shell

    @contextmanager
    def collecting_static_files(self) -> Iterator[None]:
        """Collect the static files on another core meanwhile, where any has changed since they were.

        Raises CommandError where that fails.
        """
        stamp, now = Path(settings.STATIC_ROOT) / "fingerprint", fingerprint()
        if stamp.exists() and stamp.read_text() == now:
            yield
            return
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        with subprocess.Popen(command, cwd=settings.BASE_DIR) as collecting:
            yield
        if collecting.returncode:
            raise CommandError("The static files could not be collected; see the error above.")
        stamp.write_text(now)

    def publishing_environment(self) -> dict[str, str]:
        """Return the variable that lets one person enter and publish, where PUBLISH_OWN_ENTRIES is unset.

        Only with the embedded database, which is a newcomer's, who has one account and follows the README.
        """
        if os.environ.get("PUBLISH_OWN_ENTRIES") or connection.settings_dict["ENGINE"] != "config.postgresql":
            return {}
        self.stdout.write(
            "         editors may publish their own entries here; set PUBLISH_OWN_ENTRIES=0 to require a second person"
        )
        return {"PUBLISH_OWN_ENTRIES": "1"}

    def check_port(self, host: str, port: int) -> None:
        """Raise CommandError where the port cannot be had, before anything is done."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} on {host} is not available ({error.strerror}). "
                    "Stop the program that uses it, or choose another port: "
                    f"make run PORT={port + 1 if port < 65535 else 8000}"
                ) from None

    def connect(self) -> None:
        """Connect, and say to which server."""
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        if connection.settings_dict["ENGINE"] == "config.postgresql":
            self.stdout.write(f"Embedded PostgreSQL {version} is running; its data are in {connection.server.folder}.")  # type: ignore[attr-defined]
        else:
            self.stdout.write(f"Using PostgreSQL {version} at DATABASE_URL.")

    def make_admin_once(self) -> None:
        """Make the account ``admin`` where nobody may enter yet, and show its password in the same breath."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(15)
        with transaction.atomic():
            users.create_superuser("admin", password=password)
            self.stdout.write(f"Created account: admin, password {password} (shown only once).")
            self.stdout.flush()
