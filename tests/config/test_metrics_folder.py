"""The metrics folder shared by the processes of one gunicorn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import metrics_folder


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(metrics_folder, "MEMORY", tmp_path)
    monkeypatch.setenv(metrics_folder.VARIABLE, "")
    return tmp_path


def test_each_gunicorn_has_its_own_folder_and_keeps_it_on_reload(memory: Path):
    metrics_folder.make_folder()
    (folder,) = memory.iterdir()
    assert os.environ[metrics_folder.VARIABLE] == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    metrics_folder.make_folder()
    assert list(memory.iterdir()) == [folder]
    metrics_folder.remove_folder()
    assert list(memory.iterdir()) == []


def test_folder_of_a_killed_gunicorn_is_removed_and_others_stay(memory: Path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (memory / f"{metrics_folder.PREFIX}{ended.pid}-x").mkdir()
    lives = memory / f"{metrics_folder.PREFIX}{os.getppid()}-x"
    lives.mkdir()
    (memory / "other").mkdir()
    metrics_folder.make_folder()
    mine = Path(os.environ[metrics_folder.VARIABLE])
    assert set(memory.iterdir()) == {lives, memory / "other", mine}


def test_child_process_does_not_remove_the_folder(memory: Path, monkeypatch: pytest.MonkeyPatch):
    theirs = memory / f"{metrics_folder.PREFIX}{os.getppid()}-x"
    theirs.mkdir()
    monkeypatch.setenv(metrics_folder.VARIABLE, str(theirs))
    metrics_folder.remove_folder()
    assert theirs.exists()
