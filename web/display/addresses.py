"""Cached URL reversing for templates."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language


def url(name: str, *arguments: str) -> str:
    """Return the URL of a view; cached, since a page has dozens and most recur."""
    return _reversed(name, arguments, get_language(), get_script_prefix())


@lru_cache(maxsize=4096)
def _reversed(name: str, arguments: tuple[str, ...], _language: str | None, _prefix: str) -> str:
    return reverse(name, args=arguments)
