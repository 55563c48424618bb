"""Lists that can be narrowed: what is chosen, as an address says it, and what can still be chosen, with counts."""

from dataclasses import asdict, dataclass, fields, replace
from typing import NamedTuple, Self


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to: one text a filter, empty where it is not narrowed by that. They combine."""

    @classmethod
    def names(cls) -> list[str]:
        """What can be chosen, as an address says it."""
        return [f.name for f in fields(cls)]

    @property
    def chosen(self) -> dict[str, str]:
        """Those in force, as an address takes them."""
        return {name: value for name, value in asdict(self).items() if value}

    def without(self, name: str) -> Self:
        """All but one."""
        return replace(self, **{name: ""})


class Offer(NamedTuple):
    """One value that a list can be narrowed to, and how many rows it would then have."""

    name: str
    value: str
    label: str
    number: int
