"""The admin of member states, their names and their seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from resolutions.admin.base import LabelledInline, ModelForm, RecordAdmin
from resolutions.text import fold
from votes.admin.intervals import IntervalColumns, IntervalFormSet
from votes.admin.reference_pages import ReferenceMixin
from votes.admin.seats import SeatsTable
from votes.models import BodyMembership, MemberState, StateName

if TYPE_CHECKING:
    from django.http import HttpRequest


class BodyMembershipFormSet(IntervalFormSet):
    """The seats of a state."""

    about = ("body",)


class StateNameInline(LabelledInline[StateName, MemberState]):
    """The former names of a state on its page."""

    model = StateName
    formset = IntervalFormSet
    extra = 0


class BodyMembershipInline(LabelledInline[BodyMembership, MemberState]):
    """The seats of a state on its page."""

    model = BodyMembership
    formset = BodyMembershipFormSet
    fields = ("body", "since", "until", "permanent", "since_precision", "until_precision")
    extra = 0


class MemberStateForm(ModelForm[MemberState]):
    """A state, whose name no other has."""

    class Meta:
        model = MemberState
        fields = "__all__"

    def clean_name(self) -> str:
        """Refuse the name of another state, whatever its spelling."""
        name: str = self.cleaned_data["name"]
        if same := MemberState.objects.filter(sort_name=fold(name)).exclude(pk=self.instance.pk).first():
            raise ValidationError(_("Another member state has this name: %(code)s."), params={"code": same.code})
        return name


@admin.register(MemberState)
class MemberStateAdmin(ReferenceMixin, RecordAdmin[MemberState]):
    """The holders of seats, former ones too."""

    form = MemberStateForm
    list_display = ("code", "name", "iso2", "official_name")
    list_display_links = ("code", "name")
    list_filter = (("body_memberships__body", admin.RelatedOnlyFieldListFilter), "body_memberships__permanent")
    search_fields = ("code", "iso2", "name", "sort_name", "official_name", "former_names__name")
    search_help_text = _("Search by code or name, including former names.")
    autocomplete_fields = ("successors",)
    permanent = ("code",)

    def get_inlines(self, request: HttpRequest, obj: MemberState | None) -> tuple[type[Any], ...]:
        """Return names and seats once there is a state to have them."""
        return (StateNameInline, BodyMembershipInline) if obj else ()


@admin.register(StateName)
class StateNameAdmin(ReferenceMixin, IntervalColumns, RecordAdmin[StateName]):
    """The names that states had."""

    list_display = ("name", "state", "first_day", "last_day")
    list_select_related = ("state",)
    search_fields = ("name", "official_name", "state__code", "state__name", "state__sort_name")
    autocomplete_fields = ("state",)


@admin.register(BodyMembership)
class BodyMembershipAdmin(SeatsTable, ReferenceMixin, IntervalColumns, RecordAdmin[BodyMembership]):
    """The seats in bodies: the electorate of every roll call."""

    list_display = ("state", "body", "first_day", "last_day", "permanent")
    list_filter = ("body", "permanent", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("state", "body")
    search_fields = ("state__code", "state__name", "state__sort_name")
    autocomplete_fields = ("state",)
    date_hierarchy = "since"
