"""Marks: numbers that every process of the site sees, and that change when something was committed.

A page is kept together with the marks that it rests on, as they were before anything was read for it. It is
true as long as they are the same. The number itself means nothing: only that it is another one.
"""

import mmap
import os
import secrets
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

from flask import Flask

from portal.one_by_one import anywhere
from portal.redis_client import ask, greet, key

if TYPE_CHECKING:
    from redis.connection import AbstractConnection

ALL, NEWS = "all", "news"
"""What every page rests on, and what pages that list things rest on too."""
SLOTS = 4096
PAUSES = (0.05, 0.1, 0.2, 0.4)
"""Seconds between two tries to change what is owed; the last for as long as it takes."""

_owing = Lock()
"""Whoever changes what is owed, or who sees to it, has this. A process forks only while nobody has."""
os.register_at_fork(before=_owing.acquire, after_in_parent=_owing.release, after_in_child=_owing.release)


class Marks(Protocol):
    """Numbers by name; two names may share one, which forgets more than it had to."""

    def read(self, names: Sequence[str]) -> list[int]:
        """The marks of these names, now. Raises OSError when they can't be known."""

    def change(self, names: Iterable[str]) -> None:
        """Give these names new marks, so that what rests on the old ones is no longer true. Raises OSError likewise."""

    def owe(self, names: Iterable[str]) -> None:
        """Let these names have new marks before this process, or a copy of it, reads any."""


class FolderMarks:
    """For the processes of one machine: a small file that all of them have in memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "marks", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < SLOTS * 8:
                os.posix_fallocate(descriptor, 0, SLOTS * 8)  # a hole on a full disk would end the process when written
            self._numbers = memoryview(mmap.mmap(descriptor, SLOTS * 8)).cast("Q")
        finally:
            os.close(descriptor)

    def read(self, names: Sequence[str]) -> list[int]:
        """See Marks. Eight bytes at a place divisible by eight are read, and written, at once."""
        numbers = self._numbers
        return [numbers[crc32(name.encode()) % SLOTS] for name in names]

    def change(self, names: Iterable[str]) -> None:
        """See Marks."""
        for name in names:
            self._numbers[crc32(name.encode()) % SLOTS] = secrets.randbits(64)

    owe = change


class RedisMarks:
    """For several machines: a number in Redis for each name, asked for with each page.

    A name that Redis does not have has the mark 0, but for ALL: no page may rest on what Redis forgot. Each Redis that
    is found at the end of a new connection, be it another one or the same started anew, empty or with what it had some
    time ago, gets another mark for ALL before anything is read from it.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._prefix, self._life = key("mark", "", app=app), key("life", app=app)
        self._owed: dict[str, object] = {}
        """Each with a token: only who changes a name after it was owed for the last time strikes it out."""
        self._payer: Thread | None = None
        greet(self._greet, app)

    def read(self, names: Sequence[str]) -> list[int]:
        """See Marks. What could not be changed while Redis was away is changed first."""
        if self._owed and not self._pay():
            self._see_to_it()
            raise OSError("Redis does not know yet what was changed")
        keys = [self._prefix + name for name in (ALL, *names)]
        found: Any = ask(lambda client: client.mget(keys), None, self._app)
        if found is None:
            raise OSError("Redis does not answer")
        if not found[0]:
            self.change([ALL])
            raise OSError("Redis was emptied")
        return [int(number or 0) for number in found[1:]]

    def change(self, names: Iterable[str]) -> None:
        """See Marks. What fails is owed: it is done as soon as Redis answers, and before anything is read."""
        names = list(names)
        if not self._pay(*names, insist=True):
            self.owe(names)
            self._see_to_it()
            raise OSError("Redis does not answer")

    def owe(self, names: Iterable[str]) -> None:
        """See Marks."""
        with _owing:
            self._owed.update(dict.fromkeys(names, object()))

    def _pay(self, *names: str, insist: bool = False) -> bool:
        """Change these names and what is owed; whether it was done."""
        owed = dict(self._owed)
        numbers = {self._prefix + name: secrets.randbits(62) + 1 for name in owed.keys() | set(names)}
        if numbers and not ask(lambda client: client.mset(numbers), False, self._app, insist=insist):
            return False
        with _owing:
            for name, token in owed.items():
                if self._owed.get(name) is token:
                    del self._owed[name]
        return True

    def _see_to_it(self) -> None:
        """Let a thread try until nothing is owed: pages on other machines rest on the old marks as long as that takes.

        A copy of a process has none of its threads, and what it owes: who reads there starts another one.
        """
        with _owing:
            if self._payer is None or not self._payer.is_alive():
                self._payer = Thread(target=self._try_again, name="marks", daemon=True)
                self._payer.start()

    def _try_again(self) -> None:
        anywhere()
        tries = 0
        while True:
            time.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
            self._pay(insist=True)
            with _owing:
                if not self._owed:
                    self._payer = None
                    return

    def _greet(self, connection: "AbstractConnection") -> None:
        from redis import ResponseError

        def said(*words: str | int | bytes) -> Any:
            connection.send_command(*words, check_health=False)
            return connection.read_response()

        try:
            told = said("INFO", "server").splitlines()
        except ResponseError:
            return  # one that tells nobody; it is believed as long as it knows a mark for ALL
        life = next((line.partition(b":")[2] for line in told if line.startswith(b"run_id:")), b"")
        if life and said("GET", self._life) != life:
            said("MSET", self._prefix + ALL, secrets.randbits(62) + 1, self._life, life)
