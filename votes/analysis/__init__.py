"""The vote matrix and the measures computed on it, with NumPy and SciPy and without Django."""
