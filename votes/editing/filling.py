"""Filling the voting sheet of a draft from a text or a file: reading it and saving the result.

Reading saves nothing and guesses nothing: what is not certain is among the problems, each with the nearest names.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from resolutions.models import Body, Status
from votes.choices import POSITIONS, Choice
from votes.editing.returning import take_up
from votes.editing.votes import record_votes
from votes.entry.masthead import masthead
from votes.entry.names import Electorate, Names, known_state
from votes.entry.problems import message
from votes.entry.vote_text import understand
from votes.models import BodyMembership, Correction, MemberState, RollCall
from votes.rules import Result
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping

    from django.contrib.auth.models import User

    from votes.entry.understood import Understood

LONGEST_PLAIN = 800
"""How many characters of a text that say nothing of the vote are shown in one piece."""


@dataclass(frozen=True)
class Pointed:
    """A problem in a sentence, with the states that may be meant."""

    message: str
    number: int = 0
    """From 1; the place in the text has it too."""
    suggestions: tuple[tuple[str, str], ...] = ()
    """Codes and names, the nearest first."""
    is_marked: bool = False
    """Whether it has a place in the text."""


@dataclass(frozen=True)
class Segment:
    """A piece of a text, and what it was recognised as."""

    text: str
    kind: str = ""
    """Empty, a choice, ``heading``, ``announcement``, ``symbol`` or ``correction``."""
    problems: tuple[int, ...] = ()
    """The numbers of the problems that begin here."""
    is_problem: bool = False
    left_out: int = 0
    """How many characters are left out here, of a stretch that says nothing of the vote."""


@dataclass(frozen=True)
class Intended:
    """A delegation's intended vote, as a text states it."""

    code: str
    name: str
    choice: str
    is_certain: bool

    @property
    def said(self) -> str:
        return str(Choice(self.choice).label)


@dataclass(frozen=True)
class Reading:
    """What a text or a file says of one roll call."""

    choices: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Pointed, ...] = ()
    missing: tuple[str, ...] = ()
    """Names of the members of which it says nothing."""
    announced: Mapping[str, int] = field(default_factory=dict)
    """Announced figures by choice, those of which there is but one."""
    result: str = ""
    resolution: str = ""
    draft: str = ""
    meeting: str = ""
    date: datetime.date | None = None
    corrections: tuple[Intended, ...] = ()
    segments: tuple[Segment, ...] = ()

    def names_of(self, names: Mapping[str, str]) -> dict[Choice, list[str]]:
        """Return the names by choice, ``names`` being by code and in the order in which to list them."""
        names_by_choice: dict[Choice, list[str]] = {choice: [] for choice in Choice}
        for code, name in names.items():
            if code in self.choices:
                names_by_choice[Choice(self.choices[code])].append(name)
        return names_by_choice


def names_for(roll_call: RollCall) -> Names:
    """Return the names by which states may be called in the text of ``roll_call``: at most 5 queries."""
    return names_on(roll_call.body, roll_call.date)


def names_on(body: Body, date: datetime.date) -> Names:
    """Return the names by which states may be called in a vote of ``body`` on a date: at most 5 queries."""
    states = {state.pk: state for state in MemberState.objects.prefetch_related("former_names")}
    related: dict[int, set[str]] = defaultdict(set)
    for former, successor in MemberState.successors.through.objects.values_list(
        "from_memberstate_id", "to_memberstate_id"
    ):
        related[former].add(states[successor].code)
        related[successor].add(states[former].code)
    known = {
        state.code: known_state(
            state.code,
            state.name,
            state.official_name,
            [(one.name, one.official_name, one.since, one.until) for one in state.former_names.all()],
            date=date,
            related=related[state.pk],
        )
        for state in states.values()
    }
    seats = BodyMembership.objects.on(date).values_list("body", "body__code", "state__code")
    members = frozenset(code for of, _of, code in seats if of == body.pk)
    seated = frozenset(code for _of, of, code in seats if of == Body.GENERAL_ASSEMBLY)
    return Names(Electorate(body.code, date, members, known, seated=seated))


def read_text(text: str, names: Names) -> Reading:
    """Return what a verbatim record or a press release says of the vote of ``names``."""
    found = understand(text, names)
    head = masthead(text)
    problems = [
        Pointed(
            message(problem, _),
            number,
            tuple((code, names.name(code)) for code in problem.suggestions),
            is_marked=problem.place is not None,
        )
        for number, problem in enumerate(found.problems, start=1)
    ]
    members = names.electorate.members
    doubted = {str(problem.details.get("code")) for problem in found.problems}
    corrections = {
        (one.code, one.intended): Intended(one.code, names.name(one.code), one.intended, one.code not in doubted)
        for one in found.corrections
        if one.code in members
    }
    for one in corrections.values():
        if one.choice not in POSITIONS:
            told = _(
                "The text says that %(state)s had intended not to vote; only an intended vote can be recorded "
                "as a correction."
            )
            problems.append(Pointed(told % {"state": one.name}, len(problems) + 1))
    return Reading(
        choices=found.choices,
        problems=tuple(problems),
        missing=tuple(names.name(code) for code in found.not_mentioned),
        announced={str(choice): number for choice, number in found.announced.items()},
        result=found.result or "",
        resolution=found.resolution,
        draft=found.draft,
        meeting=head.meeting,
        date=head.date,
        corrections=tuple(one for one in corrections.values() if one.choice in POSITIONS),
        segments=tuple(segments(text, found)),
    )


def segments(text: str, found: Understood) -> Iterator[Segment]:
    """Yield ``text`` in pieces, each with what it was understood as; long stretches without any are cut."""
    # The later of two that overlap goes before: a name stands within a list, a symbol within an announcement.
    marks = [(*one.place, "announcement") for one in found.announcements]
    marks += [(*one.sentence, "correction") for one in found.corrections]
    marks += [(*one.heading, "heading") for one in found.lists]
    marks += [(*named.place, one.choice) for one in found.lists for named in one.named]
    marks += [(*one.place, one.intended) for one in found.corrections]
    marks += [(*one.place, "symbol") for one in (*found.resolutions, *found.drafts)]
    problems = [(*one.place, number) for number, one in enumerate(found.problems, 1) if one.place]
    ends = {0, len(text), *(place for mark in (*marks, *problems) for place in mark[:2])}
    begins: dict[int, list[tuple[int, str]]] = defaultdict(list)
    begin_problem: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, end, kind in marks:
        begins[start].append((end, kind))
    for start, end, number in problems:
        begin_problem[start].append((end, number))
    active: list[tuple[int, str]] = []
    wrong_until = 0
    cuts = sorted(ends)
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        active = [mark for mark in active if mark[0] > start] + begins[start]
        numbers = tuple(number for _end, number in begin_problem[start])
        wrong_until = max([wrong_until, *(stop for stop, _number in begin_problem[start])])
        kind = active[-1][1] if active else ""
        piece = text[start:end]
        if kind or wrong_until > start or numbers:
            yield Segment(piece, kind, numbers, is_problem=wrong_until > start)
        elif len(piece) > LONGEST_PLAIN:
            half = LONGEST_PLAIN // 2
            yield Segment(piece[:half])
            yield Segment("", left_out=len(piece) - 2 * half)
            yield Segment(piece[-half:])
        elif piece:
            yield Segment(piece)


@transaction.atomic
def fill_sheet(
    *,
    roll_call: RollCall,
    choices: Mapping[str, str],
    announced: Mapping[str, int] | None = None,
    result: str = "",
    corrections: Iterable[tuple[str, str]] = (),
    by: User,
) -> None:
    """Make the votes of a draft exactly ``choices``, and add what else its source says; all of it or nothing.

    ``announced`` are figures by choice, ``result`` one of the results, ``corrections`` codes with intended choices;
    what is not given stays as it is. Raises ValidationError for a roll call that is no draft, for what ``record_votes``
    refuses, and for a correction of no vote, to what the vote is, or beside another one.
    """
    roll_call = RollCall.objects.select_for_update().get(pk=roll_call.pk)
    if roll_call.status != Status.DRAFT:
        raise ValidationError(_("%(slug)s is no longer a draft.") % {"slug": roll_call.slug})
    record_votes(roll_call=roll_call, choices=choices, by=by)
    facts: dict[str, object] = {
        name: number
        for c, name in zip(Choice.values, ANNOUNCED, strict=True)
        if (number := (announced or {}).get(c)) is not None
    }
    facts |= {"result": Result(result)} if result else {}
    for name, value in facts.items():
        setattr(roll_call, name, value)
    if facts:
        roll_call.save(update_fields=list(facts))
    added = _new_corrections(roll_call, choices, corrections)
    Correction.objects.bulk_create(added)
    if facts or added:
        roll_call.entered_by.add(by)
    take_up(roll_call=roll_call)


def _new_corrections(
    roll_call: RollCall, choices: Mapping[str, str], corrections: Iterable[tuple[str, str]]
) -> list[Correction]:
    """Return the corrections that are not on record yet; raise ValidationError for those that cannot be."""
    wanted = list(corrections)
    recorded = dict(roll_call.corrections.values_list("state__code", "intended")) if wanted else {}
    states = MemberState.objects.in_bulk([code for code, _intended in wanted], field_name="code") if wanted else {}
    new: dict[str, str] = {}
    problems = []
    for code, intended in wanted:
        state = {"state": states[code].name}
        if code not in choices:
            problems.append(_("%(state)s has no vote in this roll call to correct.") % state)
        elif choices[code] == intended:
            problems.append(
                _("%(state)s is already recorded with this choice, so there is nothing to correct.") % state
            )
        elif recorded.get(code, new.get(code, intended)) != intended:
            problems.append(_("%(state)s already has a different correction.") % state)
        elif code not in recorded:
            new[code] = intended
    if problems:
        raise ValidationError(problems)
    return [Correction(roll_call=roll_call, state=states[code], intended=intended) for code, intended in new.items()]
