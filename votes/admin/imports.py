"""The admin of imports: upload files, check what they would change, import them, and look up past imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from resolutions.admin.base import RecordAdmin
from resolutions.dates import dated
from resolutions.figures import grouped
from votes.admin.undoing import undo_import_page
from votes.admin.upload_forms import OptionsForm, UploadForm, UploadHandler
from votes.importing.uploads import storage
from votes.importing.uploads.child_process import TIME_LIMIT, imported, process
from votes.importing.uploads.storage import Receiver, UploadError
from votes.models import Finding, ImportRun

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrPromise

    from votes.importing.uploads.storage import Upload

LIST = "admin:votes_importrun_changelist"
CHANGES_OPEN = 20
MAX_NOTES = 10


@admin.register(ImportRun)
class ImportRunAdmin(RecordAdmin[ImportRun]):
    """Imports. Adding one means uploading files; a finished import cannot be changed or deleted."""

    list_display = ("started", "state", "file_names", "roll_calls", "votes", "lines", "findings", "by_name", "format")
    list_filter = ("format", "state")
    date_hierarchy = "started"
    search_fields = ("by_name", "files")
    search_help_text = _("Search by file name, SHA-256 or the name of the person who imported it.")

    counts = ("added", "changed", "unchanged", "removed")
    fieldsets = (
        (None, {"fields": ("state_now", "format", "source", ("started", "finished"), "by_name", "files_read")}),
        (_("Roll calls"), {"fields": (counts, "resolutions_added")}),
        (_("Votes"), {"fields": (("votes_added", "votes_changed", "votes_removed"),)}),
        (_("Rows"), {"fields": (("rows", "rejected"), "findings_link")}),
        (_("Changes to existing records"), {"fields": ("changes_listed",)}),
    )

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        """Let nobody rewrite what was done."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        """Let a check be deleted from its own page, and an import never."""
        checked = obj is not None and obj.state == ImportRun.State.CHECKED
        return checked and super().has_delete_permission(request, obj)

    # The list

    @admin.display(description=_("files"))
    def file_names(self, run: ImportRun) -> str:
        return ", ".join(file["name"] for file in run.files)

    @admin.display(description=_("roll calls"))
    def roll_calls(self, run: ImportRun) -> str:
        """Return what became of roll calls."""
        return summary(
            (_("%(count)s added"), run.added),
            (_("%(count)s changed"), run.changed),
            (_("%(count)s unchanged"), run.unchanged),
            (_("%(count)s removed"), run.removed),
        )

    @admin.display(description=_("votes"))
    def votes(self, run: ImportRun) -> str:
        """Return what became of votes."""
        return summary(
            (_("%(count)s added"), run.votes_added),
            (_("%(count)s changed"), run.votes_changed),
            (_("%(count)s removed"), run.votes_removed),
        )

    @admin.display(description=_("rows"), ordering="rows")
    def lines(self, run: ImportRun) -> str:
        """Return how many rows were read and how many rejected."""
        return summary((_("%(count)s read"), run.rows), (_("%(count)s rejected"), run.rejected))

    # The page of an import

    @admin.display(description=_("state"))
    def state_now(self, run: ImportRun) -> str:
        """Return how far it has come, and for a check what can still be done."""
        if run.state == ImportRun.State.DONE:
            if run.undone:
                return str(_("Undone on %(date)s") % {"date": dated(run.undone.date())})
            return run.get_state_display()
        if storage.find(run.upload):
            return format_html(
                '{}. <a href="{}">{}</a>', run.get_state_display(), upload_url(run.upload), _("Import or discard it")
            )
        return format_html(
            "{}. {}",
            run.get_state_display(),
            _("The uploaded files were deleted, so they can no longer be imported. Upload them again."),
        )

    @admin.display(description=_("files"))
    def files_read(self, run: ImportRun) -> str:
        """Return the files with their rows and sums."""
        return format_html_join(
            "",
            "<div><b>{}</b>, {}<br>SHA-256 <code>{}</code></div>",
            (
                (
                    file["name"],
                    ngettext("%(rows)s row", "%(rows)s rows", file["rows"]) % {"rows": grouped(file["rows"])},
                    file["sha256"],
                )
                for file in run.files
            ),
        )

    @admin.display(description=_("findings"))
    def findings_link(self, run: ImportRun) -> str:
        """Return how many rows could not be taken as they stand, with the way to them."""
        if run.state != ImportRun.State.DONE or not run.findings:
            return str(run.findings)
        return format_html('<a href="{}">{}</a>', findings_url(run), run.findings)

    @admin.display(description=_("changes"))
    def changes_listed(self, run: ImportRun) -> str:
        """Return what changed in which roll call, a line each."""
        lines = format_html_join("", "<div>{}</div>", ((change,) for change in run.changes))
        if len(run.changes) >= ImportRun.CHANGES_KEPT:
            first = _("Only the first %(count)s are kept.") % {"count": grouped(len(run.changes))}
            return format_html("<div>{}</div>{}", first, lines)
        return lines or str(_("None"))

    # Uploading

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.upload_view)
        return [
            path("uploads/<str:token>/", view, name="votes_importrun_upload"),
            path("<int:pk>/undo/", self.page(undo_import_page), name="votes_importrun_undo"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_exempt)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form for uploading, or take an upload.

        The CSRF token is checked later than usual, because reading it reads the body, and the upload handlers must be
        set first.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        storage.remove_expired()
        receiver = Receiver()
        handler = UploadHandler(receiver, content_length=int(request.META.get("CONTENT_LENGTH") or 0))
        request.upload_handlers = [handler]
        try:
            return self._add_view(request, handler)
        finally:
            receiver.abandon()

    @method_decorator(csrf_protect)
    def _add_view(self, request: HttpRequest, handler: UploadHandler) -> HttpResponse:
        """Show the form, or check what was uploaded with it and go to its page."""
        if request.method == "POST":
            form = UploadForm(request.POST, request.FILES)
            if handler.refusal:
                form.errors["chosen"] = form.error_class([handler.refusal])
            if form.is_valid():
                upload = handler.receiver.keep(by=request.user.get_username(), **form.options)
                return self._check(request, upload)
        else:
            form = UploadForm()
        context = {
            "title": _("Import files"),
            "form": form,
            "waiting": storage.waiting(),
            "limit": f"{storage.LIMIT / 1024**3:g}",
            "minutes": TIME_LIMIT // 60,
        }
        return self.render(request, "admin/votes/importrun/upload.html", context)

    # An upload

    def upload_view(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what importing an upload would change; on POST import it, check it again or discard it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if runs := imported(token):
            self.message_user(request, _("This upload has already been imported."), messages.WARNING)
            return self._redirect(request, runs_url(runs))
        upload = storage.find(token)
        if upload is None:
            gone = _(
                "The uploaded files were deleted: they were imported or discarded, or were older than a day. "
                "Upload them again."
            )
            self.message_user(request, gone, messages.ERROR)
            return self._redirect(request, reverse(LIST))
        if request.method != "POST":
            return self._show_check(request, upload)
        try:
            return self._submit(request, upload)
        except UploadError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(upload_url(token))

    def _submit(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Discard, check or import an upload, by the button that was pressed."""
        if "_discard" in request.POST:
            upload.discard()
            self.message_user(request, _("The upload was discarded. Nothing was imported."), messages.SUCCESS)
            return self._redirect(request, reverse(LIST))
        if "_check" in request.POST:
            form = OptionsForm(request.POST)
            if not form.is_valid():
                return self._show_check(request, upload, form)
            return self._check(request, upload.read_as(**form.options))
        return self._import(request, upload)

    def _check(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Check an upload, and go to the page that shows what came of it."""
        try:
            process(upload, by=request.user, dry_run=True)  # type: ignore[arg-type]
        except UploadError as error:
            self.message_user(request, str(error), messages.ERROR)
        return HttpResponseRedirect(upload_url(upload.token))

    def _import(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Import an upload, if it is what was seen, and go to the page of the import."""
        seen = upload.outcome
        if seen is None or seen.error or seen.mark != request.POST.get("seen"):
            raise UploadError(
                _(
                    "This upload has been checked again since you opened this page. Review the new result before "
                    "you import it."
                )
            )
        outcome = process(upload, by=request.user, dry_run=False)  # type: ignore[arg-type]
        if outcome.error:
            self.message_user(request, _("Nothing was imported. See the error below."), messages.ERROR)
            return HttpResponseRedirect(upload_url(upload.token))
        upload.discard()
        runs = imported(upload.token)
        for run in runs:
            self.log_addition(request, run, [{"added": {}}])
        self._report(request, runs, outcome)
        return self._redirect(request, runs_url(runs))

    def _redirect(self, request: HttpRequest, address: str) -> HttpResponse:
        """Go from an upload to a page of imports, or to the start for who may upload and not look."""
        return HttpResponseRedirect(address if self.has_view_permission(request) else reverse("admin:index"))

    def _report(self, request: HttpRequest, runs: list[ImportRun], outcome: storage.Outcome) -> None:
        """Say that it was imported, where the findings are, and what the readers noted."""
        done: Any = (
            _("Imported.") if outcome.wrote else _("Imported. The record already had everything in these files.")
        )
        findings = sum(run.findings for run in runs)
        if findings:
            about = ngettext(
                "%(count)d finding is about rows of these files.",
                "%(count)d findings are about rows of these files.",
                findings,
            ) % {"count": findings}
            first = next(run for run in runs if run.findings)
            done = format_html('{} <a href="{}">{}</a>', done, findings_url(first), about)
        self.message_user(request, done, messages.SUCCESS)
        for note in outcome.notes[:MAX_NOTES]:
            self.message_user(request, note, messages.INFO)

    def _show_check(self, request: HttpRequest, upload: Upload, form: OptionsForm | None = None) -> HttpResponse:
        """Show what a check or an import of an upload came to."""
        outcome = upload.outcome
        runs = list(ImportRun.objects.filter(upload=upload.token).order_by("pk")) if outcome else []
        found = [str(Finding(kind=row["kind"], details=row["details"])) for row in outcome.found] if outcome else []
        how = {"file_format": upload.file_format, "allow_removals": upload.allow_removals}
        context = {
            "title": _("Preview of the import"),
            "upload": upload,
            "outcome": outcome,
            "ready": outcome and not outcome.error,
            "runs": runs,
            "found": found,
            "found_more": sum(run.findings for run in runs) - len(found),
            "changes_open": CHANGES_OPEN,
            "changes_kept": ImportRun.CHANGES_KEPT,
            "form": form or OptionsForm(initial=how),
            "minutes": TIME_LIMIT // 60,
        }
        if outcome and outcome.error:
            context["title"] = _("Import not possible")
        return self.render(request, "admin/votes/importrun/check.html", context)


def summary(*counts: tuple[StrPromise, int]) -> str:
    """Return the counts that are not zero, each in its words; a dash where all are."""
    return ", ".join(str(words) % {"count": grouped(count)} for words, count in counts if count) or "-"


def upload_url(token: str) -> str:
    return reverse("admin:votes_importrun_upload", args=[token])


def runs_url(runs: list[ImportRun]) -> str:
    """Return the address of one import, or of the list of several that belong together."""
    if len(runs) == 1:
        return reverse("admin:votes_importrun_change", args=[runs[0].pk])
    return f"{reverse(LIST)}?upload={runs[0].upload}"


def findings_url(run: ImportRun) -> str:
    """Return the address of the findings in files of an import's layout."""
    return f"{reverse('admin:votes_finding_changelist')}?origin={run.format}"
