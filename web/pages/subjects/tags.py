"""Lists of subjects, put together in Python: the index has hundreds."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from resolutions.headings import heading_name, heading_slug
from web.display.figures import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.lists.subject_index import Listed

register = template.Library()


@register.simple_tag
def subject_list(subjects: Iterable[Listed]) -> SafeString:
    """Return subjects with their addresses and how many texts each has."""
    index = reverse("web:subjects")
    items = [
        f'<li><a href="{index}{one.slug}/">{escape(one.name)}</a>\N{NO-BREAK SPACE}'
        f'<span class="count">{number(one.texts)}</span></li>'
        for one in subjects
    ]
    return mark_safe(f'<ul class="index" lang="en">{"".join(items)}</ul>')  # noqa: S308  # names are escaped, slugs plain


@register.simple_tag
def subject_links(headings: Iterable[str]) -> SafeString:
    """Return the headings of a text as people write them, each leading to the texts of its subject."""
    index = reverse("web:subjects")
    links = [
        f'<a href="{index}{slug}/" lang="en">{escape(heading_name(heading))}</a>'
        if (slug := heading_slug(heading))
        else escape(heading)
        for heading in headings
    ]
    return mark_safe(" · ".join(links))  # noqa: S308  # names are escaped, slugs plain
