"""A server of whatever kind, as a group of processes of its own: its start, its memory, its end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.bench.load import fetch
from tests.databases import ROOT
from tests.postgres import free_port

PATIENCE = 60.0


class Served:
    """`with Served(words, place) as server`: started, and ended at the end. `{port}` in a word is its port."""

    def __init__(
        self, words: Sequence[str], place: Path, *, path: str = "/", env: Mapping[str, str] | None = None,
        also: Sequence[Sequence[str]] = (), port: int = 0,
    ) -> None:  # fmt: skip
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._commands = [[word.replace("{port}", str(self.port)) for word in one] for one in (words, *also)]
        self._env = {**os.environ, **{k: v.replace("{port}", str(self.port)) for k, v in (env or {}).items()}}
        self._path, self._place = path, place
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start it; returns the seconds until it answered."""
        self._place.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with (self._place / "said.log").open("ab") as log:
            for words in self._commands:
                self._processes.append(
                    subprocess.Popen(
                        words, env=self._env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                        start_new_session=True,
                    )
                )  # fmt: skip
        return self.answers(self._path, began)

    def answers(self, path: str, since: float) -> float:
        """The seconds from `since` until `path` is answered with 200."""
        status = 0
        while time.perf_counter() - since < PATIENCE:
            with suppress(OSError):
                status, _ = fetch(self.port, path)
                if status == 200:
                    return time.perf_counter() - since
            if self._processes[0].poll() is not None:
                break
            time.sleep(0.005)
        self.stop()
        raise RuntimeError(f"{' '.join(self._commands[0])} did not answer ({status}); see {self._place / 'said.log'}")

    def said(self) -> str:
        """What its processes wrote so far."""
        return (self._place / "said.log").read_text(errors="replace")

    def memory(self) -> float:
        """Megabytes (10⁶) of all its processes; what several share is counted once (PSS)."""
        return sum(_proportional(pid) for process in self._processes for pid in family(process.pid)) / 1000

    def pids(self) -> list[int]:
        """All its processes, the first started first."""
        return [pid for process in self._processes for pid in family(process.pid)]

    def processor_seconds(self) -> float:
        """What all its processes have worked so far, those that ended included."""
        return sum(_worked(pid) for process in self._processes for pid in family(process.pid))

    def settle(self, patience: float = 120, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait, at most so many seconds, until it has nothing left to do: a worker does some things once a day, and has
        not done them on new data. `meanwhile` is called twice a second."""
        began, quiet, before = time.perf_counter(), 0, 0.0
        while quiet < 6 and time.perf_counter() - began < patience:
            time.sleep(0.5)
            now = self.processor_seconds()
            quiet = quiet + 1 if now - before < 0.05 else 0
            before = now
            meanwhile()

    def stop(self) -> None:
        """Ask it to end, and make sure."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def _worked(pid: int) -> float:
    with suppress(OSError):
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")  # own and its children's, as user and as system
    return 0.0


def _proportional(pid: int) -> float:
    """Kilobytes (10³)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1.024
    return 0.0
