"""Signing in and out, and going on where a session ended: what was typed then is there again."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, public
from portal.config import settings
from portal.errors import NEVER_SHOWN_AGAIN
from portal.members import commands, passwords, queries, sessions, throttle
from portal.members.forms import SignInForm
from portal.members.models import Member
from portal.watching.counting import count
from portal.web import back_to, is_local

bp = Blueprint("account", __name__, url_prefix="/account")

Answer = Response | str | tuple[str, int]
NOT_KNOWN = (
    "This name and password do not belong together. If you have just signed up, open the link in our mail first."
)
RESUME, CARRIED = "resume", "again:"


@dataclass(frozen=True)
class Interrupted:
    """A form that arrived after its session had ended: where it was going and what was typed into it."""

    action: str
    fields: list[tuple[str, str]]

    @classmethod
    def now(cls) -> "Interrupted":
        """The request at hand, which was refused."""
        typed = request.form.items(multi=True)
        return cls(request.full_path.rstrip("?"), [(n, v) for n, v in typed if n not in NEVER_SHOWN_AGAIN])

    @classmethod
    def carried(cls) -> "Interrupted | None":
        """The one that the sign-in form at hand carries along, if it leads into this site."""
        action = request.form.get(RESUME)
        if not action or not is_local(action):
            return None
        typed = request.form.items(multi=True)
        return cls(action, [(n.removeprefix(CARRIED), v) for n, v in typed if n.startswith(CARRIED)])


@bp.context_processor
def _facts() -> dict[str, object]:
    return {"shortest": settings().password_min_chars, "site_in_production": settings().production}


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Answer:
    """By e-mail address or username, then on to `next`, or back to the form that was interrupted."""
    form = SignInForm()
    interrupted = Interrupted.carried()
    if request.method == "GET":
        if current_user.is_authenticated:
            return back_to("/")
        form.next.data = request.args.get("next", "")
        return _page(form, interrupted)
    if not form.validate_on_submit():
        return _page(form, interrupted), 422
    login, password = form.login.data or "", form.password.data or ""
    throttle.count_sign_in(queries.login_key(login))
    member = sessions.recognise(login, password)
    if member is None:
        count("sign_in_failed")
        form.login.errors = [NOT_KNOWN]
        return _page(form, interrupted), 422
    _welcome(member, login, password, remember=form.remember.data)
    if interrupted:
        return render_template("errors/stale_form.html", fields=interrupted.fields, action=interrupted.action)
    return back_to("/")


def _welcome(member: Member, login: str, password: str, *, remember: bool) -> None:
    throttle.forgive_sign_in(queries.login_key(login))
    if member.password_hash is None or passwords.is_outdated(member.password_hash):
        commands.rehash(member, password)
    sessions.begin_session(member, remember=remember)


def sign_in_to_resume() -> tuple[str, int]:
    """The sign-in page for a form whose session had ended; it carries what was typed along."""
    form = SignInForm(formdata=None)
    return _page(form, Interrupted.now()), 401


def _page(form: SignInForm, interrupted: Interrupted | None) -> str:
    return render_template("account/sign_in.html", form=form, interrupted=interrupted, carried=CARRIED, resume=RESUME)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """In this browser."""
    if current_user.is_authenticated:
        sessions.end_session()
        flash("You are signed out.", "info")
    return redirect("/", 303)


@bp.post("/sign-out-everywhere")
@member_only
def sign_out_everywhere() -> Response:
    """In every browser but this one."""
    sessions.end_other_sessions(current_user)
    flash("Every other session has ended. Only this browser is still signed in.", "good")
    return redirect("/account/", 303)


from portal.members import credentials, inviting, joining  # noqa: E402, F401 (the other views of this blueprint)
