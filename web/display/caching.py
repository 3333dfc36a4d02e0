"""The tag ``{% cached %}``: a template fragment that is rendered once per language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import get_script_prefix
from django.utils.translation import get_language
from jinja2 import nodes
from jinja2.ext import Extension

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from jinja2 import Environment
    from jinja2.parser import Parser

SIZE = 512
"""Maximum number of fragments per process; beyond that (old data versions add up) the cache is cleared."""


class FragmentCache(Extension):
    """``{% cached %}…{% endcached %}``, or ``{% cached key %}`` to render it once per value of a hashable key."""

    tags = {"cached"}

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.parts: dict[Hashable, str] = {}

    def parse(self, parser: Parser) -> nodes.Node:
        """Return a call of ``_part`` with the body as its caller."""
        line = next(parser.stream).lineno
        keys: list[nodes.Expr] = [nodes.Const(f"{parser.name}:{line}")]
        if parser.stream.current.type != "block_end":
            keys.append(parser.parse_expression())
        body = parser.parse_statements(("name:endcached",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_part", keys), [], [], body).set_lineno(line)

    def _part(self, place: str, key: Hashable = None, *, caller: Callable[[], str]) -> str:
        """Return the fragment at a place in a template, from the cache if possible."""
        if self.environment.auto_reload:  # Development: the template may change.
            return caller()
        # URLs in the fragment start with the script prefix.
        about = (place, key, get_language(), get_script_prefix())
        # No lock: threads that miss together write the same value, and nobody waits while one hashes a long key.
        part = self.parts.get(about)
        if part is None:
            if len(self.parts) >= SIZE:
                self.parts.clear()
            part = self.parts[about] = caller()
        return part
