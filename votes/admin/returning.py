"""The admin page that sends a draft back with a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from votes.editing.publishing import PUBLISH
from votes.editing.returning import send_back
from votes.models import RollCall

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin


def send_back_page(model_admin: RecordAdmin[RollCall], request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the comment, then send the draft back."""
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    roll_call = get_object_or_404(RollCall, pk=pk)
    back = reverse("admin:votes_rollcall_change", args=[pk])
    comment = request.POST.get("reason", "").strip()
    if not comment:
        explanation = _(
            "The person who entered the draft sees it, with your comment, under “sent back with a comment”. Once they "
            "save it, it is waiting for verification again."
        )
        return model_admin.ask_reason(
            request,
            [roll_call],
            title=_("Send back"),
            explanation=explanation,
            back=back,
            label=_("What should be changed? (Only editors see this.)"),
        )
    by = request.user
    send_back(roll_call=roll_call, comment=comment, by=by)  # type: ignore[arg-type]
    model_admin.log_change(request, roll_call, f"Sent back: {comment}")
    model_admin.message_user(request, _("%(slug)s was sent back.") % {"slug": roll_call.slug}, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:votes_rollcall_changelist") + "?work=waiting")
