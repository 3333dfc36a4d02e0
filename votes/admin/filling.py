"""The page on which the sheet of a draft is filled from a text or a file, shown as it was understood, and saved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import NO_REASON
from resolutions.models import Body, Status
from resolutions.symbols import loose
from votes.admin.publishing import PublishingAdmin
from votes.admin.sheet import (
    ANNOUNCED,
    VotesField,
    VotingSheet,
    changed_votes,
    rows,
    seen_choices,
    show_sheet,
)
from votes.choices import Choice
from votes.editing.filling import Reading, fill_sheet, names_for, read_text
from votes.editing.publishing import been_public
from votes.editing.spreadsheets import LIMIT, read_file
from votes.editing.votes import check_choices
from votes.models import RollCall
from votes.rules import Result
from votes.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

CHANGE = "admin:votes_rollcall_change"
TEXT_LIMIT = 1024**2
"""Bytes of a pasted text."""


TAKEN = {"take_announced": "Announced totals", "take_result": "Result", "corrections": "Corrections"}
"""What the history calls what is saved beside the votes."""


class SourceForm(forms.Form):
    """What the sheet is filled from: a text, or a file."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "data-keep": ""}),
        help_text=_(
            "Of a verbatim record or a press release: the lists, “In favour: Albania, Andorra, …”, and if you like the "
            "sentence with the result and what delegations had intended. One vote at a time."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_(
            "CSV or XLSX, at most 1 MB: a row for each member state, its name or code and its choice as Y, N, A, X or "
            "in words."
        ),
    )

    def clean_text(self) -> str:
        """Refuse more than is read."""
        text: str = self.cleaned_data["text"]
        if len(text.encode(errors="replace")) > TEXT_LIMIT:
            raise ValidationError(_("A text has at most 1 MB; paste the part with the vote."))
        return text

    def clean_file(self) -> Any:
        """Refuse more than is read."""
        file = self.cleaned_data["file"]
        if file and file.size > LIMIT:
            raise ValidationError(_("A voting sheet has at most 1 MB; this file is larger."))
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for just one of both."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in ("text", "file") if cleaned.get(name) and str(cleaned[name]).strip()]
        if not self.errors and len(given) != 1:
            told = _("Paste a text, or choose a file.") if not given else _("A text or a file, not both: empty one.")
            self.add_error("text", told)
        return cleaned


class FillForm(forms.Form):
    """The sheet as it was understood, and what else of the text is to be saved."""

    is_stale = False
    """Whether the text is another than the one that was read and shown."""

    votes = VotesField()
    take_announced = forms.BooleanField(required=False)
    take_result = forms.BooleanField(required=False)
    corrections = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=_("Shown in public with what changed."),
    )

    def __init__(self, data: Any = None, *, roll_call: RollCall, reading: Reading, start: str = "") -> None:
        super().__init__(data)
        self.roll_call, self.reading = roll_call, reading
        self.recorded = show_sheet(self, roll_call, start=start)
        self.sheet.restores = False
        self.sheet.compares = bool(self.recorded)
        recorded = {
            c.value: n for c, f in zip(Choice, ANNOUNCED, strict=True) if (n := getattr(roll_call, f)) is not None
        }
        self.sheet.announced = {**recorded, **reading.announced}
        self.initial = {
            "votes": reading.choices,
            # What stands on record is not replaced without a word.
            "take_announced": not recorded,
            "take_result": roll_call.result == Result.NOT_STATED,
            "corrections": [f"{one.code}:{one.choice}" for one in reading.corrections if one.is_certain],
        }
        self._offer(recorded)

    def _offer(self, recorded: Mapping[str, int]) -> None:
        """Ask only for what there is."""
        if self.reading.announced and not recorded.items() >= self.reading.announced.items():
            figures = ", ".join(f"{Choice(choice).label} {n}" for choice, n in self.reading.announced.items())
            self.fields["take_announced"].label = _("Save the announced totals: %(figures)s") % {"figures": figures}
        else:
            del self.fields["take_announced"]
        result = self.reading.result
        no_veto = result == Result.VETOED and self.roll_call.body.code != Body.SECURITY_COUNCIL
        if result and result != self.roll_call.result and not no_veto:
            self.fields["take_result"].label = _("Save the result: %(result)s") % {"result": Result(result).label}
        else:
            del self.fields["take_result"]
        if self.reading.corrections:
            choices = [(f"{one.code}:{one.choice}", f"{one.name}: {one.said}") for one in self.reading.corrections]
            field = self.fields["corrections"]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
            field.label = _("Save as corrections, beside the votes: had intended")
        else:
            del self.fields["corrections"]
        if not been_public([self.roll_call]):
            del self.fields["reason"]

    @property
    def sheet(self) -> VotingSheet:
        """Return the sheet."""
        sheet = self.fields["votes"].widget
        assert isinstance(sheet, VotingSheet)
        return sheet

    @property
    def extras(self) -> list[Any]:
        """Return the fields of what is saved beside the votes."""
        return [
            self[name] for name in ("take_announced", "take_result", "corrections", "reason") if name in self.fields
        ]

    def clean_votes(self) -> dict[str, str]:
        """Refuse to replace votes that this editor has not seen, and choices that cannot be."""
        choices = seen_choices(self, self.roll_call)
        if not choices:
            raise ValidationError(_("The sheet has no entry."))
        check_choices(self.roll_call, choices)
        return choices

    def clean_reason(self) -> str:
        """Ask for the reason of a change to what has been public."""
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError(NO_REASON)
        return reason

    def clean(self) -> dict[str, Any]:
        """Refuse what nobody has looked at; nothing else needs to be said then."""
        if self.is_stale:
            self.errors.clear()
            raise ValidationError(_("The text was changed after it was read. Read it again, and look at what it says."))
        return self.cleaned_data

    def save(self, *, by: Any) -> None:
        """Save the votes, and what was ticked."""
        cleaned = self.cleaned_data
        pairs = [value.partition(":") for value in cleaned.get("corrections", ())]
        fill_sheet(
            roll_call=self.roll_call,
            choices=cleaned["votes"],
            announced=self.reading.announced if cleaned.get("take_announced") else None,
            result=self.reading.result if cleaned.get("take_result") else "",
            corrections=[(code, intended) for code, _colon, intended in pairs],
            by=by,
        )


@dataclass
class Understood:
    """What was read, as the page shows it."""

    roll_call: RollCall
    reading: Reading
    recorded: Mapping[str, str]

    @cached_property
    def lists(self) -> list[tuple[Choice, list[str]]]:
        """Return the names by choice, in the order of the English alphabet."""
        _others, members = rows(self.roll_call, {}, {})
        listed = self.reading.names_of({row.code: row.name for row in members})
        return [(choice, names) for choice, names in listed.items() if names]

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Return for each choice what the lists count, the text announces and the record has as announced."""
        counted = Totals.count(self.reading.choices.values())
        return [
            {
                "label": choice.label,
                "counted": counted.of(choice),
                "announced": (announced := self.reading.announced.get(choice)),
                "recorded": (recorded := getattr(self.roll_call, field)),
                "differs": any(figure not in (None, counted.of(choice)) for figure in (announced, recorded)),
            }
            for choice, field in zip(Choice, ANNOUNCED, strict=True)
        ]

    @property
    def result(self) -> str:
        """Return the result in words."""
        return str(Result(self.reading.result).label) if self.reading.result else ""

    @property
    def is_of_another_text(self) -> bool:
        """Tell whether the adopted text that is named is not the one on which this roll call was."""
        resolution = self.roll_call.resolution
        if resolution is None or not self.reading.resolution:
            return False
        return loose(self.reading.resolution) != resolution.symbol_loose


class FillingAdmin(PublishingAdmin):
    """Filling the sheet of a draft from its source."""

    class Media:
        # Also where no sheet is: what a browser kept is dropped where its saving is told.
        js = ("admin-plenary/sheet.js",)

    def get_urls(self) -> list[Any]:
        """Return the addresses with that of filling."""
        view = self.admin_site.admin_view(self.fill_view)
        return [path("<int:pk>/fill/", view, name="votes_rollcall_fill"), *super().get_urls()]

    def fill_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a text or a file, show what was understood, then save the sheet."""
        return self._or_say_why(request, partial(self._fill, request, pk))

    def _fill(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a text or a file, show what was understood, then save the sheet."""
        # Who may change none is not told which there are.
        if not self.has_change_permission(request):
            raise PermissionDenied
        roll_call = RollCall.objects.select_related("body", "resolution").filter(pk=pk).first()
        if roll_call is None:
            raise Http404
        if not self.has_change_permission(request, roll_call):
            raise PermissionDenied
        change = reverse(CHANGE, args=[pk])
        if refusal := _why_not(roll_call):
            self.message_user(request, refusal, messages.ERROR)
            return HttpResponseRedirect(change)
        saves = "_save" in request.POST
        # With the sheet, a text comes again for what else of it is saved; a file does not.
        of_file = saves and not request.POST.get("text", "").strip()
        source = SourceForm() if of_file or request.method != "POST" else SourceForm(request.POST, request.FILES)
        context: dict[str, Any] = {"source": source, "back": change, "roll_call": roll_call}
        reading = _read(source, roll_call) if source.is_bound else None
        if saves and reading is None:
            reading = Reading()
        if reading is not None:
            start = request.GET.get("start", "")
            form = FillForm(request.POST if saves else None, roll_call=roll_call, reading=reading, start=start)
            form.is_stale = saves and request.POST.get("read") != _hash(request.POST.get("text", ""))
            if saves and form.is_valid() and self._saved(request, form):
                return self._go_on(request, roll_call)
            context |= {"form": form, "understood": Understood(roll_call, reading, form.recorded), "reading": reading}
        return self._show(request, context)

    def _saved(self, request: HttpRequest, form: FillForm) -> bool:
        """Save the sheet; where that is refused, the form says why."""
        try:
            form.save(by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        changed = [changed_votes(form.recorded, form.cleaned_data["votes"])]
        changed += [told for name, told in TAKEN.items() if form.cleaned_data.get(name)]
        self.log_change(request, form.roll_call, [{"changed": {"fields": changed}}])
        return True

    def _go_on(self, request: HttpRequest, roll_call: RollCall) -> HttpResponse:
        """Go on to the roll call's page, with what is worth a second look."""
        data = request.POST.copy()
        data["_continue"] = "1"
        request.POST = data  # type: ignore[assignment]
        request.path = reverse(CHANGE, args=[roll_call.pk])  # where the message and the answer lead
        return self.response_change(request, RollCall.objects.get(pk=roll_call.pk))

    def response_change(self, request: HttpRequest, obj: RollCall) -> HttpResponse:
        """Tell the browser that the sheet is saved, and have it begin where it began."""
        request.sheet_saved = f"sheet-saved-{obj.pk}"  # type: ignore[attr-defined]  # read below
        response = super().response_change(request, obj)
        start = request.POST.get("votes_start", "")
        if start and "_continue" in request.POST and "Location" in response:
            response["Location"] += ("&" if "?" in response["Location"] else "?") + urlencode({"start": start})
        return response

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: int | str = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,
    ) -> None:
        """Leave a message; that of success has the mark by which the browser drops what it kept."""
        if level == messages.SUCCESS:
            extra_tags = extra_tags or getattr(request, "sheet_saved", "")
        super().message_user(request, message, level, extra_tags, fail_silently)

    def _show(self, request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
        """Return the page."""
        own = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Fill the voting sheet"),
            "subtitle": str(context["roll_call"]),
            "media": self.media + VotingSheet().media,
            "read": request.POST.get("read", "") if "_save" in request.POST else _hash(request.POST.get("text", "")),
        }
        return TemplateResponse(request, "admin/votes/rollcall/fill.html", {**own, **context})


def _why_not(roll_call: RollCall) -> str:
    """Return why the sheet of a roll call cannot be filled here, empty where it can."""
    if roll_call.status != Status.DRAFT:
        return str(_("A published roll call is changed on its page, with a reason; only a draft is filled at once."))
    if roll_call.method not in RollCall.METHODS_WITH_VOTES:
        told = _("No votes by member state can be recorded where the method is “%(method)s”.")
        return str(told % {"method": roll_call.get_method_display()})
    return ""


def _read(source: SourceForm, roll_call: RollCall) -> Reading | None:
    """Return what the text or the file says, None where it cannot be read and its form says why."""
    if not source.is_valid():
        return None
    names = names_for(roll_call)
    file = source.cleaned_data["file"]
    if not file:
        return read_text(source.cleaned_data["text"], names)
    try:
        return read_file(file.name, file.read(), names)
    except ValidationError as error:
        source.add_error("file", error)
        return None


def _hash(text: str) -> str:
    """Return a short text that is another where ``text`` is another."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
