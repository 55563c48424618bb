"""Marks for what the company promised: set and corrected by staff, read by everybody."""

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import staff_only
from portal.contributions import incentives
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Incentive
from portal.contributions.queries import find
from portal.db import db
from portal.helping.forms import MistakeForm, PromiseForm
from portal.helping.views import bp
from portal.pages.remembering import remembered


@bp.route("/insights/incentives/<int:contribution_id>", methods=["GET", "POST"])
@staff_only
def promise(contribution_id: int) -> "str | Response | tuple[str, int]":
    """What was promised for a contribution; another promise is marked."""
    contribution = find(contribution_id, current_user) or abort(404)
    form = PromiseForm()
    if form.validate_on_submit():
        try:
            incentives.promise(contribution, form.what.data or "", current_user)
        except NotAllowed as refused:
            form.what.errors = [str(refused)]
        else:
            flash("Marked. Everybody who reads it sees that from now on.", "good")
            return redirect(url_for("helping.promise", contribution_id=contribution_id), 303)
    return _page(contribution, form, MistakeForm(formdata=None))


@bp.post("/insights/incentives/<int:contribution_id>/<int:incentive_id>/mistake")
@staff_only
def correct_promise(contribution_id: int, incentive_id: int) -> "str | Response | tuple[str, int]":
    """Take a mark off that was set by mistake."""
    contribution = find(contribution_id, current_user) or abort(404)
    marked = db.session.get(Incentive, incentive_id)
    if marked is None or marked.contribution_id != contribution.id:
        abort(404)
    form = MistakeForm()
    if not form.validate_on_submit():
        return _page(contribution, PromiseForm(formdata=None), form, incentive_id)
    if incentives.withdraw(marked, current_user, form.why.data or ""):
        flash("Taken off. The reason is kept.", "good")
    else:
        flash("Somebody took it off already.", "warning")
    return redirect(url_for("helping.promise", contribution_id=contribution_id), 303)


def _page(
    contribution: Contribution, form: PromiseForm, mistake: MistakeForm, refused: int = 0
) -> "str | tuple[str, int]":
    page = render_template(
        "helping/promise.html", c=contribution, form=form, mistake=mistake, refused=refused,
        promises=incentives.history(contribution), own=contribution.author_id == current_user.id,
    )  # fmt: skip
    return (page, 422) if form.errors or mistake.errors else page


@bp.app_template_global()
def incentive_words(contribution: Contribution) -> str:
    """What readers are told of what was promised for it; empty without."""
    return incentives.in_words(contribution)


@bp.app_template_global()
def incentive_figures() -> incentives.Figures:
    """How many contributions of this year carry a mark."""
    return remembered(incentives.figures)


@bp.app_template_global()
def can_promise(contribution: Contribution) -> bool:
    """Whether the reader can mark this one: for the link beside it."""
    return incentives.may_promise(current_user) and contribution.author_id != current_user.id
