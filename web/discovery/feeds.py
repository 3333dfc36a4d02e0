"""Atom feeds of any query, newest first; for a state with its vote, for a bloc with the members that broke ranks."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from votes.analysis.groups import Membership
from votes.analysis.matrix import OUTSIDE
from votes.choices import Choice
from votes.exporting.papers import AUTHORS
from votes.models import RollCall
from votes.record.choices import CHOICES
from votes.reports.breakdown import sort_name
from votes.reports.publication_dates import published
from votes.reports.wording import name_of
from votes.rules import Result
from votes.totals import Totals, plurality
from web.discovery.metadata import in_words
from web.display.addresses import url
from web.display.labels import result_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.utils.xmlutils import SimplerXMLGenerator

    from votes.exporting.papers import DataVersion
    from votes.record.record import Record, State
    from votes.record.roll_calls import ListedRollCall

ENTRIES = 50
"""Maximum number of entries."""

PERMANENT = "p5"
"""The bloc of the permanent members of the Security Council."""

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


@dataclass(frozen=True, slots=True)
class PartyVote:
    """One party's vote, which comes first in an entry."""

    title: str = ""
    summary: str = ""


class Feed(Atom1Feed):
    """An Atom feed that depends only on the record: without entries its date is ``updated``."""

    def __init__(self, *, updated: datetime.datetime, guide: str, **about: Any) -> None:
        super().__init__(**about, author_name=AUTHORS)
        self.updated = updated
        self.guide = guide

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        """Write what the feed is, and where the words in it are explained."""
        super().add_root_elements(handler)
        handler.addQuickElement("link", "", {"rel": "help", "href": self.guide})

    def latest_post_date(self) -> datetime.datetime:
        """Return the latest time that an entry was published or amended."""
        return max((item["updateddate"] for item in self.items), default=self.updated)


def feed_of(
    record: Record,
    roll_calls: Sequence[ListedRollCall],
    version: DataVersion,
    *,
    origin: str,
    title: str,
    page: str,
    own: str,
    party_vote: Callable[[ListedRollCall], PartyVote] | None = None,
) -> Feed:
    """Return the feed of ``roll_calls``, located at ``own``, for the page at ``page`` (both as paths).

    ``said`` describes a party's own vote. Entry ids are tag URIs (RFC 4151) of the roll calls' permanent names; in the
    feed of a party, of its vote.
    """
    host = origin.partition("://")[2].partition(":")[0]
    feed = Feed(
        title=plain(title),
        link=origin + page,
        description=None,
        subtitle=_("Recorded votes of the United Nations."),
        feed_url=origin + own,
        feed_guid=f"tag:{host},2026:{own}",
        language=get_language(),
        updated=version.changed or datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC),
        guide=origin + url("web:reading"),
    )
    times = published([one.pk for one in roll_calls])
    of = own.partition(".atom")[0] if party_vote else ""
    for one in roll_calls:
        party = party_vote(one) if party_vote else PartyVote()
        whole = in_words(one, members_by_choice(record, PERMANENT, one))
        feed.add_item(
            title=plain(f"{party.title}{entry_title(one)}"),
            link=origin + one.get_absolute_url(),
            description=escape(plain(f"{party.summary}{whole}")),
            unique_id=f"tag:{host},2026:{of}/roll-calls/{one.slug}",
            pubdate=times[one.pk].first,
            updateddate=times[one.pk].updated,
            categories=[one.body],
        )
    return feed


def plain(text: str) -> str:
    """Remove characters that XML does not allow."""
    return NO_XML.sub("", text)


def entry_title(roll_call: ListedRollCall) -> str:
    """Return what was voted on, with result and tally: ``A/RES/ES-11/7: Advancing …, adopted 93-18-65``.

    Votes that were not recorded votes say so.
    """
    symbol = f"{roll_call.resolution.symbol}: " if roll_call.resolution else ""
    result = "" if roll_call.result == Result.NOT_STATED else result_label(roll_call.result)
    announced = _("(as announced)") if roll_call.totals_differ else ""
    outcome = " ".join(filter(None, (result, str(roll_call.totals or ""), announced)))
    if roll_call.method not in RollCall.METHODS_WITH_VOTES:
        is_without = roll_call.method == RollCall.Method.WITHOUT_VOTE
        outcome = ", ".join(filter(None, ("" if is_without else outcome, name_of(roll_call.method))))
    return f"{symbol}{roll_call.heading}" + (f", {outcome}" if outcome else "")


def state_vote(record: Record, state: State) -> Callable[[ListedRollCall], PartyVote]:
    """Return a function that describes a member state's vote."""
    column = record.matrix.columns[state.code]

    def party_vote(roll_call: ListedRollCall) -> PartyVote:
        number = int(record.matrix.choices[record.matrix.rows_by_slug[roll_call.slug], column])
        choice = str(CHOICES[number].label)
        named = {"state": state.name_on(roll_call.date), "choice": choice.lower()}
        return PartyVote(f"{choice}: ", f"{_('%(state)s: %(choice)s.') % named} ")

    return party_vote


def bloc_vote(record: Record, slug: str) -> Callable[[ListedRollCall], PartyVote]:
    """Return a function that describes a bloc's position, and which members on that date broke with it."""
    name = record.blocs[slug].short_name

    def party_vote(roll_call: ListedRollCall) -> PartyVote:
        members = members_by_choice(record, slug, roll_call)
        totals = Totals(*(len(members.get(choice, ())) for choice in Choice))
        position = plurality(totals.yes, totals.no, totals.abstaining or 0)
        taken = str((position or Choice.NON_VOTING).label) if position or not totals.voting else _("Tied")
        others = [
            f"{_lower(choice)} {', '.join(names)}"
            for choice, names in members.items()
            if choice not in (position, Choice.NON_VOTING)
        ]
        summary = _("%(bloc)s: %(position)s, %(tally)s.") % {"bloc": name, "position": taken.lower(), "tally": totals}
        if others and position:
            summary += " " + _("Broke: %(members)s.") % {"members": "; ".join(others)}
        elif others:
            summary += " " + _("Its members: %(members)s.") % {"members": "; ".join(others)}
        return PartyVote(f"{taken}: ", f"{summary} ")

    return party_vote


def _lower(choice: Choice) -> str:
    """Return a choice's label for use within a sentence."""
    return str(choice.label).lower()


def members_by_choice(record: Record, slug: str, roll_call: ListedRollCall) -> Mapping[Choice, list[str]]:
    """Return the names of a bloc's members on that date by choice, sorted; empty without votes or bloc."""
    row, bloc = record.matrix.rows_by_slug.get(roll_call.slug), record.blocs.get(slug)
    if row is None or bloc is None:
        return {}
    date, names_by_choice = roll_call.date, {choice: list[str]() for choice in Choice}
    for code in sorted({membership.state for membership in bloc.group.memberships if _holds(membership, date)}):
        column = record.matrix.columns.get(code)
        number = OUTSIDE if column is None else int(record.matrix.choices[row, column])
        if number != OUTSIDE:
            names_by_choice[CHOICES[number]].append(record.states[code].name_on(date))
    return {choice: sorted(names, key=sort_name) for choice, names in names_by_choice.items() if names}


def _holds(membership: Membership, date: datetime.date) -> bool:
    """Tell whether a membership was in effect on a date."""
    return (membership.since is None or membership.since <= date) and (
        membership.until is None or date < membership.until
    )
