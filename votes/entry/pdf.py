"""Text of PDF files, read in a child process with limits on time, memory and size.

A PDF can be made so that reading it takes all memory or all day; a process of its own harms nobody else.
``votes.entry.pdf_child`` is what runs in it.
"""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path

PDF_LIMIT = 9 * 1024**2
"""Bytes of a PDF; a request may carry ten megabytes."""
MOST_PAGES = 400
TEXT_LIMIT = 1024**2
"""Characters of a record's text; the longest meetings have 400,000."""
TIME_LIMIT = 60
"""Seconds that reading a PDF may take; a record of forty pages takes three."""
MEMORY = 1024**3
LEAST_LETTERS = 20
"""How many letters a page has at least on average; pictures of pages have none."""
PROJECT = Path(__file__).resolve().parents[2]


class PdfFault(StrEnum):
    """Why no text comes out of a PDF; each is the exit status of the child process in words."""

    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    IMAGES = "images"
    TOO_LONG = "too-long"
    TOO_SLOW = "too-slow"


STATUS = {PdfFault.BROKEN: 3, PdfFault.ENCRYPTED: 4, PdfFault.IMAGES: 5, PdfFault.TOO_LONG: 6}


class PdfError(Exception):
    """A PDF cannot be read."""

    def __init__(self, fault: PdfFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_pdf(content: bytes) -> str:
    """Return the text of a PDF, page by page, read in a child process; raise PdfError where there is none."""
    if len(content) > PDF_LIMIT:
        raise PdfError(PdfFault.TOO_LONG)
    if b"%PDF-" not in content[:1024]:
        raise PdfError(PdfFault.BROKEN)
    try:
        child = subprocess.run(
            [sys.executable, "-m", "votes.entry.pdf_child"],
            input=content,
            capture_output=True,
            cwd=PROJECT,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PdfError(PdfFault.TOO_SLOW) from None
    if child.returncode:
        raise PdfError(next((fault for fault, status in STATUS.items() if status == child.returncode), PdfFault.BROKEN))
    return child.stdout.decode("utf-8", "replace")
