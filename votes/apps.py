"""Configuration of the app ``votes``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotesConfig(AppConfig):
    """Member states, blocs, roll calls and votes."""

    name = "votes"
    verbose_name = _("Votes")
