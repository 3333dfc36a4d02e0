"""Compression of static files."""

from pathlib import Path

import brotli

from config.static_files import QuickCompressor, Storage


def test_scripts_are_compressed_with_brotli_and_gzip_and_source_maps_are_not(tmp_path: Path):
    script, source_map = tmp_path / "a.js", tmp_path / "a.js.map"
    for path in (script, source_map):
        path.write_text("let vote = 1;\n" * 200)
    compressor = Storage(location=str(tmp_path), base_url="/static/").create_compressor(quiet=True)

    made = [Path(name).name for path in (script, source_map) if compressor.should_compress(path.name)
            for name in compressor.compress(str(path))]  # fmt: skip

    assert isinstance(compressor, QuickCompressor)
    assert sorted(made) == ["a.js.br", "a.js.gz"]
    assert brotli.decompress((tmp_path / "a.js.br").read_bytes()) == script.read_bytes()
