"""What follows when a question appears or asks somebody by name: it is brought to whom it is for."""

from collections.abc import Sequence

from portal.activity import Activity
from portal.helping import routing


def bring(lines: Sequence[Activity]) -> None:
    """Bring the questions of these activities to a welcomer and to whom they name; again brings nothing twice.

    It goes by what is published now: a question that names somebody and waits is brought when it is published.
    """
    numbers = {line.contribution_id for line in lines if line.contribution_id}
    if numbers:
        routing.settle_new(numbers)
