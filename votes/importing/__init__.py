"""Importing the official files: read into one form, matched with the record, written in one transaction.

- ``files`` opens what is named: plain, compressed, standard input or https.
- ``formats`` tells by its header what a file is; one module a layout reads it into an ``Edition``.
- ``plan`` compares an edition with the record; ``writing`` carries the difference out in sets.
- ``run`` is the whole of it, for the command and for admin.

Reading uses Polars, a large library: nothing here is imported by the public site.
"""
