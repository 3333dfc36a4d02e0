"""Small tables, read whole once per data version: bodies, sessions, topics, sources, states, blocs, memberships."""

from __future__ import annotations

import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotFound

from votes.exporting.streams import rows_with
from votes.exporting.tables import TABLES
from votes.record.record import CACHED_VERSIONS
from web.api.base import ListView, ReadView, joined
from web.api.paging import PAGING, Paging, page_of_rows
from web.api.schema import described, fields, memberships, named, paging
from web.api.serializers import (
    MEMBERSHIP_FIELDS,
    BlocDetail,
    BlocRow,
    BodyRow,
    MembershipRow,
    SessionRow,
    SourceRow,
    StateDetail,
    StateRow,
    TopicRow,
)
from web.api.serializers import page_of as page_with
from web.lists.filters import known_body, known_date
from web.lists.not_found import no_bloc, no_state
from web.serving.parameters import address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpResponse
    from rest_framework.serializers import Serializer

    from votes.record.record import Record
    from web.api.query import Query

    Row = dict[str, Any]


@lru_cache(maxsize=CACHED_VERSIONS * len(TABLES))
def rows_of(_record: Record, table: str) -> Sequence[Row]:
    """Return all rows of a small table, sorted by key; call within the record's snapshot."""
    return rows_with(TABLES[table])


@lru_cache(maxsize=CACHED_VERSIONS)
def memberships_of(record: Record) -> Sequence[Row]:
    """Return memberships of bodies and blocs as rows of one shape, bodies first."""
    memberships = [*rows_of(record, "body-memberships"), *rows_of(record, "bloc-memberships")]
    rows = [{name: row.get(name) for name in MEMBERSHIP_FIELDS} for row in memberships]
    return sorted(rows, key=place_of_membership)


def place_of_membership(row: Row) -> tuple[str, ...]:
    """Return the unique sort key of a membership."""
    return row["body"] or "", row["bloc"] or "", row["code"], row["since"]


def place_by(key: Sequence[str], row: Row) -> tuple[str, ...]:
    """Return the key of a row as text."""
    return tuple(row[name] for name in key)


class TableView(ListView):
    """The list of a small table."""

    table: ClassVar[str]

    def answer(self, query: Query, record: Record, **named: str) -> Any:
        """Return a page of rows."""
        paging, names = Paging.of(query, self.table), self.fields(query)
        rows = rows_of(record, self.table)
        page = page_of_rows(query, paging, rows, partial(place_by, TABLES[self.table].key))
        return self.page(query, paging, page, page.rows, names)


def _table_view(table: str, serializer: type[Serializer[Any]], about: Any) -> Callable[..., Any]:
    """Return the view of the list of a table."""
    described_as = described(
        table, about, page_with(serializer), *paging(), fields(serializer), tag="names and memberships"
    )
    attributes = {"__doc__": str(TABLES[table].description), "table": table, "serializer_class": serializer}
    return described_as(type(f"{table.title()}View", (TableView,), attributes)).as_view()


VIEWS = {
    table: _table_view(table, serializer, about)
    for table, serializer, about in (
        ("bodies", BodyRow, gettext_lazy("Bodies that vote")),
        ("sessions", SessionRow, gettext_lazy("Sessions of the bodies")),
        ("topics", TopicRow, gettext_lazy("Topics of texts")),
        ("sources", SourceRow, gettext_lazy("Sources of recorded votes")),
        ("states", StateRow, gettext_lazy("Member states, current and former")),
        ("blocs", BlocRow, gettext_lazy("Blocs: groups of member states")),
    )
}
"""Views of the small tables, by table name."""


@described(
    "memberships",
    gettext_lazy("Memberships of blocs and seats in bodies, each with its dates"),
    page_with(MembershipRow),
    *memberships(),
    *paging(),
    fields(MembershipRow),
    tag="names and memberships",
)
class Memberships(ListView):
    """The list of memberships."""

    serializer_class = MembershipRow
    parameters: ClassVar = (*PAGING, "state", "bloc", "body", "on")

    def answer(self, query: Query, record: Record, **named: str) -> Any:
        """Return a page, filtered by state, bloc, body and date."""
        state = query.value("state", partial(_known, record.states, _("Unknown state code: “%(name)s”.")))
        bloc = query.value("bloc", partial(_known, record.blocs, _("Unknown bloc: “%(name)s”.")))
        body = query.value("body", lambda text: known_body(text, record))
        on: datetime.date | None = query.value("on", known_date)
        day = on.isoformat() if on else None
        paging, names = Paging.of(query, "memberships"), self.fields(query)
        rows = [
            row
            for row in memberships_of(record)
            if state in (None, row["code"])
            and bloc in (None, row["bloc"])
            and body in (None, row["body"])
            and (day is None or (row["since"] <= day and (row["until"] is None or day < row["until"])))
        ]
        page = page_of_rows(query, paging, rows, place_of_membership)
        return self.page(query, paging, page, page.rows, names)


def _known(names: Mapping[str, Any], unknown: str, name: str) -> str:
    """Return a name; raise LookupError if it is not in ``names``."""
    if name not in names:
        raise LookupError(unknown % {"name": name})
    return name


def _of(record: Record, table: str, name: str, value: str) -> list[Row]:
    """Return the rows of a table with ``value`` in column ``name``, without that column."""
    rows = [row for row in rows_of(record, table) if row[name] == value]
    return [{column: cell for column, cell in row.items() if column != name} for row in rows]


@described(
    "state",
    gettext_lazy("A member state with its former names, seats and memberships"),
    StateDetail,
    named("code", gettext_lazy("The three-letter code of the UN Digital Library.")),
    fields(StateDetail),
    tag="names and memberships",
    says=(301, 404),
)
class OneState(ReadView):
    """A member state."""

    serializer_class = StateDetail

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any] | HttpResponse:
        """Return the state; a lower-case code redirects."""
        wanted, code = self.fields(query), named["code"]
        row = next((row for row in rows_of(record, "states") if row["code"] == code.upper()), None)
        if row is None:
            raise NotFound(no_state(code))
        if code != row["code"]:
            return redirect(address(reverse("api:state", args=[row["code"]]), query.parameters), permanent=True)
        more = {
            "former_names": lambda: _of(record, "state-names", "code", code),
            "seats": lambda: _of(record, "body-memberships", "code", code),
            "blocs": lambda: _of(record, "bloc-memberships", "code", code),
        }
        return joined(row, more, wanted)


@described(
    "bloc",
    gettext_lazy("A bloc with all its members, past and present"),
    BlocDetail,
    named("bloc", gettext_lazy("Slug of the bloc.")),
    fields(BlocDetail),
    tag="names and memberships",
    says=(301, 404),
)
class OneBloc(ReadView):
    """A bloc."""

    serializer_class = BlocDetail

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any] | HttpResponse:
        """Return the bloc; an upper-case slug redirects."""
        wanted, slug = self.fields(query), named["bloc"]
        row = next((row for row in rows_of(record, "blocs") if row["slug"] == slug.lower()), None)
        if row is None:
            raise NotFound(no_bloc(slug))
        if slug != row["slug"]:
            return redirect(address(reverse("api:bloc", args=[row["slug"]]), query.parameters), permanent=True)
        return joined(row, {"members": lambda: _of(record, "bloc-memberships", "bloc", slug)}, wanted)
