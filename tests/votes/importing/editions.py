"""Small editions and files for tests of the import, and what is on record afterwards, whole and exact."""

from __future__ import annotations

import calendar
import csv
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import connection, models, transaction
from psycopg import sql

from resolutions.symbols import parse
from tests.factories import day
from votes.importing.edition import Edition, FileFacts, StatedRollCall, StatedText, parse_votes
from votes.importing.plan import Plan
from votes.importing.planning import Planner
from votes.importing.record import Record
from votes.importing.record import known as known_of_record
from votes.importing.run import Report, import_files, votes_by_roll_call
from votes.importing.voeten.votes import HOLDERS
from votes.importing.writing import write
from votes.models import Format, MemberState, RollCall

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from votes.importing.edition import Known

LINK = "https://digitallibrary.un.org/record/"
LIBRARY = "un-digital-library"
FIGURES = ("total_yes", "total_no", "total_abstentions", "total_non_voting")
SHARED = ("undl_id", "date", "resolution", "draft", "meeting", "subjects", "vote_note", *FIGURES, "undl_link")
VOTE = ("ms_code", "ms_vote")
GA_HEADER = (*SHARED, *VOTE, "session", "title", "agenda_title", "modality")
SC_HEADER = (*SHARED, *VOTE, "description", "agenda", "modality")
OUTCOMES_HEADER = (*SHARED, "session", "title", "agenda_title", "modality")
MODALITIES = {"recorded": "Vote, recorded", "non-recorded": "Vote, non-recorded", "without-vote": "Without a vote"}
WORDS = {"Y": "yes", "N": "no", "A": "abstain", "X": "absent"}


@dataclass(frozen=True)
class Stated:
    """What a file says of one roll call. The votes are written as statements write them: “CHNN FRAY”."""

    symbol: str = "A/RES/79/1"
    votes: str = "CHNN FRAY GBRY RUSN USAA"
    number: int = 1
    """The record number, or the rcid."""
    date: str = "2024-12-17"
    session: str | None = "79"
    title: str = "Peace"
    kind: str = "text"
    method: str = "recorded"
    totals: tuple[int | None, ...] | None = None
    """None: those counted from the votes."""
    agenda: str = ""
    topics: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    meeting: str = ""
    note: str = ""
    doubtful: bool = False
    """Whether Voeten's symbol may be a page number."""
    month: bool = False

    @property
    def body(self) -> str:
        return "SC" if self.symbol.startswith("S/") else "GA"

    @property
    def announced(self) -> tuple[int | None, int | None, int | None, int | None]:
        if self.method == "without-vote":
            return (None, None, None, None)
        if self.totals is not None:
            yes, no, abstaining, non_voting = self.totals
            return (yes, no, abstaining, non_voting)
        cast = list(parse_votes(self.votes).values())
        return (cast.count("Y"), cast.count("N"), cast.count("A"), cast.count("X"))


FIRST = Stated("A/RES/79/1", number=1, date="2024-12-02", votes="CHNN FRAY GBRY RUSN USAA")
SECOND = Stated("A/RES/79/2", number=2, date="2024-12-17", votes="CHNY FRAY USAN")
THIRD = Stated("A/RES/79/3", number=3, date="2024-12-19", votes="CHNX FRAN USAY")

# Editions, as readers give them


def library(*said: Stated, form: str = Format.GA_VOTING) -> Edition:
    roll_calls = [
        _stated(
            ref,
            one,
            source=LIBRARY,
            reference=f"{LINK}{one.number}",
            text=_text(one),
            decisive=True,
            meeting=one.meeting,
            method=one.method,
            requirement="security-council-substantive" if one.body == "SC" else "not-stated",
            result="adopted",
            announced=one.announced,
            note=one.note,
        )
        for ref, one in enumerate(said)
    ]
    return _edition(form, LIBRARY, roll_calls, said)


def voeten(*said: Stated) -> Edition:
    roll_calls = [
        _stated(
            ref,
            one,
            source="voeten",
            reference=f"rcid {one.number}, {one.symbol}",
            text=_text(one) if one.symbol and one.kind == "text" and not one.doubtful else None,
            decisive=one.kind == "text" and not one.doubtful,
            date_precision="month" if one.month else "day",
            absences_derived=True,
            corroborate=True,
        )
        for ref, one in enumerate(said)
    ]
    return _edition(Format.VOETEN, "voeten", roll_calls, said)


def _stated(ref: int, one: Stated, **values: Any) -> StatedRollCall:
    """Return what is the same in all layouts."""
    date = day(one.date)
    return StatedRollCall(
        ref=ref,
        line=ref + 2,
        body=one.body,
        session=one.session if one.body == "GA" else None,
        date=date.replace(day=1) if one.month else date,
        symbol_key=parse(one.symbol).key if one.symbol else "",
        kind=one.kind,
        **{"title": one.title, **values},
    )


def _text(one: Stated) -> StatedText:
    return StatedText(
        parse(one.symbol), "resolution", one.title, agenda=one.agenda, topics=one.topics, drafts=one.drafts
    )


def _edition(form: str, source: str, roll_calls: list[StatedRollCall], said: Sequence[Stated]) -> Edition:
    rows = [(ref, *vote) for ref, one in enumerate(said) for vote in parse_votes(one.votes).items()]
    votes = pl.DataFrame(rows, schema={"ref": pl.UInt32, "state": pl.String, "choice": pl.String}, orient="row")
    return Edition(form, source, [FileFacts("made by hand", "0" * 64, len(rows))], roll_calls, votes)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def planned(edition: Edition) -> Plan:
    return Planner(Record.read(), edition, votes_by_roll_call(edition.votes)).make()


def taken(edition: Edition) -> Plan:
    """Bring an edition into the record, whatever it removes; return what that changed."""
    record = Record.read()
    plan = Planner(record, edition, votes_by_roll_call(edition.votes)).make()
    with transaction.atomic():
        write(plan, record, edition, lambda done, total: None)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return plan


# Files


def ga_file(path: Path, *said: Stated) -> str:
    """Write a voting file of the Assembly; return its name."""
    return _written(path, GA_HEADER, (row for one in said for row in _rows(one)))


def sc_file(path: Path, *said: Stated) -> str:
    """Write a voting file of the Council; return its name."""
    rows = ({**row, "description": row["title"]} for one in said for row in _rows(one))
    return _written(path, SC_HEADER, rows)


def outcomes_file(path: Path, *said: Stated) -> str:
    """Write a file of outcomes, one row a text; return its name."""
    return _written(path, OUTCOMES_HEADER, map(_facts, said))


def _facts(one: Stated) -> dict[str, Any]:
    return {
        **dict(zip(FIGURES, one.announced, strict=True)),
        "undl_id": one.number,
        "undl_link": f"{LINK}{one.number}",
        "resolution": one.symbol,
        "date": one.date,
        "session": one.session,
        "title": f"{one.title} : resolution / adopted by the General Assembly",
        "agenda_title": one.agenda,
        "agenda": one.agenda,
        "subjects": "|".join(one.topics),
        "draft": "|".join(one.drafts),
        "meeting": one.meeting,
        "vote_note": one.note,
        "modality": MODALITIES[one.method],
    }


def _rows(one: Stated) -> Iterable[dict[str, Any]]:
    """Yield a row a vote; a text adopted without one is Y for every member in the Council's file."""
    facts = _facts(one)
    for state, choice in parse_votes(one.votes).items():
        yield {**facts, "ms_code": state, "ms_vote": choice}


def _written(path: Path, header: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def others(known: Known, named: Collection[str], date: datetime.date) -> list[str]:
    """Return members besides those ``named``, so that together they are a quarter: a vote, and no fragment of one.

    They sat in the Assembly all month, and have an ISO 3166-1 code that means nobody else.
    """
    last = date.replace(day=calendar.monthrange(date.year, date.month)[1])
    seats = known.electorate("GA", date.replace(day=1), last)
    free = sorted(seats & set(known.iso2.values()) - set(HOLDERS) - {"CHN", "NAM", *named})
    return free[: max(math.ceil(len(seats) / 4) + 1 - len(named), 0)]


def voeten_files(folder: Path, *said: Stated) -> list[str]:
    """Write Voeten's tables of votes and roll calls, with enough of the absent to be votes; return their names."""
    codes = dict(MemberState.objects.values_list("code", "iso2"))
    known = known_of_record()
    roll_calls = [
        {
            "rcid": one.number,
            "session": one.session,
            "date": one.date,
            "unres": one.symbol.replace("A/RES/", "R/"),
            "amend": int("amendment" in one.kind),
            "para": int("paragraph" in one.kind),
            "descr": one.title,
        }
        for one in said
    ]
    votes = [
        {"rcid": one.number, "country": state, "country_code": codes[state], "vote": WORDS[choice]}
        for one in said
        for cast in [parse_votes(one.votes)]
        for state, choice in {**cast, **dict.fromkeys(others(known, cast, day(one.date)), "X")}.items()
    ]
    return [
        _written(folder / "voeten_votes.csv", ("rcid", "country", "country_code", "vote"), votes),
        _written(
            folder / "voeten_roll_calls.csv", ("rcid", "session", "date", "unres", "amend", "para", "descr"), roll_calls
        ),
    ]


def imported(*names: str, **options: Any) -> Report:
    return import_files(names, by_name="somebody", **options)


# The record afterwards


def fingerprint(*, without: Sequence[str] = ()) -> dict[str, tuple[int, str]]:
    """Return rows and digest of each table of the record; a row that was written again, though equal, counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^(resolutions|votes)_' ORDER BY tablename")
        tables = [table for (table,) in cursor.fetchall() if table not in without]
        found = {}
        for table in tables:
            cursor.execute(
                sql.SQL(
                    "SELECT count(*), md5(string_agg(r.xmin::text || r.ctid::text || r::text, '' ORDER BY r.ctid)) "
                    "FROM {} r"
                ).format(sql.Identifier(table))
            )
            found[table] = cursor.fetchone()
    return found


def versions(model: type[models.Model]) -> dict[Any, str]:
    """Return which version of each row of a table is there, by key: another one where it was written again."""
    with connection.cursor() as cursor:
        key, table = (sql.Identifier(str(name)) for name in (model._meta.pk.column, model._meta.db_table))
        cursor.execute(sql.SQL("SELECT {}, xmin::text || ctid::text FROM {}").format(key, table))
        return dict(cursor.fetchall())


def rewritten(before: dict[Any, str], after: dict[Any, str]) -> set[Any]:
    """Return the keys of the rows that were added or written again between two ``versions``."""
    return {key for key, version in after.items() if before.get(key) != version}


def votes_of(slug: str) -> str:
    votes = RollCall.objects.get(slug=slug).votes.values_list("state__code", "choice")
    return " ".join(f"{code}{choice}" for code, choice in sorted(votes))


CONTENTS = """
SELECT r.slug, b.code AS body, coalesce(n.code, '') AS session, coalesce(t.symbol, '') AS symbol,
    ARRAY[t.title, t.agenda, t.status, t.kind] AS text,
    ARRAY(SELECT o.slug FROM resolutions_resolution_topics m JOIN resolutions_topic o ON o.id = m.topic_id
        WHERE m.resolution_id = t.id ORDER BY o.slug) AS topics,
    ARRAY(SELECT o.kind || ' ' || o.symbol FROM resolutions_othersymbol o
        WHERE o.resolution_id = t.id ORDER BY o.kind, o.symbol) AS others,
    coalesce((SELECT string_agg(s.code || v.choice, ' ' ORDER BY s.code)
        FROM votes_vote v JOIN votes_memberstate s ON s.id = v.state_id WHERE v.roll_call_id = r.id), '') AS votes,
    (SELECT concat_ws('-', yes, no, abstaining, non_voting) FROM votes_tally WHERE roll_call_id = r.id) AS tally,
    u.slug AS source, r.decisive, r.title, r.date::text AS date, r.date_precision, r.meeting, r.ordinal, r.kind,
    r.method, r.requirement, r.result, r.announced_yes, r.announced_no, r.announced_abstaining,
    r.announced_non_voting, r.note, r.source_reference, r.status
FROM votes_rollcall r
JOIN resolutions_body b ON b.id = r.body_id
JOIN votes_source u ON u.id = r.source_id
LEFT JOIN resolutions_session n ON n.id = r.session_id
LEFT JOIN resolutions_resolution t ON t.id = r.resolution_id
ORDER BY symbol, r.kind, votes, r.title, r.slug
"""


def contents(*symbols: str, landmarks: bool = False) -> list[dict[str, Any]]:
    """Return what readers see of all roll calls, or of those on texts with ``symbols``, with texts and votes.

    Their order is one of what they are, whatever they are called and wherever they are stored.
    """
    with connection.cursor() as cursor:
        cursor.execute(CONTENTS)
        rows = [
            dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor.fetchall()
        ]
    if symbols:
        return [row for row in rows if row["symbol"] in symbols]
    return [row for row in rows if landmarks or row["source"] != "landmark"]
