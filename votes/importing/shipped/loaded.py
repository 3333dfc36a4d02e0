"""Check whether the shipped record is loaded; it runs at every start, so it avoids heavy imports."""

from votes.models import Format, ImportRun


def is_loaded(checksum: str) -> bool:
    """Tell whether the last record that was loaded is the one with this checksum."""
    last = ImportRun.objects.filter(format=Format.RECORD, state=ImportRun.State.DONE).order_by("-finished").first()
    return last is not None and last.files[0]["sha256"] == checksum
