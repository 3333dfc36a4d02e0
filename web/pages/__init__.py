"""Public pages, one package per page."""
