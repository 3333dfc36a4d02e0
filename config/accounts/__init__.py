"""Who may enter the admin: logging in, one-time codes, passwords by mail."""
