"""What every request goes through: one commit at its end, headers, request ids, pages of lists."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, abort, current_app, g, has_request_context, redirect, request, session
from sqlalchemy import Select, func
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from portal import activity, here, logs, prepared
from portal.access import rule_of
from portal.config import settings
from portal.db import db, will_write, writing
from portal.watching import counting

log = logging.getLogger("portal.requests")

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"),
)
"""Of every answer that says nothing else."""
NO_SCRIPTS = "no_scripts"
"""In a session, and in the form that begins it: this browser runs no scripts."""

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: its rows, its number (from 1) and how many pages there are."""

    rows: Sequence[T]
    number: int
    last: int
    total: int

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether there is a page after."""
        return self.number < self.last

    def numbers(self) -> tuple[int | None, ...]:
        """The numbers to show, with None where some are left out."""
        wanted = sorted({1, self.last, *range(max(1, self.number - 2), min(self.last, self.number + 2) + 1)})
        shown: list[int | None] = []
        for n in wanted:
            if shown and shown[-1] is not None and n - shown[-1] > 1:
                shown.append(None)
            shown.append(n)
        return tuple(shown)


def page_number() -> int:
    """`?page=` as a number from 1; anything else is not found."""
    raw = request.args.get("page", "1")
    if not raw.isascii() or not raw.isdigit() or len(raw) > 7 or int(raw) < 1:
        abort(404)
    return int(raw)


def paginate(
    query: Select[Any], per_page: int | None = None, total: int | None = None,
    read: Callable[[Select[Any]], Sequence[Any]] | None = None, ids: Select[Any] | None = None,
) -> Page[Any]:  # fmt: skip
    """The page of `query` that the request asks for; the count is left to `total` where the caller knows it.

    `read` makes rows of what a query finds; without it they are entities. `ids` finds the numbers of the rows, in
    the same order: which are on the page, and how many there are, is then found without reading what they show.
    A page past the end is not found, except the first one.
    """
    number, size = page_number(), per_page or settings().list_per_page
    if total is None:
        counted = query if ids is None else ids
        bare = counted.order_by(None).options().with_only_columns(func.count(), maintain_column_froms=True)
        total = db.session.scalar(bare) or 0
    last = max(1, -(-total // size))
    if number > last:
        abort(404)
    wanted = (query if ids is None else ids).limit(size).offset((number - 1) * size)
    if ids is not None:
        wanted = query.where(ids.selected_columns[0].in_(wanted.correlate(None)))
    return Page((read or _entities)(wanted) if total else [], number, last, total)


def _entities(query: Select[Any]) -> Sequence[Any]:
    return db.session.scalars(query).unique().all()


def is_local(address: str | None) -> bool:
    """Whether an address is a path of this site: where a redirect after sign-in may lead."""
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return False
    if any(ord(c) < 32 for c in address):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def back_to(fallback: str) -> BaseResponse:
    """A redirect to `next` as the form or address gave it if it is local, else to `fallback`."""
    wanted = request.form.get("next") or request.args.get("next")
    return redirect(wanted if wanted and is_local(wanted) else fallback, 303)


def came_from_elsewhere() -> bool:
    """Whether another site's page sent this form.

    Browsers say so with every form they send (Fetch Metadata; Origin for the older ones).
    """
    if said := request.headers.get("Sec-Fetch-Site"):
        return said in ("cross-site", "same-site")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc not in (request.host, urlsplit(settings().base_url).netloc)


def sent_json() -> Any:
    """The JSON a script sent; None if there is none, or nothing that could be meant."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def after_reading(do: Callable[[], None]) -> None:
    """Do something small in a transaction of its own once the page has gone out; if it fails, nobody waits for it.

    For what a reader leaves behind: a view counted, a marker moved. The request is over by then: `do`
    may use what it was given, not `request`, `g` or `current_user`.
    """
    g.setdefault("portal_after_reading", []).append(do)


def after_all(do: Callable[[], None]) -> None:
    """Do something small in a transaction of its own once this request's is over, kept or undone; at once without one.

    For what has to be known though nothing of the request is kept. `do` reads what it needs by number.
    """
    if has_request_context():
        g.setdefault("portal_after_all", []).append(do)
    else:
        do()


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that a row can have; a larger one is not found."""

    regex = r"\d{1,10}"  # Python refuses to read one of thousands of digits

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": 2**31 - 1, **options})


def init_app(app: Flask) -> None:
    """Put the beginning and the end of every request in place. Comes before the rooms: addresses rest on it."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_begin)
    # Flask calls these from the last to the first: the commit comes before anything leaves.
    app.after_request(_log)
    app.after_request(_security_headers)
    app.after_request(_commit)


def _begin() -> None:
    asked, noted = here.request(), here.g()
    noted.started = time.perf_counter()
    given = asked.environ.get("HTTP_X_REQUEST_ID", "")
    noted.request_id = given if given and logs.GIVEN.fullmatch(given) else logs.new_id()
    if asked.method in SAFE_METHODS:
        will_write(False)
        prepared.open_line()
    else:
        will_write()
    # No text holds a NUL, and PostgreSQL can't even be asked for one.
    while b"%00" in asked.query_string:
        asked.query_string = asked.query_string.replace(b"%00", b"")
    if "\0" in asked.path:
        abort(404)
    if not _may_bring_files(asked):
        asked.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if (asked.content_length or 0) > (asked.max_content_length or 0):
        abort(413)  # before anybody reads it


def _may_bring_files(asked: Request) -> bool:
    """Whether this request may be as large as pictures are: a form with files, to a view for members, by one.

    What the session says suffices here; whether it is still valid is asked later. All other forms are texts.
    """
    if asked.mimetype != "multipart/form-data" or "_user_id" not in session:
        return False
    view = current_app.view_functions.get(asked.endpoint or "")
    return view is not None and rule_of(view) not in (None, "public")


def _commit(response: Response) -> Response:
    """The one commit: what the view changed is kept if it answered well, and undone if it did not."""
    noted = here.g()
    if here.request().method in SAFE_METHODS:
        db.session.remove()  # as good as a rollback, and leaves nothing for the end of the request to do
        prepared.close_line()
        if todo := noted.pop("portal_after_reading", []):
            app = here.app()
            response.call_on_close(lambda: _leave_behind(app, todo))
    elif response.status_code < 400:
        db.session.commit()
        activity.follow_at_once()
        activity.wake_worker()
    else:
        db.session.rollback()
    if rest := noted.pop("portal_after_all", []):  # a name of its own: the lambda above still needs its `todo`
        _do_apart(rest, "what was to be known of a request was not kept")
    return response


def _leave_behind(app: Flask, todo: Sequence[Callable[[], None]]) -> None:
    with app.app_context():
        _do_apart(todo, "what a reader left behind was not kept")


def _do_apart(todo: Sequence[Callable[[], None]], otherwise: str) -> None:
    """In a transaction of its own; nobody's answer depends on it."""
    try:
        with writing():
            for do in todo:
                do()
    except Exception:
        log.warning(otherwise, exc_info=True)


def _security_headers(response: Response) -> Response:
    headers = response.headers
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118 - iterated they are pairs
    wanted = [header for header in _HEADERS if header[0].lower() not in there]
    if settings().secure_cookies and "strict-transport-security" not in there:
        wanted.append(("Strict-Transport-Security", "max-age=31536000"))
    if "cache-control" not in there and response.mimetype == "text/html":
        # Where no script looks whose page comes back (site.js), none may: not after signing out.
        wanted.append(("Cache-Control", "private, no-store" if session.get(NO_SCRIPTS) else "private, no-cache"))
    if request_id := here.g().get("request_id"):
        wanted.append(("X-Request-Id", request_id))
    headers.extend(wanted)
    return response


def _log(response: Response) -> Response:
    noted = here.g()
    if "started" in noted:
        asked = here.request()
        milliseconds = (time.perf_counter() - noted.started) * 1000
        log.info(
            "%s %s %s %.0f ms", asked.method, quote(asked.path, safe="/:@"), response.status_code, milliseconds,
            extra={"request_id": noted.request_id},
        )  # fmt: skip
        counting.answered(response.status_code, milliseconds)
        _tell_if_slow(milliseconds)
    return response


def _tell_if_slow(milliseconds: float) -> None:
    """The address is left to the line before, which has the same id: this one says what of the portal it was."""
    if (limit := settings().slow_request_ms) and milliseconds >= limit:
        counting.count("slow_request", 1, milliseconds, milliseconds)
        log.warning("slow request, %.0f ms in %s", milliseconds, logs.place(), extra={"request_id": g.request_id})
