"""Patterns of arranged thanks: found by the clock, shown with evidence, decided by people, never in secret."""
