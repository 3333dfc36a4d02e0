"""The query parameters of the API: read one by one, and refused together where any is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from web.serving.parameters import unanswered
from web.serving.problems import unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from django.http import QueryDict

FIELDS = "fields"


class Query:
    """What an address asks, and what is wrong with it by parameter."""

    def __init__(self, parameters: QueryDict, known: Collection[str], repeatable: Collection[str] = ()) -> None:
        self.parameters = parameters
        self.errors: dict[str, list[str]] = {}
        for asked in unanswered(parameters, known, repeatable):
            self.refuse(asked.partition("=")[0], unknown(asked))
        for name, values in parameters.lists():
            if "" in values:
                self.refuse(name, _("“%(name)s” has no value; leave it out.") % {"name": name})

    def refuse(self, name: str, *said: str) -> None:
        """Note what is wrong with a parameter."""
        self.errors.setdefault(name, []).extend(said)

    def check(self) -> None:
        """Raise ValidationError where anything is wrong."""
        if self.errors:
            raise ValidationError(self.errors)

    def value(self, name: str, known: Callable[[str], Any]) -> Any:
        """Return what a parameter's value means to ``known``, None where it has none or LookupError was raised."""
        text = self.parameters.get(name)
        try:
            return known(text) if text else None
        except LookupError as error:
            self.refuse(name, str(error.args[0]))
            return None

    def number(self, name: str, usual: int, most: int) -> int:
        """Return a whole number from 1 to ``most``."""
        text = self.parameters.get(name) or str(usual)
        if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= most and len(text) < 9:
            return int(text)
        said = _("“%(text)s” is not a whole number from 1 to %(most)s.")
        self.refuse(name, said % {"text": text, "most": most})
        return usual

    def fields(self, known: Sequence[str]) -> Collection[str]:
        """Return the names of the fields that are wanted: all that there are, unless ``fields`` names some."""
        asked = self.parameters.get(FIELDS) or ""
        wanted = [name.strip() for name in asked.split(",")] if asked else []
        if strangers := [name for name in dict.fromkeys(wanted) if name not in known]:
            said = _("There is no field “%(names)s”; the fields are %(known)s.")
            self.refuse(FIELDS, said % {"names": "”, “".join(strangers), "known": ", ".join(known)})
        return set(wanted) or set(known)


def some(row: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return the fields of a row that are wanted, in its order."""
    return {name: value for name, value in row.items() if name in fields}
