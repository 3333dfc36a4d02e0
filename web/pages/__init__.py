"""The public pages, one package each."""
