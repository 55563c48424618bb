"""Machines as network namespaces: nothing in common but what answers on the network between them."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.databases import ROOT

SERVICES, HERE = "portal-services", "10.77.0.1"
"""The namespace with database, Redis, bucket, proxy and readers, and its address."""
MACHINES = {"portal-a": "10.77.0.11", "portal-b": "10.77.0.12"}
PORT = 8000


def ip(*words: str) -> None:
    """Run the program `ip`; raises with what it complained of."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def build() -> None:
    """Lay the namespaces out: a bridge in SERVICES, a line from it to each machine. Raises RuntimeError."""
    tear_down()
    for name in (SERVICES, *MACHINES):
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
    ip("-n", SERVICES, "link", "add", "bridge", "type", "bridge")
    ip("-n", SERVICES, "addr", "add", f"{HERE}/24", "dev", "bridge")
    ip("-n", SERVICES, "link", "set", "bridge", "up")
    for name, address in MACHINES.items():
        ip("-n", SERVICES, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("-n", SERVICES, "link", "set", name, "master", "bridge", "up")
        ip("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
    # As deploy/nginx.conf asks of the proxy's machine: one that lost its power is noticed within eight seconds.
    for setting, value in {"time": 5, "intvl": 1, "probes": 3}.items():
        inside = ["ip", "netns", "exec", SERVICES, "sysctl", "-qw", f"net.ipv4.tcp_keepalive_{setting}={value}"]
        subprocess.run(inside, check=True)


def tear_down() -> None:
    """Take away what `build` made, and kill what still runs in it."""
    for name in (*MACHINES, SERVICES):
        kill_all(name)
        with suppress(RuntimeError):
            ip("netns", "del", name)


def kill_all(namespace: str) -> None:
    """`kill -9` to every process in a namespace of ours: nobody gets to say goodbye."""
    for _ in range(5):
        found = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout.split()
        others = [int(pid) for pid in found if int(pid) != os.getpid()]
        if not others:
            return
        for pid in others:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


class Machine:
    """A web server and a worker in a namespace, with a folder of their own."""

    def __init__(self, name: str, folder: Path, settings: Mapping[str, str]) -> None:
        self.name, self.address, self.folder = name, MACHINES[name], folder
        self.settings = {
            **settings,
            "PORTAL_BIND": f"{self.address}:{PORT}",
            "PORTAL_DATA_DIR": str(folder / "data"),
            "PORTAL_UPLOADS_DIR": str(folder / "uploads"),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        (folder / "tmp").mkdir(parents=True)

    def start(self) -> None:
        """Web server and worker, as the units in deploy/ start them."""
        self.began = time.monotonic()
        for command in ("serve", "work"):
            with (self.folder / f"{command}.log").open("ab") as log:
                words = ["ip", "netns", "exec", self.name, sys.executable, "-m", "portal", command]
                self._processes.append(
                    subprocess.Popen(
                        words,
                        env=self._environment(),
                        cwd=ROOT,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )  # fmt: skip
                )

    def ready(self) -> float:
        """Wait until it is; returns the seconds since its start. Raises RuntimeError."""
        while not self.answers():
            if time.monotonic() - self.began > 60 or any(p.poll() is not None for p in self._processes):
                raise RuntimeError(f"{self.name} does not start: {self.said()}")
            time.sleep(0.05)
        return time.monotonic() - self.began

    def command(self, *words: str) -> None:
        """Run `python -m portal words…` on this machine to its end; raises if it failed."""
        whole = ["ip", "netns", "exec", self.name, sys.executable, "-m", "portal", *words]
        done = subprocess.run(whole, env=self._environment(), cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")

    def answers(self) -> bool:
        """Whether it is ready, asked directly."""
        try:
            with urllib.request.urlopen(f"http://{self.address}:{PORT}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def lose_power(self) -> None:
        """The line first, so that nobody hears of it; then every process."""
        ip("-n", self.name, "link", "set", "eth0", "down")
        kill_all(self.name)
        for process in self._processes:
            process.wait(timeout=10)
        self._processes.clear()

    def come_back(self) -> float:
        """Power again; returns the seconds until it is ready."""
        ip("-n", self.name, "link", "set", "eth0", "up")
        self.start()
        return self.ready()

    def said(self) -> str:
        """The end of its logs."""
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("*.log")))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        own = {"TMPDIR": str(self.folder / "tmp"), "HOME": str(self.folder), "PYTHONUNBUFFERED": "1"}
        return {**kept, **own, **self.settings}
