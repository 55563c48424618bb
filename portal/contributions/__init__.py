"""The base of all five kinds, replies, lifecycle, screening, revisions, thanks."""
