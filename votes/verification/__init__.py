"""Checks of the record against itself and its sources. Each yields findings; none changes the record."""
