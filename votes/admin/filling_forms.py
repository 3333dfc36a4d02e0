"""Forms of the page that fills the voting sheet from a pasted text or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from resolutions.admin.conflicts import LastChange, dump, shown_forms
from resolutions.admin.forms import NO_REASON, reason_field
from resolutions.models import Body
from votes.admin.sheet import VotesField, check_conflicts, followed_votes, sheet_of, show_sheet
from votes.choices import Choice
from votes.editing.filling import fill_sheet
from votes.editing.publishing import been_public
from votes.editing.spreadsheets import LIMIT
from votes.editing.stated_facts import stated_otherwise, take_over
from votes.editing.votes import check_choices
from votes.models import RollCall
from votes.rules import Result
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from votes.admin.holding import Held
    from votes.editing.filling import Reading
    from votes.editing.stated_facts import Stated

TEXT_LIMIT = 1024**2
"""Bytes of a pasted text."""
EXTRAS = ("take_facts", "take_announced", "take_result", "corrections", "reason")


class SourceForm(forms.Form):
    """The source of the votes: a text or a file."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "From a verbatim record or a press release: the lists (“In favour: Albania, Andorra, …”) and, "
            "if you like, the sentence with the result and what delegations said they had intended. One "
            "vote at a time."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_(
            "CSV or XLSX, at most 1 MB. One row for each member state, with its name or code and its "
            "choice (Y, N, A, X or in words)."
        ),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text.encode(errors="replace")) > TEXT_LIMIT:
            raise ValidationError(_("The text is larger than 1 MB. Paste only the part with the vote."))
        return text

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LIMIT:
            raise ValidationError(_("This file is larger than 1 MB, the limit for a voting sheet."))
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for just one of both."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in ("text", "file") if cleaned.get(name) and str(cleaned[name]).strip()]
        if not self.errors and len(given) != 1:
            problem = _("Paste a text or choose a file, not both.") if given else _("Paste a text or choose a file.")
            self.add_error("text", problem)
        return cleaned


class FillForm(forms.Form):
    """The sheet with the recognised votes, and options for the other facts recognised in the text."""

    is_stale = False
    """Whether the text is another than the one that was read and shown."""
    held: Held | None = None
    """What has to be looked at before this is saved."""

    votes = VotesField()
    take_facts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    take_announced = forms.BooleanField(required=False)
    take_result = forms.BooleanField(required=False)
    corrections = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    reason = reason_field()

    def __init__(self, data: Any = None, *, roll_call: RollCall, reading: Reading, start: str = "") -> None:
        super().__init__(data)
        self.roll_call, self.reading = roll_call, reading
        # A source states a vote even where the record had it already.
        self.recorded = show_sheet(self, roll_call, start=start, states_all=True)
        figures = {choice.value: getattr(roll_call, field) for choice, field in zip(Choice, ANNOUNCED, strict=True)}
        announced = {choice: figure for choice, figure in figures.items() if figure is not None}
        self.facts = {name: getattr(roll_call, name) for name in (*ANNOUNCED, "result")}
        self.shown = dump({"": {str(roll_call.pk): self.facts}})
        stated = stated_otherwise(roll_call, reading)
        sheet = sheet_of(self)
        sheet.compares = bool(self.recorded)
        sheet.announced = {**announced, **reading.announced}
        self.initial = {
            "votes": reading.choices,
            # What stands on record is not replaced without a word.
            "take_announced": not announced,
            "take_facts": [one.name for one in stated if one.can_be_taken and not one.recorded],
            "take_result": roll_call.result == Result.NOT_STATED,
            "corrections": [f"{one.code}:{one.choice}" for one in reading.corrections if one.is_certain],
        }
        self._keep_needed_fields(announced)
        self._offer_facts(stated)

    def _offer_facts(self, stated: Sequence[Stated]) -> None:
        """Offer what the text states otherwise; delete the field where it agrees or cannot be taken over here."""
        field = self.fields["take_facts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.label = _("Copy from the text")
        field.choices = [
            (
                one.name,
                _("%(label)s: %(stated)s (in this draft: %(recorded)s)")
                % {"label": one.label, "stated": one.stated, "recorded": one.recorded or _("none")},
            )
            for one in stated
            if one.can_be_taken
        ]
        if not field.choices:
            del self.fields["take_facts"]

    def _keep_needed_fields(self, announced: Mapping[str, int]) -> None:
        """Label the fields of what the text says beside the votes; delete those of what it does not say."""
        if self.reading.announced and not announced.items() >= self.reading.announced.items():
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
            field.label = _("Save these intended votes as corrections (the votes do not change)")
        else:
            del self.fields["corrections"]
        if not been_public([self.roll_call]):
            del self.fields["reason"]

    @property
    def extras(self) -> list[Any]:
        return [self[name] for name in EXTRAS if name in self.fields]

    def clean_votes(self) -> dict[str, str]:
        """Refuse to replace votes that this editor has not seen, and unknown choices."""
        check_conflicts(self)
        choices: dict[str, str] = self.cleaned_data["votes"]
        if not choices:
            raise ValidationError(_("The sheet is empty. Enter at least one vote."))
        check_choices(self.roll_call, choices)
        return choices

    def clean_reason(self) -> str:
        """Ask for the reason of a change to what has been public."""
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError(NO_REASON)
        return reason

    def clean(self) -> dict[str, Any]:
        """Refuse a text that has not been previewed; other errors do not matter then."""
        if self.is_stale:
            self.errors.clear()
            raise ValidationError(_("The text has changed since it was read. Read it again and check the preview."))
        self._check_fact("take_announced", ANNOUNCED)
        self._check_fact("take_result", ("result",))
        return self.cleaned_data

    def _check_fact(self, taken: str, names: Iterable[str]) -> None:
        """Add an error where facts that are to be replaced are others than the page had shown."""
        shown = shown_forms(self.data).get("", {}).get(str(self.roll_call.pk), {})
        changed = [name for name in names if name in shown and shown[name] != self.facts[name]]
        if changed and self.cleaned_data.get(taken):
            labels = {name: capfirst(str(getattr(RollCall, name).field.verbose_name)) for name in changed}
            who = LastChange(self.data, self.roll_call).of(labels[changed[0]])
            now = "; ".join(f"{label}: {self._in_words(name)}" for name, label in labels.items())
            message = _("%(who)s On record now: %(now)s. Saving again replaces it.")
            self.add_error(taken, ValidationError(message, params={"who": who, "now": now}))

    def _in_words(self, name: str) -> object:
        """Return a fact on record as an editor reads it."""
        value = self.facts[name]
        return Result(value).label if name == "result" else _("empty") if value is None else value

    def followed_changes(self) -> list[str]:
        """Return what others have changed in rows that were not touched."""
        return followed_votes(self)

    def save(self, *, by: Any) -> None:
        """Save the votes, and what was ticked."""
        cleaned = self.cleaned_data
        if facts := cleaned.get("take_facts"):
            take_over(roll_call=self.roll_call, reading=self.reading, names=facts, by=by)
        pairs = [value.partition(":") for value in cleaned.get("corrections", ())]
        fill_sheet(
            roll_call=self.roll_call,
            choices=cleaned["votes"],
            announced=self.reading.announced if cleaned.get("take_announced") else None,
            result=self.reading.result if cleaned.get("take_result") else "",
            corrections=[(code, intended) for code, _colon, intended in pairs],
            by=by,
        )
