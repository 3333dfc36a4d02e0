"""The admin of roll calls: the facts first, then the votes, then the public."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.admin.base import ReasonFormSet, RowsInline
from resolutions.models import Status, near_symbol
from resolutions.text import fold
from votes.admin.filling import FillingAdmin
from votes.admin.forms import NewRollCallForm, RollCallWithVotesForm
from votes.admin.publishing import WorkFilter, draft_texts
from votes.admin.sheet import ANNOUNCED, changed_votes
from votes.choices import Choice
from votes.editing.publishing import been_public, in_words, publish, publish_text, unpublish
from votes.editing.votes import record_votes
from votes.models import Correction, MemberState, RollCall, Source, Tally
from votes.reports.history import history_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class FiguresFilter(admin.SimpleListFilter):
    """Roll calls whose figures want a look."""

    title = _("figures")
    parameter_name = "figures"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the kinds of figures."""
        return [("differ", _("announced and counted differ")), ("none", _("no votes yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> QuerySet[RollCall]:
        """Return the roll calls with figures of the kind chosen."""
        voted = Q(tally__cast__gt=0)
        if self.value() == "differ":
            differ = Q()
            for name in ANNOUNCED:
                counted = F(f"tally__{name.removeprefix('announced_')}")
                differ |= Q(**{f"{name}__isnull": False}) & ~Q(**{name: counted})
            return queryset.filter(voted & differ)
        if self.value() == "none":
            return queryset.filter(~voted, method__in=RollCall.METHODS_WITH_VOTES)
        return queryset


class CorrectionFormSet(ReasonFormSet[Correction, RollCall]):
    """The corrections of a roll call."""

    def needs_reason(self) -> bool:
        """Tell whether the public has seen the roll call."""
        return bool(been_public([self.instance]))

    def clean(self) -> None:
        """Refuse to publish with the corrections that the same person enters."""
        super().clean()
        if not self.has_changed() or settings.PUBLISH_OWN_ENTRIES:
            return
        drafts = RollCall.objects.filter(pk=self.instance.pk, status=Status.DRAFT)
        if self.instance.status == Status.PUBLISHED and drafts.exists():
            raise ValidationError(_("Save these as a draft; who enters corrections does not publish them."))


class CorrectionInline(RowsInline[Correction, RollCall]):
    """The corrections of a roll call on its page."""

    model = Correction
    formset = CorrectionFormSet
    autocomplete_fields = ("state",)
    classes = ("collapse",)
    extra = 0


@admin.register(RollCall)
class RollCallAdmin(FillingAdmin):
    """The votes taken."""

    list_display = (
        "slug",
        "heading",
        "date",
        "status",
        "body__code",
        "result",
        "announced_totals",
        "counted_totals",
    )
    list_filter = (WorkFilter, "status", "body", FiguresFilter, "kind", "method", "result", "requirement", "source")
    search_fields = ("slug", "title")
    search_help_text = _("A symbol in any spelling, a slug, a meeting, or words of the title.")
    date_hierarchy = "date"
    autocomplete_fields = ("resolution", "session")
    radio_fields = {"status": admin.VERTICAL}
    permanent = ("slug",)

    what = ("resolution", "title", "kind")
    when = ("body", "session", ("date", "date_precision"), ("meeting", "ordinal"))
    how = ("method", "requirement", "result", ANNOUNCED)
    announced_help = _(
        "The totals as the President announced them. They are compared with the votes, and neither changes the other."
    )
    whence = ("source", "source_reference", "note")

    @staticmethod
    def view_on_site(roll_call: RollCall) -> str | None:
        """Return the public address of a roll call that has one."""
        return roll_call.get_absolute_url() if roll_call.status == Status.PUBLISHED else None

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[RollCall]:
        """Return roll calls with what a row of the list shows."""
        return super().get_queryset(request).select_related("body", "session", "resolution__body", "tally")

    @admin.display(description=_("title"))
    def heading(self, roll_call: RollCall) -> str:
        """Return what was put to the vote, no longer than a line."""
        return Truncator(roll_call.heading).chars(80)

    @admin.display(description=_("announced"))
    def announced_totals(self, roll_call: RollCall) -> str:
        """Return the announced totals as they are quoted."""
        return str(roll_call.announced or "")

    @admin.display(description=_("counted"))
    def counted_totals(self, roll_call: RollCall) -> str:
        """Return the counted totals as they are quoted."""
        return str(roll_call.counted or "")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RollCall], search_term: str
    ) -> tuple[QuerySet[RollCall], bool]:
        """Return the roll calls that ``search_term`` names by symbol, slug, meeting or words of the title."""
        term = search_term.strip()
        if not term:
            return queryset, False
        own, of_resolution = Q(), Q()
        for word in fold(term).split():
            own &= Q(search_text__contains=word)
            of_resolution &= Q(resolution__search_text__contains=word)
        named = Q(slug__icontains=term) | Q(meeting__icontains=term) | near_symbol(term, "resolution__")
        return queryset.filter(named | own | of_resolution), False

    # The page

    def get_form(self, request: HttpRequest, obj: RollCall | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form with the facts only, and with the votes once there is a roll call to have them."""
        form: Any = RollCallWithVotesForm if obj else NewRollCallForm
        form = super().get_form(request, obj, change, form=form, **kwargs)
        form.by = request.user
        form.start = request.GET.get("start", "")
        return form

    def get_fieldsets(self, request: HttpRequest, obj: RollCall | None = None) -> Any:
        """Return the parts of the page."""
        if not obj:
            return [
                (_("What was put to the vote"), {"fields": self.what}),
                (_("Where and when"), {"fields": self.when}),
                (_("How it went"), {"fields": self.how, "description": self.announced_help}),
                (_("Source"), {"fields": (*self.whence, "slug")}),
            ]
        on_record = obj.method in RollCall.METHODS_WITH_VOTES
        closed = ("collapse",) if on_record else ()
        return [
            (None, {"fields": ("summary",)}),
            (
                _("What was put to the vote"),
                {"fields": (*self.what, "decisive", "slug"), "classes": ("collapse",)},
            ),
            (_("Where and when"), {"fields": self.when, "classes": ("collapse",)}),
            (_("Source"), {"fields": self.whence, "classes": ("collapse",)}),
            (
                _("How it went"),
                {"fields": self.how, "description": self.announced_help, "classes": closed},
            ),
            *([(_("Who voted how"), {"fields": ("comparison", "votes")})] if on_record else []),
            (_("Publication"), {"fields": self._publication(request, obj)}),
        ]

    def _publication(self, request: HttpRequest, roll_call: RollCall) -> tuple[str, ...]:
        """Return the fields of publication; why something changes is asked where the public has seen it."""
        asks = self.has_change_permission(request, roll_call) and been_public([roll_call])
        return ("entered", "status", "difference_reason", *(("reason",) if asks else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: RollCall | None = None) -> list[str]:
        """Return the fields that are shown and not entered."""
        return [*super().get_readonly_fields(request, obj), "summary", "comparison", "entered"]

    def get_inlines(self, request: HttpRequest, obj: RollCall | None) -> tuple[type[Any], ...]:
        """Return the corrections once there is something to correct."""
        return (CorrectionInline,) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start with the editor as the source."""
        initial: dict[str, Any] = {**super().get_changeform_initial_data(request)}
        initial.setdefault("source", Source.objects.filter(slug="editor").first())
        return initial

    @admin.display(description=_("Roll call"))
    def summary(self, roll_call: RollCall) -> str:
        """Return the saved facts in a line or two, so that the rest of them can stay closed."""
        saved = RollCall.objects.with_tally().get(pk=roll_call.pk)
        facts = [
            str(saved.resolution or ""),
            saved.heading,
            str(saved.body),
            date_format(saved.date),
            saved.get_method_display(),
            saved.get_result_display(),
        ]
        status = _("Published.") if saved.status == Status.PUBLISHED else _("Draft: seen by editors only.")
        return format_html("{}<br><b>{}</b>", " · ".join(filter(None, facts)), status)

    @admin.display(description=_("Counted and announced"))
    def comparison(self, roll_call: RollCall) -> str:
        """Return the saved votes counted against the announced totals, naming each difference."""
        counted, announced = roll_call.counted, roll_call.announced
        if not counted:
            return str(_("No votes are recorded."))
        if not announced:
            return str(_("Counted %(counted)s. No totals are announced.") % {"counted": counted})
        found = in_words(roll_call.differences(counted))
        figures = {"counted": counted, "announced": announced, "differences": found}
        if not figures["differences"]:
            return str(_("Counted %(counted)s, announced %(announced)s: they agree.") % figures)
        return str(_("Counted %(counted)s, announced %(announced)s. They differ: %(differences)s.") % figures)

    @admin.display(description=_("Entered by"))
    def entered(self, roll_call: RollCall) -> str:
        """Return who entered or changed it."""
        names = sorted(user.get_username() for user in roll_call.entered_by.all())
        return ", ".join(names) or str(_("nobody here: it was imported"))

    @admin.display(description=_("Votes"))
    def votes(self, roll_call: RollCall) -> str:
        """Return who voted how, for those who may look and not change."""
        named = defaultdict(list)
        for vote in roll_call.votes.select_related("state").order_by("state__sort_name"):
            named[vote.choice].append(vote.state.name)
        return format_html_join(
            "", "<p><b>{}:</b> {}</p>", ((c.label, ", ".join(named[c])) for c in Choice if named[c])
        )

    # Saving

    def save_model(self, request: HttpRequest, obj: RollCall, form: Any, change: bool) -> None:
        """Save the facts and the votes, then show them to the public or not, the way every writer does."""
        status = obj.status
        if change and "status" in form.changed_data:
            obj.status = form.initial["status"]
        super().save_model(request, obj, form, change)
        if not change or form.facts_changed:
            obj.entered_by.add(request.user)  # type: ignore[arg-type]  # who is in the admin is no stranger
        if form.cleaned_data.get("votes") is not None:
            record_votes(roll_call=obj, choices=form.cleaned_data["votes"], by=request.user)  # type: ignore[arg-type]
        drafts = draft_texts([obj])
        if status != obj.status:
            self._move(request, obj, Status(status), reason=form.cleaned_data.get("reason", ""))
        elif status == Status.PUBLISHED:
            publish_text(obj)
        if status == Status.PUBLISHED:
            self.tell_published_with(request, drafts)

    def _move(self, request: HttpRequest, roll_call: RollCall, status: Status, *, reason: str) -> None:
        """Publish a roll call, or take it out of view."""
        by: Any = request.user
        if status == Status.PUBLISHED:
            publish(roll_calls=[roll_call], by=by, reason=reason)
            self.message_user(request, _("Published: %(slug)s.") % {"slug": roll_call.slug}, messages.SUCCESS)
        else:
            unpublish(roll_calls=[roll_call], by=by, reason=reason)
        roll_call.status = status

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
        if "_addanother" not in request.POST and IS_POPUP_VAR not in request.POST:
            data = request.POST.copy()
            data["_continue"] = "1"
            request.POST = data  # type: ignore[assignment]
            if obj.method in RollCall.METHODS_WITH_VOTES:
                todo = _("The facts are saved as a draft. Now enter who voted how, and publish it at the end.")
            else:
                todo = _("The facts are saved as a draft. Publish it at the end of the page.")
            response = super().response_add(request, obj, post_url_continue)
            self.message_user(request, todo, messages.INFO)
            return response
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: RollCall) -> HttpResponse:
        """Say what is worth a second look: figures that differ, members without an entry."""
        obj.tally = Tally.objects.get(roll_call=obj)
        if found := obj.differences(obj.counted):
            named = {"slug": obj.slug, "differences": in_words(found)}
            told = _("Counted and announced totals of %(slug)s differ: %(differences)s.") % named
            self.message_user(request, told, messages.WARNING)
        if obj.has_votes:
            missing = MemberState.objects.members_of(obj.body, obj.date).count() - obj.tally.cast
            if missing > 0:
                text = ngettext(
                    "%(count)d member of the body has no entry in %(slug)s.",
                    "%(count)d members of the body have no entry in %(slug)s.",
                    missing,
                )
                self.message_user(request, text % {"count": missing, "slug": obj.slug}, messages.WARNING)
        return super().response_change(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show or save a roll call; what has been public can be withdrawn."""
        found = RollCall.objects.filter(pk=object_id) if object_id.isdecimal() else RollCall.objects.none()
        extra_context = {**(extra_context or {}), "has_been_public": bool(been_public(found))}
        return super().change_view(request, object_id, form_url, extra_context)

    # What became of it

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what editors did here, and every change since it was first public, whichever way it was made."""
        roll_call = self.get_object(request, object_id)
        if roll_call is not None and self.has_view_or_change_permission(request, roll_call):
            names = dict(MemberState.objects.values_list("code", "name"))
            extra_context = {**(extra_context or {}), "history": history_of(roll_call, names, full=True)}
        return super().history_view(request, object_id, extra_context)
