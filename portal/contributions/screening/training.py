"""A training under way: a process of its own, started and looked after without waiting for it."""

import json
import subprocess
import sys
import tempfile
from time import monotonic
from typing import Any

SECONDS = 300
"""Longer than this no training takes: it hangs."""
Examples = list[tuple[bool, str]]


class Failed(Exception):
    """The process ended badly, or took too long."""


class Training:
    """Begins when it is made. Its result is whole or not there: it comes only from a process that ended well.

    Examples and numbers go through files without a name, so that neither side waits for the other, and nothing stays
    behind, whichever of them is killed.
    """

    def __init__(self, decided: Examples, false_holds: float) -> None:
        self.spam = sum(is_spam for is_spam, _ in decided)
        self.fair = len(decided) - self.spam
        self.began = monotonic()
        given = {"texts": [t for _, t in decided], "spam": [s for s, _ in decided], "false_holds": false_holds}
        self._told = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (open as long as the process runs)
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        with tempfile.TemporaryFile("w+", encoding="utf-8") as examples:
            json.dump(given, examples)
            examples.seek(0)
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.contributions.screening.trainer"],
                stdin=examples, stdout=self._told, stderr=self._complaints,
            )  # fmt: skip

    def numbers(self) -> dict[str, Any] | None:
        """What was learned, told once; None while it is at it. Raises Failed."""
        status = self.process.poll()
        if status is None:
            if monotonic() - self.began <= SECONDS:
                return None
            self.stop()
            raise Failed(f"it took more than {SECONDS} s")
        if self._told.closed:
            raise Failed("it was ended")
        with self._told as told, self._complaints as complaints:
            told.seek(0)
            complaints.seek(0)
            if status:
                raise Failed(f"it ended with {status}: {complaints.read()[-1000:]}")
            numbers: dict[str, Any] = json.load(told)
            return numbers

    def wait(self) -> dict[str, Any]:
        """What was learned, once it is. Raises Failed."""
        try:
            self.process.wait(max(0.0, SECONDS - (monotonic() - self.began)))
        except subprocess.TimeoutExpired:
            self.stop()
            raise Failed(f"it took more than {SECONDS} s") from None
        return self.numbers() or {}

    def stop(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._told.close()
        self._complaints.close()
