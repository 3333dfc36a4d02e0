"""Plenary while things break around it: bounded, on this machine alone. Run by make test-faults."""
