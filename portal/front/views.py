"""The front page, and what machines ask to know whether the site is well."""

from flask import Blueprint, Response, jsonify, render_template
from sqlalchemy.exc import SQLAlchemyError

from portal import activity, text
from portal.access import public
from portal.front import queries
from portal.site import the_site

bp = Blueprint("front", __name__)


@bp.get("/")
@public
def show_front() -> str:
    """Who this company's customers are and what they achieved."""
    return render_template(
        "front/front.html", stories=queries.newest_stories(), photos=queries.newest_photos(),
        questions=queries.open_questions(), advocates=queries.advocates(), numbers=queries.numbers(),
        welcome=text.render(the_site().welcome) if the_site().welcome else "",
    )  # fmt: skip


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Whether this process answers at all."""
    return _uncached(jsonify(status="ok"))


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether this process can do its work: the database answers, and errands do not pile up unseen."""
    try:
        waiting, since = activity.owed()
    except SQLAlchemyError:
        return _uncached(jsonify(status="unavailable", database="does not answer")), 503
    return _uncached(jsonify(status="ok", errands=waiting, oldest=since.isoformat() if since else None)), 200


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
