"""Watching: what the site does, counted by every process, shown to the owner as plots and to Prometheus as metrics."""
