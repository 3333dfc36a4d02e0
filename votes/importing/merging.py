"""Three-way merge of a file's facts and votes into a recorded roll call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resolutions.symbols import is_unnumbered
from votes.choices import Choice
from votes.importing.edition import parse_votes
from votes.importing.facts import Before, fact, facts_of, is_new_date, quoted
from votes.models import RollCall
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from votes.importing.edition import StatedRollCall, StatedText
    from votes.importing.plan import Plan
    from votes.importing.record import KnownRollCall, Record

TEXT_FACTS = {
    "text_title": "title",
    "agenda": "agenda",
    "topics": "topics",
    "drafts": "drafts",
    "subjects": "subjects",
}


class Merger:
    """Changes roll calls of the record in memory, and notes in the plan what is to be written of them."""

    def __init__(
        self,
        record: Record,
        plan: Plan,
        votes: Mapping[int, str],
        *,
        decided: set[int | None],
        add_text: Callable[[str, str | None, StatedText], int],
    ) -> None:
        """Take the edition's ``votes`` by ref, the texts that have a decisive vote, and how a text is added."""
        self.record, self.plan, self.votes, self.decided, self.add_text = record, plan, votes, decided, add_text

    def merge(self, stated: StatedRollCall, roll_call: KnownRollCall, before: Before) -> list[str]:
        """Bring in what is new; return what changed, in words."""
        return [
            *self._number(stated, roll_call),
            *self._facts(stated, roll_call, before),
            *self._votes(stated, roll_call, before),
            *self._source(stated, roll_call, before),
        ]

    def _number(self, stated: StatedRollCall, roll_call: KnownRollCall) -> list[str]:
        """Give a text that is on record without its number the number it has now; its old symbol leads to it.

        What a person named stays: it is not without a number any more.
        """
        text = self.record.texts[roll_call.text] if roll_call.text is not None else None
        is_waiting = text is not None and is_unnumbered(text.key) and not is_unnumbered(stated.symbol_key)
        if text is None or not is_waiting or not stated.text or stated.symbol_key in self.record.text_of_symbol:
            return []
        old, symbol = text.symbol, stated.text.symbol
        self.plan.new_variants.append((text.id, old))
        self.plan.changed_texts[text.id] = text
        self.record.text_of_symbol[symbol.key] = text.id
        text.variants.append(text.key)
        text.symbol, text.key, text.kind = symbol.text, symbol.key, stated.text.kind
        text.title = symbol.text if text.title == old else text.title
        return [f"symbol {quoted(old)} → {quoted(symbol.text)}"]

    def _facts(self, stated: StatedRollCall, roll_call: KnownRollCall, before: Before) -> list[str]:
        """Change the facts that the file says anew and nobody else changed; return what changed, in words."""
        facts, changes = facts_of(stated), []
        # One that was on it before, and is no more, was taken off it by a person.
        if roll_call.text is None and before.last is None and (text := self._text_of(stated)) is not None:
            roll_call.text = text
            roll_call.decisive = stated.decisive and text not in self.decided
            if roll_call.decisive:
                self.decided.add(text)
            # What stood for the title of the text it was not known to be on.
            is_said = roll_call.title == roll_call.reference or before.is_untouched("title", roll_call.title)
            if "title" not in facts and is_said:
                roll_call.title = ""
            self.plan.changed_roll_calls[roll_call.id] = roll_call
            changes.append(f"symbol {self.record.texts[text].symbol}")
        recorded = self.record.facts(roll_call)
        for name in facts:
            if name in ("symbol", "date_precision") or name not in recorded:
                continue
            value, now = fact(facts, name), fact(recorded, name)
            if value == now or not before.is_news(name, value) or not before.is_untouched(name, now):
                continue
            if name == "date" and not is_new_date(value, now):
                continue
            if name == "method" and not self._may_become(value, roll_call, before):
                continue
            self._write(roll_call, name, facts)
            changes.append(f"{name} {quoted(now)} → {quoted(value)}")
        return changes

    def _may_become(self, method: str, roll_call: KnownRollCall, before: Before) -> bool:
        """Tell whether a roll call may be of a method: where a person entered votes or totals it has to keep them."""
        if method in RollCall.METHODS_WITH_VOTES:
            return True
        has_correction = any(corrected == roll_call.id for corrected, _state in self.record.corrected)
        if has_correction or not before.has_same_votes(self.record.votes.get(roll_call.id, "")):
            return False
        totals_are_said = all(before.is_untouched(name, getattr(roll_call, name)) for name in ANNOUNCED)
        return method != RollCall.Method.WITHOUT_VOTE or totals_are_said

    def _source(self, stated: StatedRollCall, roll_call: KnownRollCall, before: Before) -> list[str]:
        """Let a roll call be of the file's source, and go by its name there; return what changed, in words."""
        source, changes = self.record.sources[stated.source][0], []
        if before.newer or (before.last and before.last.reference == stated.reference):
            return []
        if roll_call.source != source:
            changes.append(f"source {stated.source}")
        elif roll_call.reference == stated.reference or roll_call.reference not in (
            *("", *(said.reference for said in before.said)),
        ):
            return []
        else:
            changes.append(f"reference {quoted(roll_call.reference)} → {quoted(stated.reference)}")
        if roll_call.source != source:
            roll_call.absences_derived = stated.absences_derived
        roll_call.source, roll_call.reference = source, stated.reference
        self.plan.changed_roll_calls[roll_call.id] = roll_call
        return changes

    def _text_of(self, stated: StatedRollCall) -> int | None:
        """Return the text that the file names, added where it is not on record."""
        known = self.record.text_of_symbol.get(stated.symbol_key)
        if known is None and stated.text:
            return self.add_text(stated.body, stated.session, stated.text)
        return None if stated.corroborate else known

    def _write(self, roll_call: KnownRollCall, name: str, facts: Mapping[str, Any]) -> None:
        value = facts[name]
        if name in TEXT_FACTS:
            assert roll_call.text is not None
            text = self.record.texts[roll_call.text]
            setattr(text, TEXT_FACTS[name], value)
            if text.id > 0:
                self.plan.changed_texts[text.id] = text
            return
        if name == "date":
            roll_call.date = type(roll_call.date).fromisoformat(value)
            roll_call.date_precision = facts["date_precision"]
        elif name == "absences":
            roll_call.absences_derived = True
        elif name == "session":
            body = next(code for code, key in self.record.bodies.items() if key == roll_call.body)
            roll_call.session = self.record.sessions[(body, value)]
        else:
            setattr(roll_call, name, value)
        if name == "method" and value == RollCall.Method.WITHOUT_VOTE:
            for total in ANNOUNCED:
                setattr(roll_call, total, None)
        self.plan.changed_roll_calls[roll_call.id] = roll_call

    def _votes(self, stated: StatedRollCall, roll_call: KnownRollCall, before: Before) -> list[str]:
        """Change the votes that the file says otherwise and nobody else changed; return what changed, in words."""
        new, old = self.votes.get(stated.ref, ""), self.record.votes.get(roll_call.id, "")
        has_votes = roll_call.method in RollCall.METHODS_WITH_VOTES
        says_none = before.last and before.last.votes and stated.method in RollCall.METHODS_WITH_VOTES
        if new == old or (not new and has_votes and not says_none) or any(said.votes for said in before.newer):
            return []
        now, then = parse_votes(old), parse_votes(new if has_votes else "")
        base = before.votes(old)
        same_source = roll_call.source == self.record.sources[stated.source][0]
        changes = []
        for state in sorted({*now, *then}):
            was, becomes = now.get(state), then.get(state)
            if was == becomes or not any(votes.get(state) == was for votes in base):
                continue
            if becomes is None:
                if (roll_call.id, state) in self.record.corrected:
                    continue
                self.plan.votes_out.append((roll_call.id, state))
                if same_source:
                    self.plan.shrinking.append(f"{roll_call.slug}: the vote of {state}")
            elif was is None:
                self.plan.votes_in.append((roll_call.id, state, becomes))
            else:
                self.plan.votes_changed.append((roll_call.id, state, becomes))
                # Where absences are derived, a row that is missing shows as a vote that became non-voting.
                if same_source and stated.absences_derived and becomes == Choice.NON_VOTING:
                    self.plan.shrinking.append(f"{roll_call.slug}: the vote of {state}")
            changes.append(f"{state} {was or '–'} → {becomes or '–'}")
        return changes
