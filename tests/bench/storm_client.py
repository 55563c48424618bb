"""One person at the site: HTTP with kept connections, cookies and forms; every answer is looked at.

What a fault excuses is let pass and asked again; what no fault excuses is a failure of the storm.
"""

import http.client
import json
import re
import secrets
import socket
import time
from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.bench.storm_journal import Journal
from tests.bench.storm_record import HANG, Record

TOKEN = re.compile(r'(?:name="csrf-token" content|name="csrf_token"[^>]*value)="([^"]+)"')
OF_ONE = re.compile(r"/(?:topics|photos|stories|c)/(\d+)")
"""Addresses of one contribution."""
OF_MEMBER = re.compile(r"/members/([a-z0-9_-]+)$")
AGAIN = 0.3
"""Seconds before what got no answer is sent again."""
PATIENCE = 20.0
"""Seconds for which it is tried again once the storm is over."""
Files = dict[str, tuple[str, bytes]]


class Unavailable(Exception):
    """Not answered, or not now, while a fault excuses it: whoever only reads gives up, whoever writes tries again."""


class StormOver(Exception):
    """The storm ended before this was answered."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    body: bytes
    location: str
    request_id: str
    path: str
    began: float
    ended: float


class Client:
    """A browser without a screen, from an address of its own (127.x.y.z), so that limits by address mean something."""

    def __init__(self, port: int, record: Record, journal: Journal, address: str, over: Any, name: str = "") -> None:
        self.port, self.record, self.journal, self.address, self.over = port, record, journal, address, over
        self.name = name
        """The username of whoever is signed in."""
        self.cookies: dict[str, str] = {}
        self.token = ""
        self._connection: http.client.HTTPConnection | None = None

    def forget(self) -> None:
        """Another person at the same place: no cookies, no connection."""
        self.cookies.clear()
        self.name = self.token = ""
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, kind: str = "page", due: Collection[int] = (200,), excuse: str = "all") -> Answer:
        """A page, once; redirects are followed. Raises Unavailable."""
        for _ in range(5):
            answer = self._ask("GET", path, kind, due={*due, 301, 302, 303}, excuse=excuse)
            if answer.status not in (301, 302, 303):
                return answer
            path = answer.location
        self.record.fail(f"{path} leads round in circles", answer.request_id)
        return answer

    def post(
        self, path: str, fields: dict[str, str] | None = None, kind: str = "post", due: Collection[int] = (303,),
        files: Files | None = None,
    ) -> Answer:  # fmt: skip
        """Send a form until it is answered: the same form, so that it makes one thing. Raises StormOver."""
        began = time.monotonic()
        while True:
            try:
                return self.post_once(path, fields, kind, due, files)
            except Unavailable:
                time.sleep(AGAIN)
                if self.over.is_set() and time.monotonic() - began > PATIENCE:
                    raise StormOver from None

    def post_once(
        self, path: str, fields: dict[str, str] | None = None, kind: str = "post", due: Collection[int] = (303,),
        files: Files | None = None,
    ) -> Answer:  # fmt: skip
        """Send a form once. Raises Unavailable."""
        sent = {"csrf_token": self.token, **(fields or {})}
        if files is None:
            body, kind_of_body = urlencode(sent).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind_of_body = multipart(sent, files)
        return self._ask("POST", path, kind, body, kind_of_body, due=due)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in as a person would, as often as it takes. Raises StormOver."""
        while True:
            try:
                self.get("/account/sign-in", "sign in")
                answer = self.post("/account/sign-in", {"login": name, "password": password}, "sign in")
                if answer.status == 303:
                    self.name = name
                    self.get("/forum/new", "sign in")  # a page with a form, for the new session's token
                    return
            except Unavailable:
                pass
            if self.over.wait(AGAIN):
                raise StormOver

    def _ask(
        self, method: str, path: str, kind: str, body: bytes | None = None, kind_of_body: str = "",
        *, due: Collection[int], excuse: str = "all",
    ) -> Answer:  # fmt: skip
        began = time.monotonic()
        kept = self._connection is not None
        try:
            answer = self._send(method, path, body, kind_of_body, began)
        except TimeoutError:
            self.hang_up()
            self.record.answered(kind, "hang", time.monotonic() - began)
            self.record.fail(f"{method} {path} was not answered in {HANG:.0f} s")
            raise Unavailable from None
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            if kept and not self.record.is_due(began, time.monotonic()):
                # A server may close a kept connection at any time: what was sent on it is sent again on a new one.
                return self._ask(method, path, kind, body, kind_of_body, due=due, excuse=excuse)
            self.record.answered(kind, "none", time.monotonic() - began)
            what = f"{method} {path.partition('?')[0]}: {type(error).__name__}"
            if not self.record.is_due(began, time.monotonic()):
                time.sleep(AGAIN)  # who hears of the fault may be later than who feels it
            if self.record.is_due(began, time.monotonic()):
                self.record.excused("no answer")
            else:
                self.record.fail(f"{what} {error}")
            raise Unavailable from None
        self.record.answered(kind, answer.status, answer.ended - began)
        self._judge(method, answer, due, excuse)
        return answer

    def _send(self, method: str, path: str, body: bytes | None, kind_of_body: str, began: float) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=HANG, source_address=(self.address, 0)
            )
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = {"User-Agent": "a person", "Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = kind_of_body
            if path == "/pictures/":
                headers |= {"X-CSRFToken": self.token, "Accept": "application/json"}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        data = response.read()
        for header in response.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        if response.will_close:
            self.hang_up()
        said_to_be = response.headers.get("Content-Type", "")
        text = data.decode("utf-8", "replace") if "text" in said_to_be or "xml" in said_to_be else ""
        if found := TOKEN.search(text):
            self.token = found[1]
        parts = urlsplit(response.headers.get("Location", ""))
        location = parts._replace(scheme="", netloc="").geturl()
        return Answer(
            response.status, text, data, location, response.headers.get("X-Request-Id", ""), path, began,
            time.monotonic(),
        )  # fmt: skip

    def _judge(self, method: str, answer: Answer, due: Collection[int], excuse: str) -> None:
        """Whether this answer is one of those due; raises Unavailable for one that only a fault excuses."""
        path, status = answer.path, answer.status
        if status == 503 and self.record.is_due(answer.began, answer.ended, excuse):
            self.record.excused("503 in a fault")
            raise Unavailable
        if status not in due and not (status in (404, 410) and self._may_be_missing(path, answer)):
            sentence = re.sub(r"<[^>]+>|\s+", " ", answer.text.partition("<main")[2])[:200].strip()
            who = f" to {self.name}" if self.name else ""
            said = f"{method} {path} answered {status}{who}: {sentence or answer.body[:150]!r}"
            self.record.fail(said, answer.request_id)
            raise Unavailable
        if 300 <= status < 400:
            return
        if answer.text.lstrip().lower().startswith("<!doctype html"):
            self._read(answer)
        elif not self.name:
            self.journal.look(answer.text, answer.began, path, answer.request_id)

    def _read(self, answer: Answer) -> None:
        """What is wrong with a page whoever made it: cut short, somebody else's, or with what nobody may see."""
        text, path = answer.text, answer.path
        if not text.rstrip().endswith("</html>"):
            self.record.fail(f"{path} is cut short after {len(text)} characters", answer.request_id)
        if not self.name:
            if "/account/sign-out" in text or 'name="csrf-token"' in text:
                self.record.fail(f"{path} shows somebody's own page to a reader without an account", answer.request_id)
            self.journal.look(text, answer.began, path, answer.request_id, fresh=not path.startswith("/search"))
        elif answer.status == 200 and f"<span>@{self.name}</span>" not in text and "site-head" in text:
            self.record.fail(f"{path} is not {self.name}'s own page", answer.request_id)

    def _may_be_missing(self, path: str, answer: Answer) -> bool:
        if found := OF_ONE.match(path):
            return self.journal.may_be_missing(int(found[1]), answer.began)
        if found := OF_MEMBER.match(path):
            return found[1] in self.journal.left
        return False


def multipart(fields: dict[str, str], files: Files) -> tuple[bytes, str]:
    """A form with files, as browsers send it: its bytes and its content type."""
    edge = secrets.token_hex(12)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (file_name, data) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + data + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def as_json(answer: Answer) -> Any:
    """What a script was answered."""
    return json.loads(answer.body)
