"""The forms by which two records of a vote are chosen and merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from votes.editing.merging import obstacle
from votes.models import RollCall

if TYPE_CHECKING:
    from votes.editing.merging import Comparison


class WhichForm(forms.Form):
    """Which record is kept, and which goes."""

    kept = forms.ModelChoiceField(
        RollCall.objects.select_related("resolution", "session", "source"),
        to_field_name="slug",
        widget=forms.TextInput(attrs={"size": 60}),
        label=_("Keep"),
        help_text=_("The slug of the record that stays."),
    )
    duplicate = forms.ModelChoiceField(
        RollCall.objects.select_related("resolution", "session", "source"),
        to_field_name="slug",
        widget=forms.TextInput(attrs={"size": 60}),
        label=_("Duplicate"),
        help_text=_("The slug of the record that goes; its address will lead to the other."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two records that cannot be of one vote."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kept") and cleaned.get("duplicate"):
            problem = obstacle(cleaned["kept"], cleaned["duplicate"])
            if problem:
                raise ValidationError(problem)
        return cleaned


class MergeForm(forms.Form):
    """Why two records are of one vote."""

    reason = forms.CharField(
        label=_("Reason, shown in public"), widget=forms.Textarea(attrs={"rows": 3, "cols": 80}), strip=True
    )
    although_votes_differ = forms.BooleanField(
        label=_("The votes differ; those of the record that is kept are right."), required=True
    )

    def __init__(self, *args: Any, compared: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not compared.votes:
            del self.fields["although_votes_differ"]
