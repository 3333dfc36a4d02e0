"""The documents of ``docs/`` that are pages of the site, parsed from Markdown.

A document is parsed once in a process into a tree of nodes; ``templates/guides/`` writes their HTML. Headings get the
anchors that code hosting sites give them, so that a link from one document to a heading of another works in both
places. ``SITE`` stands in them for the address of the site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.urls import get_script_prefix
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from web.display.addresses import url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

FILES = {
    "reading": "reading-a-vote.md",
    "methods": "measures.md",
    "cookbook": "cookbook.md",
    "api_guide": "api.md",
}
"""The documents by the name of their page in ``web.urls``, in the order of the pages."""

SITE = "https://plenary.example"
FOLDER = settings.BASE_DIR / "docs"
DOCUMENT_LINK = re.compile(r"([\w-]+\.md)(#.*)?")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its anchor; ``parts`` are those one level below it."""

    anchor: str
    text: str
    parts: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its page shows it."""

    name: str
    title: str
    summary: str
    """Its first paragraph, as plain text."""
    contents: tuple[Heading, ...]
    nodes: Sequence[SyntaxTreeNode]
    """What follows the title."""

    @property
    def anchors(self) -> set[str]:
        """Return the anchors of all headings listed in the contents."""
        return {one.anchor for heading in self.contents for one in (heading, *heading.parts)}


def document(name: str) -> Document:
    """Return the document of a page; while the site is developed, as its file is now."""
    return _read.__wrapped__(name) if settings.DEBUG else _read(name)


@cache
def _read(name: str) -> Document:
    tokens = (
        MarkdownIt("commonmark", {"html": False, "typographer": True})
        .enable(["table", "smartquotes"])
        .parse((FOLDER / FILES[name]).read_text("utf-8"))
    )
    title, *nodes = SyntaxTreeNode(tokens).children
    used: set[str] = set()
    for node in nodes:
        if node.type == "heading":
            _give_anchor(node, used)
    summary = next(text_of(node) for node in nodes if node.type == "paragraph")
    return Document(name, text_of(title), summary, tuple(_contents(nodes)), nodes)


def text_of(node: SyntaxTreeNode) -> str:
    """Return what a node says, without its markup."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return " "
    return "".join(map(text_of, node.children))


def _give_anchor(node: SyntaxTreeNode, used: set[str]) -> None:
    anchor = slugify(text_of(node))
    if anchor in used:
        raise ValueError(f"Two headings have the anchor #{anchor}.")
    used.add(anchor)
    opening = node.nester_tokens
    assert opening
    opening.opening.attrSet("id", anchor)


def _contents(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Heading]:
    """Yield the headings of the second level, each with those of the third below it."""
    headings = [node for node in nodes if node.type == "heading"]
    starts = [place for place, node in enumerate(headings) if node.tag == "h2"]
    for start, stop in zip(starts, [*starts[1:], len(headings)], strict=True):
        first, *below = (Heading(_anchor(node), text_of(node)) for node in headings[start:stop] if node.tag <= "h3")
        yield Heading(first.anchor, first.text, tuple(below))


def _anchor(node: SyntaxTreeNode) -> str:
    return str(node.attrs["id"])


def address(link: str) -> str:
    """Return where a link of a document leads on the site.

    Raises ValueError for one to a document that is no page.
    """
    if link.startswith(f"{SITE}/"):
        return get_script_prefix() + link.removeprefix(f"{SITE}/")
    if not (found := DOCUMENT_LINK.fullmatch(link)):
        return link
    file, anchor = found.groups(default="")
    for name, one in FILES.items():
        if one == file:
            return f"{url(f'web:{name}')}{anchor}"
    raise ValueError(f"{link} is no page of the site.")


def check_documents(**_options: Any) -> list[CheckMessage]:
    """Find documents that are missing: a release without them must not start."""
    return [
        Error(
            f"docs/{file} is missing, which is a page of the site.",
            hint="Install the folder docs/ with the application.",
            id="web.E001",
        )
        for file in FILES.values()
        if not (FOLDER / file).is_file()
    ]
