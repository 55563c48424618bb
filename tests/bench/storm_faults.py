"""The faults of a storm: which, in which order and when, by its dice; each lasts until all is well again."""

import os
import shutil
import signal
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.bench import words
from tests.bench.storm_record import Record
from tests.bench.storm_site import Installation, SmallDisk

FULL_SECONDS = 6.0
STOPPED_SECONDS = 5.0
REDIS_AWAY_SECONDS = 6.0
SEARCH_MENDED_WITHIN = 150.0
"""Seconds: the worker looks after the index once a minute, and rebuilds it in some more."""


class Faults:
    """All that can go wrong with one installation on purpose."""

    def __init__(
        self, site: Installation, record: Record, dice: Random, disk: SmallDisk, cluster: Any = None, redis: Any = None
    ) -> None:
        self.site, self.record, self.dice, self.disk = site, record, dice, disk
        self.cluster, self.redis = cluster, redis

    def all(self) -> list[Callable[[], None]]:
        """Those that can be done here; the others are named as skipped."""
        always = [
            self.kill_a_web_process, self.kill_the_worker, self.kill_the_server, self.ask_the_server_to_stop,
            self.stop_the_worker_for_a_while, self.ask_the_worker_to_stop, self.kill_both,
        ]  # fmt: skip
        if self.site.index.exists():
            always += [self.delete_the_index, self.damage_the_index]
        else:
            self.record.skipped.append("the index deleted or damaged: search is in PostgreSQL here")
        if self.disk.mounted:
            always.append(self.fill_the_disk)
        else:
            self.record.skipped.append("a full disk: no file system may be mounted here")
        if self.cluster is not None:
            always += [self.restart_postgresql, self.take_postgresql_away]
        if self.redis is not None:
            always.append(self.kill_redis)
        return always

    def run(self, seconds: float, chosen: Sequence[Callable[[], None]] = ()) -> None:
        """One fault after the other, evenly over the time, the last one well before its end; returns at its end.

        In the main thread: a PostgreSQL that another one started again would end with that one.
        """
        faults = list(chosen) or self.all()
        if not chosen:
            rounds = max(1, round(seconds / 30 / len(faults)))
            faults = [fault for _ in range(rounds) for fault in self.dice.sample(faults, len(faults))]
        gap, began = seconds * 0.9 / (len(faults) + 1), time.monotonic()
        for n, fault in enumerate(faults, 1):
            at = began + n * gap + self.dice.uniform(-gap / 4, gap / 4)
            time.sleep(max(0.0, at - time.monotonic()))
            if time.monotonic() - began > seconds * 0.95 and not chosen:
                break
            try:
                fault()
            except Exception:
                self.record.fail(f"the fault {fault.__name__} fell over: {traceback.format_exc()}")
        time.sleep(max(0.0, began + seconds - time.monotonic()))

    # processes

    def kill_a_web_process(self) -> None:
        """kill -9 to one of them; the server starts another."""
        with self.record.fault("kill -9 of a web process", "all"):
            before = set(self.site.web_processes())
            victim = self.dice.choice(sorted(before))
            os.kill(victim, signal.SIGKILL)
            self._until(lambda: victim not in self.site.web_processes(), "a killed web process is still there")
            self.site.wait_until_well()

    def kill_the_server(self) -> None:
        """kill -9 to it and all below it."""
        with self.record.fault("kill -9 of the whole server", "all"):
            self._end(self.site.server, signal.SIGKILL)
            self.site.wait_until_well()

    def ask_the_server_to_stop(self) -> None:
        """SIGTERM: it finishes what it holds, and says goodbye with 0."""
        with self.record.fault("SIGTERM to the server, started again", "all") as fault:
            ended = self._end(self.site.server, signal.SIGTERM)
            fault.said = f"ended with {ended}"
            if ended != 0:
                self.record.fail(f"the server was asked to stop and ended with {ended}")
            self.site.wait_until_well()

    def kill_the_worker(self) -> None:
        """kill -9: what it had begun is done again by the next."""
        with self.record.fault("kill -9 of the worker", "worker"):
            self._end(self.site.worker, signal.SIGKILL)
            self._until(lambda: self.site.worker is not None and self.site.worker.poll() is None, "no worker came back")

    def kill_both(self) -> None:
        """As if the machine had been switched off."""
        with self.record.fault("kill -9 of everything", "all"):
            threads = [
                threading.Thread(target=self._end, args=(process, signal.SIGKILL))
                for process in (self.site.worker, self.site.server)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.site.wait_until_well()

    def ask_the_worker_to_stop(self) -> None:
        """SIGTERM: it finishes what it has in hand."""
        with self.record.fault("SIGTERM to the worker, started again", "worker") as fault:
            ended = self._end(self.site.worker, signal.SIGTERM)
            fault.said = f"ended with {ended}"
            if ended != 0:
                self.record.fail(f"the worker was asked to stop and ended with {ended}")

    def stop_the_worker_for_a_while(self) -> None:
        """SIGSTOP in whatever it is doing: it may hold the database. Those who write wait, and then go on."""
        assert self.site.worker is not None
        pid = self.site.worker.pid
        with self.record.fault(f"worker stopped for {STOPPED_SECONDS:.0f} s", "worker"):
            os.kill(pid, signal.SIGSTOP)
            try:
                time.sleep(STOPPED_SECONDS)
            finally:
                os.kill(pid, signal.SIGCONT)

    def _end(self, process: Any, how: signal.Signals) -> int | None:
        self.site.expected.add(process.pid)
        if how == signal.SIGKILL:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        self._until(lambda: process.poll() is not None, f"it did not end on {how.name}", 30)
        self._until(lambda: process not in (self.site.server, self.site.worker), "nobody started it again", 30)
        ended: int | None = process.returncode
        return ended

    # files

    def delete_the_index(self) -> None:
        """The whole folder of the search index is gone."""
        with self.record.fault("search index deleted", "search"):
            shutil.rmtree(self.site.index, ignore_errors=True)
            self._until_search_answers()

    def damage_the_index(self) -> None:
        """The rest of its largest files, from a third on, is nonsense: of some bytes alone nobody may hear for long."""
        with self.record.fault("search index damaged", "search"):
            files = sorted((f for f in self.site.index.rglob("*") if f.is_file()), key=_size)
            for file in files[-2:]:
                with suppress(OSError), file.open("r+b") as handle:
                    handle.seek(_size(file) // 3)
                    handle.write(self.dice.randbytes(max(1, _size(file) * 2 // 3)))
            self._until_search_answers()

    def _until_search_answers(self) -> None:
        """Search has to answer to many words on end, in every process: damage may lie where few searches look."""
        end, good = time.monotonic() + SEARCH_MENDED_WITHIN, 0
        while good < 2 * len(words.THINGS):
            good = good + 1 if self._search_answers(words.THINGS[good % len(words.THINGS)]) else 0
            if time.monotonic() > end:
                self.record.fail(f"search did not answer again within {SEARCH_MENDED_WITHIN:.0f} s")
                return
            time.sleep(0.02 if good else 0.3)

    def _search_answers(self, thing: str) -> bool:
        asked = f"{self.site.url}/search?q={thing}"
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
            return False

    def fill_the_disk(self) -> None:
        """No byte is left for some seconds: what can't be kept is not acknowledged."""
        with self.record.fault(f"disk full for {FULL_SECONDS:.0f} s", "all"):
            filler = self.disk.fill()
            try:
                end = time.monotonic() + FULL_SECONDS
                while time.monotonic() < end:
                    with suppress(OSError), filler.open("ab", buffering=0) as more:  # what others gave back
                        while more.write(b"\0" * 4096):
                            pass
                    time.sleep(0.2)
            finally:
                filler.unlink()
            self.site.wait_until_well()

    # PostgreSQL

    def restart_postgresql(self) -> None:
        """As an update of the system does."""
        with self.record.fault("PostgreSQL restarted", "all"):
            self.cluster.restart()
            self.site.wait_until_well()

    def take_postgresql_away(self) -> None:
        """It is not there for some seconds."""
        with self.record.fault("PostgreSQL away for 4 s", "all"):
            self.cluster.restart(pause=4.0)
            self.site.wait_until_well()

    # Redis

    def kill_redis(self) -> None:
        """kill -9; it comes back empty. That excuses nothing: nobody may notice."""
        with self.record.fault(f"Redis gone for {REDIS_AWAY_SECONDS:.0f} s, back empty", ""):
            self.redis.stop()
            try:
                time.sleep(REDIS_AWAY_SECONDS)
            finally:
                self.redis.start()
            self.site.wait_until_well()

    def _until(self, what: Callable[[], bool], complaint: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                self.record.fail(complaint)
                return
            time.sleep(0.02)


def _size(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_size
    return 0
