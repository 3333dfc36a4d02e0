"""What gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    # What is wrong with the surroundings, in a line each, where whoever started the server looks for it.
    sys.exit("\n".join(f"plenary: {line}" for line in str(error).splitlines()))
