"""Templates are translatable, and the stylesheet uses logical sides."""

import re

import pytest
from django.conf import settings

# What stands in pages as it is in every language.
FORMATS = {
    "CSV",
    "JSON",
    "SVG",
    "PNG",
    "Parquet",
    "BibTeX",
    "CODEBOOK",
    "md",
    "datapackage",
    "json",
    "SHA",
    "SUMS",
    "OpenAPI",
    "YAML",
}
AS_THEY_ARE = {"Plenary", "USA", "FRA", "GBR", "eu", "RES", "ES", "Atom", "llms", "txt", *FORMATS}

TEMPLATES = sorted(
    path
    for path in (settings.BASE_DIR / "templates").rglob("*.html")
    # The style guide is for who works on the code, and is not there without DEBUG.
    if "styleguide" not in path.parts
)

READ_ALOUD = r"""\b(?:placeholder|title|alt|aria-label|label)="([^"]*)\""""


def untranslated(source: str) -> list[str]:
    """Return the words of a template that stand outside what is translated and are not data."""
    source = re.sub(r"\{#.*?#\}", " ", source, flags=re.DOTALL)
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", " ", source, flags=re.DOTALL)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    attributes = " ".join(re.findall(READ_ALOUD, source))
    described = " ".join(re.findall(r"""name="description" content="([^"]*)\"""", source))
    visible = re.sub(r"""<(script|style|code)\b.*?</\1>|<[^>]*>|[\w-]+="[^"]*\"""", " ", source, flags=re.DOTALL)
    visible = re.sub(r"&\w+;", " ", visible)
    words = re.findall(r"[^\W\d_]{2,}", f"{visible} {attributes} {described}")
    return [word for word in words if word not in AS_THEY_ARE]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_can_be_translated(path):
    assert untranslated(path.read_text()) == []


def test_template_check_finds_untranslated_text():
    assert untranslated('<p title="Tip">Hello {{ name }} {{ _("world") }}</p>') == ["Hello", "Tip"]
    assert untranslated("{% trans n=1 %}Hello {{ name }}{% endtrans %} · Plenary") == []


PHYSICAL = re.compile(
    r"""^(?:
        (?:margin|padding|border|scroll-margin|scroll-padding|inset)-(?:left|right|top|bottom)(?:-.*)?
        | border-(?:top|bottom)-(?:left|right)-radius
        | left | right | top | bottom
        | (?:min-|max-)?(?:width|height)
    )$""",
    re.VERBOSE,
)
SIDED = re.compile(r"^(?:text-align|float|clear|caption-side|resize)$")


def declarations(source: str) -> list[tuple[str, str]]:
    """Return the properties and values of a stylesheet."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = re.sub(r"@media[^{]*\{", "{", source)
    return [(name, value.strip()) for name, value in re.findall(r"(?<![\w-])([a-z-]+)\s*:\s*([^;{}]+)[;}]", source)]


def physical(source: str) -> list[tuple[str, str]]:
    """Return the declarations that name a side of the page rather than of the text."""
    return [
        (name, value)
        for name, value in declarations(source)
        if PHYSICAL.match(name) or (SIDED.match(name) and value.split()[0] in ("left", "right"))
    ]


def test_stylesheet_uses_only_logical_sides():
    source = (settings.BASE_DIR / "static" / "plenary" / "plenary.css").read_text()

    assert len(declarations(source)) > 300
    assert physical(source) == []
    assert "@import" not in source
    assert not re.search(r"url\(\s*[\"']?(?!#)", re.sub(r'url\("#', "url(#", source))


def test_stylesheet_check_finds_physical_sides():
    source = "a { margin-left: 1px; margin-inline: 0; width: 2px } @media (max-width: 3em) { b { text-align: right; } }"

    assert physical(source) == [("margin-left", "1px"), ("width", "2px"), ("text-align", "right")]
