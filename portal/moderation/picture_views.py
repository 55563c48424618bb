"""Moderators' pages of single pictures: what looks alike, purging one everywhere, and what is blocked."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.access import moderator_only
from portal.contributions.models import Contribution
from portal.db import db
from portal.media import blocking, likeness
from portal.media.likeness import Likeness
from portal.media.models import BlockedPicture, Picture
from portal.moderation.forms import PurgeForm
from portal.moderation.views import bp
from portal.web import paginate


def likenesses(contributions: Sequence[Contribution]) -> dict[int, list[Likeness]]:
    """For a moderator, by picture: what looks like the pictures of these; their pictures must be loaded.

    What their own member sent and did not use is left out: it tells nothing.
    """
    if not current_user.is_authenticated or not current_user.moderates:
        return {}
    pictures = [p for c in contributions for p in c.pictures]
    owners = {p.id: p.owner_id for p in pictures}
    found = {
        number: [r for r in rows if r.picture.contribution_id is not None or r.picture.owner_id != owners[number]]
        for number, rows in likeness.near_each(pictures).items()
    }
    return {number: rows for number, rows in found.items() if rows}


bp.add_app_template_global(likenesses, "likenesses_of")


@bp.route("/moderation/pictures/<token>", methods=["GET", "POST"])
@moderator_only
def purge_picture(token: str) -> "str | Response | tuple[str, int]":
    """Purge a picture everywhere, with the near copies that are ticked, and block it."""
    picture = db.session.scalar(
        select(Picture)
        .where(Picture.token == token)
        .options(joinedload(Picture.owner), joinedload(Picture.contribution).joinedload(Contribution.parent))
        .with_for_update(of=Picture)
    )
    if picture is None:
        abort(404)
    alike, form = likeness.near(picture), PurgeForm()
    if form.validate_on_submit():
        ticked = set(request.form.getlist("also"))
        also = [row.picture for row in alike if row.picture.token in ticked]
        contribution = picture.contribution
        gone = blocking.block_picture(picture, current_user, form.why.data or "", also)
        flash(f"{'One picture is' if gone == 1 else f'{gone} pictures are'} gone, and not taken again.", "success")
        if contribution is not None and contribution.state != "draft":
            return redirect(url_for("moderation.show_item", contribution_id=contribution.id), 303)
        return redirect(url_for("moderation.show_blocked_pictures"), 303)
    ticked = set(request.form.getlist("also")) if form.errors else {row.picture.token for row in alike if not row.bits}
    page = render_template("moderation/purge_picture.html", picture=picture, alike=alike, ticked=ticked, form=form)
    return (page, 422) if form.errors else page


@bp.get("/moderation/blocked-pictures")
@moderator_only
def show_blocked_pictures() -> str:
    """What is not taken again, the latest first."""
    return render_template("moderation/blocked_pictures.html", page=paginate(blocking.blocked_pictures()))


@bp.post("/moderation/blocked-pictures/<int:blocked_id>/unblock")
@moderator_only
def unblock_picture(blocked_id: int) -> Response:
    """Take a picture again from now on."""
    blocked = db.session.get(BlockedPicture, blocked_id)
    if blocked is not None and blocking.unblock(blocked, current_user):
        flash("It can be sent again. What was removed does not come back by itself.", "success")
    else:
        flash("It was not blocked any more, so nothing was changed.", "warning")
    return redirect(url_for("moderation.show_blocked_pictures"), 303)
