"""Kinds of findings in words: one sentence a kind, made from its details when it is shown, so it can be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resolutions.dates import dated, from_iso, iso_dated
from resolutions.figures import grouped
from votes.choices import Choice
from votes.models.roll_calls import RollCallKind, RollCallMethod
from votes.periods import last_day
from votes.rules import Requirement, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django_stubs_ext import StrPromise


class FindingKind(TextChoices):
    """What a finding is about."""

    TOTALS = "totals", gettext_lazy("announced and counted totals differ")
    ELECTORATE = "electorate", gettext_lazy("votes and members of the date differ")
    ADMISSION = "admission", gettext_lazy("new member listed early or missing")
    NO_SEAT = "no-seat", gettext_lazy("listed without a seat")
    SOURCES = "sources", gettext_lazy("sources disagree")
    RESULT = "result", gettext_lazy("result and figures disagree")
    NO_VOTES = "no-votes", gettext_lazy("votes missing")
    DUPLICATE_SYMBOL = "duplicate-symbol", gettext_lazy("two votes on one text")
    NO_SYMBOL = "no-symbol", gettext_lazy("no resolution")
    BLOC_DATES = "bloc-dates", gettext_lazy("dates of a bloc")
    UNKNOWN_CODE = "unknown-code", gettext_lazy("code not known")
    UNREADABLE = "unreadable", gettext_lazy("cell that cannot be read")
    CONFLICT = "conflict", gettext_lazy("rows that contradict each other")
    UNMATCHED = "unmatched", gettext_lazy("symbol that leads to no text")


# A sentence that would name more than these says how many more there are.
MOST_NAMED = 20

# What a kind of finding means, and what readers should make of it.
MEANINGS = {
    FindingKind.TOTALS: gettext_lazy(
        "The figures that the President announced are not those counted from the votes by member state. "
        "Both are shown; neither is corrected by the other."
    ),
    FindingKind.ELECTORATE: gettext_lazy(
        "A state has a vote though it was not a member of the body on that date, or a member has none. Often it is "
        "the date that is wrong."
    ),
    FindingKind.ADMISSION: gettext_lazy(
        "A source lists a new member of the United Nations before its admission, or leaves it out of votes on that "
        "day, some of which were taken before it was admitted."
    ),
    FindingKind.NO_SEAT: gettext_lazy(
        "A source lists a state as non-voting in votes of a time in which it held no seat in the General Assembly."
    ),
    FindingKind.SOURCES: gettext_lazy(
        "Another source says otherwise than the record. The record follows an editor before the UN Digital Library, "
        "this before Sciences Po’s table of the Security Council, and this before Voeten’s data."
    ),
    FindingKind.RESULT: gettext_lazy(
        "By the majority required, nine votes and the veto in the Security Council among them, the figures make "
        "another result than the recorded one."
    ),
    FindingKind.NO_VOTES: gettext_lazy("The vote was recorded, but who voted how is not here."),
    FindingKind.DUPLICATE_SYMBOL: gettext_lazy(
        "A text has more than one vote on the whole of it: it was voted on again, or a vote stands on the wrong text."
    ),
    FindingKind.NO_SYMBOL: gettext_lazy(
        "The source names no resolution for the vote, or none that can be told with certainty."
    ),
    FindingKind.BLOC_DATES: gettext_lazy(
        "A membership of a bloc cannot be right by the state’s seat in the General Assembly, or a bloc’s name is "
        "taken for a state’s."
    ),
    FindingKind.UNKNOWN_CODE: gettext_lazy(
        "A file names a member state by an unknown code; its rows were not imported."
    ),
    FindingKind.UNREADABLE: gettext_lazy("A cell of a file is not what its column should hold."),
    FindingKind.CONFLICT: gettext_lazy("Rows of a file say different things of one vote."),
    FindingKind.UNMATCHED: gettext_lazy("What a file says could not be matched with the record for certain."),
}

# What may be wrong with rows of a file. The details of a finding fill the placeholders.
PROBLEMS = {
    "unknown-code": gettext_lazy("“%(value)s” (%(name)s) is no code of a member state; its rows were left out."),
    "unknown-choice": gettext_lazy("“%(value)s” is no choice (Y, N, A, X or NV); the row was left out."),
    "unreadable-date": gettext_lazy("“%(value)s” is no date; dates look like 2022-03-02. The rows were left out."),
    "future-date": gettext_lazy("“%(value)s” is still to come; the rows were left out."),
    "unreadable-total": gettext_lazy("“%(value)s” is no number; the total was left empty."),
    "unreadable-symbol": gettext_lazy("“%(value)s” is no symbol that can be read; the rows were left out."),
    "no-symbol-cell": gettext_lazy("The cell of the symbol is empty; the rows were left out."),
    "other-body": gettext_lazy(
        "“%(value)s” is a text of another body than this file is about; the rows were left out."
    ),
    "unread-symbol": gettext_lazy("“%(value)s” is no symbol that can be read; the vote stands without a resolution."),
    "unknown-session": gettext_lazy("There is no session “%(value)s”; the session was left empty."),
    "unknown-topic": gettext_lazy("“%(value)s” is no topic of this record; it was left out."),
    "no-choice": gettext_lazy(
        "%(value)s is listed without a choice that can be read. It is in no total and is not counted as absent."
    ),
    "unknown-method": gettext_lazy(
        "The modality “%(value)s” does not say whether there was a vote; the row was left out."
    ),
    "unknown-result": gettext_lazy("“%(value)s” is not a known result (vetoed or not-adopted); the row was left out."),
    "double-row": gettext_lazy("The source says of the row: “%(value)s”. It was left out."),
    "other-result": gettext_lazy(
        "The same vote, with the same members for and against, is in the table once more as vetoed; this row, which "
        "says “%(value)s”, was left out."
    ),
    "vetoed-by": gettext_lazy("The source says that %(value)s vetoed it; the permanent members against: %(against)s."),
    "unknown-modality": gettext_lazy(
        "The modality “%(value)s” does not say how the vote was taken; it was read as a recorded vote."
    ),
    "no-modality": gettext_lazy(
        "The cell of the modality is empty for %(texts)s texts; each was read as a recorded vote, since the file has "
        "its votes by member state."
    ),
    "unknown-roll-call": gettext_lazy("No roll call has the number “%(value)s”; its rows were left out."),
    "no-code": gettext_lazy("“%(value)s” has no code, and the name is not known; its rows were left out."),
    "fragment": gettext_lazy(
        "Only %(listed)s of %(members)s members are listed in “%(value)s”: too few to be a whole vote. It was left out."
    ),
    "vote-twice": gettext_lazy("%(state)s has two different votes, %(choices)s; both were left out."),
    "facts-differ": gettext_lazy(
        "Rows of one vote disagree: %(values)s. The cell was left empty, or the vote left out where it needs it."
    ),
    "symbol-twice": gettext_lazy(
        "More than one record has the symbol %(value)s: %(kept)s, the lowest number, was taken; %(left_out)s left out."
    ),
    "listed-again": gettext_lazy(
        "“%(value)s” is the vote on %(symbol)s listed again (rcid %(kept)s was kept); it was left out. All votes agree."
    ),
    "listed-otherwise": gettext_lazy(
        "“%(value)s” is the vote on %(symbol)s listed again (rcid %(kept)s was kept); it was left out. "
        "States whose votes differ, %(differ)s: %(states)s."
    ),
    "page-number": gettext_lazy("“%(value)s” may be a page number and not a symbol; no text on record confirms it."),
    "votes-disagree": gettext_lazy(
        "“%(value)s” names %(symbol)s, but the votes are not those of that text (%(share)s%% agree); "
        "it stands without a resolution."
    ),
    "own-letter": gettext_lazy("“%(value)s” is a name of the source’s own, and no symbol of the United Nations."),
    "second-vote": gettext_lazy(
        "Another vote of the same kind goes by “%(value)s”; this one may be a motion on the text."
    ),
    "not-adopted": gettext_lazy(
        "“%(value)s” had no more votes in favour than against, so that no resolution was adopted; "
        "the vote stands without one."
    ),
    "name-unknown": gettext_lazy("%(state)s is called “%(value)s” in the file, a name the record does not have."),
    "dates-differ": gettext_lazy(
        "%(state)s is a Member from %(value)s in the file, and from %(recorded)s in the record."
    ),
    "draft-kept": gettext_lazy(
        "An editor’s draft of this vote is on record; it was kept, and the file’s was not shown."
    ),
    "slug-taken": gettext_lazy("The name “%(value)s” belongs to another vote here; the row was left out."),
    "slug-retired": gettext_lazy(
        "The vote “%(value)s” was withdrawn here, or merged with another record; the row was left out."
    ),
}

# A problem that a newer release named.
UNNAMED = gettext_lazy("%(problem)s: “%(value)s”.")

# What may be wrong with a membership of a bloc, or with a bloc.
BLOC_PROBLEMS = {
    "never": gettext_lazy(
        "%(state)s is in %(bloc)s from %(since)s to %(last)s, and had no seat in the General Assembly then."
    ),
    "before": gettext_lazy(
        "%(state)s is in %(bloc)s, a group of members of the United Nations, from %(since)s; "
        "its seat began on %(seat)s."
    ),
    "after": gettext_lazy(
        "%(state)s is in %(bloc)s to %(last)s; the last day of its seat in the General Assembly was %(seat)s."
    ),
    "code": gettext_lazy("The name “%(slug)s” of %(bloc)s spells %(state)s, the code of a member state."),
}

# Facts of a roll call and its text as they are named in a sentence.
FACTS = {
    "date": gettext_lazy("date"),
    "date_precision": gettext_lazy("precision of the date"),
    "session": gettext_lazy("session"),
    "symbol": gettext_lazy("symbol"),
    "meeting": gettext_lazy("meeting"),
    "ordinal": gettext_lazy("ordinal"),
    "kind": gettext_lazy("kind"),
    "method": gettext_lazy("method"),
    "requirement": gettext_lazy("requirement"),
    "result": gettext_lazy("result"),
    "announced_yes": gettext_lazy("announced in favour"),
    "announced_no": gettext_lazy("announced against"),
    "announced_abstaining": gettext_lazy("announced abstaining"),
    "announced_non_voting": gettext_lazy("announced non-voting"),
    "title": gettext_lazy("title"),
    "note": gettext_lazy("note"),
}


def sentence(kind: str, details: Mapping[str, Any]) -> str:
    """Return what a finding of this kind found, in a sentence of the active language."""
    return SENTENCES[FindingKind(kind)](details)


def _dated(details: Mapping[str, Any], *names: str) -> _Details:
    """Return details with the dates of these names as readers are shown them."""
    return _Details({**details, **{name: iso_dated(str(details[name])) for name in names if details.get(name)}})


def _last_day(until: str) -> str:
    """Return the last day of what ended at ``until``, a date in ISO 8601 as far as it is known."""
    found = from_iso(until)
    return dated(last_day(*found), found[1]) if found else until


def _totals(details: Mapping[str, Any]) -> str:
    said = [
        _("%(choice)s %(announced)d announced, %(counted)d counted")
        % {"choice": Choice(choice).label, "announced": announced, "counted": counted}
        for choice, announced, counted in details["differences"]
    ]
    return _("Announced and counted totals differ: %(said)s.") % {"said": "; ".join(said)}


def _electorate(details: Mapping[str, Any]) -> str:
    said = []
    if details.get("strangers"):
        said.append(_("not members on that date: %(codes)s") % {"codes": _listed(details["strangers"], ", ")})
    if details.get("missing"):
        said.append(_("members without a vote: %(codes)s") % {"codes": _listed(details["missing"], ", ")})
    return _("Votes and members of the date differ: %(said)s.") % {"said": "; ".join(said)}


def _admission(details: Mapping[str, Any]) -> str:
    """Say in which votes a new member is listed before its admission, and in which of that day it is missing."""
    said, in_words = [], _dated(details, "since")
    if details.get("before"):
        number, first, last = details["before"]
        said.append(
            ngettext(
                "%(state)s is listed as non-voting in %(number)s vote of %(first)s, before its admission on %(since)s.",
                "%(state)s is listed as non-voting in %(number)s votes from %(first)s to %(last)s, before its "
                "admission on %(since)s.",
                number,
            )
            % {**in_words, "number": grouped(number), "first": iso_dated(first), "last": iso_dated(last)}
        )
    if number := details.get("on_the_day", 0):
        said.append(
            ngettext(
                "%(state)s is not listed in %(number)s vote of %(since)s, the day of its admission: it was admitted "
                "after the vote, or the source left it out.",
                "%(state)s is not listed in %(number)s votes of %(since)s, the day of its admission: it was admitted "
                "after them, or the source left it out.",
                number,
            )
            % {**in_words, "number": grouped(number)}
        )
    return f"{' '.join(said)} ({_listed(details['slugs'], ', ')})"


def _no_seat(details: Mapping[str, Any]) -> str:
    """Say in which time a state is listed though it held no seat, and what is known of that."""
    number, first, last = details["before"]
    said = ngettext(
        "%(state)s is listed as non-voting in %(number)s vote of %(first)s, and held no seat from %(left)s to "
        "%(back)s.",
        "%(state)s is listed as non-voting in %(number)s votes from %(first)s to %(last)s, and held no seat from "
        "%(left)s to %(back)s.",
        number,
    ) % {
        **details,
        "number": grouped(number),
        "first": iso_dated(first),
        "last": iso_dated(last),
        "left": iso_dated(details["until"]),
        "back": _last_day(details["since"]),
    }
    return f"{said} {details['reason']}".strip()


def _sources(details: Mapping[str, Any]) -> str:
    facts, votes = details.get("facts", {}), details.get("votes", {})
    said = [
        _("%(fact)s “%(stated)s”, here “%(recorded)s”")
        % {"fact": FACTS[fact], "stated": _value(fact, facts[fact][1]), "recorded": _value(fact, facts[fact][0])}
        for fact in FACTS
        if fact in facts
    ]
    said += [
        _("%(state)s %(stated)s, here %(recorded)s")
        % {"state": state, "stated": _choice(stated), "recorded": _choice(recorded)}
        for state, (recorded, stated) in sorted(votes.items())
    ]
    return _("%(source)s says otherwise: %(said)s.") % {"source": details["source"], "said": _listed(said, "; ")}


def _value(fact: str, value: str) -> StrPromise | str:
    if fact == "date":
        return iso_dated(value)
    return LABELS[fact](value).label if fact in LABELS else value


def _listed(said: Sequence[str], separator: str) -> str:
    """Return what is said as a list, with how many more there are where they are many."""
    more = len(said) - MOST_NAMED
    if more <= 0:
        return separator.join(said)
    rest = ngettext("%(number)s more", "%(number)s more", more) % {"number": more}
    return separator.join([*said[:MOST_NAMED], rest])


def _choice(choice: str | None) -> str:
    return str(Choice(choice).label).lower() if choice else _("no vote")


def _result(details: Mapping[str, Any]) -> str:
    return _("Recorded as %(recorded)s; by the figures %(figures)s it would be %(computed)s.") % {
        "recorded": Result(details["recorded"]).label,
        "figures": details["figures"],
        "computed": Result(details["computed"]).label,
    }


def _duplicate(details: Mapping[str, Any]) -> str:
    return _("%(symbol)s has more than one vote on the whole text: %(slugs)s.") % {
        "symbol": details["symbol"],
        "slugs": _listed(details["slugs"], ", "),
    }


def _no_symbol(details: Mapping[str, Any]) -> str:
    if details.get("reference"):
        return _("A vote that belongs to no resolution (%(reference)s).") % {"reference": details["reference"]}
    return _("A vote that belongs to no resolution.")


def _bloc(details: Mapping[str, Any]) -> str:
    said = _dated(details, "since", "seat")
    said["last"] = _last_day(details["until"]) if details.get("until") else _("today")
    if details["problem"] == "after":
        said["seat"] = _last_day(details["seat"])
    return str(BLOC_PROBLEMS[details["problem"]]) % said


def _problem(details: Mapping[str, Any]) -> str:
    """Say where rows of a file have a problem, and which; what the record itself shows stands nowhere in a file."""
    place = [str(details[name]) for name in ("file",) if details.get(name)]
    if details.get("line"):
        place.append(_("line %(line)s") % {"line": details["line"]})
    if details.get("column"):
        place.append(_("column %(column)s") % {"column": details["column"]})
    # What else stands in a file is quoted as it stands there.
    dates = ("value", "recorded") if details["problem"] == "dates-differ" else ()
    said = str(PROBLEMS.get(details["problem"], UNNAMED)) % _dated(details, *dates)
    return f"{', '.join(place)}: {said}" if place else said


class _Details(dict[str, Any]):
    """Details to fill a sentence with; where one is missing the rest is worth saying all the same."""

    def __missing__(self, name: str) -> str:
        return "–"


# The facts whose values have names.
LABELS = {"kind": RollCallKind, "method": RollCallMethod, "requirement": Requirement, "result": Result}

SENTENCES: dict[FindingKind, Callable[[Mapping[str, Any]], str]] = {
    FindingKind.TOTALS: _totals,
    FindingKind.ELECTORATE: _electorate,
    FindingKind.ADMISSION: _admission,
    FindingKind.NO_SEAT: _no_seat,
    FindingKind.SOURCES: _sources,
    FindingKind.RESULT: _result,
    FindingKind.NO_VOTES: lambda _details: _("A recorded vote without its votes by member state."),
    FindingKind.DUPLICATE_SYMBOL: _duplicate,
    FindingKind.NO_SYMBOL: _no_symbol,
    FindingKind.BLOC_DATES: _bloc,
    FindingKind.UNKNOWN_CODE: _problem,
    FindingKind.UNREADABLE: _problem,
    FindingKind.CONFLICT: _problem,
    FindingKind.UNMATCHED: _problem,
}
