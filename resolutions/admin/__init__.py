"""The admin of bodies, sessions, topics and resolutions."""

from resolutions.admin import texts

__all__ = ["texts"]
