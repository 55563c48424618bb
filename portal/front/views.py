"""The front page, and what machines ask to know whether the site is well."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from portal import activity, text, trouble
from portal.access import public
from portal.config import settings
from portal.front import queries
from portal.pages.judging import kept
from portal.pages.remembering import remembered, remembered_piece
from portal.site import read_site

bp = Blueprint("front", __name__)


@bp.get("/")
@public
@kept
def show_front() -> str:
    """Who this company's customers are and what they achieved."""
    shown = remembered_piece("front/_shown.html", "shown", _shown, current_user.is_authenticated)
    return render_template("front/front.html", shown=shown)


def _shown(member: bool) -> tuple[Any, ...]:
    """What the page shows to members, or to everybody else."""
    site = read_site()
    return (
        site.tagline, text.render(site.welcome) if site.welcome else "", member, remembered(queries.numbers),
        queries.newest_stories(), queries.newest_photos(), queries.open_questions(), queries.advocates(),
    )  # fmt: skip


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Whether this process answers at all."""
    return _uncached(jsonify(status="ok"))


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether this process can do its work: the database answers, disks take what is written; what waits is told.

    What is wrong is one word of portal/trouble.py for each thing; `python -m portal doctor` says what to do about it.
    """
    ailing = {what: found.word for what, found in trouble.of_disks(settings()).items()}
    waiting, since = 0, None
    try:
        waiting, since = activity.owed()
        if (found := trouble.of_database()) is not None:
            ailing["database"] = found.word
    except SQLAlchemyError as error:
        ailing["database"] = (trouble.at_work(error) or trouble.AWAY).word
    if ailing:
        return _uncached(jsonify(ailing | {"status": "unavailable"})), 503
    return _uncached(jsonify(status="ok", errands=waiting, oldest=since.isoformat() if since else None)), 200


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
