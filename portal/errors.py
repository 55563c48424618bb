"""Pages for what goes wrong: each says what to do next, and a form's text is never lost."""

import logging
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError

from portal import trouble
from portal.access import rule_of
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.queries import Gone
from portal.db import db
from portal.trouble import Trouble
from portal.web import came_from_elsewhere

log = logging.getLogger(__name__)

KNOWN = (400, 403, 404, 410, 413, 429, 500, 503)
NEVER_SHOWN_AGAIN = ("csrf_token", "password", "new_password", "current_password")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(NotAllowed, lambda error: _page(403, message=str(error)))
    app.register_error_handler(Gone, lambda error: _page(410, own=_own(error)))
    app.register_error_handler(Exception, _unexpected)
    app.log_exception = _log_exception  # type: ignore[method-assign]


def _own(gone: Gone) -> Contribution | None:
    """What was removed, if it is the reader's."""
    removed = gone.removed
    mine = removed is not None and current_user.is_authenticated and removed.author_id == current_user.id
    return removed if mine else None


def wants_json() -> bool:
    """Whether a script asked: it gets errors as JSON with one sentence."""
    return request.accept_mimetypes.best == "application/json" or request.is_json


def _http(error: HTTPException) -> "Response | tuple[Response | str, int] | HTTPException":
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return _unexpected(error.original_exception)  # type: ignore[arg-type]  # what broke at the end of a request: its commit
    code = error.code if error.code in KNOWN else (400 if error.code < 500 else 500)
    retry_after = getattr(error, "retry_after", None)
    answer = _page(code, status=error.code, retry_after=retry_after)
    if retry_after is None:
        return answer
    waits = make_response(answer)
    waits.headers["Retry-After"] = str(retry_after)
    return waits


def _page(
    code: int, status: int | None = None, message: str | None = None, **context: object
) -> tuple[Response | str, int]:
    let_go()
    if wants_json():
        return jsonify(error=message or _sentence(code, status or code, context.get("retry_after"))), status or code
    try:
        return render_template(f"errors/{code}.html", message=message, **context), status or code
    except DBAPIError:  # the frame of the page asks the database who is here
        bare = current_app.jinja_env.get_template("errors/bare.html")  # without the context, which would ask again
        return bare.render(code=code), status or code


def _sentence(code: int, status: int, retry_after: object) -> str:
    """What a script shows where it stands; the pages say more."""
    if code != 429:
        return f"This did not work ({status})."
    wait = f"in {retry_after} seconds" if retry_after else "in a minute"
    return f"You were quicker than the limits here allow. Nothing is lost; try again {wait}."


def _stale_form(error: CSRFError) -> tuple[Response | str, int]:
    """A form that was open too long, or in another session: what was typed is shown, ready to send again.

    If it needs somebody who is signed in and nobody is, signing in comes first, and what was typed comes along.
    """
    if came_from_elsewhere():
        return _page(400, message="This form was sent by a page of another site, so nothing was done.")
    view = current_app.view_functions.get(request.endpoint or "")
    members_only = view is not None and rule_of(view) != "public"
    if members_only and not current_user.is_authenticated and not came_from_elsewhere():
        db.session.rollback()
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined, no-any-return]
    if wants_json() or request.files or not request.form:
        return _page(400, message="This form was open too long. Reload the page and send it again.")
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_SHOWN_AGAIN]
    return render_template("errors/stale_form.html", fields=fields, action=request.full_path.rstrip("?")), 400


def _log_exception(exc_info: Any) -> None:
    """Flask's own word on what broke at the end of a request; below it is said with what to do about it."""


def _unexpected(error: Exception) -> "Response | tuple[Response | str, int]":
    if (found := trouble.at_work(error)) is not None:
        said = str(getattr(error, "orig", None) or error).splitlines()
        log.error("%s: %s (%s)", found.word, found.remedy, said[0] if said else type(error).__name__)
        return _ailing(found)
    log.error("unexpected", extra={"request_id": g.get("request_id")}, exc_info=error)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _ailing(trouble.AWAY)
    return _page(500, request_id=g.get("request_id"))


def _ailing(found: Trouble) -> Response:
    """The page for when the machine ails: it needs no database, says whether reading goes on, and keeps what was typed.

    Nothing of the request is kept, so it can be sent again as it is; the form's own key sees to it that it counts once.
    """
    let_go()
    sent = bool(request.form) and not came_from_elsewhere()
    if wants_json():
        answer = jsonify(error="Nothing can be saved at this moment. Please try again in a minute.")
    else:
        typed = [(k, v) for k, v in request.form.items(multi=True) if k not in NEVER_SHOWN_AGAIN] if sent else []
        page = current_app.jinja_env.get_template("errors/503.html")  # without the context, which would ask again
        answer = make_response(
            page.render(
                fields=typed, action=request.full_path.rstrip("?"), files=bool(request.files), readable=found.readable,
                csrf_token=generate_csrf if typed else None,
            )
        )  # fmt: skip
    answer.status_code = 503
    answer.headers["Retry-After"] = str(found.retry_after)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def let_go() -> None:
    """Undo what was begun, as far as the database hears it."""
    try:
        db.session.rollback()
    except DBAPIError:
        log.debug("the database did not hear that nothing is kept", exc_info=True)
