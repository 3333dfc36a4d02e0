"""The admin of roll calls: the list, and the page with facts, votes and publication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Exists, OuterRef, Q
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.base import DeletedForReasonAdmin, contains_words, continue_editing
from resolutions.models import Resolution, Status, near_symbol
from votes.admin.amending import AmendingMixin
from votes.admin.filling import fill_page
from votes.admin.holding import HoldingMixin, hold_implausible
from votes.admin.meetings import meeting_page
from votes.admin.merging import MERGE, merge_page, merge_selected
from votes.admin.new_roll_call import new_page, sheet_address, typed_about
from votes.admin.publishing import draft_symbols, publish, report_published_texts, unpublish, withdraw_page
from votes.admin.returning import send_back_page
from votes.admin.roll_call_display import (
    announced_totals,
    comment,
    comparison,
    counted_totals,
    day,
    entered,
    heading,
    status,
    summary,
    votes_by_choice,
)
from votes.admin.roll_call_filters import FiguresFilter, WorkFilter
from votes.admin.roll_call_forms import CorrectionInline, NewRollCallForm, RollCallForm
from votes.admin.sheet import changed_votes
from votes.editing import publishing
from votes.editing.drafts import another_vote
from votes.editing.publishing import been_public, withdrawn
from votes.editing.returning import take_up
from votes.editing.votes import record_votes
from votes.models import Correction, MemberState, RollCall, Source, Tally, Vote
from votes.totals import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

SUBJECT = ("resolution", "title", "kind")
SITTING = ("body", "session", ("date", "date_precision"), ("meeting", "ordinal"))
OUTCOME = ("method", "requirement", "result", ANNOUNCED)
SOURCE = ("source", "source_reference", "note")
ANNOUNCED_HELP = _(
    "Enter the totals as the President announced them. They are compared with the votes; neither is changed to "
    "match the other."
)


@admin.register(RollCall)
class RollCallAdmin(AmendingMixin, HoldingMixin, DeletedForReasonAdmin[RollCall]):
    """The votes taken."""

    list_display = ("slug", heading, day, announced_totals, counted_totals, "result", status, "body__code")
    list_filter = (WorkFilter, "status", "body", FiguresFilter, "kind", "method", "result", "requirement", "source")
    search_fields = ("slug", "title")
    search_help_text = _("Search by symbol (in any spelling), slug, meeting or words of the title.")
    date_hierarchy = "date"
    actions = (publish, unpublish, merge_selected)
    autocomplete_fields = ("resolution", "session")
    radio_fields = {"status": admin.VERTICAL}
    permanent = ("slug",)
    votes = staticmethod(votes_by_choice)  # the field of the sheet, for those who may look and not change

    class Media:
        # On every page: where a message says that the sheet is saved, the browser drops the entries it stored.
        js = ("admin-plenary/sheet.js",)

    def get_urls(self) -> list[Any]:
        return [
            path("new/", self.page(new_page), name="votes_rollcall_new"),
            path("meeting/", self.page(meeting_page), name="votes_rollcall_meeting"),
            path("<int:pk>/fill/", self.page(fill_page), name="votes_rollcall_fill"),
            path("<int:pk>/send-back/", self.page(send_back_page), name="votes_rollcall_send_back"),
            path("<int:pk>/withdraw/", self.page(withdraw_page), name="votes_rollcall_withdraw"),
            path("merge/", self.page(merge_page), name="votes_rollcall_merge"),
            *super().get_urls(),
        ]

    @staticmethod
    def view_on_site(roll_call: RollCall) -> str | None:
        return roll_call.get_absolute_url() if roll_call.status == Status.PUBLISHED else None

    # Who may do what: drafts by recorders, what is public by verifiers

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(publishing.PUBLISH)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MERGE)

    def has_change_permission(self, request: HttpRequest, obj: RollCall | None = None) -> bool:
        """Leave what is public to those who may amend it."""
        if not super().has_change_permission(request, obj):
            return False
        # Asked of the database, whatever a form has made of ``obj`` meanwhile.
        public = RollCall.objects.published()
        return obj is None or request.user.has_perm(publishing.AMEND) or not public.filter(pk=obj.pk).exists()

    def has_delete_permission(self, request: HttpRequest, obj: RollCall | None = None) -> bool:
        """Keep what has been public: it is withdrawn."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or publishing.is_deletable(obj, by=request.user))  # type: ignore[arg-type]

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[RollCall]:
        roll_calls = super().get_queryset(request).select_related("body", "session", "resolution__body", "tally")
        return roll_calls.annotate(is_withdrawn=Exists(withdrawn().filter(pk=OuterRef("pk"))))

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """Show the comments in the list of drafts that were sent back."""
        own = ("slug", heading, comment, day, status)
        return own if request.GET.get("work") == "returned" else self.list_display

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RollCall], search_term: str
    ) -> tuple[QuerySet[RollCall], bool]:
        """Return the roll calls that ``search_term`` names by symbol, slug, meeting or words of the title."""
        term = search_term.strip()
        if not term:
            return queryset, False
        by_name = Q(slug__icontains=term) | Q(meeting__icontains=term) | near_symbol(term, "resolution__")
        by_words = contains_words("search_text", term) | contains_words("resolution__search_text", term)
        return queryset.filter(by_name | by_words), False

    # The page

    def get_form(self, request: HttpRequest, obj: RollCall | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form with the facts only, and with the votes once there is a roll call to have them."""
        form: Any = RollCallForm if obj else NewRollCallForm
        form = super().get_form(request, obj, change, form=form, **kwargs)
        form.by = request.user
        form.start = request.GET.get("start", "")
        return form

    def get_fieldsets(self, request: HttpRequest, obj: RollCall | None = None) -> Any:
        if not obj:
            return [
                (_("Text or motion"), {"fields": SUBJECT}),
                (_("Date and meeting"), {"fields": SITTING}),
                (_("Result and totals"), {"fields": OUTCOME, "description": ANNOUNCED_HELP}),
                (_("Source"), {"fields": (*SOURCE, "slug")}),
            ]
        has_sheet = obj.method in RollCall.METHODS_WITH_VOTES
        asks_reason = self.has_change_permission(request, obj) and been_public([obj])
        publication = (
            entered,
            "status" if self.has_publish_permission(request) else status,
            "difference_reason",
            *(("reason",) if asks_reason else ()),
        )
        closed = {"classes": ("collapse",)}
        return [
            (None, {"fields": (summary,)}),
            (_("Text or motion"), {"fields": (*SUBJECT, "decisive", "slug"), **closed}),
            (_("Date and meeting"), {"fields": SITTING, **closed}),
            (_("Source"), {"fields": SOURCE, **closed}),
            (
                _("Result and totals"),
                {"fields": OUTCOME, "description": ANNOUNCED_HELP, **(closed if has_sheet else {})},
            ),
            *([(_("Votes"), {"fields": (comparison, "votes")})] if has_sheet else []),
            (_("Publication"), {"fields": publication}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: RollCall | None = None) -> list[Any]:
        own = [] if self.has_publish_permission(request) else ["status", "difference_reason"]
        return [*super().get_readonly_fields(request, obj), *own, summary, comparison, entered, status]

    def get_inlines(self, request: HttpRequest, obj: RollCall | None) -> tuple[type[Any], ...]:
        """Return the corrections once there is something to correct."""
        return (CorrectionInline,) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start with the editor as the source, and for another vote on a text with what is known of its last one."""
        asked = super().get_changeform_initial_data(request)
        key = str(asked.get("resolution", ""))
        text = Resolution.objects.filter(pk=key).first() if key.isdecimal() else None
        known = another_vote(text) if text else {}
        typed = request.session.get(typed_about(key), {}) if "typed" in asked else {}
        return {"source": Source.objects.filter(slug="editor").first(), **known, **typed, **asked}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show or save a roll call; what has been public can be withdrawn."""
        roll_calls = RollCall.objects.filter(pk=object_id) if object_id.isdecimal() else RollCall.objects.none()
        extra_context = {**(extra_context or {}), "has_been_public": bool(been_public(roll_calls))}
        return super().change_view(request, object_id, form_url, extra_context)

    # Saving

    def save_model(self, request: HttpRequest, obj: RollCall, form: Any, change: bool) -> None:
        """Save facts and votes, then publish or unpublish through ``votes.editing``."""
        by: Any = request.user
        wanted = obj.status
        if change and "status" in form.changed_data:
            obj.status = form.initial["status"]
        super().save_model(request, obj, form, change)
        if not change or form.needs_verification:
            obj.entered_by.add(by)
        if change and take_up(roll_call=obj):
            self.message_user(request, _("The draft is waiting for verification again."), messages.INFO)
        if form.cleaned_data.get("votes") is not None:
            record_votes(roll_call=obj, choices=form.cleaned_data["votes"], by=by)
        hold_implausible(request, roll_calls=[obj], becomes_public=wanted == Status.PUBLISHED)
        symbols = draft_symbols([obj])
        reason = form.cleaned_data.get("reason", "")
        if wanted == Status.PUBLISHED:
            if obj.status == wanted:
                publishing.publish_text(obj)
            else:
                publishing.publish(roll_calls=[obj], by=by, reason=reason)
                self.message_user(request, _("Published: %(slug)s.") % {"slug": obj.slug}, messages.SUCCESS)
            report_published_texts(self, request, symbols)
        elif obj.status != wanted:
            publishing.unpublish(roll_calls=[obj], by=by, reason=reason)
        obj.status = wanted

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the corrections, and who entered them."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            form.instance.entered_by.add(request.user)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], add: bool = False
    ) -> Any:
        """Return what the history keeps of a change: for votes, which."""
        message = super().construct_change_message(request, form, formsets, add)
        if not add and "votes" in form.changed_data:
            changed = changed_votes(form.initial["votes"], form.cleaned_data["votes"])
            for part in message:
                fields = part.get("changed", {}).get("fields", [])
                part.get("changed", {})["fields"] = [changed if f == "Votes" else f for f in fields]
        return message

    def response_add(self, request: HttpRequest, obj: RollCall, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the page where the votes are entered."""
        if "_addanother" in request.POST or IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        continue_editing(request)
        response = super().response_add(request, obj, post_url_continue)
        if obj.method in RollCall.METHODS_WITH_VOTES:
            response["Location"] = sheet_address(obj)
            todo = _("Saved as a draft. Next, enter the votes; publish when they are complete.")
        else:
            todo = _("Saved as a draft. To publish it, change the status at the end of this page.")
        self.message_user(request, todo, messages.INFO)
        return response

    def response_change(self, request: HttpRequest, obj: RollCall) -> HttpResponse:
        """Warn of missing votes, and keep the chosen first row."""
        self._warn_of_gaps(request, obj)
        response = super().response_change(request, obj)
        start = request.POST.get("votes_start", "")
        if start and "_continue" in request.POST and "Location" in response:
            response["Location"] += ("&" if "?" in response["Location"] else "?") + urlencode({"start": start})
        return response

    def _warn_of_gaps(self, request: HttpRequest, roll_call: RollCall) -> None:
        """Warn of figures that differ, and of members without an entry."""
        roll_call.tally = Tally.objects.get(roll_call=roll_call)
        if differences := roll_call.differences(roll_call.counted):
            facts = {"slug": roll_call.slug, "differences": publishing.in_words(differences)}
            warning = _("Counted and announced totals of %(slug)s differ: %(differences)s.") % facts
            self.message_user(request, warning, messages.WARNING)
        members = MemberState.objects.members_of(roll_call.body, roll_call.date)
        if roll_call.has_votes and (missing := members.count() - roll_call.tally.cast) > 0:
            text = ngettext(
                "%(count)d member of the body has no vote entered in %(slug)s.",
                "%(count)d members of the body have no vote entered in %(slug)s.",
                missing,
            )
            self.message_user(request, text % {"count": missing, "slug": roll_call.slug}, messages.WARNING)

    # Deleting

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what goes with roll calls: their votes, whoever may not write votes by themselves."""
        counts = {RollCall._meta.verbose_name_plural: len(objs)}
        for model in (Vote, Correction):
            if count := model._default_manager.filter(roll_call__in=[roll_call.pk for roll_call in objs]).count():
                counts[model._meta.verbose_name_plural] = count
        public = been_public(objs)
        protected = [
            str(
                _("%(slug)s has been published, so it cannot be deleted. Withdraw it first.") % {"slug": roll_call.slug}
                if roll_call.pk in public
                else _("%(slug)s is somebody else’s draft. A verifier can delete it.") % {"slug": roll_call.slug}
            )
            for roll_call in objs
            if not publishing.is_deletable(roll_call, by=request.user)  # type: ignore[arg-type]
        ]
        refused = set() if self.has_delete_permission(request) else {RollCall._meta.verbose_name}
        return [str(roll_call) for roll_call in objs], counts, refused, protected
