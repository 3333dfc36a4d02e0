"""Import of Plenary’s own export."""
