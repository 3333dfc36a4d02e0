"""Ideal points: the data that the model is fitted to, and the estimates of the last fit.

Only the General Assembly enters. Special sessions, and roll calls of no session, count to the regular session that
opened nearest in time, which is how the source of the model files them.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from resolutions.models import Body, Session, SessionKind
from resolutions.text import fold
from votes.analysis.ideal_points_bridges import bridged
from votes.analysis.ideal_points_data import Limits, Priors
from votes.analysis.matrix import NO, YES, VoteMatrix
from votes.models import CutPoint, IdealPoint, IdealPointFit, MemberState, RollCall

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from votes.analysis.ideal_points_data import Ints
    from votes.record.record import Record

MODEL = "ordered probit, random walk, mean-field variational Bayes; 1"
"""What the estimates come from; the number changes whenever the same record would give others."""

MINIMUM = 5
"""Positions that an estimate rests on at least, to be shown."""

WHOLE_TEXTS_AFTER = 1989
"""Of later years whole texts and motions enter alone: votes on parts of texts are on record for some sessions only."""

PARTS = ("amendment", "paragraph", "paragraph-amendment")

SETTINGS = {"priors": asdict(Priors()), "limits": asdict(Limits())}


@dataclass(frozen=True, eq=False)
class Material:
    """What the model is fitted to: roll calls of the record, each with its session and the title of its text."""

    matrix: VoteMatrix
    """R rows of the record's."""
    sessions: Ints
    """R numbers of regular sessions."""
    titles: Sequence[str]
    """R titles, empty for what is not a whole text."""
    continues: Mapping[str, str]
    """By the code of a state that of the one whose seat it continues."""

    @classmethod
    def of(cls, record: Record) -> Material:
        """Return the material of a record, within the snapshot it was read in: four queries."""
        matrix = record.matrix
        keep = (matrix.bodies == Body.GENERAL_ASSEMBLY) & ~(
            np.isin(matrix.kinds, PARTS) & (matrix.years > WHOLE_TEXTS_AFTER)
        )
        rows = np.flatnonzero(keep)
        sessions = session_numbers(matrix.take(rows))
        rows, sessions = rows[sessions > 0], sessions[sessions > 0]
        matrix = matrix.take(rows)
        texts = RollCall.objects.published().filter(kind=RollCall.Kind.TEXT).order_by()
        titles = {
            slug: own or of_text or "" for slug, own, of_text in texts.values_list("slug", "title", "resolution__title")
        }
        return cls(
            matrix,
            sessions,
            [titles.get(slug, "") for slug in matrix.slugs.tolist()],
            continuations(matrix, sessions),
        )

    @cached_property
    def digest(self) -> str:
        """Return a name for exactly this, and for how it is fitted: 32 hexadecimal digits."""
        content = (MODEL, SETTINGS, self.matrix.states, self.matrix.slugs.tolist(), self.titles)
        digest = hashlib.blake2b(repr((content, sorted(self.continues.items()))).encode(), digest_size=16)
        for part in (self.matrix.choices, self.sessions.astype(np.int64)):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    @cached_property
    def items(self) -> Ints:
        """Return R labels that roll calls on the same text share."""
        return bridged(self.matrix.choices, self.sessions, [fold(title) for title in self.titles])


def session_numbers(matrix: VoteMatrix) -> Ints:
    """Return, for each roll call of a matrix, the number of its regular session, or of the one that opened nearest.

    The earlier of two as near; 0 where no opening is known.
    """
    regular = Session.objects.filter(body__code=Body.GENERAL_ASSEMBLY, kind=SessionKind.REGULAR)
    numbers = dict(regular.values_list("code", "number"))
    opened = sorted(regular.filter(opened__isnull=False).values_list("opened", "number"))
    days = np.array([day for day, _number in opened], "datetime64[D]")
    found = np.array([numbers.get(code, 0) for code in matrix.sessions.tolist()], np.intp)
    for row in np.flatnonzero(found == 0).tolist() if opened else ():
        found[row] = opened[int(np.abs(days - matrix.dates[row]).argmin())][1]
    return found


def continuations(matrix: VoteMatrix, sessions: Ints) -> dict[str, str]:
    """Return which states continue whose seat, so that the one's points follow from the other's.

    Those with one predecessor, who has no other successor and never voted in a later session than their first: the
    Russian Federation and the Soviet Union, and not the two Germanies or the two Yemens.
    """
    pairs = MemberState.objects.filter(successors__isnull=False).values_list("code", "successors__code")
    before, after = Counter(one for one, _other in pairs), Counter(other for _one, other in pairs)
    voted = (matrix.choices > 0) & (matrix.choices < 4)

    def of(code: str) -> Ints:
        return sessions[voted[:, matrix.columns[code]]] if code in matrix.columns else sessions[:0]

    return {
        other: one
        for one, other in pairs
        if before[one] == after[other] == 1 and len(of(one)) and len(of(other)) and of(one).max() <= of(other).min()
    }


class Point(NamedTuple):
    """Where a state stood in a session; 95 in 100 times within 1.96 standard errors of the estimate."""

    state: str
    session: int
    estimate: float
    standard_error: float
    votes: int

    @property
    def is_shown(self) -> bool:
        """Tell whether it rests on enough."""
        return self.votes >= MINIMUM


class Cut(NamedTuple):
    """How a roll call divides the line of its session; see ``CutPoint``."""

    session: int
    discrimination: float
    lower: float
    upper: float
    roll_calls: int

    @property
    def point(self) -> float:
        """Return the ideal point at which a state is as likely in favour as against, or as the two there are.

        Infinite where the roll call does not divide the line.
        """
        middle = (self.lower + self.upper) / 2
        return middle / self.discrimination if self.discrimination else np.copysign(np.inf, middle)


@dataclass(frozen=True, eq=False)
class Estimates:
    """What the last fit says."""

    fit: IdealPointFit
    by_state: Mapping[str, Mapping[int, Point]]
    """By code, in the order of the codes; then by session, ascending."""
    cuts: Mapping[int, Cut]
    """By the key of the roll call."""
    days: Mapping[int, tuple[datetime.date, datetime.date]]
    """By session, ascending: the dates of the first and of the last roll call that its points rest on."""

    def sessions_between(self, since: datetime.date | None, until: datetime.date | None) -> list[int]:
        """Return the sessions with a roll call on a day from ``since`` up to but not including ``until``."""
        return [
            number
            for number, (first, last) in self.days.items()
            if (since is None or last >= since) and (until is None or first < until)
        ]

    @cached_property
    def by_session(self) -> Mapping[int, list[Point]]:
        """Return the points of each session that are shown, from the lowest estimate to the highest."""
        sessions: dict[int, list[Point]] = {}
        for points in self.by_state.values():
            for point in points.values():
                if point.is_shown:
                    sessions.setdefault(point.session, []).append(point)
        return {
            number: sorted(sessions[number], key=lambda point: (point.estimate, point.state))
            for number in sorted(sessions)
        }


# What belongs to a record goes with its matrix, which is loaded anew for each data version.
_estimates: WeakKeyDictionary[VoteMatrix, Estimates | None] = WeakKeyDictionary()
_digests: WeakKeyDictionary[VoteMatrix, str] = WeakKeyDictionary()
_keeping = threading.Lock()


def estimates_of(record: Record) -> Estimates | None:
    """Return what the last fit says, as of the snapshot of the record; None where nothing was ever fitted."""
    with _keeping:
        if record.matrix not in _estimates:
            _estimates[record.matrix] = _load(record)
        return _estimates[record.matrix]


def is_stale(record: Record, estimates: Estimates) -> bool:
    """Tell whether what was fitted is no longer what the record holds, or would be fitted otherwise today."""
    with _keeping:
        if record.matrix not in _digests:
            _digests[record.matrix] = Material.of(record).digest
        return _digests[record.matrix] != estimates.fit.digest


def _load(record: Record) -> Estimates | None:
    """Read the last fit: three queries."""
    fit = IdealPointFit.objects.order_by("-fitted_at", "-pk").first()
    if fit is None:
        return None
    by_state: dict[str, dict[int, Point]] = {}
    names = ("state__code", "session", "estimate", "standard_error", "votes")
    for point in map(Point._make, IdealPoint.objects.filter(fit=fit).order_by().values_list(*names)):
        by_state.setdefault(point.state, {})[point.session] = point
    figures = ("roll_call_id", "session", "discrimination", "lower", "upper", "roll_calls")
    cuts = {key: Cut._make(cut) for key, *cut in CutPoint.objects.filter(fit=fit).order_by().values_list(*figures)}
    days: dict[int, list[datetime.date]] = {}
    # The rows of the matrix ascend by date.
    for key, date in zip(record.matrix.keys.tolist(), record.matrix.dates.tolist(), strict=True):
        if key in cuts:
            days.setdefault(cuts[key].session, []).append(date)
    return Estimates(
        fit=fit,
        by_state={code: dict(sorted(by_state[code].items())) for code in sorted(by_state)},
        cuts=cuts,
        days={session: (days[session][0], days[session][-1]) for session in sorted(days)},
    )


@dataclass(frozen=True, eq=False)
class Division:
    """How one roll call divides the line of its session, and where those stood who took a position on it."""

    cut: Cut
    points: tuple[tuple[Point, int], ...]
    """With the code of the position in the vote matrix, from the lowest estimate to the highest."""
    sides: tuple[int, int]
    """The codes of the positions that are more likely below the cut point, and above it."""
    is_stale: bool

    @property
    def is_within(self) -> bool:
        """Tell whether the cut point is among the states, so that it says something of this roll call."""
        return self.points[0][0].estimate <= self.cut.point <= self.points[-1][0].estimate

    @property
    def expected(self) -> int:
        """Return the code of the position that is the more likely one of the states in the middle of the line."""
        middle = self.points[len(self.points) // 2][0].estimate
        return self.sides[middle > self.cut.point]

    @cached_property
    def on_sides(self) -> list[bool]:
        """Return, for each of those that took one of the two positions, whether they stand on its side."""
        return [
            (point.estimate > self.cut.point) == (choice == self.sides[1])
            for point, choice in self.points
            if choice in self.sides
        ]


def cut_point_of(roll_call: RollCall, record: Record) -> Division | None:
    """Return how a roll call divides the line; None where nothing is known of it.

    That is where it was not fitted (another body, a part of a text), too few have a point, or all took one position.
    """
    estimates = estimates_of(record)
    cut = estimates.cuts.get(roll_call.pk) if estimates else None
    row = record.matrix.rows_by_slug.get(roll_call.slug)
    if estimates is None or cut is None or row is None:
        return None
    choices, columns = record.matrix.choices[row].tolist(), record.matrix.columns
    points = tuple(
        (point, choices[columns[point.state]])
        for point in estimates.by_session.get(cut.session, ())
        if point.state in columns and YES <= choices[columns[point.state]] <= NO
    )
    taken = sorted({choice for _point, choice in points})
    if len(points) < MINIMUM or len(taken) < 2:
        return None
    # Of three positions, the cut point is where the outer two are as likely; of two, where they are.
    high, low = (YES, NO) if cut.lower < cut.upper else (taken[0], taken[-1])
    sides = (low, high) if cut.discrimination > 0 else (high, low)
    return Division(cut, points, sides, is_stale(record, estimates))
