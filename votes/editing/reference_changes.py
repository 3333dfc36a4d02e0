"""What a change of memberships, seats and names does to published figures, and what of it cannot be.

An editor sees both before it is saved. The figures are counted with the rows as they would be, in the transaction that
writes them, against those read before.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resolutions.dates import dated
from resolutions.figures import grouped
from resolutions.models import Body
from resolutions.text import fold
from votes.models import Bloc, BlocMembership, BodyMembership, MemberState, RollCall, Vote
from votes.models.finding_sentences import sentence
from votes.totals import Totals
from votes.verification import blocs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

CHARTER = datetime.date(1945, 10, 24)
"""The day on which the United Nations began."""
MAX_SAMPLES = 5
"""Of how many blocs the latest vote is quoted before and after."""

Row = tuple[int, int, datetime.date, datetime.date | None]
"""A bloc or body, a state, and from when until when."""


@dataclass(frozen=True)
class Facts:
    """Who was a member of what, and when."""

    memberships: frozenset[Row]
    """Full memberships of blocs."""
    seats: frozenset[Row]


def facts_now() -> Facts:
    """Read the memberships and seats as they are: two queries."""
    interval = ("state", "since", "until")
    return Facts(
        frozenset(BlocMembership.objects.full().order_by().values_list("bloc", *interval)),
        frozenset(BodyMembership.objects.order_by().values_list("body", *interval)),
    )


# By bloc or body, in how many published votes a state was a member before and is none now, or the other way round, and
# the latest of them. For a bloc those count in which the state voted; for a body all, since its members may vote.
CHANGED = """
    WITH before AS (SELECT * FROM unnest(%(b0)s::bigint[], %(b1)s::bigint[], %(b2)s::date[], %(b3)s::date[])
            AS t(of, state, since, until)),
        after AS (SELECT * FROM unnest(%(a0)s::bigint[], %(a1)s::bigint[], %(a2)s::date[], %(a3)s::date[])
            AS t(of, state, since, until))
    SELECT p.of, count(DISTINCT r.id), (array_agg(r.id ORDER BY r.date DESC, r.id DESC))[1]
    FROM (SELECT of, state FROM before UNION SELECT of, state FROM after) p
    {votes} AND r.status = 'published'
    WHERE EXISTS (SELECT FROM before b WHERE b.of = p.of AND b.state = p.state
            AND b.since <= r.date AND (b.until IS NULL OR r.date < b.until))
        <> EXISTS (SELECT FROM after a WHERE a.of = p.of AND a.state = p.state
            AND a.since <= r.date AND (a.until IS NULL OR r.date < a.until))
    GROUP BY p.of ORDER BY 2 DESC, p.of
"""
VOTES_OF_MEMBERS = "JOIN votes_vote v ON v.state_id = p.state JOIN votes_rollcall r ON r.id = v.roll_call_id"
VOTES_OF_BODY = "JOIN votes_rollcall r ON r.body_id = p.of"


def effects(before: Facts, after: Facts) -> list[str]:
    """Return in sentences which published figures change: per bloc and body how many, and those of the latest vote."""
    changed = _changed(VOTES_OF_MEMBERS, before.memberships, after.memberships)
    short_names = dict(Bloc.objects.filter(pk__in=[of for of, *_rest in changed]).values_list("pk", "short_name"))
    sentences = []
    for number, (bloc, count, latest) in enumerate(changed):
        text = ngettext(
            "%(bloc)s: the figures of %(number)s published vote change.",
            "%(bloc)s: the figures of %(number)s published votes change.",
            count,
        ) % {"bloc": short_names[bloc], "number": grouped(count)}
        if number < MAX_SAMPLES:
            text = f"{text} {_sample(bloc, latest, before, after)}"
        sentences.append(text)
    bodies = _changed(VOTES_OF_BODY, before.seats, after.seats)
    names = dict(Body.objects.values_list("pk", "name")) if bodies else {}
    for body, count, latest in bodies:
        taken = RollCall.objects.get(pk=latest)
        text = ngettext(
            "%(body)s: the number of members changes in %(number)s published vote. In the latest, %(slug)s of "
            "%(date)s, from %(before)s to %(after)s.",
            "%(body)s: the number of members changes in %(number)s published votes. In the latest, "
            "%(slug)s of %(date)s, from %(before)s to %(after)s.",
            count,
        )
        facts = {"body": names[body], "number": grouped(count), "slug": taken.slug, "date": dated(taken.date)}
        members = (len(_members(rows, body, taken.date)) for rows in (before.seats, after.seats))
        sentences.append(text % {**facts, **dict(zip(("before", "after"), members, strict=True))})
    return sentences or [_("The figures of published votes do not change.")]


def _changed(votes: str, before: frozenset[Row], after: frozenset[Row]) -> list[tuple[int, int, int]]:
    """Return bloc or body, number of ``votes`` that change and the latest, of the pairs of which a row differs."""
    pairs = {row[:2] for row in before ^ after}
    if not pairs:
        return []
    parameters: dict[str, list[object]] = {}
    for name, rows in (("b", before), ("a", after)):
        columns = list(zip(*(row for row in rows if row[:2] in pairs), strict=True)) or [(), (), (), ()]
        parameters |= {f"{name}{number}": list(column) for number, column in enumerate(columns)}
    with connection.cursor() as cursor:
        cursor.execute(CHANGED.format(votes=votes), parameters)
        return list(cursor.fetchall())


def _sample(bloc: int, roll_call: int, before: Facts, after: Facts) -> str:
    taken = RollCall.objects.get(pk=roll_call)
    members = [_members(facts.memberships, bloc, taken.date) for facts in (before, after)]
    voted = dict(Vote.objects.filter(roll_call=taken, state__in=members[0] | members[1]).values_list("state", "choice"))
    figures = [Totals.count(voted[state] for state in of & voted.keys()) for of in members]
    return _("In the latest, %(slug)s of %(date)s, %(before)s becomes %(after)s.") % {
        "slug": taken.slug,
        "date": dated(taken.date),
        "before": figures[0],
        "after": figures[1],
    }


def _members(rows: Iterable[Row], of: int, date: datetime.date) -> set[int]:
    return {
        state for other, state, since, until in rows if other == of and since <= date and (not until or date < until)
    }


def impossible(before: Facts, after: Facts) -> list[str]:
    """Return in sentences what of a change cannot be: memberships and seats at times without a seat."""
    new = after.memberships - before.memberships
    found = [one for one in blocs.memberships() if one.details["problem"] in (blocs.NEVER, blocs.BEFORE)]
    pairs = {(bloc, state) for bloc, state, *_rest in new}
    sentences = [sentence(one.kind, one.details) for one in found if (one.bloc_id, one.state_id) in pairs]
    assembly = dict(Body.objects.values_list("code", "pk")).get(Body.GENERAL_ASSEMBLY)
    names = _names(state for _of, state, *_rest in after.seats - before.seats)
    for body, state, since, until in sorted(after.seats - before.seats, key=str):
        if since < CHARTER:
            text = _("%(state)s: no seat can begin before %(date)s, when the United Nations was founded.")
            sentences.append(text % {"state": names[state], "date": dated(CHARTER)})
        elif body != assembly and not _covered(after.seats, assembly, state, since, until):
            text = _(
                "%(state)s has no seat in the General Assembly for some of the time from %(date)s. Check the dates."
            )
            sentences.append(text % {"state": names[state], "date": dated(since)})
    return sentences


def surprising(before: Facts, after: Facts) -> list[str]:
    """Return in sentences what of a change may be, and is worth a second look."""
    new = sorted(after.memberships - before.memberships, key=str)
    assembly = dict(Body.objects.values_list("code", "pk")).get(Body.GENERAL_ASSEMBLY)
    names, sentences = _names(state for _of, state, *_rest in new), []
    short_names = dict(Bloc.objects.filter(pk__in={row[0] for row in new}).values_list("pk", "short_name"))
    first_seat = {
        state: min(r[2] for r in after.seats if r[:2] == (assembly, state)) for state in _seated(after, names)
    }
    for bloc, state, since, _until in new:
        about = {"state": names[state], "bloc": short_names[bloc], "date": dated(since)}
        others = [row[2] for row in after.memberships if row[0] == bloc and row[1] != state]
        if others and since < min(others):
            text = _("%(bloc)s has no other member before %(first)s. Check that %(state)s was one on %(date)s.")
            sentences.append(text % {**about, "first": dated(min(others))})
        if state in first_seat and since < first_seat[state]:
            text = _("%(state)s became a member of the United Nations only on %(seat)s.")
            sentences.append(text % {**about, "seat": dated(first_seat[state])})
    return sentences


def _seated(facts: Facts, states: Collection[int]) -> set[int]:
    assembly = dict(Body.objects.values_list("code", "pk")).get(Body.GENERAL_ASSEMBLY)
    return {state for body, state, *_rest in facts.seats if body == assembly and state in states}


def _names(states: Iterable[int]) -> Mapping[int, str]:
    return dict(MemberState.objects.filter(pk__in=set(states)).values_list("pk", "name"))


def _covered(
    seats: Iterable[Row], body: int | None, state: int, since: datetime.date, until: datetime.date | None
) -> bool:
    """Tell whether seats of ``state`` in ``body`` cover every day from ``since`` to before ``until``."""
    reached = since
    for first, end in sorted((row[2], row[3] or datetime.date.max) for row in seats if row[:2] == (body, state)):
        if first <= reached < end:
            reached = end
    return reached >= (until or datetime.date.max)


@dataclass(frozen=True)
class Name:
    """A name of a state, at some time."""

    state: int
    name: str
    folded: str
    since: datetime.date
    until: datetime.date


def names_of_states() -> list[Name]:
    """Return all names, former ones too, with the days on which they were in use while the state had a seat."""
    lives: dict[int, list[datetime.date]] = defaultdict(list)
    for state, since, until in BodyMembership.objects.values_list("state", "since", "until"):
        lives[state] += [since, until or datetime.date.max]
    names = []
    for holder in MemberState.objects.prefetch_related("former_names"):
        life = lives[holder.pk] or [datetime.date.min, datetime.date.max]
        began, ended = min(life), max(life)
        former = list(holder.former_names.all())
        present_since = max((one.until for one in former), default=began)
        periods = [(one.name, one.since or began, one.until) for one in former]
        for name, since, until in [*periods, (holder.name, present_since, ended)]:
            if max(since, began) < min(until, ended):
                names.append(Name(holder.pk, name, fold(name), max(since, began), min(until, ended)))
    return names


def name_clashes(states: Collection[int]) -> list[str]:
    """Return in sentences the names of ``states`` that another state has at the same time, whatever their spelling."""
    by_name = defaultdict(list)
    for one in names_of_states():
        by_name[one.folded].append(one)
    codes = dict(MemberState.objects.values_list("pk", "code"))
    return [
        _("“%(name)s” is also the name of %(code)s at that time. Enter another name or correct the dates.")
        % {"name": one.name, "code": codes[other.state]}
        for same in by_name.values()
        for one in same
        if one.state in states
        for other in same
        if other.state != one.state and max(one.since, other.since) < min(one.until, other.until)
    ]
