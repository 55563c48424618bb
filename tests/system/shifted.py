"""`python -m tests.system.shifted FILE serve …`: the portal where the clock is off by the seconds that FILE says.

Whatever asks for the time gets it by time.time() or datetime.now(); FILE may change at any moment. What is
monotonic stays so, as on a machine whose clock is set.
"""

import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path

_offset = Path(sys.argv.pop(1)) if __name__ == "__main__" else None
_really = time.time


def _shifted() -> float:
    return _really() + float(_offset.read_text()) if _offset is not None else _really()


class _Datetime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "_Datetime":
        return cls.fromtimestamp(_shifted(), tz)


if __name__ == "__main__":
    time.time = _shifted
    from portal import cli, clock

    clock.datetime = _Datetime  # type: ignore[misc]
    cli.main()
