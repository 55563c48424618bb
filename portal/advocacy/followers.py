from collections.abc import Sequence

from portal.activity import Activity


def credit(lines: Sequence[Activity]) -> None:
    pass
