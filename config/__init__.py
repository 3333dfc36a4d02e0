"""Settings, URLs, servers and accounts: everything that starts Plenary and nothing it is about."""
