"""Dates as far as they are known, as pages write them."""

from resolutions.dates import dated, iso, moment

__all__ = ["dated", "iso", "moment"]
