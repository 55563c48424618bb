"""What was set aside, as those concerned see it: what, why, and one appeal."""

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user

from portal.access import member_only
from portal.db import db
from portal.guard import appeals, queries, words
from portal.guard.blueprint import Answer, bp
from portal.guard.forms import AppealForm
from portal.guard.models import Finding

ASKED = "Your appeal is in. A moderator who did not decide this reads it, and you hear what came of it."
TWICE = "You appealed this already: there is one appeal for each decision."


@bp.get("/account/findings")
@member_only
def show_concerning_me() -> str:
    """What does not count of one's own help and thanks, or did not for a time, and why. Never who else it concerns."""
    return _page(0, AppealForm(formdata=None))


def _page(refused: int, form: AppealForm) -> str:
    return render_template(
        "guard/concerning_me.html", found=queries.concerning(current_user), form=form, refused=refused, words=words
    )


@bp.post("/account/findings/<int:finding_id>/appeal")
@member_only
def appeal_finding(finding_id: int) -> Answer:
    """Ask another moderator to look. The suspended can do this too."""
    finding, form = db.session.get(Finding, finding_id), AppealForm()
    if finding is None or not appeals.concerns(finding.id, current_user.id):
        abort(404)
    if not form.validate_on_submit():
        return _page(finding.id, form), 422
    new = appeals.appeal(finding, current_user, form.words.data or "")
    flash(ASKED if new else TWICE, "success" if new else "warning")
    return redirect(url_for("guard.show_concerning_me"), 303)
