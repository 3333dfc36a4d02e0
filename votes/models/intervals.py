"""Base classes of facts with a validity period: names, seats and memberships."""

from __future__ import annotations

import datetime
from typing import NamedTuple, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import BigIntegerRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from resolutions.models import among


class DatePrecision(models.TextChoices):
    """How much of a date is known; the rest of it is set to the first month or day."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")


class Day(NamedTuple):
    """A date with how much of it is known, a value of ``DatePrecision``."""

    date: datetime.date
    precision: str


class Interval(models.Model):
    """Something that holds from ``since`` until ``until``, which is exclusive; open where ``until`` is empty."""

    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which it no longer applied.")
    )
    since_precision = models.CharField(
        _("precision of “since”"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    until_precision = models.CharField(
        _("precision of “until”"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        super().clean()
        check_order(self.since, self.until)


def check_order(since: datetime.date | None, until: datetime.date | None) -> None:
    """Raise ValidationError for an end that is not after the beginning, of which the database could make no range.

    Either is None where it is open, or where what was typed is no date.
    """
    if since and until and until <= since:
        raise ValidationError({"until": _("“Since” must be before “until”.")})


Of = TypeVar("Of", bound=Interval)


class IntervalQuerySet(models.QuerySet[Of]):
    """Intervals by date."""

    def on(self, date: datetime.date) -> Self:
        """Return those that hold on ``date``."""
        return self.filter(holds_on(date))


def holds_on(date: datetime.date | F | OuterRef, path: str = "") -> Q:
    """Return the condition that the interval at ``path`` (such as ``memberships__``) holds on ``date``."""
    return Q(**{f"{path}since__lte": date}) & (Q(**{f"{path}until__isnull": True}) | Q(**{f"{path}until__gt": date}))


def precise(name: str) -> list[models.CheckConstraint]:
    """Return the constraints that both dates have a known precision."""
    ends = ("since", "until")
    return [among(f"{end}_precision", DatePrecision, f"{name}_{end}_precision") for end in ends]


def since_before_until(name: str) -> models.CheckConstraint:
    """Return the constraint that an interval has at least a day."""
    return models.CheckConstraint(
        condition=Q(since__lt=F("until")),
        name=name,
        violation_error_message=_("“Since” must be before “until”."),
    )


def no_overlap(name: str, *fields: str) -> ExclusionConstraint:
    """Return the constraint that no two intervals with the same ``fields`` overlap.

    The bundled server has no btree_gist, so each foreign key is compared as a range of one number.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[
            *(
                (
                    Func(
                        F(field),
                        F(field),
                        Value("[]"),
                        function="int8range",
                        output_field=BigIntegerRangeField(),
                    ),
                    RangeOperators.OVERLAPS,
                )
                for field in fields
            ),
            (
                Func(F("since"), F("until"), Value("[)"), function="daterange", output_field=DateRangeField()),
                RangeOperators.OVERLAPS,
            ),
        ],
        violation_error_message=_("These dates overlap those of another row."),
    )
