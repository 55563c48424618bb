"""Feeds, sitemap, robots."""
