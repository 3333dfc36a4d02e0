"""The admin page and action that compare and merge two records of the same vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import attribution
from votes.editing.merging import comparison, merge, obstacle
from votes.models import RollCall

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from resolutions.admin.base import RecordAdmin
    from votes.editing.merging import Comparison

MERGE = "votes.merge_rollcall"


def _slug_field(label: Any, help_text: Any) -> forms.ModelChoiceField[RollCall]:
    """Return a field for the slug of a roll call."""
    return forms.ModelChoiceField(
        RollCall.objects.select_related("resolution", "session", "source"),
        to_field_name="slug",
        widget=forms.TextInput(attrs={"size": 60}),
        label=label,
        help_text=help_text,
    )


class PairForm(forms.Form):
    """Which record is kept, and which is merged into it."""

    kept = _slug_field(_("Keep"), _("The slug of the record to keep."))
    duplicate = _slug_field(
        _("Duplicate"), _("The slug of the record to remove. Its address will redirect to the record you keep.")
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
        label=_("Reason (public)"), widget=forms.Textarea(attrs={"rows": 3, "cols": 80}), strip=True
    )
    although_votes_differ = forms.BooleanField(
        label=_("The votes differ, and the votes of the record to keep are correct."), required=True
    )

    def __init__(self, *args: Any, compared: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not compared.votes:
            del self.fields["although_votes_differ"]


@admin.action(description=_("Merge the two selected records of the same vote"), permissions=["merge"])
def merge_selected(
    model_admin: RecordAdmin[RollCall], request: HttpRequest, queryset: QuerySet[RollCall]
) -> HttpResponse | None:
    """Go to the page that shows where two records differ."""
    slugs = list(queryset.order_by("-status", "pk").values_list("slug", flat=True)[:3])
    if len(slugs) != 2:
        model_admin.message_user(request, _("Choose two records of the same vote."), messages.ERROR)
        return None
    return HttpResponseRedirect(f"{reverse('admin:votes_rollcall_merge')}?kept={slugs[0]}&duplicate={slugs[1]}")


def merge_page(model_admin: RecordAdmin[RollCall], request: HttpRequest) -> HttpResponse:
    """Show where two records differ, ask which to keep and why, then merge."""
    if not request.user.has_perm(MERGE):
        raise PermissionDenied
    pair = PairForm(request.GET) if "duplicate" in request.GET else PairForm(initial=request.GET.dict())
    context = {
        "title": _("Merge two records of the same vote"),
        "pair": pair,
        "back": reverse("admin:votes_rollcall_changelist"),
    }
    if pair.is_valid():
        kept, duplicate = pair.cleaned_data["kept"], pair.cleaned_data["duplicate"]
        compared = comparison(kept, duplicate)
        form = MergeForm(request.POST or None, compared=compared)
        if request.method == "POST" and form.is_valid():
            although_votes_differ = form.cleaned_data.get("although_votes_differ", False)
            merge(kept=kept, duplicate=duplicate, although_votes_differ=although_votes_differ, **attribution(request))
            model_admin.log_change(request, kept, f"Merged with {duplicate.slug}.")
            message = _("Merged %(duplicate)s into %(kept)s.") % {"duplicate": duplicate.slug, "kept": kept.slug}
            model_admin.message_user(request, message, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:votes_rollcall_change", args=[kept.pk]))
        context |= {"compared": compared, "form": form}
    return model_admin.render(request, "admin/votes/rollcall/merge.html", context)
