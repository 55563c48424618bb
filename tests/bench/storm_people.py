"""Who comes to the site in a storm: what all people have in common, those who only read, and those who mean no good.

The rates are of an hour in a busy small community, six times as fast: ten minutes of storm are that hour.
"""

import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from html import unescape
from random import Random
from urllib.parse import quote

from tests.bench import words
from tests.bench.storm_client import Answer, Client, StormOver, Unavailable
from tests.bench.storm_journal import Item, Journal
from tests.bench.storm_record import Record
from tests.nonsense import HOSTILE

SPEED = 6.0
"""Times faster than the hour that the rates are of."""
TOPIC = re.compile(r'href="(/topics/\d+/[^"#?]*)')
BOARD = re.compile(r'href="(/forum/[a-z0-9-]+/)"')
PHOTO = re.compile(r'href="(/photos/\d+)"')
STORY = re.compile(r'href="(/stories/\d+/[^"#?]*)')
MEMBER = re.compile(r'href="(/members/[a-z0-9_-]+)"')
MEDIA = re.compile(r'src="(/media/[\w-]+\.(?:jpg|webp))"')
FEEDS = ("/feeds/all.atom", "/feeds/forum.atom", "/feeds/photos.atom", "/sitemap.xml", "/robots.txt")
PAGES = ("/", "/", "/", "/forum/", "/photos/", "/stories/", "/blog/", "/advocates/", "/members/", "/moderation/log")


class Storm:
    """What all people of one storm share."""

    def __init__(self, port: int, record: Record, journal: Journal, seed: int) -> None:
        self.port, self.record, self.journal, self.seed = port, record, journal, seed
        self.over = threading.Event()
        self.here = threading.Semaphore(0)
        """Released once by everybody who has come."""
        self._clients: list[Client] = []

    def client(self, name: str = "") -> Client:
        """A browser at an address of its own."""
        number = len(self._clients)
        address = f"127.1.{number // 250}.{number % 250 + 1}"
        self._clients.append(Client(self.port, self.record, self.journal, address, self.over, name))
        return self._clients[-1]

    def close(self) -> None:
        """Nobody keeps a connection."""
        for client in self._clients:
            client.hang_up()


class Person(threading.Thread):
    """Somebody who does one thing after the other, in a rhythm, until the storm is over."""

    hourly: Mapping[str, float] = {}
    """What all of this sort together do in an hour: the name of a method, and how often."""

    def __init__(self, storm: Storm, number: int, of: int) -> None:
        super().__init__(name=f"{type(self).__name__} {number}", daemon=True)
        self.storm, self.record, self.journal, self.number = storm, storm.record, storm.journal, number
        self.dice = Random(f"{storm.seed} {self.name}")
        self.client = storm.client()
        self.pause = 3600 * of / SPEED / sum(self.hourly.values())

    def run(self) -> None:
        """Come, and go on until it is over."""
        try:
            self.come()
            self.storm.here.release()
            while not self.storm.over.wait(min(self.dice.expovariate(1 / self.pause), 20 * self.pause)):
                act = self.dice.choices(list(self.hourly), list(self.hourly.values()))[0]
                try:
                    getattr(self, act)()
                    self.record.did(act.replace("_", " "))
                except Unavailable:
                    self.record.did("gave up for now")
        except StormOver:
            pass
        except Exception:
            self.record.fail(f"{self.name} fell over: {traceback.format_exc()}")
        finally:
            self.client.hang_up()

    def come(self) -> None:
        """Whatever has to be done first."""

    def text(self, item: Item, version: int = 0) -> str:
        """Some words with the item's own, different from all others."""
        pool = words.Pool(self.dice, 0)
        said = " ".join(pool.sentence() for _ in range(self.dice.randint(2, 5)))
        said = said.replace("](https://example.org/", "](/search?q=")
        text = f"{item.word}v{version}: {said} {self.dice.randrange(10**9)}."
        item.texts[version] = text
        return text

    def _raw(self, do: Callable[[socket.socket], None]) -> None:
        began = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", self.storm.port), timeout=15) as line:
                do(line)
        except TimeoutError:
            pass  # a server may let rubbish wait
        except OSError as error:
            refused = isinstance(error, ConnectionRefusedError)
            if refused and not self.record.is_due(began, time.monotonic()):
                self.record.fail(f"{self.name} was not let in: {error}")


class Prospect(Person):
    """Somebody without an account, reading here and there; a new one comes every twenty pages."""

    hourly = {"read": 7200, "search": 540, "suggest": 300, "load_picture": 600, "read_feed": 240, "leave_early": 60}

    def come(self) -> None:
        self.links: list[str] = ["/"]
        self.read_so_far = 0

    def read(self) -> None:
        """Follow a link of the last page, or begin anew."""
        self.read_so_far += 1
        if self.read_so_far % 20 == 0:
            self.client.forget()
        path = self.dice.choice(self.links) if self.dice.random() < 0.75 else self.dice.choice(PAGES)
        self._note(self.client.get(path, "page, anonymous"))

    def _note(self, answer: Answer) -> None:
        patterns = (TOPIC, BOARD, PHOTO, STORY, MEMBER)
        found = {link for pattern in patterns for link in pattern.findall(answer.text)} - {"/forum/new"}
        found = {link for link in found if not link.endswith("/new")}
        self.links = [unescape(link) for link in sorted(found)] or ["/forum/"]
        self.pictures = [unescape(link) for link in MEDIA.findall(answer.text)]

    def search(self) -> None:
        """For a word of the trade, or one that somebody just wrote."""
        item = self.journal.choose(self.journal.matching("topic", "reply", "photo"))
        words_asked = self.dice.choice(words.THINGS)
        if item is not None and self.dice.random() < 0.4:
            words_asked = f"{item.word}v{item.sure}"
        answer = self.client.get(f"/search?q={quote(words_asked)}", "search", excuse="search")
        self._note(answer)

    def suggest(self) -> None:
        """What is offered while typing."""
        letters = self.dice.choice(words.THINGS)[: self.dice.randint(2, 5)]
        self.client.get(f"/search/suggest?q={letters}", "suggestion", excuse="search")

    def read_feed(self) -> None:
        """As a program."""
        self.client.get(self.dice.choice(FEEDS), "feed")

    def load_picture(self) -> None:
        """One that the last page showed; it may have been taken away since."""
        shown = [link for link in getattr(self, "pictures", ()) if "invented" not in link]
        if shown:
            answer = self.client.get(self.dice.choice(shown), "picture", due=(200, 404))
            if answer.status == 200 and not answer.body:
                self.record.fail(f"{answer.path} is empty", answer.request_id)

    def leave_early(self) -> None:
        """Ask for a page and hang up."""
        self._raw(lambda line: line.sendall(b"GET /forum/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))


class Rude(Person):
    """Somebody whose line is cut or slow, or who sends what no browser would: nobody else may suffer for it."""

    hourly = {"cut_an_upload": 60, "send_slowly": 24, "send_rubbish": 90, "ask_nonsense": 180, "guess_passwords": 6}

    def come(self) -> None:
        self.guesses = 0

    def cut_an_upload(self) -> None:
        """Say that a megabyte comes, send some of it, hang up."""
        head = (
            "POST /pictures/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=edge\r\n"
            "Content-Length: 1000000\r\n\r\n--edge\r\n"
            'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        )
        self._raw(lambda line: line.sendall(head.encode() + b"\xff\xd8" * self.dice.randint(1, 20_000)))

    def send_slowly(self) -> None:
        """A byte at a time, for some seconds; then the answer has to be one."""

        def slowly(line: socket.socket) -> None:
            for byte in b"GET /forum/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
                line.sendall(bytes([byte]))
                time.sleep(0.04)
            if (said := line.recv(12)) and not said.startswith(b"HTTP/1.1 "):
                self.record.fail(f"a slow reader was answered {said!r}")

        self._raw(slowly)

    def send_rubbish(self) -> None:
        """Bytes that are no request at all, or a request that no browser would make."""
        rubbish = (
            self.dice.randbytes(2000),
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST /c/1/reply HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
            b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 300 + b"\r\n",
        )

        def send(line: socket.socket) -> None:
            line.sendall(self.dice.choice(rubbish))
            line.settimeout(2)
            began, said = time.monotonic(), line.recv(100)
            # Some of it is a request in the end, and is answered as such while the database is away.
            if said.startswith(b"HTTP/1.1 5") and not self.record.is_due(began, time.monotonic()):
                self.record.fail(f"rubbish was answered {said[:40]!r}")

        self._raw(send)

    def ask_nonsense(self) -> None:
        """An address or a form with what nobody meant."""
        nonsense = self.dice.choice([n[:2000] for n in HOSTILE.values()])
        said = quote(nonsense)
        path = self.dice.choice(("/search?q=", "/forum/?page=", "/photos/?tag=", "/topics/", "/members/", "/media/"))
        kind = "nonsense"
        if self.dice.random() < 0.2:
            form = {"login": str(nonsense), "password": "a" * 300}
            self.client.post_once("/account/sign-in", form, kind, due=(400, 422, 429))
        else:
            self.client.get(path + said, kind, due=(200, 400, 404, 405, 410, 414), excuse="search")

    def guess_passwords(self) -> None:
        """More often than the limit allows: from then on the answer has to be 429."""
        client = self.storm.client()
        statuses: list[int] = []
        client.get("/account/sign-in", "guess")
        for _ in range(25):
            form = {"login": f"nobody{self.number}", "password": f"guess {self.dice.random()}"}
            statuses.append(client.post_once("/account/sign-in", form, "guess", due=(422, 429)).status)
        client.hang_up()
        if 429 not in statuses:
            self.record.fail(f"25 wrong passwords within a minute were answered {statuses}")
