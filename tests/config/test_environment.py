"""Numbers from the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import whole_number


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 12 ", 12), ("", 5), ("  ", 5)])
def test_a_number_is_read_and_nothing_is_the_default(monkeypatch: pytest.MonkeyPatch, text: str, number: int):
    monkeypatch.setenv("PLENARY_TEST_NUMBER", text)
    assert whole_number("PLENARY_TEST_NUMBER", 5) == number


def test_an_unset_variable_is_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PLENARY_TEST_NUMBER", raising=False)
    assert whole_number("PLENARY_TEST_NUMBER", 5) == 5


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "five", "٣", "²", "1e3"])
def test_anything_else_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("PLENARY_TEST_NUMBER", text)
    with pytest.raises(ImproperlyConfigured) as raised:
        whole_number("PLENARY_TEST_NUMBER", 5)
    assert str(raised.value) == f"PLENARY_TEST_NUMBER must be a whole number of at least 1, not “{text}”."


def test_where_none_is_a_number_it_may_be_zero(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLENARY_TEST_NUMBER", "0")
    assert whole_number("PLENARY_TEST_NUMBER", 5, least=0) == 0
