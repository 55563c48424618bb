from collections.abc import Sequence

from portal.activity import Activity


def settle_pictures(lines: Sequence[Activity]) -> None:
    pass


def settle_faces(lines: Sequence[Activity]) -> None:
    pass
