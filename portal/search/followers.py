from collections.abc import Sequence

from portal.activity import Activity


def index_contributions(lines: Sequence[Activity]) -> None:
    pass
