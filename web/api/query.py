"""Query parameters of the API; all errors are reported together."""

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
    """The parameters of a request, and errors by parameter."""

    def __init__(self, parameters: QueryDict, known: Collection[str], repeatable: Collection[str] = ()) -> None:
        self.parameters = parameters
        self.errors: dict[str, list[str]] = {}
        for asked in unanswered(parameters, known, repeatable):
            self.refuse(asked.partition("=")[0], unknown(asked))
        for name, values in parameters.lists():
            if "" in values:
                self.refuse(name, _("“%(name)s” is empty. Give a value or leave it out.") % {"name": name})

    def refuse(self, name: str, *said: str) -> None:
        """Add errors for a parameter."""
        self.errors.setdefault(name, []).extend(said)

    def check(self) -> None:
        """Raise ValidationError if there are errors."""
        if self.errors:
            raise ValidationError(self.errors)

    def value(self, name: str, known: Callable[[str], Any]) -> Any:
        """Return ``known`` of a parameter's value; None if it is empty or ``known`` raises LookupError."""
        text = self.parameters.get(name)
        try:
            return known(text) if text else None
        except LookupError as error:
            self.refuse(name, str(error.args[0]))
            return None

    def number(self, name: str, usual: int, most: int) -> int:
        """Return an integer from 1 to ``most``."""
        text = self.parameters.get(name) or str(usual)
        if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= most and len(text) < 9:
            return int(text)
        message = _("“%(text)s” is not a whole number from 1 to %(most)s.")
        self.refuse(name, message % {"text": text, "most": most})
        return usual

    def fields(self, known: Sequence[str]) -> Collection[str]:
        """Return the requested fields; all ``known`` ones without the parameter ``fields``."""
        value = self.parameters.get(FIELDS) or ""
        wanted = [name.strip() for name in value.split(",")] if value else []
        if strangers := [name for name in dict.fromkeys(wanted) if name not in known]:
            message = _("Unknown field “%(names)s”; choose from %(known)s.")
            self.refuse(FIELDS, message % {"names": "”, “".join(strangers), "known": ", ".join(known)})
        return set(wanted) or set(known)


def some(row: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return the requested fields of a row, in its order."""
    return {name: value for name, value in row.items() if name in fields}
