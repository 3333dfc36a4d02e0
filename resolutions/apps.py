"""Configuration of the app ``resolutions``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResolutionsConfig(AppConfig):
    """Bodies, sessions, topics and resolutions."""

    name = "resolutions"
    verbose_name = _("Resolutions")
