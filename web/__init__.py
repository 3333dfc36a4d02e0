"""The public site: with the admin, the only floor that speaks HTTP."""
