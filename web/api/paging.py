"""Cursor pagination: a page starts after a position in the sort order, which the cursor holds as values.

Not DRF's CursorPagination: its cursors hold the first sort value and an offset among equal ones. A day of voting has
dozens of those, so after one is withdrawn the next page would skip a row. Our cursors hold all sort values, and stay
valid when their roll call is gone.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, FloatField, Q
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import Model, QuerySet

    from web.api.query import Query

PAGING = CURSOR, PAGE_SIZE = "cursor", "page_size"
USUAL, MOST = 25, 500
"""Default and maximum page size."""

NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in a sort order, and whether rows before or after it are requested."""

    before: bool
    order: str
    values: tuple[Any, ...]

    @classmethod
    def read(cls, text: str, order: str) -> Cursor:
        """Decode a cursor; raise LookupError with a message if it is invalid or of another order."""
        try:
            decoded = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"==").decode())
            before, of, *values = decoded
            json.dumps(values, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise LookupError(_("“%(text)s” is not a cursor of this API.") % {"text": text}) from None
        if of != order or not isinstance(before, bool):
            raise LookupError(_("This cursor belongs to a list in another order.")) from None
        return cls(before, order, tuple(values))

    def __str__(self) -> str:
        """Encode for addresses; deterministic."""
        payload = json.dumps([self.before, self.order, *self.values], cls=DjangoJSONEncoder, separators=(",", ":"))
        return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, and the cursors of the pages before and after."""

    rows: list[Any]
    next: Cursor | None
    previous: Cursor | None


@dataclass(frozen=True, slots=True)
class Paging:
    """The pagination parameters of a request."""

    size: int
    order: str
    cursor: Cursor | None

    @classmethod
    def of(cls, query: Query, order: str = "") -> Paging:
        """Read the parameters; errors are added to the query."""
        cursor = query.value(CURSOR, lambda text: Cursor.read(text, order))
        return cls(query.number(PAGE_SIZE, USUAL, MOST), order, cursor)

    def page(self, found: list[Any], place: Callable[[Any], Sequence[Any]]) -> Page:
        """Return the page of up to ``size`` + 1 rows from the cursor on, nearest first."""
        is_more, rows = len(found) > self.size, found[: self.size]
        is_back = self.cursor is not None and self.cursor.before
        if is_back:
            rows.reverse()
        if not rows:
            return Page([], None, None)
        has_next = is_back or is_more
        has_previous = is_more if is_back else self.cursor is not None
        return Page(
            rows,
            Cursor(before=False, order=self.order, values=tuple(place(rows[-1]))) if has_next else None,
            Cursor(before=True, order=self.order, values=tuple(place(rows[0]))) if has_previous else None,
        )


def page_of(query: Query, paging: Paging, selected: QuerySet[Any]) -> Page:
    """Return a page of primary keys in the queryset's order, which must be total.

    Raises ValidationError for a cursor that does not fit the order.
    """
    orders = [_explicit(order) for order in selected.query.order_by]
    names = [f"place_{number}" for number in range(len(orders))]
    for name, order in zip(names, orders, strict=True):
        selected = selected.annotate(**{name: order.expression})
        if isinstance(selected.query.annotations[name].output_field, FloatField):
            # PostgreSQL's ranks are float4, which would not equal the float8 that comes back.
            selected = selected.annotate(**{name: Cast(order.expression, FloatField())})
        order.set_source_expressions([F(name)])
    if paging.cursor is not None:
        if paging.cursor.before:
            for order in orders:
                order.reverse_ordering()
        selected = selected.filter(_beyond(query, selected, names, orders, paging.cursor.values))
    rows = list(selected.order_by(*orders).values_list("pk", *names)[: paging.size + 1])
    page = paging.page(rows, lambda row: row[1:])
    return Page([row[0] for row in page.rows], page.next, page.previous)


def page_of_rows(
    query: Query, paging: Paging, rows: Sequence[dict[str, Any]], place: Callable[[dict[str, Any]], tuple[str, ...]]
) -> Page:
    """Return a page of rows sorted by ``place``, which is unique per row.

    Raises ValidationError for a cursor that does not fit ``place``.
    """
    page_rows: Sequence[dict[str, Any]] = rows
    if paging.cursor is not None:
        at = paging.cursor.values
        if not all(isinstance(value, str) for value in at) or (rows and len(at) != len(place(rows[0]))):
            query.refuse(CURSOR, _("This cursor belongs to another list."))
            query.check()
        if paging.cursor.before:
            page_rows = rows[: bisect.bisect_left(rows, at, key=place)][::-1]
        else:
            page_rows = rows[bisect.bisect_right(rows, at, key=place) :]
    return paging.page(list(page_rows[: paging.size + 1]), place)


def _explicit(order: Any) -> OrderBy:
    """Return an ordering as an expression with explicit nulls; PostgreSQL sorts them as largest."""
    if isinstance(order, str):
        order = OrderBy(F(order.lstrip("-")), descending=order.startswith("-"))
    nulls_last = bool(order.nulls_last) or not (order.nulls_first or order.descending)
    return OrderBy(
        order.expression,
        descending=order.descending,
        nulls_last=nulls_last or None,
        nulls_first=None if nulls_last else True,
    )


def _beyond(
    query: Query, selected: QuerySet[Model], names: Sequence[str], orders: Sequence[OrderBy], said: Sequence[Any]
) -> Q:
    """Return the condition for rows after a position in the order."""
    fields = [selected.query.annotations[name].output_field for name in names]
    try:
        places = list(zip(names, orders, fields, said, strict=True))
        values = [None if value is None else field.to_python(value) for _name, _order, field, value in places]
    except (ValidationError, ValueError, TypeError):
        query.refuse(CURSOR, _("This cursor belongs to another list."))
        query.check()
        raise
    beyond = NOTHING
    for name, order, value in reversed(list(zip(names, orders, values, strict=True))):
        beyond = _after(name, order, value) | (_at(name, value) & beyond)
    return beyond


def _after(name: str, order: OrderBy, value: Any) -> Q:
    """Return the condition that a field sorts after a value."""
    if value is None:
        return NOTHING if order.nulls_last else Q(**{f"{name}__isnull": False})
    beyond = Q(**{f"{name}__{'lt' if order.descending else 'gt'}": value})
    return beyond | Q(**{f"{name}__isnull": True}) if order.nulls_last else beyond


def _at(name: str, value: Any) -> Q:
    """Return the condition that a field equals a value, or is null."""
    return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
