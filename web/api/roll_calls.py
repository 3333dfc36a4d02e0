"""Roll calls and resolutions: lists with the pages' filters, and details with all votes."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotFound

from resolutions.models import Resolution, RetiredText
from votes.analysis.groups import positions_of
from votes.analysis.matrix import LETTERS
from votes.analysis.memberships import totals_of
from votes.choices import Choice
from votes.exporting.streams import row_with, rows_with
from votes.exporting.tables import (
    CORRECTIONS,
    LISTED_RESOLUTIONS,
    LISTED_ROLL_CALLS,
    SOURCE_CORRECTIONS,
    TABLES,
    VOTES,
)
from votes.models import RollCall
from votes.record.choices import POSITION_WORDS
from votes.totals import FIGURES
from web.api.base import ListView, ReadView, joined
from web.api.paging import PAGING, Paging, page_of
from web.api.schema import described, fields, filters, named, paging
from web.api.serializers import ResolutionDetail, ResolutionRow, RollCallDetail, RollCallRow
from web.api.serializers import page_of as page_with
from web.lists import retired
from web.lists.filters import REPEATABLE, RollCallFilter
from web.lists.listing import listing_of
from web.lists.not_found import no_text
from web.serving.parameters import address
from web.serving.problems import problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import HttpResponse

    from votes.exporting.tables import Table
    from votes.record.record import Record
    from web.api.query import Query

TOTALS = [(figure.removeprefix("announced_"), LETTERS[choice]) for figure, choice in zip(FIGURES, Choice, strict=True)]
"""Names of totals, with their column in counts by choice."""


class Filtered(ListView):
    """A list of roll calls, or of the texts they decided, that the pages' filters narrow and order."""

    parameters: ClassVar = (*PAGING, *RollCallFilter.base_filters)
    repeatable: ClassVar = REPEATABLE
    table: ClassVar[Table]

    def answer(self, query: Query, record: Record, **named: str) -> Any:
        """Return a page of the filtered list."""
        of = "resolutions" if self.table is LISTED_RESOLUTIONS else "roll-calls"
        listing = listing_of(of, query.parameters, record)
        for name, message in listing.form.errors.items():
            query.refuse(name, *map(str, message))
        wanted = Paging.of(query, listing.form.cleaned_data.get("order") or "")
        names = self.fields(query)
        page = page_of(query, wanted, listing.roll_calls)
        return self.page(query, wanted, page, rows_with(self.table, page.rows), names)


@described(
    "roll_calls",
    gettext_lazy(
        "Votes on whole texts, amendments, paragraphs and motions; recorded votes only, unless “method” is given"
    ),
    page_with(RollCallRow),
    *filters(),
    *paging(),
    fields(RollCallRow),
    tag="roll calls",
)
class RollCalls(Filtered):
    """The list of recorded votes."""

    serializer_class = RollCallRow
    table = LISTED_ROLL_CALLS


@described(
    "resolutions",
    gettext_lazy(
        "Resolutions, each with its deciding vote; only those put to a recorded vote, unless “method” is given"
    ),
    page_with(ResolutionRow),
    *filters(),
    *paging(),
    fields(ResolutionRow),
    tag="resolutions",
)
class Resolutions(Filtered):
    """The list of texts."""

    serializer_class = ResolutionRow
    table = LISTED_RESOLUTIONS


OF_VOTE = {"votes": VOTES, "corrections": CORRECTIONS, "source_corrections": SOURCE_CORRECTIONS}
DETAILS = (*OF_VOTE, "blocs")


def in_full(keys: Sequence[int], record: Record, wanted: Collection[str] = DETAILS) -> list[dict[str, Any]]:
    """Return published roll calls in the order of their keys, with votes, corrections and blocs' votes."""
    vote_context: dict[str, dict[str, list[dict[str, Any]]]] = {name: defaultdict(list) for name in OF_VOTE}
    for name, table in OF_VOTE.items():
        if name in wanted:
            for row in rows_with(table, keys):
                vote_context[name][row.pop("roll_call")].append(row)
    for votes in vote_context["votes"].values():
        for vote in votes:
            del vote["symbol"], vote["date"]
    roll_calls = rows_with(LISTED_ROLL_CALLS, keys)
    for row in roll_calls:
        of = {name: rows[row["slug"]] for name, rows in vote_context.items()}
        row.update(of, blocs=blocs_of(row["slug"], record) if "blocs" in wanted else [])
    return roll_calls


def blocs_of(slug: str, record: Record) -> list[dict[str, Any]]:
    """Return totals and position of each bloc with members in a roll call's electorate, by slug."""
    row = record.matrix.rows_by_slug.get(slug)
    if row is None:
        return []
    members = record.memberships.on(record.matrix.dates[row].item())
    totals = totals_of(members, record.matrix.choices[row])
    return [
        {"bloc": bloc, **{name: counts[at] for name, at in TOTALS}, "position": POSITION_WORDS[position]}
        for bloc, counts, position in zip(record.blocs, totals.tolist(), positions_of(totals).tolist(), strict=True)
        if any(counts)
    ]


@described(
    "roll_call",
    gettext_lazy("One vote: who voted how, corrections and totals by bloc"),
    RollCallDetail,
    named("slug", gettext_lazy("Permanent slug of the vote.")),
    fields(RollCallDetail),
    tag="roll calls",
    says=(301, 404, 410),
)
class OneRollCall(ReadView):
    """A recorded vote in full."""

    serializer_class = RollCallDetail

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any] | HttpResponse:
        """Return the roll call; another spelling redirects, and a withdrawn or merged one answers as its file does."""
        wanted, slug = self.fields(query), named["slug"]
        key = RollCall.objects.published().filter(slug=slug.lower()).values_list("pk", flat=True).first()
        if key is None:
            return retired.file(self.request._request, slug, "", "api:roll_call")
        if slug != slug.lower():
            return redirect(address(reverse("api:roll_call", args=[slug.lower()]), query.parameters), permanent=True)
        (matches,) = in_full([key], record, wanted)
        return joined(matches, {}, wanted)


@described(
    "resolution",
    gettext_lazy("One resolution with its votes and who voted how"),
    ResolutionDetail,
    named("symbol", gettext_lazy("Symbol of the resolution. Other known spellings redirect to the canonical one.")),
    fields(ResolutionDetail),
    tag="resolutions",
    says=(301, 404, 410),
)
class OneResolution(ReadView):
    """A text in full."""

    serializer_class = ResolutionDetail

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any] | HttpResponse:
        """Return the text; other known spellings of its symbol redirect, near misses are 404."""
        wanted, symbol = self.fields(query), named["symbol"]
        matches = list(Resolution.objects.published().order_by().with_symbol(symbol.rstrip("/"))[:2])
        if not matches:
            if gone := RetiredText.objects.with_symbol(symbol):
                return problem(HTTPStatus.GONE, gone.notice)
            raise NotFound(no_text(symbol))
        if len(matches) > 1:
            message = _("Several resolutions have the symbol “%(symbol)s”.") % {"symbol": symbol}
            raise NotFound(message)
        (resolution,) = matches
        if symbol != resolution.symbol:
            own = reverse("api:resolution", args=[resolution.symbol])
            return redirect(address(own, query.parameters), permanent=True)
        row = row_with(TABLES["resolutions"], resolution.symbol)
        assert row is not None, "a published text has a row"
        taken = RollCall.objects.published().filter(resolution=resolution).newest_first()
        return joined(row, {"roll_calls": lambda: in_full(list(taken.values_list("pk", flat=True)), record)}, wanted)
