"""The admin of bodies, sessions, topics and resolutions."""

from resolutions.admin import bodies, other_symbols, resolutions

__all__ = ["bodies", "other_symbols", "resolutions"]
