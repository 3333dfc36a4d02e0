"""The comparison page: two to eight states, blocs or ad-hoc groups."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from votes.analysis.breaks import years_before
from votes.models import RollCall
from votes.periods import Days, Period
from votes.record.parties import Party
from votes.record.record import reading
from votes.reports.comparison import AT_LEAST, AT_MOST, MINIMUM, Comparison
from web.display.dates import dated
from web.display.enumeration import joined_with_or
from web.display.measures import MEASURES
from web.display.rendering import parties
from web.files.answers import csv_file, json_file, picture_file
from web.lists.question import FILTERS, Question
from web.pages.comparison import tables
from web.pages.comparison.files import HEADER, json_document, rows
from web.pages.comparison.picture import by_year, short
from web.serving.parameters import address, reads, tidy_address, without_empty
from web.serving.problems import problem

if TYPE_CHECKING:
    from votes.record.record import Record
    from web.display.measures import Measure

DIVIDED = 15
"""Most divided roll calls shown."""

READY = [
    (gettext_lazy("United States and Russian Federation"), ("USA", "RUS")),
    (gettext_lazy("United States and Israel"), ("USA", "ISR")),
    (gettext_lazy("France and Germany"), ("FRA", "DEU")),
    (gettext_lazy("BRICS and EU"), ("brics", "eu")),
    (gettext_lazy("The five permanent members"), ("CHN", "FRA", "RUS", "GBR", "USA")),
    (gettext_lazy("France with the United Kingdom, and the EU"), ("FRA,GBR", "eu")),
]
"""Example questions."""


@dataclass(frozen=True)
class ComparisonQuery:
    """The parsed query: roll calls, parties and measure."""

    question: Question
    texts: list[str]
    parties: list[Party]
    measure: Measure

    @classmethod
    def of(cls, parameters: QueryDict, record: Record) -> ComparisonQuery:
        """Parse the parameters; errors are in ``question``."""
        question = Question(parameters, record, also=("state", "measure"), repeatable=("state",))
        question.labels |= {"state": _("States and blocs"), "measure": _("Measure")}
        texts = [text for text in parameters.getlist("state") if text]
        parties: dict[object, Party] = {}
        for text in texts:
            try:
                party = Party.parse(text, record)
            except ValueError as error:
                question.refuse("state", str(error))
                continue
            if parties.setdefault(party.bloc or frozenset(party.codes), party) is not party:
                question.refuse("state", _("“%(text)s” is chosen twice.") % {"text": text})
        if len(texts) > AT_MOST:
            question.refuse("state", _("Choose at most %(most)s.") % {"most": AT_MOST})
        name = parameters.get("measure") or "agreement"
        if name not in MEASURES:
            said = _("Unknown value “%(name)s”; choose one of %(names)s.") % {
                "name": name,
                "names": ", ".join(MEASURES),
            }
            question.refuse("measure", said)
        return cls(question, texts, list(parties.values()), MEASURES.get(name, MEASURES["agreement"]))

    @property
    def is_enough(self) -> bool:
        """Tell whether the query is valid and has enough parties."""
        return self.question.is_valid and len(self.parties) >= AT_LEAST

    def comparison(self) -> Comparison:
        """Return the comparison."""
        preceding = self.question.preceding
        before = self.question.rows_between(Days(preceding.since, preceding.last)) if preceding else None
        return Comparison.of(self.parties, self.question.record, self.question.rows, before)

    def query(self, states: list[str] | None = None, period: Period | None = None) -> QueryDict:
        """Return the address's parameters with other parties and another period, where given."""
        query = without_empty(self.question.parameters)
        if states is not None:
            query.setlist("state", states)
        for name, value in period.as_filter.items() if period else ():
            query[name] = value
        return query


@reads(*FILTERS, "state", "measure")
def page(request: HttpRequest) -> HttpResponse:
    """Compare the repeated ``?state=``; the form's ``?add=`` becomes another ``state``."""
    added = [_typed(text) for text in request.GET.getlist("add")]
    if any(added):
        query = without_empty(request.GET)
        query.pop("add")
        query.setlist("state", [*query.getlist("state"), *filter(None, added)])
        return redirect(address(request.path, query))
    return _page(request)


@tidy_address
def _page(request: HttpRequest) -> HttpResponse:
    """Show the comparison, or how to build one."""
    with reading() as record:
        query = ComparisonQuery.of(request.GET, record)
        context: dict[str, Any] = {
            "question": query.question,
            "query": query,
            "chosen": [(text, address(request.path, query.query(_without(query.texts, text)))) for text in query.texts],
            **parties(record),
            "measures": MEASURES.values(),
            "measure": query.measure,
            "minimum": MINIMUM,
            "at_most": AT_MOST,
            "comparison": None,
            "ready": [] if query.texts else _ready(request, record),
        }
        if query.is_enough:
            context |= _answer(request, query)
        return render(request, "comparison/page.html", context)


def _ready(request: HttpRequest, record: Record) -> list[tuple[Any, str]]:
    """Return the example questions that the record can answer, with their addresses."""
    return [
        (label, f"{request.path}?{'&'.join(f'state={text}' for text in texts)}")
        for label, texts in READY
        if all(text in record.blocs or set(text.split(",")) <= record.states.keys() for text in texts)
    ]


def _answer(request: HttpRequest, query: ComparisonQuery) -> dict[str, Any]:
    """Return the template context of a comparison."""
    comparison, question = query.comparison(), query.question
    filters = QueryDict(mutable=True)
    for name, value in question.chosen.items():
        filters.setlist(name, value if isinstance(value, list) else [value])
    divided = comparison.divided
    pair = comparison.pairs[0] if len(comparison.pairs) == 1 else None
    if pair and all("," not in party.text for party in comparison.parties):
        differ = filters.copy()
        differ["differ"] = f"{pair.one.text}~{pair.other.text}"
        all_differed = address(reverse("web:roll_calls"), differ)
    else:
        all_differed = ""
    return {
        "comparison": comparison,
        "pair": pair,
        "scope": _scope(query),
        "groups": [party for party in comparison.parties if not party.is_state],
        "overlaps": [tables.overlap(shared, comparison) for shared in comparison.overlaps],
        "pairs": tables.pair_figures(comparison),
        "extremes": [tables.extreme(pairs) for pairs in comparison.extremes() if pairs],
        "matrix": tables.matrix(comparison, query.measure),
        "years": tables.by_year(comparison, query.measure),
        "topics": tables.by_topic(comparison, query.measure),
        "picture": by_year(comparison, query.measure),
        "divided": tables.positions_taken(comparison, comparison.record.roll_calls_in(divided[:DIVIDED])),
        "differed": len(divided),
        "all_differed": all_differed,
        "periods": _periods(request, query),
        "preceding": _preceding(request, query),
        "short": short,
        "compare": f"{request.path}?{filters.urlencode()}{'&' if filters else ''}",
        "files": {form: address(f"/compare/states.{form}", query.query()) for form in ("csv", "json", "svg", "png")},
    }


def _scope(query: ComparisonQuery) -> list[str]:
    """Return the period and other filters in words."""
    question, record = query.question, query.question.record
    chosen, rows = question.chosen, question.rows
    parts = []
    if len(rows):
        first = dated(question.since) if question.since else dated(*record.day_of(rows[0]))
        last = dated(question.until) if question.until else dated(*record.day_of(rows[-1]))
        parts.append(_("recorded votes from %(first)s to %(last)s") % {"first": first, "last": last})
    named = (record.bodies.get(chosen.get("body", "")), record.topics.get(chosen.get("topic", "")))
    subjects = joined_with_or([subject.name for subject in question.subjects])
    kind = RollCall.Kind(chosen["kind"]).label if "kind" in chosen else None
    return parts + [str(name) for name in (*named, subjects, kind) if name]


def _periods(request: HttpRequest, query: ComparisonQuery) -> list[tuple[int, str]]:
    """Return numbers of years to offer, up to the last matching roll call, if no period is chosen."""
    question = query.question
    ever = question.rows_between(Days())
    if question.since or question.until or not len(ever):
        return []
    first, last = (question.record.matrix.dates[ever[end]].astype(object) for end in (0, -1))
    until = last + datetime.timedelta(days=1)
    periods = [(years, Period(years_before(until, years), until)) for years in (5, 10)]
    return [
        (years, address(request.path, query.query(period=period))) for years, period in periods if period.since > first
    ]


def _preceding(request: HttpRequest, query: ComparisonQuery) -> dict[str, Any] | None:
    """Return the first and the last day of the preceding period, and the address that asks about it."""
    preceding = query.question.preceding
    if preceding is None:
        return None
    own = address(request.path, query.query(period=preceding))
    return {"since": preceding.since, "last": preceding.last, "address": own}


@reads(*FILTERS, "state", "measure")
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Return the comparison as CSV, JSON, SVG or PNG."""
    with reading() as record:
        query = ComparisonQuery.of(request.GET, record)
        if refused := query.question.refused:
            return refused
        if not query.is_enough:
            said = _("Choose two to eight states or blocs, for example state=USA&state=eu.")
            return problem(HTTPStatus.BAD_REQUEST, said, errors={"state": [said]})
        comparison, name = query.comparison(), "compare-states"
        if form == "csv":
            return csv_file(request, record, name, HEADER, rows(comparison))
        if form == "json":
            content = {"question": query.question.chosen, **json_document(comparison, query.question.preceding)}
            return json_file(request, record, name, content)
        return picture_file(request, record, name, form, lambda: by_year(comparison, query.measure))


def _typed(text: str) -> str:
    """Normalise typed input for addresses: upper-case codes, no spaces after commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return ",".join(part.upper() for part in parts) if len(parts) > 1 else "".join(parts)


def _without(texts: list[str], dropped: str) -> list[str]:
    """Return ``texts`` without the last occurrence of ``dropped``."""
    place = len(texts) - 1 - texts[::-1].index(dropped)
    return texts[:place] + texts[place + 1 :]
