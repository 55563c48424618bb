"""Which answers may be kept: of views that say so, for readers without an account, with nothing of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request, session
from flask_login import current_user

from portal import here
from portal.access import rule_of
from portal.config import settings

View = TypeVar("View", bound=Callable[..., Any])

WISH = "portal.pages.wish"
"""Under this name in the WSGI environment a page asks to be kept."""
TYPES = ("text/html", "application/atom+xml", "application/xml", "text/plain")
ARGUMENTS = frozenset(("page", "order", "filter", "kind", "of"))
LONGEST = 16
"""Of the value of an argument: what is longer is nothing that many readers ask for."""


@dataclass
class Wish:
    """What the shelf wants to know of an answer: whether to keep it, and whose view it is."""

    keep: bool = False
    viewed: int | None = None


def kept(view: View) -> View:
    """Declare that this view shows all readers without an account the same. Goes below the access rule."""
    view.kept = True  # type: ignore[attr-defined]
    return view


def shows_all_alike() -> bool:
    """Whether the view at work is such a one: it changes nothing of whoever looks, since a kept page could not."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "kept", False)


def note_view(contribution_id: int) -> None:
    """Whoever gets this page looks at this contribution, whether the page is kept or made anew."""
    if (wish := _wish()) is not None:
        wish.viewed = contribution_id


def init_app(app: Flask) -> None:
    """Judge every answer, before the session's cookie is added to it."""
    app.after_request(_judge)


def _wish() -> Wish | None:
    found: Wish | None = here.request().environ.get(WISH)
    return found


def _judge(response: Response) -> Response:
    wish = _wish()
    if wish is None or response.status_code != 200 or response.mimetype not in TYPES:
        return response
    view = current_app.view_functions.get(request.endpoint or "")
    wish.keep = (
        view is not None
        and getattr(view, "kept", False)
        and rule_of(view) == "public"
        and request.host_url.rstrip("/") == settings().base_url
        and not current_user.is_authenticated
        and not session.modified
        and "_flashes" not in session
        and response.is_sequence
        and "no-store" not in response.headers.get("Cache-Control", "")
        and all(name in ARGUMENTS and len(value) <= LONGEST for name, value in request.args.items(multi=True))
    )
    if wish.keep:
        # A browser or a cache on the way may keep it too, and asks each time whether it is still true.
        response.headers["Cache-Control"] = "public, no-cache"
    return response
