"""Settings, root URLs, servers, accounts, backups and logging."""
