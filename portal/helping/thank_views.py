"""The staff's pages of thanking: who deserves it, what was done, by whom; as a table to take away."""

from flask import Response as File
from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal.access import staff_only
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.csv_files import csv_file
from portal.helping import thank_yous
from portal.helping.forms import AddForm, DoneForm
from portal.helping.models import THANK_STATES, ThankYou
from portal.helping.thank_yous import HOW
from portal.helping.views import bp
from portal.members.queries import by_username
from portal.web import paginate


@bp.get("/insights/thank-yous")
@staff_only
def show_thank_yous() -> str:
    """Who deserves a call, a present or an invitation; and what was done."""
    return _page(AddForm(formdata=None))


@bp.get("/insights/thank-yous.csv")
@staff_only
def take_thank_yous() -> File:
    """The same list for other programs."""
    return csv_file(f"thank-yous-{_state()}.csv", *thank_yous.as_table(_state()))


@bp.post("/insights/thank-yous")
@staff_only
def add_thank_you() -> "Response | tuple[str, int]":
    """Somebody of staff thinks of somebody."""
    form = AddForm()
    if form.validate_on_submit():
        member = by_username((form.username.data or "").lower().lstrip("@"))
        if member is None:
            form.username.errors = ["Nobody here has this username."]
        else:
            try:
                thank_yous.add(current_user, member, form.because.data or "")
            except NotAllowed as refused:
                form.username.errors = [str(refused)]
            else:
                flash(f"{member.display_name} is on the list.", "good")
                return redirect(url_for("helping.show_thank_yous"), 303)
    return _page(form), 422


@bp.route("/insights/thank-yous/<int:thank_you_id>", methods=["GET", "POST"])
@staff_only
def thank(thank_you_id: int) -> "str | Response | tuple[str, int]":
    """Say how somebody was thanked, and with what."""
    thank_you = thank_yous.find(thank_you_id) or abort(404)
    theirs = thank_yous.could_be_promised_for(thank_you.member, current_user)
    form = DoneForm()
    form.promised_for.choices = [SelectChoice(0, "No"), *(SelectChoice(one.id, _named(one)) for one in theirs)]
    if form.validate_on_submit():
        chosen = next((one for one in theirs if one.id == form.promised_for.data), None)
        done = thank_yous.do(thank_you, current_user, form.how.data, form.what.data or "", chosen)
        return _answered(thank_you, done, f"Noted. Thank you for thanking {thank_you.member.display_name}.")
    page = render_template(
        "helping/thank.html", form=form, t=thank_you, how=HOW, own=thank_you.member_id == current_user.id
    )
    return (page, 422) if form.errors else page


@bp.post("/insights/thank-yous/<int:thank_you_id>/skip")
@staff_only
def skip_thank_you(thank_you_id: int) -> Response:
    """Not this time."""
    thank_you = thank_yous.find(thank_you_id) or abort(404)
    done = thank_yous.skip(thank_you, current_user)
    return _answered(thank_you, done, f"{thank_you.member.display_name} is off the list this time.")


def _answered(thank_you: ThankYou, done: bool, words: str) -> Response:
    if done:
        flash(words, "good")
    else:
        flash("Somebody else did this already, so nothing was changed.", "warning")
    return redirect(url_for("helping.show_thank_yous"), 303)


def _page(form: AddForm) -> str:
    state = _state()
    counts = thank_yous.count_by_state()
    page = paginate(thank_yous.listed(state), total=counts[state])
    return render_template("helping/thank_yous.html", page=page, state=state, counts=counts, form=form, how=HOW)


def _state() -> str:
    state = request.args.get("state", "open")
    return state if state in THANK_STATES else abort(404)


def _named(contribution: Contribution) -> str:
    root = contribution.parent if contribution.parent is not None else contribution
    kind = "Reply in" if contribution.is_reply else contribution.kind.capitalize()
    waits = "" if contribution.is_published else " (not public now)"
    return f"{kind}: {root.name}{waits}"
