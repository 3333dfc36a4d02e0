"""Validation shared by forms: the session belongs to the body, and a public change has a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from resolutions.models import Resolution

if TYPE_CHECKING:
    from collections.abc import Callable

NO_REASON = _("This has been public. Enter a reason for the change.")


def reason_field() -> forms.CharField:
    """Return the field of a form in which an editor gives the reason; the history keeps it."""
    return forms.CharField(
        label=_("Reason for the change"),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=_("Shown in public, together with the change."),
    )


def changed_facts(form: forms.BaseForm, *others: str) -> set[str]:
    """Return the names of the fields that were sent with another value, but the reason and ``others``."""
    return {*form.changed_data} - {"reason", *others}


def require_reason(form: forms.BaseForm, is_public: Callable[[], bool]) -> None:
    """Add an error to ``form`` where it changes what ``is_public`` and gives no reason."""
    if "reason" in form.fields and changed_facts(form) and not form.cleaned_data.get("reason") and is_public():
        form.add_error("reason", NO_REASON)


def require_reason_for_rows(formset: forms.BaseFormSet[Any], is_public: Callable[[], bool]) -> None:
    """Raise ValidationError where inline rows change what ``is_public`` and the page they are on gives no reason."""
    if formset.has_changed() and not formset.data.get("reason", "").strip() and is_public():
        raise ValidationError(NO_REASON)


def check_session(form: forms.BaseForm) -> None:
    """Add an error to ``form`` where its session is one of another body."""
    body, session = form.cleaned_data.get("body"), form.cleaned_data.get("session")
    if body and session and session.body != body:
        message = _("This session belongs to the %(body)s.")
        form.add_error("session", ValidationError(message, params={"body": session.body}))


def is_public(text: Resolution | None) -> bool:
    """Tell whether the public sees a text, whatever a form has made of it meanwhile."""
    return text is not None and Resolution.objects.published().filter(pk=text.pk).exists()


def symbol_key(symbol: str) -> str:
    """Return the key by which ``symbol`` is compared with others, whatever its spelling."""
    text = Resolution(symbol=symbol)
    text.derive_symbol()
    return text.symbol_key
