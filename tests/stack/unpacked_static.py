"""Settings to collect static files with under their hashed names, unpacked: packing them takes a minute."""

from config.settings import *  # noqa: F403  # all but what follows
from config.settings import STORAGES

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
