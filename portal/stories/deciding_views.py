"""The button by which somebody without an account says that a story or a photo helped them decide."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import public
from portal.config import settings
from portal.contributions.queries import find
from portal.contributions.thanks import give_thanks
from portal.members import throttle
from portal.members.sessions import csrf
from portal.stories import deciding
from portal.stories.views import bp
from portal.web import came_from_elsewhere


@bp.post("/c/<int:contribution_id>/decided")
@public
@csrf.exempt  # a page that is everybody's holds nobody's token
def say_decided(contribution_id: int) -> Response:
    """Say "this helped me decide", or take it back; members thank under their name instead."""
    contribution = find(contribution_id, current_user)
    if contribution is None or contribution.kind not in deciding.KINDS:
        abort(404)
    answer = redirect(contribution.address + "#decided", 303)
    if current_user.is_authenticated:
        csrf.protect()
        give_thanks(contribution, current_user)
        return answer
    if came_from_elsewhere():
        abort(400)
    browser = deciding.browser_in(request.cookies.get(deciding.COOKIE))
    if "take_back" in request.form:
        if browser and deciding.take_back(contribution, browser):
            flash("Taken back.", "good")
        return answer
    throttle.count_decided()
    if not browser:
        browser = deciding.new_browser()
        answer.set_cookie(
            deciding.COOKIE, deciding.sealed(browser), max_age=timedelta(days=deciding.KEPT_DAYS), httponly=True,
            samesite="Lax", secure=settings().secure_cookies,
        )  # fmt: skip
    if deciding.say_decided(contribution, browser):
        flash("Thank you. The author sees that it helped.", "good")
    return answer


@bp.app_template_global()
def has_decided(contribution: Any) -> bool:
    """Whether this browser, without an account, said that it helped; asks nothing of a browser without the cookie."""
    browser = deciding.browser_in(request.cookies.get(deciding.COOKIE))
    return deciding.has_said(contribution, browser)
