"""The cage: runs `decode.py` on one file in a process of its own, so that a bomb or a crash costs that file alone."""

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

log = logging.getLogger(__name__)

Answer = tuple[dict[str, Any], dict[str, bytes]]
"""What comes out: facts, and files by name."""

PROGRAM = Path(__file__).with_name("decode.py")
AT_ONCE = BoundedSemaphore(2)
"""Cages open at once in one process: a picture of 40 megapixels takes 250 to 1,000 MB for a second or two."""
PATIENCE = 30.0
"""Seconds that a file waits for its turn before it is refused as "busy": a web thread must not wait for ever."""


ONE_PIXEL = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"

_lacking: set[str] = set()
"""What cages said they lack; each is logged once a process."""


class CageFailure(Exception):
    """Nothing came out; `reason` is one word: pixels, memory, slow, busy, broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CageLimits:
    """What one file may cost: memory and output in bytes, time in seconds (of processor; twice that by the wall)."""

    memory: int = 1280 << 20
    seconds: int = 20
    output: int = 64 << 20


def run_in_cage(
    task: str,
    data: bytes,
    limits: CageLimits = CageLimits(),
    turns: BoundedSemaphore = AT_ONCE,
    patience: float | None = None,
    **options: Any,
) -> Answer:
    """Do `task` (`clean` or `derive`) on `data`; returns facts and named files.

    `options` must be JSON and go to the program as they are. Waits for one of `turns`, `patience`
    seconds at most (default: PATIENCE). Raises CageFailure if the program refuses, dies, or exceeds
    a limit. The child gets an empty environment: no secret is in it.
    """
    if not turns.acquire(timeout=PATIENCE if patience is None else patience):
        raise CageFailure("busy")
    try:
        return _run(task, data, limits, options)
    finally:
        turns.release()


def lacking() -> list[str]:
    """Which bars this system does not give the cage, in words; found out by opening one. Raises CageFailure."""
    run_in_cage("derive", ONE_PIXEL, format="GIF", max_pixels=1, widths=[])
    return sorted(_lacking)


def _run(task: str, data: bytes, limits: CageLimits, options: dict[str, Any]) -> Answer:
    order = json.dumps({**options, "memory": limits.memory, "seconds": limits.seconds, "output": limits.output})
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as answer:
        sent.write(data)
        sent.seek(0)
        child = subprocess.Popen(  # noqa: S603 - our own program; nothing of the member's is in the command
            [sys.executable, "-I", "-B", str(PROGRAM), task, order],
            stdin=sent,
            stdout=answer,
            stderr=subprocess.PIPE,
            cwd="/",
            env={},
            start_new_session=True,
        )
        with child:
            try:
                status = _wait(child, limits.seconds * 2)
            finally:
                _end(child)
        answer.seek(0)
        return _unpack(answer.read(), status)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child and what it may have started: it has a process group to itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _wait(child: "subprocess.Popen[bytes]", seconds: float) -> int:
    """The child's exit status; its end is seen at once, where `wait(timeout)` looks only every 50 ms.

    What it says on standard error is let go, unread: a broken-in child could say gigabytes.
    """
    assert child.stderr is not None
    deadline = time.monotonic() + seconds
    said = select.poll()  # select() knows no descriptor above 1,023, and a busy server has such
    said.register(child.stderr, select.POLLIN)
    while True:
        ready = said.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not ready or time.monotonic() > deadline:
            raise CageFailure("slow")
        if not os.read(child.stderr.fileno(), 65536):
            break
    try:
        return child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise CageFailure("slow") from None


def _unpack(answer: bytes, status: int) -> Answer:
    """Take the child's answer apart, trusting none of it: a cage that was broken into could send anything."""
    if status != 0:
        log.warning("a picture ended its cage with status %s", status)
        raise CageFailure("slow" if status in (-signal.SIGXCPU, -signal.SIGKILL) else "broken")
    line, _, rest = answer.partition(b"\n")
    try:
        head = json.loads(line)
        for words in set(map(str, head.get("lacking", ()))) - _lacking if len(_lacking) < 5 else ():
            _lacking.add(words)
            log.warning("the cage for pictures lacks a bar: %s; its other limits hold", words[:100])
        if "refused" in head:
            log.info("a picture was refused: %s %s", head["refused"], head.get("why", ""))
            raise CageFailure(str(head["refused"]))
        facts, parts = dict(head["facts"]), {}
        for name, length in head["parts"]:
            parts[str(name)], rest = rest[:length], rest[length:]
            if len(parts[str(name)]) != length or length <= 0:
                raise ValueError("short answer")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CageFailure("broken") from error
    return facts, parts
