"""Where the milliseconds of a page go: the database, the ORM, templates, the framework, the portal itself.

By a profile, which makes what calls much look dearer than it is; it is the shares that count.
"""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from typing import Any

PARTS = ("SQL", "ORM", "template", "framework", "own")
_FOLDERS = {
    "/sqlalchemy/": "ORM", "/flask_sqlalchemy/": "ORM", "/psycopg": "SQL",
    "/jinja2/": "template", "/markupsafe/": "template", "/templates/": "template",
    "/portal/": "own", "/tests/": "",
}  # fmt: skip
_DRIVERS = ("sqlite3.", "psycopg")

Function = tuple[str, int, str]


def parts_of(do: Callable[[], Any], times: int) -> dict[str, float]:
    """The share of each part in doing this so often, in all 1; what the test client does is left out."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        do()
    profile.disable()
    spent: Counter[str] = Counter()
    functions: dict[Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for function, (_, _, own, _, callers) in functions.items():
        if (part := _part(function)) is not None:
            spent[part] += own
            continue
        for caller, (_, _, own_for, _) in callers.items():  # what is built in counts for whoever calls it
            spent[_part(caller) or ""] += own_for
    whole = sum(spent[part] for part in PARTS) or 1.0
    return {part: spent[part] / whole for part in PARTS}


def _part(function: Function) -> str | None:
    """None for what is built into Python and belongs to whoever calls it."""
    file, _, name = function
    if file == "~":
        return "SQL" if any(driver in name for driver in _DRIVERS) else None
    return next((part for folder, part in _FOLDERS.items() if folder in file), "framework")
