"""Joining: signing up, the mail that is sent then, and the link in it that makes the account."""

import hmac
import secrets

from flask import flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import web
from portal.access import public
from portal.db import db
from portal.members import commands, invitations, links, passwords, sessions, throttle
from portal.members.account import Answer, bp
from portal.members.forms import ConfirmForm, ConfirmNameForm, Form, SignUpForm
from portal.members.models import Member, SignUp

JOINING = "joining"
"""In the session: the number of the sign-up and a random value that proves it was this browser."""

WANTED = "wanted"
"""In the session: the page from which somebody came to sign up, and to which they go once they are a member."""


INVITATION = "invitation"
"""In the address and in the session: the token of a personal link by which somebody came to sign up."""


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Answer:
    """Take a sign-up. Whatever the address, the answer is: look into your mail."""
    if current_user.is_authenticated:
        return redirect("/account/", 303)
    wanted = request.args.get("next", "")
    if wanted and web.is_local(wanted):
        session[WANTED] = wanted[:500]
    if INVITATION in request.args:
        session[INVITATION] = request.args[INVITATION][: links.LONGEST]
    by = _invited_by()
    form = SignUpForm()
    if not form.validate_on_submit():
        return _sign_up_page(form, by)
    email = form.email.data or ""
    throttle.count_mail(email)
    nonce = secrets.token_urlsafe(24)
    sessions.let_go()
    try:
        asked = commands.sign_up(
            email, form.username.data or "", form.display_name.data or "", form.password.data or "", nonce,
            by.id if by else None,
        )
    except commands.Taken as taken:
        form[taken.field].errors = [str(taken)]
        return _sign_up_page(form, by)
    session[JOINING] = [asked.id, nonce]
    return redirect(url_for("account.look_into_mail"), 303)


def _invited_by() -> Member | None:
    """By whose invitation this browser came, while it is good."""
    return invitations.inviter(str(session.get(INVITATION, "")))


def _sign_up_page(form: SignUpForm, by: Member | None) -> Answer:
    over = INVITATION in request.args and by is None
    page = render_template("account/sign_up.html", form=form, invited_by=by, invitation_over=over)
    return (page, 422) if form.errors else page


@bp.get("/look-into-mail")
@public
def look_into_mail() -> str:
    """What to do next, after signing up or asking for a link."""
    return render_template("account/look_into_mail.html", joining=_of_this_browser())


@bp.post("/send-again")
@public
def send_again() -> Response:
    """The mail of a sign-up once more, to the same address."""
    asked = _of_this_browser()
    if asked is None:
        return redirect(url_for("account.sign_up"), 303)
    throttle.count_mail(asked.email)
    by = _invited_by()
    commands.ask_for_proof(asked, by.id if by else None)
    flash("We sent the mail again. It can take a few minutes.", "good")
    return redirect(url_for("account.look_into_mail"), 303)


@bp.route("/confirm", methods=["GET", "POST"])
@public
def confirm() -> Answer:
    """The link of the mail. Opening it changes nothing, so that programs that look into mail don't use it up."""
    token = request.values.get("token", "")
    asked = commands.find_sign_up(token)
    if asked is None:
        return render_template("account/link_over.html"), 410
    form = ConfirmNameForm() if "username" in request.form else ConfirmForm()
    form.token.data = token
    here = _began_here(asked)
    if not form.validate_on_submit():
        return _confirm_page(form, asked, here)
    if not here:
        throttle.count_sign_in(asked.email)
        sessions.let_go()
        if not passwords.matches(asked.password_hash, form.password.data or ""):
            form.password.errors = ["This is not the password chosen when signing up."]
            return _confirm_page(form, asked, here)
    try:
        name = form.username.data if isinstance(form, ConfirmNameForm) else None
        member = commands.confirm(asked, name, commands.inviter_in(token))
    except commands.Taken as taken:
        if taken.field != "username":
            return render_template("account/link_over.html", taken=str(taken)), 410
        if not isinstance(form, ConfirmNameForm):
            form = ConfirmNameForm()
        form.username.errors = [str(taken)]
        return _confirm_page(form, asked, here)
    wanted = session.pop(WANTED, "") if here else ""
    sessions.begin_session(member)
    if wanted:
        flash(f"Welcome, {member.display_name}. You can go on where you were.", "good")
        return redirect(wanted, 303)
    flash(
        f"Welcome, {member.display_name}. Say a little about yourself, now or later: others see who is talking.",
        "good",
    )
    return redirect("/account/profile", 303)


def _confirm_page(form: Form, asked: SignUp, here: bool) -> Answer:
    page = render_template("account/confirm.html", form=form, asked=asked, same_browser=here)
    return (page, 422) if form.errors else page


def _began_here(asked: SignUp) -> bool:
    """Whether it was this browser that signed up: somebody else who gets the mail must know the password."""
    kept = session.get(JOINING)
    nonce = str(kept[1]) if isinstance(kept, list) and len(kept) == 2 else ""
    return hmac.compare_digest(commands.browser_digest(nonce), asked.browser)


def _of_this_browser() -> SignUp | None:
    kept = session.get(JOINING)
    asked = db.session.get(SignUp, kept[0]) if isinstance(kept, list) and len(kept) == 2 else None
    return asked if asked is not None and _began_here(asked) else None
