"""A member as moderators see them: what was reported and done, and what can be done now."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import moderator_only
from portal.db import db
from portal.members.models import Member
from portal.members.standing import Refused
from portal.moderation import conduct
from portal.moderation.forms import MeasureForm
from portal.moderation.member_reports import REASONS as MEMBER_REASONS
from portal.moderation.reasons import label_of
from portal.moderation.views import Answer, bp

SAID = {
    "warn": "Warned: they read your reason.",
    "silence": "Silenced: what they send waits for a moderator.",
    "suspend": "Suspended: they read your reason, and can appeal once.",
}


@bp.get("/moderation/members/<int:member_id>")
@moderator_only
def show_conduct(member_id: int) -> str:
    """One member: reports, what was done before, what they sent in last."""
    return _page(_find(member_id), MeasureForm(formdata=None))


def _page(member: Member, form: MeasureForm) -> str:
    known = conduct.conduct_of(member)
    return render_template(
        "moderation/member.html", known=known, form=form, report_reasons=MEMBER_REASONS, label_of=label_of
    )


@bp.post("/moderation/members/<int:member_id>/measure")
@moderator_only
def take_measure(member_id: int) -> Answer:
    """Warn, silence or suspend, with a reason, most for a term."""
    member, form = _find(member_id), MeasureForm()
    if not form.validate_on_submit():
        return _page(member, form), 422
    try:
        done = conduct.take(
            form.measure.data, member, current_user, form.why.data or "", int(form.days.data or 0)
        )
    except Refused as refused:
        form.why.errors = [str(refused)]
        return _page(member, form), 422
    flash(SAID[form.measure.data] if done else "It was so already.", "success" if done else "warning")
    return _back(member)


@bp.post("/moderation/members/<int:member_id>/end")
@moderator_only
def end_measure(member_id: int) -> Response:
    """End a silence or a suspension before its time."""
    measure = request.form.get("measure", "suspend")
    if measure not in ("silence", "suspend"):
        abort(400)
    member = _find(member_id)
    try:
        done = conduct.end(measure, member, current_user)
        flash("It is over; they are told." if done else "It was over.", "success")
    except Refused as refused:
        flash(str(refused), "warning")
    return _back(member)


@bp.post("/moderation/members/<int:member_id>/keep")
@moderator_only
def keep_member(member_id: int) -> Response:
    """The reports about this member found nothing."""
    member = _find(member_id)
    if conduct.settle_member_reports(member, current_user, upheld=False):
        flash("The reports are settled; nothing was wrong.", "success")
    else:
        flash("There were no open reports any more.", "warning")
    return redirect(url_for("moderation.show_queue"), 303)


def _find(member_id: int) -> Member:
    member = db.session.get(Member, member_id)
    if member is None or member.erased_at is not None:
        abort(404)
    return member


def _back(member: Member) -> Response:
    return redirect(url_for("moderation.show_conduct", member_id=member.id), 303)
