"""Backups: one archive of every table and every picture, made by the clock, proven before it is brought back."""
