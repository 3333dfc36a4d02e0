"""The page on which a text, its subjects and topics, and its roll call are entered together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import RecordAdmin
from resolutions.admin.subjects import add_suggested_topics
from resolutions.admin.texts import ResolutionForm, wrong_session
from resolutions.models import Body, OtherSymbol, Resolution, Session
from votes.admin.forms import NewRollCallForm
from votes.admin.sheet import ANNOUNCED
from votes.editing.drafts import is_complete, proposal, session_on
from votes.models import RollCall, Source

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class WhenForm(forms.Form):
    """Where and when it was voted on, which tells how symbols begin and who may vote."""

    body = forms.ModelChoiceField(Body.objects.all(), to_field_name="code", label=_("Body"))
    date = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    session = forms.ModelChoiceField(
        Session.objects.select_related("body").order_by("kind", "-number"),
        required=False,
        label=_("Session"),
        help_text=_("Empty: the regular session of the date. The Security Council has none."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a session of another body; find that of the date."""
        cleaned = super().clean() or self.cleaned_data
        body, date, session = (cleaned.get(name) for name in ("body", "date", "session"))
        if body and session and session.body != body:
            self.add_error("session", wrong_session(session))
        elif body and date and not session and "session" not in self.errors:
            cleaned["session"] = session_on(body, date)
        return cleaned


class TextForm(ResolutionForm):
    """The text that was put to the vote; left as it is, there is none."""

    reason = None  # type: ignore[assignment]  # which is how Django is told that a form has it not
    draft_symbol = forms.CharField(
        label=_("Draft symbol"),
        required=False,
        max_length=100,
        help_text=_("Where the text has no other symbol yet, it goes by this one."),
    )

    class Meta(ResolutionForm.Meta):
        fields = ("symbol", "draft_symbol", "title", "kind", "agenda", "subjects", "topics")  # type: ignore[assignment]
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "cols": 80}),
            "agenda": forms.TextInput(attrs={"size": 80}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["symbol"].required = False

    def clean(self) -> dict[str, Any]:
        """Take the draft symbol for the text's where that has none yet."""
        cleaned: dict[str, Any] = self.cleaned_data
        draft = cleaned.get("draft_symbol", "").strip()
        cleaned["draft_symbol"] = draft if is_complete(draft) else ""
        if not is_complete(cleaned.get("symbol") or ""):
            cleaned["symbol"], cleaned["draft_symbol"] = cleaned["draft_symbol"], ""
            cleaned["kind"] = Resolution.Kind.DRAFT
            if not cleaned["symbol"]:
                self.add_error("symbol", _("Complete the symbol, or that of the draft."))
        return super().clean()


class VoteForm(NewRollCallForm):
    """The vote taken on it."""

    reason = None  # type: ignore[assignment]

    class Meta(NewRollCallForm.Meta):
        fields = (  # type: ignore[assignment]
            *("body", "session", "date", "resolution", "title", "kind", "meeting", "ordinal", "method", "requirement"),
            *("result", *ANNOUNCED, "source", "source_reference", "note", "slug"),
        )
        hidden = ("body", "session", "date", "resolution")
        widgets = {
            **{name: forms.HiddenInput() for name in hidden},
            **{name: forms.Textarea(attrs={"rows": 2, "cols": 80}) for name in ("title", "note")},
        }

    awaits_text = False
    """Whether its text is still to be mended, so that it cannot be missed yet."""

    def clean(self) -> dict[str, Any]:
        """Check the facts; a meeting that was not completed is none."""
        if not is_complete(self.cleaned_data.get("meeting", "")):
            self.cleaned_data["meeting"] = ""
        if self.awaits_text:
            self.add_error("resolution", _("See above."))
        return super().clean()


class DraftingAdmin(RecordAdmin[RollCall]):
    """Entering a text and the vote on it together."""

    def get_urls(self) -> list[Any]:
        """Return the addresses with that of the page."""
        wrap = self.admin_site.admin_view
        return [path("new/", wrap(self.new_view), name="votes_rollcall_new"), *super().get_urls()]

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Ask where and when, then for text and vote with what that tells filled in; then go on to the sheet."""
        if not (self.has_add_permission(request) and request.user.has_perm("resolutions.add_resolution")):
            raise PermissionDenied
        return self._or_say_why(request, partial(self._new, request))

    def _new(self, request: HttpRequest) -> HttpResponse:
        """Ask where and when, then for text and vote with what that tells filled in; then go on to the sheet."""
        when = WhenForm(request.GET) if "body" in request.GET else WhenForm()
        context = {**self.admin_site.each_context(request), "title": _("Enter a text and its vote"), "when": when}
        context |= {"opts": self.opts, "media": self.media}
        if when.is_valid():
            told = proposal(**when.cleaned_data)
            about = {"body": when.cleaned_data["body"], "session": when.cleaned_data["session"]}
            text = TextForm(
                request.POST or None,
                prefix="text",
                instance=Resolution(**about),
                initial={"symbol": told.symbol, "draft_symbol": told.draft_symbol},
                empty_permitted=True,
                use_required_attribute=False,
            )
            initial: dict[str, Any] = {"meeting": told.meeting, "ordinal": told.ordinal}
            initial |= {"source": Source.objects.filter(slug="editor").first()}
            made = (
                self._made(request, text, when.cleaned_data) if request.method == "POST" else VoteForm(initial=initial)
            )
            if isinstance(made, RollCall):
                self.log_addition(request, made, [{"added": {}}])
                self.message_user(request, _("Saved as a draft. Now enter who voted how."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:votes_rollcall_change", args=[made.pk]))
            context |= {"text": text, "vote": made, "told": told, **when.cleaned_data}
        return TemplateResponse(request, "admin/votes/rollcall/new.html", context)

    def _made(self, request: HttpRequest, text: TextForm, when: dict[str, Any]) -> RollCall | VoteForm:
        """Return the draft that was made, or the form that says why none was."""
        told = {"body": when["body"].pk, "session": when["session"].pk if when["session"] else "", "date": when["date"]}
        with transaction.atomic():
            is_text_sound = text.is_valid()
            resolution = self._text(request, text) if is_text_sound and text.has_changed() else None
            data = {**request.POST.dict(), **told, "resolution": resolution.pk if resolution else ""}
            vote = VoteForm(data)
            vote.awaits_text = not is_text_sound
            if vote.is_valid():
                roll_call: RollCall = vote.save()
                roll_call.entered_by.add(request.user)  # type: ignore[arg-type]  # who is in the admin is no stranger
                return roll_call
            transaction.set_rollback(True)
        return vote

    def _text(self, request: HttpRequest, form: TextForm) -> Resolution:
        """Save a text with its topics, those of the rules where none are chosen, and its draft symbol."""
        text: Resolution = form.save()
        if said := add_suggested_topics(text):
            self.message_user(request, said, messages.INFO)
        text.entered_by.add(request.user)  # type: ignore[arg-type]  # who is in the admin is no stranger
        if draft := form.cleaned_data["draft_symbol"]:
            OtherSymbol.objects.create(resolution=text, symbol=draft, kind=OtherSymbol.Kind.DRAFT)
        return text
