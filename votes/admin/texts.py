"""The admin of texts, held to the rules of what is plausible together with their votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from resolutions.admin.resolutions import ResolutionAdmin
from resolutions.models import Resolution
from votes.admin.holding import HoldingMixin, hold_implausible

if TYPE_CHECKING:
    from django.http import HttpRequest

admin.site.unregister(Resolution)


@admin.register(Resolution)
class TextAdmin(HoldingMixin, ResolutionAdmin):
    """The texts put to a body."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what belongs to a text; hold what contradicts itself or the votes on it."""
        super().save_related(request, form, formsets, change)
        text = form.instance
        hold_implausible(request, texts=[text], roll_calls=text.roll_calls.all())
