"""Bringing a community from elsewhere."""
