"""What was put to the vote: bodies, sessions, topics, resolutions and their symbols."""
