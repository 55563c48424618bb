"""Two machines with nothing in common but database, Redis, bucket and proxy; one loses its power under load.

`make trial` runs it, as root, in network namespaces of its own: `python -m tests.bench.two_machines [--short]`. What it
checks: no acknowledged post, picture, thanks or session is lost; index, ledger and counters say what the tables say;
what is hidden is gone at once on either machine; the machine that comes back serves again. It prints what readers saw.
"""

import argparse
import fcntl
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import two_machines_net as net
from tests.databases import ROOT

WRITERS, READERS = 6, 4
PASSWORD = "four words in a row"
DEPLOYED = ROOT / "deploy" / "nginx.conf"
BASE = f"https://{net.HERE}"
SETTINGS = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "a-key-for-the-trial-alone-0123456789",
    "PORTAL_BASE_URL": BASE,
    "PORTAL_SEARCH": "postgresql",
    "PORTAL_TRUSTED_PROXIES": "1",
    "PORTAL_WEB_PROCESSES": "2",
    # The crowd comes from one address and is in a hurry.
    "PORTAL_REPLY_PAUSE": "0",
    "PORTAL_TOPIC_PAUSE": "0",  # the same person shows several photos
    "PORTAL_POSTS_PER_MINUTE": "1000000",
    "PORTAL_PICTURES_PER_HOUR": "1000000",
    "PORTAL_SIGN_IN_PER_MINUTE": "1000000",
    "PORTAL_SIGN_IN_PER_HOUR": "1000000",
}


@dataclass(frozen=True)
class Length:
    """Seconds of load before the power goes, while one machine carries it, and after the other is back."""

    before: float
    alone: float
    after: float


LONG, SHORT = Length(8, 22, 6), Length(3, 10, 3)


def lacking() -> str:
    """What this machine lacks for the trial, in words; empty if nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [name for name in ("ip", "nginx", "redis-server", "openssl", "sysctl") if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    try:
        net.ip("netns", "add", "portal-probe")
        net.ip("-n", "portal-probe", "link", "add", "probe", "type", "bridge")
        net.ip("netns", "del", "portal-probe")
    except RuntimeError as refused:
        return str(refused)
    return ""


def main() -> None:
    """Lay the network out, run the trial inside, and take all of it away again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="half a minute instead of one and a half")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    length = SHORT if given.short else LONG
    if given.inside:
        Trial(given.inside, length).run()
        return
    if why := lacking():
        sys.exit(f"The trial can't be run here: {why}.")
    with open("/run/portal-trial.lock", "w") as lock, tempfile.TemporaryDirectory(prefix="portal-trial-") as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Path(folder).chmod(0o755)  # the database's server is not root
        net.build()
        try:
            words = [sys.executable, "-m", "tests.bench.two_machines", "--inside", folder]
            words += ["--short"] if given.short else []
            done = subprocess.run(["ip", "netns", "exec", net.SERVICES, *words], cwd=ROOT)
        finally:
            net.tear_down()
    sys.exit(done.returncode)


class Trial:
    """One run, within the namespace of the services."""

    def __init__(self, folder: Path, length: Length) -> None:
        self.folder, self.length = folder, length
        self.asked: list[Any] = []
        self.began = time.monotonic()

    def run(self) -> None:
        """Everything, from nothing to the figures. Raises AssertionError for what is not as promised."""
        with self.services() as settings:
            self.a, self.b = (net.Machine(name, self.folder / name, settings) for name in net.MACHINES)
            self.a.command("migrate")
            with self.database(settings):
                self.furnish()
                self.a.start()
                self.b.start()
                self.say(f"both machines serve ({self.a.ready():.1f} and {self.b.ready():.1f} s after their start)")
                try:
                    self.play()
                except BaseException:
                    print((self.folder / "error.log").read_text()[-3000:], self.b.said(), sep="\n")
                    raise

    def play(self) -> None:
        """The load, the loss of power, and what is true afterwards."""
        from tests.bench.two_machines_people import Crowd

        members = [self.person().sign_in(f"writer{n}", PASSWORD) for n in range(WRITERS)]
        asker, moderator, guest = (self.person().sign_in(name, PASSWORD) for name in ("asker", "moderator", "guest"))
        self.measure_waking(guest)
        self.hide_one(moderator, guest, "both machines up", self.a, self.b)
        crowd = Crowd(members, asker, [self.person() for _ in range(READERS)], self.topic_id)
        time.sleep(self.length.before)
        lost_at = time.monotonic()
        self.a.lose_power()
        self.say(f"{self.a.name} lost its power; {len(crowd.told.replies)} replies were acknowledged by then")
        time.sleep(self.length.alone / 2)
        self.hide_one(moderator, guest, f"{self.b.name} alone", self.b)
        time.sleep(self.length.alone / 2)
        lost = [person.out_of_session() for person in (*members, asker, moderator, guest)]
        assert not any(lost), f"sessions were lost: {lost}"
        acknowledged = len(crowd.told.replies)
        back = self.a.come_back()
        self.say(f"{self.a.name} is back, ready {back:.1f} s after its start; {acknowledged} replies by then")
        served_from = self.served_by()
        time.sleep(self.length.after)
        crowd.end()
        self.say(f"the load is over after {len(self.asked)} requests; {self.settle():.1f} s until nothing was owed")
        self.check(crowd)
        now = self.served_by() - served_from
        assert min(now[self.a.address], now[self.b.address]) > 0, f"not both machines serve: {now}"
        assert not any(person.out_of_session() for person in (*members, asker, moderator, guest))
        self.figures(crowd, lost_at)

    def hide_one(self, moderator: Any, author: Any, when: str, *machines: net.Machine) -> None:
        """A photo is shown, read on every machine, hidden through the proxy, and gone on each of them at once."""
        from tests.bench.two_machines_people import photograph

        word = f"hidden{int(time.monotonic() * 1000)}"
        number = author.show_photo(f"Look {word}", f"key-{word}", photograph(word))
        page, wall = f"/photos/{number}", "/photos/"
        readers = [self.person(f"http://{machine.address}:{net.PORT}") for machine in machines]
        wait_until(lambda: all("/media/" in r.get(page)[1] for r in readers), f"{page} is not shown everywhere", 25)
        picture = readers[0].get(page)[1].partition('"/media/')[2].partition('"')[0]
        for reader in readers:
            for _ in range(3):  # so that a cache has it
                assert reader.get(f"/media/{picture}")[0] == 200
                assert word in reader.get(wall)[1]
        status, _ = moderator.post_until_answered(f"/moderation/{number}/hide", {"words": "To be looked at."})
        assert status == 303, f"hiding was answered with {status}"
        for machine, reader in zip(machines, readers, strict=True):
            seen = reader.get(f"/media/{picture}")[0], reader.get(page)[0], word in reader.get(wall)[1]
            assert seen in ((404, 404, False), (404, 410, False)), f"{when}: still on {machine.name}: {seen}"
        self.say(f"{when}: what was hidden is gone at once on {' and '.join(m.name for m in machines)}")

    def measure_waking(self, author: Any) -> None:
        """How long it takes from the answer to a reply until it is followed up."""
        from portal.activity import owed
        from portal.db import db

        took = []
        for n in range(5):
            wait_until(lambda: rolled_back(db, owed)[0] == 0, "the workers do not come to rest", 30)
            sent = {"source": f"To measure the worker, number {n}.", "submission_key": f"key-measure{n}"}
            author.post_until_answered(f"/c/{self.other_topic_id}/reply", sent)
            began = time.monotonic()
            wait_until(lambda: rolled_back(db, owed)[0] == 0, "a reply is not followed up", 30)
            took.append(time.monotonic() - began)
        self.say(f"a reply was followed up {' '.join(f'{t * 1000:.0f}' for t in sorted(took))} ms after its answer")

    def settle(self) -> float:
        """Wait until the workers have followed up everything; returns the seconds."""
        from portal.activity import owed
        from portal.db import db
        from tests.system.test_power_cut import let_leases_end

        began = time.monotonic()
        # What the lost machine had begun is free again when its lease of a minute is over.
        if self.length is SHORT:
            let_leases_end()
        wait_until(lambda: rolled_back(db, owed)[0] == 0, "the workers do not follow up everything", 90)
        return time.monotonic() - began

    def check(self, crowd: Any) -> None:
        """Everything that was acknowledged is there once, found, shown and credited."""
        from sqlalchemy import select

        from portal.db import db
        from portal.stories.models import Photo
        from tests.system.test_power_cut import check

        assert crowd.told.refused == [], crowd.told.refused
        check(crowd.told, self.topic_id)
        rows = db.session.execute(select(Photo.id, Photo.title, Photo.state).where(Photo.title.like("Our bicycle %")))
        there = {title.rpartition(" ")[2]: (number, state) for number, title, state in rows}
        assert {word: (number, "published") for word, number in crowd.photos.items()} == there
        db.session.rollback()
        reader = self.person()
        for word, number in [*crowd.told.replies.items()][-1:]:
            assert f"reply-{number}" in reader.get(f"/search?q={word}")[1], f"{word} is not found by search"
        for number in [*crowd.photos.values()][-3:]:
            assert "/media/" in reader.get(f"/photos/{number}")[1], f"photo {number} has no picture"

    def figures(self, crowd: Any, lost_at: float) -> None:
        """What the crowd saw."""
        told, took = crowd.told, sorted(a.seconds for a in self.asked)
        bad = [a for a in self.asked if a.status == 0 or a.status >= 500]
        late = [a for a in self.asked if a.seconds > 3 and a not in bad]
        good = sorted(a.at for a in self.asked if a.at > lost_at and a not in bad and a.method == "POST")
        gaps = [b - a for a, b in zip([lost_at, *good], good, strict=False)]
        self.say(f"{len(self.asked)} requests, {len(told.replies)} replies, {len(crowd.photos)} photos, "
                 f"{len(told.thanked)} thanks, {len(told.accepted)} acceptances: none was lost")  # fmt: skip
        self.say(
            f"median {took[len(took) // 2] * 1000:.0f} ms, 99 % within {took[len(took) * 99 // 100] * 1000:.0f} ms"
        )
        self.say(f"errors seen: {dict(Counter(a.status or 'no answer' for a in bad))}; "
                 f"answered after more than 3 s: {len(late)}, the slowest after {took[-1]:.1f} s")  # fmt: skip
        self.say(f"longest time without a form acknowledged after the loss: {max(gaps, default=0):.1f} s")

    @contextmanager
    def services(self) -> Iterator[dict[str, str]]:
        """PostgreSQL, Redis, a bucket, and nginx with the reference configuration; gives the machines' settings."""
        from tests import postgres
        from tests.media.bucket import Server
        from tests.redis_server import RedisServer

        postgres.FAST["listen_addresses"] = f"127.0.0.1,{net.HERE}"
        cluster, redis, bucket = postgres.Cluster(), RedisServer(net.HERE), Server(net.HERE)
        try:
            with open(cluster.folder / "data" / "pg_hba.conf", "a") as file:
                file.write("host all all 10.77.0.0/24 trust\n")
            import psycopg

            with psycopg.connect(cluster.url(), autocommit=True) as connection:
                connection.execute("SELECT pg_reload_conf()")
            postgres.create_database(cluster.url(), "portal")
            proxy = self.proxy()
            try:
                yield SETTINGS | {
                    "PORTAL_DATABASE_URL": cluster.url("portal").replace("127.0.0.1", net.HERE),
                    "PORTAL_REDIS_URL": redis.url,
                    "PORTAL_STORAGE_URL": bucket.bucket(),
                }
            finally:
                proxy.kill()
                proxy.wait()
        finally:
            bucket.stop()
            redis.stop()
            cluster.stop()

    def proxy(self) -> "subprocess.Popen[bytes]":
        """nginx, with deploy/nginx.conf but for addresses, name, certificate and the limit for one reader."""
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        words += ["-subj", "/CN=trial", "-addext", f"subjectAltName=IP:{net.HERE}"]
        words += ["-keyout", str(key), "-out", str(certificate)]
        subprocess.run(["openssl", *words], check=True, capture_output=True)
        site = DEPLOYED.read_text()
        for written, here in {
            "10.0.0.11": net.MACHINES["portal-a"],
            "10.0.0.12": net.MACHINES["portal-b"],
            "community.example.com": net.HERE,
            "/etc/ssl/portal/fullchain.pem": str(certificate),
            "/etc/ssl/portal/privkey.pem": str(key),
            "rate=30r/s": "rate=100000r/s",
        }.items():
            assert written in site, f"{DEPLOYED} does not say {written}"
            site = site.replace(written, here)
        (self.folder / "site.conf").write_text(site)
        spools = "".join(f"{name}_temp_path {self.folder}/{name};" for name in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        (self.folder / "nginx.conf").write_text(
            f"user root; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;\n"
            f"events {{}}\nhttp {{ {spools} log_format who '$upstream_addr $status $request_time';\n"
            f"access_log {self.folder}/access.log who;\ninclude {self.folder}/site.conf; }}\n"
        )
        started = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "nginx", "-c", str(self.folder / "nginx.conf")])
        self.trusted = ssl.create_default_context(cafile=str(certificate))
        return started

    @contextmanager
    def database(self, settings: dict[str, str]) -> Iterator[None]:
        """The application in this process, to furnish the database and to look into it."""
        from portal import create_app
        from portal.db import db

        given = {name.removeprefix("PORTAL_").lower(): value for name, value in settings.items()}
        wanted = ("database_url", "secret_key", "base_url", "redis_url", "storage_url", "search")
        folders = {"data_dir": self.folder / "looking", "uploads_dir": self.folder / "looking"}
        app = create_app(**{name: given[name] for name in wanted}, **folders)
        with app.test_request_context(base_url=BASE):
            yield
            db.session.remove()
            db.engine.dispose()

    def furnish(self) -> None:
        """Members who may do what they do, and topics."""
        from portal.db import writing
        from portal.members.passwords import hash_password
        from tests import builders

        with writing():
            known = {"password_hash": hash_password(PASSWORD), "verified": True}
            for n in range(WRITERS):
                builders.member(f"writer{n}", **known)
            builders.member("guest", **known)
            builders.moderator("moderator", **known)
            asker = builders.member("asker", **known)
            self.topic_id, self.other_topic_id = builders.topic(asker).id, builders.topic(asker).id

    def person(self, address: str = BASE) -> Any:
        """Somebody at the proxy, or at one machine."""
        from tests.bench.two_machines_people import Person

        return Person(address, self.trusted, self.asked if address == BASE else [])

    def served_by(self) -> Counter[str]:
        """How many requests the proxy passed to each machine, and had answered by it."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return Counter(line.split()[-3].partition(":")[0] for line in lines)

    def say(self, words: str) -> None:
        """A line with the seconds since the beginning."""
        print(f"{time.monotonic() - self.began:6.1f} s  {words}", flush=True)


def rolled_back(db: Any, ask: Callable[[], Any]) -> Any:
    """What `ask` says, of what is committed by now."""
    found = ask()
    db.session.rollback()
    return found


def wait_until(what: Callable[[], bool], complaint: str, seconds: float) -> None:
    """Wait until `what()` is true. Raises AssertionError."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, complaint
        time.sleep(0.005)


if __name__ == "__main__":
    main()
