"""Planning an import: decides what an edition changes in the record, before anything is written.

Precedence is editor > UN Digital Library > Sciences Po > Voeten, and of one source the newest edition, whether it
shipped with Plenary or was imported. A source adds the roll calls that are not on record, and writes into those of its
own or a lower source, where they are still as sources left them; nowhere else. What a person changed stays, drafts
stay, and so does what a better source said. Whatever a source says is kept as its statement, so a disagreement becomes
a finding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from resolutions.models import Status
from resolutions.symbols import loose
from votes.editing.votes import free_slug
from votes.importing.edition import RowProblem, StatedText, parse_votes
from votes.importing.facts import (
    BLANK,
    SAME_NAME,
    Before,
    announced,
    facts_of,
    own_title,
    spelled,
)
from votes.importing.matching import REJECTED, Matcher
from votes.importing.merging import Merger
from votes.importing.plan import Plan
from votes.importing.record import KnownRollCall, KnownStatement, KnownText
from votes.models import Format, RollCall
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votes.importing.edition import Edition, StatedRollCall
    from votes.importing.record import Record


class Planner:
    """Compares one edition with the record."""

    def __init__(self, record: Record, edition: Edition, votes: Mapping[int, str]) -> None:
        """Take the record, the edition and the edition's votes as statements write them, by ref."""
        self.record, self.edition, self.votes = record, edition, votes
        self.matcher = Matcher(record, edition, votes)
        self.plan = Plan()
        self.precedence = dict(record.sources.values())
        self.slugs = {*record.roll_call_of_slug, *record.retired_slugs}
        self.decided = {r.text for r in record.roll_calls.values() if r.decisive}
        self.merger = Merger(
            record,
            self.plan,
            votes,
            decided=self.decided,
            add_text=self._add_text,
        )

    def make(self) -> Plan:
        for stated in sorted(self.edition.roll_calls, key=_in_order):
            match = self.matcher.match(stated)
            if match.problem:
                self._problem(stated, match.problem, **match.details)
            if match.is_rejected:
                continue
            if match.roll_call is None:
                self._add(stated, match.text, stands_alone=bool(match.problem))
            else:
                self.plan.matched[stated.ref] = match.roll_call.id
                self._merge(stated, match.roll_call)
        self._link_waiting()
        if self.edition.format != Format.PLENARY:
            self._remove_missing()
        return self.plan

    # Texts and roll calls that are new

    def _add(self, stated: StatedRollCall, text: int | None, *, stands_alone: bool) -> None:
        """Add a roll call, and its text where the file names one that is not on record.

        One that ``stands_alone`` has no text, though the file names one.
        """
        if text is None and stated.text and not stands_alone:
            text = self._add_text(stated.body, stated.session, stated.text)
        is_draft = text is not None and self.record.texts[text].status == Status.DRAFT
        decisive = stated.decisive and text is not None and text not in self.decided
        if decisive:
            self.decided.add(text)
        key = -len(self.plan.new_roll_calls) - 1
        symbol = self.record.texts[text].symbol if text is not None else ""
        title = stated.title if text is None else own_title(stated)
        roll_call = KnownRollCall(
            id=key,
            slug=self._slug(stated, symbol, decisive=decisive),
            body=self.record.bodies[stated.body],
            session=self._session(stated),
            text=text,
            decisive=decisive,
            title=title or (stated.reference if text is None else ""),
            date=stated.date,
            status=Status.DRAFT if is_draft else Status.PUBLISHED,
            absences_derived=stated.absences_derived,
            not_legible=list(stated.not_legible),
            source=self.record.sources[stated.source][0],
            **{name: getattr(stated, name) for name in SAME_NAME},
            **announced(stated),
        )
        self.slugs.add(roll_call.slug)
        self.record.roll_calls[key] = roll_call
        self.plan.new_roll_calls.append(roll_call)
        self.plan.new_refs[stated.ref] = key
        self._state(stated, key)

    def _add_text(self, body: str, session: str | None, text: StatedText) -> int:
        """Add a text, of ``session`` where it does not name its own; return its key."""
        key = -len(self.plan.new_texts) - 1
        code = session if text.session is None else text.session
        new = KnownText(
            id=key,
            key=text.symbol.key,
            symbol=text.symbol.text,
            body=self.record.bodies[body],
            session=self.record.sessions[body, code] if code else None,
            kind=text.kind,
            title=text.title or text.symbol.text,
            agenda=text.agenda,
            status=text.status,
            subjects=list(text.subjects),
            topics=sorted(text.topics),
            drafts=spelled(text.drafts),
            variants=list(text.variants),
        )
        self.plan.new_texts.append(new)
        self.record.texts[key] = new
        self.record.text_of_symbol[new.key] = key
        return key

    def _slug(self, stated: StatedRollCall, symbol: str, *, decisive: bool) -> str:
        """Return a free permanent name, or that which the file gives."""
        if stated.slug:
            return stated.slug
        if stated.suggested_slug and stated.suggested_slug not in self.slugs:
            return stated.suggested_slug
        date = stated.date.isoformat()[: 7 if stated.date_precision == "month" else 10]
        return free_slug(
            of_symbol=slugify(loose(symbol)),
            decisive=decisive,
            of_date=f"{stated.body.lower()}-{date}",
            taken=self.slugs,
        )

    def _session(self, stated: StatedRollCall) -> int | None:
        return self.record.sessions[(stated.body, stated.session)] if stated.session else None

    # Roll calls on record

    def _merge(self, stated: StatedRollCall, roll_call: KnownRollCall) -> None:
        """Bring what is new in the file into a roll call on record, where the file's source may; never into a draft."""
        source = self.record.sources[stated.source][0]
        changes: list[str] = []
        if roll_call.status != Status.DRAFT and self.precedence[source] <= self.precedence[roll_call.source]:
            said = self.record.statements.get(roll_call.id, [])
            before = Before(
                self._statement(roll_call.id, source),
                [one for one in said if one.source == source and self._is_newer(one, stated)],
                said,
                self.precedence,
            )
            changes = self.merger.merge(stated, roll_call, before)
        self._state(stated, roll_call.id)
        if changes:
            self.plan.changes.append(f"{roll_call.slug}: {'; '.join(changes)}")
            self.plan.changed.add(roll_call.id)
        else:
            self.plan.unchanged += 1

    # What the source said

    def _state(self, stated: StatedRollCall, roll_call: int) -> None:
        if self.edition.format == Format.PLENARY:
            return
        said = KnownStatement(
            id=0,
            roll_call=roll_call,
            source=self.record.sources[stated.source][0],
            format=self.edition.format,
            edition=self.edition.last_days[stated.source, stated.body],
            reference=stated.reference,
            symbol_key=stated.symbol_key,
            facts=facts_of(stated),
            votes=self.votes.get(stated.ref, ""),
        )
        before = self._statement(roll_call, said.source)
        if before is None:
            self.plan.new_statements.append(said)
            return
        # An edition that leaves out a column takes nothing back.
        takes_back = stated.method == RollCall.Method.WITHOUT_VOTE
        said.facts = {n: v for n, v in before.facts.items() if not (takes_back and n in ANNOUNCED)} | said.facts
        if (before.edition, before.reference, before.symbol_key, before.facts, before.votes) != (
            *(said.edition, said.reference, said.symbol_key, said.facts, said.votes),
        ):
            said.id = before.id
            self.plan.changed_statements.append(said)

    def _is_newer(self, said: KnownStatement, stated: StatedRollCall) -> bool:
        """Tell whether a statement of the same source is of a newer edition, in another layout, than this one."""
        day = self.edition.last_days[stated.source, stated.body]
        return said.format != self.edition.format and said.edition is not None and said.edition > day

    def _statement(self, roll_call: int, source: int) -> KnownStatement | None:
        """Return what the source's file of the same layout said of a roll call before."""
        statements = self.record.statements.get(roll_call, [])
        return next((s for s in statements if (s.source, s.format) == (source, self.edition.format)), None)

    # Afterwards

    def _link_waiting(self) -> None:
        """Give a text that is on record now to the votes on its parts that were imported before it."""
        new = {text.key: text.id for text in self.plan.new_texts}
        for key, statements in self.record.statements.items():
            roll_call = self.record.roll_calls.get(key)
            if roll_call is None or roll_call.text is not None or roll_call.kind == RollCall.Kind.TEXT:
                continue
            source = self.precedence[roll_call.source]
            naming = (s for s in statements if s.symbol_key in new and self.precedence[s.source] <= source)
            text = next((new[s.symbol_key] for s in naming), None)
            if text is not None:
                roll_call.text = text
                self.plan.changed_roll_calls[key] = roll_call
                self.plan.changes.append(f"{roll_call.slug}: symbol {self.record.texts[text].symbol}")
                self.plan.changed.add(key)

    def _remove_missing(self) -> None:
        """Remove what the source's file of this layout said before, of the same bodies and period, and says no more."""
        slugs = {self.edition.source} if self.edition.source else {one.source for one in self.edition.roll_calls}
        sources = {self.record.sources[slug][0] for slug in slugs}
        periods = self.edition_periods()
        gone = [
            statement
            for statements in self.record.statements.values()
            for statement in statements
            if statement.source in sources
            and statement.format == self.edition.format
            and statement.roll_call not in self.matcher.taken
            and _within(statement, self.record.roll_calls[statement.roll_call], periods)
        ]
        for statement in gone:
            roll_call = self.record.roll_calls[statement.roll_call]
            self.plan.removed_statements.append(statement.id)
            if roll_call.source != statement.source or not self._is_as_stated(roll_call, statement):
                self.plan.changes.append(f"{roll_call.slug}: no longer in the file; kept")
                continue
            self.plan.shrinking.append(f"{roll_call.slug}: the whole vote")
            self.plan.changes.append(f"{roll_call.slug}: removed")
            self.plan.removed_roll_calls.append(roll_call.id)
        leaving = {self.record.roll_calls[key].text for key in self.plan.removed_roll_calls}
        staying = {r.text for key, r in self.record.roll_calls.items() if key not in self.plan.removed_roll_calls}
        # A text with another spelling is one that an editor has worked on.
        self.plan.removed_texts = sorted(
            text for text in leaving - staying if text is not None and not self.record.texts[text].variants
        )

    def edition_periods(self) -> dict[int, tuple[str, str]]:
        """Return the first and the last date of the edition by body."""
        dates: dict[int, list[str]] = defaultdict(list)
        for stated in self.edition.roll_calls:
            dates[self.record.bodies[stated.body]].append(stated.date.isoformat())
        return {body: (min(said), max(said)) for body, said in dates.items()}

    def _is_as_stated(self, roll_call: KnownRollCall, statement: KnownStatement) -> bool:
        """Tell whether a roll call rests on this statement alone, and nobody changed it."""
        if len(self.record.statements[roll_call.id]) > 1 or self.record.votes.get(roll_call.id, "") != statement.votes:
            return False
        if Status.DRAFT in (roll_call.status, self.record.texts[roll_call.text].status if roll_call.text else ""):
            return False
        if any(corrected == roll_call.id for corrected, _state in self.record.corrected):
            return False
        recorded = self.record.facts(roll_call)
        # What the record needs and a file may leave out: a title, which is then the vote's or the text's own name.
        stated = {
            "title": recorded["title"] if roll_call.text is None else "",
            "text_title": recorded["symbol"],
            **statement.facts,
            "symbol": recorded["symbol"],
        }
        return all(
            value == stated.get(name) or (value in BLANK and name not in statement.facts)
            for name, value in recorded.items()
        )

    def _problem(self, stated: StatedRollCall, problem: str, **details: Any) -> None:
        is_rejected = problem in REJECTED
        rows = len(parse_votes(self.votes.get(stated.ref, ""))) or 1
        self.plan.rejected += rows if is_rejected else 0
        self.plan.problems.append(
            RowProblem(
                kind="conflict" if is_rejected else "unmatched",
                file=self.edition.files[0].name,
                line=stated.line,
                column=details.pop("column", "symbol"),
                value=str(details.pop("value", stated.reference)),
                problem=problem,
                rejected=rows if is_rejected else 0,
                ref=None if is_rejected else stated.ref,
                reference=stated.reference,
                details=details,
            )
        )


def _in_order(stated: StatedRollCall) -> tuple[Any, ...]:
    """Return what sorts the roll calls of a file, in whatever order its rows are.

    Those that bring their text come first, so that votes on parts of a text find it; then as they were taken.
    """
    number = re.sub(r"\d+", lambda digits: digits[0].zfill(12), stated.reference)
    return stated.text is None, stated.date, stated.meeting, stated.ordinal or 0, number


def _within(statement: KnownStatement, roll_call: KnownRollCall, periods: Mapping[int, tuple[str, str]]) -> bool:
    """Tell whether a statement falls into the edition's period of its body."""
    first, last = periods.get(roll_call.body, ("", ""))
    return bool(last) and first <= statement.facts["date"] <= last
