"""The page of known data problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Case, Count, F, Max, Q, Sum, Value, When
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.models import Body, body_order
from votes.models import Finding, ImportRun, RollCall
from votes.models.finding_sentences import MEANINGS
from web.lists.filters import one_of
from web.serving.parameters import reads, tidy_address, unanswered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.paginator import Page
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, QueryDict

    from votes.models.imports import FindingQuerySet

PAGE_SIZE = 50
OPEN, ACKNOWLEDGED = "open", "acknowledged"
STATUSES = [(OPEN, gettext_lazy("Open")), (ACKNOWLEDGED, gettext_lazy("Acknowledged"))]


class FindingForm(forms.Form):
    """The filters of findings."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, **one_of(Finding.Kind.choices))
    body = forms.ChoiceField(label=gettext_lazy("Body"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False, **one_of(STATUSES))

    def __init__(self, parameters: QueryDict, bodies: Sequence[tuple[str, str]]) -> None:
        super().__init__(parameters)
        self.fields["body"] = forms.ChoiceField(label=gettext_lazy("Body"), required=False, **one_of([*bodies]))


class Findings:
    """The public findings selected by an address."""

    def __init__(self, parameters: QueryDict) -> None:
        self.parameters = parameters
        bodies = Body.objects.values_list("code", "name")
        self.bodies = sorted(bodies, key=lambda body: body_order(*body))
        self.form = FindingForm(parameters, self.bodies)
        self.is_valid = self.form.is_valid()
        self.page_error = ""

    @cached_property
    def selected(self) -> FindingQuerySet:
        """Return the selected findings, unordered; none if a filter is invalid."""
        if not self.is_valid:
            return Finding.objects.none()
        asked, selected = self.form.cleaned_data, Finding.objects.public()
        if asked["kind"]:
            selected = selected.filter(kind=asked["kind"])
        if asked["body"]:
            selected = selected.filter(Q(roll_call__body__code=asked["body"]) | Q(resolution__body__code=asked["body"]))
        if asked["status"]:
            selected = selected.filter(acknowledged_at__isnull=asked["status"] == OPEN)
        return selected

    @cached_property
    def page(self) -> Page[Finding]:
        """Return the requested page, or the first with ``page_error`` set if it does not exist."""
        paginator = Paginator(in_order(self.selected), PAGE_SIZE)
        number = self.parameters.get("page") or 1
        try:
            return paginator.page(number)
        except (EmptyPage, PageNotAnInteger):
            self.page_error = _("There is no page “%(number)s”; the last is %(last)s.") % {
                "number": number,
                "last": paginator.num_pages,
            }
            return paginator.page(1)

    @property
    def page_numbers(self) -> list[int | str]:
        """Return the page numbers to show, with ellipses for gaps."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @property
    def errors(self) -> list[tuple[str, list[str]]]:
        """Return (label, errors) of each invalid filter."""
        return [(str(self.form.fields[name].label), [*map(str, said)]) for name, said in self.form.errors.items()]

    @property
    def unanswered(self) -> list[str]:
        """Return unknown and repeated parameters."""
        return unanswered(self.parameters, {*self.form.fields, "page"})

    @cached_property
    def kinds(self) -> list[dict[str, Any]]:
        """Return each kind with name, meaning, and numbers of open and acknowledged findings."""
        rows = Finding.objects.public().order_by().values_list("kind")
        counts = {kind: numbers for kind, *numbers in rows.annotate(Count("pk"), Count("acknowledged_at"))}
        kinds = []
        for kind in Finding.Kind:
            every, acknowledged = counts.get(kind, (0, 0))
            meaning = MEANINGS[kind]
            kinds.append(
                {
                    "value": kind.value,
                    "label": kind.label,
                    "meaning": meaning,
                    "open": every - acknowledged,
                    "acknowledged": acknowledged,
                }
            )
        return kinds

    @property
    def totals(self) -> dict[str, int]:
        """Return the numbers of all, open and acknowledged public findings."""
        return {status: sum(kind[status] for kind in self.kinds) for status in (OPEN, ACKNOWLEDGED)}

    @property
    def sections(self) -> list[tuple[dict[str, Any], list[Finding]]]:
        """Return the page's findings grouped by kind."""
        shown = list(self.page)
        sections = [(kind, [finding for finding in shown if finding.kind == kind["value"]]) for kind in self.kinds]
        return [section for section in sections if section[1]]


def in_order(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Sort by kind, open before acknowledged, latest votes first; load what a row shows."""
    place = Case(*(When(kind=kind, then=Value(at)) for at, kind in enumerate(Finding.Kind)))
    latest = F("roll_call__date").desc(nulls_last=True)
    ordered = findings.order_by(place, F("acknowledged_at").asc(nulls_first=True), latest, "key")
    subjects = ("roll_call__resolution", "roll_call__body", "roll_call__source", "resolution__body", "state", "bloc")
    return ordered.select_related(*subjects, "run__source")


@reads(*FindingForm.base_fields, "page")
@tidy_address
def quality(request: HttpRequest) -> HttpResponse:
    """Show the findings of checks on the record and on files, with editors' explanations."""
    listing = Findings(request.GET)
    context = {
        "listing": listing,
        "record": RollCall.objects.published()
        .recorded()
        .aggregate(roll_calls=Count("pk"), votes=Sum("tally__cast", default=0)),
        "last_import": ImportRun.objects.public().aggregate(at=Max("finished"))["at"],
        "last_found": Finding.objects.public().aggregate(at=Max("found"))["at"],
        "kinds": Finding.Kind.choices,
        "bodies": listing.bodies,
        "statuses": STATUSES,
    }
    return render(request, "data/quality.html", context)
