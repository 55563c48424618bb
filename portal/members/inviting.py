"""The page on which members find their personal link, to invite somebody they know."""

from flask import abort, render_template, url_for
from flask_login import current_user

from portal.access import member_only
from portal.config import settings
from portal.members import invitations
from portal.members.account import bp


@bp.get("/invite")
@member_only
def invite() -> str:
    """One's own link, what follows from using it, and who joined by it."""
    if not current_user.may_write:
        abort(403)
    token, until = invitations.make_invitation(current_user)
    return render_template(
        "account/invite.html", link=url_for("account.sign_up", invitation=token, _external=True), until=until,
        joined=invitations.joined_by(current_user), days=settings().invite_days,
    )  # fmt: skip
