"""Escaping in templates equals Jinja2's."""

from __future__ import annotations

from typing import Any

import markupsafe
import pytest
from django.template import engines
from django.utils.functional import lazystr
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from config.jinja import environment
from web.display.escaping import SHORT, escape


@given(st.text() | st.text(min_size=SHORT) | st.integers() | st.none())
def test_escape_equals_markupsafe(value: Any):
    assert escape(value) == markupsafe.escape(value)


@pytest.mark.parametrize("safe", [SafeString("<b>&amp;</b>"), markupsafe.Markup("<b>&amp;</b>")])
def test_safe_markup_stays_as_it_is(safe: str):
    assert escape(safe) == "<b>&amp;</b>"


def test_plain_text_is_escaped_even_if_equal_markup_was_safe():
    values = [markupsafe.Markup("<i>"), "<i>", lazystr("<i>")]

    assert [escape(value) for value in values] == ["<i>", "&lt;i&gt;", "&lt;i&gt;"]


def test_templates_use_this_escape():
    code = environment(autoescape=True).compile("{{ name }}", raw=True)

    assert code.partition("\n")[0].endswith("; from web.display.escaping import escape")
    assert engines["jinja2"].from_string("{% set it %}{{ name }}{% endset %}{{ it }}").render({"name": "<"}) == "&lt;"
