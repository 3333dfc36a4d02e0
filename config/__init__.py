"""Settings, addresses and servers: everything that starts Plenary and nothing it is about."""
