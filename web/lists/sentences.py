"""A listing's query as one phrase: "Recorded votes in the General Assembly on which the EU voted against".

It appears above the results, where each part can be removed, and names the page, a saved link and a feed. Each filter
wraps the phrase so far, "%(what)s in the %(body)s", so that a translation may put its words before what they qualify,
after it or around it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resolutions.symbols import looks_like_symbol
from votes.choices import WORDS, Choice
from votes.models import RollCall
from votes.models.finding_sentences import FACTS
from votes.record.choices import TIED_WORD
from votes.record.parties import Accord, Difference, Party, Position
from votes.rules import Result
from votes.totals import differences
from web.display.dates import dated
from web.display.enumeration import joined_with_and, joined_with_or
from web.display.permanent_members import former_name
from web.lists.filters import ANY_METHOD, CONDITIONS, METHOD, RECORDED, VETOED_BY
from web.lists.selection import StateSelection, SubjectSelection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votes.record.record import Record
    from votes.record.roll_calls import ListedRollCall
    from votes.reports.roll_call_context import Corrected
    from web.lists.listing import Listing

Method = RollCall.Method

# Names that take an article in English ("the EU", but "NATO"); the names themselves have none.
STATES_WITH_ARTICLE = frozenset(
    [
        "ARE",
        "BHS",
        "CAF",
        "COD",
        "COG",
        "COM",
        "DDR",
        "DOM",
        "GBR",
        "GMB",
        "KOR",
        "LAO",
        "MDA",
        "MDV",
        "MHL",
        "PHL",
        "PRK",
        "RUS",
        "SLB",
        "SUN",
        "SYR",
        "TZA",
        "USA",
    ]
)
BLOCS_WITHOUT_ARTICLE = frozenset(
    [
        "asean",
        "benelux",
        "brics",
        "caricom",
        "celac",
        "comecon",
        "cplp",
        "ecowas",
        "efta",
        "grulac",
        "mercosur",
        "nato",
        "opec",
        "saarc",
        "sadc",
        "sids",
        "weog",
    ]
)


WHAT = "\ue000"
"""Stands in a part for the phrase that it qualifies; a character of no meaning."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the phrase, and the query string without its filter."""

    pattern: str
    """The part around ``WHAT``, which stands for the phrase before it."""
    without: str
    name: str
    """The parameter of the filter."""
    condition: Position | Difference | Accord | None = None
    """The condition, for parameters with several."""

    @property
    def before(self) -> str:
        """Return the words that stand before what they qualify; in English there are none."""
        return self.pattern.partition(WHAT)[0].strip()

    @property
    def after(self) -> str:
        """Return the words that stand after what they qualify."""
        return self.pattern.partition(WHAT)[2].strip()

    @property
    def text(self) -> str:
        """Return its words by themselves."""
        return " ".join(filter(None, (self.before, self.after)))

    def around(self, phrase: str) -> str:
        """Return the phrase with its words."""
        return self.pattern.replace(WHAT, phrase)


def counted_otherwise(roll_call: RollCall | ListedRollCall) -> str:
    """Return counted totals that differ from the announced ones: "in favour 92, non-voting 18"; otherwise empty."""
    announced = roll_call.announced.figures if roll_call.announced else (None,) * 4
    return ", ".join(
        f"{choice.label.lower()} {ours}" for choice, ours, _theirs in differences(roll_call.counted, announced)
    )


def correction_sentence(corrected: Corrected, roll_call: RollCall, record: Record) -> str:
    """Return a source's error and the record's value: "Voeten has Greece in favour; corrected to against"."""
    old, new = corrected.old, corrected.new
    values: dict[str, object] = {"source": corrected.source, "old": old, "new": new}
    if state := record.states.get(corrected.fact):
        values |= {"state": state.name_on(roll_call.date)}
        values |= {name: Choice(choice).label.lower() for name, choice in (("old", old), ("new", new)) if choice}
        if not old:
            return _("%(source)s does not list %(state)s; corrected to “%(new)s”.") % values
        if not new:
            return _("%(source)s lists %(state)s as “%(old)s”; it is not in the lists of the vote.") % values
        return _("%(source)s lists %(state)s as “%(old)s”; corrected to “%(new)s”.") % values
    fact = FACTS.get(corrected.fact, corrected.fact)
    if corrected.fact == "date":
        values |= {name: dated(datetime.date.fromisoformat(date)) for name, date in (("old", old), ("new", new))}
    return _("%(source)s has the %(fact)s “%(old)s”; corrected to “%(new)s”.") % {**values, "fact": fact}


def subject(listing: Listing, of: str = "roll_calls") -> str:
    """Return the subject of the sentence: resolutions, recorded votes, or those of a state.

    A symbol finds texts however they were decided, so the subject says so if the address has no method.
    """
    if isinstance(listing.selection, StateSelection):
        return _("Votes of %(state)s") % {"state": listing.record.states[listing.selection.code].name}
    if isinstance(listing.selection, SubjectSelection):
        return _("Resolutions on the subject “%(subject)s”") % {"subject": listing.selection.subject.name}
    is_of_symbol = listing.method == ANY_METHOD and not listing.form.cleaned_data.get(METHOD)
    if of == "resolutions":
        return _("Resolutions")
    if is_of_symbol:
        return _("Votes of every kind")
    return {RECORDED: _("Recorded votes"), Method.WITHOUT_VOTE: _("Texts")}.get(listing.method) or _("Votes")


SAID = (*(METHOD, "q", "body", "session", "since", "until", "topic", "subject", "kind", "result", VETOED_BY, "short"),)
"""Filters in the order of the sentence, before the conditions on how members voted."""


def parts_of(listing: Listing, of: str = "roll_calls") -> list[Part]:
    """Return the parts of the phrase; invalid filters have none."""
    meant = listing.form.cleaned_data
    parts = [
        Part(pattern, listing.query_without(name), name)
        for name in SAID
        if meant.get(name) and (pattern := _said(name, meant[name], listing, of))
    ]
    if word := meant.get("choice"):
        parts.append(Part(_choice(word), listing.query_without("choice"), "choice"))
    conditions = [(name, condition) for name in CONDITIONS for condition in meant.get(name) or []]
    for place, (name, condition) in enumerate(conditions):
        pattern = _("%(what)s and %(condition)s") if place else _("%(what)s on which %(condition)s")
        parts.append(
            Part(
                pattern % {"what": WHAT, "condition": condition_clause(condition)},
                listing.query_without(name, condition.text),
                name,
                condition,
            )
        )
    return parts


def described(listing: Listing, of: str = "roll_calls") -> str:
    """Return the phrase, as a name for a link, a page or a feed."""
    phrase = subject(listing, of)
    for part in parts_of(listing, of):
        phrase = part.around(phrase)
    return phrase


def _said(name: str, value: Any, listing: Listing, of: str) -> str:
    """Return the part of one filter around WHAT; empty if it adds nothing."""
    record = listing.record
    said: dict[str, object] = {"what": WHAT}
    match name:
        case "method":
            return _method(value, of) % said
        case "q" if looks_like_symbol(value):
            return _("%(what)s with the symbol “%(text)s”") % {**said, "text": value}
        case "q":
            return _("%(what)s with the words “%(text)s”") % {**said, "text": value}
        case "body":
            return _("%(what)s in the %(body)s") % {**said, "body": record.bodies[value]}
        case "session":
            return _("%(what)s in the %(session)s") % {**said, "session": _lowered(record.sessions[value])}
        case "since":
            pattern = (
                _("%(what)s from %(date)s") if listing.form.cleaned_data.get("until") else _("%(what)s since %(date)s")
            )
            return pattern % {**said, "date": dated(value)}
        case "until":
            pattern = (
                _("%(what)s to %(date)s") if listing.form.cleaned_data.get("since") else _("%(what)s up to %(date)s")
            )
            return pattern % {**said, "date": dated(value)}
        case "topic":
            return _("%(what)s on the topic “%(topic)s”") % {**said, "topic": record.topics[value]}
        case "subject":
            names = [_("“%(name)s”") % {"name": record.subjects[slug].name} for slug in value]
            return _("%(what)s on the subject %(subjects)s") % {**said, "subjects": joined_with_or(names)}
        case "kind":
            return _kind(value) % said
        case "result":
            return _result(value, of) % said
        case "vetoed_by":
            ended = listing.form.cleaned_data.get("result") == Result.VETOED
            pattern = _("%(what)s by %(members)s") if ended else _("%(what)s with a veto by %(members)s")
            return pattern % {**said, "members": _vetoers(value, record)}
    return _("%(what)s that were one vote short of the majority") % said


def _method(method: str, of: str) -> str:
    """Return the method; empty if the subject already implies it."""
    if of == "resolutions":
        return {
            RECORDED: _("%(what)s put to a recorded vote"),
            Method.ROLL_CALL: _("%(what)s put to a roll-call vote"),
            Method.NON_RECORDED: _("%(what)s put to a non-recorded vote"),
            Method.WITHOUT_VOTE: _("%(what)s adopted without a vote"),
            Method.BALLOT: _("%(what)s put to a secret ballot or an election"),
            ANY_METHOD: _("%(what)s with or without a recorded vote"),
        }[method]
    return {
        RECORDED: "",
        Method.ROLL_CALL: _("%(what)s by roll call"),
        Method.NON_RECORDED: _("%(what)s that were not recorded"),
        Method.WITHOUT_VOTE: _("%(what)s adopted without a vote"),
        Method.BALLOT: _("%(what)s by secret ballot or election"),
        ANY_METHOD: _("%(what)s of every kind and adoptions without a vote"),
    }[method]


def _vetoers(codes: Sequence[str], record: Record) -> str:
    """Return permanent members joined by "or": “France, the United Kingdom or the United States”."""
    names = []
    for code in codes:
        name = party_phrase(Party.parse(code, record))
        for former in record.permanent[code][1:]:
            predecessor = former_name(record, former)
            predecessor = _("the %(name)s") % {"name": predecessor} if former in STATES_WITH_ARTICLE else predecessor
            name = _("%(name)s (or %(former)s)") % {"name": name, "former": predecessor}
        names.append(name)
    return joined_with_or(names)


def counted(n: int) -> dict[str, str]:
    """Return the noun for ``n`` items by method, with a placeholder for the number."""
    return {
        RECORDED: ngettext("%(n)s recorded vote", "%(n)s recorded votes", n),
        Method.ROLL_CALL: ngettext("%(n)s roll-call vote", "%(n)s roll-call votes", n),
        Method.NON_RECORDED: ngettext("%(n)s non-recorded vote", "%(n)s non-recorded votes", n),
        Method.WITHOUT_VOTE: ngettext("%(n)s text adopted without a vote", "%(n)s texts adopted without a vote", n),
        Method.BALLOT: ngettext("%(n)s secret ballot or election", "%(n)s secret ballots and elections", n),
        ANY_METHOD: ngettext("%(n)s vote or adoption without a vote", "%(n)s votes and adoptions without a vote", n),
    }


def counted_of(n: int) -> dict[str, str]:
    """Return the phrase for some of ``n`` items by method, with placeholders: "3 of 22 recorded votes"."""
    return {
        RECORDED: ngettext("%(n)s of %(total)s recorded vote", "%(n)s of %(total)s recorded votes", n),
        Method.ROLL_CALL: ngettext("%(n)s of %(total)s roll-call vote", "%(n)s of %(total)s roll-call votes", n),
        Method.NON_RECORDED: ngettext(
            "%(n)s of %(total)s non-recorded vote", "%(n)s of %(total)s non-recorded votes", n
        ),
        Method.WITHOUT_VOTE: ngettext(
            "%(n)s of %(total)s text adopted without a vote", "%(n)s of %(total)s texts adopted without a vote", n
        ),
        Method.BALLOT: ngettext(
            "%(n)s of %(total)s secret ballot or election", "%(n)s of %(total)s secret ballots and elections", n
        ),
        ANY_METHOD: ngettext(
            "%(n)s of %(total)s vote or adoption without a vote",
            "%(n)s of %(total)s votes and adoptions without a vote",
            n,
        ),
    }


def _lowered(name: str) -> str:
    """Return a session's name for use within a sentence."""
    return name[:1].lower() + name[1:]


def _kind(kind: str) -> str:
    """Return the phrase for a kind of roll call."""
    return {
        RollCall.Kind.TEXT: _("%(what)s on whole texts"),
        RollCall.Kind.AMENDMENT: _("%(what)s on amendments"),
        RollCall.Kind.PARAGRAPH: _("%(what)s on paragraphs"),
        RollCall.Kind.PARAGRAPH_AMENDMENT: _("%(what)s on amendments to paragraphs"),
        RollCall.Kind.MOTION: _("%(what)s on motions"),
        RollCall.Kind.PROCEDURAL: _("%(what)s on questions of procedure"),
    }[RollCall.Kind(kind)]


def _result(result: str, of: str) -> str:
    """Return the phrase for a result: texts are adopted, votes end in adoption."""
    if of == "resolutions":
        return {
            Result.ADOPTED: _("%(what)s adopted"),
            Result.REJECTED: _("%(what)s rejected"),
            Result.VETOED: _("%(what)s vetoed"),
            Result.NOT_STATED: _("%(what)s whose result is not on record"),
        }[Result(result)]
    return {
        Result.ADOPTED: _("%(what)s that ended in adoption"),
        Result.REJECTED: _("%(what)s that ended in rejection"),
        Result.VETOED: _("%(what)s that ended in a veto"),
        Result.NOT_STATED: _("%(what)s whose result is not on record"),
    }[Result(result)]


def _choice(word: str) -> str:
    """Return the phrase for the choice of the listing's own state."""
    return {
        Choice.YES: _("%(what)s in which it voted in favour"),
        Choice.NO: _("%(what)s in which it voted against"),
        Choice.ABSTAINING: _("%(what)s in which it abstained"),
        Choice.NON_VOTING: _("%(what)s in which it did not vote"),
    }[Choice.from_word(word)] % {"what": WHAT}


def condition_clause(condition: Position | Difference | Accord) -> str:
    """Return a condition on how members voted as a clause: "the United States voted against"."""
    if isinstance(condition, Difference | Accord):
        clause = (
            _("%(one)s voted differently from %(other)s")
            if isinstance(condition, Difference)
            else _("%(one)s voted the same as %(other)s")
        )
        return clause % {"one": party_phrase(condition.one), "other": party_phrase(condition.other)}
    clause = {
        WORDS[Choice.YES]: _("%(who)s voted in favour"),
        WORDS[Choice.NO]: _("%(who)s voted against"),
        WORDS[Choice.ABSTAINING]: _("%(who)s abstained"),
        WORDS[Choice.NON_VOTING]: _("%(who)s did not vote"),
        TIED_WORD: _("the votes of %(who)s were tied"),
    }[condition.word]
    return clause % {"who": party_phrase(condition.party)}


def party_phrase(party: Party) -> str:
    """Return a party for use within a sentence: "the United States, France and the Russian Federation"."""
    if party.bloc:
        return party.names[0] if party.bloc in BLOCS_WITHOUT_ARTICLE else _("the %(name)s") % {"name": party.names[0]}
    names = [
        _("the %(name)s") % {"name": name} if code in STATES_WITH_ARTICLE else name
        for code, name in zip(party.codes, party.names, strict=True)
    ]
    return joined_with_and(names)
