from collections.abc import Sequence

from portal.activity import Activity


def tell(lines: Sequence[Activity]) -> None:
    pass


def send_at_once(lines: Sequence[Activity]) -> None:
    pass
