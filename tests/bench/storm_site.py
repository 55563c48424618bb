"""The installation that the storm goes over: real processes in a folder of their own, started again as a service
manager would when they end, their log read as it is written."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.storm_record import GRACE, Record
from tests.live import Site

ALWAYS_A_MISTAKE = re.compile(
    r"\b(IntegrityError|TypeError|KeyError|IndexError|AttributeError|AssertionError|NameError|DetachedInstanceError)\b"
)
"""What no fault excuses."""
STARTS_AGAIN_AFTER = 0.3


@dataclass(frozen=True)
class Memory:
    """Resident memory of the processes at one time, in MB."""

    web: float
    worker: float


class Installation(Site):
    """A site with web processes and a worker of its own, which somebody keeps alive."""

    def __init__(self, database_url: str, folder: Path, record: Record, **settings: Any) -> None:
        super().__init__(database_url, folder, log_format="json", **settings)
        self.record = record
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.index: Path = self.settings["data_dir"] / "search"
        self.expected: set[int] = set()
        """Processes that a fault ended, or asked to end."""
        self.held = threading.Event()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def open(self) -> None:
        """Start, and keep alive from now on."""
        self.server, self.worker = self._one("serve"), self._one("work")
        self._wait()
        for do in (self._keep_alive, self._read_log):
            thread = threading.Thread(target=do, daemon=True)
            thread.start()
            self._threads.append(thread)

    def shut(self) -> None:
        """Stop in order; nobody starts anything again."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=10)
        self._threads.clear()
        self.processes = [p for p in (self.server, self.worker) if p is not None]
        self.close()

    def _one(self, *words: str) -> subprocess.Popen[bytes]:
        self._spawn(*words)
        return self.processes.pop()

    def _keep_alive(self) -> None:
        while not self._over.wait(0.1):
            if self.held.is_set():
                continue
            for name, words in (("server", "serve"), ("worker", "work")):
                process = getattr(self, name)
                if process.poll() is None:
                    continue
                if process.pid not in self.expected:
                    self.record.fail(f"the {name} ended by itself with {process.returncode}")
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # what it left behind, as a service manager does
                time.sleep(STARTS_AGAIN_AFTER)
                setattr(self, name, self._one(words))

    # looking

    def web_processes(self) -> list[int]:
        """The processes that answer requests."""
        assert self.server is not None
        return [pid for pid in children(self.server.pid) if is_web(pid)]

    def is_well(self) -> bool:
        """Whether every web process that should be there is, and a page and the database answer."""
        import urllib.error
        import urllib.request

        if len(self.web_processes()) < int(self.settings["web_processes"]):
            return False
        for path in ("/readyz", "/forum/?page=1"):
            for _ in range(4):  # each process takes some of them
                try:
                    with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                        answer.read()
                except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
                    return False
        return True

    def wait_until_well(self, seconds: float = 60) -> None:
        """Wait; it is a failure when it takes longer."""
        end = time.monotonic() + seconds
        while not self.is_well():
            if time.monotonic() > end:
                self.record.fail(f"the site was not well again within {seconds:.0f} s")
                return
            time.sleep(0.1)

    def memory(self) -> Memory:
        """What the processes hold now; of web processes, the mean."""
        web = [rss(pid) for pid in self.web_processes()]
        return Memory(sum(web) / max(1, len(web)), rss(self.worker.pid) if self.worker else 0.0)

    # the log

    def _read_log(self) -> None:
        with self.log.open(errors="replace") as log:
            trouble: list[str] = []
            while True:
                over = self._over.is_set()
                for line in iter(log.readline, ""):
                    trouble = self._read_line(line.rstrip("\n"), trouble)
                if over:
                    return
                time.sleep(0.1)

    def _read_line(self, line: str, trouble: list[str]) -> list[str]:
        """One line; a traceback that is none of our log's comes in several, which are gathered."""
        if line.startswith("{"):
            try:
                told = json.loads(line)
            except ValueError:
                return trouble  # a process was killed while it wrote
            if "exception" in told:
                last = next((x for x in reversed(told["exception"].splitlines()) if x.strip()), "")
                self._judge(f"{told['logger']}: {told['message']}", told["exception"], last, told.get("request_id", ""))
            elif told["level"] in ("error", "critical"):
                self._judge(f"{told['logger']}: {told['message']}", "", told["message"], told.get("request_id", ""))
            return []
        if "Traceback" in line or "panicked" in line or "ResourceWarning" in line:
            return [line]
        if trouble:
            trouble.append(line)
            if line and not line.startswith((" ", "\t")):
                self._judge("on standard error", "\n".join(trouble), line, "")
                return []
        return trouble

    def _judge(self, what: str, exception: str, last: str, request_id: str) -> None:
        now = time.monotonic()
        due = any(self.record.is_due(now - 0.5 - GRACE, now, kind) for kind in ("all", "search", "worker"))
        if due and not ALWAYS_A_MISTAKE.search(last):
            self.record.excused(f"in the log: {last[:110]}")
        else:
            self.record.fail(f"in the log, {what}: {exception or last}", request_id)


class SmallDisk:
    """A file system of its own for the site's files, where the system lets us mount one: it can be filled."""

    def __init__(self, folder: Path, megabytes: int = 400) -> None:
        self.folder = folder
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "storm", str(folder)]
        self.mounted = bool(shutil.which("mount")) and subprocess.run(words, capture_output=True).returncode == 0

    def fill(self) -> Path:
        """Take all room that is left; what is returned has to be deleted."""
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
        return filler

    def close(self) -> None:
        """Give it back."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True)
            self.mounted = False


def children(pid: int) -> Iterator[int]:
    """The processes that this one started."""
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (thread / "children").read_text().split())


def is_web(pid: int) -> bool:
    """Whether this child of the server answers requests, rather than looking after others or decoding a picture."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
        return b"resource_tracker" not in words and b"cage" not in words and threads > 2
    return False


def rss(pid: int) -> float:
    """Resident memory in MB."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
    return 0.0
