"""Names in a row within a sentence: "A, B and C", "A, B or C"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined_with_and(names: Sequence[str]) -> str:
    """Return names with commas and a last "and"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def joined_with_or(names: Sequence[str]) -> str:
    """Return names of which any will do, with commas and a last "or"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
