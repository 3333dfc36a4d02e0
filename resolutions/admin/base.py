"""Base classes of the admin: pages that explain refused saves, read-only pages, inline rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.contrib import messages
from django.contrib.admin import ModelAdmin, TabularInline
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models
from django.forms import BaseInlineFormSet, CheckboxInput, ModelForm, Textarea
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from resolutions.attribution import attributed
from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

# Django's own classes cannot be subscripted, which is how their types say of which model they are.
for generic in (ModelAdmin, TabularInline, ModelForm, BaseInlineFormSet):
    generic.__class_getitem__ = classmethod(lambda cls, _model: cls)  # type: ignore[union-attr]

__all__ = [
    "BaseInlineFormSet",
    "LabelledInline",
    "ModelAdmin",
    "ModelForm",
    "ReadOnlyAdmin",
    "RecordAdmin",
    "attribution",
    "contains_words",
    "continue_editing",
    "refusal",
]

Of = TypeVar("Of", bound=models.Model)
OfParent = TypeVar("OfParent", bound=models.Model)

PER_PAGE = 50
REFUSALS = {
    "published_roll_call_of_published_resolution": _(
        "A roll call can be published only if its resolution is published and belongs to the same body."
    ),
    "votes_of_recorded_roll_call": _("Votes of member states cannot be recorded for this method of voting."),
}
"""What to tell the editor where the database refuses, by constraint."""


class LabelledInline(TabularInline[Of, OfParent]):
    """Inline rows whose fields have accessible names: screen readers do not use a column's heading as one."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # A choice of another record is wrapped in buttons to add and change it.
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", capfirst(field.label))
        return field

    def get_formset(self, request: HttpRequest, obj: OfParent | None = None, **kwargs: Any) -> Any:
        """Return the forms of the rows; their checkboxes to delete a row have a name, too."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.deletion_widget = CheckboxInput(attrs={"aria-label": _("Delete")})
        return formset


class RecordAdmin(ModelAdmin[Of]):
    """Base admin of the record: permanent names cannot be changed, and a refused save explains why.

    Forms check what they can. Errors that only the database detects (a simultaneous change by another editor, a
    constraint over several tables) are shown as a message on the page, and nothing is saved.
    """

    permanent: tuple[str, ...] = ()
    """The fields that stand in public addresses: entered once, never changed."""
    list_per_page = PER_PAGE
    formfield_overrides = {models.TextField: {"widget": Textarea(attrs={"rows": 2, "cols": 80})}}

    def get_readonly_fields(self, request: HttpRequest, obj: Of | None = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *(self.permanent if obj else ())]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.explain_refusal(request, super().changeform_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.explain_refusal(request, super().changelist_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.explain_refusal(request, super().delete_view, *args, **kwargs)

    def explain_refusal(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the view's response; where a save is refused, lead back to the page with a message that says why."""
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with attributed(**attribution(request)):
                return view(request, *args, **kwargs)
        except ValidationError as refused:
            # Of a rule that no longer held when the record was locked, or of a page without a form.
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
        except (IntegrityError, DataError) as refused:
            self.message_user(request, refusal(refused), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def page(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Return ``view(model_admin, request, **kwargs)`` as a page of the admin for ``get_urls``."""
        return self.admin_site.admin_view(partial(self.explain_refusal, view=partial(view, self)))

    def render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        """Return a page made from ``template`` with ``context`` and what every page of the admin has."""
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, {**shared, **context})

    def ask_reason(
        self,
        request: HttpRequest,
        records: Sequence[Of],
        *,
        title: Any,
        explanation: Any,
        back: str = "",
        action: str = "",
        label: Any = "",
    ) -> TemplateResponse:
        """Show the ``records`` that are about to be changed, an ``explanation``, and a field for the reason.

        ``label`` names the field if it is not a public reason.

        With ``action`` the form comes back as that action on the list, otherwise to the same address. ``back`` is where
        Cancel leads, by default the same address.
        """
        context = {
            "title": title,
            "explanation": explanation,
            "back": back or request.get_full_path(),
            "action": action,
            "label": label or _("Reason, shown in public"),
            "records": records[:PER_PAGE],
            "more": max(0, len(records) - PER_PAGE),
            "keys": [record.pk for record in records],
            "is_missing": "reason" in request.POST,
        }
        return self.render(request, "admin/reason.html", context)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what deleting means; what stands in its way is counted, for it may be a million votes."""
        protected: list[str] = []
        for relation in self.opts.related_objects:
            if getattr(relation, "on_delete", None) is not models.PROTECT:
                continue
            model = relation.related_model
            lookup = {f"{relation.field.name}__in": [obj.pk for obj in objs]}
            if count := model._default_manager.filter(**lookup).count():
                name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
                protected.append(f"{count} {name}")
        if protected:
            return [], {}, set(), protected
        return super().get_deleted_objects(objs, request)


class ReadOnlyAdmin(ModelAdmin[Of]):
    """A read-only admin: the rows are written elsewhere."""

    list_per_page = PER_PAGE

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Of | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Of | None = None) -> bool:
        return False


def attribution(request: HttpRequest) -> dict[str, Any]:
    """Return who makes a change and why, as ``because`` and the functions of ``votes.editing`` take it."""
    return {"by": request.user, "reason": request.POST.get("reason", "")}


def continue_editing(request: HttpRequest) -> None:
    """Have Django lead to the record's page once it is saved, as “Save and continue editing” does."""
    data = request.POST.copy()
    data["_continue"] = "1"
    request.POST = data  # type: ignore[assignment]


def contains_words(field: str, text: str) -> models.Q:
    """Return the condition that a folded ``field`` has every word of ``text``."""
    return models.Q(*(models.Q(**{f"{field}__contains": word}) for word in fold(text).split()))


def refusal(refused: Exception) -> str:
    """Return what to tell the editor about a statement that the database refused."""
    diagnosis = getattr(refused.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    why = REFUSALS.get(constraint) or _constraint_message(constraint) or getattr(diagnosis, "message_primary", "")
    return str(_("Nothing was saved: %(why)s") % {"why": why or refused})


def _constraint_message(name: str) -> str:
    """Return the message of the models' constraint called ``name``, empty where it has none."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                message = constraint.violation_error_message
                default = constraint.default_violation_error_message
                return "" if message == default else str(message)
    return ""
