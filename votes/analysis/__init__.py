"""Who votes with whom: the vote matrix and the measures computed on it. NumPy and SciPy only; Django is not known here."""
