"""The release name is derived from the code and settings."""

from pathlib import Path

import pytest

from web.serving.release import named_release, release_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.py").write_text("1")
    return tmp_path


@pytest.mark.parametrize("changed", ["requirements.txt", "web/a.py", "templates/new.html"])
def test_release_changes_with_code_templates_and_requirements(root: Path, changed: str):
    before = release_of(root)
    (root / changed).parent.mkdir(exist_ok=True)
    (root / changed).write_text("2")

    assert release_of(root) != before
    assert len(before) == 12


@pytest.mark.parametrize("changed", ["tests/a.py", "README.md", "web/__pycache__/a.pyc"])
def test_release_ignores_tests_documents_and_bytecode(root: Path, changed: str):
    before = release_of(root)
    (root / changed).parent.mkdir(exist_ok=True)
    (root / changed).write_text("2")

    assert release_of(root) == before


def test_renamed_file_changes_the_release(root: Path):
    before = release_of(root)
    (root / "web" / "a.py").rename(root / "web" / "b.py")

    assert release_of(root) != before


def test_settings_are_part_of_the_release_name(settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RELEASE", "2026-12")
    settings.CONTACT_EMAIL = "editors@plenary.example"
    one = named_release()

    settings.CONTACT_EMAIL = "others@plenary.example"

    assert one.startswith("2026-12-")
    assert named_release() != one
