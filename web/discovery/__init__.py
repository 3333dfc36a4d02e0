"""Metadata, oEmbed, Atom feeds and the sitemap."""
