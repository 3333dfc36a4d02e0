"""The parsed query of the agreement page: states, roll calls, measure and order."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from votes.analysis.breaks import BODY
from votes.periods import Days
from votes.reports.agreement import ORDERS, AgreementMatrix, usual_since
from web.display.measures import MEASURES
from web.lists.question import FILTERS, Question

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from votes.analysis.matrix import Rows
    from votes.record.record import BlocRead, Record

OWN = ("state", "bloc", "measure", "order")


class AgreementQuestion(Question):
    """The requested states, roll calls, measure and order, and errors.

    The default body is the General Assembly, as on a state's page: the Council's votes are mostly unanimous and would
    raise its members' agreement only. The default period is the last years.
    """

    def __init__(self, parameters: QueryDict, record: Record) -> None:
        super().__init__(parameters, record, also=OWN, repeatable=("state",))
        self.labels |= {"state": _("Member states"), "bloc": _("Bloc"), "measure": _("Measure"), "order": _("Order")}
        named = Counter(filter(None, parameters.getlist("state")))
        self.states: tuple[str, ...] = tuple(named)
        for code, times in named.items():
            if times > 1:
                self.refuse("state", _("“%(text)s” is chosen twice.") % {"text": code})
        if unknown := [code for code in self.states if code not in record.states]:
            self.refuse(
                "state",
                _("Unknown state code: “%(codes)s”. Write codes in upper case, one for each “state”.")
                % {"codes": "”, “".join(unknown)},
            )
        elif len(self.states) == 1:
            self.refuse("state", _("Choose at least two states."))
        slug = parameters.get("bloc") or ""
        if slug and slug not in record.blocs:
            self.refuse("bloc", _("Unknown bloc: “%(slug)s”.") % {"slug": slug})
        if slug and self.states:
            self.refuse("bloc", _("Choose states or a bloc, not both."))
        self.bloc: BlocRead | None = record.blocs.get(slug)
        self.measure = self._one_of("measure", tuple(MEASURES))
        self.order = self._one_of("order", ORDERS)

    @property
    def body(self) -> str:
        """Return the code of the body."""
        return self.form.cleaned_data.get("body") or BODY

    @cached_property
    def usual_since(self) -> datetime.date | None:
        """Return the default first day; None if the query has a period."""
        return None if self.since or self.until else usual_since(self.record, self.body)

    @cached_property
    def rows(self) -> Rows:
        """Return the rows of the record's matrix, ascending; none where something is wrong."""
        rows: Rows = self.rows_between(Days(self.since or self.usual_since, self.until))
        of_body: Rows = rows[self.record.matrix.bodies[rows] == self.body]
        return of_body

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """Return the bodies to choose from, as (value, name); the default has no value."""
        return [("" if code == BODY else code, name) for code, name in self.record.bodies.items()]

    @property
    def answered_parameters(self) -> QueryDict:
        """Return the known parameters."""
        query = QueryDict(mutable=True)
        for name in (*OWN, *FILTERS):
            if values := [value for value in self.parameters.getlist(name) if value]:
                query.setlist(name, values if name in ("state", "subject") else values[-1:])
        return query

    def matrix_of(self, also: Collection[str] = ()) -> AgreementMatrix:
        """Return the matrix for the requested measure and those in ``also``."""
        return AgreementMatrix.of(
            self.record,
            self.rows,
            codes=self.states,
            group=self.bloc.group if self.bloc else None,
            measure=self.measure,
            order=self.order,
            also=also,
        )

    def _one_of(self, parameter: str, known: tuple[str, ...]) -> str:
        """Return the value of a parameter; the first of ``known`` if it is missing or invalid."""
        value = self.parameters.get(parameter) or known[0]
        if value not in known:
            self.refuse(
                parameter,
                _("Unknown value “%(value)s”; choose one of %(known)s.") % {"value": value, "known": ", ".join(known)},
            )
            return known[0]
        return value
