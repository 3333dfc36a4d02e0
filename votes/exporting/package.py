"""Export of the whole record to a folder: every table as CSV and Parquet, with description, checksums and citation.

The files of the tables hold no date and no version: the same record gives the same bytes wherever it is exported. Only
``datapackage.json`` says which data version it was, and ``SHA256SUMS`` follows it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from votes.exporting.codebook import markdown
from votes.exporting.papers import MEDIA_TYPES, DataVersion, File, description, readme
from votes.exporting.parquet import write_parquet
from votes.exporting.streams import csv_chunks
from votes.exporting.tables import TABLES
from votes.models import Source
from votes.record.databases import reader
from votes.record.snapshot import snapshot, unhurried
from votes.reports.coverage import coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from votes.exporting.tables import Table

DESCRIPTION, CODEBOOK, README, SUMS = "datapackage.json", "CODEBOOK.md", "README.md", "SHA256SUMS"


class ExportRefusedError(Exception):
    """An export was refused; the folder is unchanged."""


@dataclass(frozen=True)
class Package:
    """A folder with the whole record."""

    folder: Path
    version: DataVersion
    files: tuple[File, ...]

    def file(self, table: str, form: str) -> File:
        return next(file for file in self.files if (file.table, file.form) == (table, form))


def names() -> list[str]:
    return [*(f"{table}.{form}" for table in TABLES for form in MEDIA_TYPES), CODEBOOK, README, DESCRIPTION, SUMS]


def current_version() -> DataVersion:
    """Return the data version of what this connection's transaction sees."""
    with reader().cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(steps), 0), max(at) FROM votes_change")
        return DataVersion(*cursor.fetchone())


def export_record(folder: Path, say: Callable[[str], None] = lambda line: None) -> Package:
    """Write the whole public record to ``folder``, and return it; ``say`` is told each file.

    The folder appears when it is complete. One that holds an earlier export is replaced; raises ExportRefusedError,
    and touches nothing, for one that holds anything else. Raises OSError where the disk fails.
    """
    folder = folder.absolute()
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        making.chmod(0o755)
        with snapshot(), unhurried():
            package = _write(making, say)
        _put(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Package(folder, package.version, package.files)


def read_package(folder: Path) -> Package | None:
    """Return the package in ``folder``, None where there is none."""
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    changed = datetime.datetime.fromisoformat(description["created"]) if "created" in description else None
    files = (
        File(r["path"], r["table"], r["format"], r["rows"], r["bytes"], r["hash"].removeprefix("sha256:"))
        for r in description["resources"]
    )
    return Package(folder, DataVersion(int(description["version"]), changed), tuple(files))


def _refuse_foreign(folder: Path) -> None:
    """Raise ExportRefusedError where ``folder`` is no folder, or holds what no export has written."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExportRefusedError(f"{folder} is a file, not a folder. Choose a folder.")
    there = sorted(path.name for path in folder.iterdir())
    foreign = [name for name in there if name not in names()]
    if foreign or (there and DESCRIPTION not in there):
        raise ExportRefusedError(
            f"{folder} has files that are not part of an earlier export ({', '.join((foreign or there)[:5])}). "
            "Nothing was written. Choose a new folder, or empty this one."
        )


def _put(making: Path, folder: Path) -> None:
    """Put the new folder in the place of an earlier one."""
    earlier = making.with_name(f"{making.name}-earlier")
    if folder.exists():
        folder.rename(earlier)
    try:
        making.rename(folder)
    except OSError:
        if earlier.exists():
            earlier.rename(folder)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _write(folder: Path, say: Callable[[str], None]) -> Package:
    version = current_version()
    files = [file for table in TABLES.values() for file in _write_table(table, folder, say)]
    (folder / CODEBOOK).write_text(markdown(), encoding="utf-8")
    sources = list(Source.objects.all())
    (folder / README).write_text(readme(sources, coverage()), encoding="utf-8")
    package = Package(folder, version, tuple(files))
    described = description(version, files, list(TABLES.values()), sources)
    (folder / DESCRIPTION).write_text(f"{json.dumps(described, ensure_ascii=False, indent=2)}\n", encoding="utf-8")
    sums = {file.name: file.sha256 for file in files}
    sums |= {name: _sha256(folder / name) for name in (CODEBOOK, README, DESCRIPTION)}
    (folder / SUMS).write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), encoding="utf-8")
    say(", ".join((CODEBOOK, README, DESCRIPTION, SUMS)))
    return package


def _write_table(table: Table, folder: Path, say: Callable[[str], None]) -> Iterator[File]:
    with reader().cursor() as cursor:
        cursor.execute(table.count())
        (rows,) = cursor.fetchone()
    path = folder / f"{table.name}.csv"
    with path.open("wb") as file:
        for chunk in csv_chunks(table):
            file.write(chunk)
    write_parquet(table, path, path.with_suffix(".parquet"))
    for form in MEDIA_TYPES:
        written = path.with_suffix(f".{form}")
        size = written.stat().st_size
        say(f"{written.name}: {rows:,} rows, {size:,} bytes")
        yield File(written.name, table.name, form, rows, size, _sha256(written))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
