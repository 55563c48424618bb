"""The page on which a member is reported."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only
from portal.contributions.forms import ReportForm
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.thanks_words import words_for
from portal.contributions.writing import must_write
from portal.members.models import Member
from portal.members.queries import by_username, is_shown
from portal.moderation.member_reports import REASONS
from portal.moderation.member_reports import report_member as send_report
from portal.moderation.views import bp


class MemberReportForm(ReportForm):
    """What is wrong with a member."""

    reasons = REASONS


@bp.route("/members/<username>/report", methods=["GET", "POST"])
@member_only
def report_member(username: str) -> "Response | str | tuple[str, int]":
    """Say what is wrong with a member."""
    member = by_username(username)
    if member is None or not is_shown(member, current_user):
        abort(404)
    must_write(current_user)
    if member.id == current_user.id:
        raise NotAllowed("This is you. You can change your profile in your account.")
    form = MemberReportForm()
    if request.method == "GET":
        form.note.data = _about_a_word(member)
    if request.method == "GET" or not form.validate():
        page = render_template("moderation/report_member.html", member=member, form=form)
        return (page, 422) if request.method == "POST" else page
    new = send_report(member, current_user, form.reason.data, form.note.data or "")
    said = "Thank you. A moderator will look into it." if new else "You reported this already; it will be looked into."
    flash(said, "success")
    return redirect(url_for("members.show_member", username=member.username), 303)


def _about_a_word(member: Member) -> str:
    """A note about the word that came with this member's thanks to the reader (`?thanks=`, the contribution's number).

    Nobody else can read such a word, moderators neither: whoever reports it shows it to them.
    """
    number = request.args.get("thanks", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return ""
    word = words_for(current_user, [int(number)]).get((int(number), member.id), "")
    return f"This came with thanks for what I wrote (number {number}): “{word}”" if word else ""
