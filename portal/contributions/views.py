"""What members do to contributions of any kind: reply, edit, thank, report, follow, remove, and keep drafts."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import text as texts
from portal.access import member_only, public
from portal.contributions import drafts, following, history, lifecycle, queries, reports, screening, thanks
from portal.contributions.addresses import edit_url_of
from portal.contributions.forms import EditForm, ReplyForm, ReportForm
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.placing import place_pictures
from portal.contributions.reading import first_unread_url
from portal.contributions.replying import must_show_something, post_reply
from portal.contributions.writing import edit_of, must_be_editable, must_write, rendered, write
from portal.members import throttle
from portal.web import back_to, sent_json

bp = Blueprint("contributions", __name__)

Answer = str | Response | tuple[Any, int]


OVERTAKEN = "Somebody changed this meanwhile. Your text is below; send it again if it should stand."


def _found(contribution_id: int) -> Any:
    return queries.find(contribution_id, current_user) or abort(404)


@bp.get("/c/<int:contribution_id>")
@public
def jump(contribution_id: int) -> Response:
    """Lead to a contribution of whatever kind, a reply's place included; `?unread=1` to the first unread reply."""
    contribution = _found(contribution_id)
    if "unread" in request.args and not contribution.is_reply:
        return redirect(first_unread_url(contribution, current_user), 302)
    return redirect(contribution.address, 302)


@bp.route("/c/<int:contribution_id>/reply", methods=["GET", "POST"])
@member_only
def reply(contribution_id: int) -> Answer:
    """Reply to a contribution; a page of its own when there is something to mend or to preview."""
    parent: Contribution = _found(contribution_id)
    if parent.is_reply and parent.parent is not None:
        return redirect(url_for("contributions.reply", contribution_id=parent.parent_id), 303)
    form, key = ReplyForm(), f"reply:{parent.id}"
    if request.method == "GET":
        restored = drafts.put_back(form, drafts.typed(current_user, key))
        return render_template("contributions/reply.html", parent=parent, form=form, restored=restored)
    if "discard_draft" in request.form:
        drafts.discard(current_user, key)
        return redirect(parent.address, 303)
    status, context = 422, {}
    try:
        if "preview" in request.form:
            status, context = 200, {"preview": rendered(form.source.data or "")}
            drafts.keep(current_user, key, request.form)
        elif form.validate():
            posted = post_reply(parent, current_user, source=form.source.data or "", submission_key=form.key())
            if not posted.is_published:
                flash("Thank you. A moderator reads it first; you will hear of it.", "success")
            return redirect(posted.address, 303)
    except (screening.Refused, NotAllowed, texts.TextTooLong, drafts.NotKept) as refused:
        status, form.source.errors = 422, [str(refused)]
    return render_template("contributions/reply.html", parent=parent, form=form, **context), status


@bp.route("/c/<int:contribution_id>/edit", methods=["GET", "POST"])
@member_only
def edit(contribution_id: int) -> Answer:
    """Change a reply, or send it again after it was returned; other kinds have a form of their own."""
    contribution: Contribution = _found(contribution_id)
    must_be_editable(contribution, current_user)
    if not contribution.is_reply:
        return redirect(edit_url_of(contribution), 303)
    form, key = EditForm(), f"edit:{contribution.id}"
    if request.method == "GET":
        form.begins_with(contribution)
        form.source.data = contribution.source
        return _edit_page(contribution, form, restored=drafts.put_back(form, drafts.typed(current_user, key)))
    if "discard_draft" in request.form:
        drafts.discard(current_user, key)
        return redirect(request.path, 303)
    try:
        if "preview" in request.form:
            preview = rendered(form.source.data or "")
            drafts.keep(current_user, key, request.form)
            return _edit_page(contribution, form, preview=preview)
        if not form.validate():
            return _edit_page(contribution, form), 422
        if form.was_overtaken(contribution):
            form.source.errors = [OVERTAKEN]
            return _edit_page(contribution, form, current=contribution.html), 422
        _change(contribution, form)
    except (screening.Refused, NotAllowed, texts.TextTooLong, drafts.NotKept) as refused:
        form.source.errors = [str(refused)]
        return _edit_page(contribution, form), 422
    drafts.discard(current_user, key)
    return redirect(contribution.address, 303)


def _change(contribution: Contribution, form: EditForm) -> None:
    with edit_of(contribution, current_user, form.why.data or ""):
        write(contribution, source=form.source.data or "")
        must_show_something(contribution)
        place_pictures(contribution)
    if "submit_again" in request.form and contribution.author_id == current_user.id:
        lifecycle.submit(contribution)


def _edit_page(contribution: Contribution, form: EditForm, **context: Any) -> str:
    return render_template("contributions/edit.html", c=contribution, form=form, **context)


@bp.get("/c/<int:contribution_id>/history")
@member_only
def show_history(contribution_id: int) -> str:
    """What a text was before each edit, for its author and moderators."""
    contribution = _found(contribution_id)
    if not (current_user.moderates or current_user.id == contribution.author_id):
        raise NotAllowed("Only its author and the moderators can see what it was before.")
    return render_template("contributions/history.html", c=contribution, page=history.changes_of(contribution))


@bp.post("/c/<int:contribution_id>/thanks")
@member_only
def thank(contribution_id: int) -> Response:
    """Say "this helped me"."""
    contribution = _found(contribution_id)
    thanks.give_thanks(contribution, current_user)
    return back_to(contribution.address)


@bp.post("/c/<int:contribution_id>/thanks/withdraw")
@member_only
def unthank(contribution_id: int) -> Response:
    """Take it back."""
    contribution = _found(contribution_id)
    thanks.withdraw_thanks(contribution, current_user)
    return back_to(contribution.address)


@bp.post("/c/<int:contribution_id>/follow")
@member_only
def follow(contribution_id: int) -> Response:
    """Hear of new replies."""
    contribution = _found(contribution_id)
    following.follow(contribution, current_user)
    return back_to(contribution.address)


@bp.post("/c/<int:contribution_id>/unfollow")
@member_only
def unfollow(contribution_id: int) -> Response:
    """Hear no more of it."""
    contribution = _found(contribution_id)
    following.unfollow(contribution, current_user)
    return back_to(contribution.address)


@bp.route("/c/<int:contribution_id>/report", methods=["GET", "POST"])
@member_only
def report(contribution_id: int) -> Answer:
    """Say what is wrong with a contribution."""
    contribution: Contribution = _found(contribution_id)
    must_write(current_user)
    if contribution.author_id == current_user.id:
        raise NotAllowed("This is your own. You can edit or remove it yourself.")
    form = ReportForm()
    if request.method == "GET":
        return render_template("contributions/report.html", c=contribution, form=form)
    if not form.validate():
        return render_template("contributions/report.html", c=contribution, form=form), 422
    new = reports.report(contribution, current_user, form.reason.data, form.note.data or "")
    said = "Thank you. A moderator will look at it." if new else "You reported this already; it will be looked at."
    flash(said, "success")
    if queries.may_see(contribution, current_user):
        return redirect(contribution.address, 303)
    return redirect(contribution.parent.address if contribution.parent else "/", 303)


@bp.route("/c/<int:contribution_id>/remove", methods=["GET", "POST"])
@member_only
def remove(contribution_id: int) -> Answer:
    """Remove one's own contribution, after being asked once."""
    contribution: Contribution = _found(contribution_id)
    if contribution.author_id != current_user.id:
        raise NotAllowed("Only its author can remove it here; moderators decide in the queue.")
    if request.method == "GET" or "sure" not in request.form:
        return render_template("contributions/remove.html", c=contribution)
    parent = contribution.parent
    reports.remove_own(contribution, current_user)
    flash("It is removed.", "success")
    return redirect(parent.address if parent else "/account/contributions", 303)


@bp.post("/c/<int:contribution_id>/submit")
@member_only
def submit_again(contribution_id: int) -> Response:
    """Send one's own draft or returned contribution as it is."""
    contribution: Contribution = _found(contribution_id)
    if contribution.author_id != current_user.id:
        raise NotAllowed("Only its author can send it.")
    must_write(current_user)
    try:
        lifecycle.submit(contribution)
    except screening.Refused as refused:
        flash(refused.reason, "error")
        return redirect(edit_url_of(contribution), 303)
    return redirect(contribution.address, 303)


@bp.post("/c/<int:contribution_id>/withdraw")
@member_only
def withdraw(contribution_id: int) -> Response:
    """Take back to the drafts what waits for a moderator."""
    contribution: Contribution = _found(contribution_id)
    if lifecycle.withdraw(contribution, current_user):
        flash("It is a draft again; nobody but you sees it.", "success")
    return redirect(contribution.address, 303)


@bp.post("/preview")
@member_only
def preview() -> Answer:
    """How a text will look: the field `source` as an HTML fragment, for scripts."""
    throttle.count_preview(current_user.id)
    try:
        html = rendered(texts.clean_source(request.form.get("source", "")))
    except texts.TextTooLong as refused:
        return jsonify(error=str(refused)), 422
    return html or "<p>Nothing to show yet.</p>"


@bp.put("/drafts")
@member_only
def save_draft() -> Answer:
    """Keep what is being typed: JSON with `key` and `fields`; no fields drop the draft."""
    sent = sent_json()
    if not isinstance(sent, dict) or not isinstance(sent.get("key"), str) or not isinstance(sent.get("fields"), dict):
        return jsonify(error="A draft has a key and fields."), 400
    try:
        kept = drafts.keep(current_user, sent["key"], sent["fields"])
    except drafts.NotKept as refused:
        return jsonify(error=str(refused)), 422
    return jsonify(kept=kept), 200


@bp.delete("/drafts")
@member_only
def discard_draft() -> Answer:
    """Drop a draft: JSON with `key`."""
    sent = sent_json()
    key = sent.get("key") if isinstance(sent, dict) else None
    return jsonify(dropped=bool(isinstance(key, str) and drafts.discard(current_user, key[:80]))), 200
