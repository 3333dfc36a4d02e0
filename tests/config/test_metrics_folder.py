"""The folder in which the processes of one gunicorn count."""

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


def test_a_gunicorn_has_a_folder_of_its_own_and_keeps_it_when_it_reads_its_configuration_anew(memory: Path):
    metrics_folder.make_folder()
    (folder,) = memory.iterdir()
    assert os.environ[metrics_folder.VARIABLE] == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    metrics_folder.make_folder()
    assert list(memory.iterdir()) == [folder]
    metrics_folder.remove_folder()
    assert list(memory.iterdir()) == []


def test_what_one_that_was_killed_left_is_taken_away_and_that_of_others_is_not(memory: Path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (memory / f"{metrics_folder.PREFIX}{ended.pid}-x").mkdir()
    lives = memory / f"{metrics_folder.PREFIX}{os.getppid()}-x"
    lives.mkdir()
    (memory / "other").mkdir()
    metrics_folder.make_folder()
    mine = Path(os.environ[metrics_folder.VARIABLE])
    assert set(memory.iterdir()) == {lives, memory / "other", mine}


def test_a_child_does_not_take_its_parents_folder_away(memory: Path, monkeypatch: pytest.MonkeyPatch):
    theirs = memory / f"{metrics_folder.PREFIX}{os.getppid()}-x"
    theirs.mkdir()
    monkeypatch.setenv(metrics_folder.VARIABLE, str(theirs))
    metrics_folder.remove_folder()
    assert theirs.exists()
