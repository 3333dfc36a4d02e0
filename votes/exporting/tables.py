"""The exported tables: file names, keys, order, and the SQL that reads them.

Every order is one of values, never of database ids, and text is ordered by its characters' codes, so that two
databases with the same record give the same bytes.
"""

from __future__ import annotations

import ast
import dataclasses
import datetime
import inspect
import textwrap
import types
import typing
from dataclasses import dataclass
from functools import cached_property

from votes.exporting import rows
from votes.exporting.cells import safe_sql
from votes.exporting.reading import LEADS_TO

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

Kind = typing.Literal["text", "integer", "date"]

KINDS: dict[type, Kind] = {str: "text", int: "integer", datetime.date: "date"}


@dataclass(frozen=True)
class Column:
    """A column of an exported table."""

    name: str
    kind: Kind
    optional: bool
    """Whether a cell may be empty."""
    free: bool
    """Whether it is text that may begin with anything, and so goes through ``votes.exporting.cells``."""
    sql: str
    description: str
    """What it means: its entry in the codebook."""


@dataclass(frozen=True)
class ForeignKey:
    """Columns that name a row of another table; where one of them is empty, they name none."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """An exported table, whose rows may belong to roll calls: then it can be read for some of them alone."""

    name: str
    """The name, which is that of the file without its ending."""
    row: type
    """The dataclass of its rows in ``votes.exporting.rows``."""
    key: tuple[str, ...]
    """The columns by which a row is told from all others."""
    joined: str
    """The SQL of the tables it is read from, by their aliases; of those joined to ``roll_call`` where rows have one."""
    order: tuple[str, ...] = ()
    """The SQL of its order; of the order within a roll call where rows have one."""
    condition: str = "true"
    """The SQL of what the public sees."""
    foreign: tuple[ForeignKey, ...] = ()
    by_roll_call: bool = False
    """Whether each row belongs to a roll call."""

    @property
    def description(self) -> str:
        """Return what a row is: the table's entry in the codebook, in one line of Markdown."""
        return (inspect.getdoc(self.row) or "").replace("``", "`")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns in their order, as the row's class declares and describes them."""
        hints = typing.get_type_hints(self.row, include_extras=True)
        docs = descriptions(self.row)
        return tuple(_column(field.name, hints[field.name], docs) for field in dataclasses.fields(self.row))

    @property
    def header(self) -> str:
        """Return the names of the columns as the first line of a CSV file has them, without its end."""
        return ",".join(column.name for column in self.columns)

    def typed(self, roll_calls: Sequence[int] | None = None) -> str:
        """Return the query of its rows, each column of its own type, empty ones null, in their order.

        ``roll_calls`` are ids: the rows of these alone, in the order of the ids.
        """
        select = ", ".join(f'{_filled(column)} AS "{column.name}"' for column in self.columns)
        tables, order = self._from(roll_calls)
        return f"SELECT {select} FROM {tables} WHERE {self.condition} ORDER BY {', '.join(order)}"  # noqa: S608

    def cells(self, roll_calls: Sequence[int] | None = None) -> str:
        """Return the same query with no text that a spreadsheet would run as a formula."""
        select = ", ".join(
            safe_sql(f'"{column.name}"') + f' AS "{column.name}"' if column.free else f'"{column.name}"'
            for column in self.columns
        )
        return f"SELECT {select} FROM ({self.typed(roll_calls)}) AS typed"  # noqa: S608

    def count(self) -> str:
        """Return the query of how many rows it has."""
        return f"SELECT count(*) FROM {self._from(None)[0]} WHERE {self.condition}"  # noqa: S608

    def _from(self, roll_calls: Sequence[int] | None) -> tuple[str, tuple[str, ...]]:
        if not self.by_roll_call:
            if roll_calls is not None:
                raise ValueError(f"The rows of {self.name} belong to no roll call.")
            return self.joined, self.order
        if roll_calls is None:
            return f"votes_rollcall roll_call {self.joined}", (BY_SLUG, *self.order)
        some = f"{chosen(roll_calls)} JOIN votes_rollcall roll_call ON roll_call.id = chosen.id"
        return f"{some} {self.joined}", ("chosen.place", *self.order)


def chosen(roll_calls: Sequence[int]) -> str:
    """Return the SQL of the roll calls with these ids and their places: ``chosen (id, place)``."""
    return (
        f"unnest('{{{','.join(str(int(pk)) for pk in roll_calls)}}}'::bigint[]) WITH ORDINALITY AS chosen (id, place)"
    )


def descriptions(row: type) -> dict[str, str]:
    """Return the text under each field of a row's class, inherited fields too: one line of Markdown."""
    docs: dict[str, str] = {}
    for part in reversed(row.__mro__[:-1]):
        body = ast.parse(textwrap.dedent(inspect.getsource(part))).body[0]
        assert isinstance(body, ast.ClassDef)
        for place, below in zip(body.body, body.body[1:], strict=False):
            if isinstance(place, ast.AnnAssign) and isinstance(place.target, ast.Name):
                assert isinstance(below, ast.Expr), f"{part.__name__}.{place.target.id} has no description"
                docs[place.target.id] = " ".join(str(ast.literal_eval(below.value)).replace("``", "`").split())
    return docs


def _column(name: str, hint: typing.Any, said: dict[str, str]) -> Column:
    """Return a column, given the annotated type of its field and all descriptions."""
    declared, read = typing.get_args(hint)
    parts = [part for part in typing.get_args(declared) or (declared,) if part is not types.NoneType]
    is_optional = declared is not parts[0]
    return Column(name, KINDS[parts[0]], is_optional, free=read.free, sql=read.sql, description=said[name])


def _filled(column: Column) -> str:
    """Return the SQL of a column with null for what is empty."""
    return f"nullif({column.sql}, '')" if column.optional and column.kind == "text" else column.sql


def _key(columns: str, table: str, references: str) -> ForeignKey:
    """Return a foreign key, given names between spaces."""
    return ForeignKey(tuple(columns.split()), table, tuple(references.split()))


PUBLIC = "roll_call.status = 'published'"
OF_STATE = _key("code", "states", "code")
OF_BODY = _key("body", "bodies", "code")
OF_SESSION = _key("body session", "sessions", "body code")
OF_ROLL_CALL = _key("roll_call", "roll-calls", "slug")
WITH_BODY = "JOIN resolutions_body body ON body.id = {of}.body_id"
WITH_SESSION = WITH_BODY + " LEFT JOIN resolutions_session session ON session.id = {of}.session_id"
WITH_RESOLUTION = "LEFT JOIN resolutions_resolution resolution ON resolution.id = roll_call.resolution_id"
WITH_STATE = "JOIN votes_memberstate state ON state.id = {of}.state_id"
WITH_SOURCE = "JOIN votes_source source ON source.id = {of}.source_id"
WITH_TALLY = "JOIN votes_tally tally ON tally.roll_call_id = roll_call.id"
WITH_FORMER_NAME = (
    "LEFT JOIN votes_statename former ON former.state_id = state.id "
    "AND (former.since IS NULL OR former.since <= roll_call.date) AND roll_call.date < former.until"
)
BY_SLUG = 'roll_call.slug COLLATE "C"'
BY_CODE = 'state.code COLLATE "C"'

ROLL_CALLS = Table(
    "roll-calls", rows.RollCallRow, ("slug",),
    f"{WITH_SESSION.format(of='roll_call')} {WITH_RESOLUTION} {WITH_TALLY} {WITH_SOURCE.format(of='roll_call')}",
    (), PUBLIC, (_key("symbol", "resolutions", "symbol"), OF_BODY, OF_SESSION, _key("source", "sources", "slug")),
    by_roll_call=True,
)  # fmt: skip

VOTES = Table(
    "votes", rows.VoteRow, ("roll_call", "state"),
    "JOIN votes_vote vote ON vote.roll_call_id = roll_call.id "
    f"{WITH_RESOLUTION} {WITH_STATE.format(of='vote')} {WITH_FORMER_NAME}",
    (BY_CODE,), PUBLIC,
    (OF_ROLL_CALL, _key("symbol", "resolutions", "symbol"), _key("state", "states", "code")),
    by_roll_call=True,
)  # fmt: skip

CORRECTIONS = Table(
    "corrections", rows.CorrectionRow, ("roll_call", "state"),
    "JOIN votes_correction correction ON correction.roll_call_id = roll_call.id "
    + WITH_STATE.format(of="correction"),
    (BY_CODE,), PUBLIC, (OF_ROLL_CALL, _key("state", "states", "code")), by_roll_call=True,
)  # fmt: skip

# Not a file of its own: they come with the record that ships, and go to programs with the vote that they are about.
SOURCE_CORRECTIONS = Table(
    "source-corrections", rows.SourceCorrectionRow, ("roll_call", "source", "fact"),
    "JOIN votes_sourcecorrection corrected ON corrected.roll_call_id = roll_call.id "
    + WITH_SOURCE.format(of="corrected"),
    ('source.slug COLLATE "C"', 'corrected.fact COLLATE "C"'), PUBLIC, (OF_ROLL_CALL,), by_roll_call=True,
)  # fmt: skip

# What a download of the lists holds: the tables above with what a row of the page shows besides.
LISTED_RESOLUTIONS = Table(
    "resolutions", rows.ListedResolutionRow, ("symbol",),
    "JOIN resolutions_resolution resolution ON resolution.id = roll_call.resolution_id "
    f"{WITH_SESSION.format(of='resolution')} {WITH_TALLY}",
    (), f"{PUBLIC} AND roll_call.decisive", (OF_BODY, OF_SESSION, OF_ROLL_CALL), by_roll_call=True,
)  # fmt: skip
LISTED_ROLL_CALLS = dataclasses.replace(ROLL_CALLS, row=rows.ListedRollCallRow)

# Who looks for an address that was retired is told what it became, unless the record has it again.
RETIRED_ADDRESSES = Table(
    "retired-addresses", rows.RetiredAddressRow, ("slug",),
    "votes_retiredaddress retired "
    "LEFT JOIN votes_rollcall kept ON kept.id = retired.roll_call_id AND kept.status = 'published' "
    "LEFT JOIN resolutions_resolution resolution ON resolution.id = retired.resolution_id "
    "AND resolution.status = 'published' AND retired.kind = 'withdrawn'",
    ('retired.slug COLLATE "C"',),
    f"(retired.kind = 'withdrawn' OR {LEADS_TO} IS NOT NULL) "
    f"AND NOT EXISTS (SELECT FROM votes_rollcall roll_call WHERE roll_call.slug = retired.slug AND {PUBLIC})",
    (_key("symbol", "resolutions", "symbol"),),
)  # fmt: skip

RETIRED_TEXTS = Table(
    "retired-texts", rows.RetiredTextRow, ("symbol",), "resolutions_retiredtext gone", ('gone.symbol COLLATE "C"',)
)

# All tables of the record, each after those that it names rows of.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("bodies", rows.BodyRow, ("code",), "resolutions_body body", ('body.code COLLATE "C"',)),
        Table(
            "sessions", rows.SessionRow, ("body", "code"),
            f"resolutions_session session {WITH_BODY.format(of='session')}",
            ('body.code COLLATE "C"', 'session.code COLLATE "C"'), foreign=(OF_BODY,),
        ),
        Table("topics", rows.TopicRow, ("slug",), "resolutions_topic topic", ('topic.slug COLLATE "C"',)),
        Table("sources", rows.SourceRow, ("slug",), "votes_source source", ('source.slug COLLATE "C"',)),
        Table("states", rows.StateRow, ("code",), "votes_memberstate state", (BY_CODE,)),
        Table(
            "state-names", rows.StateNameRow, ("code", "until"),
            f"votes_statename former {WITH_STATE.format(of='former')}", (BY_CODE, "former.until"), foreign=(OF_STATE,),
        ),
        Table(
            "body-memberships", rows.BodyMembershipRow, ("body", "code", "since"),
            f"votes_bodymembership seat {WITH_BODY.format(of='seat')} {WITH_STATE.format(of='seat')}",
            ('body.code COLLATE "C"', BY_CODE, "seat.since"), foreign=(OF_BODY, OF_STATE),
        ),
        Table("blocs", rows.BlocRow, ("slug",), "votes_bloc bloc", ('bloc.slug COLLATE "C"',)),
        Table(
            "bloc-memberships", rows.BlocMembershipRow, ("bloc", "code", "since"),
            "votes_blocmembership membership JOIN votes_bloc bloc ON bloc.id = membership.bloc_id "
            + WITH_STATE.format(of="membership"),
            ('bloc.slug COLLATE "C"', BY_CODE, "membership.since"),
            foreign=(_key("bloc", "blocs", "slug"), OF_STATE),
        ),
        Table(
            "resolutions", rows.ResolutionRow, ("symbol",),
            f"resolutions_resolution resolution {WITH_SESSION.format(of='resolution')}",
            ("resolution.symbol_sort", 'resolution.symbol COLLATE "C"'), "resolution.status = 'published'",
            (OF_BODY, OF_SESSION),
        ),
        ROLL_CALLS,
        VOTES,
        CORRECTIONS,
        Table(
            "statements", rows.StatementRow, ("roll_call", "source", "format"),
            "JOIN votes_statement statement ON statement.roll_call_id = roll_call.id "
            + WITH_SOURCE.format(of="statement"),
            ('source.slug COLLATE "C"', 'statement.format COLLATE "C"'), PUBLIC,
            (OF_ROLL_CALL, _key("source", "sources", "slug")), by_roll_call=True,
        ),
        RETIRED_ADDRESSES,
        RETIRED_TEXTS,
    )
}  # fmt: skip
