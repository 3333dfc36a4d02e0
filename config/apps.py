"""Django's admin with a site of our own, and a name for the failed logins in it."""

from axes import apps as axes
from django.contrib.admin import apps
from django.utils.translation import gettext_lazy as _


class AdminConfig(apps.AdminConfig):
    """The admin, whose site asks for one-time codes."""

    default_site = "config.accounts.site.AdminSite"
    default = False  # Or Django would take this for the configuration of the app ``config``.


class AxesConfig(axes.AppConfig):  # type: ignore[misc]  # django-axes has no types
    """django-axes, which makes clients that guess passwords wait."""

    verbose_name = _("Failed logins")
    default = False
