"""The admin of what becomes of roll calls: publishing, taking out of view, withdrawing, merging."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from resolutions.models import Status
from votes.admin.drafting import DraftingAdmin
from votes.admin.merging import MergeForm, WhichForm
from votes.editing import publishing
from votes.editing.merging import comparison, merge
from votes.models import Correction, RollCall, Vote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

LIST = "admin:votes_rollcall_changelist"


class WorkFilter(admin.SimpleListFilter):
    """Work lists: what is to be done, and by whom."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the work lists of this editor."""
        return [(name, publishing.WORK[name]) for name in publishing.work_lists(request.user)]  # type: ignore[arg-type]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> QuerySet[RollCall]:
        """Return the roll calls on the list chosen."""
        chosen = publishing.work_lists(request.user).get(self.value() or "")  # type: ignore[arg-type]
        return queryset if chosen is None else queryset.filter(pk__in=chosen.values("pk"))


class PublishingAdmin(DraftingAdmin):
    """What may be done to a roll call, and by whom: drafts by recorders, what is public by verifiers."""

    actions = ("publish", "unpublish", "merge_selected")

    # Who may do what

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Tell whether roll calls may be published and taken out of view."""
        return request.user.has_perm(publishing.PUBLISH)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Tell whether two records of a vote may be made one."""
        return request.user.has_perm("votes.merge_rollcall")

    def has_change_permission(self, request: HttpRequest, obj: RollCall | None = None) -> bool:
        """Leave what is public to those who may amend it."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.has_perm(publishing.AMEND) or not _is_published(obj))

    def has_delete_permission(self, request: HttpRequest, obj: RollCall | None = None) -> bool:
        """Keep what has been public: it is withdrawn."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or publishing.is_deletable(obj, by=request.user))  # type: ignore[arg-type]

    def get_readonly_fields(self, request: HttpRequest, obj: RollCall | None = None) -> list[str]:
        """Return the fields that are shown and not entered."""
        own = [] if self.has_publish_permission(request) else ["status", "difference_reason"]
        return [*super().get_readonly_fields(request, obj), *own]

    # In and out of view

    @admin.action(description=_("Publish the selected roll calls and their resolutions"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> HttpResponse | None:
        """Show roll calls in public, all of them or, where one is not ready, none."""
        roll_calls = list(queryset.filter(status=Status.DRAFT))
        again = publishing.been_public(roll_calls)
        if again and not request.POST.get("reason", "").strip():
            said = _("Some of these have been public before. Say why they come back, and what changed.")
            return self._ask(request, roll_calls, "publish", _("Publish"), said)
        drafts = draft_texts(roll_calls)
        count = publishing.publish(roll_calls=roll_calls, **_by(request))
        self._log_status(request, roll_calls)
        text = ngettext("%(count)d roll call published.", "%(count)d roll calls published.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
        self.tell_published_with(request, drafts)
        return None

    @admin.action(description=_("Unpublish the selected roll calls"), permissions=["publish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> HttpResponse | None:
        """Take roll calls out of public view, and say why."""
        roll_calls = list(queryset.filter(status=Status.PUBLISHED))
        if roll_calls and not request.POST.get("reason", "").strip():
            said = _("These leave public view and are drafts again. Their history shows why, once they are back.")
            return self._ask(request, roll_calls, "unpublish", _("Unpublish"), said)
        count = publishing.unpublish(roll_calls=roll_calls, **_by(request))
        self._log_status(request, roll_calls)
        text = ngettext("%(count)d roll call unpublished.", "%(count)d roll calls unpublished.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
        return None

    def _ask(
        self, request: HttpRequest, roll_calls: Sequence[RollCall], action: str, title: Any, said: Any
    ) -> HttpResponse:
        """Ask for the reason of an action on the list."""
        return self.ask_reason(request, roll_calls, title=title, said=said, back=request.get_full_path(), action=action)

    def _log_status(self, request: HttpRequest, roll_calls: Iterable[RollCall]) -> None:
        """Keep in the history that the status changed."""
        for roll_call in roll_calls:
            self.log_change(request, roll_call, [{"changed": {"fields": ["Status"]}}])

    def tell_published_with(self, request: HttpRequest, symbols: Sequence[str]) -> None:
        """Say which resolutions became public with their roll calls."""
        if symbols:
            self.message_user(
                request, _("Also published: %(symbols)s.") % {"symbols": ", ".join(symbols)}, messages.SUCCESS
            )

    # Out of the record

    def get_urls(self) -> list[Any]:
        """Return the addresses with those of withdrawing and merging."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/withdraw/", wrap(self.withdraw_view), name="votes_rollcall_withdraw"),
            path("merge/", wrap(self.merge_view), name="votes_rollcall_merge"),
            *super().get_urls(),
        ]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then withdraw."""
        if not request.user.has_perm(publishing.WITHDRAW):
            raise PermissionDenied
        return self._or_say_why(request, partial(self._withdraw, request, pk))

    def _withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then withdraw."""
        roll_call = RollCall.objects.filter(pk=pk).first()
        if roll_call is None:
            raise Http404
        back = reverse("admin:votes_rollcall_change", args=[pk])
        if not request.POST.get("reason", "").strip():
            said = _(
                "Its address will answer that the vote was withdrawn, and why; lists, figures and downloads will not "
                "have it. The data stay here as a draft. To mend a mistake, amend or unpublish it instead."
            )
            return self.ask_reason(request, [roll_call], title=_("Withdraw"), said=said, back=back)
        publishing.withdraw(roll_call=roll_call, **_by(request))
        self.log_change(request, roll_call, "Withdrawn.")
        self.message_user(request, _("%(slug)s is withdrawn.") % {"slug": roll_call.slug}, messages.SUCCESS)
        return HttpResponseRedirect(back)

    @admin.action(description=_("Merge the two selected records of one vote"), permissions=["merge"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[RollCall]) -> HttpResponse | None:
        """Go to the page that shows where two records differ."""
        slugs = list(queryset.order_by("-status", "pk").values_list("slug", flat=True)[:3])
        if len(slugs) != 2:
            self.message_user(request, _("Choose two records of the same vote."), messages.ERROR)
            return None
        return HttpResponseRedirect(f"{reverse('admin:votes_rollcall_merge')}?kept={slugs[0]}&duplicate={slugs[1]}")

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Show where two records differ, ask which to keep and why, then merge."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        return self._or_say_why(request, partial(self._merge, request))

    def _merge(self, request: HttpRequest) -> HttpResponse:
        """Show where two records differ, ask which to keep and why, then merge."""
        which = WhichForm(request.GET) if "duplicate" in request.GET else WhichForm(initial=request.GET.dict())
        context = {**self.admin_site.each_context(request), "title": _("Merge two records of one vote"), "which": which}
        context |= {"opts": self.opts, "back": reverse(LIST)}
        if which.is_valid():
            kept, duplicate = which.cleaned_data["kept"], which.cleaned_data["duplicate"]
            compared = comparison(kept, duplicate)
            form = MergeForm(request.POST or None, compared=compared)
            if request.method == "POST" and form.is_valid():
                merge(
                    kept=kept,
                    duplicate=duplicate,
                    although_votes_differ=form.cleaned_data.get("although_votes_differ", False),
                    **_by(request),
                )
                self.log_change(request, kept, f"Merged with {duplicate.slug}.")
                done = _("%(duplicate)s is merged into %(kept)s.") % {"duplicate": duplicate.slug, "kept": kept.slug}
                self.message_user(request, done, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:votes_rollcall_change", args=[kept.pk]))
            context |= {"compared": compared, "form": form}
        return TemplateResponse(request, "admin/votes/rollcall/merge.html", context)

    # Deleting

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what goes with roll calls: their votes, whoever may not write votes by themselves."""
        pks = [roll_call.pk for roll_call in objs]
        counts = {
            model._meta.verbose_name_plural: count
            for model in (RollCall, Vote, Correction)
            if (
                count := model._default_manager.filter(
                    **{"pk__in" if model is RollCall else "roll_call__in": pks}
                ).count()
            )
        }
        kept = [
            str(_("%(slug)s has been public: it can be withdrawn, and not deleted before.") % {"slug": roll_call.slug})
            for roll_call in objs
            if not publishing.is_deletable(roll_call, by=request.user)  # type: ignore[arg-type]
        ]
        allowed = super().has_delete_permission(request)
        refused = set() if allowed else {RollCall._meta.verbose_name}
        return [str(roll_call) for roll_call in objs], counts, refused, kept


def _is_published(roll_call: RollCall) -> bool:
    """Tell whether the public sees a roll call, whatever a form has made of it meanwhile."""
    return RollCall.objects.published().filter(pk=roll_call.pk).exists()


def _by(request: HttpRequest) -> dict[str, Any]:
    """Return who does it, and why."""
    return {"by": request.user, "reason": request.POST.get("reason", "")}


def draft_texts(roll_calls: Iterable[RollCall]) -> list[str]:
    """Return the symbols of the texts of ``roll_calls`` that are still drafts."""
    texts = (roll_call.resolution for roll_call in roll_calls)
    return sorted({text.symbol for text in texts if text and text.status == Status.DRAFT})
