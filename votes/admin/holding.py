"""Pages that hold a save: nothing is written, the form comes back with what was typed, and asks for the reason.

Whoever saves raises ``HeldError`` after writing, within the transaction, which is taken back. So what is held is judged
by the rows as they would be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.messages.storage import default_storage
from django.utils.translation import gettext_lazy as _

from votes.editing.plausibility import ImplausibleError, check_plausible, field_of, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from resolutions.models import Resolution
    from votes.models import RollCall

CHECK = _("Check before saving")
LOOKS_WRONG = _(
    "This looks wrong. Correct it below or, if it is right, say why and save again. The reason will be public."
)
WHY = _("Why this is right")
NOT_SAVED = _("Nothing has been saved yet. Read the warnings at the top of this page first.")


@dataclass(frozen=True)
class Held:
    """What a page says of a save that is held, and asks."""

    refused: Sequence[tuple[str, str]] = ()
    """Fields and what is wrong with them."""
    points: Sequence[str] = ()
    """What has to be looked at, in sentences."""
    title: Any = CHECK
    explanation: Any = LOOKS_WRONG
    label: Any = WHY
    name: str = "because"
    """The name of the field in which the reason is sent."""
    reason: str = ""
    is_missing: bool = False
    hidden: dict[str, str] = field(default_factory=dict)


class HeldError(Exception):
    """A save is held; the transaction is taken back."""

    def __init__(self, held: Held) -> None:
        super().__init__(held)
        self.held = held


def fresh_messages(request: HttpRequest) -> None:
    """Drop the messages of what was taken back."""
    request._messages = default_storage(request)  # type: ignore[attr-defined]


class HoldingMixin:
    """An admin page whose saves can be held."""

    change_form_template: Any = "admin/votes/held_form.html"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form again, with what is held, where a save is."""
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except HeldError as error:
            request.held = error.held  # type: ignore[attr-defined]
            fresh_messages(request)
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the form; where a save is held, one that says so and is not saved."""
        form = super().get_form(request, *args, **kwargs)  # type: ignore[misc]
        if (held := getattr(request, "held", None)) is None:
            return form
        return type(form.__name__, (form,), {"held": held, "full_clean": _held_clean(form)})


def _held_clean(form: Any) -> Any:
    def full_clean(self: Any) -> None:
        form.full_clean(self)
        if self.is_bound:
            add_held(self, self.held)

    return full_clean


def add_held(form: forms.BaseForm, held: Held) -> None:
    """Add to ``form`` the errors of what is refused, and that nothing was saved."""
    for name, words in held.refused:
        form.add_error(name if name in form.fields else None, words)
    if held.points:
        form.add_error(None, str(NOT_SAVED))


def hold_implausible(
    request: HttpRequest,
    *,
    roll_calls: Iterable[RollCall] = (),
    texts: Iterable[Resolution] = (),
    becomes_public: bool = False,
) -> None:
    """Raise HeldError where what was just written is not plausible and the request gives no reason for it."""
    because, seen = request.POST.get("because", ""), request.POST.get("because_of", "")
    user: Any = request.user
    try:
        check_plausible(
            roll_calls=roll_calls, texts=texts, because=because, seen=seen, by=user, becomes_public=becomes_public
        )
    except ImplausibleError as problem:
        held = Held(
            refused=[(field_of(one), said(one)) for one in problem.refused],
            points=[said(one) for one in problem.held],
            reason=because,
            is_missing="because" in request.POST and not because.strip(),
            hidden={"because_of": problem.seen},
        )
        raise HeldError(held) from problem
