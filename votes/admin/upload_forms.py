"""Forms for uploading files to import, and the upload handler that stores them chunk by chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext_lazy as _

from votes.importing.uploads.storage import LIMIT, UploadError, too_large
from votes.models import Format

if TYPE_CHECKING:
    from votes.importing.uploads.storage import Receiver


FORM_BYTES = 1024**2
"""At most so many bytes are sent beside the files."""


class UploadHandler(FileUploadHandler):
    """Passes an upload on to its receiver chunk by chunk, so that no whole file is ever in memory."""

    def __init__(self, receiver: Receiver, *, content_length: int) -> None:
        super().__init__()
        self.receiver = receiver
        self.refusal = too_large() if content_length > LIMIT + FORM_BYTES else ""
        """Why the upload was refused, empty where it was not."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.refusal:
            raise StopUpload(connection_reset=False)
        try:
            self.receiver.begin(self.file_name or "")
        except UploadError as error:
            self._stop(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next bytes of the file."""
        try:
            self.receiver.write(raw_data)
        except UploadError as error:
            self._stop(error)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """End the file; the form sees its name and size."""
        try:
            stored = self.receiver.end()
        except UploadError as error:
            self._stop(error)
        return UploadedFile(name=stored.name, size=stored.size)

    def _stop(self, error: UploadError) -> None:
        """Refuse the upload. The rest is still read and dropped, because browsers show no answer otherwise."""
        self.refusal = str(error)
        raise StopUpload(connection_reset=False) from error


class FilesInput(forms.FileInput):
    """An input for several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or more; gives a list."""

    widget = FilesInput(attrs={"accept": ".csv,.gz,.zip"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class OptionsForm(forms.Form):
    """How an upload is read."""

    file_format = forms.ChoiceField(
        label=_("Layout"),
        required=False,
        choices=[("", _("recognised by the header")), *Format.choices],
        help_text=_("Choose a layout only if it cannot be recognised by the header."),
    )
    allow_removals = forms.BooleanField(
        label=_("Allow removals"),
        required=False,
        help_text=_(
            "An edition that lacks votes of an earlier edition of the same source is refused, because such "
            "a file is usually incomplete. Tick this only if the source has withdrawn those votes; they "
            "are then removed here too."
        ),
    )

    @property
    def options(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("file_format", "allow_removals")}


class UploadForm(OptionsForm):
    """Files and how they are read."""

    chosen = FilesField(
        label=_("Files"),
        help_text=_("A .csv file as published, or compressed as .gz or .zip. Select Voeten’s three tables together."),
    )
    field_order = ("chosen", "file_format", "allow_removals")
