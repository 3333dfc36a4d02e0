"""Static files under names that hold their contents' sum, compressed once for all who ask."""

from __future__ import annotations

from typing import Any

import brotli
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


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, that compresses quicker."""

    def create_compressor(self, **kwargs: Any) -> QuickCompressor:
        """Return what compresses; maps of scripts, which only their authors ask for, are left as they are."""
        kwargs["extensions"] = (*(kwargs.get("extensions") or Compressor.SKIP_COMPRESS_EXTENSIONS), "map")
        return QuickCompressor(**kwargs)
