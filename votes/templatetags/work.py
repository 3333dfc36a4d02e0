"""Template tag for the work lists on the admin's front page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from votes.editing.publishing import AMEND, WORK, work_lists
from votes.models import Amendment

if TYPE_CHECKING:
    from django.contrib.auth.models import User

register = template.Library()


@register.inclusion_tag("admin/votes/work.html")
def work(user: User) -> dict[str, Any]:
    """Show the work lists of ``user`` with how many roll calls stand on each; nothing to who may see none."""
    lists = work_lists(user) if user.has_perm("votes.view_rollcall") else {}
    proposed = Amendment.objects.filter(decided_at__isnull=True).exclude(by=user).count() if user.has_perm(AMEND) else 0
    return {"lists": [(name, WORK[name], found.count()) for name, found in lists.items()], "proposed": proposed}
