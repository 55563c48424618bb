"""A member's own page of helping: how much they like to do, and what was brought to them."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only
from portal.helping import queries, routing, willing
from portal.helping.forms import WillingnessForm
from portal.helping.limits import DECLINED_PAUSE
from portal.web import paginate

bp = Blueprint("helping", __name__)

CHOICES = ("questions_a_week", "welcomes", "takes_requests", "weekly_note")


@bp.route("/account/helping", methods=["GET", "POST"])
@member_only
def show_helping() -> "str | Response | tuple[str, int]":
    """What was brought to oneself, and how much one likes to be brought."""
    will = willing.will_of(current_user)
    form = WillingnessForm(obj=None if request.method == "POST" else will)
    if form.validate_on_submit():
        chosen = {name: form[name].data for name in CHOICES}
        willing.choose(current_user, **chosen)
        flash("Thank you. We will keep to that.", "good")
        return redirect(url_for("helping.show_helping"), 303)
    page = paginate(queries.brought_to(current_user))
    answer = render_template(
        "helping/own.html", form=form, page=page, will=will,
        for_company=current_user.is_employee or current_user.is_admin,
    )  # fmt: skip
    return (answer, 422) if form.errors else answer


@bp.post("/account/helping/<int:routed_id>/not-for-me")
@member_only
def decline_question(routed_id: int) -> Response:
    """Not for me: it leaves the list, and fewer come from that board."""
    routed = queries.own_routed(routed_id, current_user) or abort(404)
    board = routed.contribution.board
    if routing.decline(routed):
        from_there = f" None from {board.name} for the next {DECLINED_PAUSE.days} days or more." if board else ""
        flash(f"That is quite all right.{from_there}", "good")
    else:
        flash("That was off your list already.", "good")
    return redirect(url_for("helping.show_helping"), 303)
