"""Inviting a member to tell a story, and the member's "no, thank you"."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only
from portal.contributions.models import Contribution
from portal.contributions.queries import find
from portal.members.queries import by_username
from portal.stories import invitations
from portal.stories.invitation_forms import InvitationForm
from portal.stories.views import bp
from portal.web import back_to


@bp.route("/stories/invite/<username>", methods=["GET", "POST"])
@member_only
def invite(username: str) -> "str | Response | tuple[str, int]":
    """Ask a member to tell what was solved (`?topic=`) or reached."""
    if not invitations.may_invite(current_user):
        abort(403)
    member = by_username(username)
    if member is None or member.erased_at is not None:
        abort(404)
    question = _question(request.args.get("topic", ""))
    form = InvitationForm()
    closed = invitations.why_not_invite(member)
    if member.id == current_user.id:
        closed = "This is you. You need no invitation to tell your own story."
    if request.method == "POST" and not closed and form.validate():
        invitations.invite(current_user, member, form.words.data or "", question, form.promised.data or "")
        flash(f"Sent. {member.display_name} finds it among the notifications, and in the mail.", "good")
        return redirect(question.address if question else url_for("members.show_member", username=username), 303)
    page = render_template(
        "stories/invite.html", form=form, member=member, question=question, closed=closed
    )
    return page, 422 if request.method == "POST" else 200


@bp.post("/stories/invitations/<int:invitation_id>/decline")
@member_only
def decline(invitation_id: int) -> Response:
    """The member would rather not."""
    invitation = invitations.find_own(invitation_id, current_user)
    if invitation is None:
        abort(404)
    if invitations.decline(invitation):
        flash("That is quite all right. We won't ask again for a good while.", "good")
    return back_to(url_for("notifications.show_notifications"))


@bp.app_template_global()
def can_invite(member: object) -> bool:
    """Whether the reader can invite this member: for the buttons on pages of members and questions."""
    return invitations.may_invite(current_user) and member is not None and member.id != current_user.id  # type: ignore[attr-defined]


def _question(number: str) -> Contribution | None:
    """The published topic with this number, for a word about what the occasion was."""
    if not (number.isascii() and number.isdigit() and len(number) < 11):
        return None
    topic = find(int(number), current_user)
    return topic if topic is not None and topic.kind == "topic" and topic.is_published else None
