"""The record's checksum: one sum that two databases share exactly when they hold the same public record."""

from __future__ import annotations

import hashlib

from votes.exporting.streams import csv_chunks
from votes.exporting.tables import TABLES
from votes.record.snapshot import snapshot, unhurried


def record_checksum() -> str:
    """Return the SHA-256 sum, in hexadecimal, of the lines that SHA256SUMS has for the CSV files of an export.

    The tables in the order of an export, read in one snapshot: whoever has downloaded the record can make the same
    sum of the files. Neither ids nor the data version are in it.
    """
    lines = hashlib.sha256()
    with snapshot(), unhurried():
        for table in TABLES.values():
            content = hashlib.sha256()
            for chunk in csv_chunks(table):
                content.update(chunk)
            lines.update(f"{content.hexdigest()}  {table.name}.csv\n".encode())
    return lines.hexdigest()
