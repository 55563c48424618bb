"""Changing what an account is kept by: a forgotten password, a new password, a new address."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, public
from portal.members import commands, passwords, sessions, throttle
from portal.members.account import Answer, bp
from portal.members.forms import ChangeEmailForm, ChangePasswordForm, ForgottenForm, Form, ResetForm, TokenForm
from portal.members.models import Member


@bp.route("/forgotten", methods=["GET", "POST"])
@public
def ask_for_reset() -> Answer:
    """Ask for a link to set a new password. The answer is the same whether or not there is an account."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return _page("account/forgotten.html", form)
    throttle.count_mail(form.email.data or "")
    commands.request_reset(form.email.data or "")
    return redirect(url_for("account.look_into_mail"), 303)


@bp.route("/reset", methods=["GET", "POST"])
@public
def reset_password() -> Answer:
    """Set a new password with the link of a mail; it works once."""
    token = request.values.get("token", "")
    member = commands.find_by_reset(token)
    if member is None:
        return render_template("account/link_over.html"), 410
    form = ResetForm()
    form.token.data, form.words = token, _own_words(member)
    if not form.validate_on_submit():
        return _page("account/reset.html", form, member=member)
    sessions.let_go()
    commands.set_password(member, form.new_password.data or "", proven=True)
    sessions.begin_session(member)
    flash("Your new password is set, and every other session has ended.", "good")
    return redirect("/", 303)


@bp.route("/password", methods=["GET", "POST"])
@member_only
def change_password() -> Answer:
    """A new password; the present one is asked for, and every other session ends."""
    form = ChangePasswordForm()
    form.words = _own_words(current_user)
    if not form.validate_on_submit():
        return _page("account/change_password.html", form)
    if not _knows_password(current_user, form.current_password.data or ""):
        form.current_password.errors = ["This is not your present password."]
        return _page("account/change_password.html", form)
    commands.set_password(current_user, form.new_password.data or "")
    flash("Your new password is set, and every other session has ended.", "good")
    return redirect("/account/", 303)


@bp.route("/e-mail", methods=["GET", "POST"])
@member_only
def change_email() -> Answer:
    """Ask for another address; nothing changes until the link sent to it is opened."""
    form = ChangeEmailForm()
    if not form.validate_on_submit():
        return _page("account/change_email.html", form)
    if not _knows_password(current_user, form.current_password.data or ""):
        form.current_password.errors = ["This is not your password."]
        return _page("account/change_email.html", form)
    throttle.count_mail(form.email.data or "")
    commands.request_email_change(current_user, form.email.data or "")
    flash(f"We sent a link to {form.email.data}. Your address changes when you open it.", "good")
    return redirect("/account/", 303)


@bp.post("/e-mail/send-link")
@member_only
def prove_email() -> Response:
    """A member whose address is not proven yet gets the link again."""
    if current_user.email and not current_user.confirmed:
        throttle.count_mail(current_user.email)
        commands.request_email_change(current_user, current_user.email)
        flash("We sent you a link. Open it to confirm your address.", "good")
    return redirect("/account/", 303)


@bp.route("/e-mail/confirm", methods=["GET", "POST"])
@public
def confirm_email() -> Answer:
    """The link sent to a new address. Opening it changes nothing, the button does."""
    token = request.values.get("token", "")
    found = commands.find_by_change(token)
    if found is None:
        return render_template("account/link_over.html"), 410
    member, email = found
    form = TokenForm()
    form.token.data = token
    if not form.validate_on_submit():
        return _page("account/confirm_email.html", form, member=member, email=email)
    try:
        commands.change_email(member, email)
    except commands.Taken as taken:
        return render_template("account/link_over.html", taken=str(taken)), 410
    flash(f"{email} is your address now.", "good")
    return redirect("/account/" if current_user.is_authenticated else url_for("account.sign_in"), 303)


def _knows_password(member: Member, typed: str) -> bool:
    throttle.count_password_check(member.id)
    sessions.let_go()
    return passwords.matches(member.password_hash, typed)


def _own_words(member: Member) -> list[str]:
    email = member.email or ""
    return [member.username, member.display_name, email, email.partition("@")[0]]


def _page(template: str, form: Form, **context: object) -> Answer:
    page = render_template(template, form=form, **context)
    return (page, 422) if form.errors else page
