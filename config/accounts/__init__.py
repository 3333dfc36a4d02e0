"""Accounts of the admin: logging in, one-time codes, sessions, password reset."""
