"""Checks of the record against itself and its sources; each yields what does not fit, and nothing here mends it."""
