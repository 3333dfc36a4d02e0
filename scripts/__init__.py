"""Scripts that ``make`` runs besides the commands of ``manage.py``."""
