"""Pages about help: advocates, a member's own account, proposals for moderators, and how all this works."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, moderator_only, public
from portal.advocacy import commands, queries
from portal.advocacy.forms import DeclineForm
from portal.advocacy.models import Recognition
from portal.advocacy.own_help import own_help
from portal.config import settings
from portal.db import db
from portal.members.models import Member
from portal.web import Page, page_number, paginate

bp = Blueprint("advocacy", __name__)

PEOPLE_PER_PAGE = 25
PROPOSALS_PER_PAGE = 10


@bp.get("/advocates/")
@public
def show_advocates() -> str:
    """Who is recognised, and why."""
    page = paginate(queries.recognised())
    advocates = queries.with_reasons(page.rows)
    return render_template("advocacy/advocates.html", advocates=advocates, page=page, settings=settings())


@bp.get("/account/help")
@member_only
def show_own_help() -> str:
    """One's own ledger, line by line, and what is missing for recognition."""
    number = page_number()
    own = own_help(current_user, (number - 1) * PEOPLE_PER_PAGE, PEOPLE_PER_PAGE)
    total = len(own.score.credits)
    last = max(1, -(-total // PEOPLE_PER_PAGE))
    if number > last:
        abort(404)
    return render_template(
        "advocacy/own_help.html", own=own, page=Page(own.credits, number, last, total), settings=settings(),
        recognition=queries.open_recognition(current_user),
    )  # fmt: skip


@bp.get("/account/recognition")
@member_only
def show_recognition() -> str:
    """One's own recognition: what it is, what can be done with it, what came before."""
    return render_template(
        "advocacy/recognition.html", recognition=queries.open_recognition(current_user), settings=settings(),
        past=queries.past_recognitions(current_user),
    )  # fmt: skip


@bp.post("/account/recognition/accept")
@member_only
def accept_recognition() -> Response:
    """Take it."""
    return _answer(commands.accept, "Thank you. From now on it stands beside your name.")


@bp.post("/account/recognition/refuse")
@member_only
def refuse_recognition() -> Response:
    """Rather not."""
    return _answer(commands.refuse, "As you wish. Nobody will ask you again for half a year.")


@bp.post("/account/recognition/rest")
@member_only
def rest_recognition() -> Response:
    """Take a pause."""
    return _answer(commands.rest, "You are taking a pause: the mark is off until you want it back.")


@bp.post("/account/recognition/resume")
@member_only
def resume_recognition() -> Response:
    """End the pause."""
    return _answer(commands.resume, "Welcome back. The mark stands beside your name again.")


@bp.post("/account/recognition/step-down")
@member_only
def step_down() -> Response:
    """Take the honour off."""
    return _answer(commands.step_down, "You stepped down. Thank you for all the help you gave.")


def _answer(command: Callable[[Recognition, Member], bool], done: str) -> Response:
    recognition = queries.open_recognition(current_user)
    if recognition is not None and command(recognition, current_user):
        flash(done, "success")
    else:
        flash("That was not open to you any more, so nothing was changed.", "warning")
    return redirect(url_for("advocacy.show_recognition"), 303)


@bp.get("/advocates/proposals")
@moderator_only
def show_proposals() -> str:
    """Whom the numbers propose, with all that speaks for it."""
    return _proposals_page()


def _proposals_page(refused: "tuple[int, DeclineForm] | None" = None) -> str:
    page = paginate(queries.proposals("proposed"), PROPOSALS_PER_PAGE)
    shown = queries.with_reasons(page.rows)
    helped = {person for advocate in shown for person in advocate.evidence.people}
    return render_template(
        "advocacy/proposals.html", shown=shown, page=page, people=queries.people(helped), settings=settings(),
        invited=db.session.scalars(queries.proposals("confirmed").limit(50)).all(), refused=refused,
    )  # fmt: skip


@bp.post("/advocates/proposals/<int:recognition_id>/confirm")
@moderator_only
def confirm_proposal(recognition_id: int) -> Response:
    """Invite the member."""
    recognition = _find(recognition_id)
    return _decided(commands.confirm(recognition, current_user), f"{recognition.member.display_name} is invited.")


@bp.post("/advocates/proposals/<int:recognition_id>/decline")
@moderator_only
def decline_proposal(recognition_id: int) -> "Response | tuple[str, int]":
    """Say no, and why."""
    recognition, form = _find(recognition_id), DeclineForm()
    if not form.validate_on_submit():
        return _proposals_page((recognition_id, form)), 422
    changed = commands.decline(recognition, current_user, form.reason.data or "")
    return _decided(changed, "Declined. The member is not told, and not proposed again for half a year.")


def _find(recognition_id: int) -> Any:
    return queries.find_recognition(recognition_id) or abort(404)


def _decided(changed: bool, done: str) -> Response:
    if changed:
        flash(done, "success")
    else:
        flash("Somebody else decided this already, so nothing was changed.", "warning")
    return redirect(url_for("advocacy.show_proposals"), 303)


@bp.get("/about/how-this-works")
@public
def how_this_works() -> str:
    """Score, moderation and incentives in plain words, with the numbers of today."""
    return render_template("advocacy/how_this_works.html", settings=settings(), numbers=queries.numbers())
