"""Undoing in the admin: a change from the history, an import from its page, and the page of deletions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resolutions.admin.base import PER_PAGE, attribution
from votes.editing import undo
from votes.models import HistoryEvent, ImportRun, MemberState, Revision, RollCall
from votes.reports.deletions import deletions, described
from votes.reports.history import changes_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin

CHANGES_SHOWN = 100
NAMED = 20


def undo_page(model_admin: RecordAdmin[Revision], request: HttpRequest, pk: int) -> HttpResponse:
    """Show what goes back, ask for the reason, then undo."""
    revision = get_object_or_404(Revision, pk=pk)
    by: Any = request.user
    back = _back(request) or reverse("admin:votes_revision_deletions")
    if revision.import_run_id and by.has_perm(undo.IMPORT):
        return HttpResponseRedirect(reverse("admin:votes_importrun_undo", args=[revision.import_run_id]))
    if not undo.undoable([pk], by=by):
        if undo.is_undone(revision):
            model_admin.message_user(request, _("This change has already been undone."), messages.WARNING)
            return HttpResponseRedirect(back)
        raise PermissionDenied
    if request.POST.get("reason", "").strip():
        undo.undo(revision=revision, **attribution(request))
        for roll_call in RollCall.objects.filter(pk__in=_roll_calls(revision)):
            model_admin.log_change(request, roll_call, f"Undid the change of {revision.at:%Y-%m-%d %H:%M} UTC.")  # type: ignore[arg-type]
        model_admin.message_user(request, _("The change was undone."), messages.SUCCESS)
        return HttpResponseRedirect(back)
    names = dict(MemberState.objects.values_list("code", "name"))
    records = changes_of(pk, names)
    context = {
        "title": _("Undo a change"),
        "revision": revision,
        "records": [(name, changes[:CHANGES_SHOWN], len(changes[CHANGES_SHOWN:])) for name, changes in records[:NAMED]],
        "more": len(records[NAMED:]),
        "changed_since": undo.changed_since(revision),
        "back": back,
        "is_missing": "reason" in request.POST,
    }
    return model_admin.render(request, "admin/votes/revision/undo.html", context)


def _back(request: HttpRequest) -> str:
    """Return where the page was come from; only an address of this site."""
    address = request.POST.get("back") or request.GET.get("back", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def _roll_calls(revision: Revision) -> Any:
    events = HistoryEvent.objects.filter(revision=revision, roll_call__isnull=False)
    return events.order_by().values("roll_call").distinct()


def undo_import_page(model_admin: RecordAdmin[ImportRun], request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing an import would do and what it cannot, ask for the reason, then undo."""
    run = get_object_or_404(ImportRun, pk=pk)
    if not request.user.has_perm(undo.IMPORT):
        raise PermissionDenied
    back = reverse("admin:votes_importrun_change", args=[pk])
    if request.POST.get("reason", "").strip():
        done = undo.undo_import(run=run, **attribution(request))
        model_admin.log_change(request, run, "Undone.")
        count = len(done.votes)
        withdrawn = ngettext("%(count)d vote was withdrawn.", "%(count)d votes were withdrawn.", count)
        model_admin.message_user(
            request, " ".join((_("The import was undone."), withdrawn % {"count": count})), messages.SUCCESS
        )
        return HttpResponseRedirect(back)
    if run.undone or run.state != ImportRun.State.DONE:
        model_admin.message_user(request, _("There is nothing to undo in this import."), messages.WARNING)
        return HttpResponseRedirect(back)
    found = undo.import_undo(run)
    context = {
        "title": _("Undo an import"),
        "run": run,
        "found": found,
        "named": found.changed[:NAMED],
        "more": len(found.changed[NAMED:]),
        "back": back,
        "is_missing": "reason" in request.POST,
    }
    return model_admin.render(request, "admin/votes/importrun/undo.html", context)


def deletions_page(model_admin: RecordAdmin[Revision], request: HttpRequest) -> HttpResponse:
    """List what was deleted, drafts included, newest first."""
    if not request.user.has_perm("votes.view_rollcall"):
        raise PermissionDenied
    query = request.GET.get("q", "").strip()
    found = deletions()
    if query:
        found = found.filter(subject__icontains=query)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = described(list(page))
    by: Any = request.user
    context = {
        "title": _("Deletions"),
        "page": page,
        "deletions": rows,
        "query": query,
        "undoable": undo.undoable({row.event.revision_id for row in rows}, by=by),
    }
    return model_admin.render(request, "admin/votes/revision/deletions.html", context)
