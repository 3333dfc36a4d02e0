"""The record in memory, read once for each data version, and what it is read from."""
