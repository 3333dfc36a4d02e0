"""Paging by cursor: a page begins after a place in the order, which the cursor names by its values.

Not DRF's CursorPagination: its cursors name the first value of an order and an offset among those equal in it, of
which a day of voting has dozens, so that after one is withdrawn the next page leaves one out. A cursor here names all
values of the order, and means the same when the roll call it was made from is gone.
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
"""How many rows a page has where it is not said, and at most."""

NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order, and whether what comes before it is asked for or what comes after it."""

    before: bool
    order: str
    values: tuple[Any, ...]

    @classmethod
    def read(cls, text: str, order: str) -> Cursor:
        """Return what a text says; raise LookupError, saying what is wrong, where it says nothing of this order."""
        try:
            said = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"==").decode())
            before, of, *values = said
            json.dumps(values, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise LookupError(_("“%(text)s” is not a cursor of this API.") % {"text": text}) from None
        if of != order or not isinstance(before, bool):
            raise LookupError(_("This cursor belongs to a list in another order.")) from None
        return cls(before, order, tuple(values))

    def __str__(self) -> str:
        """Return it as addresses have it; the same place always gives the same text."""
        said = json.dumps([self.before, self.order, *self.values], cls=DjangoJSONEncoder, separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, and the cursors of those beside it."""

    rows: list[Any]
    next: Cursor | None
    previous: Cursor | None


@dataclass(frozen=True, slots=True)
class Paging:
    """What an address asks of the pages of a list in one order."""

    size: int
    order: str
    cursor: Cursor | None

    @classmethod
    def of(cls, query: Query, order: str = "") -> Paging:
        """Read the parameters; what is wrong with them is with the query."""
        cursor = query.value(CURSOR, lambda text: Cursor.read(text, order))
        return cls(query.number(PAGE_SIZE, USUAL, MOST), order, cursor)

    def page(self, found: list[Any], place: Callable[[Any], Sequence[Any]]) -> Page:
        """Return the page of up to ``size`` + 1 rows found on from the cursor, nearest first."""
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
    """Return the page of the keys of what is selected, in the order of the queryset, which must leave no two equal.

    Raises ValidationError for a cursor whose values are not those of the order.
    """
    orders = [_explicit(order) for order in selected.query.order_by]
    names = [f"place_{number}" for number in range(len(orders))]
    for name, order in zip(names, orders, strict=True):
        selected = selected.annotate(**{name: order.expression})
        if isinstance(selected.query.annotations[name].output_field, FloatField):
            # PostgreSQL ranks in four bytes, which a number of eight would not equal when it comes back.
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
    """Return the page of rows that are sorted by ``place``, which tells each from all others.

    Raises ValidationError for a cursor that has no such place.
    """
    found: Sequence[dict[str, Any]] = rows
    if paging.cursor is not None:
        at = paging.cursor.values
        if not all(isinstance(value, str) for value in at) or (rows and len(at) != len(place(rows[0]))):
            query.refuse(CURSOR, _("This cursor belongs to another list."))
            query.check()
        if paging.cursor.before:
            found = rows[: bisect.bisect_left(rows, at, key=place)][::-1]
        else:
            found = rows[bisect.bisect_right(rows, at, key=place) :]
    return paging.page(list(found[: paging.size + 1]), place)


def _explicit(order: Any) -> OrderBy:
    """Return an order of a queryset as an expression that says where nulls come; PostgreSQL takes them for largest."""
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
    """Return the condition of coming after a place in an order."""
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
    """Return the condition that a value comes after another one."""
    if value is None:
        return NOTHING if order.nulls_last else Q(**{f"{name}__isnull": False})
    beyond = Q(**{f"{name}__{'lt' if order.descending else 'gt'}": value})
    return beyond | Q(**{f"{name}__isnull": True}) if order.nulls_last else beyond


def _at(name: str, value: Any) -> Q:
    """Return the condition that a value is another one."""
    return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
