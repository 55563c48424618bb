"""Readers and members at the proxy: real TLS, cookies and forms; what got no answer is sent again, as it was."""

import http.client
import io
import itertools
import json
import re
import secrets
import ssl
import threading
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from random import Random
from urllib.parse import urlencode, urlsplit

from PIL import Image

from tests.system.browser import TOKEN, NoAnswer
from tests.system.test_power_cut import Told

NOT_NOW = (500, 502, 503, 504)
AGREED = {"agrees_site": "y", "agrees_people": "y"}


@dataclass(frozen=True)
class Asked:
    """One request as its sender saw it: when it ended, how long it took, its status (0: no answer)."""

    at: float
    seconds: float
    status: int
    method: str


class Person:
    """A browser without a screen, by `address` (https://…, or a machine itself by http://…)."""

    def __init__(self, address: str, trusted: ssl.SSLContext, asked: list[Asked]) -> None:
        self.address, self.cookies, self.token = address, dict[str, str](), ""
        self._trusted, self._asked = trusted, asked

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; keeps the token of its forms. Raises NoAnswer."""
        status, _, text = self.ask("GET", path)
        if found := TOKEN.search(text):
            self.token = found[1]
        return status, text

    def post(self, path: str, fields: dict[str, str], picture: bytes | None = None) -> tuple[int, str]:
        """Status, and where the answer leads (or, if nowhere, its text), after sending a form. Raises NoAnswer."""
        sent = {"csrf_token": self.token, **fields}
        if picture is None:
            body, kind = urlencode(sent).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart(sent, picture)
        status, location, text = self.ask("POST", path, body, kind)
        return status, location or text

    def post_until_answered(self, path: str, fields: dict[str, str], picture: bytes | None = None) -> tuple[int, str]:
        """The same form again and again until somebody says what became of it."""
        while True:
            try:
                status, location = self.post(path, fields, picture)
                if status not in NOT_NOW:
                    return status, location
            except NoAnswer:
                pass
            time.sleep(0.2)

    def show_photo(self, title: str, key: str, picture: bytes) -> int:
        """Send a picture as the page's script does, then the form that names it; the number of what came of it."""
        status, said = self.post_until_answered("/pictures/", {}, picture)
        if status != 201:
            raise RuntimeError(f"a picture was answered with {status}: {said[:300]}")
        token = json.loads(said)["token"]
        sent = {"title": title, "submission_key": key, "pictures": token, f"alt-{token}": "A bicycle", **AGREED}
        status, location = self.post_until_answered("/photos/new", sent)
        found = re.search(r"^/photos/(\d+)", location)
        if status != 303 or not found:
            raise RuntimeError(f"a photo was answered with {status}: {location[:300]}")
        return int(found[1])

    def sign_in(self, login: str, password: str) -> "Person":
        """Sign in as a person would."""
        self.get("/account/sign-in")
        status, location = self.post("/account/sign-in", {"login": login, "password": password})
        if (status, location) != (303, "/"):
            raise RuntimeError(f"{login} can't sign in: {status} {location}")
        self.get("/forum/new")
        return self

    def out_of_session(self) -> str:
        """What the page of one's own account was answered with if not as to somebody who is signed in; else nothing."""
        status, location, text = self.ask("GET", "/account/")
        return "" if status == 200 and "/account/sign-out" in text else f"{status} {location} {text[:200]}"

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """Status, Location and text. Raises NoAnswer."""
        parts, began, status = urlsplit(self.address), time.monotonic(), 0
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "User-Agent": "a person"}
        if parts.scheme == "https":
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.netloc, timeout=40, context=self._trusted
            )
            headers["Referer"] = f"{self.address}/"
        else:
            made = http.client.HTTPConnection(parts.netloc, timeout=40)
        if kind:
            headers["Content-Type"] = kind
        try:
            made.request(method, path, body, headers)
            answer = made.getresponse()
            text = answer.read().decode(errors="replace")
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            made.close()
            ended = time.monotonic()
            self._asked.append(Asked(ended, ended - began, status, method))
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        return status, answer.headers.get("Location", ""), text


class Crowd:
    """Members who write, show photos and read, one who thanks, and readers without an account, until `end()`."""

    def __init__(self, members: list[Person], asker: Person, readers: list[Person], topic_id: int) -> None:
        self.topic_id, self.told, self.over = topic_id, Told(), threading.Event()
        self.photos: dict[str, int] = {}
        self.new: list[int] = []
        jobs = [(self._write, (n, member)) for n, member in enumerate(members)]
        jobs += [(self._read, (n, reader)) for n, reader in enumerate(readers)]
        self.threads = [threading.Thread(target=do, args=given, daemon=True) for do, given in jobs]
        self.threads.append(threading.Thread(target=self._thank, args=(asker,), daemon=True))
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Let everybody finish what they are at. Raises RuntimeError for somebody who does not."""
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=90)
        if any(thread.is_alive() for thread in self.threads):
            raise RuntimeError("somebody does not come to an end")

    def _write(self, n: int, person: Person) -> None:
        for k in itertools.count():
            if self.over.is_set():
                return
            if k % 6 == 5:
                self._show_a_photo(person, f"p{n}photo{k}")
            word = f"w{n}reply{k}"
            sent = {"source": f"Turn the screw, says {word} of writer {n}.", "submission_key": f"key-{word}"}
            status, location = person.post_until_answered(f"/c/{self.topic_id}/reply", sent)
            found = re.search(r"#reply-(\d+)$", location)
            if status != 303 or not found:
                self.told.refused.append(f"{word}: {status} {location[:300]}")
                return
            self.told.replies[word] = int(found[1])
            self.new.append(int(found[1]))
            _look(person, location.partition("#")[0])
            time.sleep(0.1)

    def _show_a_photo(self, person: Person, word: str) -> None:
        try:
            self.photos[word] = person.show_photo(f"Our bicycle {word}", f"key-{word}", photograph(word))
        except RuntimeError as refused:
            self.told.refused.append(f"{word}: {refused}")

    def _thank(self, person: Person) -> None:
        while not self.over.is_set() or self.new:
            if not self.new:
                time.sleep(0.05)
                continue
            number = self.new.pop(0)
            self._press(person, f"/c/{number}/thanks", self.told.thanked, number)
            if number % 3 == 0:
                self._press(person, f"/c/{number}/accept", self.told.accepted, number)

    def _press(self, person: Person, address: str, done: set[int], number: int) -> None:
        status, location = person.post_until_answered(address, {})
        if status == 303:
            done.add(number)
        else:
            self.told.refused.append(f"{address}: {status} {location[:300]}")

    def _read(self, n: int, person: Person) -> None:
        dice = Random(n)
        pages = ("/", "/forum/", f"/topics/{self.topic_id}", "/photos/", "/search?q=screw", "/advocates/")
        while not self.over.is_set():
            _look(person, dice.choice(pages))
            time.sleep(0.05)


def photograph(word: str) -> bytes:
    """A JPEG that no other looks like."""
    dice = Random(word)
    image = Image.new("RGB", (640, 480), tuple(dice.randrange(256) for _ in range(3)))
    for _ in range(12):
        box = sorted(dice.sample(range(640), 2)), sorted(dice.sample(range(480), 2))
        image.paste(tuple(dice.randrange(256) for _ in range(3)), (box[0][0], box[1][0], box[0][1], box[1][1]))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _look(person: Person, path: str) -> None:
    try:
        person.get(path)
    except NoAnswer:
        time.sleep(0.1)


def _multipart(fields: dict[str, str], picture: bytes) -> tuple[bytes, str]:
    edge = secrets.token_hex(12)
    said = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    said.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="bicycle.jpg"\r\n')
    head = "".join(said) + "Content-Type: image/jpeg\r\n\r\n"
    return head.encode() + picture + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
