"""The outermost part of the application: kept pages go out before anything else is asked."""

import gzip
import re
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import brotli

from portal.pages.forgetting import place
from portal.pages.judging import WISH, Wish
from portal.pages.marks import ALL, NEWS, Marks
from portal.pages.shelf import Kept, Shelf

OWN_COOKIES = "portal"
"""All cookies of the site begin so: whoever brings one gets a page of their own."""
WHILE_MADE_ANEW = 5.0
"""Seconds for which others still get a page that is too old, yet not untrue, while one request makes it anew."""
WRITTEN = ("content-length", "content-encoding", "vary", "x-request-id", "etag", "date", "server")
"""Headers that are written anew for each packing, or belong to one answer alone."""
OF_A_BODY = ("Content-Length", "Content-Type", "Content-Encoding")
"""Headers that an answer without a body leaves out."""
UNKEPT = ("/static/", "/pictures/", "/healthz", "/readyz")
ONE_CONVERSATION = re.compile(r"/(?:topics|stories|photos)/(\d{1,10})(?:/|$)")
PROGRAM = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|preview|monitor|fetch|curl|wget|python|java/|http-?client", re.I
)
"""User agents that say of themselves that nobody reads: their visits are not views."""

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Seen = Callable[[int], None]
Count = Callable[[str], None]


class KeptPages:
    """WSGI application: `inner`, with its public pages kept."""

    def __init__(self, inner: Application, shelf: Shelf, marks: Marks, seconds: int, seen: Seen, count: Count) -> None:
        """`seen(contribution_id)` is told of views, `count(name)` of hits; pages are `seconds` old at most."""
        self._inner, self._shelf, self._marks, self._seconds = inner, shelf, marks, seconds
        self._seen, self._count = seen, count

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        if not _for_everybody(environ):
            return self._inner(environ, start_response)
        packing = _packing(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = _key(environ, packing)
        try:
            kept = self._true(key)
        except OSError:
            return self._inner(environ, start_response)
        if kept is None:
            return self._make(environ, start_response, key, packing)
        if kept.viewed is not None and _somebody_looks(environ):
            self._seen(kept.viewed)
        self._count("page_hit")
        return self._send(environ, start_response, kept.headers, kept.body, kept.etag)

    def _true(self, key: str) -> Kept | None:
        """The kept page if it is true; one that is only old goes to all but the first who asks. Raises OSError."""
        now = time.time()
        kept = self._shelf.get(key)
        if kept is not None and now < kept.until and self._marks.read(kept.names) == kept.marked:
            return kept
        other = self._shelf.look_beside(key)
        if other is not None and now < other.until and self._marks.read(other.names) == other.marked:
            self._shelf.take(key, other)
            return other
        if kept is not None and now < kept.until + WHILE_MADE_ANEW and self._marks.read(kept.names) == kept.marked:
            if kept.made_anew:
                return kept
            kept.made_anew = True
        return None

    def _make(self, environ: Environ, start_response: StartResponse, key: str, packing: str) -> Iterable[bytes]:
        """Let the application answer, and keep its answer if it wishes so."""
        # Before anything is read: a page is never truer than what it was made of.
        names = _names(environ["PATH_INFO"])
        try:
            marked, until = self._marks.read(names), time.time() + self._seconds
        except OSError:
            return self._inner(environ, start_response)
        wish = environ[WISH] = Wish()
        answered: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            answered[:] = [status, headers, exc_info]
            return _nothing

        parts = self._inner(environ, note)
        status, headers, exc_info = answered
        if not wish.keep or environ["REQUEST_METHOD"] != "GET" or any(name == "Set-Cookie" for name, _ in headers):
            start_response(status, headers, *([exc_info] if exc_info else []))
            return parts
        self._count("page_miss")
        body = b"".join(parts)
        headers, body, etag = _packed(headers, body, packing)
        self._shelf.put(key, Kept(headers, body, etag, names, marked, until, wish.viewed))
        # Closing does what a reader leaves behind, so it is the server's to do when the page is out.
        return _Closing(self._send(environ, start_response, headers, body, etag), parts)

    def _send(
        self, environ: Environ, start: StartResponse, headers: Headers, body: bytes, etag: str
    ) -> Iterable[bytes]:
        if (asked := environ.get("HTTP_IF_NONE_MATCH")) and _matches(asked, etag):
            start("304 NOT MODIFIED", [h for h in headers if h[0] not in OF_A_BODY])
            return ()
        start("200 OK", headers)
        return (body,) if environ["REQUEST_METHOD"] == "GET" else ()


class _Closing:
    """The parts of one answer, and what to close after them."""

    def __init__(self, parts: Iterable[bytes], closed: Any) -> None:
        self._parts, self.close = parts, getattr(closed, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)


def _nothing(_data: bytes) -> None:
    """What WSGI's oldest applications write to; none of ours does."""


def _for_everybody(environ: Environ) -> bool:
    """Whether this request could be anybody's: it reads a page, and brings nothing that is its own."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and OWN_COOKIES not in environ.get("HTTP_COOKIE", "")
        and "HTTP_AUTHORIZATION" not in environ
        and "json" not in environ.get("HTTP_ACCEPT", "")
        and not environ["PATH_INFO"].startswith(UNKEPT)
    )


def _key(environ: Environ, packing: str) -> str:
    """All that an answer may depend on. The addresses it holds depend on what the request says of host and scheme."""
    asked = (
        environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST", ""), environ["wsgi.url_scheme"],
        environ.get("HTTP_X_FORWARDED_HOST", ""), environ.get("HTTP_X_FORWARDED_PROTO", ""), packing,
    )  # fmt: skip
    return "\n".join(asked)


def _names(path: str) -> list[str]:
    """The marks that the page of this address rests on."""
    found = ONE_CONVERSATION.match(path)
    return [ALL, place(int(found[1]))] if found else [ALL, NEWS]


@lru_cache(maxsize=1024)
def _packing(accepted: str) -> str:
    """Of the packings a browser names, the best: `br`, `gzip` or `` for none."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        weights[name.strip()] = rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if weights.get(name, weights.get("*", False))), "")


def _packed(headers: Headers, body: bytes, packing: str) -> tuple[Headers, bytes, str]:
    """The headers, body and ETag of a page for everybody who understands `packing`."""
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}{"-" + packing if packing else ""}"'
    if packing == "br":
        body = brotli.compress(body, quality=5)
    elif packing == "gzip":
        body = gzip.compress(body, 6, mtime=0)
    kept = [(name, value) for name, value in headers if name.lower() not in WRITTEN]
    kept += [("Content-Length", str(len(body))), ("ETag", etag), ("Vary", "Accept-Encoding, Cookie")]
    kept += [("Content-Encoding", packing)] if packing else []
    return kept, body, etag


def _matches(asked: str, etag: str) -> bool:
    """Whether a browser that asks `If-None-Match` has this page; compared as weak (RFC 9110, section 13.1.2)."""
    return etag in asked or asked.strip() == "*"


@lru_cache(maxsize=1024)
def reads(agent: str) -> bool:
    """Whether this user agent does not say of itself that nobody reads."""
    return bool(agent) and not PROGRAM.search(agent[:300])


def _somebody_looks(environ: Environ) -> bool:
    """Whether a person gets this page to see it, as far as the request tells."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "prefetch" not in environ.get("HTTP_SEC_PURPOSE", "")
        and reads(environ.get("HTTP_USER_AGENT", ""))
    )
