"""The child process that reads a PDF: the file on its standard input, the text on its standard output.

Its exit status says why there is no text; ``votes.entry.pdf`` starts it and knows what each means.
"""

from __future__ import annotations

import io
import logging
import sys

import pypdf
import pypdf.errors

from votes.entry.pdf import LEAST_LETTERS, MEMORY, MOST_PAGES, PDF_LIMIT, STATUS, TEXT_LIMIT, PdfError, PdfFault

if sys.platform != "win32":
    import resource


def pages_text(content: bytes) -> str:
    """Return the text of a PDF, in this process; raise PdfError where there is none."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfError(PdfFault.ENCRYPTED)
        if len(reader.pages) > MOST_PAGES:
            raise PdfError(PdfFault.TOO_LONG)
        pages: list[str] = []
        length = 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > TEXT_LIMIT:
                raise PdfError(PdfFault.TOO_LONG)
    except PdfError:
        raise
    except pypdf.errors.DependencyError:
        raise PdfError(PdfFault.ENCRYPTED) from None  # encrypted by a method that needs another library
    except Exception as error:  # whatever a broken file makes of the library
        raise PdfError(PdfFault.BROKEN) from error
    text = "\n".join(pages)
    if sum(character.isalpha() for character in text) < LEAST_LETTERS * max(len(pages), 1):
        raise PdfError(PdfFault.IMAGES)
    return "".join(character for character in text if character.isprintable() or character in "\n\t")


def main() -> int:
    """Read a PDF from standard input and write its text to standard output; return the exit status."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        text = pages_text(sys.stdin.buffer.read(PDF_LIMIT + 1))
    except PdfError as error:
        return STATUS[error.fault]
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
