"""The admin of resolutions: the texts put to the vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.base import DeletedForReasonAdmin, ModelForm, contains_words
from resolutions.admin.forms import (
    changed_facts,
    check_session,
    is_public,
    reason_field,
    require_reason,
    symbol_key,
)
from resolutions.admin.other_symbols import OtherSymbolInline
from resolutions.admin.subjects import SubjectsField, add_suggested_topics, suggestion
from resolutions.models import OtherSymbol, Resolution, Status, near_symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class ResolutionForm(ModelForm[Resolution]):
    """A text, checked against the roll calls on it."""

    by: User
    """Whose form it is."""
    subjects = SubjectsField()
    reason = reason_field()

    class Meta:
        model = Resolution
        fields = "__all__"
        help_texts = {
            "symbol": _(
                "For example A/RES/ES-11/7. Any spelling is accepted and converted to the United Nations’ own."
            ),
            "session": _("Leave empty for a body without sessions, such as the Security Council."),
            "status": _("Only editors can see a draft. Publishing a roll call also publishes its resolution."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if topics := self.fields.get("topics"):
            new = _("If you choose none, a new text gets the topics that match its title, agenda item and subjects.")
            hint = suggestion(self.instance) if self.instance.pk else str(new)
            topics.help_text = f"{hint} {topics.help_text}".strip()

    def clean(self) -> dict[str, Any]:
        """Refuse a wrong session, a symbol that is taken, and what would leave a roll call without its text."""
        cleaned = super().clean() or self.cleaned_data
        require_reason(self, lambda: is_public(self.instance))
        check_session(self)
        body, symbol, status = cleaned.get("body"), cleaned.get("symbol"), cleaned.get("status")
        others = Resolution.objects.exclude(pk=self.instance.pk)
        if symbol and others.filter(symbol_key=symbol_key(symbol)).exists():
            self.add_error("symbol", _("Another resolution already has this symbol."))
        if self.instance.pk:
            roll_calls = self.instance.roll_calls
            if body and roll_calls.exclude(body=body).exists():
                self.add_error("body", _("This text has roll calls of another body. Change them first."))
            published = roll_calls.filter(status=Status.PUBLISHED).values_list("slug", flat=True)
            if status == Status.DRAFT and published:
                self.add_error("status", stays_published(list(published)))
        if status == Status.PUBLISHED and not is_public(self.instance):
            try:
                check_publisher(self.instance, by=self.by, changes=bool(changed_facts(self, "status")))
            except ValidationError as error:
                self.add_error("status", error)
        return cleaned


def check_publisher(text: Resolution, *, by: User, changes: bool = False) -> None:
    """Raise ValidationError where ``by`` entered what is to be published, or ``changes`` it in the same breath."""
    is_own = changes or (text.pk and text.entered_by.filter(pk=by.pk).exists())
    if is_own and not settings.PUBLISH_OWN_ENTRIES:
        raise ValidationError(
            _(
                "You entered or changed %(symbol)s, so another person must publish it. Leave it as a "
                "draft. On a site with a single editor, set PUBLISH_OWN_ENTRIES=1."
            ),
            params={"symbol": text.symbol},
        )


def is_deletable(text: Resolution, *, by: User) -> bool:
    """Tell whether ``by``, who may delete, may delete this text: a draft that they entered or may publish.

    The address of one that was public answers 410 from then on, which the database sees to.
    """
    if is_public(text):
        return False
    return by.has_perm("resolutions.publish_resolution") or text.entered_by.filter(pk=by.pk).exists()


def stays_published(slugs: Sequence[str]) -> ValidationError:
    """Return the error of a text that cannot become a draft, because these roll calls of it are public."""
    return ValidationError(
        _("This text has published roll calls: %(slugs)s. Unpublish them first."),
        params={"slugs": ", ".join(slugs)},
    )


@admin.register(Resolution)
class ResolutionAdmin(DeletedForReasonAdmin[Resolution]):
    """The texts put to a body."""

    form = ResolutionForm
    inlines = (OtherSymbolInline,)
    list_display = ("symbol", "short_title", "body", "session", "kind", "status")
    list_display_links = ("symbol", "short_title")
    list_filter = ("status", "body", "kind", "topics", ("session", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("body", "session")
    search_fields = ("symbol", "title")
    search_help_text = _("Search by symbol (in any spelling), or by words of the title, agenda item and subjects.")
    autocomplete_fields = ("session",)
    filter_horizontal = ("topics",)
    radio_fields = {"status": admin.VERTICAL}
    fieldsets = (
        (None, {"fields": ("symbol", "title", "body", "session", "kind")}),
        (_("Subject"), {"fields": ("agenda", "subjects", "topics")}),
        (_("Publication"), {"fields": ("status",)}),
    )
    fieldset_of_change = (_("Publication"), {"fields": ("status", "reason")})
    actions = ("publish", "unpublish")

    @staticmethod
    def view_on_site(resolution: Resolution) -> str | None:
        return resolution.get_absolute_url() if resolution.status == Status.PUBLISHED else None

    # Who may do what

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("resolutions.publish_resolution")

    def has_change_permission(self, request: HttpRequest, obj: Resolution | None = None) -> bool:
        """Leave what is public to those who may amend it."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (not is_public(obj) or request.user.has_perm("resolutions.amend_resolution"))

    def has_delete_permission(self, request: HttpRequest, obj: Resolution | None = None) -> bool:
        """Keep what is public, and other people's drafts from those who may not publish."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or is_deletable(obj, by=request.user))  # type: ignore[arg-type]

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what deleting means, for the action on several texts, too."""
        protected = [
            str(
                _("You cannot delete %(symbol)s, because it is public or somebody else’s draft.")
                % {"symbol": text.symbol}
            )
            for text in objs
            if not is_deletable(text, by=request.user)  # type: ignore[arg-type]
        ]
        return ([], {}, set(), protected) if protected else super().get_deleted_objects(objs, request)

    # The page

    def get_form(self, request: HttpRequest, obj: Resolution | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, which knows whose it is."""
        form = super().get_form(request, obj, change, **kwargs)
        form.by = request.user  # type: ignore[attr-defined]
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Resolution | None = None) -> Any:
        """Return the parts of the page, for what is public with the reason of a change."""
        if is_public(obj) and self.has_change_permission(request, obj):
            return (*self.fieldsets[:-1], self.fieldset_of_change)
        return self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Resolution | None = None) -> list[Any]:
        own = [] if self.has_publish_permission(request) else ["status"]
        return [*super().get_readonly_fields(request, obj), *own]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what belongs to a text, and who entered it."""
        super().save_related(request, form, formsets, change)
        if not change and (message := add_suggested_topics(form.instance)):
            self.message_user(request, message, messages.INFO)
        if changed_facts(form, "status") or any(formset.has_changed() for formset in formsets):
            form.instance.entered_by.add(request.user)

    def save_model(self, request: HttpRequest, obj: Resolution, form: Any, change: bool) -> None:
        """Save; a symbol that was public once goes on leading here, whatever it is changed to."""
        before = form.initial.get("symbol", "")
        super().save_model(request, obj, form, change)
        moved = change and before and before != obj.symbol and obj.status == Status.PUBLISHED
        if moved and not obj.other_symbols.filter(symbol=before).exists():
            obj.other_symbols.create(symbol=before, kind=OtherSymbol.Kind.VARIANT)

    @admin.display(description=_("title"), ordering="title")
    def short_title(self, resolution: Resolution) -> str:
        """Return the title, no longer than a line."""
        return Truncator(resolution.title).chars(90)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Resolution], search_term: str
    ) -> tuple[QuerySet[Resolution], bool]:
        """Return the texts that ``search_term`` names in any spelling, or whose title, agenda or subjects have it."""
        if not search_term.strip():
            return queryset, False
        named = near_symbol(search_term) | contains_words("search_text", search_term)
        return queryset.filter(named), False

    @admin.action(description=_("Publish the selected texts"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Resolution]) -> None:
        """Show texts in public, all of them or, where this editor entered one of them, none."""
        drafts = queryset.filter(status=Status.DRAFT)
        for text in drafts:
            check_publisher(text, by=request.user)  # type: ignore[arg-type]
        self._set_status(request, drafts, Status.PUBLISHED)

    @admin.action(description=_("Unpublish the selected texts"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Resolution]) -> HttpResponse | None:
        """Take texts out of public view, all of them or, where one of them is needed, none."""
        needed = queryset.filter(roll_calls__status=Status.PUBLISHED).distinct()
        for resolution in needed:
            slugs = resolution.roll_calls.filter(status=Status.PUBLISHED).values_list("slug", flat=True)
            [problem] = stays_published(list(slugs)).messages
            self.message_user(request, f"{resolution}: {problem}", messages.ERROR)
        if needed:
            return None
        if not request.POST.get("reason", "").strip():
            return self.ask_reason(
                request,
                list(queryset),
                title=_("Unpublish"),
                explanation=_("These texts will no longer be public. The reason is kept in their history."),
                action="unpublish",
            )
        self._set_status(request, queryset.filter(status=Status.PUBLISHED), Status.DRAFT)
        return None

    def _set_status(self, request: HttpRequest, resolutions: QuerySet[Resolution], status: Status) -> None:
        """Give texts a status, and say how many there were."""
        changed = list(resolutions)
        for resolution in changed:
            resolution.status = status
            resolution.save()
            self.log_change(request, resolution, [{"changed": {"fields": ["Status"]}}])
        text = (
            ngettext("%(count)d text published.", "%(count)d texts published.", len(changed))
            if status == Status.PUBLISHED
            else ngettext("%(count)d text unpublished.", "%(count)d texts unpublished.", len(changed))
        )
        self.message_user(request, text % {"count": len(changed)})
