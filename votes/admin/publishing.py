"""Publishing, unpublishing and withdrawing roll calls in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.base import attribution
from resolutions.models import Status
from votes.editing import publishing
from votes.models import RollCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin


@admin.action(description=_("Publish the selected roll calls and their resolutions"), permissions=["publish"])
def publish(
    model_admin: RecordAdmin[RollCall], request: HttpRequest, queryset: QuerySet[RollCall]
) -> HttpResponse | None:
    """Publish the selected roll calls; none of them if one is not ready."""
    roll_calls = list(queryset.filter(status=Status.DRAFT))
    if publishing.been_public(roll_calls) and not _has_reason(request):
        explanation = _("Some of these have been public before. Say why they are published again and what has changed.")
        return model_admin.ask_reason(
            request, roll_calls, title=_("Publish"), explanation=explanation, action="publish"
        )
    symbols = draft_symbols(roll_calls)
    count = publishing.publish(roll_calls=roll_calls, **attribution(request))
    text = ngettext("%(count)d roll call published.", "%(count)d roll calls published.", count)
    _report(model_admin, request, roll_calls, text % {"count": count})
    report_published_texts(model_admin, request, symbols)
    return None


@admin.action(description=_("Unpublish the selected roll calls"), permissions=["publish"])
def unpublish(
    model_admin: RecordAdmin[RollCall], request: HttpRequest, queryset: QuerySet[RollCall]
) -> HttpResponse | None:
    """Unpublish the selected roll calls, with a reason."""
    roll_calls = list(queryset.filter(status=Status.PUBLISHED))
    if roll_calls and not _has_reason(request):
        explanation = _(
            "These will no longer be public and will become drafts again. Once they are published again, their "
            "history shows the reason."
        )
        return model_admin.ask_reason(
            request, roll_calls, title=_("Unpublish"), explanation=explanation, action="unpublish"
        )
    count = publishing.unpublish(roll_calls=roll_calls, **attribution(request))
    text = ngettext("%(count)d roll call unpublished.", "%(count)d roll calls unpublished.", count)
    _report(model_admin, request, roll_calls, text % {"count": count})
    return None


def withdraw_page(model_admin: RecordAdmin[RollCall], request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then withdraw."""
    if not request.user.has_perm(publishing.WITHDRAW):
        raise PermissionDenied
    roll_call = get_object_or_404(RollCall, pk=pk)
    back = reverse("admin:votes_rollcall_change", args=[pk])
    if not _has_reason(request):
        explanation = _(
            "Its page will only say that the vote was withdrawn, and why. It is removed from lists, "
            "figures and downloads. The data stay here as a draft. To fix a mistake, amend or unpublish it "
            "instead."
        )
        return model_admin.ask_reason(request, [roll_call], title=_("Withdraw"), explanation=explanation, back=back)
    publishing.withdraw(roll_call=roll_call, **attribution(request))
    model_admin.log_change(request, roll_call, "Withdrawn.")
    model_admin.message_user(request, _("Withdrew %(slug)s.") % {"slug": roll_call.slug}, messages.SUCCESS)
    return HttpResponseRedirect(back)


def draft_symbols(roll_calls: Iterable[RollCall]) -> list[str]:
    """Return the symbols of the texts of ``roll_calls`` that are still drafts."""
    texts = (roll_call.resolution for roll_call in roll_calls)
    return sorted({text.symbol for text in texts if text and text.status == Status.DRAFT})


def report_published_texts(model_admin: RecordAdmin[RollCall], request: HttpRequest, symbols: Sequence[str]) -> None:
    """Say which texts became public with their roll calls."""
    if symbols:
        message = _("Also published: %(symbols)s.") % {"symbols": ", ".join(symbols)}
        model_admin.message_user(request, message, messages.SUCCESS)


def _has_reason(request: HttpRequest) -> bool:
    """Tell whether a reason was sent."""
    return bool(request.POST.get("reason", "").strip())


def _report(
    model_admin: RecordAdmin[RollCall], request: HttpRequest, roll_calls: Iterable[RollCall], message: str
) -> None:
    """Log that the status of ``roll_calls`` changed, and say so."""
    for roll_call in roll_calls:
        model_admin.log_change(request, roll_call, [{"changed": {"fields": ["Status"]}}])
    model_admin.message_user(request, message, messages.SUCCESS)
