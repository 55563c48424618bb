"""Receipts and appeals: an author sees what was decided and asks once for another judgement; moderators answer."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import member_only, moderator_only
from portal.contributions.models import Contribution
from portal.contributions.queries import last_decision
from portal.db import db
from portal.members.models import Suspension
from portal.moderation import appeals, openness
from portal.moderation.forms import AnswerForm, AppealForm
from portal.moderation.items import fingerprint
from portal.moderation.reasons import label_of
from portal.moderation.views import Answer, bp

ASKED = "Your appeal is in. A moderator who did not decide this reads it, and you hear what came of it."
WAITS = "The appeal was right. Its author has changed the text since, so it waits in the queue to be read."
NOT_IN_FORCE = "What was appealed is not in force any more, so nothing changed; the member reads your answer."
TWICE = "You appealed this already: there is one appeal for each decision."


@bp.get("/c/<int:contribution_id>/receipt")
@member_only
def show_receipt(contribution_id: int) -> str:
    """Where one's own contribution stands, what was decided and why; the text is there, whatever was decided."""
    return _receipt(_own(contribution_id), AppealForm(formdata=None))


def _receipt(contribution: Contribution, form: AppealForm) -> str:
    found = appeals.receipt(contribution)
    return render_template(
        "moderation/receipt.html", c=contribution, decision=found.decision or last_decision(contribution),
        may_appeal=found.decision is not None and found.appeal is None, appeal=found.appeal, form=form,
        place=openness.standing(contribution), label_of=label_of,
    )  # fmt: skip


@bp.post("/c/<int:contribution_id>/appeal")
@member_only
def appeal(contribution_id: int) -> Answer:
    """Ask for another moderator's judgement of what was decided last. The suspended can do this too."""
    contribution, form = _own(contribution_id), AppealForm()
    if not form.validate_on_submit():
        return _receipt(contribution, form), 422
    new = appeals.appeal_decision(contribution, current_user, form.words.data or "")
    flash(ASKED if new else TWICE, "success" if new else "warning")
    return redirect(url_for("moderation.show_receipt", contribution_id=contribution.id), 303)


def _own(contribution_id: int) -> Contribution:
    """The reader's own, in any state; nobody else's is found."""
    found = db.session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id, Contribution.author_id == current_user.id)
        .options(
            joinedload(Contribution.parent), joinedload(Contribution.author), selectinload(Contribution.pictures)
        )
    )
    return found or abort(404)


@bp.route("/account/measures/<int:measure_id>/appeal", methods=["GET", "POST"])
@member_only
def appeal_measure(measure_id: int) -> Answer:
    """Ask for another moderator's judgement of one's own suspension or silence."""
    measure, form = db.session.get(Suspension, measure_id), AppealForm()
    if measure is None or measure.member_id != current_user.id:
        abort(404)
    if form.validate_on_submit():
        new = appeals.appeal_measure(measure, current_user, form.words.data or "")
        flash(ASKED if new else TWICE, "success" if new else "warning")
        return redirect(url_for("account.show_account", _anchor="measures"), 303)
    page = render_template("moderation/appeal_measure.html", measure=measure, form=form)
    return (page, 422) if form.errors else page


@bp.get("/moderation/appeals")
@moderator_only
def show_appeals() -> str:
    """Appeals that the reader may answer, the oldest first."""
    return _appeals_page(0, AnswerForm(formdata=None))


def _appeals_page(refused: int, form: AnswerForm) -> str:
    waiting = appeals.waiting(current_user)
    return render_template(
        "moderation/appeals.html", waiting=waiting, form=form, refused=refused, label_of=label_of,
        fingerprint=fingerprint,
    )  # fmt: skip


@bp.post("/moderation/appeals/<int:appeal_id>/uphold")
@moderator_only
def uphold_appeal(appeal_id: int) -> Answer:
    """The member was right: what was decided is reversed by a decision."""
    return _answer(appeal_id, True, "The appeal was right; what was decided is reversed.")


@bp.post("/moderation/appeals/<int:appeal_id>/decline")
@moderator_only
def decline_appeal(appeal_id: int) -> Answer:
    """The decision stands, for a reason."""
    return _answer(appeal_id, False, "The decision stands; the member reads your reason.")


def _answer(appeal_id: int, upheld: bool, done: str) -> Answer:
    found, form = appeals.find(appeal_id), AnswerForm()
    if found is None:
        abort(404)
    appeals.must_be_another(found[0], found[2], current_user)
    words = form.words.data or ""
    if not form.validate_on_submit() or not (upheld or words.strip()):
        errors: Any = form.words.errors or ["Please say why the decision stands: the member reads it."]
        form.words.errors = errors
        return _appeals_page(appeal_id, form), 422
    came_of_it = appeals.answer(appeal_id, current_user, upheld, words, form.seen.data or "")
    if came_of_it:
        flash({appeals.WAITS: WAITS, appeals.NOTED: NOT_IN_FORCE}.get(came_of_it, done), "success")
    else:
        flash("Somebody answered this before you, so your answer changed nothing.", "warning")
    return redirect(url_for("moderation.show_appeals"), 303)


bp.add_app_template_global(appeals.open_measure, "measures_of")
bp.add_app_template_global(appeals.receipt, "receipt_of")
