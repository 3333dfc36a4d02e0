"""The app of the public site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Pages for readers."""

    name = "web"
    verbose_name = _("Public site")
