"""Serializers that describe every response of the API.

Row fields are generated from the columns of the exported tables and their codebook entries, so that API, downloads and
codebook cannot drift apart. They are not required, since ``fields`` can leave them out.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from resolutions.models import ResolutionKind, SessionKind
from votes.analysis.agreement import MEASURES
from votes.choices import POSITIONS, WORDS, Choice
from votes.exporting.tables import (
    CORRECTIONS,
    LISTED_RESOLUTIONS,
    LISTED_ROLL_CALLS,
    SOURCE_CORRECTIONS,
    TABLES,
    VOTES,
)
from votes.models import RollCall
from votes.models.blocs import BlocKind, MembershipStatus
from votes.models.intervals import DatePrecision
from votes.record.choices import TIED_WORD
from votes.reports.agreement import ORDERS
from votes.rules import Requirement, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from votes.exporting.tables import Column, Table

    Choices = Sequence[tuple[Any, Any]]
    Fields = Mapping[str, serializers.Field[Any, Any, Any, Any]]

YES_NO: Choices = [("yes", _("yes")), ("no", _("no"))]
OF_VOTE: dict[str, Choices] = {
    "kind": RollCall.Kind.choices,
    "decisive": YES_NO,
    "date_precision": DatePrecision.choices,
    "method": RollCall.Method.choices,
    "requirement": Requirement.choices,
    "result": Result.choices,
}
OF_TEXT: dict[str, Choices] = {**OF_VOTE, "kind": ResolutionKind.choices}
OF_INTERVAL: dict[str, Choices] = {
    "since_precision": DatePrecision.choices,
    "until_precision": DatePrecision.choices,
    "permanent": YES_NO,
    "status": MembershipStatus.choices,
}
POSITION_WORDS = [*WORDS.values(), TIED_WORD]


def made(name: str, fields: Fields) -> type[serializers.Serializer[Any]]:
    """Return a serializer with this ``name`` in the description."""
    return type(inline_serializer(name, fields=dict(fields)))


def field_of(
    column: Column, choices: Mapping[str, Choices], *, required: bool
) -> serializers.Field[Any, Any, Any, Any]:
    """Return the field of a column: type, nullability and description."""
    about: dict[str, Any] = {
        "help_text": column.description,
        "allow_null": column.optional,
        "required": required,
    }
    if column.name in choices:
        return serializers.ChoiceField(choices=list(choices[column.name]), **about)
    if column.kind == "date":
        return serializers.DateField(**about)
    return (serializers.IntegerField if column.kind == "integer" else serializers.CharField)(**about)


def fields_of(
    table: Table, choices: Mapping[str, Choices] | None = None, *, but: Collection[str] = (), required: bool = False
) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return the fields of a table's rows, without those in ``but``."""
    named = choices or {}
    return {c.name: field_of(c, named, required=required) for c in table.columns if c.name not in but}


def of_table(name: str, choices: Mapping[str, Choices] | None = None) -> type[serializers.Serializer[Any]]:
    """Return the serializer of the rows of a whole table."""
    table = TABLES[name]
    return made(f"{table.row.__name__.removesuffix('Row')}Row", fields_of(table, choices))


def page_of(row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the serializer of a page of rows."""
    return made(
        f"{row.__name__.removesuffix('Row')}Page",
        {
            "data_version": data_version(),
            "next": serializers.URLField(
                help_text=_("Address of the next page; null on the last page."), allow_null=True
            ),
            "previous": serializers.URLField(
                help_text=_("Address of the previous page; null on the first page."), allow_null=True
            ),
            "results": row(many=True),
        },
    )


@functools.cache
def names_in(serializer: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    """Return the names of the selectable fields, in order."""
    return tuple(name for name in map(str, serializer().fields) if name != "data_version")


def data_version() -> serializers.IntegerField:
    """Return the first field of every response."""
    return serializers.IntegerField(help_text=_("Data version. It increases with every change to the record."))


# Roll calls and texts.
CastVote = made(
    "CastVote", fields_of(VOTES, {"choice": Choice.choices}, but=("roll_call", "symbol", "date"), required=True)
)
Correction = made(
    "Correction",
    fields_of(CORRECTIONS, {"intended": [(c.value, c.label) for c in POSITIONS]}, but=("roll_call",), required=True),
)
SourceCorrected = made("SourceCorrection", fields_of(SOURCE_CORRECTIONS, but=("roll_call",), required=True))
BlocVotes = made(
    "BlocVotes",
    {
        "bloc": serializers.CharField(help_text=_("Slug of the bloc.")),
        "yes": serializers.IntegerField(help_text=_("Members on that day that voted in favour.")),
        "no": serializers.IntegerField(help_text=_("Members that voted against.")),
        "abstaining": serializers.IntegerField(help_text=_("Members that abstained.")),
        "non_voting": serializers.IntegerField(help_text=_("Members that did not vote.")),
        "position": serializers.ChoiceField(
            choices=POSITION_WORDS,
            help_text=_(
                "Position of the bloc: for, against or abstain; tied for a tie; nonvoting if no member took a position."
            ),
        ),
    },
)
RollCallRow = made("RollCallRow", fields_of(LISTED_ROLL_CALLS, OF_VOTE))
RollCallDetail = made(
    "RollCall",
    {
        "data_version": data_version(),
        **fields_of(LISTED_ROLL_CALLS, OF_VOTE),
        "votes": CastVote(many=True, required=False, help_text=_("Choice of each member of the electorate, by code.")),
        "corrections": Correction(
            many=True,
            required=False,
            help_text=_("Corrections of intent notified later. They change no vote and no total."),
        ),
        "source_corrections": SourceCorrected(
            many=True, required=False, help_text=_("Known errors of sources, corrected in this record.")
        ),
        "blocs": BlocVotes(
            many=True, required=False, help_text=_("Totals of each bloc with members on that day, by slug.")
        ),
    },
)
ResolutionRow = made("ResolutionRow", fields_of(LISTED_RESOLUTIONS, OF_TEXT))
ResolutionDetail = made(
    "Resolution",
    {
        "data_version": data_version(),
        **fields_of(TABLES["resolutions"], OF_TEXT),
        "roll_calls": made(
            "RollCallOfResolution",
            {
                **fields_of(LISTED_ROLL_CALLS, OF_VOTE, required=True),
                "votes": CastVote(many=True),
                "corrections": Correction(many=True),
                "source_corrections": SourceCorrected(many=True),
                "blocs": BlocVotes(many=True),
            },
        )(many=True, required=False, help_text=_("Votes on the resolution with who voted how, newest first.")),
    },
)

# Names and memberships.
BodyRow = of_table("bodies")
SessionRow = of_table("sessions", {"kind": SessionKind.choices})
TopicRow = of_table("topics")
SourceRow = of_table("sources")
StateRow = of_table("states")
BlocRow = of_table("blocs", {"kind": BlocKind.choices})
MEMBERSHIP_FIELDS = ("body", "bloc", "code", "since", "until", "since_precision", "until_precision", "status",
                     "permanent", "note")  # fmt: skip
_COLUMNS = {column.name: column for name in ("body-memberships", "bloc-memberships") for column in TABLES[name].columns}
MEMBERSHIP = {
    # A row has either a body or a bloc, and the columns of that kind.
    name: dataclasses.replace(_COLUMNS[name], optional=name not in ("code", "since", "since_precision"))
    for name in MEMBERSHIP_FIELDS
}
MembershipRow = made(
    "MembershipRow", {name: field_of(column, OF_INTERVAL, required=False) for name, column in MEMBERSHIP.items()}
)


def of_party(table: str, but: str) -> type[serializers.Serializer[Any]]:
    """Return the serializer of a table's rows for one state or bloc, without the column ``but``."""
    name = TABLES[table].row.__name__.removesuffix("Row")
    return made(f"{name}Of{but.title()}", fields_of(TABLES[table], OF_INTERVAL, but=(but,), required=True))


StateDetail = made(
    "State",
    {
        "data_version": data_version(),
        **fields_of(TABLES["states"]),
        "former_names": of_party("state-names", "code")(many=True, required=False, help_text=_("Oldest first.")),
        "seats": of_party("body-memberships", "code")(many=True, required=False, help_text=_("By body and date.")),
        "blocs": of_party("bloc-memberships", "code")(many=True, required=False, help_text=_("By bloc and date.")),
    },
)
BlocDetail = made(
    "Bloc",
    {
        "data_version": data_version(),
        **fields_of(TABLES["blocs"], {"kind": BlocKind.choices}),
        "members": of_party("bloc-memberships", "bloc")(
            many=True, required=False, help_text=_("All memberships, past and present, by code and date.")
        ),
    },
)

# Agreement.
NamedState = made(
    "NamedState",
    {"code": serializers.CharField(help_text=_("Code.")), "name": serializers.CharField(help_text=_("Name."))},
)
SQUARE = _("one row per state with one value per state, in the order of “states”")


def _square(child: Any, said: Any) -> Any:
    """Return the field of a square matrix."""
    return serializers.ListField(child=serializers.ListField(child=child), required=False, help_text=said)


AgreementAnswer = made(
    "Agreement",
    {
        "data_version": data_version(),
        "measure": serializers.ChoiceField(choices=list(MEASURES), required=False),
        "order": serializers.ChoiceField(choices=list(ORDERS), required=False),
        "body": serializers.CharField(required=False, help_text=_("Code of the body.")),
        "bloc": serializers.CharField(allow_null=True, required=False),
        "since": serializers.DateField(
            allow_null=True,
            required=False,
            help_text=_("First day of the period, included; the default period if none was given."),
        ),
        "until": serializers.DateField(allow_null=True, required=False, help_text=_("The last day, included.")),
        "topic": serializers.CharField(allow_null=True, required=False),
        "subject": serializers.ListField(
            child=serializers.CharField(), required=False, help_text=_("Slugs of the requested subjects.")
        ),
        "kind": serializers.ChoiceField(choices=RollCall.Kind.choices, allow_null=True, required=False),
        "roll_calls": serializers.IntegerField(required=False, help_text=_("Number of roll calls.")),
        "first": serializers.DateField(allow_null=True, required=False, help_text=_("Date of the first.")),
        "last": serializers.DateField(allow_null=True, required=False, help_text=_("Date of the last.")),
        "spans_change_of_representation_of_china": serializers.BooleanField(required=False),
        "minimum_roll_calls": serializers.IntegerField(
            required=False, help_text=_("Values from fewer roll calls are null.")
        ),
        "states": NamedState(many=True, required=False),
        "left_out": NamedState(many=True, required=False, help_text=_("States without any value.")),
        "values": _square(
            serializers.FloatField(allow_null=True), _("Values of the measure: %(square)s.") % {"square": SQUARE}
        ),
        "rests_on": _square(
            serializers.IntegerField(), _("Number of roll calls behind each value: %(square)s.") % {"square": SQUARE}
        ),
    },
)

# Errors and the index.
Problem = made(
    "Problem",
    {
        "type": serializers.CharField(help_text=_("Always about:blank; the status says what kind of problem it is.")),
        "title": serializers.CharField(help_text=_("Status in words.")),
        "status": serializers.IntegerField(help_text=_("HTTP status code.")),
        "detail": serializers.CharField(help_text=_("What is wrong and how to correct it.")),
        "errors": serializers.DictField(
            child=serializers.ListField(child=serializers.CharField()),
            required=False,
            help_text=_("What is wrong with each parameter."),
        ),
    },
)
