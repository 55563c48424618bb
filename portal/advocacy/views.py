"""Pages about help: a member's own account, and how all this works."""


from flask import Blueprint, abort, render_template
from flask_login import current_user

from portal.access import member_only, public
from portal.advocacy import queries
from portal.advocacy.own_help import own_help
from portal.config import settings
from portal.pages.judging import kept
from portal.pages.remembering import remembered
from portal.web import Page, page_number

bp = Blueprint("advocacy", __name__)

PEOPLE_PER_PAGE = 25
PROPOSALS_PER_PAGE = 10


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


@bp.get("/about/how-this-works")
@public
@kept
def how_this_works() -> str:
    """Score, moderation and incentives in plain words, with the numbers of today."""
    return render_template("advocacy/how_this_works.html", settings=settings(), numbers=remembered(queries.numbers))
