"""The in-memory record: the vote matrix with names and memberships, one for each data version.

Loaded from PostgreSQL in one query, so version and data are of one snapshot by themselves, and shared by all threads
of a process. Whoever reads it reads everything else in the same snapshot: a page never mixes two versions.
"""

from __future__ import annotations

import datetime
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from django.dispatch import Signal

from resolutions.headings import heading_name, heading_slug
from resolutions.models import body_order, session_key
from resolutions.text import searchable
from votes.analysis.breaks import BODY as ASSEMBLY
from votes.analysis.breaks import Partners, SurpriseTable, all_surprises, partners, years_before
from votes.analysis.groups import Group, Membership, positions_of
from votes.analysis.matrix import LETTERS, VoteMatrix
from votes.analysis.memberships import Memberships
from votes.models import Bloc
from votes.models.intervals import Day
from votes.record.databases import reader
from votes.record.register import NO_ROW, Labels, Register, Tags
from votes.record.roll_calls import ListedRollCall
from votes.record.snapshot import in_snapshot, snapshot, unhurried
from votes.record.states import date_or_none, read_states
from votes.record.version import data_version
from votes.record.vetoes import Seat, permanent_members, vetoes_of
from votes.rules import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from votes.analysis.matrix import Choices
    from votes.record.states import AboutState, Tenure

CACHED_DAYS = 16
"""For how many days the closest partners are kept: 0.4 MB each, and a day of voting has dozens of roll calls."""

loaded = Signal()
"""Sent when a process has loaded a version, with ``seconds``."""

CACHED_VERSIONS = 2
"""How many versions a process keeps: the newest, and the one that requests begun before it still read."""

# A row with all names, then a row a published roll call, newest first. Each vote is four bytes: the state's key and
# the letter of the choice, which PostgreSQL puts together faster than it writes text.
QUERY = """
SELECT NULL::bigint AS key, json_build_object(
    'version', (SELECT coalesce(sum(steps), 0) FROM votes_change),
    'bodies', (SELECT json_agg(json_build_array(code, name)) FROM resolutions_body),
    'sessions', (
        SELECT json_agg(json_build_array(b.code, s.code, s.name)
            ORDER BY s.opened DESC NULLS LAST, s.kind, s.number DESC)
        FROM resolutions_session s JOIN resolutions_body b ON b.id = s.body_id),
    'topics', (
        SELECT json_agg(json_build_array(id, slug, name) ORDER BY slug COLLATE "C") FROM resolutions_topic),
    'states', (
        SELECT json_agg(json_build_array(id, code, name, sort_name) ORDER BY code COLLATE "C") FROM votes_memberstate),
    'names', (SELECT json_agg(json_build_array(state_id, name, since, until) ORDER BY state_id, since)
        FROM votes_statename),
    'blocs', (
        SELECT json_agg(json_build_array(id, slug, short_name, name, kind) ORDER BY slug COLLATE "C") FROM votes_bloc),
    'memberships', (
        SELECT json_agg(json_build_array(bloc_id, state_id, since, until) ORDER BY bloc_id, state_id, since)
        FROM votes_blocmembership WHERE status = 'member'),
    'permanent', (
        SELECT json_agg(json_build_array(b.code, s.code, m.since, m.until, ARRAY(
            SELECT t.code FROM votes_memberstate_successors f JOIN votes_memberstate t ON t.id = f.to_memberstate_id
            WHERE f.from_memberstate_id = s.id)) ORDER BY b.code, s.code COLLATE "C", m.since)
        FROM votes_bodymembership m
        JOIN resolutions_body b ON b.id = m.body_id
        JOIN votes_memberstate s ON s.id = m.state_id
        WHERE m.permanent)
)::text AS slug, NULL::date AS date, NULL AS body, NULL AS kind, NULL AS session, NULL AS result,
    NULL::bigint[] AS topics, NULL::boolean AS decisive, NULL::bigint[] AS counted, NULL::bigint[] AS announced,
    NULL AS precision, NULL AS method, NULL AS meeting, NULL AS title, NULL AS symbol, NULL AS text,
    NULL::bytea AS votes, NULL AS requirement, NULL::text[] AS subjects
UNION ALL (
    SELECT r.id, r.slug, r.date, b.code, r.kind, s.code, r.result, t.topics, r.decisive,
        ARRAY[coalesce(y.yes, 0), coalesce(y.no, 0), coalesce(y.abstaining, 0), coalesce(y.non_voting, 0)],
        ARRAY[coalesce(r.announced_yes, -1), coalesce(r.announced_no, -1), coalesce(r.announced_abstaining, -1),
            coalesce(r.announced_non_voting, -1)],
        r.date_precision, r.method, r.meeting, r.title, p.symbol, p.title, v.votes, r.requirement, p.subjects
    FROM votes_rollcall r
    LEFT JOIN (
        SELECT roll_call_id, string_agg(int4send((state_id * 256 + ascii(choice))::integer), '') AS votes
        FROM votes_vote GROUP BY roll_call_id
    ) v ON v.roll_call_id = r.id
    JOIN resolutions_body b ON b.id = r.body_id
    LEFT JOIN votes_tally y ON y.roll_call_id = r.id
    LEFT JOIN resolutions_session s ON s.id = r.session_id
    LEFT JOIN resolutions_resolution p ON p.id = r.resolution_id
    LEFT JOIN (
        SELECT resolution_id, array_agg(topic_id) AS topics FROM resolutions_resolution_topics GROUP BY resolution_id
    ) t ON t.resolution_id = r.resolution_id
    WHERE r.status = 'published'
    -- The order of RollCallQuerySet.newest_first.
    ORDER BY r.date DESC, p.symbol_sort DESC NULLS LAST, r.ordinal DESC, r.slug
)
"""

# The columns of a roll call in the query's rows.
KEY, SLUG, DATE, BODY, KIND, SESSION, RESULT, TOPICS, DECISIVE, COUNTED, ANNOUNCED = range(11)
PRECISION, METHOD, MEETING, TITLE, SYMBOL, TEXT, VOTES, REQUIREMENT, SUBJECTS = range(11, 20)


@dataclass(frozen=True, slots=True)
class State:
    """A member state's names."""

    key: int
    code: str
    name: str
    sort_name: str
    former: tuple[tuple[str, datetime.date, datetime.date], ...]
    """Other names, each from a day up to but not including another."""

    def name_on(self, date: datetime.date) -> str:
        """Return its name of a day."""
        return next((name for name, since, until in self.former if since <= date < until), self.name)


@dataclass(frozen=True, slots=True)
class BlocRead:
    """A bloc with its full memberships."""

    key: int
    slug: str
    short_name: str
    name: str
    kind: str
    group: Group


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of texts."""

    slug: str
    name: str
    """As people write it."""
    headings: tuple[str, ...]
    """As texts have it, the most frequent first: those that differ in case and punctuation alone are one subject."""


@dataclass(frozen=True, eq=False)
class Record:
    """Everything public about who voted how, as of one data version. Mappings are in the order to show them."""

    version: int
    matrix: VoteMatrix
    register: Register
    bodies: Mapping[str, str]
    """Names by code, as ``body_order`` has them."""
    sessions: Mapping[str, str]
    """Names by ``session_key``, those of each body newest first; of other bodies than the Assembly with the body's."""
    topics: Mapping[str, str]
    """Names by slug."""
    subjects: Mapping[str, Subject]
    """By slug."""
    states: Mapping[str, State]
    """By code."""
    blocs: Mapping[str, BlocRead]
    """By slug."""
    seats: Sequence[Seat]
    """The permanent seats of the bodies."""
    permanent: Mapping[str, Sequence[str]]
    """By the code of each permanent member, past ones too, those whose vetoes count as its own, itself first."""
    list_rows: Mapping[int, tuple[Any, ...]]
    """By the key of a roll call what lists show of it; see ``roll_calls_by_key``."""

    def roll_calls_by_key(self, keys: Iterable[int]) -> list[ListedRollCall]:
        """Return the roll calls with these keys, in their order; raise KeyError for a key that is none's."""
        return [ListedRollCall.of(self.list_rows[key], self.bodies) for key in keys]

    def roll_calls_in(self, rows: Iterable[int]) -> list[ListedRollCall]:
        """Return the roll calls in these rows of the matrix, in their order."""
        return self.roll_calls_by_key(self.matrix.keys[list(rows)].tolist())

    def day_of(self, row: int) -> Day:
        """Return when the roll call in a row of the matrix was taken, with how much of that is known."""
        row_of_list = self.list_rows[int(self.matrix.keys[row])]
        return Day(row_of_list[DATE], row_of_list[PRECISION])

    def same_title(self, key: int) -> list[ListedRollCall]:
        """Return the roll calls that decided other texts of the same title as that of ``key``, newest first."""
        symbol, title = self.list_rows[key][SYMBOL], self.list_rows[key][TEXT]
        others = [
            other
            for other, row in self.list_rows.items()
            if title and row[TEXT] == title and row[DECISIVE] and row[SYMBOL] != symbol
        ]
        return self.roll_calls_by_key(others)

    @cached_property
    def subject_names(self) -> Mapping[str, str]:
        """Return the names of the subjects by slug, in their order."""
        return {slug: subject.name for slug, subject in self.subjects.items()}

    @cached_property
    def texts_by_subject(self) -> Mapping[str, int]:
        """Return how many texts each subject has that has any, by slug in the order of the names."""
        counts = self.register.subjects.count(self.register.decisive)
        return {slug: counts[slug] for slug in self.subjects if counts[slug]}

    @cached_property
    def states_by_name(self) -> list[State]:
        return sorted(self.states.values(), key=lambda state: (state.sort_name, state.code))

    @cached_property
    def blocs_by_name(self) -> list[BlocRead]:
        return sorted(self.blocs.values(), key=lambda bloc: (bloc.short_name, bloc.slug))

    @cached_property
    def about_states(self) -> Mapping[str, AboutState]:
        """Return what is on record of each state itself, by code in the order of the names.

        Read when it is first asked for, in a snapshot of the record's version, as what follows.
        """
        return read_states()

    @cached_property
    def tenures_by_bloc(self) -> Mapping[str, list[tuple[str, Tenure]]]:
        """Return all memberships of each bloc, of whatever status, with the codes of the states, by their names."""
        found: dict[str, list[tuple[str, Tenure]]] = {}
        for about in self.about_states.values():
            for tenure in about.blocs:
                found.setdefault(tenure.key, []).append((about.code, tenure))
        return found

    @cached_property
    def about_blocs(self) -> Mapping[str, Bloc]:
        """Return what is on record of each bloc itself, by slug in the order of a page."""
        return {bloc.slug: bloc for bloc in Bloc.objects.in_order()}

    @cached_property
    def memberships(self) -> Memberships:
        """Return the memberships of all blocs, in the order of ``blocs``."""
        return Memberships.of((bloc.group for bloc in self.blocs.values()), self.matrix.columns)

    @cached_property
    def memberships_of(self) -> Mapping[tuple[str, str], list[Membership]]:
        """Return the full memberships by the slug of the bloc and the code of the state, in their order."""
        found: dict[tuple[str, str], list[Membership]] = {}
        for bloc in self.blocs.values():
            for membership in bloc.group.memberships:
                found.setdefault((bloc.slug, membership.state), []).append(membership)
        return found

    @cached_property
    def bloc_totals(self) -> Mapping[str, NDArray[np.int16]]:
        """Return R x 5 by bloc, how many of the members of each roll call's date made each choice."""
        return {slug: bloc.group.totals(self.matrix) for slug, bloc in self.blocs.items()}

    @cached_property
    def bloc_positions(self) -> Choices:
        """Return B x R, the position of each bloc, in the order of ``blocs``, on each roll call."""
        shape = (len(self.blocs), len(self.matrix))
        return np.array([positions_of(totals) for totals in self.bloc_totals.values()], np.int8).reshape(shape)

    @cached_property
    def partners_before(self) -> Callable[[datetime.date], Partners]:
        """Return what tells who were closest partners before a day; the last few days asked about are kept."""
        return lru_cache(maxsize=CACHED_DAYS)(partial(partners, self.matrix))

    @cached_property
    def recent_surprises(self) -> SurpriseTable:
        """Return the breaks of the Assembly's roll calls of the year up to its last one."""
        assembly = self.matrix.rows(body=ASSEMBLY)
        if not len(assembly):
            return all_surprises(self.matrix, assembly)
        last: datetime.date = self.matrix.dates[assembly[-1]].item()
        return all_surprises(self.matrix, self.matrix.rows(body=ASSEMBLY, since=years_before(last, 1)))


class Shared:
    """The records that the threads of a process share, by data version.

    A version is loaded once, by one thread; whoever needs it meanwhile waits. Requests that began with the version
    before go on with that one.
    """

    def __init__(self) -> None:
        self._records: dict[int, Record] = {}
        self._loading = threading.Lock()
        self._awaited: list[int] = []
        """The version each thread is waiting for; it is not dropped before the thread has it."""

    def at(self, version: int) -> Record:
        """Return the record of ``version``, which is that of the open snapshot."""
        record = self._records.get(version)
        if record is None:
            self._awaited.append(version)
            try:
                with self._loading:
                    record = self._records.get(version) or self._load()
            finally:
                self._awaited.remove(version)
        return record

    def _load(self) -> Record:
        """Load the record of the open snapshot, and drop those that nobody waits for but the last."""
        began = time.perf_counter()
        with unhurried():
            record = load()
        loaded.send(Shared, seconds=time.perf_counter() - began)
        # Those loaded last, and not the newest: a replica that lags reads an older one than editors do.
        others = [(number, other) for number, other in self._records.items() if number != record.version]
        older, last = others[: 1 - CACHED_VERSIONS], others[1 - CACHED_VERSIONS :]
        awaited = [(number, other) for number, other in older if number in self._awaited]
        # A new dict each time: who looks into the old one meanwhile is not disturbed.
        self._records = dict([*awaited, *last, (record.version, record)])
        return record

    def forget(self) -> None:
        """Forget everything, for tests and for a database that was replaced by another."""
        self._records = {}


SHARED = Shared()


@contextmanager
def reading() -> Iterator[Record]:
    """Open a snapshot and yield the record as of it; everything read within is as of the same moment.

    Within a transaction that may write, the record is loaded for this caller alone: what that transaction has
    changed is nobody else's to see and may be taken back.
    """
    with snapshot() as opened:
        yield SHARED.at(data_version()) if opened else record_of_snapshot()


def record_of_snapshot() -> Record:
    """Return the record as of the snapshot that is open."""
    if not in_snapshot():
        return load()
    return SHARED.at(data_version())


def load() -> Record:
    """Read everything in one query. Raises ValueError for a letter that is no choice."""
    with reader().cursor() as cursor:
        cursor.execute(QUERY)
        names, *roll_calls = cursor.fetchall()
    about = json.loads(names[1])
    states = [(key, code, name, sort_name) for key, code, name, sort_name in about["states"] or []]
    topics = [(key, slug, name) for key, slug, name in about["topics"] or []]
    former: dict[int, list[tuple[str, datetime.date, datetime.date]]] = {}
    for state, name, since, until in about["names"] or []:
        former.setdefault(state, []).append(
            (name, date_or_none(since) or datetime.date.min, date_or_none(until) or datetime.date.max)
        )
    codes = {key: code for key, code, _name, _sort_name in states}
    memberships: dict[int, list[Membership]] = {}
    for bloc, state, since, until in about["memberships"] or []:
        membership = Membership(codes[state], date_or_none(since), date_or_none(until))
        memberships.setdefault(bloc, []).append(membership)
    seats = [
        Seat(body, code, date_or_none(since), date_or_none(until), successors)
        for body, code, since, until, successors in about["permanent"] or []
    ]
    permanent = permanent_members(seats)
    matrix = matrix_of(
        # A row of the matrix by date and then by slug: labels, whatever the order of the list.
        sorted((row for row in roll_calls if row[VOTES]), key=lambda row: (row[DATE], row[SLUG])),
        states=[(key, code) for key, code, _name, _sort_name in states],
        topics=[(key, slug) for key, slug, _name in topics],
    )
    subjects = subjects_of(row[SUBJECTS] or () for row in roll_calls)
    bodies = dict(sorted(about["bodies"] or [], key=lambda body: body_order(*body)))
    return Record(
        version=about["version"],
        matrix=matrix,
        register=register_of(
            roll_calls,
            matrix,
            topics=[key for key, _slug, _name in topics],
            subjects=subjects.values(),
            seats=seats,
            permanent=permanent,
        ),
        bodies=bodies,
        sessions=sessions_of(about["sessions"] or [], bodies),
        topics={slug: name for _key, slug, name in sorted(topics, key=lambda topic: topic[2])},
        subjects=subjects,
        states={
            code: State(key, code, name, sort_name, tuple(former.get(key, ()))) for key, code, name, sort_name in states
        },
        blocs={
            slug: BlocRead(key, slug, short_name, name, kind, Group(tuple(memberships.get(key, ()))))
            for key, slug, short_name, name, kind in about["blocs"] or []
        },
        seats=seats,
        permanent=permanent,
        list_rows={row[KEY]: row[:VOTES] for row in roll_calls},
    )


def matrix_of(
    roll_calls: Sequence[tuple[Any, ...]], *, states: Sequence[tuple[int, str]], topics: Sequence[tuple[int, str]]
) -> VoteMatrix:
    """Return the matrix of rows as ``QUERY`` has them; states and topics are keys with codes and slugs, in order."""
    columns_of_rows = list(zip(*roll_calls, strict=True)) or [()] * 20
    votes = columns_of_rows[VOTES]
    # Each vote in one number: the state's key above eight bits, and the letter in them.
    packed = np.frombuffer(b"".join(votes), ">i4").astype(np.int64)
    rows = np.repeat(np.arange(len(votes)), [len(row) // 4 for row in votes])
    columns = np.full(max((key for key, _code in states), default=0) + 1, -1)
    columns[[key for key, _code in states]] = np.arange(len(states))
    letters = np.zeros(256, np.int8)
    letters[[ord(letter) for letter in LETTERS]] = list(LETTERS.values())
    cast = letters[packed & 255]
    if cast.size and not cast.all():
        raise ValueError(f"A vote has a letter that is none of {', '.join(LETTERS)}.")
    choices = np.zeros((len(votes), len(states)), np.int8)
    choices[rows, columns[packed >> 8]] = cast
    return VoteMatrix(
        choices=choices,
        keys=np.array(columns_of_rows[KEY], np.int64),
        slugs=np.array(columns_of_rows[SLUG], np.str_),
        dates=np.array(columns_of_rows[DATE], "datetime64[D]"),
        bodies=np.array(columns_of_rows[BODY], np.str_),
        kinds=np.array(columns_of_rows[KIND], np.str_),
        sessions=np.array([session or "" for session in session_keys(columns_of_rows)], np.str_),
        topics=_bits(columns_of_rows[TOPICS], [key for key, _slug in topics]),
        topic_slugs=tuple(slug for _key, slug in topics),
        states=tuple(code for _key, code in states),
    )


def register_of(
    roll_calls: Sequence[tuple[Any, ...]],
    matrix: VoteMatrix,
    *,
    topics: Sequence[int],
    subjects: Iterable[Subject],
    seats: Sequence[Seat],
    permanent: Mapping[str, Sequence[str]],
) -> Register:
    """Return the register of rows as ``QUERY`` has them; ``topics`` are keys, in the order of the matrix's slugs.

    ``seats`` are the permanent ones, ``permanent`` whose vetoes count as whose; see ``votes.record.vetoes``.
    """
    columns = list(zip(*roll_calls, strict=True)) or [()] * 20
    slugs = {heading: subject.slug for subject in subjects for heading in subject.headings}
    by_slug = matrix.rows_by_slug
    rows = np.array([by_slug.get(slug, NO_ROW) for slug in columns[SLUG]], np.intp)
    dates = np.array(columns[DATE], "datetime64[D]")
    bodies, results = Labels.of(columns[BODY]), Labels.of(columns[RESULT])
    vetoed = results.are(Result.VETOED)
    return Register(
        keys=np.array(columns[KEY], np.int64),
        dates=dates,
        bodies=bodies,
        sessions=Labels.of(session_keys(columns)),
        kinds=Labels.of(columns[KIND]),
        results=results,
        methods=Labels.of(columns[METHOD]),
        requirements=Labels.of(columns[REQUIREMENT]),
        topics=_bits(columns[TOPICS], topics),
        topic_slugs=matrix.topic_slugs,
        decisive=np.array(columns[DECISIVE], bool),
        counted=np.array(columns[COUNTED], np.int64).reshape(-1, 4),
        announced=np.array(columns[ANNOUNCED], np.int64).reshape(-1, 4)[:, :2],
        rows=rows,
        subjects=Tags.of([slugs[heading] for heading in of or () if heading in slugs] for of in columns[SUBJECTS]),
        vetoes=vetoes_of(seats, permanent, matrix, vetoed=vetoed, bodies=bodies, dates=dates, rows=rows),
        veto_codes=tuple(permanent),
    )


def sessions_of(sessions: Iterable[tuple[str, str, str]], bodies: Mapping[str, str]) -> dict[str, str]:
    """Return the names of sessions by key, those of each body together: given body, code and name of each."""
    in_order = sorted(sessions, key=lambda session: list(bodies).index(session[0]))
    return {
        session_key(body, code): name if body == ASSEMBLY else f"{name} of the {bodies[body]}"
        for body, code, name in in_order
    }


def session_keys(columns: Sequence[Sequence[Any]]) -> list[str | None]:
    """Return the key of each roll call's session, None where it has none, given the columns of ``QUERY``."""
    codes = zip(columns[BODY], columns[SESSION], strict=True)
    return [session_key(body, code) if code else None for body, code in codes]


def subjects_of(headings: Iterable[Sequence[str]]) -> dict[str, Subject]:
    """Return the subjects that the headings of texts make, by slug in the order of their names.

    A subject has the name of its most frequent heading. A heading without a letter or figure to stand for it in an
    address is none; editors cannot enter one.
    """
    times = Counter(heading for of in headings for heading in of)
    found: dict[str, list[str]] = {}
    for heading in sorted(times, key=lambda heading: (-times[heading], heading)):
        if slug := heading_slug(heading):
            found.setdefault(slug, []).append(heading)
    subjects = [Subject(slug, heading_name(those[0]), tuple(those)) for slug, those in found.items()]
    return {subject.slug: subject for subject in sorted(subjects, key=lambda one: (searchable(one.name), one.slug))}


def _bits(sets: Iterable[Sequence[int] | None], topics: Sequence[int]) -> NDArray[np.int64]:
    """Return sets of keys of topics as bits, the first of ``topics`` the lowest."""
    bits = {key: 1 << place for place, key in enumerate(topics)}
    return np.array([sum(bits[topic] for topic in of or ()) for of in sets], np.int64)
