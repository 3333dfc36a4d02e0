"""The public site. Besides the admin, the only package that speaks HTTP."""
