"""The files of the UN Digital Library: recorded votes, outcomes without votes, and member states."""
