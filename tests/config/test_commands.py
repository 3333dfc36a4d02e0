"""Exit codes of all management commands, as documented in their help."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db.utils import InterfaceError, OperationalError, ProgrammingError

from tests.waiting import PATIENCE

OURS = sorted((app, name) for name, app in get_commands().items() if app in ("config", "web", "votes", "resolutions"))


NO_TABLE = 'relation "votes_change" does not exist'


def manage() -> Any:
    spec = importlib.util.spec_from_file_location("manage", settings.BASE_DIR / "manage.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_of_the_project_is_tested_here():
    names = {
        path.stem
        for app in ("config", "web", "votes", "resolutions")
        for path in (settings.BASE_DIR / app).glob("management/commands/[a-z]*.py")
    }
    assert {name for _app, name in OURS} == names


@pytest.mark.parametrize(("app", "name"), OURS)
def test_help_of_each_command_states_its_exit_codes(app: str, name: str):
    text = " ".join(load_command_class(app, name).create_parser("manage.py", name).format_help().split())
    assert " Exit status: 0 when " in text
    assert ", 1 when " in text


@pytest.mark.parametrize(("app", "name"), OURS)
def test_wrong_option_exits_with_2(app: str, name: str, capsys: pytest.CaptureFixture[str]):
    parser = load_command_class(app, name).create_parser("manage.py", name)
    parser.called_from_command_line = True
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--no-such-option"])
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "options"), [("serve", {"port": "0"}), ("fit_ideal_points", {"iterations": 0}), ("backup", {"keep": 0})]
)
def test_option_value_out_of_range_exits_with_2(name: str, options: dict[str, object]):
    with pytest.raises(CommandError) as refused:
        call_command(name, **options)
    assert refused.value.returncode == 2


def missing_table() -> ProgrammingError:
    error = ProgrammingError(f"{NO_TABLE}\nLINE 1: ...")
    error.__cause__ = psycopg.errors.UndefinedTable()
    return error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "\nplenary: stopped; unfinished work was not saved.\n"),
        (InterfaceError("connection already closed"), "plenary: connection already closed", ""),
        (OperationalError("server closed\nmore"), "plenary: server closed", ""),
        (
            missing_table(),
            f"plenary: the database tables do not match this release ({NO_TABLE}). Run manage.py migrate, or make run.",
            "",
        ),
    ],
)
def test_interruption_or_lost_database_is_one_line_without_traceback(
    error: BaseException,
    code: int | str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """A text is printed by Python, which ends with 1."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    module = manage()

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(module, "execute_from_command_line", fail)
    monkeypatch.setattr(sys, "argv", ["manage.py", "check_record"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert (ended.value.code, capsys.readouterr().err) == (code, said)
    sys.argv.append("--traceback")
    with pytest.raises(type(error)):
        module.main()


def test_ctrl_c_exits_with_130(tmp_path: Path):
    """An import that waits for its input is stopped."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITS],
        env={**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/x", "PLENARY_HOME": str(tmp_path)},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout
        assert command.stdout.readline() == "waiting\n"
        command.send_signal(signal.SIGINT)
        _said, complaint = command.communicate(timeout=PATIENCE)
    assert (command.returncode, complaint) == (130, "\nplenary: stopped; unfinished work was not saved.\n")


WAITS = """
import sys, time, manage
def wait(argv):
    print("waiting", flush=True)
    time.sleep(600)
manage.execute_from_command_line = wait
manage.main()
"""
