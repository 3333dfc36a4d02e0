"""The WSGI application that gunicorn serves."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    django.setup(set_prefix=False)
    from web.serving.wsgi import Handler  # Its parents read the settings.

    application = Handler()
except ImproperlyConfigured as error:
    # What is wrong with the surroundings, in a line each, where whoever started the server looks for it.
    sys.exit("\n".join(f"plenary: {line}" for line in str(error).splitlines()))
