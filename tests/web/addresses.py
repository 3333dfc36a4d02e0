"""An example of every public address, taken from the addresses themselves: a new one without an example fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from web import urls
from web.api import urls as api

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = {
    "symbol": ["A/RES/ES-11/7"],
    "slug": ["a-res-es-11-7"],
    "code": ["USA"],
    "bloc": ["eu"],
    "section": ["states"],
    "name": ["SHA256SUMS"],
}
"""What stands for a part of an address, by its name."""

OF_SLUG = {"blocs": ["nato"], "subjects": ["CUBA--UNITED STATES"]}
"""The same of a slug, by what stands before it."""

PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)")
WORDS = re.compile(r"\w[\w|-]*")


def patterns() -> Iterator[tuple[str, str]]:
    """Yield the name of each public address and its pattern."""
    for prefix, of in (("", urls), ("api/v1/", api)):
        for pattern in of.urlpatterns:
            if pattern.name:
                yield f"{of.app_name}:{pattern.name}", prefix + str(pattern.pattern).lstrip("^").removesuffix("$")


def filled(pattern: str) -> list[str]:
    """Return the addresses of a pattern, with each word or example in the place of each of its parts."""
    part = PART.search(pattern)
    if part is None:
        return ["/" + pattern.replace("\\", "")]
    name, choice = part[1] or part[2], part[3]
    if choice and WORDS.fullmatch(choice):
        values = choice.split("|")
    elif name == "slug" and (folder := pattern.partition("/")[0]) in OF_SLUG:
        values = OF_SLUG[folder]
    else:
        values = EXAMPLES[name]
    return [done for value in values for done in filled(pattern[: part.start()] + value + pattern[part.end() :])]


def every_address() -> list[str]:
    """Return examples of all public addresses, each in every form that it has."""
    found = [address for _name, pattern in patterns() for address in filled(pattern)]
    return list(dict.fromkeys(found))
