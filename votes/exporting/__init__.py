"""Export of the record: typed tables, streamed as CSV, JSON and Parquet.

- ``rows`` defines the rows of each table; its docstrings are the codebook.
- ``reading`` has the SQL of fields.
- ``tables`` defines the tables, with keys, order and SQL.
- ``cells`` keeps text from being run as a formula by a spreadsheet.
- ``lines`` is the fast path for votes.
- ``streams`` writes a table, whole or of chosen roll calls, in chunks and in constant memory.
- ``parquet`` runs as a separate program, because it needs Polars, which web workers do not load.
"""
