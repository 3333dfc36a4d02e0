"""The admin of texts, held to the rules of what is plausible together with their votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from resolutions.admin.resolutions import ResolutionAdmin
from resolutions.models import Resolution
from votes.admin.amending import AmendingMixin
from votes.admin.holding import HoldingMixin, hold_implausible

if TYPE_CHECKING:
    from django.http import HttpRequest

admin.site.unregister(Resolution)


@admin.register(Resolution)
class TextAdmin(AmendingMixin, HoldingMixin, ResolutionAdmin):
    """The texts put to a body."""

    def check_saved(self, request: HttpRequest, form: Any) -> None:
        """Hold what contradicts itself or the votes on it."""
        text = form.instance
        hold_implausible(request, texts=[text], roll_calls=text.roll_calls.all())
