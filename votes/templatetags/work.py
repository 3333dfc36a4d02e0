"""Template tags of the admin: the work lists, and the changes of a record since it was first public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from resolutions.models import Resolution
from votes.editing import undo
from votes.editing.publishing import AMEND, WORK, work_lists
from votes.models import Amendment, ErrorReport, MemberState, RollCall
from votes.reports.history import history_of, history_of_text

if TYPE_CHECKING:
    from django.contrib.auth.models import User

register = template.Library()


@register.inclusion_tag("admin/votes/work.html")
def work(user: User) -> dict[str, Any]:
    """Show the work lists of ``user`` with how many roll calls stand on each; nothing to who may see none."""
    lists = work_lists(user) if user.has_perm("votes.view_rollcall") else {}
    proposed = Amendment.objects.filter(decided_at__isnull=True).exclude(by=user).count() if user.has_perm(AMEND) else 0
    reports = ErrorReport.objects.open().count() if user.has_perm("votes.view_errorreport") else None
    counted = [(name, WORK[name], found.count()) for name, found in lists.items()]
    return {"lists": counted, "proposed": proposed, "reports": reports}


@register.inclusion_tag("admin/votes/changes.html", takes_context=True)
def published_changes(context: Any, record: RollCall | Resolution) -> dict[str, Any]:
    """Show every change of a vote or text since it was first public, with the way to undo it for who may."""
    if isinstance(record, RollCall):
        history = history_of(record, dict(MemberState.objects.values_list("code", "name")), full=True)
    else:
        history = history_of_text(record, full=True)
    revisions = {entry.revision for entry in history.entries}
    return {
        "history": history,
        "undoable": undo.undoable(revisions, by=context["user"]),
        "back": context["request"].get_full_path(),
        "perms": context["perms"],
    }
