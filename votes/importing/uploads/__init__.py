"""Files uploaded in the admin, checked and imported by a child process."""
