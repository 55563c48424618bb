"""A member's notifications, and the one-click way out of mail."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import update
from werkzeug.wrappers import Response

from portal import clock
from portal.access import member_only, public
from portal.db import db
from portal.members.sessions import csrf
from portal.notifications import unsubscribing
from portal.notifications.models import Notification
from portal.notifications.queries import of_member
from portal.notifications.words import link_of, sentence
from portal.stories import invitations
from portal.web import after_reading, paginate

bp = Blueprint("notifications", __name__)


@bp.get("/notifications/")
@member_only
def show_notifications() -> str:
    """What happened since, newest first."""
    page = paginate(of_member(current_user), 30)
    invited = invitations.open_for(current_user)
    return render_template("notifications/notifications.html", page=page, sentence=sentence, invited=invited)


@bp.get("/notifications/<int:notification_id>")
@member_only
def open_notification(notification_id: int) -> "str | Response":
    """Where a notification leads."""
    notification = db.session.get(Notification, notification_id)
    if notification is None or notification.member_id != current_user.id:
        abort(404)
    after_reading(lambda: _mark_read(notification_id))
    link = "" if notification.verb.startswith("report_") else link_of(notification)
    return redirect(link or url_for("notifications.show_notifications"), 302)


def _mark_read(notification_id: int) -> None:
    db.session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.read_at.is_(None))
        .values(read_at=clock.now())
    )


@bp.post("/notifications/read")
@member_only
def mark_all_read() -> Response:
    """Everything counts as read."""
    db.session.execute(
        update(Notification)
        .where(Notification.member_id == current_user.id, Notification.read_at.is_(None))
        .values(read_at=clock.now())
    )
    return redirect(url_for("notifications.show_notifications"), 303)


@bp.route("/notifications/off/<token>", methods=["GET", "POST"])
@csrf.exempt
@public
def stop_mail(token: str) -> "str | Response":
    """One click and no more mail of this sort; mail programs post here by themselves (RFC 8058)."""
    found = unsubscribing.read(token)
    if found is None:
        abort(404)
    member, sort = found
    if request.method == "POST":
        unsubscribing.stop(member, sort)
        flash("Done: no more mail of this sort.", "good")
    about, done = unsubscribing.SORTS[sort], request.method == "POST"
    return render_template("notifications/off.html", sort=sort, about=about, done=done, token=token)
