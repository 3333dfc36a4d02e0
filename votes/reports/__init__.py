"""Reports: one module for each question that is asked of the record."""
