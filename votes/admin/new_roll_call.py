"""The admin page that enters a text, its subjects and topics, and its roll call together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import kept_as, mark_saved
from resolutions.admin.forms import check_session
from resolutions.admin.resolutions import ResolutionForm
from resolutions.admin.subjects import add_suggested_topics
from resolutions.models import Body, OtherSymbol, Resolution, Session
from votes.admin.holding import HeldError, add_held, hold_implausible
from votes.admin.roll_call_forms import NewRollCallForm
from votes.editing.drafts import is_complete, known_text, proposal, session_on
from votes.models import RollCall, Source
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin
    from votes.admin.holding import Held


class SittingForm(forms.Form):
    """The body, date and session of a vote, from which symbols and electorate are proposed."""

    body = forms.ModelChoiceField(
        Body.objects.all(), to_field_name="code", label=_("Body"), widget=forms.Select(attrs={"autofocus": True})
    )
    date = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    session = forms.ModelChoiceField(
        Session.objects.select_related("body").order_by("kind", "-number"),
        required=False,
        label=_("Session"),
        help_text=_("Leave empty for the regular session on that date, and for a body without sessions."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a session of another body; find that of the date."""
        cleaned = super().clean() or self.cleaned_data
        body, date, session = (cleaned.get(name) for name in ("body", "date", "session"))
        check_session(self)
        if body and date and not session and "session" not in self.errors:
            cleaned["session"] = session_on(body, date)
            if cleaned["session"] is None and Session.objects.filter(body=body).exists():
                self.add_error("session", _("No session on this date is on record. Add it under Sessions first."))
        return cleaned


class TextForm(ResolutionForm):
    """The text put to the vote; unchanged, the vote has no text."""

    reason = None  # type: ignore[assignment]  # removes the inherited field, as Django documents
    draft_symbol = forms.CharField(
        label=_("Draft symbol"),
        required=False,
        max_length=100,
        help_text=_("Used as the symbol of the text until it has a final one."),
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
        self.fields["symbol"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Take the draft symbol for the text's where that has none yet."""
        cleaned: dict[str, Any] = self.cleaned_data
        draft = cleaned.get("draft_symbol", "").strip()
        cleaned["draft_symbol"] = draft if is_complete(draft) else ""
        if not is_complete(cleaned.get("symbol") or ""):
            cleaned["symbol"], cleaned["draft_symbol"] = cleaned["draft_symbol"], ""
            cleaned["kind"] = Resolution.Kind.DRAFT
            if not cleaned["symbol"]:
                self.add_error("symbol", _("Complete the symbol or the draft symbol."))
        return super().clean()


class VoteForm(NewRollCallForm):
    """The vote taken on it."""

    class Meta(NewRollCallForm.Meta):
        fields = (  # type: ignore[assignment]
            *("body", "session", "date", "resolution", "title", "kind", "meeting", "ordinal", "method", "requirement"),
            *("result", *ANNOUNCED, "source", "source_reference", "note", "slug"),
        )
        widgets = {
            **dict.fromkeys(("body", "session", "date", "resolution"), forms.HiddenInput()),
            **dict.fromkeys(("title", "note"), forms.Textarea(attrs={"rows": 2, "cols": 80})),
        }

    text_has_errors = False
    """Whether the form of the text has errors, so that the missing resolution is not an error of its own."""

    def clean(self) -> dict[str, Any]:
        """Check the facts; a meeting symbol that was not completed is left empty."""
        if not is_complete(self.cleaned_data.get("meeting", "")):
            self.cleaned_data["meeting"] = ""
        if self.text_has_errors:
            self.add_error("resolution", _("Correct the errors in the text above."))
        return super().clean()


def new_page(model_admin: RecordAdmin[RollCall], request: HttpRequest) -> HttpResponse:
    """Ask for body and date, then for text and vote with what those tell filled in; then go on to the sheet."""
    if not (model_admin.has_add_permission(request) and request.user.has_perm("resolutions.add_resolution")):
        raise PermissionDenied
    sitting = SittingForm(request.GET) if "body" in request.GET else SittingForm()
    context = {"title": _("Enter a text and its vote"), "sitting": sitting}
    if sitting.is_valid():
        proposed = proposal(**sitting.cleaned_data)
        facts = "-".join(str(getattr(value, "pk", value)) for value in sitting.cleaned_data.values())
        kept = kept_as(request, model_admin.opts, f"new-{facts}")
        text = TextForm(
            request.POST or None,
            prefix="text",
            instance=Resolution(body=sitting.cleaned_data["body"], session=sitting.cleaned_data["session"]),
            initial={"symbol": proposed.symbol, "draft_symbol": proposed.draft_symbol},
            empty_permitted=True,
            use_required_attribute=False,
        )
        if request.method == "POST":
            symbols = (request.POST.get(text.add_prefix(name), "") for name in ("symbol", "draft_symbol"))
            if known := known_text(*symbols):
                return _to_known_text(model_admin, request, known)
            vote, held = _save(model_admin, request, text, sitting)
            context["held"] = held
            if vote.is_valid() and held is None:
                message = _("Saved as a draft. Now enter the votes.")
                model_admin.log_addition(request, vote.instance, [{"added": {}}])
                mark_saved(request, kept)
                model_admin.message_user(request, message, messages.SUCCESS)
                return HttpResponseRedirect(sheet_address(vote.instance))
        else:
            source = Source.objects.filter(slug="editor").first()
            body = sitting.cleaned_data["body"]
            initial = {"meeting": proposed.meeting, "ordinal": proposed.ordinal, "source": source}
            vote = VoteForm(initial={**initial, "requirement": body.majority})
        context |= {"text": text, "vote": vote, "proposed": proposed, "kept_as": kept, **sitting.cleaned_data}
    return model_admin.render(request, "admin/votes/rollcall/new.html", context)


def sheet_address(roll_call: RollCall) -> str:
    """Return the address of a draft's page, at its first row to enter."""
    return reverse("admin:votes_rollcall_change", args=[roll_call.pk]) + "#enter-votes"


def _to_known_text(model_admin: RecordAdmin[RollCall], request: HttpRequest, text: Resolution) -> HttpResponse:
    """Lead to the page for another vote on a text that is on record, with what was typed about the vote."""
    names = [name for name, field in VoteForm.base_fields.items() if not field.widget.is_hidden and name != "slug"]
    typed = {name: value for name in (*names, "date") if (value := request.POST.get(name) or request.GET.get(name))}
    if typed.get("kind") == RollCall.Kind.TEXT:
        del typed["kind"]
    request.session[typed_about(text.pk)] = typed
    message = _(
        "%(symbol)s is already on record, so this page adds another vote on it. The details of the vote that you "
        "entered are filled in; the text is unchanged."
    )
    model_admin.message_user(request, message % {"symbol": text.symbol}, messages.WARNING)
    return HttpResponseRedirect(f"{reverse('admin:votes_rollcall_add')}?resolution={text.pk}&typed=1")


def typed_about(text: object) -> str:
    """Return the key in a session of what was typed about another vote on the text with this key."""
    return f"another-vote-{text}"


def _save(
    model_admin: RecordAdmin[RollCall], request: HttpRequest, text: TextForm, sitting: SittingForm
) -> tuple[VoteForm, Held | None]:
    """Save both or neither; return the form of the vote, with errors where nothing was saved, and what is held."""
    user: Any = request.user
    with transaction.atomic():
        text_is_valid = text.is_valid()
        resolution = _save_text(model_admin, request, text) if text_is_valid and text.has_changed() else None
        facts = {**sitting.cleaned_data, "resolution": resolution}
        keys = {name: getattr(value, "pk", value) or "" for name, value in facts.items()}
        vote = VoteForm({**request.POST.dict(), **keys})
        vote.text_has_errors = not text_is_valid
        held: Held | None = None
        if vote.is_valid():
            roll_call = vote.save()
            roll_call.entered_by.add(user)
            try:
                hold_implausible(request, roll_calls=[roll_call], texts=[resolution] if resolution else [])
                return vote, None
            except HeldError as error:
                held = error.held
        transaction.set_rollback(True)
    if held:
        add_held(text, replace(held, refused=[(n, words) for n, words in held.refused if n in text.fields], points=()))
        add_held(vote, replace(held, refused=[(n, words) for n, words in held.refused if n not in text.fields]))
    return vote, held


def _save_text(model_admin: RecordAdmin[RollCall], request: HttpRequest, form: TextForm) -> Resolution:
    """Save a text with its topics, those of the rules where none are chosen, and its draft symbol."""
    user: Any = request.user
    text: Resolution = form.save()
    if message := add_suggested_topics(text):
        model_admin.message_user(request, message, messages.INFO)
    text.entered_by.add(user)
    if draft := form.cleaned_data["draft_symbol"]:
        OtherSymbol.objects.create(resolution=text, symbol=draft, kind=OtherSymbol.Kind.DRAFT)
    return text
