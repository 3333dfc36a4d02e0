"""The admin page that enters the votes of a whole meeting from its record: read, shown for review, saved as drafts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.subjects import add_suggested_topics
from resolutions.models import Body
from resolutions.text import fold
from votes.admin.holding import NOT_SAVED, HeldError, hold_implausible
from votes.admin.sheet import VotingSheet
from votes.choices import Choice
from votes.editing.drafts import known_text
from votes.editing.meetings import Entered, Meeting, MeetingVote, read_meeting, save_meeting
from votes.entry.pdf import PDF_LIMIT, TEXT_LIMIT, PdfError, PdfFault, read_pdf
from votes.models import MemberState, RollCall
from votes.rules import Result
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin

FAULTS = {
    PdfFault.BROKEN: _("This file is not a PDF, or it is damaged. Download it again, or paste its text instead."),
    PdfFault.ENCRYPTED: _("This PDF is protected by a password. Save it without one, or paste its text instead."),
    PdfFault.IMAGES: _(
        "This PDF contains only scanned pages. Run it through text recognition (OCR) first, or paste the text."
    ),
    PdfFault.TOO_LONG: _(
        "This PDF is too long: at most 9 MB, 400 pages and a million characters. Upload only the pages with the votes."
    ),
    PdfFault.TOO_SLOW: _("Reading this PDF took longer than a minute and was stopped. Paste its text instead."),
}


class RecordForm(forms.Form):
    """The record of a meeting, and what its first page may not say."""

    text = forms.CharField(
        label=_("Text of the record"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "data-keep": ""}),
        help_text=_("The whole verbatim record with its first page, in English, French or Spanish."),
    )
    file = forms.FileField(
        label=_("Or the record as a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.txt"}),
        help_text=_("PDF (at most 9 MB) or plain text."),
    )
    body = forms.ModelChoiceField(
        Body.objects.all(), to_field_name="code", required=False, label=_("Body"), empty_label=_("As in the record")
    )
    date = forms.DateField(
        required=False,
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Body, date and meeting are read from the first page. Fill in only what is missing there."),
    )
    meeting = forms.CharField(required=False, max_length=40, label=_("Meeting"), help_text=_("For example A/65/PV.71."))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").replace("\0", "")
        if len(text) > TEXT_LIMIT:
            raise ValidationError(
                _("The text is longer than a million characters. Paste only the part with the votes.")
            )
        return text

    def clean_file(self) -> str:
        """Return the text of the file, empty where there is none."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > PDF_LIMIT:
            raise ValidationError(FAULTS[PdfFault.TOO_LONG])
        content: bytes = file.read()
        if not (file.name.lower().endswith(".pdf") or content.startswith(b"%PDF-")):
            text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\0", "")
            if len(text) > TEXT_LIMIT:
                told = _("The text is longer than a million characters. Upload only the part with the votes.")
                raise ValidationError(told)
            return text
        try:
            return read_pdf(content)
        except PdfError as error:
            raise ValidationError(FAULTS[error.fault]) from error

    def clean(self) -> dict[str, Any]:
        """Ask for just one of both, and keep it as the text."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in ("text", "file") if cleaned.get(name, "").strip()]
        if not self.errors and len(given) != 1:
            problem = _("Paste a text or choose a file, not both.") if given else _("Paste a text or choose a file.")
            self.add_error("text", problem)
        elif given:
            cleaned["text"] = cleaned[given[0]]
        return cleaned


class VoteForm(forms.Form):
    """One vote of the meeting, as it is saved."""

    include = forms.BooleanField(required=False, label=_("Save this vote as a draft"))
    kind = forms.ChoiceField(choices=RollCall.Kind.choices, label=_("Kind"))
    symbol = forms.CharField(required=False, max_length=100, label=_("Symbol of the text"))
    draft = forms.CharField(required=False, max_length=100, label=_("Draft symbol"))
    title = forms.CharField(
        required=False, label=_("Title of the text"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    subject = forms.CharField(
        required=False, max_length=500, label=_("What was voted on"), help_text=_("If it was not the whole text.")
    )

    def __init__(self, data: Any, vote: MeetingVote) -> None:
        cut = vote.cut
        initial = {
            "include": vote.recorded is None and bool(vote.reading.choices),
            "kind": cut.kind,
            "symbol": cut.resolution,
            "draft": cut.draft,
            "title": cut.title or cut.agenda,
            "subject": "" if cut.kind == "text" else cut.subject,
        }
        super().__init__(data, initial=initial, prefix=f"vote-{vote.number}")
        self.vote = vote
        if vote.recorded:
            del self.fields["include"]

    def clean(self) -> dict[str, Any]:
        """Ask for the title of a new text, and for what was voted on where it is no text."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("include"):
            self.errors.clear()
            return cleaned
        symbols = [symbol for name in ("symbol", "draft") if (symbol := cleaned.get(name))]
        has_text = bool(symbols)
        if has_text and not cleaned.get("title") and not known_text(*symbols):
            self.add_error("title", _("Enter the title of the text."))
        if not has_text and not (cleaned.get("subject") or cleaned.get("title")):
            self.add_error("symbol", _("Enter the symbol of the text, or say what was voted on."))
        return cleaned

    @property
    def entered(self) -> Entered | None:
        """Return what is to be saved, None for a vote that is left out."""
        cleaned = self.cleaned_data
        if not cleaned.get("include"):
            return None
        facts = {name: cleaned[name] for name in ("symbol", "draft", "title", "kind", "subject")}
        return Entered(number=self.vote.number, **facts)


@dataclass
class Shown:
    """A vote of the meeting as the page shows it."""

    vote: MeetingVote
    form: VoteForm
    names: dict[str, str]

    @cached_property
    def lists(self) -> list[tuple[Choice, list[str]]]:
        lists = self.vote.reading.names_of(self.names)
        return [(choice, names) for choice, names in lists.items() if names]

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Return for each choice what the lists count and the sentence announces."""
        counted = Totals.count(self.vote.reading.choices.values())
        return [
            {
                "label": choice.label,
                "counted": counted.of(choice),
                "announced": (announced := self.vote.reading.announced.get(choice)),
                "differs": announced not in (None, counted.of(choice)),
            }
            for choice in (Choice.YES, Choice.NO, Choice.ABSTAINING)
        ]

    @property
    def prefix(self) -> str:
        """What the anchors of its places in the text begin with."""
        return f"vote-{self.vote.number}-"

    @property
    def tally(self) -> str:
        return str(Totals.count(self.vote.reading.choices.values()))

    @property
    def kind(self) -> str:
        return str(RollCall.Kind(self.vote.cut.kind).label)

    @property
    def result(self) -> str:
        return str(Result(self.vote.reading.result).label) if self.vote.reading.result else ""

    @property
    def absent(self) -> int:
        return len(self.vote.absent)


def meeting_page(model_admin: RecordAdmin[RollCall], request: HttpRequest) -> HttpResponse:
    """Ask for the record of a meeting, show its votes for review, then save those that are chosen as drafts."""
    if not (model_admin.has_add_permission(request) and request.user.has_perm("resolutions.add_resolution")):
        raise PermissionDenied
    source = RecordForm(request.POST, request.FILES) if request.method == "POST" else RecordForm()
    context: dict[str, Any] = {
        "title": _("Enter the votes of a meeting"),
        "source": source,
        "media": model_admin.media + VotingSheet().media,
    }
    meeting = _read(source) if source.is_bound and source.is_valid() else None
    if meeting:
        text: str = source.cleaned_data["text"]
        is_stale = "_save" in request.POST and request.POST.get("read") != _hash(text)
        saves = "_save" in request.POST and not is_stale
        forms_of = [VoteForm(request.POST if saves else None, vote) for vote in meeting.votes]
        refused: list[Any] = (
            [_("The text has changed since it was read. Check the votes below again.")] if is_stale else []
        )
        if saves:
            try:
                refused = _save(model_admin, request, meeting, forms_of)
            except HeldError as error:
                refused = [words for _field, words in error.held.refused] or [NOT_SAVED]
                context["held"] = error.held
            if not refused:
                query = urlencode(
                    {"q": meeting.symbol} if meeting.symbol else {"date__exact": meeting.date.isoformat()}
                )
                return HttpResponseRedirect(f"{reverse('admin:votes_rollcall_changelist')}?{query}")
        # With the review the text comes again, so that nothing is stored of what nobody has saved.
        source = RecordForm(
            initial={
                "text": text,
                "body": meeting.body.code,
                "date": meeting.date,
                "meeting": meeting.symbol,
            }
        )
        names = _names()
        context |= {
            "source": source,
            "meeting": meeting,
            "shown": [Shown(vote, form, names) for vote, form in zip(meeting.votes, forms_of, strict=True)],
            "new": sum(vote.recorded is None for vote in meeting.votes),
            "known": sum(vote.recorded is not None for vote in meeting.votes),
            "refused": refused,
            "read": _hash(text),
        }
    return model_admin.render(request, "admin/votes/rollcall/meeting.html", context)


def _read(source: RecordForm) -> Meeting | None:
    """Return the meeting, None where the record does not say which and the form says so."""
    cleaned = source.cleaned_data
    try:
        return read_meeting(
            cleaned["text"], body=cleaned["body"], date=cleaned["date"], meeting=cleaned["meeting"].strip()
        )
    except ValidationError as error:
        source.add_error(None, error)
        return None


def _save(
    model_admin: RecordAdmin[RollCall], request: HttpRequest, meeting: Meeting, forms_of: Iterable[VoteForm]
) -> list[Any]:
    """Save the chosen votes; return what is wrong where nothing was saved.

    Raises HeldError, having saved nothing, for what looks wrong while no reason is given.
    """
    user: Any = request.user
    forms_of = list(forms_of)
    if not all(form.is_valid() for form in forms_of):
        return [_("Nothing has been saved yet. Correct the errors below.")]
    entered = [one for form in forms_of if (one := form.entered)]
    if not entered:
        return [_("No votes are selected. Tick the votes to save.")]
    try:
        with transaction.atomic():
            saved = save_meeting(meeting=meeting, entered=entered, by=user)
            hold_implausible(request, roll_calls=saved.roll_calls, texts=saved.texts)
    except ValidationError as error:
        return list(error.messages)
    for text in saved.texts:
        add_suggested_topics(text)
    for roll_call in saved.roll_calls:
        model_admin.log_addition(request, roll_call, [{"added": {}}])
    done = ngettext(
        "Saved %(count)d vote of %(meeting)s as a draft. Check it against the record before it is published.",
        "Saved %(count)d votes of %(meeting)s as drafts. Check them against the record before they are published.",
        len(saved.roll_calls),
    )
    facts = {"count": len(saved.roll_calls), "meeting": meeting.symbol or meeting.date}
    model_admin.message_user(request, done % facts, messages.SUCCESS)
    return []


def _names() -> dict[str, str]:
    """Return the names of all states by code, in the order of the English alphabet."""
    states = MemberState.objects.values_list("code", "name")
    return dict(sorted(states, key=lambda state: fold(state[1])))


def _hash(text: str) -> str:
    """Return a short hash of ``text``."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
