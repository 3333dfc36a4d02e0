"""Answers as files: CSV, JSON, Parquet, SVG and PNG."""
