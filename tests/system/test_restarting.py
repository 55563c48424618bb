"""One machine alone is restarted by deploy/portal-restart while people read and write: nobody is refused anything.

Web processes, nginx and the script are real. In the place of systemd stands a program that starts and stops them as the
units in deploy/ would.
"""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.db import db
from tests.databases import ROOT
from tests.live import Site
from tests.postgres import free_port
from tests.system.browser import Browser, NoAnswer
from tests.system.people import UNHURRIED, furnish, wait_until

pytestmark = pytest.mark.slow

DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
SYSTEMCTL = """#!/bin/sh
cd {folder}/systemd
echo "$*" > $$.new
mv $$.new $$.asked
until [ -f $$.answer ]; do sleep 0.02; done
exit "$(cat $$.answer)"
"""
"""Asks this process, by files."""


@dataclass
class Machine:
    """Two servers with one folder and database, nginx before them, and who is asked in systemd's place."""

    folder: Path
    first: Site
    second: Site
    port: int
    starts: bool = True
    """Whether the second server does."""
    done: list[str] = field(default_factory=list)
    """What systemd was asked for …"""
    led_to: list[str] = field(default_factory=list)
    """… and to which version the link led then."""

    def systemctl(self, asked: str) -> int:
        """Do what a unit would; its exit status."""
        self.done.append(asked)
        self.led_to.append((self.folder / "portal").readlink().name)
        if asked == "start portal-web-beside":
            if not self.starts:
                return 1
            self.second.start(worker="none")
        elif asked == "restart portal-web":
            self.first.stop()
            self.first.start(worker="none")
        elif asked == "stop portal-web-beside":
            self.second.stop()
        elif asked == "reload nginx":
            return subprocess.run([NGINX, "-c", self.folder / "nginx.conf", "-e", "stderr", "-s", "reload"]).returncode
        return 0

    def restart(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """deploy/portal-restart to its end, but for addresses and folders."""
        script = (DEPLOY / "portal-restart").read_text()
        for written, here in {
            "127.0.0.1:8000": f"127.0.0.1:{self.first.port}",
            "127.0.0.1:8001": f"127.0.0.1:{self.second.port}",
            "/etc/portal/servers.conf": f"{self.folder}/servers.conf",
            "/run/nginx.pid": f"{self.folder}/nginx.pid",
            "link=/opt/portal": f"link={self.folder}/portal",
        }.items():
            assert written in script
            script = script.replace(written, here)
        surroundings = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        return subprocess.run(["sh", "-c", script, "sh", *words], env=surroundings, capture_output=True, text=True)


@pytest.fixture
def machine(make_site, tmp_path):
    """See Machine; the first server and nginx run."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    port, alike = free_port(), {**UNHURRIED, "base_url": "http://127.0.0.1", "trusted_proxies": 1}
    first = make_site(**alike)
    second = Site(first.settings["database_url"], tmp_path, **alike)
    second.settings |= {name: first.settings[name] for name in ("data_dir", "uploads_dir")}
    found = Machine(tmp_path, first, second, port)
    write(tmp_path, first, port)
    over = threading.Event()

    def answer():
        while not over.wait(0.02):
            for asked in (tmp_path / "systemd").glob("*.asked"):
                status = found.systemctl(asked.read_text().strip())
                asked.rename(asked.with_suffix(".done"))
                asked.with_suffix(".new").write_text(str(status))
                asked.with_suffix(".new").rename(asked.with_suffix(".answer"))

    systemd = threading.Thread(target=answer)
    systemd.start()
    first.start(worker="none")
    tied = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
    nginx = subprocess.Popen([*tied, NGINX, "-c", tmp_path / "nginx.conf", "-e", "stderr"])
    try:
        wait_until(lambda: (tmp_path / "nginx.pid").exists() and Browser(port).get("/healthz")[0] == 200, "no nginx")
        yield found
    finally:
        nginx.terminate()
        nginx.wait()
        over.set()
        systemd.join()
        second.stop()


def write(folder: Path, first: Site, port: int) -> None:
    """deploy/nginx.conf before one machine, without a certificate and without a limit for the crowd; two versions of
    the program, as far as the script looks at them; and a systemctl."""
    site = (DEPLOY / "nginx.conf").read_text()
    site = re.sub(r"( *server 10\.0\.0\.\d+:8000 .*;\n)+", f"    include {folder}/servers.conf;\n", site)
    site = re.sub(r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};", site)
    site = re.sub(r" *(listen \[::\]:\d+|listen 80|ssl_).*;\n", "", site).replace("rate=30r/s", "rate=100000r/s")
    site = site[: site.index("server {")] + site[site.index("server {", site.index("server {") + 1) :]
    (folder / "site.conf").write_text(site)
    (folder / "servers.conf").write_text(f"server 127.0.0.1:{first.port};\n")
    spools = "".join(f"{n}_temp_path {folder}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}} http {{ {spools} access_log off; include {folder}/site.conf; }}"
    )
    for version in ("portal-1", "portal-2"):
        python = folder / version / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.touch(0o755)
    (folder / "portal").symlink_to(folder / "portal-1")
    (folder / "systemd").mkdir()
    (folder / "bin").mkdir()
    program = folder / "bin" / "systemctl"
    program.write_text(SYSTEMCTL.format(folder=folder))
    program.chmod(0o755)


class Crowd:
    """People who read and write through nginx, each on their own, until it is enough."""

    def __init__(self, port: int, topic: int) -> None:
        self.port, self.topic, self.over = port, topic, threading.Event()
        self.answers: list[object] = []
        self.acknowledged: set[str] = set()
        self.threads = [threading.Thread(target=self.read, args=(n,)) for n in range(3)]
        self.threads += [threading.Thread(target=self.write, args=(self.somebody(n), n)) for n in range(2)]
        for thread in self.threads:
            thread.start()

    def somebody(self, number: int) -> Browser:
        """A member."""
        browser = Browser(self.port)
        browser.sign_in(f"writer{number}", "four words in a row")
        return browser

    def read(self, number: int) -> None:
        """Look at one page after the other, as somebody without an account."""
        addresses = ["/", "/forum/", f"/topics/{self.topic}/x", "/photos/", "/static/none.css"]
        while not self.over.is_set():
            address = addresses[number % len(addresses)]
            number += 1
            due = {"/static/none.css": 404}.get(address, 200)
            self.note(lambda address=address, due=due: Browser(self.port).get(address)[0] in (due, 301, 302), address)
            time.sleep(0.02)

    def write(self, browser: Browser, number: int) -> None:
        """Reply, again and again."""
        for n in range(10_000):
            if self.over.is_set():
                return
            key = f"w{number}-{n}"
            fields = {"source": f"Reply {n} of {number}, in words.", "submission_key": key}
            path = f"/c/{self.topic}/reply"
            if self.note(lambda path=path, fields=fields: browser.post(path, **fields)[0] == 303, f"reply {key}"):
                self.acknowledged.add(key)
            time.sleep(0.05)

    def note(self, ask, what) -> bool:
        try:
            well = ask()
        except NoAnswer as error:
            well = False
            what = f"{what}: {error.__cause__!r}"
        self.answers.append(True if well else what)
        return well

    def enough(self) -> None:
        """Let them come to an end."""
        self.over.set()
        for thread in self.threads:
            thread.join()


def slowly(port: int, browser: Browser, path: str, body: bytes, going_on: threading.Event) -> bytes:
    """The first line of the answer to a form of which the end is sent when it may."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = f"POST {path} HTTP/1.0\r\nHost: x\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body[:10])
        going_on.wait(30)
        line.sendall(body[10:])
        return line.makefile("rb").readline()


def test_nobody_is_refused_anything_while_a_machine_alone_is_restarted(machine):
    topic = furnish(machine.first, writers=3)
    crowd = Crowd(machine.port, topic)
    one = crowd.somebody(2)
    one.get(f"/topics/{topic}/x")
    body = f"csrf_token={one.token}&source=Sent+from+a+slow+line&submission_key=slow".encode()
    going_on, said = threading.Event(), []
    slow = threading.Thread(target=lambda: said.append(slowly(machine.port, one, f"/c/{topic}/reply", body, going_on)))
    slow.start()
    threading.Timer(4, going_on.set).start()
    old = machine.first.processes[0].pid
    time.sleep(0.5)

    done = machine.restart(str(machine.folder / "portal-2"))
    time.sleep(0.5)
    crowd.enough()
    going_on.set()
    slow.join()

    assert done.returncode == 0, done.stderr
    assert [answer for answer in crowd.answers if answer is not True] == []
    assert len(crowd.answers) > 100
    assert said[0].startswith(b"HTTP/1.1 303"), said
    assert machine.first.processes[0].pid != old
    assert machine.second.processes == []
    assert machine.done[-1] == "restart portal-worker@*"
    assert machine.led_to[0] == machine.led_to[-1] == "portal-2"
    with machine.first.house():
        replies = select(Contribution.submission_key).where(Contribution.parent_id == topic)
        assert {str(key) for key in db.session.scalars(replies)} == crowd.acknowledged | {"slow"}


def test_a_version_that_cannot_take_over_costs_nobody_anything(machine, subtests):
    servers = (machine.folder / "servers.conf").read_text()
    for why in ("it does not start", "nginx does not take it"):
        machine.done.clear()
        machine.starts = why != "it does not start"
        if machine.starts:
            (machine.folder / "site.conf").write_text("nonsense;")
        done = machine.restart(str(machine.folder / "portal-2"))
        with subtests.test(why):
            assert (done.returncode, "nothing was changed" in done.stderr) == (1, True), done.stderr
            assert machine.done[-1] == "stop portal-web-beside"
            assert "restart portal-web" not in machine.done
            assert (machine.folder / "portal").readlink().name == "portal-1"
            assert (machine.folder / "servers.conf").read_text() == servers
            assert Browser(machine.port).get("/forum/")[0] == 200
