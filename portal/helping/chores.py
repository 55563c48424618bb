"""What helping does by the clock: open questions are brought round, helpers are noted to, staff gets suggestions."""

from portal.helping import milestones, noting, routing


def bring_questions() -> None:
    """A turn of bringing open questions and newcomers to members."""
    routing.welcome_late()
    routing.route()


def note_helpers() -> None:
    """The weekly notes that are due."""
    noting.note_helpers()


def suggest_thanks() -> None:
    """What staff could thank somebody for."""
    milestones.suggest()
