"""The queue, decisions, the public log."""
