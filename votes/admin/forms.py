"""The forms of a roll call: first the facts, then the facts with the votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import ReasonForm
from resolutions.admin.texts import wrong_session
from resolutions.models import Body, Session, Status
from votes.admin.sheet import VotesField, seen_choices, show_sheet
from votes.editing.publishing import been_public, check_publishable, check_publisher
from votes.editing.votes import check_choices, slug_for
from votes.models import RollCall
from votes.rules import Requirement, Result
from votes.totals import Totals

if TYPE_CHECKING:
    from django.contrib.auth.models import User

COUNCIL_ONLY = {
    "result": ((Result.VETOED,), _("Only the Security Council has a veto.")),
    "requirement": (
        (Requirement.SC_SUBSTANTIVE, Requirement.SC_PROCEDURAL),
        _("This is a requirement of the Security Council."),
    ),
}


class RollCallForm(ReasonForm[RollCall]):
    """The facts of a roll call, checked against each other."""

    by: User
    """Whose form it is."""

    class Meta:
        model = RollCall
        fields = "__all__"
        help_texts = {
            "resolution": _("Search by symbol or title, or add it with +. Empty for a motion of its own."),
            "session": _("Empty: the resolution’s. The Security Council has none."),
            "result": _("As announced by the President."),
            "status": _(
                "A draft is seen by editors only. A published roll call is seen by everyone, "
                "and its resolution with it."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Check the facts against each other."""
        cleaned = super().clean()
        self._fill_in(cleaned)
        body, resolution, session = (cleaned.get(name) for name in ("body", "resolution", "session"))
        if body and resolution and resolution.body != body:
            self.add_error(
                "body",
                ValidationError(
                    _("%(symbol)s is a text of the %(body)s."),
                    params={"symbol": resolution.symbol, "body": resolution.body},
                ),
            )
        if body and session and session.body != body:
            self.add_error("session", wrong_session(session))
        if body and body.code != Body.SECURITY_COUNCIL:
            for field, (values, message) in COUNCIL_ONLY.items():
                if cleaned.get(field) in values:
                    self.add_error(field, message)
        if not resolution and "resolution" not in self.errors and not cleaned.get("title"):
            self.add_error("title", _("A roll call without a resolution needs a title."))
        self._check_ordinal(cleaned)
        return cleaned

    def needs_reason(self) -> bool:
        """Tell whether the public has seen it."""
        return bool(been_public([self.instance]))

    @property
    def facts_changed(self) -> bool:
        """Tell whether anything is changed that the one who publishes has to verify."""
        return bool({*self.changes} - {"status", "difference_reason"})

    def _fill_in(self, cleaned: dict[str, Any]) -> None:
        """Take the session from the resolution where it was left empty."""
        resolution: Any = cleaned.get("resolution")
        if resolution and not cleaned.get("session") and "session" not in self.errors:
            cleaned["session"] = resolution.session

    def _check_ordinal(self, cleaned: dict[str, Any]) -> None:
        """Refuse the place of another roll call in the meeting."""
        body, meeting, ordinal = (cleaned.get(name) for name in ("body", "meeting", "ordinal"))
        if not (body and meeting and ordinal is not None):
            return
        same = RollCall.objects.filter(body=body, meeting=meeting, ordinal=ordinal).exclude(pk=self.instance.pk)
        if other := same.first():
            self.add_error(
                "ordinal",
                ValidationError(_("%(slug)s already has this place in the meeting."), params={"slug": other.slug}),
            )


class NewRollCallForm(RollCallForm):
    """The facts of a roll call that is not on record yet; it starts as a draft."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = False
        self.fields["body"].help_text = _("Empty: the resolution’s.")
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _(
            "The permanent name in the address. Empty: made from the symbol, or from body and date."
        )

    def _fill_in(self, cleaned: dict[str, Any]) -> None:
        """Take body and session from the resolution, and make the name."""
        resolution: Any = cleaned.get("resolution")
        session: Session | None = cleaned.get("session")
        told_by = resolution or session
        if not cleaned.get("body") and "body" not in self.errors:
            if told_by:
                cleaned["body"] = told_by.body
            else:
                self.add_error("body", _("Choose the body, or a resolution that tells it."))
        super()._fill_in(cleaned)
        self.instance.decisive = bool(
            resolution
            and cleaned.get("kind") == RollCall.Kind.TEXT
            and not resolution.roll_calls.filter(decisive=True).exists()
        )
        body, date = cleaned.get("body"), cleaned.get("date")
        if body and date and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = slug_for(
                resolution=resolution,
                decisive=self.instance.decisive,
                body_code=body.code,
                date=date.isoformat(),
            )


class RollCallWithVotesForm(RollCallForm):
    """The facts of a roll call on record, with its votes and whether the public sees them."""

    start = ""
    """The code of the member whose row is the first."""

    votes = VotesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["votes"] = show_sheet(self, self.instance, start=self.start)

    def clean_votes(self) -> dict[str, str] | None:
        """Refuse to replace votes that this editor has not seen."""
        return seen_choices(self, self.instance)

    def clean(self) -> dict[str, Any]:
        """Check, beside the facts, that only a roll call of a text decides it."""
        cleaned = super().clean()
        if cleaned.get("decisive") and not cleaned.get("resolution"):
            self.add_error("decisive", _("Only a roll call of a resolution can decide one."))
        return cleaned

    def _post_clean(self) -> None:
        """Check the votes, and whether the public may see them, by the facts as they are about to be."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors.keys() & {"body", "date", "method", "votes"}:
            return
        choices = self.cleaned_data.get("votes")
        if choices is None:
            choices = self.initial["votes"]
        try:
            check_choices(self.instance, choices)
        except ValidationError as error:
            self.add_error("votes", error)
            return
        if self.instance.status == Status.PUBLISHED:
            self._check_publishable(Totals.count(choices.values()) if choices else None)

    def _check_publishable(self, counted: Totals | None) -> None:
        """Check whether the public may see it, and whether this editor may be the one to show it."""
        becomes_public = self.initial.get("status") != Status.PUBLISHED
        status = "status" if "status" in self.fields else NON_FIELD_ERRORS
        try:
            check_publishable(self.instance, counted=counted)
        except ValidationError as error:
            differ = counted is not None and "difference_reason" in self.fields
            self.add_error("difference_reason" if differ else status, error)
        try:
            if becomes_public and status in self.fields:
                check_publisher(self.instance, by=self.by, changes=self.facts_changed)
        except ValidationError as error:
            self.add_error(status, error)
