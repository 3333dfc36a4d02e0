"""Read-only columns and fields of roll calls in the admin."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from resolutions.dates import dated, moment
from resolutions.models import Status
from votes.choices import Choice
from votes.editing.publishing import in_words, withdrawn
from votes.models import RollCall

if TYPE_CHECKING:
    from django.utils.safestring import SafeString
    from django_stubs_ext import StrPromise

    from votes.models import ReturnedDraft


@admin.display(description=_("title"))
def heading(roll_call: RollCall) -> str:
    """Return what was put to the vote, no longer than a line."""
    return Truncator(roll_call.heading).chars(80)


@admin.display(description=_("date"), ordering="date")
def day(roll_call: RollCall) -> str:
    """Return the date as far as it is known."""
    return dated(roll_call.date, roll_call.date_precision)


@admin.display(description=_("announced"))
def announced_totals(roll_call: RollCall) -> str:
    """Return the announced totals as they are quoted."""
    return str(roll_call.announced or "")


@admin.display(description=_("counted"))
def counted_totals(roll_call: RollCall) -> str:
    """Return the counted totals as they are quoted."""
    return str(roll_call.counted or "")


@admin.display(description=_("Roll call"))
def summary(roll_call: RollCall) -> SafeString:
    """Return the saved facts in a line or two, so that the rest of them can stay closed."""
    saved = RollCall.objects.with_tally().select_related("returned__by").get(pk=roll_call.pk)
    facts = [
        str(saved.resolution or ""),
        saved.heading,
        str(saved.body),
        dated(saved.date, saved.date_precision),
        saved.get_method_display(),
        saved.get_result_display(),
    ]
    returned: ReturnedDraft | None = getattr(saved, "returned", None)
    note = format_html("<br><b>{}</b> {}", sent_back(returned), returned.comment) if returned else ""
    return format_html(
        "{}<br><b>{}</b>{}",
        " · ".join(filter(None, facts)),
        _status_in_words(saved, gone=is_withdrawn(roll_call)),
        note,
    )


def _status_in_words(roll_call: RollCall, *, gone: bool) -> StrPromise:
    if roll_call.status == Status.PUBLISHED:
        return _("Published.")
    if gone:
        return _("Withdrawn. Its address shows the reason; only editors can see the data.")
    return _("Draft: only editors can see it.")


def is_withdrawn(roll_call: RollCall) -> bool:
    """Tell whether a vote was withdrawn and not published again; the admin's own queries have it with the vote."""
    known: bool | None = getattr(roll_call, "is_withdrawn", None)
    return withdrawn().filter(pk=roll_call.pk).exists() if known is None else known


def sent_back(returned: ReturnedDraft) -> str:
    """Return when and by whom a draft was sent back."""
    facts = {"when": moment(returned.at), "name": returned.by.get_username() if returned.by else "–"}
    return _("Sent back on %(when)s by %(name)s:") % facts


@admin.display(description=_("status"), ordering="status")
def status(roll_call: RollCall) -> str:
    """Return the status in a word; what was withdrawn is no draft like others."""
    if roll_call.status == Status.DRAFT and is_withdrawn(roll_call):
        return str(_("withdrawn"))
    return roll_call.get_status_display()


@admin.display(description=_("comment"))
def comment(roll_call: RollCall) -> str:
    """Return the comment with which a draft was sent back."""
    returned = roll_call.returned
    return f"{sent_back(returned)} {returned.comment}"


@admin.display(description=_("Counted and announced"))
def comparison(roll_call: RollCall) -> str:
    """Return the saved votes counted against the announced totals, naming each difference."""
    counted, announced = roll_call.counted, roll_call.announced
    if not counted:
        return str(_("No votes recorded."))
    if not announced:
        return str(_("Counted %(counted)s. No announced totals.") % {"counted": counted})
    figures = {"counted": counted, "announced": announced, "differences": in_words(roll_call.differences(counted))}
    if not figures["differences"]:
        return str(_("Counted %(counted)s, announced %(announced)s: they agree.") % figures)
    return str(_("Counted %(counted)s, announced %(announced)s. They differ: %(differences)s.") % figures)


@admin.display(description=_("Entered by"))
def entered(roll_call: RollCall) -> str:
    """Return who entered or changed it."""
    names = sorted(user.get_username() for user in roll_call.entered_by.all())
    return ", ".join(names) or str(_("imported, not entered by hand"))


@admin.display(description=_("Votes"))
def votes_by_choice(roll_call: RollCall) -> SafeString:
    """Return the names of the states that made each choice."""
    names = defaultdict(list)
    for vote in roll_call.votes.select_related("state").order_by("state__sort_name"):
        names[vote.choice].append(vote.state.name)
    lines = ((choice.label, ", ".join(names[choice])) for choice in Choice if names[choice])
    return format_html_join("", "<p><b>{}:</b> {}</p>", lines)
