"""Publishing, unpublishing and withdrawing roll calls: permissions, checks and work lists.

``by`` is the user, whose permissions and obligations are checked. None is a program, such as an import or a test: then
only the integrity of the record is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resolutions.attribution import attributed
from resolutions.models import Status
from votes.editing.plausibility import check_publishable_facts
from votes.models import RetiredAddress, ReturnedDraft, RollCall, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from votes.choices import Choice
    from votes.totals import Totals

PUBLISH = "votes.publish_rollcall"
AMEND = "votes.amend_rollcall"
WITHDRAW = "votes.withdraw_rollcall"

WORK = {
    "mine": gettext_lazy("my drafts"),
    "returned": gettext_lazy("sent back with a comment"),
    "waiting": gettext_lazy("waiting for verification"),
    "findings": gettext_lazy("with findings"),
    "withdrawn": gettext_lazy("withdrawn"),
}
"""The work lists."""

# Reading


def been_public(roll_calls: Iterable[RollCall]) -> set[int]:
    """Return the keys of those of ``roll_calls`` that the public sees or has seen: changing them takes a reason."""
    keys = [roll_call.pk for roll_call in roll_calls]
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM votes_publication WHERE kind = 'roll-call' AND key = ANY (%s)", [keys])
        return {key for (key,) in cursor.fetchall()}


def drafts_of(user: User) -> QuerySet[RollCall]:
    """Return the drafts that ``user`` entered or changed, but those withdrawn."""
    return _drafts().filter(Q(entered_by=user))


def waiting_for(user: User) -> QuerySet[RollCall]:
    """Return the drafts that are ready to be verified and that ``user``, by who entered them, may publish.

    One that was sent back is not ready.
    """
    ready = (
        _drafts()
        .filter(returned__isnull=True)
        .filter(Q(tally__cast__gt=0) | ~Q(method__in=RollCall.METHODS_WITH_VOTES))
    )
    return ready if settings.PUBLISH_OWN_ENTRIES else ready.exclude(_entered_by(user))


def returned_to(user: User) -> QuerySet[RollCall]:
    """Return the drafts that were sent back and that ``user``, or nobody, entered or changed."""
    return _drafts().filter(Q(entered_by=user) | Q(entered_by__isnull=True), returned__isnull=False)


def with_findings() -> QuerySet[RollCall]:
    """Return the roll calls about which something was found that nobody has acknowledged."""
    return RollCall.objects.filter(
        pk__in=RollCall.objects.filter(findings__isnull=False, findings__acknowledged_at__isnull=True).values("pk")
    )


def withdrawn() -> QuerySet[RollCall]:
    """Return the roll calls that were withdrawn."""
    gone = RetiredAddress.objects.filter(kind=RetiredAddress.Kind.WITHDRAWN, roll_call__isnull=False)
    return RollCall.objects.filter(pk__in=gone.values("roll_call"))


def _drafts() -> QuerySet[RollCall]:
    return RollCall.objects.filter(status=Status.DRAFT).exclude(pk__in=withdrawn().values("pk"))


def _entered_by(user: User) -> Q:
    """Return the condition that ``user`` entered a roll call, or its text where that is a draft, too."""
    return Q(entered_by=user) | Q(resolution__status=Status.DRAFT, resolution__entered_by=user)


def work_lists(user: User) -> dict[str, QuerySet[RollCall]]:
    """Return what there is to do for ``user``: the roll calls on each of the work lists that they have."""
    waiting = {"waiting": waiting_for(user)} if user.has_perm(PUBLISH) else {}
    return {
        "mine": drafts_of(user),
        "returned": returned_to(user),
        **waiting,
        "findings": with_findings(),
        "withdrawn": withdrawn(),
    }


# Checking


def check_publishable(roll_call: RollCall, *, counted: Totals | None) -> None:
    """Raise ValidationError, saying what to do, for a roll call that is not ready for the public.

    ``counted`` are the totals of its votes, or of those that it will have when what an editor entered is saved.
    """
    if roll_call.method in RollCall.METHODS_WITH_VOTES and counted is None:
        raise ValidationError(
            _("%(slug)s has no votes yet. Enter them, or choose a method that records totals only.")
            % {"slug": roll_call.slug}
        )
    if (found := roll_call.differences(counted)) and not roll_call.difference_reason.strip():
        raise ValidationError(
            _(
                "Counted and announced totals of %(slug)s differ: %(differences)s. Correct them, or give "
                "the reason for the difference in the form; it will be public."
            )
            % {"slug": roll_call.slug, "differences": in_words(found)}
        )


def in_words(found: Iterable[tuple[Choice, int, int]]) -> str:
    """Return differences of totals in words."""
    return "; ".join(
        _("%(choice)s %(counted)d counted, %(announced)d announced")
        % {"choice": choice.label, "counted": counted, "announced": announced}
        for choice, counted, announced in found
    )


def check_publisher(roll_call: RollCall, *, by: User | None, changes: bool = False) -> None:
    """Raise PermissionDenied for who may not publish, ValidationError for who entered what is to be published.

    ``changes`` tells whether ``by`` changes it in the same breath. A draft of a text is published with its roll call,
    so that who entered either does not publish both.
    """
    if by is None:
        return
    if not by.has_perm(PUBLISH):
        raise PermissionDenied
    if settings.PUBLISH_OWN_ENTRIES:
        return
    if changes or RollCall.objects.filter(_entered_by(by), pk=roll_call.pk).exists():
        raise ValidationError(
            _(
                "You entered or changed %(slug)s or its text, so another person must publish it. Leave it "
                "as a draft: verifiers find it under “waiting for verification”. On a site with a single "
                "editor, set PUBLISH_OWN_ENTRIES=1."
            )
            % {"slug": roll_call.slug}
        )


def check_reason(roll_calls: Sequence[RollCall], *, by: User | None, reason: str) -> None:
    """Raise ValidationError where a person changes what is or was public and does not say why."""
    if by is None or reason.strip():
        return
    known = been_public(roll_calls)
    if named := sorted(roll_call.slug for roll_call in roll_calls if roll_call.pk in known):
        raise ValidationError(
            _("Give a reason, because these have been public: %(slugs)s.") % {"slugs": ", ".join(named)}
        )


# Doing


@transaction.atomic
def publish(*, roll_calls: Iterable[RollCall], by: User | None = None, reason: str = "") -> int:
    """Show ``roll_calls`` in public, and the resolutions they belong to; return how many were drafts.

    Raises ValidationError, and publishes none, for one that should have votes and has none, whose totals differ for
    no reason given, that ``by`` entered, or that was public before where no ``reason`` is given; PermissionDenied for
    a person who may not publish. One that was withdrawn answers at its address again.
    """
    drafts = _locked(roll_calls, Status.DRAFT)
    tallies = Tally.objects.in_bulk([roll_call.pk for roll_call in drafts])
    for roll_call in drafts:
        roll_call.tally = tallies[roll_call.pk]
        check_publishable(roll_call, counted=roll_call.counted)
        check_publisher(roll_call, by=by)
    check_reason(drafts, by=by, reason=reason)
    withdrawn_before = set(withdrawn().filter(pk__in=[one.pk for one in drafts]).values_list("pk", flat=True))
    check_publishable_facts(drafts, by=by)
    with attributed(by=by, reason=reason):
        for roll_call in drafts:
            publish_text(roll_call)
            roll_call.status = Status.PUBLISHED
            # The database gives its address back to one that was withdrawn.
            roll_call.save(update_fields=["status"])
            if roll_call.pk in withdrawn_before:
                _decide_again(roll_call)
    ReturnedDraft.objects.filter(roll_call__in=drafts).delete()
    return len(drafts)


def publish_text(roll_call: RollCall) -> None:
    """Publish the text of a roll call that is or becomes public."""
    text = roll_call.resolution
    if text and text.status == Status.DRAFT:
        text.status = Status.PUBLISHED
        text.save(update_fields=["status"])


def _decide_again(roll_call: RollCall) -> None:
    """Give a roll call that was withdrawn its place before its text again, where that is free."""
    text = roll_call.resolution
    if text and roll_call.kind == RollCall.Kind.TEXT and not text.roll_calls.filter(decisive=True).exists():
        roll_call.decisive = True
        roll_call.save(update_fields=["decisive"])


@transaction.atomic
def unpublish(*, roll_calls: Iterable[RollCall], by: User | None = None, reason: str = "") -> int:
    """Take ``roll_calls`` out of public view; return how many were published. Their resolutions stay as they are.

    Raises PermissionDenied for a person who may not publish, ValidationError for one who gives no ``reason``.
    """
    check_permission(by, PUBLISH)
    published = _locked(roll_calls, Status.PUBLISHED)
    check_reason(published, by=by, reason=reason)
    with attributed(by=by, reason=reason):
        for roll_call in published:
            roll_call.status = Status.DRAFT
            roll_call.save(update_fields=["status"])
    return len(published)


@transaction.atomic
def withdraw(*, roll_call: RollCall, reason: str, by: User | None = None) -> None:
    """Withdraw a roll call that should never have been published: its address permanently says so, with the reason.

    The data stay as a draft, so that nothing is lost and no import brings them back. Its text stays public. Raises
    PermissionDenied for a person who may not, ValidationError without a ``reason`` and for what has never been public.
    """
    check_permission(by, WITHDRAW)
    if not reason.strip():
        raise ValidationError(_("Give the reason for the withdrawal. It will be shown on the page of the vote."))
    roll_call = RollCall.objects.select_for_update().get(pk=roll_call.pk)
    if not been_public([roll_call]):
        raise ValidationError(_("%(slug)s has never been published. Delete it instead.") % {"slug": roll_call.slug})
    with attributed(by=by, reason=reason):
        RetiredAddress.objects.update_or_create(
            slug=roll_call.slug,
            defaults={
                "kind": RetiredAddress.Kind.WITHDRAWN,
                "reason": reason.strip(),
                "roll_call": roll_call,
                "resolution": roll_call.resolution,
                "by": by,
            },
        )
        roll_call.status, roll_call.decisive = Status.DRAFT, False
        roll_call.save(update_fields=["status", "decisive"])


def is_deletable(roll_call: RollCall, *, by: User) -> bool:
    """Tell whether ``by``, who may delete, may delete this one: a draft of their own, never public, or one withdrawn.

    Who may publish deletes other people's drafts, too. Whatever else was public once has an address that is cited,
    and would be gone without a word.
    """
    if roll_call.status != Status.DRAFT:
        return False
    if not been_public([roll_call]):
        return by.has_perm(PUBLISH) or roll_call.entered_by.filter(pk=by.pk).exists()
    return by.has_perm(WITHDRAW) and RetiredAddress.objects.filter(slug=roll_call.slug).exists()


def check_permission(by: User | None, permission: str) -> None:
    """Raise PermissionDenied for a person who has not got ``permission``."""
    if by is not None and not by.has_perm(permission):
        raise PermissionDenied


def _locked(roll_calls: Iterable[RollCall], status: Status) -> list[RollCall]:
    """Return those of ``roll_calls`` that have ``status``, as they are now and locked until the transaction ends."""
    keys = [roll_call.pk for roll_call in roll_calls]
    locked = RollCall.objects.filter(pk__in=keys, status=status).select_related("resolution")
    return list(locked.order_by("pk").select_for_update(of=("self",)))
