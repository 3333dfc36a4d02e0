"""The app of the public site."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Pages for readers."""

    name = "web"
    verbose_name = _("Public site")

    def ready(self) -> None:
        """Have queries timed, loads of the record counted, and missing documents reported."""
        from votes.record.record import loaded  # noqa: PLC0415  # models are there only now
        from web.pages.guides.documents import check_documents  # noqa: PLC0415
        from web.serving import current_request, metrics  # noqa: PLC0415

        connection_created.connect(current_request.watch, dispatch_uid="web.serving.current_request")
        register(check_documents)
        loaded.connect(metrics.record_loaded, dispatch_uid="web.serving.metrics")
