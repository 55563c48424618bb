"""What the worker does by the clock, and how often (in seconds)."""

from portal.worker import Chore

CHORES: tuple[Chore, ...] = ()
