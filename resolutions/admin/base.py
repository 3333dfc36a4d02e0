"""Base classes of the admin: pages that explain refused saves, read-only pages, inline rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.contrib import messages
from django.contrib.admin import ModelAdmin, TabularInline
from django.contrib.admin.utils import flatten
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, models
from django.forms import CheckboxInput, Textarea
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from resolutions.admin.conflicts import MergingForm as ModelForm
from resolutions.admin.conflicts import MergingFormSet as BaseInlineFormSet
from resolutions.admin.conflicts import page_values
from resolutions.attribution import attributed
from resolutions.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

# Django's own classes cannot be subscripted, which is how their types say of which model they are.
for generic in (ModelAdmin, TabularInline):
    generic.__class_getitem__ = classmethod(lambda cls, _model: cls)  # type: ignore[union-attr]

__all__ = [
    "BaseInlineFormSet",
    "DeletedForReasonAdmin",
    "LabelledInline",
    "ModelAdmin",
    "ModelForm",
    "ReadOnlyAdmin",
    "RecordAdmin",
    "attribution",
    "contains_words",
    "continue_editing",
    "kept_as",
    "mark_saved",
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
    """Inline rows that keep what others have changed, with fields that have accessible names.

    Screen readers do not use a column's heading as one.
    """

    form: Any = ModelForm
    formset: Any = BaseInlineFormSet

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

    Forms check what they can, and merge what is typed with what others have saved since (``conflicts``). Errors that
    only the database detects (a constraint over several tables) are shown as a message on the page, and nothing is
    saved. The browser keeps what was typed (``keep.js``) until a message of success tells it that this is saved.
    """

    form: Any = ModelForm
    permanent: tuple[str, ...] = ()
    """The fields that stand in public addresses: entered once, never changed."""
    list_per_page = PER_PAGE
    formfield_overrides = {models.TextField: {"widget": Textarea(attrs={"rows": 2, "cols": 80})}}

    def get_readonly_fields(self, request: HttpRequest, obj: Of | None = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *(self.permanent if obj else ())]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Of | None:
        """Return a record; one that is about to be changed is locked first, so that what is compared is replaced."""
        if request.method == "POST" and connection.in_atomic_block:
            field: Any = self.model._meta.get_field(from_field) if from_field else self.model._meta.pk
            try:
                key = field.to_python(object_id)
            except (ValidationError, ValueError):
                return None
            # By itself, since a row that is joined from the other side of an optional link cannot be locked.
            list(self.model._base_manager.select_for_update().filter(**{field.name: key}).values_list("pk"))
        return super().get_object(request, object_id, from_field)

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
            "label": label or _("Reason (public)"),
            "records": records[:PER_PAGE],
            "more": max(0, len(records) - PER_PAGE),
            "keys": [record.pk for record in records],
            "is_missing": "reason" in request.POST,
        }
        return self.render(request, "admin/reason.html", context)

    # What others have changed, and what the browser keeps

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the form with what it shows in a hidden field, and what others have changed meanwhile."""
        form = context["adminform"].form
        # Django opens a closed part only for errors of fields that have a line of their own.
        for _name, options in context["adminform"].fieldsets:
            if form.errors.keys() & set(flatten(options["fields"])):
                options["classes"] = [name for name in options.get("classes", ()) if name != "collapse"]
        formsets = [inline.formset for inline in context["inline_admin_formsets"] if inline.has_change_permission]
        if context["original"]:
            context["shown"] = page_values(form, formsets)
        if not context["is_popup"]:
            context["kept_as"] = kept_as(request, self.opts, getattr(context["original"], "pk", None) or "add")
        if any(getattr(form, "conflicts", {}) for form in [form, *(row for rows in formsets for row in rows.forms)]):
            text = _(
                "Someone else changed the same fields as you. Nothing has been saved yet; both values are shown below."
            )
            self.message_user(request, text, messages.ERROR)
        self.note_followed(request, [form, *formsets])
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.note_followed(request, [form, *formsets])

    def note_followed(self, request: HttpRequest, forms: Sequence[Any]) -> None:
        """Tell the editor what others have changed where nothing was typed."""
        changes = [change for form in forms for change in getattr(form, "followed_changes", list)()]
        if changes:
            text = _("Others have made these changes since you opened the page, and they are kept: %(changes)s.")
            self.message_user(request, text % {"changes": "; ".join(changes)}, messages.WARNING)

    def response_add(self, request: HttpRequest, obj: Of, post_url_continue: str | None = None) -> HttpResponse:
        mark_saved(request, kept_as(request, self.opts, "add"))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Of) -> HttpResponse:
        mark_saved(request, kept_as(request, self.opts, obj.pk))
        return super().response_change(request, obj)

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: int | str = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,
    ) -> None:
        """Leave a message; that of success is tagged so that the browser drops what it kept of the form."""
        if level == messages.SUCCESS:
            extra_tags = extra_tags or getattr(request, "saved", "")
        super().message_user(request, message, level, extra_tags, fail_silently)

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


class DeletedForReasonAdmin(RecordAdmin[Of]):
    """A record whose deletion takes a reason, which the page of deletions shows."""

    delete_confirmation_template = "admin/delete_with_reason.html"
    delete_selected_confirmation_template = "admin/delete_selected_with_reason.html"

    def delete_model(self, request: HttpRequest, obj: Of) -> None:
        """Delete a record, for a reason."""
        self._check_reason(request)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Of]) -> None:
        """Delete records, for one reason."""
        self._check_reason(request)
        super().delete_queryset(request, queryset)

    def _check_reason(self, request: HttpRequest) -> None:
        if not request.POST.get("reason", "").strip():
            raise ValidationError(_("Nothing was deleted. Enter a reason; it is shown on the page “Deletions”."))


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


def kept_as(request: HttpRequest, opts: Any, name: object) -> str:
    """Return the name under which the browser keeps what an editor has typed in the form ``name`` of a model."""
    return f"{request.user.pk}-{opts.app_label}-{opts.model_name}-{name}"


def mark_saved(request: HttpRequest, kept: str) -> None:
    """Have the next message of success tell the browser that what it keeps as ``kept`` is saved."""
    request.saved = f"saved-{kept}"  # type: ignore[attr-defined]  # read by message_user


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
