"""What the clock asks of this room: what was kept for a term is forgotten, terms that are over end."""

from portal.db import writing
from portal.members import measures, origins
from portal.members.commands import sweep_sign_ups


def forget_sign_ups() -> None:
    """Delete sign-ups whose link has expired, with the addresses and names in them."""
    with writing():
        sweep_sign_ups()


def end_terms() -> None:
    """End the suspensions and silences whose term is over, and tell whom they were about."""
    with writing():
        measures.end_terms()


def forget_origins() -> None:
    """Delete from where members signed in once it was long ago."""
    with writing():
        origins.forget_old()
