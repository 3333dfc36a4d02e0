"""The rows of the exported tables: each field with its type, where it comes from and what it means.

The text under a class and under each field is its entry in the codebook, so the two cannot drift apart. ``None`` is an
empty cell: unknown, open or not applicable. Yes and no are written ``yes`` and ``no``. A list is one cell.

The SQL of a field names tables by the aliases that ``votes.exporting.tables`` gives them. Only what the public sees is
exported: the conditions stand there too.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated

from votes.exporting.reading import (
    FACTS,
    LEADS_TO,
    SUCCESSORS,
    TOPICS,
    column,
    counted,
    difference_reason,
    symbols,
    text,
    yes_no,
)


@dataclass(frozen=True)
class BodyRow:
    """An organ that votes."""

    code: Annotated[str, text("body.code")]
    """``GA`` for the General Assembly, ``SC`` for the Security Council."""
    name: Annotated[str, text("body.name")]
    """Its name."""


@dataclass(frozen=True)
class SessionRow:
    """A session of a body."""

    body: Annotated[str, text("body.code")]
    """The code of the body."""
    code: Annotated[str, text("session.code")]
    """A number for a regular session, ``S-4`` for a special and ``ES-11`` for an emergency special session."""
    name: Annotated[str, text("session.name")]
    """Its name."""
    kind: Annotated[str, column("session.kind")]
    """``regular``, ``special`` or ``emergency-special``."""
    opened: Annotated[datetime.date | None, column("session.opened")]
    """The day it was opened."""
    closed: Annotated[datetime.date | None, column("session.closed")]
    """The day it was closed, its last."""


@dataclass(frozen=True)
class TopicRow:
    """A subject under which resolutions are found."""

    slug: Annotated[str, text("topic.slug")]
    """The topic's name in addresses."""
    name: Annotated[str, text("topic.name")]
    """Its name."""


@dataclass(frozen=True)
class SourceRow:
    """Where votes come from."""

    slug: Annotated[str, text("source.slug")]
    """The source's name in this record."""
    name: Annotated[str, text("source.name")]
    """Its name."""
    url: Annotated[str | None, text("source.url")]
    """Its address."""
    licence: Annotated[str | None, text("source.licence")]
    """The terms under which it may be used."""
    precedence: Annotated[int, column("source.precedence")]
    """Where two sources disagree, the one with the lower number stands."""
    note: Annotated[str | None, text("source.note")]
    """What else there is to know."""


@dataclass(frozen=True)
class StateRow:
    """A member state: the holder of a seat, today's and former ones."""

    code: Annotated[str, column("state.code")]
    """The three-letter code of the UN Digital Library."""
    iso2: Annotated[str | None, text("state.iso2")]
    """The two-letter code of ISO 3166-1; for a former holder the withdrawn one, where no other state has it."""
    name: Annotated[str, text("state.name")]
    """The short name of today, for a former holder the last one."""
    official_name: Annotated[str | None, text("state.official_name")]
    """The formal name."""
    successors: Annotated[str | None, column(SUCCESSORS)]
    """The codes of those that took over from it, separated by spaces."""
    note: Annotated[str | None, text("state.note")]
    """What else there is to know."""


@dataclass(frozen=True)
class StateNameRow:
    """A name that a member state had until a date; its present name is in the table of states."""

    code: Annotated[str, column("state.code")]
    """The code of the member state."""
    name: Annotated[str, text("former.name")]
    """The short name of that time."""
    official_name: Annotated[str | None, text("former.official_name")]
    """The formal name of that time, where known."""
    since: Annotated[datetime.date | None, column("former.since")]
    """The first day of the name; empty: since it became a member."""
    until: Annotated[datetime.date, column("former.until")]
    """The first day of the next name, when this one no longer held; pages show the day before as its last."""
    since_precision: Annotated[str | None, column("CASE WHEN former.since IS NOT NULL THEN former.since_precision END")]
    """How much of ``since`` is known: ``day``, ``month`` or ``year``; the rest of it is the first month or day."""
    until_precision: Annotated[str, column("former.until_precision")]
    """How much of ``until`` is known."""


@dataclass(frozen=True)
class BodyMembershipRow:
    """A seat in a body for a time. The seats on the date of a recorded vote are its electorate."""

    body: Annotated[str, text("body.code")]
    """The code of the body."""
    code: Annotated[str, column("state.code")]
    """The code of the member state."""
    since: Annotated[datetime.date, column("seat.since")]
    """The first day of the seat."""
    until: Annotated[datetime.date | None, column("seat.until")]
    """The first day on which it no longer held the seat, the day after its last; empty: it still does."""
    permanent: Annotated[str, yes_no("seat.permanent")]
    """Whether the seat is permanent: ``yes`` or ``no``."""
    since_precision: Annotated[str, column("seat.since_precision")]
    """How much of ``since`` is known: ``day``, ``month`` or ``year``; the rest of it is the first month or day."""
    until_precision: Annotated[str | None, column("CASE WHEN seat.until IS NOT NULL THEN seat.until_precision END")]
    """How much of ``until`` is known."""
    note: Annotated[str | None, text("seat.note")]
    """What else there is to know."""


@dataclass(frozen=True)
class BlocRow:
    """A group of member states: a regional group, a union, an alliance, a forum."""

    slug: Annotated[str, column("bloc.slug")]
    """The bloc's name in addresses."""
    short_name: Annotated[str, text("bloc.short_name")]
    """Its short name."""
    name: Annotated[str, text("bloc.name")]
    """Its full name."""
    kind: Annotated[str, column("bloc.kind")]
    """What holds it together, such as ``regional-group``, ``union`` or ``alliance``."""
    description: Annotated[str, text("bloc.description")]
    """What it is."""
    source: Annotated[str, text("bloc.source")]
    """Where its members and dates are taken from."""
    note: Annotated[str | None, text("bloc.note")]
    """What else there is to know."""


@dataclass(frozen=True)
class BlocMembershipRow:
    """A member state's membership of a bloc for a time."""

    bloc: Annotated[str, column("bloc.slug")]
    """The slug of the bloc."""
    code: Annotated[str, column("state.code")]
    """The code of the member state."""
    since: Annotated[datetime.date, column("membership.since")]
    """The first day of the membership."""
    until: Annotated[datetime.date | None, column("membership.until")]
    """The first day on which it no longer held, the day after its last; empty: it still does."""
    since_precision: Annotated[str, column("membership.since_precision")]
    """How much of ``since`` is known: ``day``, ``month`` or ``year``; the rest of it is the first month or day."""
    until_precision: Annotated[
        str | None, column("CASE WHEN membership.until IS NOT NULL THEN membership.until_precision END")
    ]
    """How much of ``until`` is known."""
    status: Annotated[str, column("membership.status")]
    """``member``, ``suspended`` or ``observer``; only members count in the position of a bloc."""
    note: Annotated[str | None, text("membership.note")]
    """What else there is to know."""


@dataclass(frozen=True)
class _Subjects:
    """What the library says that a text is about."""

    subjects: Annotated[str | None, text("array_to_string(resolution.subjects, '|')")]
    """Its subject headings as the UN Digital Library writes them, separated by ``|``."""


@dataclass(frozen=True)
class _Text:
    """A text put to a body: a resolution, a decision, or a draft that was not adopted."""

    symbol: Annotated[str, text("resolution.symbol")]
    """Its symbol as the United Nations spells it, such as ``A/RES/ES-11/7``."""
    body: Annotated[str, text("body.code")]
    """The code of the body."""
    session: Annotated[str | None, text("session.code")]
    """The code of the session."""
    kind: Annotated[str, column("resolution.kind")]
    """``resolution``, ``decision`` or ``draft``."""
    title: Annotated[str, text("resolution.title")]
    """Its title."""
    agenda: Annotated[str | None, text("resolution.agenda")]
    """The agenda item."""
    topics: Annotated[str | None, text(TOPICS)]
    """The slugs of its topics, separated by spaces."""
    draft_symbols: Annotated[str | None, symbols("draft")]
    """The symbols of its drafts, separated by ``|``; a draft may have become several resolutions."""
    other_symbols: Annotated[str | None, symbols("variant")]
    """Spellings of its symbol that no rule brings to the United Nations', separated by ``|``."""


@dataclass(frozen=True)
class ResolutionRow(_Subjects, _Text):
    """A text put to a body: a resolution, a decision, or a draft that was not adopted."""


@dataclass(frozen=True)
class _Figures:
    """The totals of a vote, announced and counted."""

    announced_yes: Annotated[int | None, column("roll_call.announced_yes")]
    """How many were in favour, as the President announced."""
    announced_no: Annotated[int | None, column("roll_call.announced_no")]
    """How many were against, as the President announced."""
    announced_abstaining: Annotated[int | None, column("roll_call.announced_abstaining")]
    """How many abstained, as the President announced."""
    announced_non_voting: Annotated[int | None, column("roll_call.announced_non_voting")]
    """How many did not vote, as the source says; the President announces no such figure."""
    counted_yes: Annotated[int | None, counted("yes")]
    """How many votes in favour are on record; empty where the record has no votes by member state."""
    counted_no: Annotated[int | None, counted("no")]
    """How many votes against are on record."""
    counted_abstaining: Annotated[int | None, counted("abstaining")]
    """How many abstentions are on record."""
    counted_non_voting: Annotated[int | None, counted("non_voting")]
    """How many members are on record as non-voting."""


@dataclass(frozen=True)
class _Taken:
    """What was put to the vote."""

    slug: Annotated[str, column("roll_call.slug")]
    """The permanent name of the vote in addresses."""
    symbol: Annotated[str | None, text("resolution.symbol")]
    """The symbol of the text it was on; empty for a vote on none, such as a motion."""
    decisive: Annotated[str, yes_no("roll_call.decisive")]
    """Whether it stands for its text in lists, one a text: ``yes`` or ``no``."""
    body: Annotated[str, text("body.code")]
    """The code of the body."""
    session: Annotated[str | None, text("session.code")]
    """The code of the session."""
    date: Annotated[datetime.date, column("roll_call.date")]
    """The day it was taken."""
    date_precision: Annotated[str, column("roll_call.date_precision")]
    """How much of ``date`` is known: ``day``, ``month`` or ``year``; the rest of it is the first month or day."""
    title: Annotated[str | None, text("roll_call.title")]
    """What was put to the vote, where it was not the whole text."""
    meeting: Annotated[str | None, text("roll_call.meeting")]
    """The symbol of the meeting's record, such as ``A/ES-11/PV.19``."""
    ordinal: Annotated[int | None, column("roll_call.ordinal")]
    """Its place among the votes of the meeting."""
    kind: Annotated[str, column("roll_call.kind")]
    """``text``, ``amendment``, ``paragraph``, ``paragraph-amendment``, ``motion`` or ``procedural``."""
    method: Annotated[str, column("roll_call.method")]
    """``recorded``, ``roll-call``, ``non-recorded`` (totals only) or ``without-vote``."""
    requirement: Annotated[str, column("roll_call.requirement")]
    """The majority it needed, such as ``simple-majority``, or ``not-stated``."""
    result: Annotated[str, column("roll_call.result")]
    """``adopted``, ``rejected``, ``vetoed`` or ``not-stated``, as recorded."""


@dataclass(frozen=True)
class _Sourced(_Figures, _Taken):
    """A vote with where it comes from."""

    note: Annotated[str | None, text("roll_call.note")]
    """What else there is to know."""
    source: Annotated[str, text("source.slug")]
    """The slug of the source."""
    source_reference: Annotated[str | None, text("roll_call.source_reference")]
    """A record number in the source, or an address."""


@dataclass(frozen=True)
class _Headed:
    """What the list of recorded votes shows besides."""

    heading: Annotated[str, text("coalesce(nullif(roll_call.title, ''), resolution.title)")]
    """The title of what was put to the vote: its own, or that of the text."""


# The fields of the last class come first: what was added later stands at the end, where it moves no other column.
@dataclass(frozen=True)
class _Explained:
    """What an editor says of the totals, and what the source does not say of the votes."""

    difference_reason: Annotated[str | None, difference_reason()]
    """Why counted and announced totals differ, where an editor says so; empty where no announced figure differs."""
    absences: Annotated[str | None, column("CASE WHEN roll_call.absences_derived THEN 'derived' END")]
    """``derived`` where the source lists no absent members, so that non-voting was derived from the membership."""
    not_legible: Annotated[str | None, column("array_to_string(roll_call.not_legible, ' ')")]
    """The codes of members that the source lists without a legible choice; they are in no total."""


@dataclass(frozen=True)
class RollCallRow(_Explained, _Sourced):
    """A vote on a whole text, an amendment, a paragraph, a motion or a question; ``method`` says how it was taken."""


@dataclass(frozen=True)
class ListedRollCallRow(_Explained, _Headed, _Sourced):
    """A vote as the list of votes shows it: with its heading."""


@dataclass(frozen=True)
class _Decided:
    """The vote that decided a text."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """The slug of the vote that decided it."""
    date: Annotated[datetime.date, column("roll_call.date")]
    """The day that vote was taken."""
    date_precision: Annotated[str, column("roll_call.date_precision")]
    """How much of ``date`` is known: ``day``, ``month`` or ``year``; the rest of it is the first month or day."""
    method: Annotated[str, column("roll_call.method")]
    """``recorded``, ``roll-call``, ``non-recorded`` (totals only) or ``without-vote``."""
    requirement: Annotated[str, column("roll_call.requirement")]
    """The majority it needed, such as ``simple-majority``, or ``not-stated``."""
    result: Annotated[str, column("roll_call.result")]
    """``adopted``, ``rejected``, ``vetoed`` or ``not-stated``, as recorded."""


@dataclass(frozen=True)
class ListedResolutionRow(_Subjects, _Figures, _Decided, _Text):
    """A text as the list of resolutions shows it: with the vote that decided it."""


@dataclass(frozen=True)
class VoteRow:
    """One member state's choice in one recorded vote. No row: it was not in the electorate."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """The slug of the recorded vote."""
    symbol: Annotated[str | None, text("resolution.symbol")]
    """The symbol of the text it was on."""
    date: Annotated[datetime.date, column("roll_call.date")]
    """The day it was taken; how much of it is known stands in the table of recorded votes."""
    state: Annotated[str, column("state.code")]
    """The code of the member state."""
    state_name: Annotated[str, text("coalesce(former.name, state.name)")]
    """The name of the member state on that day."""
    choice: Annotated[str, column("vote.choice")]
    """``Y`` in favour, ``N`` against, ``A`` abstaining, ``X`` non-voting."""


@dataclass(frozen=True)
class CorrectionRow:
    """A delegation's later notice that it had intended to vote otherwise. It changes neither vote nor totals."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """The slug of the recorded vote."""
    state: Annotated[str, column("state.code")]
    """The code of the member state."""
    intended: Annotated[str, column("correction.intended")]
    """What it had intended: ``Y``, ``N`` or ``A``."""
    reference: Annotated[str | None, text("correction.reference")]
    """Where the notice was recorded."""


@dataclass(frozen=True)
class SourceCorrectionRow:
    """What a source has wrong about a recorded vote, with the document that proves it; the record has it right."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """The slug of the recorded vote."""
    source: Annotated[str, text("source.slug")]
    """The slug of the source."""
    fact: Annotated[str, text("corrected.fact")]
    """The code of a member state for its vote, or the name of another fact."""
    old: Annotated[str | None, text("corrected.old")]
    """What the source has; empty where it does not list the state."""
    new: Annotated[str | None, text("corrected.new")]
    """What the record has; empty where the state is not in the lists of the vote."""
    reason: Annotated[str, text("corrected.reason")]
    """Why it is wrong."""
    document: Annotated[str, text("corrected.document")]
    """The document that proves it."""


@dataclass(frozen=True)
class StatementRow:
    """What a file of a source says of a vote, as it was said; the record may know better."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """The slug of the recorded vote."""
    source: Annotated[str, text("source.slug")]
    """The slug of the source."""
    format: Annotated[str, column("statement.format")]
    """The layout of the file, such as ``ga-voting`` or ``voeten``."""
    reference: Annotated[str, text("statement.reference")]
    """The source's own name of the vote."""
    symbol_key: Annotated[str | None, text("statement.symbol_key")]
    """The symbol the file names, in capitals and without spaces and brackets."""
    facts: Annotated[str, text(FACTS)]
    """What the file says of the vote: a JSON object with its keys in order."""
    votes: Annotated[str | None, text("statement.votes")]
    """Each code with its choice, in the order of the codes: ``AFGY ALBN``."""
    edition: Annotated[datetime.date | None, column("statement.edition")]
    """The last day that the source's edition covers: of two editions of a source, the newer one counts."""


@dataclass(frozen=True)
class RetiredAddressRow:
    """The address of a vote that was public once, and why it is no longer there."""

    slug: Annotated[str, column("retired.slug")]
    """The permanent name that was retired; no other vote is ever named so."""
    kind: Annotated[str, column("retired.kind")]
    """``withdrawn``: the address says that, and why; ``merged``: it leads to the other record of the same vote."""
    reason: Annotated[str, text("retired.reason")]
    """Why, as it is said in public."""
    date: Annotated[datetime.date, column("(retired.at AT TIME ZONE 'UTC')::date")]
    """The day it was retired, by Coordinated Universal Time."""
    leads_to: Annotated[str | None, column(LEADS_TO)]
    """Where ``merged``, the slug of the record kept, which may itself have been withdrawn since."""
    symbol: Annotated[str | None, text("resolution.symbol")]
    """Where ``withdrawn``, the symbol of the text it was on, whose page says so."""
