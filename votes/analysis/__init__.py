"""Who votes with whom: the vote matrix and what is measured on it. NumPy and SciPy only; Django is not known here."""
