"""Static files with hashed names, compressed when they are collected."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

QUALITY = 9
"""Brotli's last level takes thirty times as long for a twelfth less, and every start of the site would wait for it."""


class QuickCompressor(Compressor):
    """WhiteNoise's, at a lower level of Brotli."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Return what is written beside a file for those who take Brotli."""
        return bytes(brotli.compress(data, quality=QUALITY))


def fingerprint() -> str:
    """Return what tells whether static files have to be collected again: the names, sizes and times of all of them."""
    digest = hashlib.sha256(str(settings.STORAGES).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, that compresses quicker."""

    def create_compressor(self, **kwargs: Any) -> QuickCompressor:
        """Return what compresses; maps of scripts, which only their authors ask for, are left as they are."""
        kwargs["extensions"] = (*(kwargs.get("extensions") or Compressor.SKIP_COMPRESS_EXTENSIONS), "map")
        return QuickCompressor(**kwargs)
