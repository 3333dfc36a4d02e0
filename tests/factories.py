"""Small records for tests: each function writes one thing, with a default for whatever a test does not care about.

Nothing here needs the reference facts, and nothing here goes through the keyword-only functions that check what a
person enters: tests of the database's own rules write what no form would let through. New states take the codes
that ISO 3166 leaves to its users (QMA to QZZ), which no member state ever has.
"""

import datetime
import itertools
from collections.abc import Mapping

from resolutions.models import Body, Resolution
from votes.models import Bloc, BlocMembership, BodyMembership, MemberState, RollCall, Source, Vote

DAY = datetime.date(2024, 12, 17)
NAMES = {"GA": "General Assembly", "SC": "Security Council"}

_numbers = itertools.count(1)
ROWS = "MNORSTUVWXY"


def day(text: str) -> datetime.date:
    """Return the date of ``2024-12-17``."""
    return datetime.date.fromisoformat(text)


def make_body(code: str = "GA") -> Body:
    """Return the body, new or known."""
    return Body.objects.get_or_create(code=code, defaults={"name": NAMES[code]})[0]


def make_source(slug: str = "editor") -> Source:
    """Return the source, new or known."""
    return Source.objects.get_or_create(slug=slug, defaults={"name": slug, "precedence": 900 + next(_numbers)})[0]


def make_state(code: str | None = None, **values: object) -> MemberState:
    """Return a new member state, by default with a code and a name of its own."""
    if code is None:
        # Not those that tests name themselves: QP, QQ and QZ.
        number = next(_numbers) % (len(ROWS) * 26)
        code = f"Q{ROWS[number // 26]}{chr(ord('A') + number % 26)}"
    return MemberState.objects.create(**{"code": code, "name": f"State {code}", **values})


def make_seat(*, state: MemberState, body: Body | None = None, since: str = "1946-01-01", **values: object):
    """Return a new seat of ``state`` in ``body``, by default in the Assembly and still held."""
    return BodyMembership.objects.create(state=state, body=body or make_body(), since=day(since), **values)


def make_bloc(slug: str | None = None, *, members: tuple[MemberState, ...] = (), **values: object) -> Bloc:
    """Return a new bloc with ``members`` since 1946."""
    slug = slug or f"bloc-{next(_numbers)}"
    values = {"short_name": slug, "name": slug, "kind": Bloc.Kind.FORUM, "description": "d", "source": "s", **values}
    bloc = Bloc.objects.create(slug=slug, **values)
    for state in members:
        make_membership(bloc=bloc, state=state)
    return bloc


def make_membership(
    *, bloc: Bloc, state: MemberState, since: str = "1946-01-01", until: str | None = None, status: str = "member"
) -> BlocMembership:
    """Return a new membership, by default a full one since 1946."""
    return BlocMembership.objects.create(
        bloc=bloc, state=state, since=day(since), until=day(until) if until else None, status=status
    )


def make_resolution(symbol: str | None = None, **values: object) -> Resolution:
    """Return a new draft text of the Assembly, by default with a symbol of its own."""
    symbol = symbol or f"A/RES/99/{next(_numbers)}"
    return Resolution.objects.create(**{"body": make_body(), "symbol": symbol, "title": "Peace", **values})


def make_roll_call(
    slug: str | None = None,
    *,
    votes: Mapping[str, str] | None = None,
    announced: tuple[int | None, ...] = (),
    **values: object,
) -> RollCall:
    """Return a new draft roll call of the Assembly with ``votes``, choices by the codes of known states.

    ``announced`` has the figures in the order in which they are quoted, as many as are known.
    """
    totals = dict(
        zip(("announced_yes", "announced_no", "announced_abstaining", "announced_non_voting"), announced, strict=False)
    )
    roll_call = RollCall.objects.create(
        **{
            "slug": slug or f"roll-call-{next(_numbers)}",
            "body": make_body(),
            "date": DAY,
            "title": "A motion",
            "source": make_source(),
            **totals,
            **values,
        }
    )
    make_votes(roll_call, votes or {})
    return RollCall.objects.with_tally().get(pk=roll_call.pk)


def make_votes(roll_call: RollCall, votes: Mapping[str, str]) -> None:
    """Add ``votes``, choices by the codes of known states, to ``roll_call``, a member or not."""
    states = {state.code: state for state in MemberState.objects.filter(code__in=votes)}
    Vote.objects.bulk_create(
        Vote(roll_call=roll_call, state=states[code], choice=choice) for code, choice in votes.items()
    )
