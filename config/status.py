"""The admin's status page: the record, what is served, backups and servers."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from config.backups import last_backup
from resolutions.dates import moment as in_words
from votes.exporting.package import current_version
from votes.models import Finding, ImportRun
from web.serving import health, metrics
from web.serving.release import RELEASE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PERMISSION = "votes.view_importrun"

# A label and a value each.
Rows = list[tuple[str, Any]]

BACKUP_AGE_LIMIT = datetime.timedelta(hours=26)
"""Age from which a daily backup has failed at least once."""


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show the status page. Raises PermissionDenied for an account that may not see imports."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Status"),
        "groups": [
            (_("Record"), _record()),
            (_("Serving"), _serving()),
            (_("Backups"), _backup()),
            (_("Servers"), _servers()),
        ],
    }
    return TemplateResponse(request, "admin/status.html", context)


def _record() -> Rows:
    """Return the data version and when it moved, open findings and the last import."""
    version = current_version()
    findings = Finding.objects.open().count()
    run = ImportRun.objects.filter(state=ImportRun.State.DONE).order_by("-finished").first()
    imported: Any = _("none yet")
    if run:
        imported = format_html(
            '<a href="{}">{}</a>, {}',
            reverse("admin:votes_importrun_change", args=[run.pk]),
            run.get_format_display(),
            _when(run.finished),
        )
    findings_page = f"{reverse('admin:votes_finding_changelist')}?acknowledged=no"
    return [
        (_("Data version"), number_format(version.number, force_grouping=True)),
        (_("Last changed"), _when(version.changed) if version.changed else _("never")),
        (_("Last import"), imported),
        (
            _("Open findings"),
            format_html('<a href="{}">{}</a>', findings_page, number_format(findings, force_grouping=True)),
        ),
    ]


def _serving() -> Rows:
    results = metrics.totals("plenary_cache")
    hits = sum(results.get(name, 0) for name in ("hit", "not-modified", "stale"))
    answers = hits + results.get("miss", 0)
    rate = _("no requests yet")
    if answers:
        rate = _("%(share)s%% of %(number)s answers") % {
            "share": number_format(100 * hits / answers, 1),
            "number": number_format(int(answers), force_grouping=True),
        }
    memory = metrics.memory_of_processes()
    processes = ngettext("%(count)s, %(size)s MB", "%(count)s, %(size)s MB together", len(memory)) % {
        "count": len(memory),
        "size": _megabytes(sum(memory)),
    }
    refused = sum(metrics.totals("plenary_rate_limited").values())
    return [
        (_("Release"), RELEASE),
        (_("Answered from the page cache"), rate),
        (_("Refused by the rate limit"), number_format(int(refused), force_grouping=True)),
        (_("Database errors"), number_format(int(sum(metrics.totals("plenary_database_errors").values())))),
        (_("Processes"), processes),
    ]


def _backup() -> Rows:
    """Return the last backup of BACKUP_DIR."""
    backup = last_backup()
    if backup is None:
        return [(_("Last backup"), _("none in %(folder)s") % {"folder": settings.BACKUP_DIR})]
    verified = _("verified by restoring it") if backup.verified else _("not verified")
    is_late = datetime.datetime.now(datetime.UTC) - backup.made > BACKUP_AGE_LIMIT
    return [
        (_("Last backup"), _when(backup.made)),
        (_("File"), f"{backup.file}, {_megabytes(backup.size)} MB, {verified}"),
        *([(_("Attention"), _("More than a day old."))] if is_late else []),
    ]


def _servers() -> Rows:
    """Return the database's size and connections, and whether replicas and Redis answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()), "
            "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), "
            "current_setting('max_connections')"
        )
        version, size, used, limit = cursor.fetchone()
    rows: Rows = [
        (_("PostgreSQL"), version),
        (_("Size of the database"), f"{_megabytes(size)} MB"),
        (_("Connections"), _("%(used)s of %(most)s") % {"used": used, "most": limit}),
    ]
    for alias in connections:
        if alias != DEFAULT_DB_ALIAS:
            state = health.replica(alias)
            behind = _("%(seconds)s s behind") % {"seconds": state["lag_s"]} if state["ok"] else state["why"]
            rows.append((_("Replica"), behind))
    if settings.CACHE_URL:
        state = health.redis()
        rows.append(("Redis", _("responds in %(ms)s ms") % {"ms": state["ms"]} if state["ok"] else state["why"]))
    else:
        rows.append(("Redis", _("not used: each process has its own page cache")))
    return rows


def _when(moment: datetime.datetime) -> str:
    """Return a moment and how long ago it was."""
    parts = {"moment": in_words(localtime(moment)), "age": timesince(moment, depth=1)}
    return _("%(moment)s UTC (%(age)s ago)") % parts


def _megabytes(size: int) -> str:
    """Return bytes as megabytes of a million."""
    return number_format(round(size / 1e6), force_grouping=True)
