"""How dates and numbers are written, for pages and admin alike: a module a language (``FORMAT_MODULE_PATH``)."""
