"""Findings in words: one sentence a kind, made from its details when it is shown, so that it can be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from votes.choices import Choice
from votes.models.imports import FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from votes.models import Finding

# What may be wrong with rows of a file. The details of a finding fill the placeholders.
PROBLEMS = {
    "unknown-code": gettext_lazy("“%(value)s” (%(name)s) is no code of a member state; its rows were left out."),
    "unknown-choice": gettext_lazy("“%(value)s” is no choice (Y, N, A, X or NV); the row was left out."),
    "unreadable-date": gettext_lazy("“%(value)s” is no date; dates look like 2022-03-02. The rows were left out."),
    "unreadable-total": gettext_lazy("“%(value)s” is no number; the total was left empty."),
    "unreadable-symbol": gettext_lazy("“%(value)s” is no symbol that can be read; the rows were left out."),
    "unread-symbol": gettext_lazy("“%(value)s” is no symbol that can be read; the vote stands without a resolution."),
    "unknown-session": gettext_lazy("There is no session “%(value)s”; the session was left empty."),
    "unknown-topic": gettext_lazy("“%(value)s” is no topic of this record; it was left out."),
    "unknown-method": gettext_lazy("“%(value)s” is no modality that is known; the row was left out."),
    "unknown-roll-call": gettext_lazy("No roll call has the number “%(value)s”; its rows were left out."),
    "no-code": gettext_lazy("“%(value)s” has no code, and the name is not known; its rows were left out."),
    "vote-twice": gettext_lazy("%(state)s has two different votes, %(choices)s; both were left out."),
    "facts-differ": gettext_lazy(
        "Rows of one vote disagree: %(values)s. The cell was left empty, or the vote left out where it needs it."
    ),
    "symbol-twice": gettext_lazy("Two records have the symbol %(value)s; only the first was taken."),
    "page-number": gettext_lazy("“%(value)s” may be a page number and not a symbol; no text on record confirms it."),
    "votes-disagree": gettext_lazy(
        "“%(value)s” names %(symbol)s, but the votes are not those of that text (%(share)s%% agree); "
        "it stands without a resolution."
    ),
    "own-letter": gettext_lazy("“%(value)s” is a name of the source’s own, and no symbol of the United Nations."),
    "second-vote": gettext_lazy(
        "Another vote of the same kind goes by “%(value)s”; this one may be a motion on the text."
    ),
    "name-unknown": gettext_lazy("%(state)s is called “%(value)s” in the file, a name the record does not have."),
    "dates-differ": gettext_lazy(
        "%(state)s is a Member from %(value)s in the file, and from %(recorded)s in the record."
    ),
    "draft-kept": gettext_lazy(
        "An editor’s draft of this vote is on record; it was kept, and the file’s was not shown."
    ),
    "slug-taken": gettext_lazy("The name “%(value)s” belongs to another vote here; the row was left out."),
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


def sentence(finding: Finding) -> str:
    """Return what was found, in a sentence of the active language."""
    return SENTENCES[FindingKind(finding.kind)](finding.details)


def _totals(details: Mapping[str, Any]) -> str:
    """Say where announced and counted totals differ."""
    said = [
        _("%(choice)s %(announced)d announced, %(counted)d counted")
        % {"choice": Choice(choice).label, "announced": announced, "counted": counted}
        for choice, announced, counted in details["differences"]
    ]
    return _("Announced and counted totals differ: %(said)s.") % {"said": "; ".join(said)}


def _electorate(details: Mapping[str, Any]) -> str:
    """Say who voted and was no member, and which members have no vote."""
    said = []
    if details.get("strangers"):
        said.append(_("not members on that date: %(codes)s") % {"codes": ", ".join(details["strangers"])})
    if details.get("missing"):
        said.append(_("members without a vote: %(codes)s") % {"codes": ", ".join(details["missing"])})
    return _("Votes and members of the date differ: %(said)s.") % {"said": "; ".join(said)}


def _sources(details: Mapping[str, Any]) -> str:
    """Say what another source says otherwise."""
    said = [
        _("%(fact)s “%(stated)s”, here “%(recorded)s”")
        % {"fact": FACTS.get(fact, fact), "stated": stated, "recorded": recorded}
        for fact, (recorded, stated) in details.get("facts", {}).items()
    ]
    said += [
        _("%(state)s %(stated)s, here %(recorded)s")
        % {"state": state, "stated": _choice(stated), "recorded": _choice(recorded)}
        for state, (recorded, stated) in details.get("votes", {}).items()
    ]
    return _("%(source)s says otherwise: %(said)s.") % {"source": details["source"], "said": "; ".join(said)}


def _choice(choice: str | None) -> str:
    """Return a choice in words, or that there is none."""
    return str(Choice(choice).label) if choice else _("no vote")


def _result(details: Mapping[str, Any]) -> str:
    """Say what the figures make of the proposal."""
    return _("Recorded as %(recorded)s; by the figures %(figures)s it would be %(computed)s.") % dict(details)


def _problem(details: Mapping[str, Any]) -> str:
    """Say what is wrong with rows of a file."""
    place = _("%(file)s, line %(line)s, column %(column)s") % {
        name: details.get(name, "") for name in ("file", "line", "column")
    }
    return f"{place}: {PROBLEMS[details['problem']] % details}"


def _plain(text: Any) -> Callable[[Mapping[str, Any]], str]:
    """Return the function that fills ``text`` with the details."""
    return lambda details: str(text) % dict(details)


SENTENCES: dict[FindingKind, Callable[[Mapping[str, Any]], str]] = {
    FindingKind.TOTALS: _totals,
    FindingKind.ELECTORATE: _electorate,
    FindingKind.SOURCES: _sources,
    FindingKind.RESULT: _result,
    FindingKind.NO_VOTES: _plain(gettext_lazy("A recorded vote without its votes by member state.")),
    FindingKind.DUPLICATE_SYMBOL: _plain(
        gettext_lazy("%(symbol)s has more than one vote on the whole text: %(slugs)s.")
    ),
    FindingKind.NO_SYMBOL: _plain(gettext_lazy("A vote that belongs to no resolution (%(reference)s).")),
    FindingKind.BLOC_DATES: _plain(
        gettext_lazy("%(state)s is in %(bloc)s from %(since)s, and not a Member then: %(seat)s.")
    ),
    FindingKind.UNKNOWN_CODE: _problem,
    FindingKind.UNREADABLE: _problem,
    FindingKind.CONFLICT: _problem,
    FindingKind.UNMATCHED: _problem,
}
