"""Writing to the record: votes, publication, merging, drafts and reference facts, by keyword-only functions."""
