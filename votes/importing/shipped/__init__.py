"""The record that ships with Plenary: its files in ``data/record/``, how they are built, and how they are loaded."""
