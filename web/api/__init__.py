"""The API for programs: the public record, to be read only, as JSON.

A row is a row of the downloads, with their names and values, which ``votes.exporting.rows`` defines and the codebook
explains. Filters are those of the pages. Every answer is a pure function of its address and the data version.
"""
