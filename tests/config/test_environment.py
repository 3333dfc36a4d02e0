"""Reading texts, numbers and secret files from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import text, whole_number

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 12 ", 12), ("", 5), ("  ", 5), (None, 5)])
def test_number_is_read_and_unset_is_the_default(monkeypatch: pytest.MonkeyPatch, text: str | None, number: int):
    monkeypatch.delenv("PLENARY_TEST_NUMBER", raising=False)
    if text is not None:
        monkeypatch.setenv("PLENARY_TEST_NUMBER", text)
    assert whole_number("PLENARY_TEST_NUMBER", 5) == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "five", "٣", "²", "1e3"])
def test_invalid_number_is_one_line_that_names_the_variable(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("PLENARY_TEST_NUMBER", text)
    with pytest.raises(ImproperlyConfigured) as raised:
        whole_number("PLENARY_TEST_NUMBER", 5)
    assert str(raised.value) == f"PLENARY_TEST_NUMBER must be a whole number of at least 1, not “{text}”."


def test_zero_is_accepted_where_the_minimum_is_zero(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLENARY_TEST_NUMBER", "0")
    assert whole_number("PLENARY_TEST_NUMBER", 5, least=0) == 0


@pytest.mark.parametrize(
    ("content", "secret"), [("s3cret\n", "s3cret"), (" s3cret ", " s3cret "), ("a\nb\r\n", "a\nb")]
)
def test_a_secret_is_read_from_the_file_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, secret: str
):
    file = tmp_path / "secret"
    file.write_bytes(content.encode())
    monkeypatch.setenv("PLENARY_TEST_SECRET", "")
    monkeypatch.setenv("PLENARY_TEST_SECRET_FILE", str(file))
    assert text("PLENARY_TEST_SECRET") == secret


def test_unset_or_empty_text_or_file_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("PLENARY_TEST_SECRET", raising=False)
    assert text("PLENARY_TEST_SECRET", "none") == "none"
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("PLENARY_TEST_SECRET_FILE", str(tmp_path / "empty"))
    assert text("PLENARY_TEST_SECRET", "none") == "none"
    monkeypatch.setenv("PLENARY_TEST_SECRET_FILE", "")
    monkeypatch.setenv("PLENARY_TEST_SECRET", " as it is ")
    assert text("PLENARY_TEST_SECRET", "none") == " as it is "


def test_unreadable_secret_is_one_line_without_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    binary = tmp_path / "binary"
    binary.write_bytes(b"s3cret\xff")
    monkeypatch.setenv("PLENARY_TEST_SECRET", "")
    wrong = {
        tmp_path
        / "none": f"PLENARY_TEST_SECRET_FILE names {tmp_path}/none, which cannot be read: No such file or directory.",
        tmp_path: f"PLENARY_TEST_SECRET_FILE names {tmp_path}, which cannot be read: Is a directory.",
        binary: f"PLENARY_TEST_SECRET_FILE names {binary}, which is not text in UTF-8.",
    }
    for path, message in wrong.items():
        monkeypatch.setenv("PLENARY_TEST_SECRET_FILE", str(path))
        with pytest.raises(ImproperlyConfigured) as raised:
            text("PLENARY_TEST_SECRET")
        assert str(raised.value) == message
    monkeypatch.setenv("PLENARY_TEST_SECRET", "s3cret")
    with pytest.raises(ImproperlyConfigured) as raised:
        text("PLENARY_TEST_SECRET")
    assert str(raised.value) == "PLENARY_TEST_SECRET and PLENARY_TEST_SECRET_FILE are both set: set only one of them."
