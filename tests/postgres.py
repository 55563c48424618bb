"""A throw-away PostgreSQL server for one test run: nothing of the system's own server is touched."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

FAST = {
    # Nothing here outlives the run, so nothing needs to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}

Prepare = Callable[[Path, str], tuple[list[str], list[str]]]


class Cluster:
    """A server of our own on a free port of 127.0.0.1, in a temporary folder that goes with it."""

    def __init__(self, prepare: Prepare | None = None, **options: str) -> None:
        """`prepare(folder, owner)` may mount disks below the folder: it returns what goes before commands that are to
        see them, and words for initdb. `options` are settings of the server besides FAST."""
        self.folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
        self.port = free_port()
        self._options = FAST | options
        self._as_user = _unprivileged(self.folder)
        initdb: list[str] = []
        if prepare is not None:
            before, initdb = prepare(self.folder, self.folder.owner())
            self._as_user = [*before, *self._as_user]
        self._log = (self.folder / "log").open("wb")
        words = ["-D", self._data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync", *_locale()]
        try:
            self._run("initdb", *words, *initdb)
            self._start()
        except BaseException:
            self.stop()
            raise

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, as PORTAL_DATABASE_URL takes it."""
        return f"postgresql://portal@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Stop the server and remove its folder; safe to call twice."""
        server = getattr(self, "_server", None)
        if server is not None and server.poll() is None:
            server.send_signal(2)  # SIGINT: PostgreSQL's fast shutdown
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self, pause: float = 0.0) -> None:
        """Shut down fast, as a service manager would, and start again after `pause` seconds on the same port."""
        self.halt()
        time.sleep(pause)
        self.go_on()

    def halt(self) -> None:
        """Shut down fast, as a service manager would."""
        self._server.send_signal(2)
        self._server.wait(timeout=30)

    def go_on(self) -> None:
        """Start again, on the same port, with what was there."""
        self._start()

    @property
    def ended(self) -> bool:
        """Whether the server is gone, by whatever cause."""
        return self._server.poll() is not None

    @property
    def said(self) -> str:
        """The server's own log."""
        return (self.folder / "log").read_text(errors="replace")

    def _start(self) -> None:
        options = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        self._server = subprocess.Popen(
            [*self._as_user, program("postgres"), "-D", self._data, "-p", str(self.port)]
            + ["-k", str(self.folder), *options],
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
        )
        self._wait()

    def _run(self, *words: str) -> None:
        done = subprocess.run([*self._as_user, program(words[0]), *words[1:]], capture_output=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{words[0]} failed: {done.stderr.decode(errors='replace')}")

    def _wait(self, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self._server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"PostgreSQL did not start: {self.said}") from error
                time.sleep(0.05)


def create_database(url: str, name: str, template: str | None = None) -> None:
    """Create the database `name`, as a copy of `template` if one is given, on the server at `url`."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def drop_database(url: str, name: str) -> None:
    """Drop the database `name` if it is there, whoever is still connected to it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them off the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4].partition(".")[0]))
    found = str(kept[-1]) if kept else shutil.which(name)
    if not found:
        raise RuntimeError("PostgreSQL's programs are not installed; `make test` installs them or says how.")
    return found


def _unprivileged(folder: Path) -> list[str]:
    """What to put before a command so that it does not run as root, which PostgreSQL refuses."""
    prefix = []
    if shutil.which("setpriv"):
        # If the test run is killed, its server ends as well.
        prefix = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        user = next(u for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody"))
        os.chown(folder, user.pw_uid, user.pw_gid)
        if not prefix:
            raise RuntimeError("Run the tests as an ordinary user, or install setpriv (util-linux).")
        prefix += ["--reuid", user.pw_name, "--regid", str(user.pw_gid), "--clear-groups"]
    return [*prefix, "--"] if prefix else []


def _locale() -> list[str]:
    # C.UTF-8 sorts by code point, as SQLite does, yet knows the letters of all languages.
    return ["--locale=C.UTF-8"] if os.uname().sysname == "Linux" else ["--locale=en_US.UTF-8"]
