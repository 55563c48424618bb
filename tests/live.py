"""A real server of ours, as `python -m portal serve` starts it, with its own folder and database."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import Flask

from tests.databases import ROOT, SECRET_KEY
from tests.postgres import free_port


class Site:
    """One installation: `start()`, `stop()`, `kill()`, and `house()` to look into or furnish its database."""

    def __init__(self, database_url: str, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "database_url": database_url,
            "data_dir": folder / "data",
            "uploads_dir": folder / "uploads",
            "secret_key": SECRET_KEY,
            "bind": f"127.0.0.1:{self.port}",
            "base_url": self.url,
            **settings,
        }
        self.log = folder / "server.log"
        self.before: list[str] = []
        """Words in front of each command, where it is to run in surroundings of its own."""
        self.program = ["-m", "portal"]
        """What Python runs; a test may have a program of its own, which brings something about."""
        self.processes: list[subprocess.Popen[bytes]] = []
        self._app: Flask | None = None

    def start(self, *, worker: str = "inside") -> "Site":
        """Serve; the worker runs `inside` the server's process, in its `own`, or there is `none`."""
        self._spawn("serve", *(["--with-worker"] if worker == "inside" else []))
        if worker == "own":
            self._spawn("work")
        self._wait()
        return self

    def command(self, *words: str) -> str:
        """Run `python -m portal words…` to its end; returns what it printed, raises if it failed."""
        done = subprocess.run(self._words(words), env=self._environment(), cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        """Ask every process to end, as a service manager would, and wait for it."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                _kill_group(process)
        self.processes.clear()

    def kill(self) -> None:
        """`kill -9` to web and worker, children included: nobody gets to say goodbye."""
        for process in self.processes:
            _kill_group(process)
        self.processes.clear()

    @contextmanager
    def house(self) -> Iterator[Flask]:
        """The application on the server's own database, in this process, committed at the end."""
        from portal import create_app
        from portal.db import db

        self._app = self._app or create_app(**self.settings)
        with self._app.app_context():
            yield self._app
            db.session.commit()

    def close(self) -> None:
        """Stop, and let go of the database."""
        from portal.db import db

        self.stop()
        if self._app is not None:
            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()

    def _spawn(self, *words: str) -> None:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self._words(words),
                env=self._environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that kill() reaches its children too
            )
        self.processes.append(process)

    def _words(self, words: tuple[str, ...]) -> list[str]:
        return [*self.before, sys.executable, *self.program, *words]

    def _environment(self) -> dict[str, str]:
        ours = {f"PORTAL_{name.upper()}": str(value) for name, value in self.settings.items()}
        return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default", **ours}

    def _wait(self, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                if any(p.poll() is not None for p in self.processes) or time.monotonic() > end:
                    self.kill()
                    said = self.log.read_text(errors="replace")[-4000:]
                    raise RuntimeError(f"the server did not start: {said}") from error
                time.sleep(0.1)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
