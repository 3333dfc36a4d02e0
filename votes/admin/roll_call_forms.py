"""Forms of a roll call: a new one has facts only; an existing one also has votes and publication status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import BaseInlineFormSet, LabelledInline, ModelForm
from resolutions.admin.forms import (
    changed_facts,
    check_session,
    reason_field,
    require_reason,
    require_reason_for_rows,
)
from resolutions.models import Body, Status
from votes.admin.roll_call_display import is_withdrawn
from votes.admin.sheet import VotesField, check_conflicts, followed_votes, sheet_of, show_sheet
from votes.editing.publishing import been_public, check_publishable, check_publisher
from votes.editing.votes import check_choices, slug_for
from votes.models import Correction, RollCall
from votes.rules import Requirement, Result
from votes.totals import Totals

if TYPE_CHECKING:
    from django.contrib.auth.models import User

COUNCIL_ONLY = {
    "result": ((Result.VETOED,), _("Only the Security Council has a veto.")),
    "requirement": (
        (Requirement.SC_SUBSTANTIVE, Requirement.SC_PROCEDURAL),
        _("Only the Security Council has this requirement."),
    ),
}
HELP_TEXTS = {
    "resolution": _("Search by symbol or title, or add a text with +. Leave empty for a motion without a text."),
    "session": _("Leave empty to use the resolution’s session, and for a body without sessions."),
    "result": _("As announced by the President."),
    "status": _("Only editors can see a draft. Everyone can see a published roll call and its resolution."),
}


class NewRollCallForm(ModelForm[RollCall]):
    """The facts of a roll call that is not on record yet; it starts as a draft."""

    class Meta:
        model = RollCall
        fields = "__all__"
        help_texts = HELP_TEXTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = False
        self.fields["body"].help_text = _("Leave empty to use the resolution’s.")
        if self.initial.get("kind") == "":
            # Of another vote on a text that has one on the whole of it: which, the editor has to say.
            kind: Any = self.fields["kind"]
            kind.choices = [("", "---------"), *RollCall.Kind.choices]
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _(
            "The permanent name in the address. Leave empty to make it from the symbol, or from body and date."
        )

    def clean(self) -> dict[str, Any]:
        """Take body and session from the resolution, make the slug, and check the facts."""
        cleaned = super().clean() or self.cleaned_data
        resolution: Any = cleaned.get("resolution")
        origin = resolution or cleaned.get("session")
        if not cleaned.get("body") and "body" not in self.errors:
            if origin:
                cleaned["body"] = origin.body
            else:
                self.add_error("body", _("Choose a body, or a resolution, which sets the body."))
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
        check_facts(self)
        return cleaned


class RollCallForm(ModelForm[RollCall]):
    """The facts of a roll call on record, with its votes and whether the public sees them."""

    by: User
    """Who sends the form."""
    start = ""
    """The code of the member state in the first row of the sheet."""

    votes = VotesField()
    reason = reason_field()

    class Meta:
        model = RollCall
        fields = "__all__"
        help_texts = HELP_TEXTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["votes"] = show_sheet(self, self.instance, start=self.start)
        sheet_of(self).kept_as = f"{self.by.pk}-{self.instance.pk}"
        status: Any = self.fields.get("status")
        if status and is_withdrawn(self.instance):
            status.choices = [(Status.DRAFT, _("withdrawn")), (Status.PUBLISHED, Status.PUBLISHED.label)]

    def clean_votes(self) -> dict[str, str] | None:
        """Refuse to replace votes that this editor has not seen."""
        check_conflicts(self)
        choices: dict[str, str] | None = self.cleaned_data["votes"]
        return choices

    def followed_changes(self) -> list[str]:
        """Return what others have changed in the fields and rows that were not touched."""
        return [*super().followed_changes(), *followed_votes(self)]

    def clean(self) -> dict[str, Any]:
        """Check the facts, that only a roll call of a text decides it, and that a public change has a reason."""
        cleaned = super().clean() or self.cleaned_data
        require_reason(self, lambda: bool(been_public([self.instance])))
        check_facts(self)
        if cleaned.get("decisive") and not cleaned.get("resolution"):
            self.add_error(
                "decisive",
                _("Only a roll call on a resolution can be decisive. Choose a resolution, or clear this box."),
            )
        return cleaned

    @property
    def needs_verification(self) -> bool:
        """Tell whether anything changes that the one who publishes has to verify."""
        return bool(changed_facts(self, "status", "difference_reason"))

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
            self._check_publication(Totals.count(choices.values()) if choices else None)

    def _check_publication(self, counted: Totals | None) -> None:
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
                check_publisher(self.instance, by=self.by, changes=self.needs_verification)
        except ValidationError as error:
            self.add_error(status, error)


def check_facts(form: ModelForm[RollCall]) -> None:
    """Take an empty session from the resolution; add an error to ``form`` for each fact that contradicts another."""
    cleaned = form.cleaned_data
    body, resolution = cleaned.get("body"), cleaned.get("resolution")
    if resolution and not cleaned.get("session") and "session" not in form.errors:
        cleaned["session"] = resolution.session
    if body and resolution and resolution.body != body:
        facts = {"symbol": resolution.symbol, "body": resolution.body}
        form.add_error("body", ValidationError(_("%(symbol)s is a text of the %(body)s."), params=facts))
    check_session(form)
    if body and body.code != Body.SECURITY_COUNCIL:
        for field, (values, message) in COUNCIL_ONLY.items():
            if cleaned.get(field) in values:
                form.add_error(field, message)
    if not resolution and "resolution" not in form.errors and not cleaned.get("title"):
        form.add_error("title", _("A roll call without a resolution needs a title."))
    meeting, ordinal = cleaned.get("meeting"), cleaned.get("ordinal")
    if body and meeting and ordinal is not None:
        same = RollCall.objects.filter(body=body, meeting=meeting, ordinal=ordinal).exclude(pk=form.instance.pk)
        if other := same.first():
            message = _("%(slug)s already has this ordinal in the meeting.")
            form.add_error("ordinal", ValidationError(message, params={"slug": other.slug}))


class CorrectionFormSet(BaseInlineFormSet[Correction, RollCall, Any]):
    """The corrections of a roll call."""

    def clean(self) -> None:
        """Ask for the reason of a public change; refuse to publish with corrections that the same person enters."""
        super().clean()
        require_reason_for_rows(self, lambda: bool(been_public([self.instance])))
        if not self.has_changed() or settings.PUBLISH_OWN_ENTRIES:
            return
        drafts = RollCall.objects.filter(pk=self.instance.pk, status=Status.DRAFT)
        if self.instance.status == Status.PUBLISHED and drafts.exists():
            raise ValidationError(
                _("Save this as a draft. Someone other than the person who enters corrections must publish them.")
            )


class CorrectionInline(LabelledInline[Correction, RollCall]):
    """The corrections of a roll call on its page."""

    model = Correction
    formset = CorrectionFormSet
    autocomplete_fields = ("state",)
    classes = ("collapse",)
    extra = 0
