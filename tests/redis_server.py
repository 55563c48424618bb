"""A real Redis of our own on a free port of this machine, which keeps nothing and ends with the test run."""

import shutil
import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.postgres import free_port

STARTS_IN = 20


class RedisServer:
    """Started at once; `stop()` and `start()` take it away and bring it back at the same address: empty, or with what
    it was last told to save in `folder`."""

    def __init__(self, bind: str = "127.0.0.1", port: int = 0, folder: Path | None = None) -> None:
        self.bind, self.port = bind, port or free_port()
        self.words = ["--dir", str(folder)] if folder is not None else []
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """The address, as PORTAL_REDIS_URL takes it."""
        return f"redis://{self.bind}:{self.port}/0"

    def client(self) -> "Redis":
        """A client of the test's own."""
        return Redis.from_url(self.url)

    def start(self) -> None:
        """Let it run and wait until it answers; raises RuntimeError if it does not."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is not installed; `make test` installs it or says how.")
        words = [program, "--bind", self.bind, "--port", str(self.port), "--save", "", "--protected-mode", "no"]
        words += self.words
        # If the test run is killed, its server ends as well.
        tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        self._process = subprocess.Popen([*tied, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + STARTS_IN
        while True:
            try:
                self.client().ping()
                return
            except RedisError:
                if self._process.poll() is not None or time.monotonic() > until:
                    self.stop()
                    raise RuntimeError("redis-server does not start") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """End it, with all it had; safe to call twice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
