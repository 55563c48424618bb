"""A browser without a screen that speaks real HTTP: cookies, forms, and what to do when nobody answers."""

import http.client
import re
from email.message import Message
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class NoAnswer(Exception):
    """The server went away before it had answered: nobody knows whether it did what was asked."""


class Browser:
    """One person at a server; each request has a connection of its own, so that a restart is survived."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.token = port, {}, ""
        self.headers = Message()
        """Of the last answer."""
        self.text = ""

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; keeps the token of its forms."""
        status, _, text = self._ask("GET", path)
        if found := TOKEN.search(text):
            self.token = found[1]
        return status, text

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Status, and where the answer leads, after sending a form; `text` is the page that came instead, if any."""
        status, location, self.text = self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))
        return status, location

    def upload(self, path: str, name: str, data: bytes) -> tuple[int, str]:
        """Status and text after sending a file in the field `name`, as a script of a page does."""
        edge, begins = "the-edge-of-a-part", "\r\nContent-Disposition: form-data; name="
        token = f'--{edge}{begins}"csrf_token"\r\n\r\n{self.token}\r\n'
        file = f'--{edge}{begins}"{name}"; filename="picture.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        parts = token.encode() + file.encode() + data + f"\r\n--{edge}--\r\n".encode()
        status, _, text = self._ask("POST", path, parts, f"multipart/form-data; boundary={edge}")
        return status, text

    def sign_in(self, login: str, password: str) -> None:
        """Sign in as a person would."""
        self.get("/account/sign-in")
        status, location = self.post("/account/sign-in", login=login, password=password)
        assert (status, location) == (303, "/"), (status, location)
        self.get("/forum/new")  # a page with a form, for the new session's token
        assert self.token

    def _ask(
        self, method: str, path: str, body: str | bytes | None = None, kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "User-Agent": "a person"}
        if body is not None:
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            connection.close()
        self.headers = answer.headers
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        return answer.status, answer.headers.get("Location", ""), text
