"""The read-only JSON API of the public record.

Rows have the names and values of the downloads, defined in ``votes.exporting.rows`` and explained in the codebook.
Filters are those of the pages. Every response is a pure function of its address and the data version.
"""
