"""``Plan``: the changes an edition makes to the record, decided by ``planning`` and written by ``writing``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from votes.importing.edition import RowProblem
    from votes.importing.record import KnownRollCall, KnownStatement, KnownText


@dataclass
class Plan:
    """What is to be written. New rows have negative keys until they are."""

    new_texts: list[KnownText] = field(default_factory=list)
    changed_texts: dict[int, KnownText] = field(default_factory=dict)
    removed_texts: list[int] = field(default_factory=list)
    new_variants: list[tuple[int, str]] = field(default_factory=list)
    """Text on record and the symbol it had until now."""
    new_roll_calls: list[KnownRollCall] = field(default_factory=list)
    new_refs: dict[int, int] = field(default_factory=dict)
    """The new roll call of each of the edition's whose votes are all new."""
    matched: dict[int, int] = field(default_factory=dict)
    """The roll call on record of each of the others, by ref."""
    changed_roll_calls: dict[int, KnownRollCall] = field(default_factory=dict)
    removed_roll_calls: list[int] = field(default_factory=list)
    votes_in: list[tuple[int, str, str]] = field(default_factory=list)
    """Roll call, state code, choice."""
    votes_changed: list[tuple[int, str, str]] = field(default_factory=list)
    votes_out: list[tuple[int, str]] = field(default_factory=list)
    new_statements: list[KnownStatement] = field(default_factory=list)
    changed_statements: list[KnownStatement] = field(default_factory=list)
    removed_statements: list[int] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    rejected: int = 0
    """Rows left out by the plan, beside those the reader left out."""
    changes: list[str] = field(default_factory=list)
    """What changes in each roll call on record, in words."""
    shrinking: list[str] = field(default_factory=list)
    """What would be removed that the same source said before, in words."""
    changed: set[int] = field(default_factory=set)
    unchanged: int = 0

    def roll_call_of(self, ref: int) -> int | None:
        """Return the key of what a roll call of the edition is in the record; None where it was left out."""
        return self.new_refs.get(ref, self.matched.get(ref))

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not any(
            (
                *(self.new_texts, self.changed_texts, self.removed_texts, self.new_roll_calls),
                *(self.changed_roll_calls, self.removed_roll_calls, self.votes_in, self.votes_changed),
                *(self.votes_out, self.new_statements, self.changed_statements, self.removed_statements),
            )
        )
