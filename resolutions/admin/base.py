"""What every admin of the record has in common."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from resolutions.attribution import attributed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.contrib.admin import ModelAdmin, TabularInline
    from django.forms import BaseInlineFormSet, ModelForm
    from django.http import HttpRequest, HttpResponse
else:
    # Django's own classes cannot be subscripted, which is how their types say of which model they are.

    class ModelAdmin(admin.ModelAdmin):
        """An admin of the model in brackets."""

        __class_getitem__ = classmethod(lambda cls, _of: cls)

    class TabularInline(admin.TabularInline):
        """Rows of the first model in brackets on the page of the second."""

        __class_getitem__ = classmethod(lambda cls, _of: cls)

    class ModelForm(forms.ModelForm):
        """A form of the model in brackets."""

        __class_getitem__ = classmethod(lambda cls, _of: cls)

    class BaseInlineFormSet(forms.BaseInlineFormSet):
        """Forms of the first model in brackets that belong to one of the second."""

        __class_getitem__ = classmethod(lambda cls, _of: cls)


__all__ = [
    "BaseInlineFormSet",
    "ModelAdmin",
    "ModelForm",
    "Of",
    "ReadOnlyAdmin",
    "ReasonForm",
    "ReasonFormSet",
    "RecordAdmin",
    "RowsInline",
    "refusal",
]

Of = TypeVar("Of", bound=models.Model)
OfParent = TypeVar("OfParent", bound=models.Model)

REFUSALS = {
    "published_roll_call_of_published_resolution": _(
        "A published roll call needs its resolution published, and by the same body."
    ),
    "votes_of_recorded_roll_call": _("A roll call that recorded no votes by member state cannot have any."),
}


class RowsInline(TabularInline[Of, OfParent]):
    """Rows whose fields each say their name: the head of a column names none of them to who cannot see it."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field with its label as its name."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # A choice of another record is wrapped in buttons to add and change it.
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", capfirst(field.label))
        return field

    def get_formset(self, request: HttpRequest, obj: OfParent | None = None, **kwargs: Any) -> Any:
        """Return the forms of the rows, the mark that deletes one with its name too."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.deletion_widget = forms.CheckboxInput(attrs={"aria-label": _("Delete")})
        return formset


class RecordAdmin(ModelAdmin[Of]):
    """An admin that keeps permanent names, and that says why where the database refuses.

    Forms check what they can. What only the database sees (another editor's change of the same moment, a
    constraint over several tables) comes as a message on the page, and nothing is saved.
    """

    permanent: tuple[str, ...] = ()
    """The fields that stand in public addresses: entered once, never changed."""
    list_per_page = 50
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 80})}}

    def get_readonly_fields(self, request: HttpRequest, obj: Of | None = None) -> list[str]:
        """Return the fields that are shown and not entered."""
        return [*super().get_readonly_fields(request, obj), *(self.permanent if obj else ())]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save one record."""
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        return self._or_say_why(request, view)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list or carry out an action on some of it."""
        return self._or_say_why(request, partial(super().changelist_view, request, extra_context))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for confirmation or delete."""
        return self._or_say_why(request, partial(super().delete_view, request, object_id, extra_context))

    def _or_say_why(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        """Return the view's response, or to the page it came from with what the database said against it."""
        if request.method != "POST":
            return view()
        try:
            with attributed(by=request.user, reason=request.POST.get("reason", "")):
                return view()
        except ValidationError as refused:
            # Of a rule that no longer held when the record was locked, or of a page without a form.
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
        except (IntegrityError, DataError) as refused:
            self.message_user(request, refusal(refused), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def ask_reason(
        self, request: HttpRequest, about: Sequence[Of], *, title: Any, said: Any, back: str, action: str = ""
    ) -> TemplateResponse:
        """Show what is about to be done to ``about``, ``said`` in a sentence, and a field for the reason.

        With ``action`` the form comes back as that action on the list, otherwise to the same address.
        """
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "said": said,
            "back": back,
            "action": action,
            "opts": self.opts,
            "shown": about[: self.list_per_page],
            "more": max(0, len(about) - self.list_per_page),
            "keys": [one.pk for one in about],
            "is_missing": "reason" in request.POST,
        }
        return TemplateResponse(request, "admin/reason.html", context)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what deleting means; what stands in its way is counted, for it may be a million votes."""
        held_by: list[str] = []
        for relation in self.opts.related_objects:
            if getattr(relation, "on_delete", None) is not models.PROTECT:
                continue
            model = relation.related_model
            lookup = {f"{relation.field.name}__in": [obj.pk for obj in objs]}
            if count := model._default_manager.filter(**lookup).count():
                name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
                held_by.append(f"{count} {name}")
        if held_by:
            return [], {}, set(), held_by
        return super().get_deleted_objects(objs, request)


class ReadOnlyAdmin(RecordAdmin[Of]):
    """Rows to look at: they are written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Of | None = None) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Of | None = None) -> bool:
        """Say no."""
        return False


class ReasonForm(ModelForm[Of]):
    """A form that asks why, where it changes what the public sees; the history keeps the reason."""

    reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=_("Shown in public with what changed."),
    )

    def needs_reason(self) -> bool:
        """Tell whether a change has to be explained."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a change."""
        cleaned = super().clean() or self.cleaned_data
        if "reason" in self.fields and self.changes and not cleaned.get("reason") and self.needs_reason():
            self.add_error("reason", NO_REASON)
        return cleaned

    @property
    def changes(self) -> list[str]:
        """Return the fields that are sent with another value, but the reason."""
        return [name for name in self.changed_data if name != "reason"]


NO_REASON = _("This has been public. Say why it changes.")


class ReasonFormSet(BaseInlineFormSet[Of, OfParent, Any]):
    """Rows on the page of what may have been public: changing one needs the reason that the page asks for."""

    def needs_reason(self) -> bool:
        """Tell whether a change has to be explained."""
        raise NotImplementedError

    def clean(self) -> None:
        """Ask for the reason of a change."""
        super().clean()
        if self.has_changed() and not self.data.get("reason", "").strip() and self.needs_reason():
            raise ValidationError(NO_REASON)


def refusal(refused: Exception) -> str:
    """Return what to tell the editor about a statement that the database refused."""
    diagnosis = getattr(refused.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    why = REFUSALS.get(constraint) or _constraint_message(constraint) or getattr(diagnosis, "message_primary", "")
    return str(_("Nothing was saved. The database refused it: %(why)s") % {"why": why or refused})


def _constraint_message(name: str) -> str:
    """Return the message of the models' constraint called ``name``, empty where it has none."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                message = constraint.violation_error_message
                default = constraint.default_violation_error_message
                return "" if message == default else str(message)
    return ""
