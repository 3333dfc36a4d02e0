"""The parsed query of the page that compares two roll calls, named by slug or symbol.

Until two are named, the usual filters select roll calls to choose from.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from resolutions.models import Resolution
from votes.models import RetiredAddress, RollCall
from votes.reports.movement import Movement
from web.lists.question import Question
from web.serving.parameters import without_empty

if TYPE_CHECKING:
    from django.http import QueryDict

    from votes.record.record import BlocRead, Record
    from votes.record.roll_calls import ListedRollCall

FIRST, SECOND, BLOC = "a", "b", "bloc"

SLUG = re.compile(r"[a-z0-9-]+")

OFFERED = 40
"""Number of roll calls to choose from."""


class Pair(Question):
    """A query for two roll calls, ``a`` then ``b``, optionally for members of a ``bloc`` only."""

    def __init__(self, parameters: QueryDict, record: Record, *, near: bool = False) -> None:
        """Parse the parameters; with ``near``, an unambiguous part of a symbol is enough."""
        self._near = near
        super().__init__(parameters, record, also=(FIRST, SECOND, BLOC))
        self.labels |= {FIRST: _("First vote"), SECOND: _("Second vote"), BLOC: _("Members of")}
        self._kept: dict[str, str] = {}
        self.slugs = {name: self._slug(name) for name in (FIRST, SECOND)}
        slug = parameters.get(BLOC, "")
        if slug and slug not in record.blocs:
            self.refuse(BLOC, _("Unknown bloc: “%(slug)s”.") % {"slug": slug})
        if self.slugs[FIRST] and self.slugs[FIRST] == self.slugs[SECOND]:
            self.refuse(SECOND, _("The two votes are the same. Choose another second vote."))
        if all(parameters.get(name) for name in (FIRST, SECOND)):
            for name in self.chosen:
                self.refuse(name, _("Filters have no effect once two recorded votes are chosen."))

    @property
    def is_complete(self) -> bool:
        """Tell whether there are two roll calls to compare."""
        return self.is_valid and all(self.slugs.values())

    def require_both(self) -> None:
        """Add errors for missing roll calls, for files."""
        for name in (FIRST, SECOND):
            if not self.parameters.get(name):
                self.refuse(name, _("Give a recorded vote by its slug or by the symbol of its text."))

    @property
    def missing(self) -> str:
        """Return the parameter to choose next."""
        return SECOND if self.slugs[FIRST] else FIRST

    @cached_property
    def offered(self) -> list[ListedRollCall]:
        """Return the newest selected roll calls, without one already named."""
        named = {self.record.matrix.rows_by_slug[slug] for slug in self.slugs.values() if slug}
        newest = self.rows[::-1][: OFFERED + len(named)].tolist()
        return self.record.roll_calls_in([row for row in newest if row not in named][:OFFERED])

    @cached_property
    def namesakes(self) -> list[ListedRollCall]:
        """Return the newest other roll calls on texts with the same title as the named one."""
        named = next(iter(self.roll_calls.values()), None)
        if named is None or not self.is_valid:
            return []
        rows = self.record.matrix.rows_by_slug
        return [one for one in self.record.same_title(named.pk) if one.slug in rows][:OFFERED]

    @property
    def moved(self) -> QueryDict | None:
        """Return the parameters with merged slugs replaced, None if none was merged."""
        if not self._kept:
            return None
        query = without_empty(self.parameters)
        for name, slug in self._kept.items():
            query[name] = slug
        return query

    @property
    def tidy(self) -> QueryDict | None:
        """Return the parameters with symbols replaced by slugs, None if nothing changes."""
        query = without_empty(self.parameters)
        for name, slug in self.slugs.items():
            if slug:
                query[name] = slug
        changed = any(slug and self.parameters[name] != slug for name, slug in self.slugs.items())
        return query if changed else None

    @property
    def bloc(self) -> BlocRead | None:
        """Return the bloc to limit the comparison to."""
        return self.record.blocs.get(self.parameters.get(BLOC, ""))

    def movement(self) -> Movement:
        """Return the movement of a complete query."""
        rows = self.record.matrix.rows_by_slug
        return Movement.of(self.record, rows[self.slugs[FIRST]], rows[self.slugs[SECOND]], self.bloc)

    @cached_property
    def roll_calls(self) -> dict[str, ListedRollCall]:
        """Return the roll calls by parameter."""
        rows = self.record.matrix.rows_by_slug
        named = {name: slug for name, slug in self.slugs.items() if slug}
        return dict(zip(named, self.record.roll_calls_in(rows[slug] for slug in named.values()), strict=True))

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """Return (name, label, value) of the two fields; the value is the symbol if it identifies the roll call."""
        return [(name, self.labels[name], self._shown(name)) for name in (FIRST, SECOND)]

    def _shown(self, name: str) -> str:
        """Return the value of a field."""
        found = self.roll_calls.get(name)
        if found and found.decisive and found.resolution:
            return found.resolution.symbol
        return self.parameters.get(name, "")

    def _slug(self, name: str) -> str:
        """Return the slug of the named roll call with votes; otherwise add an error and return an empty string."""
        text = self.parameters.get(name, "").strip()
        if not text or text.lower() in self.record.matrix.rows_by_slug:
            return text.lower()
        try:
            slug, is_merged = _slug_of(text, near=self._near)
        except LookupError as error:
            self.refuse(name, str(error.args[0]))
            return ""
        if slug not in self.record.matrix.rows_by_slug:
            self.refuse(name, _("The record does not say who voted how on “%(text)s”.") % {"text": text})
            return ""
        if is_merged:
            self._kept[name] = slug
        return slug


def _slug_of(text: str, *, near: bool) -> tuple[str, bool]:
    """Return the slug of the published roll call of that slug or symbol, and whether it was merged.

    Raises LookupError with a message if there is none, more than one, or if it was withdrawn.
    """
    published = RollCall.objects.published()
    slug = text.lower()
    if SLUG.fullmatch(slug):
        if published.filter(slug=slug).exists():
            return slug, False
        if retired := RetiredAddress.objects.shown().filter(slug=slug).first():
            if merged_into := retired.leads_to:
                return _slug_of(merged_into, near=False)[0], True
            raise LookupError(retired.notice)
    texts = Resolution.objects.published()
    named = list(texts.with_symbol(text)[:2]) or (list(texts.near_symbol(text)[:2]) if near else [])
    if not named:
        raise LookupError(_("No recorded vote and no resolution “%(text)s” is in this record.") % {"text": text})
    if len(named) > 1:
        raise LookupError(
            _("Several resolutions have the symbol “%(text)s”; use the full final symbol.") % {"text": text}
        )
    decisive = published.decisive().filter(resolution=named[0]).values_list("slug", flat=True).first()
    if decisive is None:
        raise LookupError(_("No recorded vote on “%(text)s” is on record.") % {"text": text})
    return decisive, False
