"""Bringing those who need help to those who like to give it, and thanking them well."""
