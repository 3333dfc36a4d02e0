"""Small random records, and the obvious way of reading them that the quick ways are checked against.

Five states, three blocs, a few roll calls. Memberships begin, end, are suspended and come back between the roll
calls, some of which fall on the very day; states are absent, abstain, or were not members of the body at all.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from resolutions.models import Status
from tests.factories import day, make_bloc, make_body, make_source, make_state
from votes.models import Bloc, BlocMembership, MemberState, RollCall, Vote

CODES = ["QQA", "QQB", "QQC", "QQD", "QQE"]
SLUGS = ["bloc-a", "bloc-b", "bloc-c"]
PERIODS = [("2000-01-01", "2001-01-01"), ("2001-01-01", "2002-01-01"), ("2002-01-01", None)]
DATES = ["1999-12-31", "2000-01-01", "2000-12-31", "2001-01-01", "2001-12-31", "2002-01-01", "2030-06-01"]
WORDS = {"Y": "for", "N": "against", "A": "abstain", "X": "nonvoting"}

settings.register_profile("record", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RECORD = settings.get_profile("record")


@dataclass(frozen=True)
class Member:
    """A membership of a bloc."""

    bloc: str
    state: str
    since: datetime.date
    until: datetime.date | None
    status: str


@dataclass(frozen=True)
class Taken:
    """A roll call: its day, and the choices of those in the electorate."""

    slug: str
    date: datetime.date
    choices: dict[str, str]


@dataclass(frozen=True)
class Record:
    """Everything there is to know."""

    members: list[Member]
    taken: list[Taken]

    def members_of(self, bloc: str, date: datetime.date) -> set[str]:
        return {
            m.state
            for m in self.members
            if m.bloc == bloc and m.status == "member" and m.since <= date and (m.until is None or date < m.until)
        }

    def choices_of(self, bloc: str, roll_call: Taken) -> dict[str, str]:
        members = self.members_of(bloc, roll_call.date)
        return {state: choice for state, choice in roll_call.choices.items() if state in members}

    def position_of(self, party: str, roll_call: Taken) -> str | None:
        """Return the word for the position of a state or a bloc, None where it was not in the electorate."""
        if party in CODES:
            choice = roll_call.choices.get(party)
            return WORDS[choice] if choice else None
        choices = self.choices_of(party, roll_call)
        if not choices:
            return None
        ranking = Counter(choice for choice in choices.values() if choice != "X").most_common()
        if not ranking:
            return "nonvoting"
        if len(ranking) > 1 and ranking[0][1] == ranking[1][1]:
            return "tied"
        return WORDS[ranking[0][0]]


@st.composite
def records(draw: st.DrawFn) -> Record:
    statuses = st.sampled_from([None, "member", "member", "member", "suspended", "observer"])
    members = []
    for bloc in SLUGS:
        for state in CODES:
            for (since, until), status in zip(PERIODS, draw(st.tuples(statuses, statuses, statuses)), strict=True):
                if status:
                    members.append(Member(bloc, state, day(since), day(until) if until else None, status))
    choices = st.sampled_from([*"YYNNAAX", None])
    taken = []
    for number, date in enumerate(draw(st.lists(st.sampled_from(DATES), min_size=1, max_size=8))):
        drawn = draw(st.tuples(*[choices] * len(CODES)))
        taken.append(
            Taken(f"random-{number}", day(date), {c: choice for c, choice in zip(CODES, drawn, strict=True) if choice})
        )
    return Record(members, taken)


@dataclass(frozen=True)
class Stage:
    """The states and blocs that stay while records come and go."""

    states: dict[str, MemberState]
    blocs: dict[str, Bloc]

    @classmethod
    def new(cls) -> "Stage":
        """Return new states and blocs, with the body and the source that the roll calls need."""
        make_body()
        make_source()
        return cls({code: make_state(code) for code in CODES}, {slug: make_bloc(slug) for slug in SLUGS})

    @contextmanager
    def holding(self, record: Record) -> Iterator[dict[str, RollCall]]:
        """Write ``record``, yield its roll calls by slug, and take it all back."""
        point = transaction.savepoint()
        try:
            BlocMembership.objects.bulk_create(
                BlocMembership(
                    bloc=self.blocs[m.bloc], state=self.states[m.state], since=m.since, until=m.until, status=m.status
                )
                for m in record.members
            )
            roll_calls = {
                roll_call.slug: roll_call
                for roll_call in RollCall.objects.bulk_create(
                    RollCall(
                        slug=t.slug,
                        body=make_body(),
                        date=t.date,
                        title="A motion",
                        source=make_source(),
                        status=Status.PUBLISHED,
                    )
                    for t in record.taken
                )
            }
            Vote.objects.bulk_create(
                Vote(roll_call=roll_calls[t.slug], state=self.states[code], choice=choice)
                for t in record.taken
                for code, choice in t.choices.items()
            )
            yield roll_calls
        finally:
            transaction.savepoint_rollback(point)
