"""Parsing of pasted and uploaded votes, before anything is saved."""
