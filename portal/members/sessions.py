"""Who is signed in: sessions, and what ends them."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, flash, g, has_request_context, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from portal import clock, here
from portal.config import settings
from portal.db import db
from portal.errors import wants_json
from portal.members import origins, passwords, queries, throttle
from portal.members.models import Member
from portal.members.raw import COLUMNS, as_member, of_the_session
from portal.members.signing import SessionCookies, signed
from portal.pages.forgetting import unseen
from portal.pages.judging import shows_all_alike
from portal.prepared import Prepared
from portal.web import NO_SCRIPTS, SAFE_METHODS, after_reading


class Sessions(LoginManager):
    """Flask-Login, which falls over a "keep me signed in" cookie that holds anything but ASCII."""

    def _session_protection_failed(self) -> bool:
        # There is none: phones change networks; the epoch and the cookie's flags protect. Told so by its setting,
        # it still makes a digest of the browser at each request.
        return False

    def _load_user_from_remember_cookie(self, cookie: str) -> Any:
        member = super()._load_user_from_remember_cookie(cookie) if cookie.isascii() else None
        if member is not None and NO_SCRIPTS_COOKIE in request.cookies:
            session[NO_SCRIPTS] = True
        return member

    # What is remembered of the browser lies beside what is remembered of the member, and goes with it.

    def _set_cookie(self, response: Any) -> None:
        super()._set_cookie(response)
        if session.get(NO_SCRIPTS):
            config = here.app().config
            response.set_cookie(
                NO_SCRIPTS_COOKIE, "1", max_age=config["REMEMBER_COOKIE_DURATION"], httponly=True,
                secure=config["REMEMBER_COOKIE_SECURE"], samesite=config["REMEMBER_COOKIE_SAMESITE"],
            )  # fmt: skip
        else:
            self._forget_the_browser(response)

    def _clear_cookie(self, response: Any) -> None:
        super()._clear_cookie(response)
        self._forget_the_browser(response)

    def _forget_the_browser(self, response: Any) -> None:
        if NO_SCRIPTS_COOKIE in request.cookies:
            response.delete_cookie(NO_SCRIPTS_COOKIE)


class Tokens(CSRFProtect):
    """Flask-WTF's protection against forged requests; it finds out much of those that it lets pass in any case."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """As ever, but looking first at whether a request changes anything."""
        if request.method not in SAFE_METHODS:
            super().protect(apply_exemptions)


login_manager = Sessions()
csrf = Tokens()

REMEMBER_COOKIE = "portal_keep"
NO_SCRIPTS_COOKIE = "portal_no_scripts"
"""Beside it where the browser runs no scripts: a session begun from the one has to know it as well. It says no more."""
SEEN_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Along:
    """What is read together with the member who asks for a page, and who is told: the room that shows the frame."""

    query: Prepared
    """All COLUMNS (members/raw.py) of the member whose number is bound as `member`, and whatever else."""
    told: Callable[[Sequence[Any]], None]


ALONG = "portal.members.along"
"""Under this name among the application's extensions."""


class Visitor(AnonymousUserMixin):
    """Somebody without an account, or not signed in."""

    id = None
    moderates = is_admin = is_staff = may_write = suspended = confirmed = False


def init_app(app: Flask) -> None:
    """Put limits, sign-in sessions and CSRF protection in place, in this order: a flood costs nothing more."""
    with app.app_context():
        days = settings().remember_days
        secure = settings().secure_cookies
    app.config.update(
        REMEMBER_COOKIE_NAME=REMEMBER_COOKIE,
        REMEMBER_COOKIE_DURATION=timedelta(days=days),
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=secure,
    )
    app.session_interface = SessionCookies()
    throttle.init_app(app)
    login_manager.anonymous_user = Visitor
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(_sign_in_first)
    login_manager.init_app(app)
    csrf.init_app(app)
    app.context_processor(lambda: {"csrf_token": _token})
    app.jinja_env.globals["csrf_token"] = _token


def _token() -> str:
    """The token for a form of this page. Flask-WTF finds out how it is called and signed before it looks for it."""
    return here.g().get("csrf_token") or str(generate_csrf())


def _load(session_id: str) -> Member | None:
    number, _, epoch = session_id.partition(".")
    if not (number.isdigit() and epoch.isdigit()) or len(number) > 18:
        return None
    member = _read(int(number))
    if member is None or member.session_epoch != int(epoch) or member.erased_at is not None:
        return None
    token = session.get("csrf_token")
    if token and "csrf_token" not in g:
        # Where Flask-WTF looks before it signs one.
        g.csrf_token = signed(here.app().config["SECRET_KEY"], token)
    if member.seen_at is None or clock.now() - member.seen_at > SEEN_EVERY:
        member_id = member.id  # by then the session has let go of the member
        after_reading(lambda: _seen(member_id))
    return member


def _read(number: int) -> Member | None:
    along: Along | None = current_app.extensions.get(ALONG)
    if along is None or request.method != "GET":
        return db.session.get(Member, number)
    for row in along.query.rows(member=number):
        along.told(row[len(COLUMNS) :])
        member = as_member(row[: len(COLUMNS)])
        return member if shows_all_alike() else of_the_session(member)
    return None


def _seen(member_id: int) -> None:
    table = Member.__table__
    with unseen():
        db.session.execute(table.update().where(table.c.id == member_id).values(seen_at=clock.now()))


def _sign_in_first() -> "Response | tuple[Any, int]":
    """Lead to the sign-in page and back; a form's text comes along."""
    if wants_json():
        return {"error": "You were signed out. Sign in again; what you typed is kept."}, 401
    if request.method == "GET":
        flash("Please sign in to go on.", "info")
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), 303)
    from portal.members.account import sign_in_to_resume  # its page needs this room's forms

    return sign_in_to_resume()


def recognise(login: str, password: str) -> Member | None:
    """The member who signs in with this e-mail address or username and this password, or None.

    It takes as long whether or not there is such a member. The transaction that has read so far is
    ended, so that nobody waits for the database while the hash is computed.
    """
    member = queries.by_login(login)
    stored = member.password_hash if member is not None and member.erased_at is None else None
    let_go()
    return member if passwords.matches(stored, password) else None


def let_go() -> None:
    """End the transaction that has only read so far: what comes next takes a tenth of a second without it."""
    db.session.commit()


def begin_session(member: Member, *, remember: bool = False) -> None:
    """Sign `member` in, in this browser; of what the browser had before, only messages not yet shown stay."""
    messages = session.get("_flashes")
    session.clear()
    g.pop("csrf_token", None)  # of the session that was: a form in this very answer needs a new one
    if messages:
        session["_flashes"] = messages
    login_user(member, remember=remember)
    if NO_SCRIPTS in request.form:
        session[NO_SCRIPTS] = True
    session["csrf_token"] = secrets.token_hex(20)  # else the next page would make one, and the cookie anew for it
    origins.note(member)


def end_session() -> None:
    """Sign out, in this browser."""
    session.clear()
    logout_user()


def end_other_sessions(member: Member) -> None:
    """Every other session of `member` ends; the one at work goes on, if it is theirs.

    A request that came with a "keep me signed in" cookie gets one anew, since the old one is void.
    """
    own = has_request_context() and current_user.is_authenticated and current_user.id == member.id
    member.session_epoch += 1
    db.session.flush()
    if own:
        kept = REMEMBER_COOKIE in request.cookies
        # Never the stand-in `current_user` itself: it would then stand for itself.
        login_user(current_user._get_current_object(), remember=kept)
