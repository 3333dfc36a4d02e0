"""Reports on the record, one module for each kind."""
