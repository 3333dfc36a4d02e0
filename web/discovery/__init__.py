"""How other sites and programs find and quote pages: metadata, oEmbed, feeds and the sitemap."""
