"""Lists of resolutions and roll calls: filters, selection, search, facets and sentences."""
