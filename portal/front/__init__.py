"""The front page and health."""
