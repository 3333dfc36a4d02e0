"""The limit on the size of uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LIMIT = 10 * 1024**2
"""Bytes of a request with files; the page that imports whole editions has a handler and a limit of its own."""


class RefusesLargeUploads(FileUploadHandler):
    """Upload handler that refuses requests by their announced size, before anything is stored.

    Otherwise anyone who can reach the login form could fill the disk. A request cannot send more than it announces:
    Django reads no further.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  # Django's own name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Raise RequestDataTooBig, which is answered with 400, for more than the limit."""
        if content_length > LIMIT:
            raise RequestDataTooBig(f"The form has {content_length} bytes; the limit is {LIMIT}.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None
