"""Request many malformed and hostile URLs from this installation, without changing its data: ``make fuzz``."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "critical")
    django.setup()
    # What it asks with has models, so it can only be read now.
    from tests.web.fuzzing import main

    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
