"""Plenary’s own export, read back."""
