"""Reading the record of a whole meeting, comparing its votes with those on record, and saving new ones as drafts.

Reading saves nothing and guesses nothing. What is saved is always a draft, and only what an editor has chosen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resolutions.models import Body, OtherSymbol, Resolution, Session
from resolutions.symbols import parse_or_none
from votes.choices import POSITIONS, Choice
from votes.editing.drafts import session_on
from votes.editing.filling import fill_sheet, names_on, read_text
from votes.editing.votes import slug_for
from votes.entry.meeting import cut, meeting_symbol
from votes.models import MemberState, RollCall, Source, Vote
from votes.rules import Result
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from django.contrib.auth.models import User

    from votes.editing.filling import Reading
    from votes.entry.meeting import CutVote, Record

LONGEST_INTRODUCTION = 400
"""How many characters of what stands before a vote are shown."""
ALIKE = 0.9
"""The share of members with the same choice from which two votes of a day are taken for one."""


@dataclass(frozen=True)
class Recorded:
    """A vote on record that is the same as one of the meeting, and where they differ."""

    roll_call: RollCall
    votes: tuple[tuple[str, str, str], ...]
    """Name of the state, its choice on record, its choice in the text."""
    facts: tuple[tuple[str, str, str], ...]
    """Label of a fact, on record, in the text."""

    @property
    def is_equal(self) -> bool:
        return not self.votes and not self.facts


@dataclass(frozen=True)
class MeetingVote:
    """A vote of the meeting: what it is on, what its lists say, and the same vote on record if there is one."""

    cut: CutVote
    reading: Reading
    sentence: str
    introduction: str
    absent: tuple[str, ...] = ()
    """Codes of the members in no list, where all announced figures are those of the lists: they did not vote."""
    recorded: Recorded | None = None

    @property
    def number(self) -> int:
        return self.cut.ordinal

    @property
    def choices(self) -> dict[str, str]:
        return {**self.reading.choices, **dict.fromkeys(self.absent, Choice.NON_VOTING.value)}


@dataclass(frozen=True)
class Meeting:
    """A meeting's record as it was read."""

    body: Body
    date: datetime.date
    session: Session | None
    symbol: str
    votes: tuple[MeetingVote, ...]
    ballots: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entered:
    """What an editor wants saved of one vote."""

    number: int
    symbol: str
    draft: str = ""
    title: str = ""
    kind: str = RollCall.Kind.TEXT
    subject: str = ""
    """What was voted on, where it was not the whole text."""


@dataclass
class Saved:
    """What was saved."""

    roll_calls: list[RollCall] = field(default_factory=list)
    texts: list[Resolution] = field(default_factory=list)
    """The new ones among the texts."""


def read_meeting(
    text: str, *, body: Body | None = None, date: datetime.date | None = None, meeting: str = ""
) -> Meeting:
    """Return the recorded votes of a meeting's record; what the editor gives goes before what its first page says.

    Raises ValidationError, by field, for a record that does not say which body met or when.
    """
    record = cut(text)
    sitting = record.sitting
    body = body or Body.objects.filter(code=sitting.body).first()
    date = date or sitting.date
    missing: dict[str, str] = {}
    if body is None:
        missing["body"] = _("The first page of the record does not say which body met. Choose the body.")
    if date is None:
        missing["date"] = _("The first page of the record does not say when the body met. Enter the date.")
    if body is None or date is None:
        raise ValidationError(missing)
    session = _session(body, date, sitting.session)
    symbol = meeting or sitting.meeting
    if not symbol and sitting.number:
        symbol = meeting_symbol(body.code, session.code if session else "", sitting.number)
    parsed = parse_or_none(symbol)
    symbol = parsed.text if parsed else symbol
    votes = _read_votes(text, record, body, date)
    return Meeting(
        body=body,
        date=date,
        session=session,
        symbol=symbol,
        votes=tuple(_compared(votes, body, date, symbol)),
        ballots=record.ballots,
        problems=tuple(_problems(record, session, symbol)),
    )


def _session(body: Body, date: datetime.date, code: str) -> Session | None:
    """Return the session that the record names, else the regular one of the date."""
    named = Session.objects.filter(body=body, code=code).first() if code else None
    return named or session_on(body, date)


def _problems(record: Record, session: Session | None, symbol: str) -> Iterable[str]:
    """Yield what is wrong with the record as a whole."""
    if record.ballots:
        yield ngettext(
            "%(count)d secret ballot was left out, because it has no votes by name.",
            "%(count)d secret ballots were left out, because they have no votes by name.",
            record.ballots,
        ) % {"count": record.ballots}
    if record.sitting.session and session and record.sitting.session != session.code:
        yield _(
            "Session %(code)s is not on record, so %(session)s is used. If that is wrong, add the session first."
        ) % {
            "code": record.sitting.session,
            "session": session,
        }
    if not symbol:
        yield _("The symbol of the meeting was not found. Enter it below and read the record again.")


def _read_votes(text: str, record: Record, body: Body, date: datetime.date) -> list[MeetingVote]:
    """Return the votes with what their lists say; those that turn out to be no votes are left out."""
    names = names_on(body, date)
    found: list[MeetingVote] = []
    for one in record.votes:
        reading = read_text(text[one.start : one.end], names)
        if not one.is_announced and len(reading.choices) < 2:
            continue  # a heading in a speech, and no list under it
        listed = set(reading.choices)
        counted = {choice: sum(c == choice for c in reading.choices.values()) for choice in POSITIONS}
        figures = {choice: reading.announced.get(choice) for choice in POSITIONS}
        is_whole = figures[Choice.YES] is not None and all(counted[c] == (figures[c] or 0) for c in POSITIONS)
        absent = names.electorate.members - listed if is_whole and not _doubted(reading) else frozenset()
        before = " ".join(text[one.introduction.start : one.introduction.end].split())
        found.append(
            MeetingVote(
                cut=replace(one, ordinal=len(found) + 1),
                reading=reading,
                sentence=" ".join(text[one.sentence.start : one.sentence.end].split()) if one.sentence else "",
                introduction=before[-LONGEST_INTRODUCTION:],
                absent=tuple(sorted(absent)),
            )
        )
    return found


def _doubted(reading: Reading) -> bool:
    """Tell whether anything in the lists was not understood."""
    return any(problem.is_marked for problem in reading.problems)


def _compared(votes: Sequence[MeetingVote], body: Body, date: datetime.date, symbol: str) -> Iterable[MeetingVote]:
    """Yield the votes, each with the one on record that is the same; none on record is that of two."""
    symbols = {s for vote in votes for s in (vote.cut.resolution, vote.cut.draft) if s}
    keys = {parsed.key for s in symbols if (parsed := parse_or_none(s))}
    wanted = Q(date=date) | Q(resolution__symbol_key__in=keys) | Q(resolution__other_symbols__symbol_key__in=keys)
    if symbol:
        wanted |= Q(meeting=symbol)
    known = list(
        RollCall.objects.filter(wanted, body=body)
        .select_related("body", "session", "resolution", "source")
        .prefetch_related("resolution__other_symbols")
        .distinct()
    )
    choices: dict[int, dict[str, str]] = defaultdict(dict)
    cast = Vote.objects.filter(roll_call__in=known).values_list("roll_call_id", "state__code", "choice")
    for pk, code, choice in cast:
        choices[pk][code] = choice
    names = dict(MemberState.objects.values_list("code", "name"))
    pairs = sorted(
        (
            (score, -roll_call.pk, vote.number, roll_call)
            for vote in votes
            for roll_call in known
            if (score := _score(vote, roll_call, choices[roll_call.pk], symbol))
        ),
        key=lambda pair: pair[:3],
        reverse=True,
    )
    same: dict[int, RollCall] = {}
    for _score_of, _pk, number, roll_call in pairs:
        if number not in same and roll_call not in same.values():
            same[number] = roll_call
    for vote in votes:
        known_as = same.get(vote.number)
        recorded = _recorded(vote, known_as, choices[known_as.pk], names, symbol) if known_as is not None else None
        yield MeetingVote(vote.cut, vote.reading, vote.sentence, vote.introduction, vote.absent, recorded)


def _score(vote: MeetingVote, roll_call: RollCall, choices: Mapping[str, str], symbol: str) -> float:
    """Return how surely a vote on record is this one, 0 where it is not."""
    text = roll_call.resolution
    keys = {text.symbol_key, *(other.symbol_key for other in text.other_symbols.all())} if text else set()
    wanted = {parsed.key for s in (vote.cut.resolution, vote.cut.draft) if (parsed := parse_or_none(s))}
    said = {code: choice for code, choice in vote.choices.items() if choice in POSITIONS}
    cast = {code: choice for code, choice in choices.items() if choice in POSITIONS}
    either = {*said, *cast}
    alike = sum(said.get(code) == cast.get(code) for code in either) / len(either) if said and cast else 0.0
    is_of_text, is_same_kind = bool(keys & wanted), roll_call.kind == vote.cut.kind
    is_same_place = bool(symbol) and roll_call.meeting == symbol and roll_call.ordinal == vote.number
    if roll_call.meeting and symbol and roll_call.meeting != symbol:
        return 0.0
    if is_of_text and is_same_kind and (vote.cut.kind == "text" or alike >= ALIKE or is_same_place):
        return 3 + alike
    if is_same_place and is_same_kind and (alike >= ALIKE / 2 or not cast):
        return 2 + alike
    if alike >= ALIKE and not (keys and wanted and not is_of_text):
        return 1 + alike
    return 0.0


def _recorded(
    vote: MeetingVote, roll_call: RollCall, choices: Mapping[str, str], names: Mapping[str, str], symbol: str
) -> Recorded:
    """Return where a vote on record and one of the meeting differ; a member in no list counts as not voting."""
    said, cast = vote.choices, choices
    absent = Choice.NON_VOTING.value
    differ = sorted(
        (names[code], code) for code in {*said, *cast} if cast and said.get(code, absent) != cast.get(code, absent)
    )
    labels = {str(choice.value): str(choice.label) for choice in Choice}
    votes = tuple((name, labels[cast.get(code, absent)], labels[said.get(code, absent)]) for name, code in differ)
    facts: list[tuple[str, str, str]] = []
    for choice, of in zip(Choice, ANNOUNCED, strict=True):
        stands, reads = getattr(roll_call, of), vote.reading.announced.get(choice)
        if reads is not None and stands is not None and stands != reads:
            label = _("%(choice)s, announced") % {"choice": choice.label}
            facts.append((label, str(stands), str(reads)))
    if vote.reading.result and roll_call.result not in (Result.NOT_STATED, vote.reading.result):
        facts.append((_("Result"), str(roll_call.get_result_display()), str(Result(vote.reading.result).label)))
    if symbol and roll_call.meeting and roll_call.meeting != symbol:
        facts.append((_("Meeting"), roll_call.meeting, symbol))
    if roll_call.kind != vote.cut.kind:
        facts.append((_("Kind"), str(roll_call.get_kind_display()), str(RollCall.Kind(vote.cut.kind).label)))
    return Recorded(roll_call, votes, tuple(facts))


@transaction.atomic
def save_meeting(*, meeting: Meeting, entered: Sequence[Entered], by: User) -> Saved:
    """Save votes of a meeting as drafts, all of them or none, each with its text, lists, figures and corrections.

    Raises ValidationError, naming the vote, for what cannot be saved.
    """
    saved = Saved()
    votes = {vote.number: vote for vote in meeting.votes}
    source = Source.objects.get(slug="editor")
    taken = set(RollCall.objects.filter(body=meeting.body, meeting=meeting.symbol).values_list("ordinal", flat=True))
    last = {one.symbol or one.draft: one.number for one in entered if one.kind == RollCall.Kind.TEXT}
    for one in entered:
        try:
            text = _text(meeting, one, saved, by)
            is_decisive = (
                text is not None
                and last.get(one.symbol or one.draft) == one.number
                and not text.roll_calls.filter(decisive=True).exists()
            )
            roll_call = _save(
                meeting,
                votes[one.number],
                one,
                text=text,
                source=source,
                taken=taken,
                is_decisive=is_decisive,
                by=by,
            )
        except ValidationError as error:
            told = _("Vote %(number)d: %(problem)s")
            raise ValidationError(
                [told % {"number": one.number, "problem": problem} for problem in error.messages]
            ) from None
        saved.roll_calls.append(roll_call)
    return saved


def _text(meeting: Meeting, one: Entered, saved: Saved, by: User) -> Resolution | None:
    """Return the text that a vote is on, found by its symbols or new; None where it has none."""
    symbol, draft = one.symbol.strip(), one.draft.strip()
    if not symbol and not draft:
        return None
    for known in filter(None, (symbol, draft)):
        if text := Resolution.objects.with_symbol(known).filter(body=meeting.body).first():
            # A draft symbol may have led to another text than the one that was adopted.
            if symbol and known == draft and text.symbol_key != _key(symbol) and text.kind != Resolution.Kind.DRAFT:
                continue
            if known == symbol and draft:
                _add_draft(text, draft)
            return text
    parsed = parse_or_none(symbol or draft)
    kind = Resolution.Kind.DRAFT
    if symbol and parsed:
        kind = Resolution.Kind.DECISION if "/DEC/" in parsed.text else Resolution.Kind.RESOLUTION
    text = Resolution(
        body=meeting.body, session=meeting.session, symbol=symbol or draft, title=one.title.strip(), kind=kind
    )
    text.full_clean(exclude=("search_text", "symbol_key", "symbol_loose", "symbol_sort"))
    text.save()
    text.entered_by.add(by)
    if symbol and draft:
        _add_draft(text, draft)
    saved.texts.append(text)
    return text


def _add_draft(text: Resolution, draft: str) -> None:
    """Note under which symbol a text was a draft, unless it is its own or known."""
    key = _key(draft)
    if key != text.symbol_key and not text.other_symbols.filter(symbol_key=key).exists():
        OtherSymbol.objects.create(resolution=text, symbol=draft, kind=OtherSymbol.Kind.DRAFT)


def _key(symbol: str) -> str:
    parsed = parse_or_none(symbol)
    return parsed.key if parsed else symbol.upper()


def _save(
    meeting: Meeting,
    vote: MeetingVote,
    one: Entered,
    *,
    text: Resolution | None,
    source: Source,
    taken: set[int | None],
    is_decisive: bool,
    by: User,
) -> RollCall:
    """Save one vote as a draft."""
    ordinal = vote.number
    while ordinal in taken:
        ordinal += 1
    taken.add(ordinal)
    is_text = one.kind == RollCall.Kind.TEXT
    title = "" if is_text and text else (one.subject or one.title).strip()
    if text is None and not title:
        raise ValidationError(_("Enter the symbol of the text, or a title."))
    roll_call = RollCall(
        slug=slug_for(
            resolution=text, decisive=is_decisive, body_code=meeting.body.code, date=meeting.date.isoformat()
        ),
        body=meeting.body,
        session=meeting.session,
        resolution=text,
        decisive=is_decisive,
        title=title,
        date=meeting.date,
        meeting=meeting.symbol,
        ordinal=ordinal,
        kind=one.kind,
        method=RollCall.Method.ROLL_CALL if vote.cut.is_by_roll else RollCall.Method.RECORDED,
        absences_derived=bool(vote.absent),
        source=source,
        source_reference=meeting.symbol,
    )
    roll_call.full_clean(exclude=("search_text",))
    roll_call.save()
    choices = vote.choices
    fill_sheet(
        roll_call=roll_call,
        choices=choices,
        announced=vote.reading.announced,
        result=vote.reading.result,
        corrections=[
            (said.code, said.choice)
            for said in vote.reading.corrections
            if said.is_certain and said.code in choices and choices[said.code] != said.choice
        ],
        by=by,
    )
    roll_call.entered_by.add(by)
    return roll_call
