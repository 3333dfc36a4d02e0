"""Bodies, sessions, topics, resolutions and their symbols."""
