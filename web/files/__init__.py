"""File responses: CSV, JSON, Parquet, SVG and PNG."""
