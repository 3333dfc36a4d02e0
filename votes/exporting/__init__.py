"""Taking the record out: typed tables, streamed as CSV, JSON and Parquet.

- ``rows`` says what each table's rows are, field by field; its docstrings are the codebook.
- ``reading`` is how a field is read from the database.
- ``tables`` is where the tables stand, with their keys, their order and their SQL.
- ``cells`` keeps text from being run as a formula by a spreadsheet.
- ``lines`` is the fast way for votes.
- ``streams`` writes a table, whole or of chosen roll calls, in chunks and in constant memory.
- ``parquet`` is a program of its own, since it needs Polars, which no web worker ever loads.
"""
