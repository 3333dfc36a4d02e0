"""Writing votes: every change that a person makes to votes goes through here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from resolutions.dates import dated
from resolutions.models import Status
from votes.choices import Choice
from votes.editing.publishing import AMEND, check_permission
from votes.models import MemberState, RetiredAddress, RollCall, Vote

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from django.contrib.auth.models import User

    from resolutions.models import Resolution


@transaction.atomic
def record_votes(*, roll_call: RollCall, choices: Mapping[str, str], by: User | None = None) -> int:
    """Make the votes of ``roll_call`` exactly ``choices``, by member-state code; return how many rows changed.

    Where any do, ``by`` is from then on one of those who entered it; None is a program. Raises ValidationError, naming
    each culprit, for a state that is not a member of the body on that date, a choice that is none of Y, N, A and X,
    and a roll call whose method records no votes; PermissionDenied for a person who may not change what is public.
    Nothing is written unless everything is.
    """
    roll_call = RollCall.objects.select_for_update().get(pk=roll_call.pk)
    if roll_call.status == Status.PUBLISHED:
        check_permission(by, AMEND)
    check_choices(roll_call, choices)
    before = {vote.state.code: vote for vote in roll_call.votes.select_related("state")}
    gone = [vote.pk for code, vote in before.items() if code not in choices]
    new = [code for code in choices if code not in before]
    changed = [vote for code, vote in before.items() if code in choices and vote.choice != choices[code]]
    Vote.objects.filter(pk__in=gone).delete()
    states = {state.code: state for state in MemberState.objects.filter(code__in=new)}
    Vote.objects.bulk_create(Vote(roll_call=roll_call, state=states[c], choice=choices[c]) for c in new)
    for vote in changed:
        vote.choice = choices[vote.state.code]
    Vote.objects.bulk_update(changed, ["choice"])
    count = len(gone) + len(new) + len(changed)
    if by is not None and count:
        roll_call.entered_by.add(by)
    return count


def check_choices(roll_call: RollCall, choices: Mapping[str, str]) -> None:
    """Raise ValidationError, naming each culprit, for choices that cannot be the votes of ``roll_call``."""
    problems = []
    if choices and roll_call.method not in RollCall.METHODS_WITH_VOTES:
        message = _("Votes of member states cannot be recorded for the method “%(method)s”.")
        problems.append(message % {"method": roll_call.get_method_display()})
    if wrong := sorted(code for code, choice in choices.items() if choice not in Choice.values):
        problems.append(
            _("Choices must be Y, N, A or X. Check the choice of: %(codes)s.") % {"codes": ", ".join(wrong)}
        )
    electorate = MemberState.objects.members_of(roll_call.body, roll_call.date)
    if strangers := sorted(set(choices) - set(electorate.values_list("code", flat=True))):
        problems.append(
            _("Not members of the %(body)s on %(date)s: %(codes)s. Check the date, or the memberships of the body.")
            % {"body": roll_call.body, "date": dated(roll_call.date), "codes": ", ".join(strangers)}
        )
    if problems:
        raise ValidationError(problems)


def slug_for(*, resolution: Resolution | None, decisive: bool, body_code: str, date: str) -> str:
    """Return a free permanent name for a new roll call: its symbol, or its body and date, numbered where taken."""
    of_symbol = slugify(resolution.symbol_loose) if resolution else ""
    of_date = f"{body_code.lower()}-{date}"
    # A name that was public once is never given to another vote.
    taken = {
        slug
        for model in (RollCall, RetiredAddress)
        for slug in model.objects.filter(slug__startswith=of_symbol or of_date).values_list("slug", flat=True)
    }
    return free_slug(of_symbol=of_symbol, decisive=decisive, of_date=of_date, taken=taken)


def free_slug(*, of_symbol: str, decisive: bool, of_date: str, taken: Container[str]) -> str:
    """Return the first name of a roll call that is not ``taken``; the decisive vote of a text goes by its symbol."""
    base = of_symbol or of_date
    slug, number = base if of_symbol and decisive else f"{base}-1", 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
