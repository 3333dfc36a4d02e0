"""Pages of reference facts: a change is held until its effect on published figures was seen and a reason is given."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from votes.admin.holding import Held, HeldError, HoldingMixin
from votes.editing.reference_changes import effects, facts_now, impossible, name_clashes, surprising
from votes.models import MemberState
from votes.reports.reference_history import history_of_reference

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from votes.editing.reference_changes import Facts

TITLE = _("Effect on published votes")
EXPLANATION = _("If this is right, enter a reason and save again. The change and its reason will be public.")
LABEL = _("Reason (public)")


class ReferenceMixin(HoldingMixin):
    """A page of reference facts, whose changes alter figures that are already public."""

    object_history_template: Any = "admin/votes/reference_history.html"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Read the facts before anything is written."""
        if request.method == "POST":
            request.facts_before = facts_now()  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save; hold what nobody has seen the effect of."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            hold_change(request, request.facts_before, self.states_of(form.instance))  # type: ignore[attr-defined]

    @staticmethod
    def states_of(instance: Any) -> set[int]:
        """Return the keys of the states whose names a save may change."""
        if isinstance(instance, MemberState):
            return {instance.pk}
        return {instance.state_id} if getattr(instance, "state_id", None) else set()

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what a deletion does to published figures, and ask for the reason, before anything is deleted."""
        instance = self.get_object(request, object_id)  # type: ignore[attr-defined]
        may = instance is not None and self.has_delete_permission(request, instance)  # type: ignore[attr-defined]
        if may and request.method == "POST" and not request.POST.get("reason", "").strip():
            with transaction.atomic():
                before = facts_now()
                protected = self.get_deleted_objects([instance], request)[3]  # type: ignore[attr-defined]
                points = [] if protected else self._effects_of_deleting(instance, before)
            if not protected:
                return self.ask_reason(  # type: ignore[attr-defined]
                    request, [instance], title=_("Delete"), explanation=" ".join(points), back=request.get_full_path()
                )
        return super().delete_view(request, object_id, *args, **kwargs)  # type: ignore[misc]

    @staticmethod
    def _effects_of_deleting(instance: Any, before: Facts) -> list[str]:
        """Return the effects, of a deletion that is taken back."""
        savepoint = transaction.savepoint()
        type(instance).objects.filter(pk=instance.pk).delete()
        points = effects(before, facts_now())
        transaction.savepoint_rollback(savepoint)
        return points

    def get_actions(self, request: HttpRequest) -> Any:
        """Return the actions; rows are deleted one by one, each with its reason."""
        actions = super().get_actions(request)  # type: ignore[misc]
        actions.pop("delete_selected", None)
        return actions

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every recorded change with its reason, whichever way it was made."""
        instance = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if instance is not None and self.has_view_or_change_permission(request, instance):  # type: ignore[attr-defined]
            extra_context = {**(extra_context or {}), "changes": history_of_reference(instance)}
        return super().history_view(request, object_id, extra_context)  # type: ignore[misc]


def hold_change(request: HttpRequest, before: Facts, states: set[int]) -> None:
    """Raise HeldError for what cannot be, and where nobody has seen the effect of what was written or given a reason.

    The reason itself is taken up by the page, and stands in the history.
    """
    after = facts_now()
    if refused := [*impossible(before, after), *(name_clashes(states) if states else [])]:
        raise HeldError(Held(refused=[("", words) for words in refused]))
    points = [*effects(before, after), *surprising(before, after)]
    seen = hashlib.sha256("\n".join(points).encode()).hexdigest()[:16]
    reason = request.POST.get("reason", "")
    if reason.strip() and request.POST.get("effect_seen") == seen:
        return
    raise HeldError(
        Held(
            points=points,
            title=TITLE,
            explanation=EXPLANATION,
            label=LABEL,
            name="reason",
            reason=reason,
            is_missing="reason" in request.POST and not reason.strip(),
            hidden={"effect_seen": seen},
        )
    )
