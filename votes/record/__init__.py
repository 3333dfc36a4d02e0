"""The in-memory record, loaded once for each data version."""
