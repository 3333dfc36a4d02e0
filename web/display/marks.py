"""Template tags: how figures, choices and dates look wherever they stand."""

from __future__ import annotations

import functools
import html
from typing import TYPE_CHECKING, NamedTuple

from django import template
from django.template.base import Node
from django.urls import get_script_prefix
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.choices import Choice
from votes.models import RollCall
from votes.models.intervals import DatePrecision
from votes.reports import wording
from votes.rules import Result

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import TextChoices
    from django.forms import Form
    from django.template.base import FilterExpression, NodeList, Parser, Token
    from django.template.context import Context

    from votes.record.roll_calls import ListedRollCall
    from votes.totals import Totals

register = template.Library()

NOTHING = SafeString("")


class Kept(Node):
    """A part of a template that says the same to every reader: rendered once for each language.

    With an argument, once for each value of it, of which there must be few: ``about`` names a section of the site.
    """

    def __init__(self, nodelist: NodeList, about: FilterExpression | None = None) -> None:
        self.nodelist = nodelist
        self.about = about
        self.texts: dict[tuple[str | None, str, object], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Return its text, from memory if it was rendered before."""
        about = self.about.resolve(context, ignore_failures=True) if self.about else None
        # Addresses begin with what the server puts before all of them.
        key = (get_language(), get_script_prefix(), about)
        text = self.texts.get(key)
        if text is None:
            text = self.texts[key] = self.nodelist.render(context)
        return text


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """Return the node of ``{% kept %}…{% endkept %}`` or ``{% kept about %}…{% endkept %}``; see ``Kept``."""
    about = token.split_contents()[1:]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, parser.compile_filter(about[0]) if about else None)


MARKS = {
    choice: format_html('<svg class="mark mark-{}" aria-hidden="true"><use href="#mark-{}"/></svg>', choice, choice)
    for choice in Choice.values
}


@register.filter
def mark(choice: str) -> SafeString:
    """Return the mark of a choice: a shape of its own, so that colour is never the only sign."""
    return MARKS[str(choice)]


SWATCHES = {
    choice: format_html(
        '<svg class="swatch" aria-hidden="true">'
        '<rect x="1" y="1" width="12" height="12" rx="1" class="fill-{}"/></svg>',
        choice,
    )
    for choice in Choice.values
}


@register.simple_tag
def swatch(choice: str) -> SafeString:
    """Return a small square in the pattern of a choice, for legends of bars and tile grids."""
    return SWATCHES[str(choice)]


@register.simple_tag
def choices() -> list[Choice]:
    """Return all choices in their order."""
    return list(Choice)


@register.simple_tag
def figures(totals: Totals) -> list[tuple[Choice, int]]:
    """Return each choice with its figure, leaving out what was not announced."""
    values = (totals.yes, totals.no, totals.abstaining, totals.non_voting)
    return [(choice, value) for choice, value in zip(Choice, values, strict=True) if value is not None]


@register.simple_tag
def bar(totals: Totals | None, css_class: str = "bar") -> SafeString:
    """Return a bar divided by choice, as a picture that says its figures to those who cannot see it."""
    if totals is None:
        return NOTHING
    values = (totals.yes, totals.no, totals.abstaining or 0, totals.non_voting or 0)
    whole = sum(values)
    rects, spoken, start = [], [], 0
    for (letter, label), value in zip(choice_labels(get_language()), values, strict=True):
        if value:
            x, width = f"{100 * start / whole:.3f}%", f"{100 * value / whole:.3f}%"
            rects.append(f'<rect class="fill-{letter}" x="{x}" width="{width}" height="100%"/>')
            spoken.append(f"{value} {label}")
            start += value
    if not whole:
        return NOTHING
    # Put together by hand: a page has dozens of bars, and nothing here comes from outside but the labels.
    return mark_safe(f'<svg class="{css_class}" role="img" aria-label="{", ".join(spoken)}">{"".join(rects)}</svg>')  # noqa: S308


class Bar(NamedTuple):
    """A bar divided by choice: its figures in words, and each part's choice, start and width as SVG writes them."""

    label: str
    parts: list[tuple[str, str, str]]


def bar_of(totals: Totals | None) -> Bar | None:
    """Return totals as a bar, without choices that nobody made; None where there are no votes."""
    if totals is None:
        return None
    values = (totals.yes, totals.no, totals.abstaining or 0, totals.non_voting or 0)
    whole, start, words, parts = sum(values), 0, [], []
    for (letter, label), value in zip(_choice_words(get_language()), values, strict=True):
        if value:
            words.append(f"{value} {label}")
            parts.append((letter, percent_of(start, whole), percent_of(value, whole)))
            start += value
    return Bar(", ".join(words), parts) if parts else None


def choice_figures(totals: Totals) -> list[tuple[Choice, int]]:
    """Return each choice with its figure, leaving out what was not announced."""
    values = (totals.yes, totals.no, totals.abstaining, totals.non_voting)
    return [(choice, value) for choice, value in zip(Choice, values, strict=True) if value is not None]


@functools.cache
def _choice_words(_language: str | None) -> list[tuple[str, str]]:
    """Return the letters of the choices with what they are called within a sentence; a page has dozens of bars."""
    return [(choice.value, choice.label.lower()) for choice in Choice]


def kind_label(kind: str) -> str:
    """Return what a kind of roll call is called in the active language."""
    return _labels(RollCall.Kind, get_language())[kind]


def choice_label(choice: str) -> str:
    """Return what a choice is called in the active language."""
    return _labels(Choice, get_language())[choice]


def result_label(result: str) -> str:
    """Return what a result is called in the active language."""
    return _labels(Result, get_language())[result]


@functools.cache
def _labels(kind: type[TextChoices], _language: str | None) -> dict[str, str]:
    """Return the labels of ``kind``; a list asks for hundreds."""
    return {value: str(label) for value, label in kind.choices}


@register.filter
def method_name(method: str) -> str:
    """Return what a vote that was taken by a method is called."""
    return wording.name_of(method)


@register.simple_tag
def taken_on(method: str) -> str:
    """Return what leads to the text that a vote was on; escaped where it stands."""
    return wording.taken_on(method)


@register.simple_tag
def cited(roll_call: RollCall) -> str:
    """Return how a roll call is cited; escaped where it stands."""
    day = dated(roll_call.date, roll_call.date_precision)
    return wording.cited(roll_call.method, day, roll_call.date_precision)


@register.simple_tag
def unknown_votes(roll_call: RollCall) -> str:
    """Return, of a roll call without totals, how it was taken and what is not on record; escaped where it stands."""
    return wording.sentence(wording.unknown_votes(roll_call))


@functools.cache
def choice_labels(language: str | None) -> list[tuple[str, str]]:
    """Return the letters of the choices with what is said within a sentence of the active ``language``, escaped."""
    return [(choice.value, escape(choice.label.lower())) for choice in Choice]


@functools.cache
def labels(kind: type[TextChoices], language: str | None) -> dict[str, str]:
    """Return what is said of the values of ``kind`` in the active ``language``, escaped."""
    return {value: html.escape(str(label)) for value, label in kind.choices}


def percent_of(part: int, whole: int) -> str:
    """Return a share as SVG writes it, whatever the language of the page."""
    return f"{100 * part / whole:.3f}%"


@register.simple_tag
def position(totals: Totals) -> str:
    """Return a bloc's position in words: a choice, split, or a dash where nobody voted."""
    if totals.position:
        return str(totals.position.label)
    return _("Split") if totals.is_split else "–"


@register.filter
def dated(date: datetime.date | None, precision: str = DatePrecision.DAY) -> str:
    """Return a date as far as it is known: a day, a month or a year."""
    return _dated(date, precision, get_language()) if date else ""


@functools.lru_cache(maxsize=4096)
def _dated(date: datetime.date, precision: str, language: str | None) -> str:
    """Return a date in the active ``language``; a page has dozens, and formatting one takes as long as a row."""
    formats = {DatePrecision.DAY: "j F Y", DatePrecision.MONTH: "F Y", DatePrecision.YEAR: "Y"}
    return date_format(date, formats[DatePrecision(precision)])


def moment(at: datetime.datetime) -> str:
    """Return a day and time in words: 24 February 2025, 14:05."""
    return date_format(at, "j F Y, H:i")


KNOWN_OF_DATE = {DatePrecision.DAY: 10, DatePrecision.MONTH: 7, DatePrecision.YEAR: 4}
"""How many characters of a date in ISO 8601 are known, by its precision."""


@register.filter
@functools.lru_cache(maxsize=4096)
def iso(date: datetime.date, precision: str) -> str:
    """Return a date as ISO 8601 writes it, as far as it is known: ``2025-02-24``, ``2025-02`` or ``2025``."""
    return date.isoformat()[: KNOWN_OF_DATE[DatePrecision(precision)]]


@register.simple_tag
def day_of(roll_call: RollCall | ListedRollCall) -> SafeString:
    """Return when a roll call was taken as a ``time`` element, as far as that is known."""
    return _day_of(roll_call.date, roll_call.date_precision, get_language())


@functools.lru_cache(maxsize=4096)
def _day_of(date: datetime.date, precision: str, language: str | None) -> SafeString:
    """Return the element in the active ``language``; lists have dozens."""
    return format_html('<time datetime="{}">{}</time>', iso(date, precision), _dated(date, precision, language))


@register.simple_tag
def differs_mark(roll_call: RollCall | ListedRollCall, target: str = "") -> SafeString:
    """Return the mark that announced and counted totals differ, which leads to where the vote's page tells how.

    Nothing where they agree. ``target`` is where the link opens, for pages within another site's.
    """
    if not roll_call.totals_differ:
        return NOTHING
    return format_html(
        ' <a class="differs" href="{}#totals"{}><span aria-hidden="true">≠</span>'
        '<span class="visually-hidden">{}</span></a>',
        roll_call.get_absolute_url(),
        format_html(' target="{}" rel="noopener"', target) if target else NOTHING,
        _("Announced and counted totals differ"),
    )


class Options(tuple[tuple[str, str], ...]):
    """Values and labels of a long select that many pages have, with its options as long as none is chosen."""

    @functools.cached_property
    def unchosen(self) -> SafeString:
        """Return the options."""
        return _options(self, None)


@register.simple_tag
def options(values: Iterable[tuple[str, str]], chosen: str | None = None) -> SafeString:
    """Return the options of a select, given their values and labels; a template's loop takes ten times as long."""
    if not isinstance(values, Options):
        return _options(values, chosen)
    if not chosen:
        return values.unchosen
    option = f'value="{html.escape(chosen)}"'
    return mark_safe(values.unchosen.replace(option, f"{option} selected", 1))  # noqa: S308  # escaped both


def _options(values: Iterable[tuple[str, str]], chosen: str | None) -> SafeString:
    """Return the options of a select, one of them chosen."""
    selected = {chosen: " selected"}
    options = (
        f'<option value="{html.escape(value)}"{selected.get(value, "")}>{html.escape(str(label))}</option>'
        for value, label in values
    )
    return mark_safe("".join(options))  # noqa: S308  # escaped here


@register.simple_tag
def invalid(form: Form, name: str) -> SafeString:
    """Return the attributes by which a field with an error says so, and where the error stands."""
    return format_html(' aria-invalid="true" aria-describedby="{}-error"', name) if form.errors.get(name) else NOTHING


@register.simple_tag
def errors(form: Form, name: str) -> SafeString:
    """Return what is wrong with a field, to stand beside it."""
    if not form.errors.get(name):
        return NOTHING
    said = format_html_join("", "{} ", ((error,) for error in form.errors[name]))
    return format_html('<span class="error" id="{}-error">{}</span>', name, said)
