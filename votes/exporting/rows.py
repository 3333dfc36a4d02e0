"""The rows of the exported tables: each field with its type, where it comes from and what it means.

The docstring of a class and of each field is its entry in the codebook. ``None`` is an empty cell: unknown, open-ended
or not applicable. Booleans are written ``yes`` and ``no``. A list is one cell.

The SQL of a field uses the table aliases of ``votes.exporting.tables``, which also has the conditions that keep data
that are not public out of the export.
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
    """A United Nations body that votes."""

    code: Annotated[str, text("body.code")]
    """``GA`` for the General Assembly, ``SC`` for the Security Council; other bodies have codes of their own."""
    name: Annotated[str, text("body.name")]
    """Name of the body."""
    symbol_prefix: Annotated[str | None, text("body.symbol_prefix")]
    """Beginning of the symbols of its documents, ``A/HRC/``; empty if it has none or none is needed."""
    majority: Annotated[str, text("body.majority")]
    """Majority required if a vote does not state one; ``not-stated``: it depends on the question."""


@dataclass(frozen=True)
class SessionRow:
    """A session of a body."""

    body: Annotated[str, text("body.code")]
    """Code of the body."""
    code: Annotated[str, text("session.code")]
    """``79`` for a regular session, ``S-4`` for a special session, ``ES-11`` for an emergency special session."""
    name: Annotated[str, text("session.name")]
    """Name of the session."""
    kind: Annotated[str, column("session.kind")]
    """Kind of session: ``regular``, ``special`` or ``emergency-special``."""
    opened: Annotated[datetime.date | None, column("session.opened")]
    """Opening date."""
    closed: Annotated[datetime.date | None, column("session.closed")]
    """Closing date, the last day of the session."""


@dataclass(frozen=True)
class TopicRow:
    """A topic that groups resolutions."""

    slug: Annotated[str, text("topic.slug")]
    """Name of the topic in addresses."""
    name: Annotated[str, text("topic.name")]
    """Name of the topic."""


@dataclass(frozen=True)
class SourceRow:
    """A source of votes."""

    slug: Annotated[str, text("source.slug")]
    """Short name of the source in this record."""
    name: Annotated[str, text("source.name")]
    """Name of the source."""
    url: Annotated[str | None, text("source.url")]
    """Web address of the source."""
    licence: Annotated[str | None, text("source.licence")]
    """Terms of use."""
    precedence: Annotated[int, column("source.precedence")]
    """Precedence: where two sources disagree, the one with the lower number is followed."""
    note: Annotated[str | None, text("source.note")]
    """Further notes."""


@dataclass(frozen=True)
class StateRow:
    """A member state, present or former."""

    code: Annotated[str, column("state.code")]
    """Three-letter code used by the UN Digital Library."""
    iso2: Annotated[str | None, text("state.iso2")]
    """Two-letter ISO 3166-1 code; for a former member the withdrawn code, unless another state now has it."""
    name: Annotated[str, text("state.name")]
    """Short name today; for a former member, its last short name."""
    official_name: Annotated[str | None, text("state.official_name")]
    """Official name."""
    successors: Annotated[str | None, column(SUCCESSORS)]
    """Codes of its successor states, separated by spaces."""
    note: Annotated[str | None, text("state.note")]
    """Further notes."""


@dataclass(frozen=True)
class StateNameRow:
    """A former name of a member state. The present name is in the table of states."""

    code: Annotated[str, column("state.code")]
    """Code of the member state."""
    name: Annotated[str, text("former.name")]
    """Short name at that time."""
    official_name: Annotated[str | None, text("former.official_name")]
    """Official name at that time, if known."""
    since: Annotated[datetime.date | None, column("former.since")]
    """First day of the name; empty: since the state became a member."""
    until: Annotated[datetime.date, column("former.until")]
    """First day of the next name; pages show the day before as the last day of this one."""
    since_precision: Annotated[str | None, column("CASE WHEN former.since IS NOT NULL THEN former.since_precision END")]
    """How much of ``since`` is known: ``day``, ``month`` or ``year``; unknown parts are set to 01."""
    until_precision: Annotated[str, column("former.until_precision")]
    """How much of ``until`` is known."""


@dataclass(frozen=True)
class BodyMembershipRow:
    """A seat in a body for a period. The seats on the date of a recorded vote are its electorate."""

    body: Annotated[str, text("body.code")]
    """Code of the body."""
    code: Annotated[str, column("state.code")]
    """Code of the member state."""
    since: Annotated[datetime.date, column("seat.since")]
    """First day of the seat."""
    until: Annotated[datetime.date | None, column("seat.until")]
    """First day without the seat, the day after its last, which pages show; empty if the state still has it."""
    permanent: Annotated[str, yes_no("seat.permanent")]
    """Whether the seat is permanent: ``yes`` or ``no``."""
    since_precision: Annotated[str, column("seat.since_precision")]
    """How much of ``since`` is known: ``day``, ``month`` or ``year``; unknown parts are set to 01."""
    until_precision: Annotated[str | None, column("CASE WHEN seat.until IS NOT NULL THEN seat.until_precision END")]
    """How much of ``until`` is known."""
    note: Annotated[str | None, text("seat.note")]
    """Further notes."""


@dataclass(frozen=True)
class BlocRow:
    """A group of member states: a regional group, a union, an alliance, a forum."""

    slug: Annotated[str, column("bloc.slug")]
    """Name of the bloc in addresses."""
    short_name: Annotated[str, text("bloc.short_name")]
    """Short name."""
    name: Annotated[str, text("bloc.name")]
    """Full name."""
    kind: Annotated[str, column("bloc.kind")]
    """Kind of bloc, such as ``regional-group``, ``union`` or ``alliance``."""
    description: Annotated[str, text("bloc.description")]
    """Description of the bloc."""
    source: Annotated[str, text("bloc.source")]
    """Source of its members and dates."""
    note: Annotated[str | None, text("bloc.note")]
    """Further notes."""


@dataclass(frozen=True)
class BlocMembershipRow:
    """A member state's membership of a bloc for a time."""

    bloc: Annotated[str, column("bloc.slug")]
    """Slug of the bloc."""
    code: Annotated[str, column("state.code")]
    """Code of the member state."""
    since: Annotated[datetime.date, column("membership.since")]
    """First day of the membership."""
    until: Annotated[datetime.date | None, column("membership.until")]
    """First day after the membership; pages show the day before, its last; empty if the state is still a member."""
    since_precision: Annotated[str, column("membership.since_precision")]
    """How much of ``since`` is known: ``day``, ``month`` or ``year``; unknown parts are set to 01."""
    until_precision: Annotated[
        str | None, column("CASE WHEN membership.until IS NOT NULL THEN membership.until_precision END")
    ]
    """How much of ``until`` is known."""
    status: Annotated[str, column("membership.status")]
    """Status: ``member``, ``suspended`` or ``observer``; only members count in the position of a bloc."""
    note: Annotated[str | None, text("membership.note")]
    """Further notes."""


@dataclass(frozen=True)
class _Subjects:
    """Subject headings of a text, as given by the UN Digital Library."""

    subjects: Annotated[str | None, text("array_to_string(resolution.subjects, '|')")]
    """Subject headings as the UN Digital Library writes them, separated by ``|``."""


@dataclass(frozen=True)
class _Text:
    """A text put to a body: a resolution, a decision, or a draft that was not adopted."""

    symbol: Annotated[str, text("resolution.symbol")]
    """Symbol as the United Nations writes it, such as ``A/RES/ES-11/7``."""
    body: Annotated[str, text("body.code")]
    """Code of the body."""
    session: Annotated[str | None, text("session.code")]
    """Code of the session."""
    kind: Annotated[str, column("resolution.kind")]
    """Kind of text: ``resolution``, ``decision`` or ``draft``."""
    title: Annotated[str, text("resolution.title")]
    """Title."""
    agenda: Annotated[str | None, text("resolution.agenda")]
    """Agenda item."""
    topics: Annotated[str | None, text(TOPICS)]
    """Slugs of its topics, separated by spaces."""
    draft_symbols: Annotated[str | None, symbols("draft")]
    """Symbols of its drafts, separated by ``|``; one draft may have become several resolutions."""
    other_symbols: Annotated[str | None, symbols("variant")]
    """Other spellings of its symbol that cannot be derived by a rule, separated by ``|``."""


@dataclass(frozen=True)
class ResolutionRow(_Subjects, _Text):
    """A text put to a body: a resolution, a decision, or a draft that was not adopted."""


@dataclass(frozen=True)
class _Figures:
    """The totals of a vote, announced and counted."""

    announced_yes: Annotated[int | None, column("roll_call.announced_yes")]
    """Votes in favour, as announced by the President."""
    announced_no: Annotated[int | None, column("roll_call.announced_no")]
    """Votes against, as announced by the President."""
    announced_abstaining: Annotated[int | None, column("roll_call.announced_abstaining")]
    """Abstentions, as announced by the President."""
    announced_non_voting: Annotated[int | None, column("roll_call.announced_non_voting")]
    """Members that did not vote, as stated by the source; the President does not announce this figure."""
    counted_yes: Annotated[int | None, counted("yes")]
    """Votes in favour, counted from the votes of member states; empty if those are not recorded."""
    counted_no: Annotated[int | None, counted("no")]
    """Votes against, counted."""
    counted_abstaining: Annotated[int | None, counted("abstaining")]
    """Abstentions, counted."""
    counted_non_voting: Annotated[int | None, counted("non_voting")]
    """Members recorded as non-voting, counted."""


@dataclass(frozen=True)
class _Taken:
    """A vote, and what was put to the vote."""

    slug: Annotated[str, column("roll_call.slug")]
    """Permanent name of the vote in addresses."""
    symbol: Annotated[str | None, text("resolution.symbol")]
    """Symbol of the text voted on; empty for a vote without a text, such as a motion."""
    decisive: Annotated[str, yes_no("roll_call.decisive")]
    """Whether this is the vote that represents its text in lists (one for each text): ``yes`` or ``no``."""
    body: Annotated[str, text("body.code")]
    """Code of the body."""
    session: Annotated[str | None, text("session.code")]
    """Code of the session."""
    date: Annotated[datetime.date, column("roll_call.date")]
    """Date of the vote."""
    date_precision: Annotated[str, column("roll_call.date_precision")]
    """How much of ``date`` is known: ``day``, ``month`` or ``year``; unknown parts are set to 01."""
    title: Annotated[str | None, text("roll_call.title")]
    """Title of what was voted on, if it was not the whole text."""
    meeting: Annotated[str | None, text("roll_call.meeting")]
    """Symbol of the meeting record, such as ``A/ES-11/PV.19``."""
    ordinal: Annotated[int | None, column("roll_call.ordinal")]
    """Position among the votes of the meeting."""
    kind: Annotated[str, column("roll_call.kind")]
    """Kind of question: ``text``, ``amendment``, ``paragraph``, ``paragraph-amendment``, ``motion``, ``procedural``."""
    method: Annotated[str, column("roll_call.method")]
    """Method of voting: ``recorded``, ``roll-call``, ``non-recorded`` (totals only), ``without-vote`` or ``ballot``."""
    requirement: Annotated[str, column("roll_call.requirement")]
    """Majority required, such as ``simple-majority``, or ``not-stated``."""
    result: Annotated[str, column("roll_call.result")]
    """Recorded result: ``adopted``, ``rejected``, ``vetoed`` or ``not-stated``."""


@dataclass(frozen=True)
class _Sourced(_Figures, _Taken):
    """A vote with its source."""

    note: Annotated[str | None, text("roll_call.note")]
    """Further notes."""
    source: Annotated[str, text("source.slug")]
    """Slug of the source."""
    source_reference: Annotated[str | None, text("roll_call.source_reference")]
    """Record number in the source, or a web address."""


@dataclass(frozen=True)
class _Headed:
    """The heading that lists of recorded votes show."""

    heading: Annotated[str, text("coalesce(nullif(roll_call.title, ''), resolution.title)")]
    """Title of what was voted on: the title of the vote, or else of its text."""


# The fields of the last class come first: what was added later stands at the end, where it moves no other column.
@dataclass(frozen=True)
class _Explained:
    """Notes on differing totals and on votes that the source does not give."""

    difference_reason: Annotated[str | None, difference_reason()]
    """Reason given by an editor why counted and announced totals differ; empty if they do not."""
    absences: Annotated[str | None, column("CASE WHEN roll_call.absences_derived THEN 'derived' END")]
    """``derived`` if the source does not list absent members, so non-voting was derived from the membership."""
    not_legible: Annotated[str | None, column("array_to_string(roll_call.not_legible, ' ')")]
    """Codes of members whose choice is illegible in the source; they are not counted in any total."""


@dataclass(frozen=True)
class RollCallRow(_Explained, _Sourced):
    """A vote on a whole text, amendment, paragraph, motion or question; ``method`` says how it was taken."""


@dataclass(frozen=True)
class ListedRollCallRow(_Explained, _Headed, _Sourced):
    """A vote as lists show it, with its heading."""


@dataclass(frozen=True)
class _Decided:
    """The vote that decided a text."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """Slug of the decisive vote."""
    date: Annotated[datetime.date, column("roll_call.date")]
    """Date of that vote."""
    date_precision: Annotated[str, column("roll_call.date_precision")]
    """How much of ``date`` is known: ``day``, ``month`` or ``year``; unknown parts are set to 01."""
    method: Annotated[str, column("roll_call.method")]
    """Method of voting: ``recorded``, ``roll-call``, ``non-recorded`` (totals only), ``without-vote`` or ``ballot``."""
    requirement: Annotated[str, column("roll_call.requirement")]
    """Majority required, such as ``simple-majority``, or ``not-stated``."""
    result: Annotated[str, column("roll_call.result")]
    """Recorded result: ``adopted``, ``rejected``, ``vetoed`` or ``not-stated``."""


@dataclass(frozen=True)
class ListedResolutionRow(_Subjects, _Figures, _Decided, _Text):
    """A text as lists show it, with the vote that decided it."""


@dataclass(frozen=True)
class VoteRow:
    """One member state's choice in one recorded vote. States outside the electorate have no row."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """Slug of the recorded vote."""
    symbol: Annotated[str | None, text("resolution.symbol")]
    """Symbol of the text voted on."""
    date: Annotated[datetime.date, column("roll_call.date")]
    """Date of the vote; its precision is in the table of recorded votes."""
    state: Annotated[str, column("state.code")]
    """Code of the member state."""
    state_name: Annotated[str, text("coalesce(former.name, state.name)")]
    """Name of the member state on that date."""
    choice: Annotated[str, column("vote.choice")]
    """``Y`` in favour, ``N`` against, ``A`` abstaining, ``X`` non-voting."""


@dataclass(frozen=True)
class CorrectionRow:
    """A delegation's later notice that it had intended to vote differently. It changes neither votes nor totals."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """Slug of the recorded vote."""
    state: Annotated[str, column("state.code")]
    """Code of the member state."""
    intended: Annotated[str, column("correction.intended")]
    """Intended choice: ``Y``, ``N`` or ``A``."""
    reference: Annotated[str | None, text("correction.reference")]
    """Where the notice was recorded."""


@dataclass(frozen=True)
class SourceCorrectionRow:
    """An error of a source about a recorded vote, with the document that proves it. The record has it corrected."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """Slug of the recorded vote."""
    source: Annotated[str, text("source.slug")]
    """Slug of the source."""
    fact: Annotated[str, text("corrected.fact")]
    """Code of the member state whose vote is corrected, or name of another fact."""
    old: Annotated[str | None, text("corrected.old")]
    """Value in the source; empty if it does not list the state."""
    new: Annotated[str | None, text("corrected.new")]
    """Value in the record; empty if the state is not in the lists of the vote."""
    reason: Annotated[str, text("corrected.reason")]
    """Why the source is wrong."""
    document: Annotated[str, text("corrected.document")]
    """Document that proves it."""


@dataclass(frozen=True)
class StatementRow:
    """The data of a file of a source about a vote, unchanged; the record may differ."""

    roll_call: Annotated[str, column("roll_call.slug")]
    """Slug of the recorded vote."""
    source: Annotated[str, text("source.slug")]
    """Slug of the source."""
    format: Annotated[str, column("statement.format")]
    """Layout of the file, such as ``ga-voting`` or ``voeten``."""
    reference: Annotated[str, text("statement.reference")]
    """The source's own identifier of the vote."""
    symbol_key: Annotated[str | None, text("statement.symbol_key")]
    """Symbol in the file, in capitals, without spaces and brackets."""
    facts: Annotated[str, text(FACTS)]
    """Facts in the file: a JSON object with its keys in order."""
    votes: Annotated[str | None, text("statement.votes")]
    """Each state code followed by its choice, in the order of codes: ``AFGY ALBN``."""
    edition: Annotated[datetime.date | None, column("statement.edition")]
    """Last day covered by the source's edition; of two editions, the newer one is followed."""


@dataclass(frozen=True)
class RetiredAddressRow:
    """The address of a vote that used to be public, and why it no longer is."""

    slug: Annotated[str, column("retired.slug")]
    """The retired permanent name; it is never given to another vote."""
    kind: Annotated[str, column("retired.kind")]
    """``withdrawn``: the page says so, with the reason; ``merged``: the address redirects to the record kept."""
    reason: Annotated[str, text("retired.reason")]
    """Reason, as published."""
    date: Annotated[datetime.date, column("(retired.at AT TIME ZONE 'UTC')::date")]
    """Date of retirement (UTC)."""
    leads_to: Annotated[str | None, column(LEADS_TO)]
    """If ``merged``, slug of the record kept, which may itself have been withdrawn since."""
    symbol: Annotated[str | None, text("resolution.symbol")]
    """If ``withdrawn``, symbol of the text voted on; the page of that text mentions it."""


@dataclass(frozen=True)
class RetiredTextRow:
    """The symbol of a text that used to be public, and why it no longer is."""

    symbol: Annotated[str, text("gone.symbol")]
    """Symbol of the text; its address answers 410."""
    reason: Annotated[str, text("gone.reason")]
    """Reason, as published."""
    date: Annotated[datetime.date, column("(gone.at AT TIME ZONE 'UTC')::date")]
    """Date on which it was withdrawn (UTC)."""
