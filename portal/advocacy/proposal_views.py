"""The moderators' page about recognition: who is proposed for it, for another term, for a higher level."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import moderator_only
from portal.advocacy import commands, proposals, terms
from portal.advocacy.forms import DeclineForm
from portal.advocacy.models import Recognition
from portal.advocacy.views import bp
from portal.config import settings
from portal.members.models import Member
from portal.web import Page, page_number

PROPOSALS_PER_PAGE = 10
# What of a member is decided: recognition itself (`first`), another term of it, a higher level.
_CONFIRM: dict[str, Callable[[Recognition, Member], bool]] = {
    "first": commands.confirm, "term": terms.confirm_renewal, "level": terms.confirm_level,
}  # fmt: skip
_DECLINE: dict[str, Callable[[Recognition, Member, str], bool]] = {
    "first": commands.decline, "term": terms.decline_renewal, "level": terms.decline_level,
}  # fmt: skip
_CONFIRMED = {
    "first": "{} is invited.",
    "term": "{} is recognised for another term, and is told so.",
    "level": "{} has the higher level now, and is told so.",
}
_DECLINED = {
    "first": "Declined. The member is not told, and not proposed again for half a year.",
    "term": "Declined. The member reads your reason; the recognition ends with its term.",
    "level": "Declined. The member is not told, and this level is not proposed again for half a year.",
}


@bp.get("/advocates/proposals")
@moderator_only
def show_proposals() -> str:
    """Whom the numbers propose, with all that speaks for it."""
    return _page()


def _page(refused: "tuple[int, str, DeclineForm] | None" = None) -> str:
    open_, number = proposals.waiting(), page_number()
    last = max(1, -(-len(open_.to_decide) // PROPOSALS_PER_PAGE))
    if number > last:
        abort(404)
    rows = open_.to_decide[(number - 1) * PROPOSALS_PER_PAGE :][:PROPOSALS_PER_PAGE]
    page = Page(rows, number, last, len(open_.to_decide))
    shown, people = proposals.with_evidence(page.rows)
    findings = proposals.findings_about(number for p in shown for number in p.people)
    return render_template(
        "advocacy/proposals.html", shown=shown, page=page, people=people, settings=settings(), refused=refused,
        findings=findings, invited=open_.invited,
    )  # fmt: skip


@bp.post("/advocates/proposals/<int:recognition_id>/confirm", defaults={"about": "first"})
@bp.post("/advocates/proposals/<int:recognition_id>/<any(term, level):about>/confirm")
@moderator_only
def confirm_proposal(recognition_id: int, about: str) -> Response:
    """Yes: the member is invited, or goes on, or rises."""
    recognition = proposals.find(recognition_id) or abort(404)
    name = recognition.member.display_name
    return _decided(_CONFIRM[about](recognition, current_user), _CONFIRMED[about].format(name))


@bp.post("/advocates/proposals/<int:recognition_id>/decline", defaults={"about": "first"})
@bp.post("/advocates/proposals/<int:recognition_id>/<any(term, level):about>/decline")
@moderator_only
def decline_proposal(recognition_id: int, about: str) -> "Response | tuple[str, int]":
    """Say no, and why."""
    recognition, form = proposals.find(recognition_id) or abort(404), DeclineForm()
    if not form.validate_on_submit():
        return _page((recognition_id, about, form)), 422
    return _decided(_DECLINE[about](recognition, current_user, form.reason.data or ""), _DECLINED[about])


def _decided(changed: bool, done: str) -> Response:
    if changed:
        flash(done, "success")
    else:
        flash("Somebody else decided this already, or it is over, so nothing was changed.", "warning")
    return redirect(url_for("advocacy.show_proposals"), 303)
