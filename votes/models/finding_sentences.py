"""Kinds of findings and their sentences, made from the details when shown, so that they can be translated."""

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
    ELECTORATE = "electorate", gettext_lazy("votes do not match the members on that date")
    ADMISSION = "admission", gettext_lazy("new member listed early or missing")
    NO_SEAT = "no-seat", gettext_lazy("state listed while it had no seat")
    SOURCES = "sources", gettext_lazy("sources disagree")
    RESULT = "result", gettext_lazy("result does not match the figures")
    NO_VOTES = "no-votes", gettext_lazy("votes missing")
    DUPLICATE_SYMBOL = "duplicate-symbol", gettext_lazy("several votes on one text")
    NO_SYMBOL = "no-symbol", gettext_lazy("vote without a resolution")
    IMPLAUSIBLE = "implausible", gettext_lazy("facts contradict each other")
    BLOC_DATES = "bloc-dates", gettext_lazy("impossible dates of a bloc")
    UNKNOWN_CODE = "unknown-code", gettext_lazy("unknown state code")
    UNREADABLE = "unreadable", gettext_lazy("unreadable cell")
    CONFLICT = "conflict", gettext_lazy("contradictory rows")
    UNMATCHED = "unmatched", gettext_lazy("symbol without a matching text")


# A sentence that would name more than these says how many more there are.
MOST_NAMED = 20

# What a kind of finding means, and what readers should make of it.
MEANINGS = {
    FindingKind.TOTALS: gettext_lazy(
        "The totals that the President announced differ from those counted from the votes of member "
        "states. Both are shown; neither is changed to match the other."
    ),
    FindingKind.ELECTORATE: gettext_lazy(
        "A state has a vote although it was not a member of the body on that date, or a member has no "
        "vote. Often the date is wrong."
    ),
    FindingKind.ADMISSION: gettext_lazy(
        "A source lists a new member of the United Nations before its admission, or does not list it in "
        "votes on the day of its admission, some of which were taken before it was admitted."
    ),
    FindingKind.NO_SEAT: gettext_lazy(
        "A source lists a state as non-voting at a time when it had no seat in the General Assembly."
    ),
    FindingKind.SOURCES: gettext_lazy(
        "A source disagrees with the record. The record takes its facts in this order: an editor, the UN "
        "Digital Library, Sciences Po’s table of the Security Council, Voeten’s data."
    ),
    FindingKind.RESULT: gettext_lazy(
        "The recorded result does not follow from the figures and the majority required (in the Security "
        "Council: nine votes and no veto)."
    ),
    FindingKind.NO_VOTES: gettext_lazy(
        "The vote was recorded, but this record does not have the votes of member states."
    ),
    FindingKind.DUPLICATE_SYMBOL: gettext_lazy(
        "A text has more than one vote on the whole text: it was voted on again, or a vote is assigned to "
        "the wrong text."
    ),
    FindingKind.NO_SYMBOL: gettext_lazy(
        "The source names no resolution for the vote, or the resolution cannot be identified with certainty."
    ),
    FindingKind.IMPLAUSIBLE: gettext_lazy(
        "The symbol, body, session, meeting or date of a vote or text contradict each other, or two texts have the "
        "same symbol."
    ),
    FindingKind.BLOC_DATES: gettext_lazy(
        "A state is listed in a bloc at a time when it had no seat in the General Assembly, or a bloc’s "
        "name in addresses is also the code of a state."
    ),
    FindingKind.UNKNOWN_CODE: gettext_lazy(
        "A file names a member state by an unknown code; its rows were not imported."
    ),
    FindingKind.UNREADABLE: gettext_lazy("A cell of a file has a value that does not fit its column."),
    FindingKind.CONFLICT: gettext_lazy("Rows of a file contradict each other about the same vote."),
    FindingKind.UNMATCHED: gettext_lazy("A row of a file could not be matched with the record with certainty."),
}

# What may be wrong with rows of a file. The details of a finding fill the placeholders.
PROBLEMS = {
    "unknown-code": gettext_lazy("Unknown state code “%(value)s” (%(name)s); its rows were not imported."),
    "unknown-choice": gettext_lazy("Unknown choice “%(value)s” (expected Y, N, A, X or NV); the row was not imported."),
    "unreadable-date": gettext_lazy("“%(value)s” is not a date such as 2022-03-02; the rows were not imported."),
    "future-date": gettext_lazy("“%(value)s” is in the future; the rows were not imported."),
    "unreadable-total": gettext_lazy("“%(value)s” is not a number; the total was left empty."),
    "unreadable-symbol": gettext_lazy("Unreadable symbol “%(value)s”; the rows were not imported."),
    "no-symbol-cell": gettext_lazy("The symbol is missing; the rows were not imported."),
    "other-body": gettext_lazy(
        "“%(value)s” is a text of a different body than this file covers; the rows were not imported."
    ),
    "unread-symbol": gettext_lazy("Unreadable symbol “%(value)s”; the vote was imported without a resolution."),
    "unknown-session": gettext_lazy("Unknown session “%(value)s”; the session was left empty."),
    "unknown-topic": gettext_lazy("Unknown topic “%(value)s”; it was ignored."),
    "no-choice": gettext_lazy("The choice of %(value)s cannot be read. It is not counted in any total, nor as absent."),
    "unknown-method": gettext_lazy(
        "The modality “%(value)s” does not say whether there was a vote; the row was not imported."
    ),
    "unknown-result": gettext_lazy(
        "Unknown result “%(value)s” (expected vetoed or not-adopted); the row was not imported."
    ),
    "double-row": gettext_lazy("The source has this remark on the row: “%(value)s”. The row was not imported."),
    "other-result": gettext_lazy(
        "The table lists the same vote, with the same members for and against, a second time as vetoed; "
        "this row, which says “%(value)s”, was not imported."
    ),
    "ballot": gettext_lazy(
        "“%(value)s” was decided by secret ballot or election, which has no votes by name; the row was not "
        "imported. If a text was adopted, record it with the method “secret ballot or election”, which needs no votes."
    ),
    "no-lists": gettext_lazy(
        "No member is listed for “%(value)s”, so it is not known who voted how; the row was not imported. If a text "
        "was adopted, record it as a non-recorded vote or without a vote."
    ),
    "vetoed-by": gettext_lazy(
        "The source says that %(value)s vetoed it; the permanent members who voted against: %(against)s."
    ),
    "unknown-modality": gettext_lazy(
        "The modality “%(value)s” does not say how the vote was taken; it was imported as a recorded vote."
    ),
    "no-modality": gettext_lazy(
        "The modality is missing for %(texts)s texts; they were imported as recorded votes, because the "
        "file has the votes of member states."
    ),
    "unknown-roll-call": gettext_lazy("Unknown roll call number “%(value)s”; its rows were not imported."),
    "no-code": gettext_lazy("Unknown state “%(value)s” without a code; its rows were not imported."),
    "fragment": gettext_lazy(
        "Only %(listed)s of %(members)s members are listed in “%(value)s”, too few for a complete vote; it "
        "was not imported."
    ),
    "vote-twice": gettext_lazy("%(state)s has two different votes, %(choices)s; neither was imported."),
    "facts-differ": gettext_lazy(
        "Rows of the same vote disagree: %(values)s. The value was left empty; if it is required, the vote "
        "was not imported."
    ),
    "symbol-twice": gettext_lazy(
        "Several records have the symbol %(value)s: %(kept)s, the lowest number, was imported; not "
        "imported: %(left_out)s."
    ),
    "listed-again": gettext_lazy(
        "“%(value)s” repeats the vote on %(symbol)s (rcid %(kept)s) and was not imported. All votes agree."
    ),
    "listed-otherwise": gettext_lazy(
        "“%(value)s” repeats the vote on %(symbol)s (rcid %(kept)s) and was not imported. The votes of "
        "some states differ (%(differ)s): %(states)s."
    ),
    "page-number": gettext_lazy(
        "“%(value)s” may be a page number rather than a symbol; no text in the record confirms it."
    ),
    "votes-disagree": gettext_lazy(
        "“%(value)s” names %(symbol)s, but the votes do not match that text (%(share)s%% agree); the vote "
        "was imported without a resolution."
    ),
    "own-letter": gettext_lazy("“%(value)s” is the source’s own name, not a United Nations symbol."),
    "second-vote": gettext_lazy(
        "Another vote of the same kind also has the symbol “%(value)s”; this one may be a motion on the text."
    ),
    "not-adopted": gettext_lazy(
        "“%(value)s” did not have more votes in favour than against, so no resolution was adopted; the "
        "vote was imported without one."
    ),
    "name-unknown": gettext_lazy("The file calls %(state)s “%(value)s”, a name that the record does not have."),
    "dates-differ": gettext_lazy(
        "The file says that %(state)s became a Member on %(value)s, the record says %(recorded)s."
    ),
    "draft-kept": gettext_lazy(
        "An editor’s draft of this vote already exists. The draft was kept, and the vote from the file was "
        "not published."
    ),
    "slug-taken": gettext_lazy(
        "The permanent name “%(value)s” belongs to another vote here; the row was not imported."
    ),
    "slug-retired": gettext_lazy(
        "The vote “%(value)s” was withdrawn here or merged with another record; the row was not imported."
    ),
}

# For problems recorded by a newer release, which this one has no sentence for.
UNNAMED = gettext_lazy("%(problem)s: “%(value)s”.")

# What may be wrong with a membership of a bloc, or with a bloc.
BLOC_PROBLEMS = {
    "never": gettext_lazy(
        "%(state)s is listed in %(bloc)s from %(since)s to %(last)s, when it had no seat in the General Assembly."
    ),
    "before": gettext_lazy(
        "%(state)s is listed in %(bloc)s, a group of UN members, from %(since)s, but its seat began only on %(seat)s."
    ),
    "after": gettext_lazy(
        "%(state)s is listed in %(bloc)s to %(last)s, but its seat in the General Assembly ended on %(seat)s."
    ),
    "code": gettext_lazy(
        "The name of %(bloc)s in addresses, “%(slug)s”, is also the code of a member state (%(state)s)."
    ),
}

# What of the facts of a vote or a text contradicts another.
IMPLAUSIBLE = {
    "future": gettext_lazy("The date, %(date)s, is in the future."),
    "no-symbol": gettext_lazy("“%(symbol)s” is not a United Nations document symbol."),
    "odd-symbol": gettext_lazy("“%(symbol)s” does not have the form of a known document symbol."),
    "symbol-body": gettext_lazy("%(symbol)s is the symbol of a text of another body."),
    "symbol-session": gettext_lazy("%(symbol)s belongs to another session than the one given (%(session)s)."),
    "draft-session": gettext_lazy("The draft %(symbol)s belongs to another session than the one given (%(session)s)."),
    "session-date": gettext_lazy("Session %(session)s was not open on %(date)s."),
    "session-of-text": gettext_lazy(
        "The vote is in session %(session)s, but its text, %(symbol)s, is in session %(text_session)s."
    ),
    "meeting-body": gettext_lazy("%(meeting)s is a meeting of another body."),
    "meeting-session": gettext_lazy(
        "The meeting %(meeting)s belongs to another session than the one given (%(session)s)."
    ),
    "symbol-year": gettext_lazy("The vote is dated %(date)s, but %(symbol)s is from another year."),
    "draft-year": gettext_lazy("The vote is dated %(date)s, but the draft %(symbol)s is from another year."),
    "shared-symbol": gettext_lazy(
        "%(symbol)s and %(other)s both have the symbol %(shared)s. Its address can lead to only one of them."
    ),
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
    parts = [
        _("%(choice)s: %(announced)d announced, %(counted)d counted")
        % {"choice": Choice(choice).label, "announced": announced, "counted": counted}
        for choice, announced, counted in details["differences"]
    ]
    return _("Announced and counted totals differ: %(differences)s.") % {"differences": "; ".join(parts)}


def _electorate(details: Mapping[str, Any]) -> str:
    parts = []
    if details.get("strangers"):
        parts.append(
            _("votes of states that were not members: %(codes)s") % {"codes": _join(details["strangers"], ", ")}
        )
    if details.get("missing"):
        parts.append(_("members without a vote: %(codes)s") % {"codes": _join(details["missing"], ", ")})
    return _("Votes do not match the members on that date: %(differences)s.") % {"differences": "; ".join(parts)}


def _admission(details: Mapping[str, Any]) -> str:
    """Say in which votes a new member is listed before its admission, and in which of that day it is missing."""
    sentences, in_words = [], _dated(details, "since")
    if details.get("before"):
        number, first, last = details["before"]
        sentences.append(
            ngettext(
                "%(state)s is listed as non-voting in %(number)s vote on %(first)s, before its admission on %(since)s.",
                "%(state)s is listed as non-voting in %(number)s votes from %(first)s to %(last)s, before its "
                "admission on %(since)s.",
                number,
            )
            % {**in_words, "number": grouped(number), "first": iso_dated(first), "last": iso_dated(last)}
        )
    if number := details.get("on_the_day", 0):
        sentences.append(
            ngettext(
                "%(state)s is not listed in %(number)s vote on %(since)s, the day of its admission: either "
                "it was admitted after the vote, or the source omits it.",
                "%(state)s is not listed in %(number)s votes on %(since)s, the day of its admission: "
                "either it was admitted after them, or the source omits it.",
                number,
            )
            % {**in_words, "number": grouped(number)}
        )
    return f"{' '.join(sentences)} ({_join(details['slugs'], ', ')})"


def _no_seat(details: Mapping[str, Any]) -> str:
    """Say in which time a state is listed though it held no seat, and what is known of that."""
    number, first, last = details["before"]
    text = ngettext(
        "%(state)s is listed as non-voting in %(number)s vote on %(first)s, but it had no seat from "
        "%(left)s to %(back)s.",
        "%(state)s is listed as non-voting in %(number)s votes from %(first)s to %(last)s, but it had no "
        "seat from %(left)s to %(back)s.",
        number,
    ) % {
        **details,
        "number": grouped(number),
        "first": iso_dated(first),
        "last": iso_dated(last),
        "left": iso_dated(details["until"]),
        "back": _last_day(details["since"]),
    }
    return f"{text} {details['reason']}".strip()


def _sources(details: Mapping[str, Any]) -> str:
    facts, votes = details.get("facts", {}), details.get("votes", {})
    differences = [
        _("%(fact)s “%(stated)s” (in the record “%(recorded)s”)")
        % {"fact": FACTS[fact], "stated": _value(fact, facts[fact][1]), "recorded": _value(fact, facts[fact][0])}
        for fact in FACTS
        if fact in facts
    ]
    differences += [
        _("%(state)s %(stated)s (in the record %(recorded)s)")
        % {"state": state, "stated": _choice(stated), "recorded": _choice(recorded)}
        for state, (recorded, stated) in sorted(votes.items())
    ]
    return _("%(source)s disagrees with the record: %(differences)s.") % {
        "source": details["source"],
        "differences": _join(differences, "; "),
    }


def _value(fact: str, value: str) -> StrPromise | str:
    if fact == "date":
        return iso_dated(value)
    return LABELS[fact](value).label if fact in LABELS else value


def _join(items: Sequence[str], separator: str) -> str:
    """Return what is said as a list, with how many more there are where they are many."""
    more = len(items) - MOST_NAMED
    if more <= 0:
        return separator.join(items)
    rest = ngettext("%(number)s more", "%(number)s more", more) % {"number": more}
    return separator.join([*items[:MOST_NAMED], rest])


def _choice(choice: str | None) -> str:
    return str(Choice(choice).label).lower() if choice else _("no vote")


def _result(details: Mapping[str, Any]) -> str:
    return _("Recorded as %(recorded)s, but the figures (%(figures)s) give %(computed)s.") % {
        "recorded": Result(details["recorded"]).label,
        "figures": details["figures"],
        "computed": Result(details["computed"]).label,
    }


def _duplicate(details: Mapping[str, Any]) -> str:
    return _("%(symbol)s has more than one vote on the whole text: %(slugs)s.") % {
        "symbol": details["symbol"],
        "slugs": _join(details["slugs"], ", "),
    }


def _no_symbol(details: Mapping[str, Any]) -> str:
    if details.get("reference"):
        return _("A vote without a resolution (%(reference)s).") % {"reference": details["reference"]}
    return _("A vote without a resolution.")


def _bloc(details: Mapping[str, Any]) -> str:
    said = _dated(details, "since", "seat")
    said["last"] = _last_day(details["until"]) if details.get("until") else _("today")
    if details["problem"] == "after":
        said["seat"] = _last_day(details["seat"])
    return str(BLOC_PROBLEMS[details["problem"]]) % said


def _implausible(details: Mapping[str, Any]) -> str:
    return str(IMPLAUSIBLE[details["problem"]]) % _dated(details, "date", "opened", "closed")


def _problem(details: Mapping[str, Any]) -> str:
    """Say where rows of a file have a problem, and which; what the record itself shows stands nowhere in a file."""
    place = [str(details[name]) for name in ("file",) if details.get(name)]
    if details.get("line"):
        place.append(_("line %(line)s") % {"line": details["line"]})
    if details.get("column"):
        place.append(_("column %(column)s") % {"column": details["column"]})
    # What else stands in a file is quoted as it stands there.
    dates = ("value", "recorded") if details["problem"] == "dates-differ" else ()
    text = str(PROBLEMS.get(details["problem"], UNNAMED)) % _dated(details, *dates)
    return f"{', '.join(place)}: {text}" if place else text


class _Details(dict[str, Any]):
    """Details to fill a sentence with; a missing one is shown as a dash."""

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
    FindingKind.NO_VOTES: lambda _details: _("A recorded vote without the votes of member states."),
    FindingKind.DUPLICATE_SYMBOL: _duplicate,
    FindingKind.NO_SYMBOL: _no_symbol,
    FindingKind.IMPLAUSIBLE: _implausible,
    FindingKind.BLOC_DATES: _bloc,
    FindingKind.UNKNOWN_CODE: _problem,
    FindingKind.UNREADABLE: _problem,
    FindingKind.CONFLICT: _problem,
    FindingKind.UNMATCHED: _problem,
}
